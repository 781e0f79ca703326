// SPDX-License-Identifier: Apache-2.0
// findings.js - all findings: search, filter, sort, and each in full.
"use strict";
(() => {
  const { h } = pal;
  const POLICY = 0, SEVERITY = 1, STATE = 2, NOVELTY = 3, TENANT = 4, TENANT_NAME = 5, SUBJECT_TYPE = 6, SUBJECT = 7,
    SUBJECT_NAME = 8, MESSAGE = 9, SINCE = 10, KEY = 11;

  pal.page(async (report, page) => {
    const at = pal.place();
    const filter = {
      text: at.get("text") || "", state: at.get("state") || "open", severity: at.get("severity") || "", class: at.get("class") || "",
      rule: at.get("rule") || "", customer: at.get("customer") || "", new: at.get("new") || "",
    };
    const titles = report.titles;
    const texts = new WeakMap();
    let matches = () => true;

    const text = (row) => {
      if (!texts.has(row)) {
        texts.set(row, [row[POLICY], titles[row[POLICY]] ? titles[row[POLICY]][0] : "", pal.customerName(row[TENANT], row[TENANT_NAME]),
          row[TENANT], row[SUBJECT_TYPE], row[SUBJECT_NAME], row[SUBJECT], row[MESSAGE]].join(" ").toLowerCase());
      }
      return texts.get(row);
    };
    const accept = (row) =>
      (filter.state === "all" || row[STATE] === filter.state) &&
      (filter.severity === "" || row[SEVERITY] === filter.severity) &&
      (filter.class === "" || (titles[row[POLICY]] && titles[row[POLICY]][1] === filter.class)) &&
      (filter.rule === "" || row[POLICY] === filter.rule) &&
      (filter.customer === "" || row[TENANT] === filter.customer) &&
      (filter.new === "" || row[NOVELTY] !== "") &&
      (filter.text === "" || matches(text(row)));

    async function detail(row) {
      const [findings, rules] = await Promise.all([pal.of("customer", row[TENANT]), pal.load("rules")]);
      const finding = findings.find((one) => one.fingerprint.startsWith(row[KEY]));
      return finding ? pal.finding(finding, row[TENANT], report, rules) : pal.empty("The data of this customer is missing in this folder.");
    }

    const list = pal.list({
      caption: "Findings", label: ["finding", "findings"], empty: "No findings.", accept, detail,
      row: (row) => (row[STATE] === "unknown" ? "is-unknown" : null),
      columns: [
        { title: "Severity", sort: (row) => pal.severities.indexOf(row[SEVERITY]), cell: (row) => row[STATE] === "unknown" ? h("span", { class: "severity unknown" }, pal.shape("unknown"), "not known") : pal.severity(row[SEVERITY]) },
        { title: "Finding", sort: (row) => row[POLICY], wide: true, cell: (row) => [
          h("p", { class: "title" }, pal.rule(row[POLICY], ""), " ", titles[row[POLICY]] ? titles[row[POLICY]][0] : "", " ", pal.novelty(row[NOVELTY]), " ", row[STATE] === "unknown" ? null : pal.state(row[STATE])),
          h("p", {}, row[MESSAGE])] },
        { title: "Customer", sort: (row) => pal.customerName(row[TENANT], row[TENANT_NAME]), cell: (row) => pal.customer(row[TENANT], row[TENANT_NAME]) },
        { title: "About", sort: (row) => row[SUBJECT_NAME] || row[SUBJECT], cell: (row) => row[SUBJECT] ? [h("span", { class: "kind" }, row[SUBJECT_TYPE], " "), pal.named(row[SUBJECT_NAME], row[SUBJECT])] : h("span", { class: "sub" }, "the customer") },
        { title: "Since", sort: (row) => row[SINCE], cell: (row) => pal.on(row[SINCE]) },
      ],
    });

    function changed() {
      matches = pal.matcher(filter.text);
      const parameters = new URLSearchParams();
      for (const [key, value] of Object.entries(filter)) if (value !== "" && !(key === "state" && value === "open")) parameters.set(key, value);
      pal.move(parameters);
      list.apply();
    }
    const set = (key) => (value) => {
      filter[key] = value;
      changed();
    };
    const reset = () => {
      Object.assign(filter, { text: "", state: "open", severity: "", class: "", rule: "", customer: "", new: "" });
      draw();
      changed();
    };

    const used = Object.keys(titles).sort();
    const fields = h("search", { class: "filters" });
    function draw() {
      pal.fill(fields,
        pal.search("Search in rule, customer, subject, text and ids", filter.text, set("text")),
        pal.select("State", "state", [["open", "open"], ["unknown", "not known"], ["accepted", "risk accepted"], ["folded", "folded under another"], ["all", "all"]], filter.state, set("state")),
        pal.select("Severity", "severity", [["", "all"], ...pal.severities.map((word) => [word, word])], filter.severity, set("severity")),
        pal.select("Class", "class", [["", "all"], ...Object.entries(pal.classes)], filter.class, set("class")),
        pal.select("Rule", "rule", [["", "all"], ...used.map((id) => [id, id + " " + titles[id][0]])], filter.rule, set("rule")),
        report.findings.previous ? pal.select("Since the last run", "new", [["", "all"], ["1", "new only"]], filter.new, set("new")) : null,
        filter.customer ? h("p", { class: "chosen" }, "One customer only: ", h("code", {}, filter.customer)) : null,
        h("button", { type: "button", class: "quiet", on: { click: reset } }, "Reset"));
    }
    draw();
    matches = pal.matcher(filter.text);
    pal.fill(page, fields, list.element);
    await pal.parts("findings", report.parts.findings, list.put);
  });
})();

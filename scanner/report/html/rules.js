// SPDX-License-Identifier: Apache-2.0
// rules.js - the rules that judged, each with its text and its SQL.
"use strict";
(() => {
  const { h, number } = pal;

  const stateWords = (rule) => rule.status === "retired" ? "retired" : rule.status === "reason" ? "tells why others are not known"
    : rule.status === "awaits data" ? "not tested: needs " + rule.statusWords.join(", ") : rule.state === "tested" ? "tested" : rule.state + (rule.why ? ": " + rule.why : "");
  const isQuiet = (rule) => rule.state === "tested" && rule.status === "rule";

  const detail = (rule) => h("div", { class: "finding" },
    h("div", { class: "columns" },
      h("div", {}, h("p", { class: "label" }, "Why it matters"), pal.prose(rule.rationale), h("p", { class: "label" }, "What to do"), pal.prose(rule.remediation)),
      h("dl", { class: "facts" },
        h("dt", {}, "Class"), h("dd", {}, pal.classes[rule.class] || rule.class),
        h("dt", {}, "Severity"), h("dd", {}, pal.severity(rule.severity), rule.severity !== rule.shippedSeverity ? " (shipped as " + rule.shippedSeverity + ")" : ""),
        h("dt", {}, "Origin"), h("dd", {}, rule.origin),
        rule.controls.length > 0 ? [h("dt", {}, "Controls"), h("dd", {}, rule.controls.join(", "))] : null,
        rule.references ? [h("dt", {}, "References"), h("dd", {}, pal.references(rule.references))] : null)),
    rule.sql ? h("details", {}, h("summary", {}, "The rule itself, as SQL"), h("pre", { class: "sql", tabindex: "0", role: "region", "aria-label": "SQL of " + rule.id }, h("code", {}, rule.sql))) : null);

  pal.page(async (report, page) => {
    const rules = await pal.load("rules");
    if (rules === null) throw new Error("data/rules.js is missing or was changed");
    const asked = pal.place().get("id") || "";
    const one = rules.find((rule) => rule.id === asked);
    if (one) {
      pal.fill(pal.get("title"), one.id + " " + one.title);
      document.title = one.id + " · palscan";
      pal.fill(page, h("p", {}, h("a", { href: "rules.html" }, "All rules"), " · ", stateWords(one), " · ", h("a", { href: "findings.html#state=all&rule=" + encodeURIComponent(one.id) }, pal.count(one.fail + one.unknown + one.accepted + one.folded, "verdict", "verdicts") + " of this rule")), detail(one));
      addEventListener("hashchange", () => location.reload());
      return;
    }
    addEventListener("hashchange", () => location.reload());
    const filter = { text: "", state: "" };
    let matches = () => true;
    const accept = (rule) => matches([rule.id, rule.title, rule.class, rule.rationale, rule.controls.join(" ")].join(" ").toLowerCase()) && (filter.state === "" || (filter.state === "tested") === isQuiet(rule));
    const list = pal.list({
      caption: "Rules", label: ["rule", "rules"], empty: "No rules.", accept, detail,
      columns: [
        { title: "Rule", sort: (rule) => rule.id, wide: true, cell: (rule) => [h("span", { class: "title" }, pal.rule(rule.id, ""), " ", rule.title), rule.origin === "shipped" ? null : h("span", { class: "tag" }, rule.origin)] },
        { title: "Class", sort: (rule) => rule.class, cell: (rule) => pal.classes[rule.class] || rule.class },
        { title: "Severity", sort: (rule) => pal.severities.indexOf(rule.severity), cell: (rule) => pal.severity(rule.severity) },
        { title: "Open", sort: (rule) => rule.fail, number: true, cell: (rule) => (rule.fail ? h("a", { href: "findings.html#rule=" + encodeURIComponent(rule.id) }, number(rule.fail)) : h("span", { class: "none" }, "0")) },
        { title: "Not known", sort: (rule) => rule.unknown, number: true, cell: (rule) => (rule.unknown ? h("a", { class: "unread", href: "findings.html#state=unknown&rule=" + encodeURIComponent(rule.id) }, number(rule.unknown)) : h("span", { class: "none" }, "0")) },
        { title: "State", sort: stateWords, cell: (rule) => (isQuiet(rule) ? h("span", { class: "sub" }, "tested") : h("span", { class: rule.state === "broken" ? "unread" : "stale" }, stateWords(rule))) },
      ],
    });
    const changed = () => list.apply();
    pal.fill(page, h("search", { class: "filters" }, pal.search("Search in rules, reasons and controls", "", (value) => { matches = pal.matcher(value); changed(); }),
      pal.select("State", "state", [["", "all"], ["tested", "tested"], ["other", "not tested"]], "", (value) => { filter.state = value; changed(); })), list.element);
    list.put(rules, true);
  });
})();

// SPDX-License-Identifier: Apache-2.0
// unknown.js - what was not read, what could not be decided, and what was not tested.
"use strict";
(() => {
  const { h, number } = pal;
  const states = [["complete", "read"], ["partial", "in part"], ["stale", "not in this run"], ["unread", "never read"], ["not-collected", "not collected"], ["self-declared", "self-declared"], ["not-applicable", "not applicable"]];

  function areas(report) {
    const used = states.filter(([state]) => report.completeness.areas.some((area) => area[state] > 0));
    const lacking = new Set(["partial", "stale", "unread", "not-collected"]);
    return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Parts of each area" }, h("table", { class: "plain-table" }, h("caption", { class: "unseen" }, "Parts of each area by how they were read"),
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Area"), used.map(([, words]) => h("th", { scope: "col", class: "number" }, words)))),
      h("tbody", {}, report.completeness.areas.map((area) => h("tr", {}, h("th", { scope: "row" }, pal.area(area.area)),
        used.map(([state]) => h("td", { class: "number" }, area[state] === 0 ? h("span", { class: "none" }, "0") : lacking.has(state) ? h("span", { class: "unread" }, number(area[state])) : number(area[state]))))))));
  }

  const causes = (report) => report.findings.causes.length === 0 ? pal.empty("Every rule that was tested could be decided.")
    : h("ul", { class: "gaps roomy" }, report.findings.causes.map((cause) => h("li", {}, h("strong", {}, number(cause.n) + " × "), h("a", { href: "findings.html#" + new URLSearchParams({ state: "unknown", text: cause.cause }) }, cause.cause),
      h("span", { class: "why" }, [cause.areas, cause.new ? number(cause.new) + " new" : null, cause.accepted ? number(cause.accepted) + " accepted" : null].filter(Boolean).join(" · ")))));

  function notTested(report) {
    const broken = report.notTested.filter((rule) => rule.broken);
    const rest = report.notTested.filter((rule) => !rule.broken);
    const by = new Map();
    for (const rule of rest) by.set(rule.why, [...(by.get(rule.why) || []), rule]);
    const rulesOf = (rules) => rules.map((rule, i) => [i > 0 ? ", " : "", pal.rule(rule.id, rule.title)]);
    return h("section", { id: "not-tested", "aria-labelledby": "not-tested-title" }, h("h2", { id: "not-tested-title" }, "Not tested"),
      report.notTested.length === 0 ? pal.empty("Every rule was tested.") : h("p", {}, pal.count(report.notTested.length, "rule was", "rules were") + " not tested at all: this report says nothing of what they ask."),
      broken.length === 0 ? null : h("ul", { class: "gaps roomy" }, broken.map((rule) => h("li", {}, h("strong", {}, "Failed: "), pal.rule(rule.id, ""), " " + rule.title, h("span", { class: "why" }, rule.why)))),
      h("dl", { class: "facts wide-facts" }, [...by].map(([why, rules]) => [h("dt", {}, why.slice(0, 1).toUpperCase() + why.slice(1)), h("dd", {}, rulesOf(rules))])));
  }

  pal.page(async (report, page) => {
    const list = pal.list({
      caption: "Customers not read completely", label: ["customer", "customers"], empty: "Every customer was read completely.",
      columns: [
        { title: "Customer", sort: (gap) => gap.name, cell: (gap) => pal.customer(gap.id, gap.name) },
        { title: "Worst", sort: (gap) => gap.area, cell: (gap) => pal.area(gap.area) },
        { title: "State", sort: (gap) => gap.state, cell: (gap) => h("span", { class: "unread" }, (states.find(([state]) => state === gap.state) || [null, gap.state])[1]) },
        { title: "Cause", sort: (gap) => gap.cause, cell: (gap) => [gap.cause || h("span", { class: "sub" }, "no cause is known"), gap.accepted ? h("p", { class: "sub" }, "accepted: " + gap.accepted) : null] },
        { title: "Last read", sort: (gap) => gap.asOf, cell: (gap) => (gap.asOf ? pal.on(gap.asOf) : h("span", { class: "unread" }, "never")) },
        { title: "Parts", sort: (gap) => gap.units, number: true, cell: (gap) => number(gap.units) },
      ],
    });
    pal.fill(page, pal.section("Customers not read completely", list.element), pal.section("Could not be decided, by cause", causes(report)), notTested(report), pal.section("Completeness by area", areas(report)));
    await pal.parts("gaps", report.parts.gaps, list.put);
    if (location.hash === "#not-tested") document.getElementById("not-tested").scrollIntoView();
  });
})();

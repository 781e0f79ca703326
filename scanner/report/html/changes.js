// SPDX-License-Identifier: Apache-2.0
// changes.js - what became different since the last full run, customer by customer.
"use strict";
(() => {
  const { h, number } = pal;
  const capital = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);

  const line = (finding, report) => h("li", { class: "change" },
    h("span", { class: "tag " + finding.fate.toLowerCase() }, finding.fate.toLowerCase()), " ", pal.severity(finding.severity), " ",
    h("span", { class: "title" }, pal.rule(finding.policy, ""), " ", (report.titles[finding.policy] || [""])[0]),
    finding.subjectId ? [" · ", h("span", { class: "kind" }, finding.subjectType, " "), pal.named(finding.subjectName, finding.subjectId)] : null,
    h("p", { class: "message" }, finding.message,
      finding.differs ? h("span", { class: "sub" }, " · " + finding.differs + (finding.acceptance || "")) : null,
      finding.settledBy ? h("span", { class: "sub" }, " · " + finding.settledBy) : null));

  const customer = (one, report) => h("section", { class: "customer-changes" },
    h("h2", {}, pal.customer(one.id, one.name), one.country ? h("span", { class: "sub" }, " " + one.country) : null),
    one.parts.map(([word, ...entries]) => [h("h3", {}, capital(word)),
      h("ul", { class: "changes" }, entries.map((entry) => (typeof entry === "string" ? h("li", {}, capital(entry)) : line(entry, report))))]));

  pal.page(async (report, page) => {
    if (!report.comparison) {
      pal.fill(page, pal.empty("First run: there is nothing to compare it with. After the next full run this page says what became different."));
      return;
    }
    const c = report.comparison;
    const side = (one) => [h("time", { datetime: one.started }, pal.time(one.started)), " (", h("code", {}, one.commit.slice(0, 12)), one.mark ? ", " + one.mark : "", ")"];
    const all = await pal.all("changes", report.parts.changes);
    const rows = all.map((one) => ({ one, text: JSON.stringify(one).toLowerCase() }));
    const counts = pal.count(c.changes, "change", "changes") + " and " + (c.findings === 0 ? "no finding" : pal.count(c.findings, "finding", "findings") +
      " (" + number(c.new) + " new, " + number(c.findings - c.new - c.resolved) + " otherwise changed, " + number(c.resolved) + " resolved)");
    const lead = h("p", { class: "lead" }, c.quiet ? "Nothing changed" : counts, " between ", side(c.from), " and ", side(c.to), ", ",
      c.between === 0 ? "no run between" : pal.count(c.between, "run between", "runs between"), c.activations ? "; " + pal.count(c.activations, "PIM activation", "PIM activations") + " began or ended" : "", ".");
    if (rows.length === 0) {
      pal.fill(page, lead, pal.empty(c.quiet ? "A quiet night: access, findings, registry, estate and completeness are as they were." : "No change that people count."));
      return;
    }
    const PAGE = 50;
    let shown = PAGE;
    let matches = () => true;
    const body = h("div", {});
    const show = () => {
      const fit = rows.filter((row) => matches(row.text));
      pal.fill(body, fit.length === 0 ? pal.empty("No customer with changes matches.") : null, fit.slice(0, shown).map((row) => customer(row.one, report)),
        fit.length > shown ? h("button", { type: "button", on: { click: () => { shown += PAGE; show(); } } }, "Show more (" + number(fit.length - shown) + " customers)") : null);
      pal.say(pal.count(fit.length, "customer", "customers") + " with changes");
    };
    addEventListener("beforeprint", () => { shown = rows.length; show(); });
    const hidden = c.hidden ? h("p", { class: "sub" }, pal.count(c.hidden, "verdict that is or was", "verdicts that are or were") + " not known, accepted or folded changed too; they are not listed here.") : null;
    pal.fill(page, lead, hidden, h("search", { class: "filters" }, pal.search("Search in the changes", "", (value) => { matches = pal.matcher(value); shown = PAGE; show(); })), body);
    show();
  });
})();

// SPDX-License-Identifier: Apache-2.0
// overview.js - the first screen, in the order in which an officer asks.
"use strict";
(() => {
  const { h, number } = pal;
  const GAPS = 8, NEWS = 10;

  function completeness(report, gaps) {
    const { complete, expected } = report.completeness;
    const whole = complete === expected;
    return h("section", { class: "card " + (whole ? "whole" : "lacking"), "aria-labelledby": "c-complete" },
      h("h2", { id: "c-complete" }, "Completeness"),
      h("p", { class: "figure" }, whole ? pal.shape("good") : pal.shape("unknown"), number(complete), h("span", {}, " of " + pal.count(expected, "customer", "customers") + " read completely")),
      expected === 0 ? h("p", {}, "No customer was to be read.") : meter(complete, expected),
      gaps.length === 0 ? null : h("ul", { class: "gaps" }, gaps.slice(0, GAPS).map((gap) => h("li", {}, pal.customer(gap.id, gap.name), h("span", { class: "why" }, pal.gapWords(gap))))),
      report.completeness.gaps > GAPS ? h("p", {}, "… and " + number(report.completeness.gaps - GAPS) + " more") : null,
      whole ? null : h("p", { class: "more" }, h("a", { href: "unknown.html" }, "What is not known")));
  }

  function meter(n, of) {
    return h("svg", { class: "meter", viewBox: "0 0 100 4", preserveAspectRatio: "none", "aria-hidden": "true" },
      h("rect", { class: "fill rest", x: 0, y: 0, width: 100, height: 4 }),
      h("rect", { class: "fill " + (n === of ? "good" : "part"), x: 0, y: 0, width: of > 0 ? (100 * n) / of : 0, height: 4 }));
  }

  pal.gapWords = (gap) => {
    const area = pal.area(gap.area).toLowerCase();
    const when = gap.asOf === "" ? (gap.state === "not-collected" ? area + " not collected" : area + " never read")
      : gap.state === "partial" ? area + " read only in part on " + pal.date(gap.asOf)
      : area + " last read on " + pal.date(gap.asOf);
    return [when, gap.cause || null, gap.units > 1 ? number(gap.units - 1) + " more not complete" : null, gap.accepted ? "accepted: " + gap.accepted : null].filter(Boolean).join(" · ");
  };

  function open(report) {
    const findings = report.findings;
    const total = (k) => findings.open.reduce((sum, row) => sum + row.n[k].n, 0);
    const all = pal.severities.reduce((sum, _, k) => sum + total(k), 0);
    const cell = (row, k, n) => h("td", { class: "number" }, n === 0 ? h("span", { class: "none" }, "0")
      : h("a", { href: "findings.html#severity=" + pal.severities[k] + (row ? "&class=" + row.class : "") }, number(n)));
    const sum = (row) => row.n.reduce((a, b) => a + b.n, 0);
    return h("section", { class: "card wide", "aria-labelledby": "c-open" },
      h("h2", { id: "c-open" }, "Open findings"),
      h("p", { class: "figure" }, number(all), h("span", {}, all === 1 ? " open finding" : " open findings"),
        h("span", { class: "since" }, findings.previous
          ? ["since the last run: ", h("a", { href: "findings.html#new=1" }, number(findings.new) + " new"), findings.worsened ? " (" + number(findings.worsened) + " of them worsened)" : "", ", " + number(findings.resolved) + " resolved"]
          : "first run: everything is new")),
      all === 0 ? pal.empty("No open findings. What was not read is below, under “Not known”.")
        : h("table", { class: "grid-table" },
          h("caption", { class: "unseen" }, "Open findings by class and severity"),
          h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Class"), pal.severities.map((word) => h("th", { scope: "col", class: "number" }, pal.severity(word))), h("th", { scope: "col", class: "number" }, "all"))),
          h("tbody", {}, findings.open.map((row) => h("tr", {}, h("th", { scope: "row" }, pal.classes[row.class] || row.class), row.n.map((one, k) => cell(row, k, one.n)), h("td", { class: "number sum" }, number(sum(row)))))),
          h("tfoot", {}, h("tr", {}, h("th", { scope: "row" }, "All"), pal.severities.map((_, k) => cell(null, k, total(k))), h("td", { class: "number sum" }, number(all))))));
  }

  function unknown(report) {
    const findings = report.findings;
    const standing = Math.max(0, findings.unknown - findings.unknownNew - findings.unknownAccepted);
    return h("section", { class: "card lacking", "aria-labelledby": "c-unknown" },
      h("h2", { id: "c-unknown" }, "Not known"),
      h("p", { class: "figure" }, number(findings.unknown), h("span", {}, findings.unknown === 1 ? " verdict not known" : " verdicts not known")),
      findings.unknown === 0 ? h("p", {}, "Every rule that was tested could be decided.")
        : [h("p", {}, number(findings.unknownNew) + " new · " + number(standing) + " standing · " + number(findings.unknownAccepted) + " accepted. None of these is a pass."),
          h("ul", { class: "gaps" }, findings.causes.slice(0, GAPS).map((cause) => h("li", {}, h("strong", {}, number(cause.n) + " × "), cause.cause, h("span", { class: "why" }, [cause.areas, cause.new ? number(cause.new) + " new" : null].filter(Boolean).join(" · "))))),
          h("p", { class: "more" }, h("a", { href: "findings.html#state=unknown" }, "All verdicts not known"))]);
  }

  function news(report, rows) {
    const found = rows.filter((row) => row[2] === "open" && row[3] !== "");
    if (!report.findings.previous) return null;
    return pal.section("New since the last run",
      report.findings.new === 0 ? pal.empty("Nothing new since the last run.")
        : h("ul", { class: "news" }, found.slice(0, NEWS).map((row) => h("li", {}, pal.severity(row[1]),
          h("div", {}, h("p", { class: "title" }, pal.rule(row[0], ""), " ", report.titles[row[0]] ? report.titles[row[0]][0] : "", " ", row[3] === "new" ? null : pal.novelty(row[3])),
            h("p", {}, pal.customer(row[4], row[5]), row[7] ? [" · ", h("span", { class: "kind" }, row[6], " "), pal.named(row[8], row[7])] : null), h("p", { class: "message" }, row[9]))))),
      report.findings.new > NEWS ? h("p", { class: "more" }, h("a", { href: "findings.html#new=1" }, "All " + number(report.findings.new) + " new findings")) : null);
  }

  function rest(report) {
    const rules = report.rules;
    const soon = report.acceptances.filter((one) => one.note);
    const pair = (term, ...what) => [h("dt", {}, term), h("dd", {}, what)];
    return pal.section("Also to be known", h("dl", { class: "facts wide-facts" },
      pair("Self-declared", report.completeness.selfDeclared === 0 ? "nothing" : pal.count(report.completeness.selfDeclared, "statement", "statements") + (report.completeness.selfDeclaredOldest ? ", the oldest of " + pal.date(report.completeness.selfDeclaredOldest) : "")),
      pair("Risk acceptances", soon.length === 0 && report.findings.lapsed === 0 ? "none ends within 30 days, none lapsed"
        : [h("ul", { class: "plain" }, soon.map((one) => h("li", {}, h("a", { href: "made.html#acceptances" }, one.id), " " + one.note))),
          report.findings.lapsed ? h("p", {}, pal.count(report.findings.lapsed, "finding is", "findings are") + " open again because a risk acceptance lapsed") : null]),
      pair("Last review", report.lastReview ? pal.time(report.lastReview) + (report.lastReviewBy ? " by " + report.lastReviewBy : "") : "none yet"),
      pair("Rules", [number(rules.shipped) + " as shipped", rules.changed ? number(rules.changed) + " changed" : null, rules.disabled ? number(rules.disabled) + " disabled" : null, rules.lowered ? number(rules.lowered) + " with lowered severity" : null, rules.own ? number(rules.own) + " own" : null].filter(Boolean).join(", ")),
      pair("Not tested", report.notTested.length === 0 ? "every rule was tested" : h("a", { href: "unknown.html#not-tested" }, pal.count(report.notTested.length, "rule", "rules"))),
      report.next ? pair("Next", report.next) : null));
  }

  pal.page(async (report, page) => {
    pal.fill(pal.get("title"), report.run.organization || "Partner links");
    const gaps = report.parts.gaps > 0 ? (await pal.load("gaps-0")) || [] : [];
    pal.fill(page, h("div", { class: "cards" }, completeness(report, gaps), open(report), unknown(report)),
      report.nights.length > 1 ? pal.section("Over the stored nights", pal.trend(report.nights)) : null);
    // Open findings come first in the list; the new ones among the first parts are shown.
    const rows = [];
    for (let i = 0; i < Math.min(3, report.parts.findings); i++) rows.push(...((await pal.load("findings-" + i)) || []));
    page.append(...[news(report, rows), rest(report)].filter(Boolean));
  });
})();

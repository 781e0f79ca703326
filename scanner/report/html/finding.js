// SPDX-License-Identifier: Apache-2.0
// finding.js - one finding with all that is known of it, and what to do.
"use strict";
(() => {
  const { h } = pal;

  const words = (key) => key.replace(/([a-z])([A-Z])/g, "$1 $2").replace(/_/g, " ").replace(/\bIds?\b/g, (c) => c.replace("Id", "ID")).replace(/^./, (c) => c.toUpperCase());
  const isId = (text) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

  function value(of) {
    if (of === null) return "none";
    if (Array.isArray(of)) return of.length === 0 ? "none" : h("ul", { class: "plain" }, of.map((one) => h("li", {}, value(one))));
    if (typeof of === "object") return h("code", {}, JSON.stringify(of));
    return isId(of) ? pal.id(of) : String(of);
  }

  const pair = (term, ...what) => [h("dt", {}, term), h("dd", {}, what)];

  // rules: data/rules.js, or null where it is not at hand.
  pal.finding = (finding, tenantId, report, rules) => {
    const rule = rules && rules.find((one) => one.id === finding.policy);
    const details = Object.entries(finding.details || {});
    return h("div", { class: "finding" },
      h("div", { class: "columns" },
        h("div", {},
          rule ? [h("p", { class: "label" }, "Why it matters"), pal.prose(rule.rationale)] : null,
          finding.remediation ? [h("p", { class: "label" }, "What to do"), pal.prose(finding.remediation)] : null),
        h("dl", { class: "facts" },
          pair("Rule", h("a", { href: "rules.html#id=" + encodeURIComponent(finding.policy) }, finding.policy), rule ? " " + rule.title : ""),
          pair("Class", pal.classes[finding.class] || finding.class),
          finding.subjectId ? pair(words(finding.subjectType), finding.subjectName ? [finding.subjectName, " "] : null, pal.id(finding.subjectId)) : null,
          pal.isEstate(tenantId) ? null : pair("Customer", pal.id(tenantId)),
          pair("Since", pal.on(finding.since)),
          pair("Last verified", finding.lastVerified ? [pal.on(finding.lastVerified), ", not in this run"] : [pal.on(report.run.started), ", this run"]),
          finding.lapsed ? pair("Risk acceptance lapsed", finding.lapsed) : null,
          finding.waiver ? pair("Risk acceptance", h("a", { href: "made.html#acceptances" }, finding.waiver)) : null,
          finding.foldedUnder ? pair("Folded under", String(finding.foldedUnder)) : null,
          details.map(([key, of]) => pair(words(key), value(of))),
          pair("Fingerprint", pal.id(finding.fingerprint)))));
  };
})();

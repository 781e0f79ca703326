// SPDX-License-Identifier: Apache-2.0
// made.js - where these numbers come from, and how anybody can check them.
"use strict";
(() => {
  const { h, number } = pal;
  const pair = (term, ...what) => [h("dt", {}, term), h("dd", {}, what)];

  function acceptances(report) {
    return h("section", { id: "acceptances", "aria-labelledby": "acceptances-title" }, h("h2", { id: "acceptances-title" }, "Risk acceptances"),
      report.acceptances.length === 0 ? pal.empty("No risk is accepted.")
        : report.acceptances.map((one) => h("article", { class: "card-finding" }, h("h3", {}, one.id, " ", one.policy ? pal.rule(one.policy, "") : null, " ", h("span", { class: "tag accepted" }, one.note || one.state)),
          h("p", {}, one.reason || ""), h("dl", { class: "facts line-facts" }, [["Owner", one.owner], ["Requested by", one.requester], ["Approver", (one.approver || "nobody") + ", " + one.approval], ["Covers", pal.count(one.covers, "finding", "findings")], ["Ticket", one.ticket], ["From", one.from], ["Until", one.until]].map(([term, what]) => (what ? pair(term, what) : null)), one.tenant ? pair("Customer", h("a", { href: "customer.html#id=" + encodeURIComponent(one.tenant) }, h("code", {}, one.tenant))) : null))));
  }

  pal.page(async (report, page) => {
    const run = report.run;
    const rules = report.rules;
    pal.fill(page,
      pal.section("The run", h("dl", { class: "facts wide-facts" },
        pair("Started", pal.time(run.started)), pair("Kind", run.kindWords), pair("Scope", run.scope === "full" ? "the whole estate" : "part of the estate only"),
        pair("Snapshot (commit)", pal.id(run.commit)), pair("Contents (tree)", pal.id(run.tree)), pair("Made by", "palscan " + run.version),
        pair("Judged by", run.judged ? "today's rules with " + run.judged : "the rules, registry, estate and risk acceptances stored in the snapshot"),
        pair("Rules", number(rules.shipped) + " as shipped, " + number(rules.changed) + " changed, " + number(rules.disabled) + " disabled, " + number(rules.lowered) + " with lowered severity, " + number(rules.own) + " own"))),
      pal.section("What the words mean", h("dl", { class: "facts wide-facts" },
        pair("Open finding", "A rule found a violation among facts that were read. It stays open, with the date it was last verified, until fresh facts show that it is gone."),
        pair("Not known", "The facts that were read do not decide the rule. This is no pass."),
        pair("Not tested", "The rule needs data that this run did not collect for anybody."),
        pair("Risk accepted", "A person lives with the finding on purpose: with a reason, an approver and an end date."),
        pair("Folded", "The finding follows from another one that is shown; it is not counted twice."),
        pair("Completeness", "How much of what the run should have read was read. What was not read stands as it was read last, with that date."),
        pair("Last full run", report.comparison ? pal.time(report.comparison.from.started) : "this is the first run"))),
      acceptances(report),
      pal.section("How to check this", h("p", {}, "This report is made from one stored snapshot and changes nothing. The repository of snapshots is the evidence; this folder is a way to read it."),
        h("ol", {}, h("li", {}, h("code", {}, "palscan verify " + run.commit.slice(0, 12)), " checks every object of the snapshot and judges it again."),
          h("li", {}, h("code", {}, "palscan check --as-recorded " + run.commit.slice(0, 12)), " prints the same findings as text."),
          h("li", {}, h("code", {}, "git cat-file -p " + run.commit.slice(0, 12)), " shows the commit in the repository with stock git."))));
    if (location.hash === "#acceptances") document.getElementById("acceptances").scrollIntoView();
  });
})();

// SPDX-License-Identifier: Apache-2.0
// customer.js - one customer, to read and to print.
"use strict";
(() => {
  const { h, number } = pal;
  // What the count of completeness counts: neither links of people who have left nor fresh statements are missing.
  const isLacking = (unit) => unit[9] === 1;

  const table = (caption, heads, rows, cells) =>
    h("div", { class: "list" }, h("table", { role: "table" }, h("caption", { class: "unseen" }, caption),
      h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, heads.map((head) => h("th", { scope: "col", role: "columnheader" }, head)))),
      h("tbody", { role: "rowgroup" }, rows.map((row) => h("tr", { role: "row" }, cells(row).map((cell, i) => h("td", { role: "cell", "data-label": heads[i] }, h("div", {}, cell))))))));

  function findingsOf(title, findings, id, report, rules, none) {
    return pal.section(title, findings.length === 0 ? pal.empty(none)
      : findings.map((finding) => h("article", { class: "card-finding " + finding.severity },
        h("h3", {}, pal.severity(finding.severity), " ", pal.rule(finding.policy, ""), " ", (report.titles[finding.policy] || [""])[0], " ", pal.novelty(finding.novelty), " ", pal.state(finding.state)),
        h("p", { class: "message" }, finding.message),
        pal.finding(finding, id, report, rules))));
  }

  function accounts(rows, report) {
    if (rows.length === 0) return pal.empty("No account of ours is known here.");
    return table("Accounts and partner links", ["Account", "Type", "Partner link", "Read"], rows, (row) => [
      [pal.named(row[0], row[1]), row[3] !== "us" && row[3] ? h("span", { class: "tag" }, row[3]) : null],
      [pal.typeWords(row[2]), row[4] && row[4] !== "azure" ? " · " + row[4] : "", row[5] ? " · left on " + row[5] : ""],
      pal.link(row),
      pal.reading(row[14], report),
    ]);
  }

  function access(rows, report) {
    if (rows.length === 0) return pal.empty("No access of ours was seen in what was read.");
    return table("Access of our accounts", ["Account", "Role", "Scope", "How", "State", "Read"], rows, (row) => {
      const [name, id, , , role, roleId, scope, group, inherited, kind, standing, force, blocked, live, end, condition, privileged, read] = row;
      return [
        pal.named(name, id),
        [role || h("code", {}, roleId), privileged ? h("span", { class: "tag" }, "privileged") : null],
        h("code", { class: "scope" }, scope),
        [group ? ["through group ", h("code", { class: "sub" }, group)] : inherited ? "inherited" : "direct", condition ? h("p", { class: "sub" }, "on the condition " + condition) : null],
        [live === 1 ? (standing ? "live" : "live by activation") : kind === "eligible" ? "eligible only" : blocked === 1 ? "denied" : blocked === null ? h("span", { class: "unread" }, "not known whether denied") : force ? "not live" : "not in force", end ? " until " + end : ""],
        pal.reading(read, report),
      ];
    });
  }

  function delegations(rows, report) {
    return table("Delegations", ["Delegation", "Scope", "Principal", "Role", "Read"], rows, (row) => [
      [row[0] || "unnamed", h("p", { class: "sub" }, "managed from ", h("code", {}, row[3]))], h("code", { class: "scope" }, row[2]),
      row[5] ? pal.named(row[6], row[5]) : h("span", { class: "none" }, "none"), [row[8] || h("code", {}, row[7] || ""), row[9] && row[9] !== "permanent" ? h("span", { class: "tag" }, row[9]) : null], pal.reading(row[10], report)]);
  }

  function completeness(units, report) {
    if (units.length === 0) return pal.empty("Nothing of this customer has ever been asked for.");
    const lacking = units.filter(isLacking);
    const done = units.length - lacking.length;
    return [h("p", {}, number(done) + " of " + pal.count(units.length, "part", "parts") + " read completely in this run."),
      lacking.length === 0 ? null : table("Not read completely", ["What", "Part", "State", "Cause", "Read"], lacking, (unit) => [
        pal.area(unit[0]), h("code", { class: "scope" }, unit[1]), h("span", { class: "unread" }, unit[2]), [unit[5] || "", unit[7] ? h("p", { class: "sub" }, "accepted: " + unit[7] + (unit[8] ? " until " + unit[8] : "")) : null],
        unit[6] ? h("span", { class: "stale" }, unit[2] === "self-declared" ? "said on " + pal.date(unit[6]) : "last read on " + pal.date(unit[6])) : unit[2] === "partial" ? "this run, in part" : h("span", { class: "unread" }, "never read")])];
  }

  function unknown(findings) {
    const causes = new Map();
    for (const finding of findings) {
      const cause = finding.message;
      causes.set(cause, [...(causes.get(cause) || []), finding]);
    }
    return pal.section("Not known", findings.length === 0 ? pal.empty("Every rule that was tested could be decided here.")
      : [h("p", {}, pal.count(findings.length, "rule could", "rules could") + " not be decided. None of these is a pass."),
        h("ul", { class: "gaps" }, [...causes].map(([cause, list]) => h("li", {}, cause, h("span", { class: "why" }, list.map((finding, i) => [i > 0 ? ", " : "", pal.rule(finding.policy, "")])))))]);
  }

  async function changes(id, report) {
    if (!report.comparison) return pal.empty("First run: nothing to compare with.");
    const found = (await pal.all("changes", report.parts.changes)).find((one) => one.id === id);
    if (!found) return pal.empty("Nothing changed since " + pal.time(report.comparison.from.started) + ".");
    const lines = found.parts.flatMap(([, ...entries]) => entries).map((entry) => typeof entry === "string" ? entry.slice(0, 1).toUpperCase() + entry.slice(1)
      : entry.fate.slice(0, 1) + entry.fate.slice(1).toLowerCase() + ": " + entry.policy + " " + (report.titles[entry.policy] || [""])[0] + (entry.settledBy ? " · " + entry.settledBy : ""));
    return h("ul", { class: "changes" }, lines.map((text) => h("li", {}, text)));
  }

  pal.page(async (report, page) => {
    const id = pal.place().get("id") || "";
    if (!id) {
      pal.fill(page, pal.empty("No customer is named in the address. ", h("a", { href: "customers.html" }, "Choose one from the list"), "."));
      return;
    }
    addEventListener("hashchange", () => location.reload());
    const [customers, findings, units, ours, roles, given, subscriptions, rules] = await Promise.all([pal.all("customers", report.parts.customers),
      pal.of("customer", id), pal.of("units", id), pal.of("accounts", id), pal.of("access", id), pal.of("delegations", id), pal.of("subscriptions", id), pal.load("rules")]);
    const row = customers.find((one) => one[0] === id);
    const estate = pal.isEstate(id);
    if (!row && !estate) {
      pal.fill(page, pal.empty("This snapshot has no customer ", h("code", {}, id), "."));
      return;
    }
    const name = pal.customerName(id, row ? row[1] : null);
    document.title = pal.shown(name) + " · palscan";
    pal.fill(pal.get("title"), name);
    const lacking = units.filter(isLacking);
    const of = (state) => findings.filter((finding) => finding.state === state);
    const facts = (term, what) => (what ? [h("dt", {}, term), h("dd", {}, what)] : null);
    if (row) pal.get("asof").after(h("dl", { class: "facts line-facts" }, facts("Customer id", pal.id(id)), facts("Country", row[2]), facts("Status", row[3]), facts("Owner", row[4]), facts("From", row[5]), facts("Until", row[6]),
      h("dt", { class: "unseen" }, "Print"), h("dd", {}, h("button", { type: "button", class: "quiet no-print", on: { click: () => print() } }, "Print this page"))));
    const strip = pal.get("strip");
    strip.hidden = lacking.length === 0;
    if (lacking.length > 0) pal.fill(strip, h("p", {}, h("strong", {}, "Not read completely. "), number(lacking.length) + " of " + pal.count(units.length, "part", "parts") + " of this customer could not be read in this run; what is shown of those is as it was read last, and what was never read is not known."));
    pal.fill(page,
      findingsOf("Open findings", of("open"), id, report, rules, lacking.length > 0 ? "No open findings in what was read." : "No open findings."),
      unknown(of("unknown")),
      estate ? null : pal.section("Accounts and partner links", accounts(ours, report)),
      estate ? null : pal.section("Access", access(roles, report)),
      given.length === 0 ? null : pal.section("Delegations", delegations(given, report)),
      subscriptions.length === 0 ? null : pal.section("Subscriptions", table("Subscriptions", ["Subscription", "State", "Offer", "Read"], subscriptions, (one) => [pal.named(one[0], one[1]), one[2] || "", one[3] || "", pal.reading(one[4], report)])),
      pal.section("Changes since the last full run", await changes(id, report)),
      of("accepted").length === 0 ? null : findingsOf("Risk accepted", of("accepted"), id, report, rules, ""),
      of("folded").length === 0 ? null : pal.section("Folded under another finding", h("ul", { class: "plain" }, of("folded").map((finding) => h("li", {}, pal.rule(finding.policy, ""), " " + finding.message)))),
      estate ? null : pal.section("Completeness", completeness(units, report)));
  });
})();

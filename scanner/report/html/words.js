// SPDX-License-Identifier: Apache-2.0
// words.js - what recurs on the pages: severities, ids, customers, dates, in words and shapes.
"use strict";
(() => {
  const { h } = pal;

  pal.severities = ["critical", "high", "medium", "low", "info"];

  // Each severity has a shape of its own: colour is never the only sign.
  const shapes = {
    critical: [["path", { d: "M5 1h6l4 4v6l-4 4H5l-4-4V5z" }]],
    high: [["path", { d: "M8 1.5 15.5 14.5H.5z" }]],
    medium: [["path", { d: "M8 1l7 7-7 7-7-7z" }]],
    low: [["circle", { cx: 8, cy: 8, r: 5 }]],
    info: [["circle", { cx: 8, cy: 8, r: 4.5, class: "hollow" }]],
    unknown: [["circle", { cx: 8, cy: 8, r: 6, class: "dashed" }]],
    good: [["path", { d: "M2 8.5l4 4 8-9", class: "stroke" }]],
  };
  pal.shape = (name) =>
    h("svg", { class: "shape", viewBox: "0 0 16 16", "aria-hidden": "true", focusable: "false" },
      (shapes[name] || shapes.info).map(([tag, attributes]) => h(tag, attributes)));

  pal.severity = (word) => h("span", { class: "severity " + word }, pal.shape(word), word);

  const states = { open: null, unknown: "not known", accepted: "risk accepted", folded: "folded under another" };
  pal.state = (state) => (states[state] ? h("span", { class: "tag " + state }, states[state]) : null);
  pal.novelty = (word) => (word ? h("span", { class: "tag new" }, word) : null);

  // Copies what the element before the button says.
  function copy(event) {
    const code = event.currentTarget.previousElementSibling;
    const text = code.textContent;
    const done = () => pal.say("Copied " + text);
    const byHand = () => {
      const range = document.createRange();
      range.selectNodeContents(code);
      const selection = getSelection();
      selection.removeAllRanges();
      selection.addRange(range);
      if (document.execCommand("copy")) done();
    };
    if (navigator.clipboard && window.isSecureContext) navigator.clipboard.writeText(text).then(done, byHand);
    else byHand();
  }
  pal.id = (id) =>
    h("span", { class: "id" }, h("code", {}, id),
      h("button", { type: "button", class: "copy", title: "Copy", "aria-label": "Copy " + id, on: { click: copy } }));

  pal.isEstate = (id) => !/^[0-9a-f]{8}-/.test(id);
  // A name of blanks is none: a link needs something to click on.
  pal.customerName = (id, name) => (pal.isEstate(id) ? "Estate as a whole" : name && name.trim() ? name : "unnamed customer");
  // A name never stands without its id.
  pal.customer = (id, name) =>
    pal.isEstate(id)
      ? h("span", { class: "named" }, h("a", { href: "customer.html#id=-" }, "Estate as a whole"))
      : h("span", { class: "named" }, h("a", { href: "customer.html#id=" + encodeURIComponent(id) }, pal.customerName(id, name)),
          " ", h("code", { class: "sub guid" }, id));
  pal.named = (name, id) => h("span", { class: "named" }, name ? [name, " "] : null, id ? h("code", { class: (name ? "sub" : "") + (id.length === 36 ? " guid" : "") }, id) : null);
  pal.rule = (id, title) => h("a", { href: "rules.html#id=" + encodeURIComponent(id), title }, id);

  pal.on = (instant) => h("time", { datetime: instant, class: "date" }, pal.date(instant));
  // What was not read in this run says so.
  pal.reading = (instant, report) =>
    !instant ? h("span", { class: "unread" }, "never read")
    : instant === report.run.started ? h("span", { class: "sub" }, "this run")
    : h("span", { class: "stale" }, "last read on ", pal.on(instant));

  pal.typeWords = (type) =>
    ({ user: "user", guest: "guest", group: "group", serviceprincipal: "service principal", managedidentity: "managed identity" })[
      String(type || "").toLowerCase()] || type || "";

  const areaWords = {
    tenant: "Directory", subscriptions: "Subscriptions", links: "Partner links", "role-assignments": "Role assignments",
    "role-definitions": "Role definitions", pim: "Eligible roles (PIM)", "deny-assignments": "Deny assignments",
    groups: "Group members", usage: "Usage", delegations: "Delegations (Lighthouse)", directory: "Names in the directory",
  };
  pal.area = (area) => areaWords[area] || area;
  pal.classes = { access: "Access", attribution: "Attribution", rule: "Books and rules", completeness: "Completeness" };

  // How a link reads, with who says so.
  pal.link = (row) => {
    const [linked, id, name, type, state, assurance, by, on] = row.slice(6, 14);
    const said = assurance === "self-declared" && by ? h("span", { class: "stale" }, " self-declared by " + by + " on " + (on || "an unknown date")) : null;
    if (id) return [h("code", {}, id), name ? " " + name : "", type && type !== "location" ? h("span", { class: "tag" }, type) : null, state && state.toLowerCase() !== "active" ? h("span", { class: "tag" }, state) : null, linked ? null : h("span", { class: "sub" }, " does not count"), said];
    return linked === null ? h("span", { class: "unread" }, "not known") : [h("span", { class: "none" }, "not linked"), said];
  };

  pal.empty = (...words) => h("p", { class: "empty" }, words);
  pal.section = (title, ...children) => {
    const id = "s-" + title.toLowerCase().replace(/[^a-z]+/g, "-");
    return h("section", { "aria-labelledby": id }, h("h2", { id }, title), children);
  };
  // Text with its paragraphs; lines that are indented are commands.
  pal.prose = (text) => {
    const lines = String(text || "").split("\n");
    const isCommand = (line) => /^(az |Connect-|Update-|New-|Get-|Remove-|palscan )/.test(line.trim());
    const blocks = [];
    for (const line of lines) {
      const command = isCommand(line);
      const last = blocks[blocks.length - 1];
      if (last && last.command === command) last.lines.push(line.trim());
      else blocks.push({ command, lines: [line.trim()] });
    }
    return blocks.map((block) =>
      block.command ? h("pre", {}, h("code", {}, block.lines.join("\n"))) : h("p", {}, block.lines.join(" ")));
  };
  const isLink = (text) => /^https:\/\/[a-z0-9.-]+\.(microsoft\.com|github\.com)\/\S*$/.test(text) || /^https:\/\/github\.com\/\S*$/.test(text);
  pal.references = (text) =>
    h("ul", { class: "plain" }, String(text || "").split(/\s+/).filter(Boolean).map((word) =>
      h("li", {}, isLink(word) ? h("a", { href: word, rel: "noreferrer noopener" }, word) : word)));
})();

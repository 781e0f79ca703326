// SPDX-License-Identifier: Apache-2.0
// list.js - a table that is searched, filtered, sorted and turned page by page, whatever its length.
"use strict";
(() => {
  const { h, fill, number } = pal;
  const PAGE = 100;
  const compare = new Intl.Collator("en", { sensitivity: "base", numeric: true }).compare;

  function order(value) {
    return (a, b) => {
      const x = value(a);
      const y = value(b);
      if (x === y) return 0;
      if (x === null || x === undefined) return 1;
      if (y === null || y === undefined) return -1;
      return typeof x === "number" && typeof y === "number" ? x - y : compare(String(x), String(y));
    };
  }

  // columns: {title, cell(row), sort(row)?, number?, wide?}; accept(row): whether the filters let it pass;
  // detail(row)?: an element, or a promise of one, that opens below the row; label: what a row is called (one, many).
  pal.list = ({ caption, columns, label, empty, accept = () => true, detail = null, row: rowClass = () => null, size = PAGE }) => {
    let rows = [];
    let shown = [];
    let first = 0;
    let by = null;
    let down = false;
    let complete = false;
    const opened = new Set();
    const body = h("tbody", { role: "rowgroup" });
    const heads = columns.map((column, i) =>
      h("th", { scope: "col", role: "columnheader", class: column.number ? "number" : null },
        column.sort
          ? h("button", { type: "button", on: { click: () => sort(i) } }, column.title, h("span", { class: "arrow", "aria-hidden": "true" }))
          : column.title));
    const table = h("table", { role: "table" }, h("caption", { class: "unseen" }, caption),
      h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, detail ? h("th", { scope: "col", role: "columnheader", class: "opener" }, h("span", { class: "unseen" }, "Details")) : null, heads)), body);
    const tally = h("p", { class: "tally", role: "status" });
    const turner = h("nav", { class: "turner", "aria-label": "Pages of " + caption });
    const element = h("div", { class: "list" }, tally, table, turner);

    function sort(i) {
      if (by === i) down = !down;
      else {
        by = i;
        down = Boolean(columns[i].number);
      }
      apply();
    }

    function open(row, line, button) {
      const isOpen = opened.has(row);
      button.setAttribute("aria-expanded", String(!isOpen));
      if (isOpen) {
        opened.delete(row);
        line.nextElementSibling.remove();
        return;
      }
      opened.add(row);
      const cell = h("td", { colspan: columns.length + 1, role: "cell" }, h("p", { class: "empty" }, "Reading …"));
      line.after(h("tr", { class: "detail", role: "row" }, cell));
      Promise.resolve(detail(row)).then((element) => fill(cell, element), (error) => fill(cell, h("p", { class: "empty", role: "alert" }, error.message)));
    }

    function draw(row) {
      const cells = columns.map((column) =>
        h("td", { role: "cell", "data-label": column.title, class: [column.number ? "number" : "", column.wide ? "wide" : ""].join(" ").trim() || null },
          h("div", {}, column.cell(row))));
      const line = h("tr", { role: "row", class: rowClass(row) });
      if (detail) {
        const button = h("button", { type: "button", class: "open", "aria-expanded": "false", "aria-label": "Details" });
        button.addEventListener("click", () => open(row, line, button));
        line.append(h("td", { class: "opener", role: "cell" }, button));
      }
      line.append(...cells);
      return line;
    }

    function turn(to) {
      first = to;
      show();
      tally.scrollIntoView({ block: "nearest" });
    }

    function show() {
      opened.clear();
      if (first >= shown.length) first = 0;
      const part = shown.slice(first, first + size);
      fill(body, part.map(draw));
      table.hidden = part.length === 0;
      heads.forEach((head, i) => {
        if (by === i) head.setAttribute("aria-sort", down ? "descending" : "ascending");
        else head.removeAttribute("aria-sort");
      });
      const last = first + part.length;
      const of = shown.length === rows.length ? "" : " of " + number(rows.length);
      fill(tally, shown.length === 0 ? (complete ? (rows.length === 0 ? empty : "None of " + pal.count(rows.length, label[0], label[1]) + " matches.") : "Reading …")
        : pal.count(shown.length, label[0], label[1]) + of + (complete ? "" : ", reading on …") +
          (shown.length > size ? ", shown are " + number(first + 1) + " to " + number(last) : ""));
      fill(turner, shown.length <= size ? null : [
        h("button", { type: "button", disabled: first === 0, on: { click: () => turn(Math.max(0, first - size)) } }, "Previous"),
        h("span", {}, "Page " + number(first / size + 1) + " of " + number(Math.ceil(shown.length / size))),
        h("button", { type: "button", disabled: last >= shown.length, on: { click: () => turn(first + size) } }, "Next"),
      ]);
    }

    function apply() {
      shown = rows.filter(accept);
      if (by !== null) {
        const compared = order(columns[by].sort);
        shown.sort(down ? (a, b) => compared(b, a) : compared);
      }
      show();
    }

    // While rows come in, the page that is being read stays.
    function put(more, isLast) {
      const wasFull = by === null && shown.length - first > size;
      for (const row of more) {
        rows.push(row);
        if (accept(row)) shown.push(row);
      }
      complete = isLast;
      if (by !== null && isLast) apply();
      else if (!wasFull || isLast || rows.length === more.length) {
        if (opened.size === 0) show();
      }
    }

    // For print: every row that matches, up to a number a printer can bear.
    let printing = null;
    addEventListener("beforeprint", () => {
      printing = { size, first };
      size = 2000;
      first = 0;
      show();
    });
    addEventListener("afterprint", () => {
      if (printing) ({ size, first } = printing);
      printing = null;
      show();
    });

    return { element, put, apply: () => { first = 0; apply(); }, rows: () => rows, shown: () => shown };
  };

  // A field to search with: calls back when typing pauses.
  pal.search = (labelText, value, changed) => {
    let timer = 0;
    const input = h("input", { type: "search", id: "search", autocomplete: "off", spellcheck: "false" });
    input.value = value;
    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => changed(input.value), 150);
    });
    return h("div", { class: "field grow" }, h("label", { for: "search" }, labelText), input);
  };

  pal.select = (labelText, id, options, value, changed) => {
    const select = h("select", { id }, options.map(([key, words]) => h("option", { value: key, selected: key === value }, words)));
    select.addEventListener("change", () => changed(select.value));
    return h("div", { class: "field" }, h("label", { for: id }, labelText), select);
  };

  // Words of a search: each must be in the text.
  pal.matcher = (query) => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    return (text) => words.every((word) => text.includes(word));
  };
})();

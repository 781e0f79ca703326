// SPDX-License-Identifier: Apache-2.0
// people.js - the people and apps that work for us: where each is, and what it is linked to.
"use strict";
(() => {
  const { h, number } = pal;
  const TENANT = 0, NAME = 1, OBJECT = 2, TYPE = 3, OWNER = 4, PURPOSE = 5, LEFT = 6, LINKED = 7, PARTNER = 8, READ = 15, CUSTOMER = 16;
  const LISTED = 200;

  function group(rows) {
    const people = new Map();
    for (const row of rows) {
      const key = row[NAME] === null ? "\n" + row[OBJECT] : row[NAME];
      if (!people.has(key)) people.set(key, { name: row[NAME], rows: [] });
      people.get(key).rows.push(row);
    }
    return [...people.values()].map((person) => ({
      ...person, type: person.rows[0][TYPE], owner: person.rows[0][OWNER], purpose: person.rows[0][PURPOSE], left: person.rows[0][LEFT],
      customers: new Set(person.rows.map((row) => row[TENANT])).size,
      linked: person.rows.filter((row) => row[LINKED] === 1).length,
      unknown: person.rows.filter((row) => row[LINKED] === null).length,
      ids: [...new Set(person.rows.filter((row) => row[PARTNER]).map((row) => row[PARTNER]))].sort(),
      text: person.rows.map((row) => [row[NAME], row[OBJECT], row[CUSTOMER], row[TENANT], row[PARTNER]].join(" ")).join(" ").toLowerCase(),
    }));
  }

  pal.page(async (report, page) => {
    const people = group(await pal.all("people", report.parts.people));
    let matches = () => true;
    const detail = (person) => h("div", { class: "list" }, h("table", { role: "table" },
      h("caption", { class: "unseen" }, "Accounts of " + (person.name || "an unnamed account")),
      h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, ["Customer", "Object", "Partner link", "Read"].map((head) => h("th", { scope: "col", role: "columnheader" }, head)))),
      h("tbody", { role: "rowgroup" }, person.rows.slice(0, LISTED).map((row) => h("tr", { role: "row" },
        h("td", { role: "cell", "data-label": "Customer" }, h("div", {}, pal.customer(row[TENANT], row[CUSTOMER]))), h("td", { role: "cell", "data-label": "Object" }, h("div", {}, pal.id(row[OBJECT]))),
        h("td", { role: "cell", "data-label": "Partner link" }, h("div", {}, pal.link(row.slice(1)))), h("td", { role: "cell", "data-label": "Read" }, h("div", {}, pal.reading(row[READ], report))))))),
      person.rows.length > LISTED ? h("p", {}, "… and " + number(person.rows.length - LISTED) + " more; the page of each customer lists the accounts in it.") : null,
      person.name ? h("p", { class: "sub" }, "Access, and where this is the last cover: ", h("code", {}, "palscan show --person"), " with this name.") : null);
    const list = pal.list({
      caption: "People and apps", label: ["person or app", "people and apps"], empty: "No person or app of ours is known.", detail, accept: (person) => matches(person.text), size: 50,
      columns: [
        { title: "Name", sort: (person) => person.name, cell: (person) => [person.name ? h("strong", {}, person.name) : ["unnamed ", h("code", {}, person.rows[0][OBJECT])], person.left ? h("span", { class: "tag" }, "left on " + person.left) : null] },
        { title: "Type", sort: (person) => person.type, cell: (person) => [pal.typeWords(person.type), person.owner && person.owner !== "us" ? " · " + person.owner : "", person.purpose && person.purpose !== "azure" ? " · " + person.purpose : ""] },
        { title: "Customers", sort: (person) => person.customers, number: true, cell: (person) => number(person.customers) },
        { title: "Linked in", sort: (person) => person.linked, number: true, cell: (person) => [number(person.linked), person.unknown ? h("span", { class: "unread" }, " " + number(person.unknown) + " not known") : null] },
        { title: "Partner IDs", sort: (person) => person.ids.join(" "), cell: (person) => person.ids.length > 0 ? person.ids.map((id) => h("code", { class: "tight" }, id)) : h("span", { class: "none" }, "none") },
      ],
    });
    pal.fill(page, h("search", { class: "filters" }, pal.search("Search in name, object, customer and partner ID", "", (value) => { matches = pal.matcher(value); list.apply(); })), list.element);
    list.put(people, true);
  });
})();

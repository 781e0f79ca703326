// SPDX-License-Identifier: Apache-2.0
// customers.js - every customer on one row.
"use strict";
(() => {
  const { h, number } = pal;
  const ID = 0, NAME = 1, COUNTRY = 2, STATUS = 3, OWNER = 4, LINKED = 8, PARTNERS = 9, SUBSCRIPTIONS = 10, NOT_READ = 11, FRESH = 13, OLDEST = 14;

  // A count of what nobody looked at is not 0.
  const counted = (n) => (n === null ? h("span", { class: "unread" }, "not known") : number(n));
  const reading = (row) => {
    if (row[OLDEST] !== null) return h("span", { class: "stale" }, (row[FRESH] > 0 ? "in part " : "") + "last read on ", pal.on(row[OLDEST]));
    if (row[FRESH] === 0) return h("span", { class: "unread" }, "never read");
    return row[NOT_READ] > 0 ? h("span", { class: "stale" }, "this run, in part") : h("span", { class: "sub" }, "this run");
  };
  const partners = (row) => {
    const ids = row[PARTNERS] ? JSON.parse(row[PARTNERS]) : [];
    return ids.length > 0 ? ids.map((id) => h("code", { class: "tight" }, id)) : row[LINKED] === null ? h("span", { class: "unread" }, "not known") : h("span", { class: "none" }, "none");
  };
  // Where not all was read, nothing found is not nothing there.
  const worst = (counts, lacking) => {
    const found = pal.severities.map((word, i) => [word, counts.open[i]]).filter(([, n]) => n > 0);
    return found.length === 0 ? h("span", { class: lacking ? "unread" : "none" }, lacking ? "none known" : "0") : found.map(([word, n]) => h("span", { class: "severity " + word, title: n + " " + word }, pal.shape(word), number(n), h("span", { class: "unseen" }, " " + word)));
  };

  pal.page(async (report, page) => {
    const at = pal.place();
    const filter = { text: at.get("text") || "", show: at.get("show") || "" };
    const counts = (await pal.load("counts")) || {};
    const none = { open: [0, 0, 0, 0, 0], unknown: 0 };
    const verdicts = (row) => (Object.hasOwn(counts, row[ID]) ? { open: counts[row[ID]].slice(0, 5), unknown: counts[row[ID]][5] } : none);
    const weight = (row) => verdicts(row).open.reduce((sum, n) => sum * 1000 + Math.min(n, 999), 0);
    let matches = pal.matcher(filter.text);
    const accept = (row) =>
      (filter.text === "" || matches([row[NAME], row[ID], row[COUNTRY], row[OWNER], row[STATUS], row[PARTNERS]].join(" ").toLowerCase())) &&
      (filter.show === "" || (filter.show === "lacking" ? row[NOT_READ] > 0 : verdicts(row).open.some((n) => n > 0)));
    const list = pal.list({
      caption: "Customers", label: ["customer", "customers"], empty: "No customer in this snapshot.", accept,
      columns: [
        { title: "Customer", sort: (row) => row[NAME] || row[ID], cell: (row) => [pal.customer(row[ID], row[NAME]), row[STATUS] && row[STATUS] !== "active" ? h("span", { class: "tag" }, row[STATUS]) : null] },
        { title: "Country", sort: (row) => row[COUNTRY], cell: (row) => row[COUNTRY] || h("span", { class: "none" }, "none") },
        { title: "Open findings", sort: weight, number: true, cell: (row) => h("span", { class: "counts" }, worst(verdicts(row), verdicts(row).unknown > 0)) },
        { title: "Not known", sort: (row) => verdicts(row).unknown, number: true, cell: (row) => verdicts(row).unknown ? h("span", { class: "unread" }, number(verdicts(row).unknown)) : h("span", { class: "none" }, "0") },
        { title: "Partner IDs linked", sort: (row) => row[PARTNERS], cell: partners },
        { title: "Links", sort: (row) => row[LINKED], number: true, cell: (row) => counted(row[LINKED]) },
        { title: "Subscriptions", sort: (row) => row[SUBSCRIPTIONS], number: true, cell: (row) => counted(row[SUBSCRIPTIONS]) },
        { title: "Read", sort: (row) => row[OLDEST] || (row[FRESH] === 0 ? "" : "9999"), cell: reading },
      ],
    });
    const changed = () => {
      matches = pal.matcher(filter.text);
      const parameters = new URLSearchParams();
      for (const [key, value] of Object.entries(filter)) if (value) parameters.set(key, value);
      pal.move(parameters);
      list.apply();
    };
    pal.fill(page, h("search", { class: "filters" },
      pal.search("Search in name, id, country, owner and partner ID", filter.text, (value) => { filter.text = value; changed(); }),
      pal.select("Show", "show", [["", "all customers"], ["open", "with open findings"], ["lacking", "not read completely"]], filter.show, (value) => { filter.show = value; changed(); })), list.element);
    const rows = await pal.all("customers", report.parts.customers);
    rows.sort((a, b) => (a[NAME] === null) - (b[NAME] === null) || String(a[NAME] || a[ID]).localeCompare(String(b[NAME] || b[ID]), "en"));
    list.put(rows, true);
  });
})();

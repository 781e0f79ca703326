// SPDX-License-Identifier: Apache-2.0
// core.js - data in, elements out. Every text becomes a text node; nothing here or elsewhere parses HTML.
"use strict";
window.pal = (() => {
  const kept = new Map();
  const waiting = new Map();
  // Only files of data/ may become scripts, also where a browser knows no trusted types.
  const isData = (url) => /^data\/[a-z]+(-[0-9a-z]+)?\.js$/.test(url);
  const trusted = window.trustedTypes
    ? window.trustedTypes.createPolicy("palscan", {
        createScriptURL: (url) => {
          if (!isData(url)) throw new TypeError("no data of this report: " + url);
          return url;
        },
      })
    : null;

  // Each file of data/ calls this once.
  function take(name, text) {
    kept.set(name, JSON.parse(text));
  }

  // The value of data/NAME.js, null where there is no such file.
  function load(name) {
    if (!waiting.has(name)) {
      waiting.set(
        name,
        new Promise((resolve) => {
          const url = "data/" + name + ".js";
          if (!isData(url)) {
            resolve(null);
            return;
          }
          const script = document.createElement("script");
          script.src = trusted ? trusted.createScriptURL(url) : url;
          const done = () => {
            const value = kept.has(name) ? kept.get(name) : null;
            kept.delete(name);
            script.remove();
            resolve(value);
          };
          script.onload = done;
          script.onerror = done;
          document.head.append(script);
        }),
      );
    }
    return waiting.get(name);
  }

  // All parts of a list, one after another: each(rows, last) as they come, so that the first ones show at once.
  async function parts(name, n, each) {
    if (n === 0) each([], true);
    for (let i = 0; i < n; i++) {
      const rows = await load(name + "-" + i);
      if (rows === null) throw new Error("data/" + name + "-" + i + ".js is missing or was changed");
      waiting.delete(name + "-" + i);
      each(rows, i + 1 === n);
      await new Promise((resolve) => setTimeout(resolve));
    }
  }

  async function all(name, n) {
    const rows = [];
    await parts(name, n, (more) => {
      for (const row of more) rows.push(row);
    });
    return rows;
  }

  // What belongs to one customer stands in the file of the first two digits of its id.
  const bucket = (id) => (/^[0-9a-f]{2}/.test(id) ? id.slice(0, 2) : "estate");
  async function of(name, id) {
    const report = await load("report");
    if (!report.kept[name].includes(bucket(id))) return [];
    const group = await load(name + "-" + bucket(id));
    if (group === null) throw new Error("data/" + name + "-" + bucket(id) + ".js is missing or was changed");
    return Object.hasOwn(group, id) ? group[id] : [];
  }

  const SVG = "http://www.w3.org/2000/svg";
  const vector = new Set(["svg", "g", "path", "rect", "line", "circle", "text", "title", "polyline"]);

  // What nobody sees, or what turns the direction of the text around it, stands there as its number: those of
  // pal_code_point_hostile() but tabs and line ends, which are blanks on a page.
  const hidden = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e0fff}]|\r(?!\n)/gu;
  const shown = (text) => String(text).replace(hidden, (c) => "\\u{" + c.codePointAt(0).toString(16) + "}");

  // An element: properties are attributes, but class, on (listeners) and those that are booleans.
  function h(tag, properties, ...children) {
    const element = vector.has(tag) && tag !== "title" ? document.createElementNS(SVG, tag) : document.createElement(tag);
    for (const [name, value] of Object.entries(properties || {})) {
      if (value === null || value === undefined || value === false) continue;
      if (name === "class") element.setAttribute("class", value);
      else if (name === "on") for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
      else element.setAttribute(name, value === true ? "" : shown(value));
    }
    add(element, children);
    return element;
  }

  function add(element, children) {
    for (const child of children) {
      if (child === null || child === undefined || child === false || child === "") continue;
      if (Array.isArray(child)) add(element, child);
      else element.append(child instanceof Node ? child : document.createTextNode(shown(child)));
    }
  }

  function fill(element, ...children) {
    element.replaceChildren();
    add(element, children);
    return element;
  }

  const get = (id) => document.getElementById(id);

  // Said to screen readers.
  function say(text) {
    fill(get("said"), text);
  }

  // --- the part of the address behind #: what a page shows ---

  const place = () => new URLSearchParams(location.hash.slice(1));
  function move(parameters) {
    const text = parameters.toString();
    try {
      history.replaceState(null, "", text ? "#" + text : location.pathname.split("/").pop());
    } catch {
      // The page works without an address of its own.
    }
  }

  // --- light and dark ---

  const themes = ["auto", "light", "dark"];
  function remembered() {
    try {
      return themes.includes(localStorage.getItem("palscan-theme")) ? localStorage.getItem("palscan-theme") : "auto";
    } catch {
      return "auto";
    }
  }
  function wear(theme) {
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    const button = get("theme");
    fill(button, "Theme: " + theme);
    button.onclick = () => {
      const next = themes[(themes.indexOf(theme) + 1) % themes.length];
      try {
        localStorage.setItem("palscan-theme", next);
      } catch {
        // It holds for this page.
      }
      wear(next);
    };
  }

  // --- every page ---

  const count = (n, one, many) => number(n) + " " + (n === 1 ? one : many);
  const number = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, "\u202f");
  const date = (instant) => (instant ? instant.slice(0, 10) : "");
  const time = (instant) => (instant ? instant.slice(0, 10) + " " + instant.slice(11, 16) + " UTC" : "");

  function strip(report) {
    const { complete, expected } = report.completeness;
    if (complete === expected || document.documentElement.dataset.page === "index") return;
    fill(
      get("strip"),
      h("p", {}, h("strong", {}, number(complete) + " of " + count(expected, "customer", "customers") + " read completely. "),
        "Of the others, part or all is not known, and nothing here says that they are clean. ",
        document.documentElement.dataset.page === "unknown" ? null : h("a", { href: "unknown.html" }, "What is not known")),
    );
    get("strip").hidden = false;
  }

  function frame(report) {
    const run = report.run;
    fill(get("organization"), run.organization || "");
    fill(
      get("asof"),
      h("span", {}, "As of ", h("time", { datetime: run.started }, time(run.started))),
      h("span", {}, run.kindWords),
      run.scope === "full" ? null : h("span", {}, "part of the estate only"),
      run.identities.length > 0 ? h("span", {}, "as " + run.identities.join(", ")) : null,
      h("span", {}, "snapshot ", h("code", {}, run.commit.slice(0, 12))),
    );
    fill(get("foot"), "palscan " + run.version + " · " + (run.organization ? run.organization + " · " : "") +
      "as of " + time(run.started) + " · snapshot " + run.commit.slice(0, 12));
    strip(report);
  }

  // Runs a page: make(report) fills #page.
  function page(make) {
    addEventListener("DOMContentLoaded", async () => {
      wear(remembered());
      try {
        const report = await load("report");
        if (report === null) throw new Error("data/report.js is missing or was changed");
        frame(report);
        await make(report, get("page"));
      } catch (error) {
        fill(get("page"), h("p", { class: "empty", role: "alert" }, "This page cannot be shown: " + error.message));
      }
      get("page").removeAttribute("aria-busy");
    });
  }

  return { take, load, parts, all, of, h, shown, fill, get, say, place, move, page, count, number, date, time };
})();

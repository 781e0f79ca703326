// SPDX-License-Identifier: Apache-2.0
// trend.js - open findings and completeness over the stored nights, as one drawing and as a table.
"use strict";
(() => {
  const { h, number } = pal;
  const WIDTH = 960, HEIGHT = 220, LEFT = 40, RIGHT = 8, TOP = 12, BASE = 168, STRIP = 182, STRIP_HEIGHT = 10;

  function ticks(max) {
    const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000].find((n) => max / n <= 4) || max;
    const values = [];
    for (let n = 0; n <= max + step * 0.999; n += step) values.push(n);
    return values;
  }

  function bar(night, x, width, scale) {
    const total = night.open.reduce((a, b) => a + b, 0);
    const rects = [];
    let y = BASE;
    // The worst at the bottom, where heights are compared best.
    night.open.forEach((n, i) => {
      const height = n * scale;
      y -= height;
      if (n > 0) rects.push(h("rect", { class: "fill " + pal.severities[i], x, y, width, height }));
    });
    const whole = night.complete === night.expected;
    const share = night.expected > 0 ? night.complete / night.expected : 1;
    return h("g", {},
      rects,
      h("rect", { class: "fill rest", x, y: STRIP, width, height: STRIP_HEIGHT }),
      h("rect", { class: "fill " + (whole ? "good" : "part"), x, y: STRIP, width: Math.max(0, width * share), height: STRIP_HEIGHT }),
      tip(pal.time(night.started) + ": " + number(total) + " open; " + number(night.complete) + " of " + number(night.expected) + " customers read completely"));
  }

  function tip(text) {
    const title = document.createElementNS("http://www.w3.org/2000/svg", "title");
    title.textContent = text;
    return title;
  }

  pal.trend = (nights) => {
    const most = Math.max(1, ...nights.map((night) => night.open.reduce((a, b) => a + b, 0)));
    const grid = ticks(most);
    const top = grid[grid.length - 1];
    const scale = (BASE - TOP) / top;
    const step = Math.min(96, (WIDTH - LEFT - RIGHT) / nights.length);
    const end = LEFT + step * nights.length;
    const width = Math.min(36, Math.max(2, step * 0.7));
    const first = nights[0], last = nights[nights.length - 1];
    const sum = (night) => night.open.reduce((a, b) => a + b, 0);
    const every = Math.ceil(nights.length / 8);
    // On a narrow screen many nights are moved sideways rather than made unreadable.
    const wide = nights.length > 14;
    return h("figure", { class: "trend" },
      h("div", wide ? { class: "scroll", tabindex: "0", role: "region", "aria-label": "Drawing of the nights" } : {}, h("svg", { class: wide ? "many" : null, viewBox: "0 0 " + (wide ? WIDTH : Math.max(420, end + RIGHT)) + " " + HEIGHT, role: "img", "aria-label": "Open findings on " + pal.count(nights.length, "night", "nights") + ", from " + sum(first) + " on " + pal.date(first.started) + " to " + sum(last) + " on " + pal.date(last.started) },
        grid.map((n) => h("g", {},
          h("line", { class: "grid", x1: LEFT, x2: end, y1: BASE - n * scale, y2: BASE - n * scale }),
          h("text", { class: "axis end", x: LEFT - 6, y: BASE - n * scale + 4 }, number(n)))),
        nights.map((night, i) => {
          const middle = LEFT + step * (i + 0.5);
          return [bar(night, middle - width / 2, width, scale),
            i % every === 0 || nights.length < 9 ? h("text", { class: "axis middle", x: middle, y: 212 }, pal.date(night.started).slice(5)) : null];
        }))),
      h("figcaption", {},
        h("ul", { class: "key" },
          pal.severities.map((word) => h("li", {}, h("span", { class: "swatch " + word, "aria-hidden": "true" }), word)),
          h("li", {}, "below: customers read completely, ", h("span", { class: "swatch good", "aria-hidden": "true" }), "all ", h("span", { class: "swatch part", "aria-hidden": "true" }), "not all"))),
      h("details", {}, h("summary", {}, "The same in numbers"),
        h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Nights in numbers" },
          h("table", { class: "plain-table" },
            h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Night"), pal.severities.map((word) => h("th", { scope: "col", class: "number" }, word)), h("th", { scope: "col", class: "number" }, "Read completely"))),
            h("tbody", {}, nights.slice().reverse().map((night) => h("tr", {},
              h("th", { scope: "row" }, pal.time(night.started)),
              night.open.map((n) => h("td", { class: "number" }, number(n))),
              h("td", { class: "number" }, number(night.complete) + " of " + number(night.expected)))))))));
  };
})();

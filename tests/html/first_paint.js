// SPDX-License-Identifier: Apache-2.0
// first_paint.js SITE - how soon the pages of a report show, and answer, in milliseconds: first paint, first rows, all
// rows, one search. Each page once to warm the disk, then the middle one of three.
import fs from "node:fs";

import { launch } from "./browser.js";

const site = process.argv[2];
const first = fs.readFileSync(site + "/data/customers-0.js", "utf8").match(/\[\\"([0-9a-f-]{36})/);
const customer = first ? first[1] : "-";
const browser = await launch();
const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });

async function once(address) {
  const page = await context.newPage();
  await page.goto("file://" + site + "/" + address, { waitUntil: "commit" });
  const rows = await (await page.waitForFunction(() => document.querySelector(".list tbody tr, .figure, .card-finding") && performance.now(), null, { polling: "raf", timeout: 60000 })).jsonValue();
  await page.waitForFunction(() => !document.querySelector("#page").hasAttribute("aria-busy"), null, { timeout: 120000 });
  const [all, paint] = await page.evaluate(() => [performance.now(), performance.getEntriesByName("first-contentful-paint")[0].startTime]);
  let search = 0;
  if (/^(customers|findings)/.test(address)) {
    const start = Date.now();
    await page.fill("#search", "customer 00042");
    await page.waitForFunction(() => /\D of \D*\d|matches/.test(document.querySelector(".tally").textContent), null, { polling: "raf" });
    search = Date.now() - start;
  }
  const heap = await page.evaluate(() => (performance.memory ? performance.memory.usedJSHeapSize / 1048576 : 0));
  await page.close();
  return [paint, rows, all, search, heap].map(Math.round);
}

console.log("page first-paint first-rows all search heap-mib");
for (const address of ["index.html", "customers.html", "findings.html#state=all", "people.html", "customer.html#id=" + customer]) {
  await once(address);
  const runs = [await once(address), await once(address), await once(address)].sort((a, b) => a[0] - b[0]);
  console.log(address.split("#")[0], ...runs[1]);
}
await browser.close();

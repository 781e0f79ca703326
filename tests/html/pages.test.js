// SPDX-License-Identifier: Apache-2.0
// pages.test.js - the pages of the HTML report in Chromium: read, filtered, by keyboard, on paper, with hostile names.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";

import { axeSource, demoSite, hostileSite, launch, open, pages } from "./browser.js";

const FABRIKAM = "189136cf-9549-546a-8cbf-5491c9c4aa3e";
const HUMONGOUS = "794d4d4a-f6d3-5153-8395-4a168411729d";
const addresses = [...pages.map((name) => name + ".html"), "customer.html#id=" + FABRIKAM, "customer.html#id=" + HUMONGOUS, "customer.html#id=-", "rules.html#id=PAL001"];

let browser, demo;
before(async () => {
  demo = demoSite();
  browser = await launch();
});
after(() => browser.close());

const context = (width, options) => browser.newContext({ viewport: { width, height: 900 }, ...options });
const openFindings = () => demo.check.findings.filter((finding) => finding.verdict === "fail" && finding.status === "open");

describe("every page", () => {
  for (const theme of ["light", "dark"]) {
    // 640 is what a screen of 1280 has left at 200%.
    for (const width of [380, 640, 1440]) {
      test(`fits and is accessible, ${theme}, ${width} wide`, async () => {
        // axe comes in from outside, past the policy of the pages; everything else is tested under it.
        const outside = await context(width, { colorScheme: theme, bypassCSP: true });
        for (const address of addresses) {
          const page = await open(outside, demo.site, address);
          if (address.startsWith("findings")) await page.locator("button.open").first().click();
          const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          assert.ok(over <= 0, `${address} is ${over} too wide`);
          await page.evaluate(axeSource);
          const { violations } = await page.evaluate(() => globalThis.axe.run(document, { preload: false, runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
          assert.deepEqual(violations.map((one) => [one.id, one.nodes[0].target.join(" ")]), [], address);
          await page.close();
        }
        await outside.close();
      });
    }
  }

  test("complains of nothing and asks for nothing but its own files", async () => {
    const plain = await context(1440);
    for (const address of addresses) {
      const page = await open(plain, demo.site, address);
      assert.deepEqual(page.complaints, [], address);
      assert.equal(await page.locator("h1").count(), 1, address);
      await page.close();
    }
    await plain.close();
  });

  test("forbids scripts, styles and requests that are not its own", async () => {
    const plain = await context(1440);
    const page = await open(plain, demo.site, "index.html");
    const broken = await page.evaluate(async () => {
      const found = [];
      addEventListener("securitypolicyviolation", (event) => found.push(event.effectiveDirective));
      const style = document.createElement("style");
      style.textContent = "h1 { color: red }";
      document.head.append(style);
      document.querySelector("h1").setAttribute("style", "color: red");
      const image = document.createElement("img");
      image.src = "https://example.com/x.png";
      document.body.append(image);
      const frame = document.createElement("iframe");
      frame.src = "https://example.com/";
      document.body.append(frame);
      await fetch("https://example.com/").catch(() => {});
      // Text becomes neither a script nor markup, also by mistake of a later version.
      for (const mistake of [() => { document.body.innerHTML = "<b>x</b>"; }, () => { document.createElement("script").text = "hacked = 1"; }, () => { document.createElement("script").src = "https://example.com/x.js"; }]) {
        try {
          mistake();
        } catch {
          found.push("refused");
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
      return found;
    });
    for (const directive of ["style-src-elem", "style-src-attr", "img-src", "frame-src", "connect-src"]) assert.ok(broken.includes(directive), directive + " is not forbidden: " + broken);
    assert.equal(broken.filter((one) => one === "refused").length, 3, String(broken));
    await plain.close();
  });

  test("never looks clean where not all was read", async () => {
    const plain = await context(1440);
    for (const address of addresses.filter((one) => !one.endsWith(FABRIKAM) && !one.endsWith("=-"))) {
      const page = await open(plain, demo.site, address);
      assert.match(await page.locator("main").innerText(), /19\s+of 22 customers read completely|Not read completely/, address);
      await page.close();
    }
    const page = await open(plain, demo.site, "customer.html#id=" + HUMONGOUS);
    const text = await page.locator("main").innerText();
    assert.match(text, /AADSTS700016/);
    assert.match(text, /None of these is a pass/);
    await plain.close();
  });
});

describe("findings", () => {
  const rows = (page) => page.locator(".list tbody tr:not(.detail)");
  let plain;
  before(async () => {
    plain = await context(1440);
  });
  after(() => plain.close());

  test("lists what is open, worst first, and the rest on demand", async () => {
    const page = await open(plain, demo.site, "findings.html");
    assert.equal(await rows(page).count(), openFindings().length);
    assert.match(await rows(page).first().innerText(), /critical/);
    await page.selectOption("#state", "all");
    assert.match(await page.locator(".tally").innerText(), new RegExp("^" + demo.check.findings.length + " findings"));
    await page.selectOption("#state", "unknown");
    assert.match(await page.locator(".tally").innerText(), new RegExp("^" + demo.check.summary.unknown + " findings"));
  });

  test("filters, and keeps the choice in the address", async () => {
    const page = await open(plain, demo.site, "findings.html");
    await page.selectOption("#severity", "high");
    const high = openFindings().filter((finding) => finding.severity === "high");
    assert.equal(await rows(page).count(), high.length);
    await page.selectOption("#rule", "PAL012");
    assert.equal(await rows(page).count(), high.filter((finding) => finding.policy === "PAL012").length);
    assert.match(page.url(), /#severity=high&rule=PAL012$/);
    const again = await open(plain, demo.site, page.url().split("/").pop());
    assert.equal(await rows(again).count(), await rows(page).count());
    await page.getByRole("button", { name: "Reset" }).click();
    assert.equal(await rows(page).count(), openFindings().length);
    await page.selectOption("#class", "access");
    assert.equal(await rows(page).count(), openFindings().filter((finding) => finding.class === "access").length);
  });

  test("searches names, ids and messages, each word of the search", async () => {
    const page = await open(plain, demo.site, "findings.html");
    for (const [words, fits] of [
      ["fabrikam", (finding) => finding.tenantName === "Fabrikam"], [FABRIKAM, (finding) => finding.tenantId === FABRIKAM],
      ["PARTNER closed", (finding) => /closed/.test(finding.message + finding.title) && /partner/i.test(finding.message + finding.title + finding.tenantName)], ["nothing-like-that", () => false]]) {
      await page.fill("#search", words);
      const n = openFindings().filter(fits).length;
      await page.waitForFunction((n) => document.querySelectorAll(".list tbody tr").length === n, n);
    }
    assert.match(await page.locator(".tally").innerText(), /^None of \d+ findings matches/);
  });

  test("sorts by any column, both ways", async () => {
    const page = await open(plain, demo.site, "findings.html");
    const customers = async () => (await page.locator("td[data-label=Customer] a").allInnerTexts()).map((name) => name.toLowerCase());
    await page.getByRole("button", { name: "Customer" }).click();
    const up = await customers();
    assert.deepEqual(up, [...up].sort());
    assert.equal(await page.locator("th[aria-sort=ascending]").innerText(), "Customer");
    await page.getByRole("button", { name: "Customer" }).click();
    assert.deepEqual(await customers(), [...up].sort().reverse());
    assert.equal(await page.locator("th[aria-sort=descending]").count(), 1);
  });

  test("opens one with what to do, by the ids of that finding, and closes it", async () => {
    const page = await open(plain, demo.site, "findings.html#severity=critical&rule=PAL001&text=" + FABRIKAM);
    const button = page.getByRole("button", { name: "Details" });
    await button.click();
    const detail = page.locator(".detail");
    await detail.getByText("What to do").waitFor();
    const finding = openFindings().find((one) => one.policy === "PAL001" && one.tenantId === FABRIKAM);
    assert.match(await detail.innerText(), new RegExp("az login --tenant " + FABRIKAM));
    assert.match(await detail.innerText(), new RegExp(finding.fingerprint));
    assert.equal(await button.getAttribute("aria-expanded"), "true");
    await button.click();
    assert.equal(await page.locator(".detail").count(), 0);
  });

  test("works by keyboard alone", async () => {
    const page = await open(plain, demo.site, "findings.html");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement.id), "main");
    await page.keyboard.press("Tab");
    for (let i = 0; i < 20 && (await page.evaluate(() => document.activeElement.id)) !== "search"; i++) await page.keyboard.press("Tab");
    await page.keyboard.type("PAL001");
    await page.waitForFunction(() => document.querySelectorAll(".list tbody tr").length === 2);
    for (let i = 0; i < 20 && (await page.evaluate(() => document.activeElement.className)) !== "open"; i++) await page.keyboard.press("Tab");
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
    assert.equal(outline, "solid");
    await page.keyboard.press("Enter");
    await page.locator(".detail").getByText("What to do").waitFor();
  });

  test("copies an id", async () => {
    const page = await open(plain, demo.site, "customer.html#id=" + FABRIKAM);
    await page.getByRole("button", { name: "Copy " + FABRIKAM }).first().click();
    await page.waitForFunction((id) => document.getElementById("said").textContent === "Copied " + id, FABRIKAM);
  });
});

describe("the other pages", () => {
  let plain;
  before(async () => {
    plain = await context(1440);
  });
  after(() => plain.close());

  test("the overview has the numbers of the first screen, and they lead to the findings", async () => {
    const page = await open(plain, demo.site, "index.html");
    const { critical, high, medium, low, info, unknown } = demo.check.summary;
    assert.equal(await page.locator(".card.wide .figure").innerText().then((text) => text.match(/^\d+/)[0]), String(critical + high + medium + low + info));
    assert.equal(await page.locator(".card:last-child .figure").innerText().then((text) => text.match(/^\d+/)[0]), String(unknown));
    assert.equal(await page.locator(".trend svg .fill.critical").count(), 2);
    await page.locator("tfoot a").first().click();
    await page.waitForSelector("#page:not([aria-busy])");
    assert.equal(await page.locator(".list tbody tr").count(), critical);
  });

  test("from the list of customers to one, with its name in the title", async () => {
    const page = await open(plain, demo.site, "customers.html");
    assert.equal(await page.locator(".list tbody tr").count(), demo.check.coverage.tenants);
    await page.selectOption("#show", "lacking");
    await page.fill("#search", "humongous");
    await page.waitForFunction(() => document.querySelectorAll(".list tbody tr").length === 1);
    assert.match(await page.locator(".list tbody tr").innerText(), /not known/);
    await page.getByRole("link", { name: "Humongous Insurance" }).click();
    await page.waitForSelector("#page:not([aria-busy])");
    assert.equal(await page.title(), "Humongous Insurance · palscan");
  });

  test("a customer's page has every open finding of it, its links and its access", async () => {
    const page = await open(plain, demo.site, "customer.html#id=" + FABRIKAM);
    const found = openFindings().filter((finding) => finding.tenantId === FABRIKAM);
    assert.equal(await page.locator("article.card-finding").count(), found.length);
    for (const finding of found) assert.ok((await page.locator("main").innerText()).includes(finding.message));
    assert.match(await page.locator("main").innerText(), /1000001\s+Northwind \(v-org\)/);
    assert.match(await page.locator("main").innerText(), /Contributor/);
  });

  test("what is missing in the folder is said, and is not taken for nothing", async () => {
    const copy = demo.site + "-cut";
    fs.cpSync(demo.site, copy, { recursive: true });
    fs.rmSync(path.join(copy, "data", "customer-" + FABRIKAM.slice(0, 2) + ".js"));
    const page = await open(plain, copy, "customer.html#id=" + FABRIKAM);
    assert.match(await page.getByRole("alert").innerText(), /customer-18\.js is missing or was changed/);
    const list = await open(plain, copy, "findings.html#text=" + FABRIKAM);
    await list.getByRole("button", { name: "Details" }).first().click();
    await list.getByRole("alert").waitFor();
  });

  test("light and dark are chosen by the reader, and stay", async () => {
    const page = await open(plain, demo.site, "index.html");
    const color = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const auto = await color();
    await page.locator("#theme").click();
    await page.locator("#theme").click();
    assert.equal(await page.locator("#theme").innerText(), "Theme: dark");
    assert.notEqual(await color(), auto);
    await page.reload();
    await page.waitForSelector("#page:not([aria-busy])");
    assert.equal(await page.locator("#theme").innerText(), "Theme: dark");
    await page.locator("#theme").click();
  });

  test("rules show their reason and their SQL as text", async () => {
    const page = await open(plain, demo.site, "rules.html#id=PAL001");
    await page.getByText("The rule itself, as SQL").click();
    assert.match(await page.locator("pre.sql").innerText(), /^-- SPDX-License-Identifier/);
  });
});

describe("on paper", () => {
  test("a customer's page is A4, without what is of no use there", async () => {
    const plain = await context(1440);
    const page = await open(plain, demo.site, "customer.html#id=" + FABRIKAM);
    const pdf = (await page.pdf({ preferCSSPageSize: true, printBackground: true })).toString("latin1");
    assert.match(pdf, /\/MediaBox ?\[0 0 59[45][.0-9]* 84[12][.0-9]*\]/);
    assert.ok((pdf.match(/\/Type ?\/Page\b/g) || []).length >= 1);
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    for (const gone of [".bar", ".no-print", ".copy"]) assert.equal(await page.locator(gone).first().isVisible(), false, gone);
    assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor), "rgb(255, 255, 255)");
    assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector("tbody tr")).breakInside), "avoid");
    assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector(".list thead")).display), "table-header-group");
    // A sheet is as narrow as a small screen, and its tables stay tables.
    await page.setViewportSize({ width: 680, height: 960 });
    assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector(".list tbody td")).display), "table-cell");
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "the page is wider than the paper");
    await plain.close();
  });

  test("a list is printed whole, not the part that is on the screen", async () => {
    const plain = await context(1440);
    const page = await open(plain, demo.site, "findings.html#state=all");
    assert.equal(await page.locator(".list tbody tr").count(), 100);
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    assert.equal(await page.locator(".list tbody tr").count(), demo.check.findings.length);
    await page.evaluate(() => dispatchEvent(new Event("afterprint")));
    assert.equal(await page.locator(".list tbody tr").count(), 100);
    await plain.close();
  });
});

describe("hostile names", () => {
  test("are text on every page", async () => {
    const { repository, site } = hostileSite();
    const plain = await context(1440);
    const kept = JSON.parse(fs.readFileSync(path.join(site, "data/report.js"), "utf8").replace(/^pal\.take\("report",|\);\n$/g, ""));
    const customers = fs.readFileSync(path.join(site, "data/customers-0.js"), "utf8");
    const all = fs.readdirSync(path.join(site, "data")).map((name) => fs.readFileSync(path.join(site, "data", name), "utf8")).join("");
    assert.ok(all.includes("\\u003cscript\\u003ealert(1)\\u003c/script\\u003e"), "no harm in " + repository);
    const ids = JSON.parse(JSON.parse(customers.replace(/^pal\.take\("customers-0",|\);\n$/g, ""))).map((row) => row[0]);
    assert.ok(kept.length > 0 && ids.length > 0);
    let shown = 0;
    let turned = 0;
    for (const address of [...pages.map((name) => name + ".html"), "findings.html#state=all", ...ids.map((id) => "customer.html#id=" + id)]) {
      const page = await open(plain, site, address);
      for (const button of (await page.locator("button.open").all()).slice(0, 30)) await button.click();
      assert.deepEqual(page.complaints, [], address);
      shown += (await page.locator("main").innerText()).includes("<script>alert(1)</script>");
      // Elements that no page makes, and links that lead elsewhere.
      const odd = await page.evaluate(() => [
        ...[...document.querySelectorAll("body script, img, iframe, object, embed, style, form, base, b, font, marquee")].map((one) => one.outerHTML),
        ...[...document.querySelectorAll("a")].filter((one) => !/^(#|[a-z]+\.html|https:\/\/([a-z0-9-]+\.)*(microsoft|github)\.com\/)/.test(one.getAttribute("href"))).map((one) => one.getAttribute("href")),
        ...[...document.querySelectorAll("*")].filter((one) => [...one.attributes].some((attribute) => attribute.name.startsWith("on"))).map((one) => one.outerHTML),
      ]);
      assert.deepEqual(odd, [], address);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(over <= 0, `${address} is ${over} too wide`);
      // What nobody sees, or what turns the text around it, is told in numbers; and each link can be seen.
      const acting = await page.evaluate(() => [document.title, document.body.textContent, ...[...document.querySelectorAll("*")].flatMap((one) => [...one.attributes].map((attribute) => attribute.value))]
        .flatMap((text) => text.match(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu) || []).map((c) => c.codePointAt(0).toString(16)));
      assert.deepEqual(acting, [], address);
      turned += (await page.locator("main").innerText()).includes("\\u{202e}gnp.exe\\u{202c}");
      assert.deepEqual(await page.evaluate(() => [...document.querySelectorAll("main a")].filter((one) => one.innerText.trim() === "").map((one) => one.outerHTML)), [], address);
      await page.close();
    }
    assert.ok(shown > 0, "no page shows the harm as text");
    assert.ok(turned > 0, "no page shows the turned name in numbers");
    await plain.close();
  });
});

// SPDX-License-Identifier: Apache-2.0
// browser.js - what the tests of the pages share: sites made by the program, and a browser that reads them from disk.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const require = createRequire(path.join(process.env.PAL_NODE_MODULES, "here.js"));
const { chromium } = require("playwright-core");
export const axeSource = require("axe-core").source;

export const top = fs.mkdtempSync(path.join(process.env.TMPDIR || "/tmp", "palscan-html."));
process.on("exit", () => fs.rmSync(top, { recursive: true, force: true }));

export function palscan(cwd, ...args) {
  return execFileSync(process.env.PALSCAN, args, {
    cwd, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], env: { ...process.env, XDG_STATE_HOME: path.join(top, "state") }, maxBuffer: 1 << 28,
  });
}

// The two nights of the demo, and their report.
export function demoSite() {
  const repository = path.join(top, "demo");
  const site = path.join(top, "site");
  palscan(top, "demo", repository);
  palscan(repository, "report", "-q", "-f", "html", "-o", site);
  return { repository, site, check: JSON.parse(palscan(repository, "check", "--as-recorded", "--fail-on", "none", "-f", "json")) };
}

// The demo with every name that a tenant chooses replaced by one that would do harm.
export function hostileSite() {
  const estate = path.join(top, "hostile-estate");
  const repository = path.join(top, "hostile");
  const site = path.join(top, "hostile-site");
  const source = process.env.PAL_SOURCE;
  execFileSync("bash", [path.join(source, "tests/tools/make_hostile.sh"), path.join(source, "snapshots/demo"), estate]);
  fs.mkdirSync(repository);
  for (const name of fs.readdirSync(estate)) if (name.endsWith(".json")) fs.copyFileSync(path.join(estate, name), path.join(repository, name));
  palscan(repository, "init", ".");
  for (const night of ["night-1", "night-2"]) {
    try {
      palscan(repository, "scan", "--replay", path.join(estate, night), "--fail-on", "none");
    } catch (error) {
      if (error.status !== 4) throw error; // it is incomplete, as the demo is
    }
  }
  palscan(repository, "report", "-q", "-f", "html", "-o", site);
  return { repository, site };
}

export const pages = ["index", "customers", "changes", "findings", "people", "rules", "unknown", "made"];

export const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox"] });

// Opens a page of a site and waits until it has filled itself. What the page complains of, and what it asks for beyond
// its own folder, gathers in page.complaints.
export async function open(context, site, address) {
  const page = await context.newPage();
  page.complaints = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) page.complaints.push(message.text());
  });
  page.on("pageerror", (error) => page.complaints.push(String(error)));
  page.on("dialog", (dialog) => {
    page.complaints.push("dialog: " + dialog.message());
    dialog.dismiss();
  });
  page.on("request", (request) => {
    if (!request.url().startsWith("file://" + site + "/")) page.complaints.push("asked for " + request.url());
  });
  await page.goto("file://" + site + "/" + address);
  await page.waitForSelector("#page:not([aria-busy])");
  return page;
}

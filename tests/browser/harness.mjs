// What the browser tests share: the page's address, one Chromium per file, and tests that fail on any page error.
//
// `cargo xtask test page` builds the page, serves it and sets PLAYGROUND_URL and CHROMIUM.
// Run by hand (`node --test tests/browser/smoke.test.mjs`), this serves the dist/ that is there.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { after, test } from "node:test";
import { chromium } from "playwright-core";

export const SIZES = {
  desktop: { width: 1440, height: 900 },
  laptop: { width: 1280, height: 720 },
  phone: { width: 390, height: 844 },
  tablet: { width: 900, height: 1100 },
  narrow: { width: 600, height: 700 },
};

const CHROMIUM_ARGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

let browser;
let server;
let address = process.env.PLAYGROUND_URL;
let isTesting = false;

/**
 * A test with a page of its own, in a fresh profile, already open and past its loading state.
 *
 * Fails if the page logs an error, throws, or asks for a file that isn't there or isn't ours.
 * Options: `query` and `hash` (of the address), `size` (of SIZES), `theme` ("light" or "dark"), `reducedMotion` (bool),
 * `before` (what to do with the page before it opens; then the test itself waits until all of it is loaded).
 */
export function pageTest(name, ...rest) {
  const body = rest.pop();
  const options = rest.pop() ?? {};
  // Not at the top: shots.mjs takes pictures with this file, and tests nothing.
  if (!isTesting) after(closeAll);
  isTesting = true;
  test(name, { timeout: 120_000 }, async () => {
    const opened = await open(options);
    try {
      await body(opened.page, opened);
      if (opened.problems.length > 0) throw new Error(`the page had problems:\n${opened.problems.join("\n")}`);
    } finally {
      await opened.close();
    }
  });
}

/** Opens the page and waits until it has started; gives the page, its problems so far and all requests. */
export async function open({ query = "", hash = "", size = "desktop", theme = "light", reducedMotion = false, before } = {}) {
  browser ??= await chromium.launch({ executablePath: chromiumPath(), args: CHROMIUM_ARGS });
  address ??= await serve();
  const context = await browser.newContext({
    viewport: SIZES[size],
    isMobile: size === "phone",
    hasTouch: size === "phone",
    colorScheme: theme,
    reducedMotion: reducedMotion ? "reduce" : "no-preference",
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const problems = [];
  const requests = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") problems.push(`${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => problems.push(`uncaught: ${error.stack ?? error}`));
  page.on("requestfailed", (request) => problems.push(`failed: ${request.url()} ${request.failure()?.errorText}`));
  page.on("response", (response) => {
    if (response.status() >= 400) problems.push(`${response.status()}: ${response.url()}`);
  });
  page.on("request", (request) => {
    requests.push(request.url());
    if (!request.url().startsWith(address) && !/^(data|blob):/.test(request.url())) {
      problems.push(`asked for something that isn't ours: ${request.url()}`);
    }
  });
  try {
    await before?.(page);
    await page.goto(address + query + hash);
    await page.locator("#boot").waitFor({ state: "detached" });
    if (!before) await page.locator('.page[data-whole="true"]').waitFor();
  } catch (error) {
    await context.close();
    throw new Error([`the page didn't start: ${error.message}`, ...problems].join("\n"));
  }
  return { page, problems, requests, address, close: () => context.close() };
}

/** Ends the browser and the server; tests needn't call it. */
export async function closeAll() {
  await browser?.close();
  server?.kill();
}

function chromiumPath() {
  const places = [
    process.env.CHROMIUM,
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  ];
  const found = places.find((path) => path && existsSync(path));
  if (!found) throw new Error("Chromium is missing; set CHROMIUM to where it is");
  return found;
}

/** The address of a server for dist/ that lives as long as we do. */
function serve() {
  server = spawn("cargo", ["xtask", "serve", "--no-build", "--port", "0", "--at", "/some/folder/"], {
    cwd: new URL("../..", import.meta.url),
    stdio: ["ignore", "pipe", "inherit"],
  });
  return new Promise((resolve, reject) => {
    server.stdout.once("data", (line) => resolve(String(line).trim()));
    server.once("exit", () => reject(new Error("the server ended")));
  });
}

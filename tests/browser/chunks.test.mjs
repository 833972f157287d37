// The page comes in parts: what is clicked before they are there waits, and a part that doesn't come is said and fetched again.

import assert from "node:assert/strict";
import { pageTest } from "./harness.mjs";
import { waitForCards } from "./steps.mjs";

const READY = ["node-1: Ready r1", "node-2: Ready r1", "node-3: Ready r1"];
const ENGINE = "**/split-engine-*.wasm";
const PANELS = "**/split-panels-*.wasm";

/** Keeps what is asked for at this address back until `release` is called. */
function held(address) {
  let release;
  const released = new Promise((resolve) => (release = resolve));
  const before = (page) => page.route(address, async (route) => (await released, await route.continue()));
  return { before, release };
}

const lose = (address) => (page) => page.route(address, (route) => route.abort("internetdisconnected"));
const whole = (page) => page.locator('.page[data-whole="true"]').waitFor();
const apply = (page) => page.locator("#welcome-apply").click();

/** The browser and the loader report what we made fail, and nothing else. */
function expectLost(opened) {
  const others = opened.problems.splice(0).filter((problem) => !/INTERNET_DISCONNECTED|Failed to fetch/.test(problem));
  assert.deepEqual(others, []);
}

const late = held(ENGINE);
pageTest("what is clicked before its code is there waits, and says so", { before: late.before }, async (page) => {
  assert.equal(await page.locator(".node-card").count(), 3);
  await apply(page);
  await page.getByText("Loading the rest of the page…").waitFor();
  assert.equal(await page.locator(".pods .pod-tile").count(), 0);
  late.release();
  await waitForCards(page, READY);
  assert.equal(await page.getByText("Loading the rest of the page…").count(), 0);
});

pageTest("a part that doesn't come is said, and comes when asked for again", { before: lose(ENGINE) }, async (page, opened) => {
  await apply(page);
  const again = page.getByRole("alert").getByRole("button", { name: "Try again" });
  await again.waitFor();
  await page.unroute(ENGINE);
  await again.click();
  await waitForCards(page, READY);
  await whole(page);
  assert.equal(await page.getByRole("alert").count(), 0);
  expectLost(opened);
});

pageTest("a reload for a part that doesn't come keeps the session", { before: lose(PANELS) }, async (page, opened) => {
  await apply(page);
  const reload = page.getByRole("alert").getByRole("button", { name: "Reload" });
  await reload.waitFor();
  await waitForCards(page, READY);
  await page.unroute(PANELS);
  await reload.click();
  await whole(page);
  await waitForCards(page, READY);
  expectLost(opened);
});

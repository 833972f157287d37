// Moments and why they came: bookmarks, histories, and the walk through a chain of causes.

import assert from "node:assert/strict";
import { pageTest } from "./harness.mjs";
import { apply, cards, settle, tab, waitForCards } from "./steps.mjs";

const READY = ["node-1: Ready r1", "node-2: Ready r1", "node-3: Ready r1"];

async function running(page) {
  await apply(page);
  await settle(page);
  await waitForCards(page, READY);
}

/** The list behind a button of the timeline. */
async function list(page, id) {
  await page.locator(`#${id}-button`).click();
  return page.locator(".places");
}

pageTest("a bookmark is named, found again after a reload, and removed", async (page) => {
  await running(page);
  await page.keyboard.press("b");
  await page.locator('#bookmark[aria-pressed="true"]').waitFor();
  await page.locator("#add-node").click();
  await settle(page);
  await waitForCards(page, [...READY, "node-4: Ready r1"]);
  let places = await list(page, "bookmarks");
  await places.getByText("Settled: 3 of 3 pods available").waitFor();
  await places.getByRole("button", { name: /^Rename / }).click();
  await page.locator(".places input:focus").waitFor();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("three run");
  await page.keyboard.press("Enter");
  await places.getByRole("button", { name: /^three run/ }).click();
  await places.waitFor({ state: "detached" });
  await waitForCards(page, READY);
  await page.locator("#back").click();
  await waitForCards(page, [...READY, "node-4: Ready r1"]);
  await page.reload();
  await page.locator("#boot").waitFor({ state: "detached" });
  // The tick on the timeline tells its name to the keyboard, and goes there.
  const tick = page.getByRole("button", { name: /^Bookmark at .*: three run$/ });
  await tick.focus();
  await tick.locator("text").waitFor();
  await page.keyboard.press("Enter");
  await waitForCards(page, READY);
  places = await list(page, "bookmarks");
  await places.getByRole("button", { name: "Remove three run" }).click();
  await page.locator("#bookmarks-button").waitFor({ state: "detached" });
});

pageTest("histories are named, and removed only when asked twice", async (page) => {
  await running(page);
  await page.keyboard.press("b");
  await page.locator("#add-node").click();
  await settle(page);
  await (await list(page, "bookmarks")).locator(".place__go").click();
  await page.locator("#menu-node-1-button").click();
  await page.getByRole("menuitem", { name: /^Cordon/ }).click();
  const places = await list(page, "branches");
  await places.getByRole("button", { name: "Rename add a Worker node" }).click();
  await page.locator(".places input:focus").waitFor();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("with a fourth");
  await page.keyboard.press("Enter");
  await page.reload();
  await page.locator("#boot").waitFor({ state: "detached" });
  await (await list(page, "branches")).getByRole("button", { name: /^with a fourth/ }).click();
  await waitForCards(page, [...READY, "node-4: Ready r1"]);
  await list(page, "branches");
  await places.getByRole("button", { name: "Remove kubectl cordon node-1" }).click();
  await places.getByRole("button", { name: "Keep" }).click();
  await places.getByRole("button", { name: "Remove kubectl cordon node-1" }).click();
  await places.getByRole("button", { name: "Remove", exact: true }).click();
  await page.locator("#branches-button").waitFor({ state: "detached" });
});

pageTest("a chain of causes is walked: each link marks its moment and its place", async (page) => {
  await running(page);
  await page.locator("#add-node").click();
  await settle(page);
  await waitForCards(page, [...READY, "node-4: Ready r1"]);
  await page.locator("#node-node-4 .pod-tile").click();
  const links = page.locator(".causes .cause");
  await links.first().waitFor();
  const count = await links.count();
  assert.equal(await page.locator('.tick[data-kind="cause"]').count(), count);
  await page.locator("#node-node-4[data-links]").waitFor();
  await page.locator("#node-node-4 .pod-tile[data-links]").waitFor();
  assert.equal(await page.locator("#node-node-1[data-links]").count(), 0);
  await links.last().hover();
  await page.locator('#node-node-4 .pod-tile[data-pointed="true"]').waitFor();
  await page.locator('.tick[data-pointed="true"] text').waitFor();
  await links.first().focus();
  await page.locator('.causes li:first-child[data-pointed="true"]').waitFor();
  await page.keyboard.press("Enter");
  await waitForCards(page, READY.concat("node-4:"));
  await page.locator('.causes li[aria-current="step"]').getByText("you added a Worker node").waitFor();
  assert.equal(await links.count(), count, "the chain stays while it is walked");
  await page.locator(".why__walk").getByRole("button", { name: /^Back to/ }).click();
  await waitForCards(page, [...READY, "node-4: Ready r1"]);
  await page.locator(".why__walk").waitFor({ state: "detached" });
});

pageTest("a number and an event have a chain too", { reducedMotion: true }, async (page) => {
  await running(page);
  await page.getByRole("button", { name: "Ready 3", exact: true }).click();
  await page.getByRole("heading", { name: "Why? Ready of my-daemonset" }).waitFor();
  await page.locator(".why .headline", { hasText: /It went from \d to 3 at/ }).waitFor();
  await page.locator(".causes li").first().getByText("kubectl apply -f -").waitFor();
  await tab(page, "Events");
  await page.locator(".event__reason", { hasText: "SuccessfulCreate" }).first().click();
  await page.getByRole("heading", { name: "Why? Event SuccessfulCreate" }).waitFor();
  await page.locator(".causes li").first().getByText("kubectl apply -f -").waitFor();
  assert.deepEqual(await cards(page), READY);
});

// Menus and whatever else floats: whole, on top, inside the window; and by keyboard.

import assert from "node:assert/strict";
import { pageTest } from "./harness.mjs";
import { apply, section, settle, tab } from "./steps.mjs";

const OPENERS = '[aria-haspopup="menu"], [aria-haspopup="dialog"]';
/** Menus are popovers; the list of scenarios is a dialog. */
const FLOATS = "[popover], .dialog";

/** What is wrong with the place of what is open: outside of the window, cut, or covered. */
function faults(page) {
  return page.evaluate((floats) => {
    const lists = [...document.querySelectorAll(floats)].filter((list) => list.checkVisibility());
    if (lists.length !== 1) return [`${lists.length} are open`];
    const [list] = lists;
    const rect = list.getBoundingClientRect();
    const found = [];
    if (rect.left < 0 || rect.top < 0 || rect.right > innerWidth || rect.bottom > innerHeight) {
      found.push(`outside: ${JSON.stringify(rect)} in ${innerWidth} × ${innerHeight}`);
    }
    if (rect.width < 80 || rect.height < 40) found.push(`squeezed: ${rect.width} × ${rect.height}`);
    if (list.scrollWidth > list.clientWidth) found.push(`cut at its side: ${list.scrollWidth} in ${list.clientWidth}`);
    if (list.scrollHeight > list.clientHeight + 1 && !/auto|scroll/.test(getComputedStyle(list).overflowY)) found.push("cut, and doesn't scroll");
    const [x, y] = [3, 3];
    const corners = [
      [rect.left + x, rect.top + y],
      [rect.right - x, rect.top + y],
      [rect.left + x, rect.bottom - y],
      [rect.right - x, rect.bottom - y],
      [(rect.left + rect.right) / 2, (rect.top + rect.bottom) / 2],
    ];
    for (const [x, y] of corners) {
      const top = document.elementFromPoint(x, y);
      if (!list.contains(top)) found.push(`covered at ${x}, ${y} by ${top?.className}`);
    }
    // Every text in it is whole.
    for (const item of list.querySelectorAll("button, p, h3, small, span")) {
      if (item.scrollWidth > item.clientWidth + 1 && item.clientWidth > 0 && getComputedStyle(item).display !== "inline") {
        found.push(`cut: ${item.textContent}`);
      }
    }
    return found;
  }, FLOATS);
}

/** Opens each menu of what is shown, and measures it; gives how many there were. */
async function walk(page, seen) {
  const ids = await page.locator(OPENERS).evaluateAll((all) => all.filter((one) => one.checkVisibility()).map((one) => one.id));
  for (const id of ids) {
    const button = page.locator(`[id="${id}"]`);
    await button.click();
    await page.locator(FLOATS).first().waitFor();
    assert.deepEqual(await faults(page), [], id);
    await page.keyboard.press("Escape");
    await page.locator(FLOATS).waitFor({ state: "detached" });
    assert.equal(await page.evaluate(() => document.activeElement?.id), id, "the focus goes back");
    seen.add(id);
  }
}

for (const size of ["desktop", "laptop", "phone"]) {
  pageTest(`every menu is whole and on top, ${size}`, { size }, async (page) => {
    await apply(page);
    await settle(page);
    await section(page, "Cluster");
    await page.locator("#node-node-3").waitFor();
    for (let n = 0; n < 9; n++) await page.locator("#add-node").click();
    // Bookmarks and branches have their lists too.
    await page.locator("#scrubber").fill("7000");
    await page.locator("#bookmark").click();
    for (let n = 0; n < 6; n++) await page.locator("#add-node").click();
    await settle(page);
    const seen = new Set();
    for (const part of ["Editor", "Cluster", "Details"]) {
      await section(page, part);
      if (part === "Details") await tab(page, "Status");
      await walk(page, seen);
    }
    for (const id of ["presets-button", "add-node-menu-button", "menu-node-1-button", "daemon-set-menu-button", "bookmarks-button", "branches-button"]) {
      assert.ok(seen.has(id), `${id} was there: ${[...seen]}`);
    }
  });
}

pageTest("a menu goes with its button when the page scrolls under it", { size: "phone" }, async (page) => {
  await section(page, "Cluster");
  for (let n = 0; n < 6; n++) await page.locator("#add-node").click();
  await page.locator("#menu-node-2-button").click();
  await page.getByRole("menu").waitFor();
  await page.locator(".page__cluster").evaluate((part) => part.scrollBy(0, 120));
  await page.waitForFunction(() => {
    const button = document.getElementById("menu-node-2-button").getBoundingClientRect();
    const list = document.querySelector("[role=menu]").getBoundingClientRect();
    return Math.min(Math.abs(list.top - button.bottom), Math.abs(list.bottom - button.top)) < 12;
  });
  assert.deepEqual(await faults(page), []);
});

pageTest("arrows, Home, End, letters and Escape work in a menu; letters do nothing else", async (page) => {
  const focused = () => page.evaluate(() => document.activeElement?.querySelector("span")?.textContent);
  await page.locator("#menu-node-1-button").focus();
  await page.keyboard.press("ArrowDown");
  await page.getByRole("menu").waitFor();
  await page.keyboard.press("End");
  assert.equal(await focused(), "Remove node");
  await page.keyboard.press("ArrowDown");
  const first = await focused();
  await page.keyboard.press("Home");
  assert.equal(await focused(), first);
  // Elsewhere these add a node, set a bookmark, pause.
  await page.keyboard.press("n");
  await page.keyboard.press("p");
  await page.keyboard.press("Escape");
  await page.locator("#menu-node-1-button:focus").waitFor();
  await page.keyboard.press("ArrowDown");
  await page.getByRole("menu").waitFor();
  await page.keyboard.type("dr");
  assert.equal(await focused(), "Drain");
  await page.keyboard.press("Escape");
  await page.locator("#menu-node-1-button:focus").waitFor();
  assert.equal(await page.locator(".node-card").count(), 3);
  await page.keyboard.press("n");
  await page.locator("#node-node-4").waitFor();
});

pageTest("letters do nothing in a dialog or a name field", async (page) => {
  await page.keyboard.press("b");
  await page.locator("#bookmarks-button").click();
  await page.locator(".places").waitFor();
  await page.keyboard.press("n");
  await page.locator(".place__edit").click();
  await page.locator(".place__form input:focus").waitFor();
  await page.keyboard.type("nnn");
  await page.keyboard.press("Enter");
  await page.locator(".place", { hasText: "nnn" }).waitFor();
  await page.keyboard.press("n");
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("n");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assert.equal(await page.locator(".node-card").count(), 3);
});

pageTest("single keys can be turned off, and stay off after a reload", async (page) => {
  await page.keyboard.press("?");
  await page.getByRole("switch", { name: "Keyboard shortcuts" }).uncheck();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.keyboard.press("n");
  await page.reload();
  await page.locator("#boot").waitFor({ state: "detached" });
  await page.keyboard.press("n");
  await page.keyboard.press("?");
  await page.locator("#help").click();
  await page.getByRole("switch", { name: "Keyboard shortcuts" }).check();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assert.equal(await page.locator(".node-card").count(), 3);
  await page.keyboard.press("n");
  await page.locator("#node-node-4").waitFor();
});

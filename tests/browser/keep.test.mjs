// Nothing typed or done is lost, and the keyboard's place isn't either: links, tabs, dialogs, panels that go.

import assert from "node:assert/strict";
import { deflateRawSync } from "node:zlib";
import { pageTest } from "./harness.mjs";
import { apply, currentText, editNode, editor, replaceText, section, settle, waitForCards } from "./steps.mjs";

const READY = ["node-1: Ready r1", "node-2: Ready r1", "node-3: Ready r1"];

/** A link as the page makes them. */
function link(shared) {
  const payload = deflateRawSync(Buffer.from(JSON.stringify(shared))).toString("base64url");
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(payload)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return `#d1:${payload}.${hash.toString(16).padStart(8, "0")}`;
}

function nodes(count, at) {
  return { scenario: { seed: 1, nodes: [{ template: "worker", count }] }, at };
}

const paste = (page, hash) => page.evaluate((hash) => void (location.hash = hash), hash);
const focused = (page) => page.evaluate(() => document.activeElement?.id || document.activeElement?.className || document.activeElement?.tagName);

/** Waits until something with this id has the focus. */
async function waitForFocus(page, id) {
  await page.waitForFunction((id) => document.activeElement?.id === id, id).catch(async () => {
    throw new Error(`the focus is on ${await focused(page)}, not on ${id}`);
  });
}

pageTest("a pasted link keeps what was here, and a reload too", async (page) => {
  await apply(page);
  await settle(page);
  await replaceText(page, "my-image:latest", "my-image:half-typed");
  await paste(page, "#scenario=no-floor");
  await page.locator("#announcer", { hasText: "Previous session saved. Restore" }).waitFor({ state: "attached" });
  await page.reload();
  await page.locator("#boot").waitFor({ state: "detached" });
  const back = page.getByRole("button", { name: "Restore", exact: true });
  await back.focus();
  await page.keyboard.press("Enter");
  await waitForCards(page, READY);
  assert.match(await currentText(page), /half-typed/);
  await back.click();
  await page.locator(".story").waitFor();
});

pageTest("a closed tab opens again with its text", async (page) => {
  await page.getByRole("button", { name: "New document" }).click();
  await (await editor(page)).click();
  await page.keyboard.insertText("kind: Unfinished");
  await page.getByRole("button", { name: /^Close/ }).focus();
  await page.keyboard.press("Enter");
  await waitForFocus(page, "tab-0");
  await page.getByText("Closed an untitled document").first().waitFor();
  await page.getByRole("button", { name: "Reopen tab" }).click();
  assert.equal(await currentText(page), "kind: Unfinished");
  assert.equal(await page.getByRole("button", { name: "Reopen tab" }).count(), 0);
});

pageTest("a long link shows how far it is, and can be given up", async (page) => {
  await apply(page);
  await settle(page);
  const yaml = await currentText(page);
  await page.locator("#add-node").focus();
  await paste(page, link({ ...nodes(4000, 60_000), log: [{ at: 0, steps: 0, command: { do: "apply", yaml } }] }));
  const dialog = page.getByRole("dialog", { name: "Opening the link" });
  await dialog.getByText(/of 1 commands/).waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await waitForCards(page, READY);
  await waitForFocus(page, "add-node");
  await page.getByRole("button", { name: "Open it" }).click();
  await page.getByText("4000 nodes").first().waitFor({ timeout: 60_000 });
});

pageTest("a long link at the start of the page", { hash: link(nodes(3000, 60_000)) }, async (page) => {
  await page.getByText("3000 nodes").first().waitFor({ timeout: 60_000 });
  assert.equal(await page.getByRole("button", { name: "Restore", exact: true }).count(), 0);
});

pageTest("the focus goes back to what opened a thing, or to what is near", async (page) => {
  await apply(page);
  await settle(page);
  await waitForCards(page, READY);
  // The why panel, by its button and by Escape.
  for (const close of ["button", "Escape"]) {
    const tile = page.locator("#node-node-2 .pod-tile");
    await tile.focus();
    await page.keyboard.press("Enter");
    const button = page.getByRole("button", { name: "Close why" });
    await button.focus();
    await page.keyboard.press(close === "button" ? "Enter" : "Escape");
    await page.locator(".why--empty").waitFor({ state: "attached" });
    await page.waitForFunction(() => document.activeElement?.closest("#node-node-2 .pods"));
  }
  // Dialogs, by a key and by their button.
  await page.locator("#edit-node-1").focus();
  await page.keyboard.press("?");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await waitForFocus(page, "edit-node-1");
  await page.locator("#help").focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).press("Enter");
  await waitForFocus(page, "help");
  // A form, and a taint in it.
  await editNode(page, "node-1");
  await page.locator("#add-taint-node-1").fill("a=b:NoSchedule");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Remove taint a=b:NoSchedule" }).press("Enter");
  await waitForFocus(page, "add-taint-node-1");
  await page.keyboard.press("Escape");
  await waitForFocus(page, "edit-node-1");
  // A node that is removed by its menu.
  await page.locator("#menu-node-2-button").focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement?.closest("#node-node-3"));
  // An undo button that has nothing more to undo, and a notice that goes.
  await page.locator("#undo").focus();
  for (let i = 0; i < 8 && !(await page.locator("#undo").isDisabled()); i++) await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement !== document.body);
  await paste(page, "#d1:broken.00000000");
  await page.locator(".notice").getByRole("button", { name: "Dismiss" }).press("Enter");
  await page.waitForFunction(() => document.activeElement !== document.body);
});

pageTest("with many tabs the active one and + can be seen, and titles differ", async (page) => {
  const inView = (selector) =>
    page.locator(selector).evaluate((element) => {
      const [box, bar] = [element.getBoundingClientRect(), document.querySelector(".editor__bar").getBoundingClientRect()];
      return box.width > 20 && box.left >= bar.left - 1 && box.right <= bar.right + 1;
    });
  for (let n = 0; n < 6; n++) {
    await page.locator(".tabs__new").click();
    await (await editor(page)).click();
    if (n % 2) await page.keyboard.insertText(`kind: ConfigMap\nmetadata:\n  name: a-name-that-is-much-too-long-for-a-tab-${n}`);
    await page.waitForTimeout(100);
    assert.ok(await inView('.tabs__tab[data-active="true"]'), `tab ${n}`);
    assert.ok(await inView(".tabs__new"), `+ after ${n}`);
  }
  const titles = await page.locator(".tabs__select").allTextContents();
  assert.equal(new Set(titles).size, titles.length, titles.join(" | "));
  assert.match(await page.locator(".tabs__select").last().getAttribute("title"), /^ConfigMap a-name-that-is-much-too-long-for-a-tab-5$/);
  await page.locator(".tabs__select").first().focus();
  await page.keyboard.press("Enter");
  await page.waitForTimeout(100);
  assert.ok(await inView('.tabs__tab[data-active="true"]'), "the first");
});

pageTest("on a phone the cluster comes to the front after Apply", { size: "phone" }, async (page) => {
  await apply(page);
  await page.locator("#node-node-1").waitFor();
  assert.notEqual(await focused(page), "BODY");
});

pageTest("an embedded page invites, applies, and opens as a page of its own", { query: "?embed" }, async (page, { address }) => {
  await page.getByText("Three empty nodes are waiting").waitFor();
  assert.equal(await page.locator(".demo__open").getAttribute("href"), address);
  await page.getByRole("button", { name: "Apply my-daemonset" }).click();
  await page.getByText("daemonset.apps/my-daemonset created").first().waitFor();
  await settle(page);
  await waitForCards(page, READY);
  const [own] = await Promise.all([page.context().waitForEvent("page"), page.getByRole("link", { name: "Open in the playground" }).click()]);
  await waitForCards(own, READY);
  assert.equal(await own.locator(".demo").count(), 0);
});

pageTest("an embedded scenario asks its question", { query: "?embed&scenario=no-floor" }, async (page) => {
  await page.locator(".story").getByText("With maxUnavailable 1, why are two pods of four unavailable?").waitFor();
  await section(page, "Cluster");
  assert.ok(await page.getByRole("link", { name: "Open in the playground" }).isVisible());
});

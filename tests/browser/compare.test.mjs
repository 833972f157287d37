// Comparing rollout strategies: by keyboard, with pasted nodes, and what goes wrong.

import assert from "node:assert/strict";
import { pageTest } from "./harness.mjs";
import { apply, section, settle } from "./steps.mjs";

async function opened(page) {
  await apply(page);
  await settle(page);
  await section(page, "Status");
  await page.locator("#daemon-set-menu-button").focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "Compare strategies for my-daemonset" }).waitFor();
}

/** The first table's rows, cell by cell. */
function rows(page) {
  return page
    .locator(".compare__table")
    .first()
    .locator("tbody tr:not(.compare__why)")
    .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent)));
}

async function finished(page) {
  await page.locator("#compare-run").waitFor();
  await page.locator(".compare__table").first().waitFor();
}

pageTest("strategies are compared by keyboard alone, and the cluster stays as it is", async (page) => {
  await opened(page);
  await page.locator(".compare button:focus").waitFor();
  await page.locator("#compare-strategy").focus();
  await page.keyboard.type("maxUnavailable 2");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Remove maxUnavailable 2", exact: true }).waitFor();
  await page.locator("#compare-image").focus();
  await page.keyboard.press("Enter");
  await finished(page);
  const found = await rows(page);
  assert.deepEqual(found.map((row) => [row[0], row[3], row[6]]), [
    ["maxUnavailable 1", "2 of 3", "0"],
    ["maxUnavailable 25%", "2 of 3", "0"],
    ["maxSurge 1", "3 of 3", "2"],
    ["maxUnavailable 2", "1 of 3", "0"],
  ]);
  assert.equal(await page.locator(".compare__figure .compare__line path").count(), 4);
  assert.match(await page.locator("#announcer").textContent(), /maxSurge 1: .* worst 3 of 3/);
  await page.locator("#compare-rounds").fill("5");
  await page.locator("#compare-repeat").focus();
  await page.keyboard.press("Enter");
  await page.locator(".compare__table", { hasText: "Over the seeds" }).getByText("5 of 5").first().waitFor();
  // Tab stays inside: from the last thing to the first.
  await page.locator("#compare-repeat").focus();
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("aria-label")), "Close");
  await page.keyboard.press("Escape");
  await page.locator("#daemon-set-menu-button:focus").waitFor();
  assert.equal(await page.locator(".compare").count(), 0);
  assert.match(await page.locator(".daemon-set .headline").textContent(), /3 of 3/);
});

pageTest("pasted nodes, kubectl's errors, and a rollout that hangs", { size: "phone" }, async (page) => {
  await opened(page);
  await page.getByLabel("Pasted ones").check();
  const node = (n, field) => `- apiVersion: v1\n  kind: Node\n  metadata:\n    name: worker-${n}\n  ${field}:\n    unschedulable: false\n`;
  const list = (items) => `apiVersion: v1\nitems:\n${items}kind: List\nmetadata:\n  resourceVersion: ""\n`;
  await page.locator("#compare-pasted").fill(list(node(1, "specs")));
  await page.locator("#compare-run").click();
  await page.getByRole("alert").getByText('strict decoding error: unknown field "specs"').waitFor();
  await page.locator("#compare-pasted").fill(list([1, 2, 3, 4, 5].map((n) => node(n, "spec")).join("")));
  await page.locator("#compare-image").fill("my-image:broken");
  await page.locator("#compare-run").click();
  await finished(page);
  await page.getByText("The budget of 1 is used up by worker-1 (not ready: ErrImagePull)").first().waitFor();
  assert.equal((await rows(page))[0][3], "4 of 5");
  const { scroll, client } = await page.locator(".dialog").evaluate((it) => ({ scroll: it.scrollWidth, client: it.clientWidth }));
  assert.ok(scroll <= client, `the dialog is ${scroll} wide, with room for ${client}`);
  await page.locator("#compare-strategy").fill("OnDelete");
  await page.keyboard.press("Enter");
  await page.getByText("OnDelete can't be compared").waitFor();
});

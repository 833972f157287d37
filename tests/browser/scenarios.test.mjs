// Scenarios by link: the question, the cause in the page's words, and the button that resolves it.

import assert from "node:assert/strict";
import { pageTest } from "./harness.mjs";
import { currentText, editor, settle } from "./steps.mjs";

const ALL_UP_TO_DATE = /^(\d) of \1 pods available, all up to date$/;

/** Presses the button of the edit whose title matches, lets time pass, and waits for the headline. */
async function doIt(page, title, headline) {
  await page.getByRole("button", { name: title }).click();
  await settle(page);
  await page.locator(".daemon-set .headline", { hasText: headline }).waitFor();
}

pageTest("a rollout stuck behind a NotReady node", { hash: "#scenario=stuck-behind-a-not-ready-node" }, async (page) => {
  await page.getByText("Why has my rollout stopped after the first node?").waitFor();
  const answer = page.getByText("The pod on node-2 was told to go");
  assert.equal(await answer.isVisible(), false, "people think first");
  await page.getByText("Answer", { exact: true }).click();
  await answer.waitFor();
  await page.getByText("The budget of 1 is used up by node-2 (Terminating, but the node is NotReady: nobody can confirm that the pod stopped).").waitFor();
  await page.getByRole("heading", { name: "What would let it go on" }).waitFor();
  await doIt(page, "Do it: Power node-2 on again", ALL_UP_TO_DATE);
});

pageTest("Pending on a full node", { query: "?scenario=pending-on-a-full-node" }, async (page) => {
  const why = page.locator(".why");
  await why.getByText("so only node-2 counts").waitFor();
  assert.equal(await why.locator('.check[data-decides="true"] b').textContent(), "NodeResourcesFit");
  await page.locator(".why").getByRole("button", { name: /^Do it: Give agent the priority class/ }).click();
  await settle(page);
  await page.locator(".daemon-set .headline", { hasText: ALL_UP_TO_DATE }).waitFor();
  await page.locator('[id="node-node-2"] .pod-tile[data-state="Ready"]').waitFor();
});

pageTest("maxSurge with a host port, from the menu", async (page) => {
  await page.getByRole("button", { name: "Open a preset, a scenario or an object" }).click();
  await page.getByRole("menuitem", { name: /^maxSurge with a host port/ }).click();
  await page.getByText("maxSurge can't work with a host port").waitFor();
  await editor(page);
  assert.match(await currentText(page), /hostPort: 9100/);
  await doIt(page, /^Do it: Replace pods one after the other/, ALL_UP_TO_DATE);
  await page.reload();
  await page.locator("#boot").waitFor({ state: "detached" });
  await page.getByText("I set maxSurge to lose no pod").waitFor();
  await page.locator(".daemon-set .headline", { hasText: ALL_UP_TO_DATE }).waitFor();
});

pageTest("a scenario that isn't there", { hash: "#scenario=nothing" }, async (page) => {
  await page.getByRole("alert").getByText('there is no scenario "nothing"').waitFor();
});

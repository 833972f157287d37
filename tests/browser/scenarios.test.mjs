// Scenarios by link: the question, the cause in the page's words, and the button that resolves it.

import assert from "node:assert/strict";
import { pageTest } from "./harness.mjs";
import { currentText, editor, openScenario, replaceText, settle, tab } from "./steps.mjs";

const ALL_UP_TO_DATE = /^(\d) of \1 pods available, all up to date$/;

/** Presses the button of the edit whose title matches, lets time pass, and waits for the headline. */
async function doIt(page, title, headline) {
  await page.getByRole("button", { name: title }).click();
  await settle(page);
  await page.locator(".daemon-set .headline", { hasText: headline }).waitFor();
}

pageTest("a rollout stuck behind a NotReady node", { hash: "#scenario=stuck-behind-a-not-ready-node" }, async (page) => {
  await page.getByText("Why does my rollout not replace a single pod?").waitFor();
  const answer = page.getByText("The pod on node-2 was told to go");
  assert.equal(await answer.isVisible(), false, "people think first");
  await page.getByText("Answer", { exact: true }).click();
  await answer.waitFor();
  await page.getByText("The budget of 1 is used up by node-2 (being deleted, but the node is NotReady: nobody can confirm that the pod stopped).").waitFor();
  await page.getByRole("heading", { name: "How to unblock it" }).waitFor();
  await doIt(page, "Apply fix: Power node-2 on", ALL_UP_TO_DATE);
});

pageTest("Pending on a full node", { query: "?scenario=pending-on-a-full-node" }, async (page) => {
  const why = page.locator(".why");
  await why.getByText("so only node-2 counts").waitFor();
  assert.equal(await why.locator('.check[data-decides="true"] b').textContent(), "NodeResourcesFit");
  await page.locator(".why").getByRole("button", { name: /^Apply fix: Give agent the priority class/ }).click();
  await settle(page);
  await tab(page, "Status");
  await page.locator(".daemon-set .headline", { hasText: ALL_UP_TO_DATE }).waitFor();
  await page.locator('[id="node-node-2"] .pod-tile[data-state="Ready"]').waitFor();
});

pageTest("a check that is pointed at shows its lines in the editor", { query: "?scenario=desired-below-nodes" }, async (page) => {
  const box = await editor(page);
  const pointed = () => box.locator(".cm-pointedLine").allTextContents();
  const decided = page.locator('.why .check[data-decides="true"]');
  assert.match(await decided.locator("mark").first().textContent(), /^ +# no tolerations$/, "without the editor");
  assert.deepEqual(await pointed(), []);
  await decided.hover();
  await box.locator(".cm-pointedLine").waitFor();
  assert.deepEqual(await pointed(), ["    spec:"]);
  await page.locator("#why-heading").hover();
  await box.locator(".cm-pointedLine").waitFor({ state: "detached" });

  // By keyboard the same; the editor scrolls, but doesn't take the focus, and a draft is searched as it is.
  const text = await currentText(page);
  await replaceText(page, text, `#\n`.repeat(200) + text.replace("      containers:", "      tolerations: [{key: other}]\n      containers:"));
  await decided.locator("summary").focus();
  await box.locator(".cm-pointedLine").waitFor();
  assert.deepEqual(await pointed(), ["      tolerations: [{key: other}]"]);
  assert.equal(await box.locator(".cm-pointedLine").evaluate((line) => {
    const { top, bottom } = line.closest(".cm-scroller").getBoundingClientRect();
    const at = line.getBoundingClientRect();
    return at.top >= top && at.bottom <= bottom;
  }), true, "scrolled into view");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "YAML");
  await page.locator("#apply").focus();
  await box.locator(".cm-pointedLine").waitFor({ state: "detached" });
});

pageTest("maxSurge with a host port, from the list", async (page) => {
  await openScenario(page, /^maxSurge with a host port/);
  await page.getByText("maxSurge can't work with a host port").waitFor();
  await editor(page);
  assert.match(await currentText(page), /hostPort: 9100/);
  await doIt(page, /^Apply fix: Roll agent without surge/, ALL_UP_TO_DATE);
  await page.reload();
  await page.locator("#boot").waitFor({ state: "detached" });
  await page.getByText("I set maxSurge to lose no pod").waitFor();
  await page.locator(".daemon-set .headline", { hasText: ALL_UP_TO_DATE }).waitFor();
});

pageTest("a scenario that isn't there", { hash: "#scenario=nothing" }, async (page) => {
  await page.locator(".notice").getByText('there is no scenario "nothing"').waitFor();
});

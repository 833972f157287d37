// What is said: notices that move nothing, errors at their field, and a live region that says each result once.

import assert from "node:assert/strict";
import { pageTest } from "./harness.mjs";
import { apply, editNode, section, settle, type, waitForCards } from "./steps.mjs";

/** Where everything of the page is, but the notices. */
function places(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll(".page-header button, .page__editor > *, .node-card, .page__status > *, .timeline, .cluster__bar *")]
      .filter((element) => element.checkVisibility())
      .map((element) => {
        const { x, y, width, height } = element.getBoundingClientRect();
        return `${element.id || element.className}: ${[x, y, width, height].map(Math.round)}`;
      }),
  );
}

for (const size of ["desktop", "laptop", "tablet"]) {
  pageTest(`a notice moves nothing and covers no button, ${size}`, { size }, async (page) => {
    // The rich editor brings the splitter.
    await page.locator('.yaml[data-editor="rich"]').waitFor();
    const before = await places(page);
    await page.getByRole("button", { name: "Share" }).click();
    const notice = page.locator(".notice");
    await notice.getByText("Link copied").waitFor();
    assert.deepEqual(await places(page), before);
    const covered = await notice.evaluate((notice) => {
      const rect = notice.getBoundingClientRect();
      const meets = (other) => rect.left < other.right && other.left < rect.right && rect.top < other.bottom && other.top < rect.bottom;
      const others = [...document.querySelectorAll("button, a[href], input, select")].filter((one) => !notice.contains(one) && one.checkVisibility());
      return others.filter((one) => one.closest(".skip-link") === null && meets(one.getBoundingClientRect())).map((one) => one.outerHTML.slice(0, 80));
    });
    assert.deepEqual(covered, []);
    await notice.getByRole("button", { name: "Dismiss" }).click();
    await notice.waitFor({ state: "detached" });
  });
}

pageTest("on a phone a notice leaves the cluster where it is", { size: "phone" }, async (page) => {
  await section(page, "Cluster");
  const top = () => page.locator(".node-card").evaluateAll((all) => all.map((card) => Math.round(card.getBoundingClientRect().top)));
  const before = await top();
  await page.getByRole("button", { name: "Share" }).click();
  await page.locator(".notice").getByText("Link copied").waitFor();
  assert.deepEqual(await top(), before);
});

pageTest("an error stands at its field, which says that it is wrong", async (page) => {
  await editNode(page, "node-1");
  for (const [field, other, text] of [
    ["#add-label-node-1", "#add-taint-node-1", "disk=not allowed"],
    ["#add-taint-node-1", "#add-label-node-1", "a=b"],
  ]) {
    await page.locator(field).fill(text);
    await page.locator(field).press("Enter");
    await page.locator(`${field}[aria-invalid="true"]`).waitFor();
    const id = await page.locator(field).getAttribute("aria-describedby");
    const [input, error] = await Promise.all([page.locator(field).boundingBox(), page.locator(`[id="${id}"]`).boundingBox()]);
    assert.ok(error.y >= input.y && error.y - input.y < 60, "right below it");
    assert.equal(await page.locator(other).getAttribute("aria-invalid"), null);
  }
});

pageTest("results are said once each", async (page) => {
  await page.evaluate(() => {
    window.said = [];
    new MutationObserver((changes) => {
      const isNew = changes.some((change) => change.addedNodes.length > 0 || change.type === "characterData");
      if (isNew) window.said.push(document.getElementById("announcer").textContent);
    }).observe(document.getElementById("announcer"), { childList: true, subtree: true, characterData: true });
  });
  const said = () => page.evaluate(() => window.said.splice(0));
  await apply(page);
  await page.locator("#announcer", { hasText: "daemonset.apps/my-daemonset created" }).waitFor({ state: "attached" });
  await settle(page);
  await page.locator("#announcer", { hasText: "Settled" }).waitFor({ state: "attached" });
  const told = await said();
  assert.equal(told.filter((text) => text.includes("created")).length, 1, told.join("\n"));
  assert.equal(told.filter((text) => text.startsWith("Settled")).length, 1, told.join("\n"));
  await page.locator("#play").click();
  for (const value of ["a=1", "a=2"]) {
    await editNode(page, "node-1");
    await page.locator("#add-label-node-1").fill(value);
    await page.locator("#add-label-node-1").press("Enter");
    await page.getByRole("button", { name: "Done" }).click();
  }
  await page.waitForFunction(() => window.said.filter((text) => text === "node/node-1 labeled").length === 2);
  await page.locator("#undo").click();
  await page.waitForFunction(() => window.said.at(-1)?.startsWith("Undo"));
  await page.locator("#node-node-2 .node-card__select").click();
  await page.waitForFunction(() => window.said.at(-1)?.includes("node-2"));
  assert.equal(await page.locator('[role="alert"]').count(), 0, "there is one live region for all of it");
});

pageTest("a line typed during a watch is kept, and runs after it", async (page) => {
  await apply(page);
  await settle(page);
  await type(page, "kubectl get pods -w");
  const waiting = page.locator(".console__waiting");
  await waiting.getByText("waiting for a change; the cluster has settled").waitFor();
  await type(page, "kubectl get nodes");
  await page.locator('.console__entry[data-kind="queued"]', { hasText: "kubectl get nodes" }).waitFor();
  await waiting.getByRole("button", { name: "Ctrl+C" }).click();
  await page.locator(".console__record").getByText(/node-3 +Ready/).waitFor();
});

pageTest("in a narrow embedded page the manifest comes by its button", { query: "?embed", size: "narrow" }, async (page) => {
  await waitForCards(page, ["node-1:", "node-2:", "node-3:"]);
  await page.getByRole("button", { name: "YAML" }).click();
  await page.locator(".yaml").waitFor();
  assert.ok(await page.locator("#apply").isVisible());
  await page.getByRole("button", { name: "YAML" }).click();
  await page.locator(".node-card").first().waitFor();
});

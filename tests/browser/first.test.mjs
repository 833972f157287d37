// The first five minutes: the welcome, the experiments, scenarios, the clock's states, and what opening replaces.

import assert from "node:assert/strict";
import { pageTest } from "./harness.mjs";
import { apply, cards, editor, openPreset, section, settle, waitForCards } from "./steps.mjs";

const READY = ["node-1: Ready r1", "node-2: Ready r1", "node-3: Ready r1"];

async function running(page) {
  await apply(page);
  await settle(page);
  await section(page, "Cluster");
  await waitForCards(page, READY);
}

/** Whether an element is wholly in the window and nothing is over its middle. */
function inSight(locator) {
  return locator.evaluate((element) => {
    const { left, top, right, bottom } = element.getBoundingClientRect();
    const on = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return top >= 0 && left >= 0 && right <= innerWidth && bottom <= innerHeight && (element.contains(on) || on?.contains(element));
  });
}

pageTest("a first visit says what this is, shows the nodes, and one click applies", async (page) => {
  await page.getByRole("heading", { name: "A DaemonSet keeps one pod on every node that fits" }).waitFor();
  assert.equal(await page.locator(".welcome .question").count(), 6);
  for (const node of ["node-1", "node-2", "node-3"]) assert.ok(await inSight(page.locator(`#node-${node} .node-card__name`)), node);
  await page.locator("#welcome-apply").click();
  await page.locator(".welcome").waitFor({ state: "detached" });
  await settle(page);
  await waitForCards(page, READY);
});

pageTest("Apply moves no node: the welcome goes from below them", async (page) => {
  const places = () => page.locator(".node-card").evaluateAll((all) => all.map((card) => [card.getBoundingClientRect().x, card.getBoundingClientRect().y]));
  await page.locator("#welcome-apply").waitFor();
  const before = await places();
  await page.locator("#welcome-apply").click();
  await page.locator(".welcome").waitFor({ state: "detached" });
  assert.deepEqual(await places(), before);
  await settle(page);
  await page.locator(".experiment").waitFor();
  assert.deepEqual(await places(), before);
});

pageTest("on a phone the node that an experiment is about comes into sight", { size: "phone" }, async (page) => {
  await running(page);
  await page.locator("#experiment-do").click();
  await page.locator("#node-node-4").waitFor();
  await page.waitForFunction(() => {
    const card = document.getElementById("node-node-4").getBoundingClientRect();
    const dock = document.querySelector(".experiment").getBoundingClientRect();
    return card.top >= 0 && card.bottom <= dock.top + 1;
  });
});

pageTest("on a phone the first sight is the idea, and after Apply the cluster", { size: "phone" }, async (page) => {
  await page.locator("#welcome-apply").waitFor();
  assert.ok(await inSight(page.locator("#welcome-apply")));
  await section(page, "Editor");
  await page.locator("#apply").click();
  await page.locator(".cluster").waitFor();
  await settle(page);
  await waitForCards(page, READY);
  assert.ok(await page.locator("#node-node-1").isVisible());
});

pageTest("the experiments are done by the bar's button or by hand, and then are gone", async (page) => {
  await running(page);
  const bar = page.locator(".experiment");
  const next = (title) => bar.locator("#experiment-heading", { hasText: title }).waitFor();
  await next("Add a node");
  await page.locator("#add-node").click();
  await next("Taint it");
  await settle(page);
  await page.locator("#experiment-do").click();
  await next("Change the image");
  await settle(page);
  await waitForCards(page, [...READY, "node-4:"]);
  await page.locator("#experiment-do").click();
  await next("Power off a node");
  await editor(page);
  await page.locator(".yaml .cm-line", { hasText: "image: my-image:2" }).waitFor();
  await page.locator("#experiment-skip").click();
  await next("Ask why");
  await page.locator("#experiment-do").click();
  await page.locator("#why-heading").waitFor();
  await next("That was the tour.");
  await bar.getByRole("button", { name: "Scenarios" }).click();
  await page.getByRole("dialog", { name: "Scenarios" }).waitFor();
  await bar.waitFor({ state: "detached" });
});

pageTest("dismissed experiments stay away", async (page) => {
  await running(page);
  await page.locator("#experiment-dismiss").click();
  await page.locator(".experiment").waitFor({ state: "detached" });
  await page.locator("#reset").click();
  await running(page);
  await page.locator('.timeline[data-pace="Settled"]').waitFor();
  assert.equal(await page.locator(".experiment").count(), 0);
});

pageTest("all scenarios are found from the header, and lead to each other", async (page) => {
  await page.locator("#scenarios").click();
  const dialog = page.getByRole("dialog", { name: "Scenarios" });
  assert.equal(await dialog.locator(".question").count(), 15);
  await dialog.getByRole("button", { name: /^maxUnavailable is no floor|^maxUnavailable isn't/ }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByText(/Scenario 7 of 15/).waitFor();
  assert.equal(await page.locator(".hints li").count(), 0, "hints wait");
  await page.locator("#story-hints").click();
  await page.locator(".hints li").first().waitFor();
  await page.getByRole("button", { name: /^Next scenario/ }).click();
  await page.getByRole("heading", { name: "Why does my rollout take so long on 30 nodes?" }).waitFor();
  await page.getByRole("button", { name: /^Previous scenario/ }).click();
  await page.getByText(/Scenario 7 of 15/).waitFor();
});

pageTest("a scenario is played from its start, with what was typed", { hash: "#scenario=immutable-selector" }, async (page) => {
  await page.locator("#story-play").click();
  await page.locator(".story__caption", { hasText: "1 of 2" }).waitFor();
  assert.deepEqual((await cards(page)).map((card) => card.split(":")[1].trim()), ["", "", ""]);
  await page.locator(".story__caption", { hasText: "2 of 2" }).waitFor({ timeout: 40_000 });
  await page.locator(".story__caption").getByText(/field is immutable/).waitFor();
  await page.locator("#story-play").waitFor({ timeout: 20_000 });
  await waitForCards(page, READY);
});

pageTest("settled offers replay; the past is told, and left by one click", async (page) => {
  await running(page);
  await page.locator(".timeline__clock", { hasText: /^Settled · 0:\d\d$/ }).waitFor();
  await page.locator("#add-node").click();
  await settle(page);
  await waitForCards(page, [...READY, "node-4: Ready r1"]);
  await page.locator("#replay-all").click();
  await page.locator('.page[data-past="true"]').waitFor();
  await page.locator("#now").click();
  await page.locator('.page[data-past="false"]').waitFor();
  await waitForCards(page, [...READY, "node-4: Ready r1"]);
  await page.locator("#scrubber").fill("1000");
  await page.getByText("Viewing 0:01.").waitFor();
  await page.locator("#now").click();
  await page.locator(".past").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Replay the last act" }).click();
  await page.locator('.timeline[data-pace="Playing"]').waitFor();
});

pageTest("what is done while paused waits for play", async (page) => {
  await page.locator("#play").click();
  await page.locator("#apply").click();
  await page.getByText("Paused: press play or step").first().waitFor();
  await page.locator('.timeline[data-pace="Paused"]').waitFor();
  assert.deepEqual(await cards(page), ["node-1:", "node-2:", "node-3:"]);
  await page.locator("#speed").selectOption("60×");
  await page.locator("#play").click();
  await waitForCards(page, READY);
});

pageTest("a mark on the timeline stands where the thumb is at its moment", async (page) => {
  await running(page);
  await page.locator("#add-node").click();
  await settle(page);
  const off = await page.evaluate(() => {
    const input = document.querySelector("#scrubber");
    const { left, width } = input.getBoundingClientRect();
    const thumb = parseFloat(getComputedStyle(input.parentElement).getPropertyValue("--thumb"));
    const marks = document.querySelector(".timeline__marks").getBoundingClientRect();
    // The middle of the thumb goes from half its width to half its width before the end.
    return [marks.left - (left + thumb / 2), marks.right - (left + width - thumb / 2)];
  });
  for (const px of off) assert.ok(Math.abs(px) <= 1, `${off} px`);
});

pageTest("starting from a preset replaces, and what was here can be had back", async (page) => {
  await running(page);
  await openPreset(page, /^Fluentd log collector/);
  await page.getByText("Watch:").waitFor();
  await waitForCards(page, ["control-plane-1:", "node-1:", "node-2:", "node-3:", "node-4:"]);
  await page.getByRole("button", { name: "Restore", exact: true }).click();
  await waitForCards(page, READY);
  await openPreset(page, /^Add Fluentd log collector/);
  await page.locator("#node-control-plane-1").waitFor();
  assert.equal(await page.locator("#node-node-1 .pod-tile").count(), 1, "the pods stay");
});

pageTest("any number of workers, and nodes of another cluster", async (page) => {
  const menu = async (name) => {
    await page.getByRole("button", { name: "Add nodes of another kind" }).click();
    await page.getByRole("menuitem", { name }).click();
  };
  await menu(/^Add N workers/);
  await page.locator("#add-count:focus").waitFor();
  await page.locator("#add-count").fill("4");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.locator("#node-node-7").waitFor();
  await menu(/^Import nodes/);
  const text = page.locator("#import-text");
  await text.fill("kind: Pod");
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await page.locator("#import-error").waitFor();
  assert.equal(await text.inputValue(), "kind: Pod", "the text stays");
  await text.fill("apiVersion: v1\nkind: Node\nmetadata:\n  name: ours\nstatus:\n  conditions:\n  - {type: Ready, status: 'False'}\n");
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await page.getByText("1 node imported. ours is NotReady, as it was there.").first().waitFor();
  await settle(page);
  await page.locator('#node-ours[data-health="NotReady"]').waitFor();
});

pageTest("only the parameter embeds", { query: "?utm=embedded" }, async (page) => {
  await page.locator('.page[data-embedded="false"]').waitFor();
  await page.locator("#apply").waitFor();
});

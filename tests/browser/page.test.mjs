// The main job, as people do it: apply, change nodes, roll out, ask why, share, by mouse and by keyboard.

import assert from "node:assert/strict";
import { open, pageTest } from "./harness.mjs";
import { apply, cards, currentText, editNode, editor, openPreset, replaceText, section, settle, tab, waitForCards } from "./steps.mjs";

const READY = ["node-1: Ready r1", "node-2: Ready r1", "node-3: Ready r1"];

async function running(page) {
  await apply(page);
  await settle(page);
  await waitForCards(page, READY);
}

pageTest("the first visit invites to apply, and nothing moves", async (page) => {
  await page.getByText("Three empty nodes are waiting").waitFor();
  await waitForCards(page, ["node-1:", "node-2:", "node-3:"]);
  await page.locator('.yaml[data-editor="rich"]').waitFor();
  await page.waitForTimeout(500);
  const frames = await page.evaluate(() => {
    let asked = 0;
    const real = window.requestAnimationFrame.bind(window);
    window.requestAnimationFrame = (call) => (asked++, real(call));
    return new Promise((done) => setTimeout(() => done(asked), 600));
  });
  assert.equal(frames, 0, "an idle page asks for no frames");
});

pageTest("the seed's DaemonSet applies by a click, and plays until all pods run", async (page) => {
  await page.locator("#speed").selectOption("60×");
  await page.locator("#apply").click();
  await page.getByText("daemonset.apps/my-daemonset created").first().waitFor();
  await waitForCards(page, READY);
  await page.getByText("3 of 3 pods available, all up to date", { exact: true }).waitFor();
  await page.locator('.timeline[data-pace="Settled"]').waitFor();
  await page.locator("#announcer", { hasText: "Settled. my-daemonset: 3 of 3" }).waitFor({ state: "attached" });
});

pageTest("an added node gets its pod", async (page) => {
  await running(page);
  await page.locator("#add-node").click();
  await settle(page);
  await waitForCards(page, [...READY, "node-4: Ready r1"]);
  await page.getByRole("button", { name: "Add nodes of another kind" }).click();
  await page.getByRole("menuitem", { name: /^Control plane/ }).click();
  await settle(page);
  await waitForCards(page, [...READY, "node-4: Ready r1", "control-plane-1:"]);
});

pageTest("a label that the nodeSelector needs decides", async (page) => {
  await replaceText(page, "    spec:\n", "    spec:\n      nodeSelector: {disk: ssd}\n");
  await apply(page);
  await settle(page);
  await waitForCards(page, ["node-1:", "node-2:", "node-3:"]);
  await editNode(page, "node-2");
  await page.getByLabel("Add or change a label").fill("disk=ssd");
  await page.keyboard.press("Enter");
  await settle(page);
  await waitForCards(page, ["node-1:", "node-2: Ready r1", "node-3:"]);
  await page.getByLabel("Add or change a label").fill("disk=not allowed");
  await page.keyboard.press("Enter");
  await page.locator("#add-label-node-2-error").filter({ hasText: /valid label|Invalid value/ }).waitFor();
  await page.getByRole("button", { name: "Remove label disk" }).click();
  await settle(page);
  await waitForCards(page, ["node-1:", "node-2:", "node-3:"]);
});

pageTest("a changed image rolls out, one node at a time", async (page) => {
  await running(page);
  await replaceText(page, "my-image:latest", "my-image:2");
  await page.locator("#speed").selectOption("10×");
  await apply(page);
  await page.getByText(/^Rolling out|^Rollout stuck/).first().waitFor();
  let least = 3;
  for (let i = 0; i < 600; i++) {
    const states = await cards(page);
    least = Math.min(least, states.filter((card) => card.includes("Ready")).length);
    if (states.every((card) => card.endsWith(": Ready r2"))) break;
    await page.waitForTimeout(20);
  }
  await waitForCards(page, READY.map((card) => card.replace("r1", "r2")));
  assert.equal(least, 2, "maxUnavailable is 1");
  await page.getByRole("heading", { name: "Rolled out" }).waitFor();
});

pageTest("why: an untolerated taint is named, with its field", async (page) => {
  await running(page);
  await editNode(page, "node-2");
  await page.getByLabel("Add a taint").fill("dedicated=db:NoExecute");
  await page.keyboard.press("Enter");
  await settle(page);
  await waitForCards(page, ["node-1: Ready r1", "node-2:", "node-3: Ready r1"]);
  await page.locator(".node-card__select", { hasText: "node-2" }).click();
  const why = page.locator(".why");
  await why.locator(".verdicts li", { hasText: /Skipped: taint dedicated=db:NoExecute isn't tolerated/ }).waitFor();
  await why.getByText("node node-2: spec.taints[0]").first().waitFor();
  assert.equal(await why.locator('.check[data-decides="true"] b').textContent(), "Taint dedicated=db:NoExecute");
});

pageTest("why: a pod's story begins with the user", async (page) => {
  await running(page);
  await page.locator(".node-card .pod-tile").first().click();
  await page.locator(".causes li").first().getByText("you ran kubectl apply -f -").waitFor();
  await page.locator(".causes li").last().getByText(/became ready$/).waitFor();
  assert.equal(await page.locator(".why .remedy").count(), 0, "a healthy pod needs no fix");
  const passed = page.locator(".checks__passed > summary");
  assert.match(await passed.textContent(), /^\d+ checks passed$/);
  assert.equal(await page.locator(".check").first().isVisible(), false);
  await passed.click();
  await page.locator(".check").first().waitFor();
  await page.locator("#announcer", { hasText: /^Pod my-daemonset-.*It runs on node-1 and is ready/ }).waitFor({ state: "attached" });
});

pageTest("why: a chosen pod that goes leaves an answer, and the way to what replaced it", async (page) => {
  await running(page);
  await page.locator(".node-card .pod-tile").first().click();
  await page.getByRole("button", { name: "Delete pod" }).click();
  await settle(page);
  await page.locator(".why .headline", { hasText: /^This pod has gone, at .*: you ran kubectl delete pod .* replaced it on node-1/ }).waitFor();
  await page.locator(".why").getByRole("button", { name: /^Show my-daemonset-/ }).click();
  await page.locator(".why .headline", { hasText: "It runs on node-1 and is ready" }).waitFor();
});

pageTest("the right side has tabs, for the mouse and for arrow keys", async (page) => {
  const shown = () => page.locator('[role="tabpanel"]:not([hidden])').evaluateAll((all) => all.map((panel) => panel.id));
  assert.deepEqual(await shown(), ["side-Status"]);
  await running(page);
  await tab(page, "Events");
  await page.locator(".event").first().waitFor();
  assert.deepEqual(await shown(), ["side-Events"]);
  // What is chosen is answered in front; closing it brings back what was there.
  await page.locator(".event__reason").first().click();
  await page.getByRole("heading", { name: /^Why\? Event/ }).waitFor();
  assert.deepEqual(await shown(), ["side-Why"]);
  await page.getByRole("button", { name: "Close why" }).click();
  await page.locator(".event").first().waitFor();
  await page.getByRole("tab", { name: "Events" }).focus();
  for (const wanted of ["Controller", "Why", "Status"]) {
    await page.keyboard.press("ArrowRight");
    await page.locator(`[role="tab"][aria-selected="true"]:focus`, { hasText: wanted }).waitFor();
  }
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowLeft");
  assert.deepEqual(await shown(), ["side-Events"]);
});

pageTest("the numbers say what they mean when they are asked, in one or two rows", async (page) => {
  await running(page);
  const tops = await page.locator(".figure").evaluateAll((all) => [...new Set(all.map((it) => it.getBoundingClientRect().top))]);
  assert.ok(tops.length <= 2, `${tops.length} rows`);
  const about = page.getByText("Nodes whose pod passes its readiness checks.");
  assert.equal(await about.isVisible(), false);
  await page.locator('.figure[data-field="numberReady"] button').hover();
  await about.waitFor();
  await page.mouse.move(0, 0);
  await about.waitFor({ state: "hidden" });
  await page.getByRole("tab", { name: "Status" }).focus();
  for (let i = 0; i < 8 && !(await about.isVisible()); i++) await page.keyboard.press("Tab");
  await about.waitFor();
});

pageTest("applying another DaemonSet shows its status", async (page) => {
  await running(page);
  await openPreset(page, /^Add .*node-exporter/i);
  await page.locator("#apply").click();
  await page.locator("#choose-daemon-set", { hasText: "node-exporter" }).waitFor();
  assert.equal(await page.locator("#choose-daemon-set").evaluate((it) => it.selectedOptions[0].textContent), "node-exporter");
});

pageTest("assumed times can be changed, and taken back", async (page) => {
  await running(page);
  await page.locator(".assumed summary", { hasText: "pull 1.5–4.5 s, start 0.7 s" }).click();
  await page.locator("#assume-0").fill("9");
  await page.locator("#assume-0").press("Enter");
  await page.locator(".assumed summary", { hasText: "pull 9 s" }).waitFor();
  await page.locator("#assume-1").fill("soon");
  await page.locator("#assume-1").press("Enter");
  await page.locator(".notice").getByText("Start, s: \"soon\" isn't a time").waitFor();
  await page.locator("#undo").click();
  await page.locator(".assumed summary", { hasText: "pull 1.5–4.5 s" }).waitFor();
});

pageTest("a NoSchedule taint leaves the pod and the numbers, and the page says that they are stale", async (page) => {
  await running(page);
  await editNode(page, "node-1");
  await page.getByLabel("Add a taint").fill("dedicated=db:NoSchedule");
  await page.keyboard.press("Enter");
  await settle(page);
  await waitForCards(page, READY);
  await page.getByText("The status is stale").waitFor();
  assert.equal(await page.locator('.figure[data-field="desiredNumberScheduled"] .figure__value').textContent(), "3");
});

pageTest("bad YAML keeps the text, marks the line and changes nothing", async (page) => {
  await running(page);
  await replaceText(page, "image: my-image:latest", "imagee: my-image:latest");
  await page.locator("#apply").click();
  await page.locator(".problem").getByText("imagee").first().waitFor();
  await page.locator(".yaml .cm-lint-marker-error").first().waitFor();
  assert.match(await currentText(page), /imagee: my-image:latest/);
  assert.deepEqual(await cards(page), READY);
});

pageTest("what is typed survives other tabs and undo", async (page) => {
  await replaceText(page, "my-container", "half-typed");
  await page.getByRole("button", { name: "New document" }).click();
  await (await editor(page)).click();
  await page.keyboard.insertText("kind: Nothing");
  await page.getByRole("button", { name: /^my-daemonset/ }).click();
  await page.locator("#add-node").click();
  await page.locator("#undo").click();
  assert.match(await currentText(page), /half-typed/);
  await page.getByRole("button", { name: /^untitled/ }).click();
  assert.equal(await currentText(page), "kind: Nothing");
});

pageTest("time goes back and forth", async (page) => {
  await running(page);
  await page.locator("#scrubber").focus();
  await page.keyboard.press("Home");
  await waitForCards(page, ["node-1:", "node-2:", "node-3:"]);
  await page.keyboard.press("End");
  await waitForCards(page, READY);
});

pageTest("a shared link brings back exactly this", async (page, { address }) => {
  await running(page);
  await page.locator("#add-node").click();
  await settle(page);
  await replaceText(page, "my-container", "unsaved");
  await page.getByRole("button", { name: "Share" }).click();
  await page.locator(".notice").getByText("Link copied").waitFor();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  assert.ok(link.startsWith(`${address}#d1:`), link);
  const names = await page.locator(".pod-tile__name").allTextContents();
  const again = await open({ hash: link.slice(address.length) });
  try {
    await waitForCards(again.page, [...READY, "node-4: Ready r1"]);
    assert.deepEqual(await again.page.locator(".pod-tile__name").allTextContents(), names);
    assert.match(await currentText(again.page), /unsaved/);
    assert.deepEqual(again.problems, []);
  } finally {
    await again.close();
  }
});

pageTest("a damaged link says so, shows the start, and stays in the address", { hash: "#d1:broken.00000000" }, async (page) => {
  await page.locator(".notice").getByText("damaged").waitFor();
  await waitForCards(page, ["node-1:", "node-2:", "node-3:"]);
  assert.equal(await page.evaluate(() => location.hash), "#d1:broken.00000000");
});

pageTest("presets open with the nodes that they need", async (page) => {
  await openPreset(page, /^Prometheus node-exporter/);
  await page.getByText("Watch:").waitFor();
  await page.locator("#apply").click();
  await settle(page);
  await page.locator('[id="node-control-plane-1"] .pod-tile[data-state="Ready"]').waitFor();
  assert.equal(await page.locator('[id="node-windows-1"] .pod-tile').count(), 0);
});

pageTest("a whole pass by keyboard only", async (page) => {
  const focused = () => page.evaluate(() => document.activeElement?.id ?? "");
  const tabTo = async (id) => {
    for (let i = 0; i < 120; i++) {
      if ((await focused()) === id) return;
      await page.keyboard.press("Tab");
    }
    throw new Error(`Tab never reaches ${id}`);
  };
  await page.locator('.yaml[data-editor="rich"]').waitFor();
  await tabTo("apply");
  await page.keyboard.press("Enter");
  await page.keyboard.press("s");
  await waitForCards(page, READY);
  await tabTo("add-node");
  await page.keyboard.press("Enter");
  await page.keyboard.press("s");
  await waitForCards(page, [...READY, "node-4: Ready r1"]);
  await tabTo("menu-node-4-button");
  await page.keyboard.press("ArrowDown");
  await page.getByRole("menu").waitFor();
  await page.keyboard.press("Escape");
  assert.equal(await focused(), "menu-node-4-button");
  await page.keyboard.press("Enter");
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  await page.keyboard.press("s");
  await waitForCards(page, READY);
  await page.keyboard.press("Control+z");
  await page.keyboard.press("s");
  await waitForCards(page, [...READY, "node-4: Ready r1"]);
  await page.keyboard.press("?");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assert.notEqual(await page.evaluate(() => document.activeElement?.tagName), "BODY");
});

pageTest("letters typed into fields are no shortcuts", async (page) => {
  await editNode(page, "node-1");
  await page.getByLabel("Add or change a label").pressSequentially("snap=yes");
  assert.equal(await page.locator(".node-card").count(), 3);
});

pageTest("every part fits a phone, and can be touched", { size: "phone" }, async (page) => {
  await apply(page);
  await settle(page);
  for (const name of ["Editor", "Cluster", "Why", "Status", "Events", "Controller"]) {
    if (name === "Editor" || name === "Cluster") await section(page, name);
    else await tab(page, name);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(overflow <= 0, `${name} is ${overflow} px too wide`);
    const small = await page.evaluate(() =>
      [...document.querySelectorAll("button, select, summary")]
        .filter((element) => element.checkVisibility() && !element.matches(".link, .chip, .skip-link"))
        .map((element) => [element.id || element.textContent, element.getBoundingClientRect()])
        .filter(([, rect]) => rect.height > 0 && (rect.height < 43.5 || rect.width < 43.5))
        .map(([name, rect]) => `${name}: ${rect.width} × ${rect.height}`),
    );
    assert.deepEqual(small, [], name);
  }
});

pageTest("nothing moves by itself for those who asked for that", { reducedMotion: true }, async (page) => {
  await running(page);
  const running_ = await page.evaluate(() => document.getAnimations().filter((a) => a.playState === "running").length);
  assert.equal(running_, 0);
});

pageTest("three hundred nodes become a map", async (page) => {
  await page.getByRole("button", { name: "Add nodes of another kind" }).click();
  await page.getByRole("menuitem", { name: "100 workers" }).click();
  await page.getByRole("button", { name: "Add nodes of another kind" }).click();
  await page.getByRole("menuitem", { name: "100 workers" }).click();
  await page.locator(".fleet canvas").waitFor();
  await page.getByText("203 nodes").first().waitFor();
});

pageTest("a reload loses nothing: not the cluster, not what is being typed", async (page) => {
  await running(page);
  await replaceText(page, "my-image:latest", "my-image:unfinished");
  await page.reload();
  await page.locator("#boot").waitFor({ state: "detached" });
  await waitForCards(page, READY);
  await page.locator('.yaml[data-editor="rich"]').waitFor();
  assert.match(await currentText(page), /my-image:unfinished/);
});

pageTest("embedded in a page there is the cluster, and the YAML on demand", { query: "?embed" }, async (page) => {
  await waitForCards(page, ["node-1:", "node-2:", "node-3:"]);
  assert.equal(await page.locator(".editor").count(), 0);
  await page.getByRole("button", { name: "YAML" }).click();
  await apply(page);
  await settle(page);
  await waitForCards(page, READY);
});

pageTest("the objects of the cluster open in the editor", async (page) => {
  await running(page);
  await openPreset(page, "my-daemonset DaemonSet in default");
  await page.locator('.yaml[data-editor="rich"]').waitFor();
  assert.match(await currentText(page), /imagePullPolicy: Always/);
});

pageTest("acting in the past keeps the other history, and one can go over to it", async (page) => {
  await running(page);
  await page.locator("#add-node").click();
  await settle(page);
  await waitForCards(page, [...READY, "node-4: Ready r1"]);
  await page.locator("#scrubber").fill("6000");
  await editNode(page, "node-1");
  await page.getByLabel("Add or change a label").fill("past=yes");
  await page.keyboard.press("Enter");
  await settle(page);
  await waitForCards(page, READY);
  await page.locator("#branches-button").click();
  await page.locator(".places").getByRole("button", { name: /^add a Worker node/ }).click();
  await waitForCards(page, [...READY, "node-4: Ready r1"]);
});

pageTest("the controller's tab shows the loop", async (page) => {
  await tab(page, "Controller");
  await page.getByText("No DaemonSet yet: nothing to reconcile.").waitFor();
  await page.locator("#apply").click();
  await page.locator("#play").click();
  for (let i = 0; i < 8; i++) await page.locator("#step").click();
  await page.locator(".eye__stage", { hasText: "Work queue" }).waitFor();
  await settle(page);
  await page.locator(".eye__stage", { hasText: "last sync at" }).waitFor();
  assert.equal(await page.locator(".eye__stage").count(), 7);
});

pageTest("why: what would change it is offered, and done by a click", async (page) => {
  await running(page);
  await editNode(page, "node-2");
  await page.locator("#add-taint-node-2").fill("dedicated=db:NoExecute");
  await page.keyboard.press("Enter");
  await settle(page);
  await page.locator(".node-card__select", { hasText: "node-2" }).click();
  const offer = page.locator(".remedy", { hasText: "Remove the taint dedicated=db:NoExecute from node-2" });
  await offer.getByText("kubectl taint node node-2 dedicated:NoExecute- --overwrite").waitFor();
  await offer.getByRole("button").click();
  await settle(page);
  await waitForCards(page, READY);
});

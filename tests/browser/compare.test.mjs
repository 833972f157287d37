// Comparing rollout strategies: by keyboard, with pasted nodes, and what goes wrong.

import assert from "node:assert/strict";
import { pageTest } from "./harness.mjs";
import { apply, section, settle, tab } from "./steps.mjs";

async function opened(page) {
  await apply(page);
  await settle(page);
  await page.locator('.timeline[data-pace="Settled"]').waitFor();
  await tab(page, "Status");
  await page.locator("#compare-open").focus();
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
  assert.match(await page.locator("#announcer").textContent(), /maxSurge 1: .* fewest available 3 of 3/);
  await page.locator("#compare-rounds").fill("5");
  await page.locator("#compare-repeat").focus();
  await page.keyboard.press("Enter");
  await page.locator(".compare__table", { hasText: "Across 5 runs" }).getByText("5 of 5").first().waitFor();
  // Another setting: what is shown is of the old one, and says so.
  await page.locator("#compare-pull").fill("9");
  await page.getByRole("heading", { name: "Previous result" }).waitFor();
  await page.getByText("Compare again to bring it up to date.").waitFor();
  assert.equal(await page.locator("#compare-repeat").count(), 0);
  await page.locator("#compare-pull").fill("1.5–4.5");
  await page.locator("#compare-run").click();
  await finished(page);
  await page.locator("#compare-repeat", { hasText: "Repeat with 5 random seeds" }).waitFor();
  // Tab stays inside: from the last thing to the first.
  await page.locator("#compare-repeat").focus();
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("aria-label")), "Close");
  await page.keyboard.press("Escape");
  await page.locator("#compare-open:focus").waitFor();
  assert.equal(await page.locator(".compare").count(), 0);
  assert.match(await page.locator(".daemon-set .headline").textContent(), /3 of 3/);
});

pageTest("pasted nodes, kubectl's errors, and a rollout that hangs", { size: "phone" }, async (page) => {
  await opened(page);
  await page.getByLabel("Pasted nodes").check();
  const node = (n, field) => `- apiVersion: v1\n  kind: Node\n  metadata:\n    name: worker-${n}\n  ${field}:\n    unschedulable: false\n`;
  const list = (items) => `apiVersion: v1\nitems:\n${items}kind: List\nmetadata:\n  resourceVersion: ""\n`;
  await page.locator("#compare-pasted").fill(list(node(1, "specs")));
  await page.locator("#compare-run").click();
  await page.locator(".error-text").getByText('strict decoding error: unknown field "specs"').waitFor();
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
  await page.locator(".error-text").getByText("OnDelete can't be compared").waitFor();
});

/** A cluster of so many nodes more, with the DaemonSet on all of them, and the dialog open. */
async function openedWith(page, hundreds) {
  await section(page, "Cluster");
  for (let n = 0; n < hundreds; n++) {
    await page.locator("#add-node-menu-button").click();
    await page.getByRole("menuitem", { name: "100 workers", exact: true }).click();
  }
  await opened(page);
}

/** Waits until the browser has ended all workers; it tells a moment later. */
async function withoutWorkers(page) {
  for (let n = 0; n < 100 && page.workers().length > 0; n++) await page.waitForTimeout(20);
  assert.equal(page.workers().length, 0);
}

pageTest("the comparison runs in a worker", async (page, { requests }) => {
  await openedWith(page, 2);
  const before = requests.length;
  const started = page.waitForEvent("worker");
  await page.locator("#compare-run").click();
  const worker = await started;
  assert.match(worker.url(), /\/worker\.js\?v=/);
  await finished(page);
  await withoutWorkers(page);
  // Chunks that the page has loaded come from the browser's cache.
  const known = new Set(requests.slice(0, before).filter((url) => /\/(split|chunk)-[^/]*\.wasm$/.test(url)));
  const wasm = requests.slice(before).filter((url) => url.endsWith(".wasm") && !known.has(url));
  assert.deepEqual(wasm, [], "the page's own wasm is used");
});

pageTest("cancel ends the worker, and so does closing", async (page) => {
  await openedWith(page, 3);
  await page.locator("#compare-run").click();
  await page.getByText(/[12] of 3 rollouts/).waitFor();
  assert.equal(page.workers().length, 1);
  await page.locator("#compare-cancel").click();
  await page.locator("#compare-run").waitFor();
  await withoutWorkers(page);
  // What was known stays.
  assert.notEqual((await rows(page))[0][2], "");
  assert.equal((await rows(page))[2][2], "");
  await page.locator("#compare-run").click();
  await page.locator("#compare-cancel").waitFor();
  await page.keyboard.press("Escape");
  await page.locator(".compare").waitFor({ state: "detached" });
  await withoutWorkers(page);
});

pageTest("without workers it goes on between frames, and comes to the same", async (page) => {
  await opened(page);
  await page.locator("#compare-run").click();
  await finished(page);
  const inWorker = await rows(page);
  await page.evaluate(() => {
    window.Worker = class {
      constructor() {
        throw new Error("no workers here");
      }
    };
  });
  await page.locator("#compare-run").click();
  await finished(page);
  assert.deepEqual(await rows(page), inWorker);
});

/** What a side says: its state, and its numbers by their names. */
async function side(page, name) {
  const region = page.getByRole("region", { name });
  const facts = await region.locator(".race__facts div").evaluateAll((all) => all.map((fact) => [...fact.children].map((it) => it.textContent)));
  return { state: await region.locator(".race__state").textContent(), ...Object.fromEntries(facts) };
}

/** Compares, and goes on to the view of two. */
async function watching(page) {
  await page.locator("#compare-run").click();
  await page.locator("#compare-watch").waitFor({ timeout: 60_000 });
  const table = await rows(page);
  await page.locator("#compare-watch").click();
  await page.locator("#race-scrubber:enabled").waitFor();
  return table;
}

/** The scrubber to a part of its way, and what comes of it. */
async function seek(page, part) {
  const scrubber = page.locator("#race-scrubber");
  const max = Number(await scrubber.getAttribute("max"));
  const step = Number(await scrubber.getAttribute("step"));
  await scrubber.fill(String(Math.round((max * part) / step) * step));
  await page.locator('.race__seeking[data-on="false"]').waitFor({ state: "attached", timeout: 30_000 });
}

pageTest("two strategies play side by side, by keyboard, and end when the table says", { reducedMotion: true }, async (page) => {
  await opened(page);
  const table = await watching(page);
  // Nothing moves before somebody wants it.
  await page.locator('#race-play:focus[aria-label="Play"]').waitFor();
  assert.equal((await side(page, /Left/)).Time, "0:00.0");
  await page.locator("#race-speed").selectOption("5×");
  await page.locator("#race-play").focus();
  await page.keyboard.press("Enter");
  await page.locator('#race-play[aria-label="Pause"]').waitFor();
  const [left, right] = await Promise.all([side(page, /Left/), side(page, /Right/)]);
  assert.match(left.state, /Rolling out/);
  await page.locator('#race-play[aria-label="Play again"]').waitFor();
  const ends = [await side(page, /Left/), await side(page, /Right/)];
  assert.deepEqual(
    ends.map((end) => [end.state, end.Updated, `${end["Fewest so far"]} of 3`]),
    [table[0], table[2]].map((row) => [`Finished after ${row[2]}`, "3 of 3", row[3]]),
  );
  assert.notEqual(ends[0].Time, right.Time);
  assert.match(await page.locator("#announcer").textContent(), /maxUnavailable 1: Finished after/);
  // The scrubber takes arrow keys; another strategy comes to the same moment.
  await page.locator("#race-scrubber").focus();
  await page.keyboard.press("Home");
  await page.getByText("0:00.0 / ").waitFor();
  await page.keyboard.press("ArrowRight");
  await page.getByText("0:00.1 / ").waitFor();
  await seek(page, 0.2);
  await page.locator("#race-side-0").selectOption("maxSurge 1");
  await page.locator('.race__seeking[data-on="false"]').waitFor({ state: "attached" });
  assert.deepEqual(await side(page, /Left/), await side(page, /Right/));
  // Closing leads back to the table, and then out.
  await page.keyboard.press("Escape");
  await page.locator("#compare-watch:focus").waitFor();
  await page.keyboard.press("Escape");
  await page.locator("#compare-open:focus").waitFor();
});

pageTest("a surge's second pod is seen, also on a phone", { size: "phone" }, async (page) => {
  await opened(page);
  await watching(page);
  await seek(page, 0.2);
  const extra = (name) => page.getByRole("region", { name }).locator(".chip").getByText("extra pod").count();
  assert.ok((await extra(/Right/)) > 0);
  assert.equal(await extra(/Left/), 0);
  const { scroll, client } = await page.locator(".dialog").evaluate((it) => ({ scroll: it.scrollWidth, client: it.clientWidth }));
  assert.ok(scroll <= client, `the dialog is ${scroll} wide, with room for ${client}`);
});

pageTest("250 nodes and more play, and cost nothing when paused", async (page) => {
  await openedWith(page, 3);
  await watching(page);
  assert.equal(await page.locator(".race canvas").count(), 2);
  await page.locator("#race-play").click();
  await page.getByRole("region", { name: /Left/ }).getByText(/\b0 of 303/).waitFor({ state: "detached" });
  await page.locator("#race-play").click();
  await page.locator('#race-play[aria-label="Play"]').waitFor();
  const before = await side(page, /Left/);
  // Paused, the page asks for no frame.
  const asked = await page.evaluate(async () => {
    let count = 0;
    const original = window.requestAnimationFrame;
    window.requestAnimationFrame = (callback) => (count++, original.call(window, callback));
    await new Promise((resolve) => setTimeout(resolve, 500));
    window.requestAnimationFrame = original;
    return count;
  });
  assert.equal(asked, 0);
  assert.deepEqual(await side(page, /Left/), before);
  await seek(page, 1);
  assert.equal((await side(page, /Left/)).Updated, "303 of 303");
  await seek(page, 0);
  assert.equal((await side(page, /Left/)).Updated, "0 of 303");
});

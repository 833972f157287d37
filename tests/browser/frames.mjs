// Frame times of the page while thousands of nodes roll: node tests/browser/frames.mjs [--nodes 5000] [--dist dist]
//
// Opens the page with that many workers and a DaemonSet that runs on all of them, applies another image with
// maxUnavailable 10 %, and records every frame until the rollout is complete or --seconds are over.
// Build first (`cargo xtask build`). Options: --speed "1×" as in the page's list, --seconds 40, --size desktop|phone,
// --theme light|dark, --link FILE (opens the `#d1:…` in that file instead; its first draft is what gets applied),
// --shot FILE (a picture from the middle), --kinds (what the main thread does, from a trace), --json. Chromium runs without a GPU here: real browsers paint faster.

import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { deflateRawSync } from "node:zlib";
import { serveFolder } from "./folder.mjs";

const { values: options } = parseArgs({
  options: {
    nodes: { type: "string", default: "5000" },
    dist: { type: "string" },
    speed: { type: "string", default: "1×" },
    seconds: { type: "string", default: "40" },
    size: { type: "string", default: "desktop" },
    theme: { type: "string", default: "light" },
    link: { type: "string" },
    shot: { type: "string" },
    kinds: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const nodes = Number(options.nodes);
const seconds = Number(options.seconds);
if (!Number.isInteger(nodes) || nodes < 1 || !(seconds > 0)) {
  console.error("usage: node tests/browser/frames.mjs [--nodes 5000] [--seconds 40] [--dist dist] …");
  process.exit(2);
}
const stopServing = options.dist ? await serveFolder(options.dist) : () => {};
// The harness reads the page's address when it is loaded.
const { closeAll, open } = await import("./harness.mjs");

try {
  const hash = options.link ? (await readFile(options.link, "utf8")).trim() : link(nodes);
  const result = await measure(hash);
  if (options.json) console.log(JSON.stringify(result));
  else print(result);
} finally {
  await closeAll();
  stopServing();
}

async function measure(hash) {
  const begin = Date.now();
  const { page, problems } = await open({ hash, size: options.size, theme: options.theme });
  // Thousands of nodes may take a while to start, longer than a test should.
  page.setDefaultTimeout(180_000);
  await section(page, "Cluster");
  await page.locator("#settle").click();
  await rollout(page, (rollout) => rollout.done === rollout.desired && rollout.desired > 0);
  const started = Date.now() - begin;

  await page.locator("#speed").selectOption({ label: options.speed });
  if ((await page.locator("#play").getAttribute("aria-label")) === "Play") await page.locator("#play").click();
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  await page.evaluate(record);
  const browser = page.context().browser();
  if (options.kinds) await browser.startTracing(page, { categories: ["devtools.timeline"] });
  const before = await metrics(session);
  await section(page, "Editor");
  await page.locator("#apply").click();
  await section(page, "Cluster");
  await rollout(page, (rollout) => rollout.updated > 0);
  const pictures = options.shot ? page.waitForTimeout(3000).then(() => page.screenshot({ path: options.shot })) : null;
  const finished = await Promise.race([
    rollout(page, (rollout) => rollout.done === rollout.desired).then(() => true),
    page.waitForTimeout(seconds * 1000).then(() => false),
  ]);
  await pictures;
  const after = await metrics(session);
  const { updated, desired } = await page.evaluate(readRollout);
  const frames = await page.evaluate(() => window.stopRecording());
  if (problems.length > 0) throw new Error(`the page had problems:\n${problems.join("\n")}`);

  const kinds = options.kinds ? sumUp(JSON.parse(await browser.stopTracing()), frames.length) : [];
  const total = frames.reduce((sum, frame) => sum + frame, 0);
  const sorted = [...frames].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  const perFrame = (name) => ((after[name] - before[name]) * 1000) / frames.length;
  return {
    nodes: desired,
    map: await page.locator(".fleet__canvas").isVisible(),
    speed: options.speed,
    startMs: started,
    rolledMs: Math.round(total),
    finished,
    updated,
    frames: frames.length,
    fps: (frames.length * 1000) / total,
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    max: at(1),
    slow: frames.filter((frame) => frame > 34).length,
    scriptMs: perFrame("ScriptDuration"),
    layoutMs: perFrame("LayoutDuration") + perFrame("RecalcStyleDuration"),
    taskMs: perFrame("TaskDuration"),
    kinds,
  };
}

function print(result) {
  const ms = (value) => `${value.toFixed(1)} ms`;
  const end = result.finished ? "complete" : `${result.updated} updated when time was up`;
  console.log(`${result.nodes} nodes, ${result.map ? "map" : "no map"}, speed ${result.speed}, maxUnavailable 10%`);
  console.log(`opened and settled in ${(result.startMs / 1000).toFixed(1)} s; rolled for ${(result.rolledMs / 1000).toFixed(1)} s: ${end}`);
  console.log(`frames ${result.frames}  fps ${result.fps.toFixed(1)}  over 34 ms: ${result.slow}`);
  console.log(`frame time  p50 ${ms(result.p50)}  p95 ${ms(result.p95)}  p99 ${ms(result.p99)}  max ${ms(result.max)}`);
  console.log(`per frame   script ${ms(result.scriptMs)}  style and layout ${ms(result.layoutMs)}  all of the main thread ${ms(result.taskMs)}`);
  for (const { name, perFrame, count } of result.kinds) console.log(`  ${name.padEnd(28)} ${ms(perFrame)} a frame, ${count} times`);
}

/** How long each kind of event took on the page's main thread, without what it contains. */
function sumUp({ traceEvents }, frames) {
  const threads = new Map();
  for (const event of traceEvents) {
    if (event.ph !== "X" || event.dur === undefined) continue;
    const key = `${event.pid}/${event.tid}`;
    if (!threads.has(key)) threads.set(key, []);
    threads.get(key).push(event);
  }
  const painting = [...threads.values()].filter((events) => events.some((event) => event.name === "Paint"));
  const busiest = painting.sort((a, b) => b.length - a.length)[0] ?? [];
  busiest.sort((a, b) => a.ts - b.ts || b.dur - a.dur);
  const own = new Map();
  const open = [];
  for (const event of busiest) {
    while (open.length > 0 && open.at(-1).ts + open.at(-1).dur <= event.ts) open.pop();
    const add = (name, us, count) => {
      const sum = own.get(name) ?? { us: 0, count: 0 };
      own.set(name, { us: sum.us + us, count: sum.count + count });
    };
    if (open.length > 0) add(open.at(-1).name, -event.dur, 0);
    add(event.name, event.dur, 1);
    open.push(event);
  }
  const rows = [...own].map(([name, { us, count }]) => ({ name, perFrame: us / 1000 / frames, count }));
  return rows.sort((a, b) => b.perFrame - a.perFrame).slice(0, 12);
}

/** Runs in the page: notes how long each frame takes. */
function record() {
  const frames = [];
  let last;
  let running = true;
  const frame = (now) => {
    if (last !== undefined) frames.push(now - last);
    last = now;
    if (running) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  window.stopRecording = () => {
    running = false;
    return frames;
  };
}

/** Runs in the page: the rollout as its progress bar has it. */
function readRollout() {
  const bar = document.querySelector(".rollout [role=progressbar]");
  const text = document.querySelector(".rollout__head span")?.textContent ?? "";
  return {
    desired: Number(bar?.getAttribute("aria-valuemax") ?? 0),
    done: Number(bar?.getAttribute("aria-valuenow") ?? 0),
    updated: Number(/^[\d,]+/.exec(text)?.[0].replaceAll(",", "") ?? 0),
  };
}

/** Looks now and then, from here: looking costs the page next to nothing. */
async function rollout(page, isThere) {
  const deadline = Date.now() + 180_000;
  while (Date.now() < deadline) {
    if (isThere(await page.evaluate(readRollout))) return;
    await page.waitForTimeout(100);
  }
  throw new Error(`the rollout stands at ${JSON.stringify(await page.evaluate(readRollout))}`);
}

/** On narrow screens, goes to a part of the page. */
async function section(page, name) {
  const tab = page.locator(".sections").getByRole("button", { name, exact: true });
  if (await tab.isVisible()) await tab.click();
}

async function metrics(session) {
  const { metrics } = await session.send("Performance.getMetrics");
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}

/** A link to workers with version 1 applied and version 2 in the editor (src/session/link.rs). */
function link(count) {
  const shared = {
    scenario: { seed: 1, nodes: [{ template: "worker", count }] },
    log: [{ at: 0, steps: 0, command: { do: "apply", yaml: manifest("1.0.0") } }],
    at: 0,
    drafts: [{ title: "agent", text: manifest("2.0.0") }],
  };
  const payload = deflateRawSync(Buffer.from(JSON.stringify(shared))).toString("base64url");
  let checksum = 0x811c9dc5;
  for (const byte of Buffer.from(payload)) checksum = Math.imul(checksum ^ byte, 0x01000193) >>> 0;
  return `#d1:${payload}.${checksum.toString(16).padStart(8, "0")}`;
}

function manifest(version) {
  return `apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: agent
spec:
  selector:
    matchLabels:
      app: agent
  updateStrategy:
    type: RollingUpdate
    rollingUpdate:
      maxUnavailable: 10%
  template:
    metadata:
      labels:
        app: agent
    spec:
      containers:
      - name: agent
        image: example.com/agent:${version}
`;
}

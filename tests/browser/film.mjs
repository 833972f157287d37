// Film strips of what moves: node tests/browser/film.mjs FOLDER [NAME…] [--dist dist] [--size desktop] [--theme light]
//
// Each film opens the page, acts, and takes twelve pictures at fixed wall times after that; they become one picture,
// FOLDER/NAME-size-theme.png. Meanwhile each frame is looked at: a token that travels may not meet the box of any text.
// A film that breaks this makes the script fail in the end.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { serveFolder } from "./folder.mjs";
import { apply, section, settle } from "./steps.mjs";

const FRAMES = 12;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    dist: { type: "string" },
    size: { type: "string", default: "desktop" },
    theme: { type: "string", default: "light" },
  },
});
const [folder, ...names] = positionals;
if (!folder) {
  console.error("usage: node tests/browser/film.mjs FOLDER [NAME…] [--dist dist] [--size desktop|laptop|phone] [--theme light|dark]");
  process.exit(2);
}
const stopServing = options.dist ? await serveFolder(options.dist) : () => {};
// The harness reads the page's address when it is loaded.
const { closeAll, open } = await import("./harness.mjs");

/** The console line of a command that no button does. */
async function kubectl(page, line) {
  await page.locator("#console").click();
  await page.locator("#console-input").fill(line);
  await page.locator("#console-input").press("Enter");
  await page.locator("#console").click();
}

async function running(page) {
  await apply(page);
  await section(page, "Cluster");
  await settle(page);
  await page.locator('.pod-tile[data-state="Ready"]').nth(2).waitFor();
}

const patch = (update) =>
  `kubectl patch ds my-daemonset -p '{"spec":{"updateStrategy":{"rollingUpdate":${JSON.stringify(update)}}}}'`;
const NEW_IMAGE = "kubectl set image ds/my-daemonset *=my-image:2";

const FILMS = {
  "apply": {
    every: 450,
    act: async (page) => {
      await apply(page);
      await section(page, "Cluster");
    },
  },
  "rolling": {
    every: 700,
    prepare: running,
    act: (page) => kubectl(page, NEW_IMAGE),
  },
  "surge": {
    every: 700,
    prepare: async (page) => {
      await running(page);
      await kubectl(page, patch({ maxSurge: 1, maxUnavailable: 0 }));
      await settle(page);
    },
    act: (page) => kubectl(page, NEW_IMAGE),
  },
  "power-off": {
    every: 500,
    speed: "10×",
    prepare: running,
    act: (page) => kubectl(page, "cluster power-off node-2"),
  },
  "no-execute": {
    every: 350,
    prepare: running,
    act: (page) => kubectl(page, "kubectl taint node node-2 dedicated=db:NoExecute"),
  },
  "fleet": {
    every: 600,
    speed: "5×",
    prepare: async (page) => {
      await running(page);
      await kubectl(page, "cluster add-node worker --count 297");
      await page.locator(".fleet__canvas").waitFor();
      await settle(page);
      await kubectl(page, patch({ maxUnavailable: "10%" }));
      await settle(page);
    },
    act: (page) => kubectl(page, NEW_IMAGE),
  },
};

await mkdir(folder, { recursive: true });
let failed = 0;
for (const [name, film] of Object.entries(FILMS)) {
  if (names.length > 0 && !names.includes(name)) continue;
  const { page, problems, close } = await open({ size: options.size, theme: options.theme });
  try {
    await film.prepare?.(page);
    if (film.speed) await page.locator("#speed").selectOption({ label: film.speed });
    await page.evaluate(watch);
    await film.act(page);
    const pictures = [];
    const begin = Date.now();
    for (let i = 0; i < FRAMES; i++) {
      await page.waitForTimeout(Math.max(0, begin + i * film.every - Date.now()));
      const at = Date.now() - begin;
      pictures.push({ at, data: (await page.screenshot()).toString("base64") });
    }
    const { met, tokens } = await page.evaluate(() => window.stopWatching());
    for (const text of met.slice(0, 5)) problems.push(`a token met the text “${text}”`);
    const path = join(folder, `${name}-${options.size}-${options.theme}.png`);
    await writeFile(path, await strip(page, name, pictures));
    console.log(`${path}: ${tokens} frames with tokens, ${met.length} of them over text`);
  } catch (error) {
    problems.push(String(error));
  }
  for (const problem of problems) console.error(`${name}: ${problem}`);
  failed += problems.length;
  await close();
}
await closeAll();
stopServing();
process.exit(failed === 0 ? 0 : 1);

/** Runs in the page: looks at each frame whether a token meets a text. */
function watch() {
  const met = [];
  let tokens = 0;
  let running = true;
  const texts = () => {
    const walker = document.createTreeWalker(document.querySelector(".cluster"), NodeFilter.SHOW_TEXT);
    const found = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (!node.data.trim() || node.parentElement.closest(".sr-only, [hidden], details:not([open])")) continue;
      // A tile that isn't there yet shows no text.
      const tile = node.parentElement.closest(".pod-tile");
      if (tile && getComputedStyle(tile).opacity === "0") continue;
      if (!node.parentElement.checkVisibility({ opacityProperty: true })) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const box of range.getClientRects()) if (box.width > 0) found.push([box, node.data.trim()]);
    }
    return found;
  };
  const frame = () => {
    const moving = [...document.querySelectorAll(".token")];
    if (moving.length > 0) {
      tokens += 1;
      const all = texts();
      for (const token of moving) {
        const box = token.getBoundingClientRect();
        const hit = all.find(([text]) => box.left < text.right && text.left < box.right && box.top < text.bottom && text.top < box.bottom);
        if (hit) met.push(hit[1]);
      }
    }
    if (running) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  window.stopWatching = () => {
    running = false;
    return { met, tokens };
  };
}

/** The pictures side by side, with their times. */
async function strip(page, name, pictures) {
  const sheet = await page.context().newPage();
  const cells = pictures.map(({ at, data }) => `<figure><img src="data:image/png;base64,${data}"><figcaption>${name} +${at} ms</figcaption></figure>`);
  const { width } = page.viewportSize();
  const columns = width < 600 ? 6 : 3;
  await sheet.setViewportSize({ width: columns * Math.round(width * 0.5), height: 800 });
  await sheet.setContent(
    `<style>body{margin:0;display:grid;grid-template-columns:repeat(${columns},1fr);gap:6px;font:14px system-ui;background:#888}figure{margin:0}img{width:100%;display:block}</style>${cells.join("")}`,
  );
  const picture = await sheet.screenshot({ fullPage: true });
  await sheet.close();
  return picture;
}

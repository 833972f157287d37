// How soon a first visit shows something: node tests/browser/first-node.mjs [FOLDER…]
//
// For each built page (dist, if none is named) and at three speeds: the first paint, the first node's card, the moment
// when that node, clicked, says why, and the moment when all of the page is loaded. Seconds after navigation, the median of
// three. Files are sent by brotli, as a good server does. Build first (`cargo xtask build`); the machine should be quiet.

import { createServer } from "node:http";
import { readFile, readdir } from "node:fs/promises";
import { extname, join, relative } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { chromium } from "playwright-core";

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm" };
const RUNS = 3;
const SPEEDS = [
  { name: "unthrottled", cpu: 1 },
  { name: "9 Mbit/s, 170 ms, CPU 4× slower", mbit: 9, ms: 170, cpu: 4 },
  { name: "1.6 Mbit/s, 150 ms, CPU 4× slower", mbit: 1.6, ms: 150, cpu: 4 },
];

const folders = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu"],
});
for (const folder of folders.length > 0 ? folders : ["dist"]) {
  const { server, url } = await serve(folder);
  console.log(`${folder}\n  paint   node  says why  whole`);
  for (const speed of SPEEDS) {
    const runs = [];
    for (let run = 0; run < RUNS; run++) runs.push(await measure(url, speed));
    const median = (key) => runs.map((run) => run[key]).sort((a, b) => a - b)[Math.floor(RUNS / 2)];
    const cells = [median("paint"), median("node"), median("why"), median("whole")];
    const [paint, node, why, whole] = cells.map((ms) => (ms / 1000).toFixed(1));
    console.log(`${paint.padStart(7)}${node.padStart(7)}${why.padStart(10)}${whole.padStart(7)}  ${speed.name}`);
  }
  server.close();
}
await browser.close();

async function measure(url, { mbit, ms, cpu }) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  page.setDefaultTimeout(120_000);
  const devtools = await context.newCDPSession(page);
  if (mbit) {
    const throughput = (mbit * 1e6) / 8;
    await devtools.send("Network.enable");
    const network = { offline: false, latency: ms, downloadThroughput: throughput, uploadThroughput: throughput };
    await devtools.send("Network.emulateNetworkConditions", network);
  }
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: cpu });
  await page.addInitScript(() => {
    window.seen = {};
    const look = () => {
      const now = performance.now();
      const note = (key, selector) => (window.seen[key] ??= document.querySelector(selector) ? now : undefined);
      // As early as somebody can: the card is clicked in the frame in which it is there.
      if (note("node", "#app > .page .node-card__select") && !window.clicked) {
        window.clicked = true;
        document.querySelector("#app > .page .node-card__select").click();
      }
      note("why", ".why:not(.why--empty)");
      note("whole", '#app > .page[data-whole="true"], #app > .page:not([data-whole])');
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await page.goto(url, { waitUntil: "commit" });
  await page.waitForFunction(() => window.seen.why && window.seen.whole);
  const seen = await page.evaluate(() => window.seen);
  const paint = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0);
  await context.close();
  return { paint, ...seen };
}

async function serve(folder) {
  const files = new Map();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath ?? entry.path, entry.name);
    files.set(`/${relative(folder, path).replaceAll("\\", "/")}`, brotliCompressSync(await readFile(path)));
  }
  const server = createServer((request, response) => {
    const path = new URL(request.url, "http://x").pathname;
    const name = path === "/" ? "/index.html" : path;
    const body = files.get(name);
    const type = TYPES[extname(name)] ?? "application/octet-stream";
    response.writeHead(body ? 200 : 404, { "content-type": type, "content-encoding": "br" }).end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, url: `http://127.0.0.1:${server.address().port}/` };
}

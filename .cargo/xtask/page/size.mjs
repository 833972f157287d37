// Prints what each built file weighs and fails if the page, or one of its chunks, has grown over its budget.
// The first load is everything that shows a cluster; chunks follow after the first picture, the editor if it is opened.

import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/** The most that each may weigh, by brotli. These figures only fall. The first load: index.html, CSS, JavaScript and wasm. */
const BUDGETS = { "first load": 425 * 1000, engine: 400 * 1000, panels: 90 * 1000, shared: 10 * 1000, editor: 127 * 1000 };

const folder = process.argv[2] ?? "dist";
/** Which of the budgets a file belongs to. */
const part = (name) => {
  if (name.startsWith("editor/")) return "editor";
  const split = /^split-(\w+)-/.exec(name)?.[1];
  return split ?? (name.startsWith("chunk-") ? "shared" : "first load");
};

const brotli = (bytes) =>
  brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });
const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
  .map((path) => {
    const bytes = readFileSync(path);
    const name = relative(folder, path).replaceAll("\\", "/");
    return { name, raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, brotli: brotli(bytes).length };
  })
  .sort((a, b) => b.raw - a.raw);

const row = (name, sizes) =>
  console.log([sizes.raw, sizes.gzip, sizes.brotli].map((n) => String(n).padStart(10)).join("") + "  " + name);
const sum = (some) =>
  some.reduce((a, b) => ({ raw: a.raw + b.raw, gzip: a.gzip + b.gzip, brotli: a.brotli + b.brotli }), {
    raw: 0,
    gzip: 0,
    brotli: 0,
  });

console.log(["raw", "gzip", "brotli"].map((word) => word.padStart(10)).join("") + "  bytes");
for (const file of files) row(file.name, file);
let isOver = false;
for (const [name, most] of Object.entries(BUDGETS)) {
  const all = sum(files.filter((file) => part(file.name) === name));
  isOver ||= all.brotli > most;
  row(`= ${name}: ${all.brotli > most ? "OVER" : "within"} its budget of ${most} by brotli`, all);
}
process.exit(isOver ? 1 : 0);

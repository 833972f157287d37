// Prints what each built file weighs and fails if the page has grown over its budget.
// The embed path is everything that a page showing the playground in a frame must load; the editor comes later, if at all.

import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/** The most that the embed path may weigh: wasm, its JavaScript and the CSS, by brotli. */
const EMBED_BROTLI_BYTES_MAX = 820 * 1000;

const folder = process.argv[2] ?? "dist";
const isLazy = (name) => name.startsWith("editor/");
const isEmbed = (name) => !isLazy(name) && /\.(wasm|js|css)$/.test(name);

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
const embed = sum(files.filter((file) => isEmbed(file.name)));
row("= embed path (wasm, js, css)", embed);
row("= loaded lazily (editor)", sum(files.filter((file) => isLazy(file.name))));

const verdict = embed.brotli <= EMBED_BROTLI_BYTES_MAX ? "within" : "OVER";
console.log(`embed path: ${embed.brotli} bytes by brotli, ${verdict} its budget of ${EMBED_BROTLI_BYTES_MAX}`);
process.exit(verdict === "within" ? 0 : 1);

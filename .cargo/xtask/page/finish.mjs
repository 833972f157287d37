// Finishes the page that trunk has built: a strict Content-Security-Policy, the editor's exact address, and, in a
// release, one style sheet, the chunks that the wasm was cut into (.cargo/xtask/src/split.rs), short names between
// JavaScript and wasm, and both minified (trunk's own minifier can't read what wasm-bindgen writes).
// trunk runs this after each build, on the folder that is about to become dist/.
//
// The policy is in a <meta>, since the page must work from any static server.
// Scripts: our own files, wasm, and the one inline script that trunk writes, by its hash. No eval, no inline scripts.
// Workers: our own file, which runs the page's own JavaScript and wasm.
// Styles: our own files, and <style> elements with the page's nonce, which only CodeMirror uses.
//   The nonce is the same for everyone who has this build, so it stops accidents, not an attacker who can add markup;
//   such an attacker still can't run a script. Inline style="…" attributes are never allowed.
// Absent: frame-ancestors, which browsers ignore in a <meta>. Anyone may embed the page.

import { createHash } from "node:crypto";
import { readFile, readdir, rm, writeFile } from "node:fs/promises";
import { execFile } from "node:child_process";
import { basename, extname, join } from "node:path";
import { promisify } from "node:util";
import { transform } from "esbuild";
import { importNames, withImportNames } from "./wasm.mjs";

const folder = process.env.TRUNK_STAGING_DIR;
const isDebug = process.env.TRUNK_PROFILE === "debug";
const hash = (bytes, digest) => createHash("sha256").update(bytes).digest(digest);

const file = join(folder, "index.html");
let html = await readFile(file, "utf8");

const inline = [...html.matchAll(/<script\b(?![^>]*\bsrc=)[^>]*>(.*?)<\/script>/gs)].map((match) => match[1]);
const nonce = hash(html, "hex").slice(0, 32);
const editor = hash(await readFile(join(folder, "editor/editor.js")), "hex").slice(0, 16);

// `trunk serve` writes a reload script whose text is known only when it is served: development allows inline scripts.
const scripts = isDebug ? ["'unsafe-inline'"] : inline.map((script) => `'sha256-${hash(script, "base64")}'`);
const policy = [
  "default-src 'none'",
  `script-src 'self' 'wasm-unsafe-eval' ${scripts.join(" ")}`,
  `style-src 'self' 'nonce-${nonce}'`,
  "img-src 'self' data:",
  "font-src 'self'",
  "worker-src 'self'",
  // 'self' covers wasm and, in development, the reload socket.
  "connect-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
].join("; ");

// The worker begins as the page's inline script does, with the wasm that the page sends it (src/view/worker.rs).
const glue = inline.join("").match(/from\s*'(\.\/[^']+\.js)'/)?.[1];
const worker = `import init from "${glue}";
addEventListener("message", ({ data }) => init({ module_or_path: data }).catch(reportError), { once: true });
`;
await writeFile(join(folder, "worker.js"), worker);

const meta = [
  `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
  `<meta name="style-nonce" content="${nonce}">`,
  // The queries let a browser keep these until they change.
  `<meta name="editor-module" content="editor/editor.js?v=${editor}">`,
  `<meta name="worker-module" content="worker.js?v=${hash(worker, "hex").slice(0, 16)}">`,
].join("\n  ");

// First in <head>: a policy holds only for what comes after it. <meta charset> must stay within the first 1024 bytes.
const charset = /<meta charset="?utf-8"?\s*\/?>/i;
if (!charset.test(html) || !glue || (!isDebug && inline.length !== 1)) {
  console.error(`error: ${file} isn't what finish.mjs expects (${inline.length} inline scripts); was trunk updated?`);
  process.exit(1);
}
html = replacedOnce(html, 'src="head.js"', `src="head.js?v=${hash(await readFile(join(folder, "head.js")), "hex").slice(0, 16)}"`);
if (!isDebug) {
  // What is typed in it would be lost.
  const first = (await readFile("static/first.html", "utf8")).trim().replaceAll("<textarea ", "<textarea readonly ");
  html = replacedOnce(html, '<p class="boot" id="boot"', `<div id="first">${first}</div><p class="boot" id="boot"`);
}
html = html.replace(charset, (found) => `${found}\n  ${meta}`);
await writeFile(file, html);

if (!isDebug) {
  await joinStyles();
  await addChunks();
  await shortenImports();
  for (const name of await readdir(folder, { recursive: true })) {
    const loader = extname(name).slice(1);
    if (!["js", "css"].includes(loader) || name.startsWith("editor")) continue;
    const path = join(folder, name);
    const { code } = await transform(await readFile(path, "utf8"), { loader, minify: true, target: "es2022" });
    await writeFile(path, code);
  }
}

/** One style sheet instead of a dozen, in their order: a quarter less to load, and one request. */
async function joinStyles() {
  const link = /<link rel="stylesheet" href="\.\/([^"]+)"\s*\/?>\s*/g;
  const names = [...html.matchAll(link)].map((match) => match[1]);
  const sheets = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  const all = sheets.join("\n");
  const name = `page-${hash(all, "hex").slice(0, 16)}.css`;
  await Promise.all(names.map((old) => rm(join(folder, old))));
  await writeFile(join(folder, name), all);
  let isFirst = true;
  html = html.replace(link, () => (isFirst ? ((isFirst = false), `<link rel="stylesheet" href="./${name}">\n  `) : ""));
  await writeFile(file, html);
}

/** Optimises the chunks, and names them and what loads them by their content. */
async function addChunks() {
  const from = process.env.XTASK_CHUNKS;
  const loader = "__wasm_split.js";
  const js = join(folder, glue);
  let main = await readFile(js, "utf8");
  if (!main.includes(loader)) return;
  let text = await readFile(join(from, loader), "utf8");
  // As wasm-bindgen's main module is told, which has a section that says so.
  const features = ["bulk-memory", "multivalue", "mutable-globals", "nontrapping-float-to-int", "reference-types", "sign-ext"];
  const chunks = (await readdir(from)).filter((name) => name.endsWith(".wasm"));
  for (const chunk of chunks) {
    const small = join(from, `${chunk}.small`);
    const flags = features.map((feature) => `--enable-${feature}`);
    await promisify(execFile)("wasm-opt", ["-O2", ...flags, join(from, chunk), "-o", small]);
    const bytes = await readFile(small);
    const name = `${chunk.replace(/\.wasm$/, "").replace("_", "-")}-${hash(bytes, "hex").slice(0, 16)}.wasm`;
    await writeFile(join(folder, name), bytes);
    text = replacedOnce(text, `"./${chunk}"`, `"./${name}"`);
  }
  text = replacedOnce(text, '"./playground.js"', `"./${basename(glue)}"`);
  const name = `chunks-${hash(text, "hex").slice(0, 16)}.js`;
  await writeFile(join(folder, name), text);
  // Within the wasm the module keeps its name.
  main = main.replace(/(\bfrom\s*['"])\.\/__wasm_split\.js/g, `$1./${name}`);
  await writeFile(js, main);
}

function replacedOnce(text, old, fresh) {
  if (text.split(old).length !== 2) {
    console.error(`error: ${old} doesn't stand once where finish.mjs expects it; was a tool updated?`);
    process.exit(1);
  }
  return text.replace(old, () => fresh);
}

/** wasm-bindgen's names for what the wasm imports are long and full of hashes; nobody but these two files reads them. */
async function shortenImports() {
  const js = join(folder, glue);
  const wasm = js.replace(/\.js$/, "_bg.wasm");
  const [text, bytes] = [await readFile(js, "utf8"), await readFile(wasm)];
  const names = new Set(importNames(bytes).filter((name) => name.startsWith("__wb")));
  const short = new Map([...names].map((name, i) => [name, `i${i.toString(36)}`]));
  const named = new Set();
  const shortened = text.replace(/\b__wb\w+/g, (name) => {
    named.add(name);
    return short.get(name) ?? name;
  });
  if ([...short.keys()].some((name) => !named.has(name)) || /\bi[0-9a-z]+: function/.test(text)) {
    console.error(`error: ${js} doesn't name its imports as finish.mjs expects; was wasm-bindgen updated?`);
    process.exit(1);
  }
  await writeFile(js, shortened);
  await writeFile(wasm, withImportNames(bytes, (name) => short.get(name) ?? name));
}

// Prints where the bytes of the page's code are: by crate, by module of ours, and the largest functions.
// It reads what wasm-bindgen wrote in the last release build: that still has the names of its functions, and is about a
// twentieth larger than what wasm-opt then makes of it.

import { existsSync, readFileSync } from "node:fs";
import { functions, sectionSizes } from "./wasm.mjs";

const OURS = "daemonset_playground";
const ROWS_MAX = 30;
const DATA = 11;

const path = process.argv[2] ?? "target/wasm-bindgen/release/playground_bg.wasm";
if (!existsSync(path)) {
  console.error(`error: there is no ${path}; run \`cargo xtask build\``);
  process.exit(1);
}
const bytes = readFileSync(path);
const all = functions(bytes).map(({ name, size }) => ({ name: plain(name), size }));

/** Without hashes: `<a[0123]::B as c::D>::e::h0123` becomes `<a::B as c::D>::e`. */
function plain(name) {
  return name.replace(/\[[0-9a-f]+\]/g, "").replace(/::h[0-9a-f]{16}\b/g, "").replace(/\.llvm\.\d+$|\.\d+$/, "");
}

/** The path that a name begins with: of `<alloc::rc::Rc<x::Y> as core::Z>::w`, that is alloc and rc. */
const start = (name) => name.replace(/^(?:[<&*([]|mut |const |dyn |for<[^>]*> )+/, "").split(/::|[<\s>]/);
const crate = (name) => (/^[<&]*[a-z_][a-z0-9_]*::/.test(name.replace(/mut |dyn /g, "")) ? start(name)[0] : "(others)");
const kilobytes = (size) => String(Math.round(size / 1000)).padStart(6);

function table(title, key, some = all) {
  const groups = new Map();
  for (const { name, size } of some) {
    const group = groups.get(key(name)) ?? { size: 0, count: 0 };
    groups.set(key(name), { size: group.size + size, count: group.count + 1 });
  }
  console.log(`\n    KB  functions  ${title}`);
  const rows = [...groups].sort(([, a], [, b]) => b.size - a.size).slice(0, ROWS_MAX);
  for (const [name, { size, count }] of rows) console.log(`${kilobytes(size)}${String(count).padStart(11)}  ${name}`);
}

const code = all.reduce((sum, { size }) => sum + size, 0);
const data = sectionSizes(bytes).find(({ id }) => id === DATA)?.size ?? 0;
console.log(`code ${Math.round(code / 1000)} KB in ${all.length} functions, data ${Math.round(data / 1000)} KB, before wasm-opt`);
table("crate", crate);
table(`module of ${OURS}`, (name) => start(name)[1] ?? "", all.filter(({ name }) => crate(name) === OURS));

console.log("\n bytes  function");
const largest = all.toSorted((a, b) => b.size - a.size).slice(0, ROWS_MAX);
for (const { name, size } of largest) console.log(`${String(size).padStart(6)}  ${name.slice(0, 150)}`);

// Bundles src/editor/editor.js and the CodeMirror packages into static/editor/editor.js.
// trunk runs this before each build.
// The bundle is written only if its bytes changed, so that watching doesn't see a change in every build.

import { mkdir, readFile, writeFile } from "node:fs/promises";

const OUT = "static/editor/editor.js";

const esbuild = await import("esbuild").catch(() => {
  console.error("error: the npm packages are missing; run `cargo xtask setup`");
  process.exit(1);
});

const { outputFiles } = await esbuild.build({
  entryPoints: ["src/editor/editor.js"],
  bundle: true,
  format: "esm",
  minify: true,
  target: "es2022",
  legalComments: "none",
  banner: { js: "/* CodeMirror 6, MIT licence, © Marijn Haverbeke and others: https://codemirror.net */" },
  write: false,
  logLevel: "warning",
});

const fresh = Buffer.from(outputFiles[0].contents);
const old = await readFile(OUT).catch(() => null);
if (!old?.equals(fresh)) {
  await mkdir("static/editor", { recursive: true });
  await writeFile(OUT, fresh);
}

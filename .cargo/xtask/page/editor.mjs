// Bundles src/editor/editor.js and the CodeMirror packages into static/editor/editor.js.
// trunk runs this before each build.
// What completion knows of Kubernetes' fields comes from the same files as `kubectl explain`, as the module "schema".
// The bundle is written only if its bytes changed, so that watching doesn't see a change in every build.

import { mkdir, readFile, writeFile } from "node:fs/promises";

const OUT = "static/editor/editor.js";

const esbuild = await import("esbuild").catch(() => {
  console.error("error: the npm packages are missing; run `cargo xtask setup`");
  process.exit(1);
});

/** All fields by type, as `{field: [type, words, ...values]}`. */
async function schema() {
  const lines = async (file) => (await readFile(file, "utf8")).split("\n").filter((line) => line && !line.startsWith("#"));
  const types = {};
  // Marks of how Go writes zero values and Go's own names of strings are nobody's concern here.
  let current;
  for (const line of await lines("src/api/schema.txt")) {
    const [name, type] = line.trim().split(" ");
    if (line.startsWith(" ")) current[name] = [type.replace(/^[*!=]/, "").replace(/^string:.*/, "string")];
    else current = types[name] = {};
  }
  for (const line of [...(await lines("src/kubectl/cli/verbs/explain.txt")), ...(await lines("src/editor/docs.txt"))]) {
    const [, type, name, sign, text] = /^(\w+)\.(\w+)(:| =) (.*)$/.exec(line) ?? [];
    const field = types[type]?.[name];
    if (!field) continue;
    if (sign === ":") field[1] = text;
    else field.splice(1, field.length, field[1] ?? "", ...text.split(" | "));
  }
  return JSON.stringify(types);
}

const schemaModule = {
  name: "schema",
  setup(build) {
    build.onResolve({ filter: /^schema$/ }, () => ({ path: "schema", namespace: "schema" }));
    build.onLoad({ filter: /.*/, namespace: "schema" }, async () => ({ contents: await schema(), loader: "json" }));
  },
};

const { outputFiles } = await esbuild.build({
  entryPoints: ["src/editor/editor.js"],
  bundle: true,
  format: "esm",
  minify: true,
  target: "es2022",
  legalComments: "none",
  banner: { js: "/* CodeMirror 6, MIT licence, © Marijn Haverbeke and others: https://codemirror.net */" },
  plugins: [schemaModule],
  write: false,
  logLevel: "warning",
});

const fresh = Buffer.from(outputFiles[0].contents);
const old = await readFile(OUT).catch(() => null);
if (!old?.equals(fresh)) {
  await mkdir("static/editor", { recursive: true });
  await writeFile(OUT, fresh);
}

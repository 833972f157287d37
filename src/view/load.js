// Loads a module when it is first wanted. Rust binds to this, because wasm can't say `import()` itself.

/** The editor's module; the build writes its exact address into the page. */
export const editor = () => {
  const address = document.querySelector('meta[name="editor-module"]')?.content ?? "editor/editor.js";
  return import(new URL(address, document.baseURI).href);
};

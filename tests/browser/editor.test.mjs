// The editor's module by itself, mounted beside the page: what src/editor/editor.js promises to the Rust side.

import assert from "node:assert/strict";
import { pageTest } from "./harness.mjs";

const MANIFEST = "kind: DaemonSet\nmetadata:\n  name: agent # ours\n";

/** A test with an editor under a button, and `window.editor`, `window.changes` and `window.applied` to look at. */
function editorTest(name, options, body) {
  pageTest(name, { size: "desktop" }, async (page) => {
    await page.evaluate(async (options) => {
      const { content } = document.querySelector('meta[name="editor-module"]');
      const { mount } = await import(new URL(content, document.baseURI).href);
      const host = document.createElement("div");
      host.id = "under-test";
      host.style.cssText = "position: fixed; z-index: 99; inset: 0 50% 0 0; background: Canvas; overflow: auto";
      host.innerHTML = '<button>before</button><div class="host"></div><button>after</button>';
      document.body.append(host);
      window.changes = [];
      window.applied = 0;
      const report = { onChange: (text) => window.changes.push(text), onApply: () => window.applied++ };
      window.editor = mount(host.querySelector(".host"), { label: "Manifest under test", ...options, ...report });
    }, options);
    await body(page, page.getByRole("textbox", { name: "Manifest under test" }), page.locator("#under-test"));
  });
}

const text = (page) => page.evaluate(() => window.editor.get());

editorTest("typing is reported, setting isn't", { doc: "a: 1\n" }, async (page, box) => {
  await box.click();
  await page.keyboard.press("ControlOrMeta+End");
  await page.keyboard.type("b: 2");
  assert.equal(await text(page), "a: 1\nb: 2");
  const before = await page.evaluate(() => window.changes.length);
  assert.equal(await page.evaluate(() => window.changes.at(-1)), "a: 1\nb: 2");
  await page.evaluate((doc) => window.editor.set(doc), MANIFEST);
  assert.equal(await text(page), MANIFEST);
  assert.equal(await page.evaluate(() => window.changes.length), before);
});

editorTest("another document can't be undone into the one before", { doc: "a: 1\n" }, async (page, box) => {
  await box.click();
  await page.keyboard.type("x");
  await page.evaluate((doc) => window.editor.set(doc), MANIFEST);
  await box.click();
  await page.keyboard.press("ControlOrMeta+z");
  assert.equal(await text(page), MANIFEST);
});

editorTest("Tab leaves, in both directions; the bracket key indents", { doc: "a: 1" }, async (page, box, host) => {
  const focused = () => page.evaluate(() => document.activeElement.textContent);
  await host.getByText("before").focus();
  await page.keyboard.press("Tab");
  await page.keyboard.press("ControlOrMeta+]");
  assert.equal(await text(page), "  a: 1");
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "after");
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Shift+Tab");
  assert.equal(await focused(), "before");
  const help = await box.evaluate((element) => document.getElementById(element.getAttribute("aria-describedby")).textContent);
  assert.match(help, /Tab leaves/);
});

editorTest("Control and Enter apply and add no line", { doc: "a: 1" }, async (page, box) => {
  await box.click();
  await page.keyboard.press("ControlOrMeta+Enter");
  assert.equal(await page.evaluate(() => window.applied), 1);
  assert.equal(await text(page), "a: 1");
});

editorTest("Enter keeps the indentation", { doc: "metadata:\n  name: agent" }, async (page, box) => {
  await box.click();
  await page.keyboard.press("ControlOrMeta+End");
  await page.keyboard.press("Enter");
  await page.keyboard.type("labels:");
  assert.equal(await text(page), "metadata:\n  name: agent\n  labels:");
});

editorTest("problems are marked at their line and column, and F8 goes there", { doc: "é😀: b\nkind: Deamon\n" }, async (page, box, host) => {
  await page.evaluate(() =>
    window.editor.setDiagnostics([
      { line: 1, column: 5, severity: "warning", message: "about b" },
      { line: 2, column: 7, endColumn: 13, severity: "error", message: "no such kind" },
      { line: 99, column: 99, severity: "error", message: "after the end" },
    ]),
  );
  assert.deepEqual(await host.locator(".cm-lintRange-warning").allTextContents(), ["b"]);
  assert.deepEqual(await host.locator(".cm-lintRange-error").allTextContents(), ["Deamon"]);
  assert.equal(await host.locator(".cm-gutter-lint .cm-lint-marker-error").count(), 2);
  await box.focus();
  await page.keyboard.press("F8");
  await page.keyboard.press("F8");
  await page.keyboard.type("Daemon");
  assert.match(await text(page), /kind: Daemon/);
  await host.locator(".cm-lint-marker-warning").hover();
  await page.getByText("about b").waitFor();
  await page.evaluate(() => window.editor.setDiagnostics([]));
  assert.equal(await host.locator(".cm-lint-marker").count(), 0);
});

editorTest("lines that are pointed at move along with edits", { doc: MANIFEST }, async (page, box, host) => {
  await page.evaluate(() => window.editor.highlight([[2, 3], [3, 9]]));
  assert.deepEqual(await host.locator(".cm-pointedLine").allTextContents(), ["metadata:", "  name: agent # ours", ""]);
  await box.click();
  await page.keyboard.press("ControlOrMeta+Home");
  await page.keyboard.press("Enter");
  assert.equal(await host.locator(".cm-pointedLine").first().textContent(), "metadata:");
  await page.evaluate(() => window.editor.highlight([]));
  assert.equal(await host.locator(".cm-pointedLine").count(), 0);
});

editorTest("highlighting tells keys, strings and comments apart", { doc: 'key: "text" # why\n' }, async (page, box, host) => {
  const spans = await host.locator(".cm-line span").evaluateAll((all) => all.map((span) => [span.textContent, getComputedStyle(span).color]));
  const colours = Object.fromEntries(spans);
  assert.equal(new Set([colours.key, colours['"text"'], colours["# why"]]).size, 3, JSON.stringify(spans));
});

editorTest("read-only text can be read and not changed", { doc: "a: 1", readOnly: true }, async (page, box) => {
  await box.click();
  await page.keyboard.type("x");
  assert.equal(await text(page), "a: 1");
  assert.equal(await box.getAttribute("aria-readonly"), "true");
});

editorTest("a large text is taken, an absurd one is not", { doc: "" }, async (page, box) => {
  const paste = (length) =>
    box.evaluate((element, length) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", "a: 1\n".repeat(length / 5));
      element.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    }, length);
  await box.focus();
  await paste(1_000_000);
  assert.equal((await text(page)).length, 1_000_000);
  await paste(3_000_000);
  assert.equal((await text(page)).length, 1_000_000);
});

editorTest("destroying leaves nothing behind", { doc: "a: 1" }, async (page, box, host) => {
  await page.evaluate(() => window.editor.destroy());
  assert.equal(await host.locator(".host").innerHTML(), "");
});

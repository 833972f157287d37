// The editor's module by itself, mounted beside the page: what src/editor/editor.js promises to the Rust side.

import assert from "node:assert/strict";
import { pageTest } from "./harness.mjs";
import { settle } from "./steps.mjs";

/** A manifest to complete; the cursor comes where the bar is. */
const POD = "apiVersion: apps/v1\nkind: DaemonSet\nmetadata:\n  name: agent\nspec:\n  template:\n    spec:\n      ";
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

const labels = (page) => page.locator(".cm-tooltip-autocomplete .cm-completionLabel").allTextContents();

/** Puts the cursor at the end of the text, and types. */
async function typeAtEnd(page, box, typed) {
  await box.click();
  await page.keyboard.press("ControlOrMeta+End");
  await page.keyboard.type(typed);
}

editorTest("fields are offered where they belong, and come with their words", { doc: POD }, async (page, box) => {
  await typeAtEnd(page, box, "tolera");
  const popup = page.locator(".cm-tooltip-autocomplete");
  await popup.waitFor();
  assert.equal((await labels(page))[0], "tolerations");
  await page.getByText("Taints that don't keep the pod away").waitFor();
  await page.keyboard.press("Enter");
  assert.equal(await text(page), `${POD}tolerations:\n      - `);
  // What comes next is offered at once.
  await popup.waitFor();
  assert.deepEqual((await labels(page)).sort(), ["effect", "key", "operator", "tolerationSeconds", "value"]);
  await page.keyboard.type("eff");
  await page.keyboard.press("Tab");
  await page.getByRole("option", { name: "NoExecute" }).waitFor();
  assert.deepEqual(await labels(page), ["NoSchedule", "PreferNoSchedule", "NoExecute"]);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  assert.equal(await text(page), `${POD}tolerations:\n      - effect: NoExecute`);
  await page.keyboard.press("Enter");
  await page.keyboard.press("Control+Space");
  await popup.waitFor();
  assert.ok(!(await labels(page)).includes("effect"), "a key that is there isn't offered again");
  // Escape closes the choices, and then Tab leaves as ever.
  await page.keyboard.press("Escape");
  await popup.waitFor({ state: "detached" });
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "after");
});

editorTest("the choices are outside of the pane, within the window, and aren't seen through", { doc: POD }, async (page, box) => {
  await page.setViewportSize({ width: 390, height: 844 });
  for (const dark of [false, true]) {
    await page.emulateMedia({ colorScheme: dark ? "dark" : "light" });
    await page.evaluate((dark) => window.editor.setDark(dark), dark);
    await box.click();
    await page.keyboard.press("ControlOrMeta+End");
    await page.keyboard.press("Control+Space");
    const popup = page.locator(".cm-tooltip-autocomplete");
    await popup.waitFor();
    await page.locator(".cm-completionInfo").waitFor();
    for (const part of [popup, page.locator(".cm-completionInfo")]) {
      const { x, y, width, height } = await part.boundingBox();
      assert.ok(x >= 0 && y >= 0 && x + width <= 390 && y + height <= 844, JSON.stringify({ x, y, width, height }));
    }
    const [back, front] = await popup.evaluate((it) => [getComputedStyle(it).backgroundColor, getComputedStyle(it).color]);
    assert.match(back, /^rgb\(/);
    assert.notEqual(back, front);
    await page.keyboard.press("Escape");
    await popup.waitFor({ state: "detached" });
  }
});

editorTest("the pointer on a key shows its type and its words", { doc: `${POD}terminationGracePeriodSeconds: 5\n` }, async (page, box, host) => {
  await host.getByText("terminationGracePeriodSeconds").hover();
  const about = page.locator(".cm-tooltip .cm-about");
  await about.waitFor();
  assert.match(await about.innerText(), /terminationGracePeriodSeconds: number\s+How long containers may take to stop/);
});

editorTest("a mapping folds by keyboard and by its mark", { doc: `${POD}hostPID: true\n` }, async (page, box, host) => {
  await box.click();
  await page.keyboard.press("ControlOrMeta+Home");
  for (let line = 1; line < 5; line++) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Control+Shift+BracketLeft");
  await host.locator(".cm-foldPlaceholder").waitFor();
  assert.equal(await host.getByText("hostPID").count(), 0);
  assert.match(await text(page), /hostPID/);
  await host.locator('[title="Unfold line"]:visible').click();
  await host.getByText("hostPID").waitFor();
});

editorTest("what the page edits can be undone, and isn't reported", { doc: MANIFEST }, async (page, box) => {
  await page.evaluate((doc) => window.editor.replace(doc), MANIFEST.replace("agent", "other"));
  assert.equal(await text(page), MANIFEST.replace("agent", "other"));
  assert.equal(await page.evaluate(() => window.changes.length), 0);
  await box.click();
  await page.keyboard.press("ControlOrMeta+z");
  assert.equal(await text(page), MANIFEST);
  assert.equal(await page.evaluate(() => window.changes.at(-1)), MANIFEST);
});

editorTest("a lock can come and go", { doc: "a: 1" }, async (page, box) => {
  await page.evaluate(() => window.editor.setReadOnly(true));
  await typeAtEnd(page, box, "x");
  await page.keyboard.press("ControlOrMeta+Enter");
  assert.equal(await text(page), "a: 1");
  assert.equal(await page.evaluate(() => window.applied), 0);
  assert.equal(await box.getAttribute("aria-readonly"), "true");
  await page.evaluate(() => window.editor.setReadOnly(false));
  await typeAtEnd(page, box, "x");
  assert.equal(await text(page), "a: 1x");
});

// From here on: the page's own editor.

const yaml = (page) => page.locator(".yaml__host").getByRole("textbox");

/** A test on the page, with its editor ready. */
const withEditor = (name, body) =>
  pageTest(name, { size: "desktop" }, async (page) => {
    await page.locator('.yaml[data-editor="rich"]').waitFor();
    await body(page);
  });

async function applyAndSettle(page) {
  await page.locator("#apply").click();
  await page.locator(".result", { hasText: "created" }).waitFor();
  await settle(page);
  await page.locator('.timeline[data-pace="Settled"]').waitFor();
}

async function kubectl(page, line) {
  if (!(await page.locator("#console-input").isVisible())) {
    await page.locator("#settle").focus();
    await page.keyboard.press("`");
  }
  await page.locator("#console-input").fill(`kubectl ${line}`);
  await page.locator("#console-input").press("Enter");
}

withEditor("errors are told while somebody types, and nothing is applied", async (page) => {
  const line = page.locator(".yaml__host .cm-line", { hasText: /^ +containers:$/ });
  await line.click();
  await page.keyboard.press("Home");
  await page.keyboard.press("Shift+End");
  await page.keyboard.type("contaniers:");
  const told = page.locator(".editor__live button");
  await told.waitFor();
  assert.match(await told.innerText(), /^1 error, line \d+$/);
  assert.equal(await page.locator(".yaml__host .cm-lint-marker-error").count(), 1);
  assert.match(await page.locator(".tabs__select").first().getAttribute("aria-label"), /has errors/);
  assert.equal(await page.locator(".node-card .pod-tile").count(), 0);
  await yaml(page).focus();
  await page.keyboard.press("ControlOrMeta+z");
  await told.waitFor({ state: "detached" });
  assert.equal(await page.locator(".yaml__host .cm-lint-marker-error").count(), 0);
});

withEditor("where the cluster differs is shown, and both ways back work", async (page) => {
  await applyAndSettle(page);
  assert.equal(await page.locator(".drift").count(), 0);
  await kubectl(page, "set image ds/my-daemonset my-container=my-image:2");
  const drift = page.locator(".drift");
  await drift.waitFor();
  assert.equal(await drift.locator("del").innerText(), "image: my-image:latest");
  assert.equal(await drift.locator("ins").innerText(), "image: my-image:2");
  assert.match(await page.locator(".tabs__select").first().getAttribute("aria-label"), /cluster differs/);
  await page.getByRole("button", { name: "Take over" }).click();
  await drift.waitFor({ state: "detached" });
  await page.locator(".yaml__host .cm-line", { hasText: "image: my-image:2" }).waitFor();
  // The editor's own undo brings the old text back, and that isn't applied.
  await yaml(page).focus();
  await page.keyboard.press("ControlOrMeta+z");
  await page.locator(".yaml__host .cm-line", { hasText: "image: my-image:latest" }).waitFor();
  await page.keyboard.press("ControlOrMeta+y");
  await page.locator(".yaml__host .cm-line", { hasText: "image: my-image:2" }).waitFor();
  await kubectl(page, "set image ds/my-daemonset my-container=my-image:3");
  await drift.waitFor();
  await page.getByRole("button", { name: "Overwrite" }).click();
  await drift.waitFor({ state: "detached" });
  await page.locator(".result", { hasText: "configured" }).waitFor();
});

withEditor("the past is read-only, and nothing is lost", async (page) => {
  await applyAndSettle(page);
  await kubectl(page, "set image ds/my-daemonset my-container=my-image:2");
  await settle(page);
  await page.locator('.timeline[data-pace="Settled"]').waitFor();
  await page.locator(".yaml__host .cm-line").first().click();
  await page.keyboard.press("Home");
  await page.keyboard.type("# mine ");
  await page.locator("#settle").focus();
  await page.keyboard.press(",");
  const past = page.locator(".editor__past");
  await past.waitFor();
  assert.match(await past.innerText(), /Read-only: my-daemonset at \d+:\d\d/);
  // Only lines in view are drawn.
  await page.locator(".yaml__host .cm-scroller").evaluate((scroller) => scroller.scrollTo(0, scroller.scrollHeight));
  await page.locator(".yaml__host .cm-line", { hasText: "image: my-image:2" }).waitFor();
  assert.equal(await yaml(page).getAttribute("aria-readonly"), "true");
  assert.equal(await page.locator(".yaml__host .cm-line", { hasText: "# mine" }).count(), 0);
  await yaml(page).focus();
  await page.keyboard.type("x");
  assert.equal(await page.locator(".yaml__host .cm-line", { hasText: /^x/ }).count(), 0);
  assert.equal(await page.getByRole("button", { name: "Back to now" }).count(), 1, "one way back");
  await page.locator("#now").click();
  await past.waitFor({ state: "detached" });
  await page.locator(".yaml__host .cm-line", { hasText: "# mine" }).waitFor();
  assert.equal(await yaml(page).getAttribute("aria-readonly"), "false");
});

withEditor("the splitter moves with the keyboard and the pointer, and is remembered", async (page) => {
  const bar = page.getByRole("separator", { name: "Width of the editor" });
  const width = async () => Math.round((await page.locator(".page__editor").boundingBox()).width);
  const first = await width();
  await bar.focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  assert.equal(await width(), first + 48);
  assert.equal(Number(await bar.getAttribute("aria-valuenow")), first + 48);
  await page.keyboard.press("Home");
  assert.equal(await width(), Number(await bar.getAttribute("aria-valuemin")));
  const { x, y, width: thick, height } = await bar.boundingBox();
  await page.mouse.move(x + thick / 2, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(500, y + height / 2);
  await page.mouse.up();
  assert.equal(await width(), 500);
  await page.reload();
  await page.locator('.yaml[data-editor="rich"]').waitFor();
  assert.equal(await width(), 500);
  await bar.focus();
  await page.keyboard.press("Enter");
  assert.equal(await width(), first);
});

// The YAML editor: CodeMirror 6 behind an interface of a few functions.
//
// The page loads this module only when somebody opens the editor (src/view/load.js), and drives it from Rust
// (src/view/editor.rs). Rust hands in text and diagnostics and gets text back; fields.js alone knows Kubernetes.
//
// Keyboard: Tab moves the focus on, so that nobody is trapped; Ctrl/Cmd+] and Ctrl/Cmd+[ indent, Ctrl/Cmd+Enter applies,
// F8 goes to the next problem, Ctrl+Space completes, Ctrl+Shift+[ folds. A hidden text says so to screen readers.
//
// Colours are custom properties (--editor-*), so that static/css/tokens.css decides; the fallbacks are system colours.
// Deliberately absent: search (the browser's own finds visible text).

import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { completionStatus } from "@codemirror/autocomplete";
import {
  HighlightStyle,
  bracketMatching,
  codeFolding,
  foldGutter,
  foldKeymap,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
} from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { Annotation, Compartment, EditorState, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration,
  EditorView,
  drawSelection,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { help as completion } from "./help.js";
import { splitter } from "./splitter.js";

/** Text that grows over this is refused. The API server's own limit, an error that it words itself, is lower. */
const CHARS_MAX = 2 * 1024 * 1024;

/** Somebody who writes nothing for this long has stopped typing. */
const PAUSE_MS = 500;
/** An edit by the page. */
const byPage = Annotation.define();

let mounted = 0;

/**
 * Puts an editor into `parent`.
 *
 * Lines and columns count from 1, columns in characters. `set` forgets the undo history and the diagnostics, because it
 * means another document; it isn't reported to `onChange`. `replace` is an edit, which undo takes back.
 * `onCheck` is called when somebody has stopped typing.
 */
export function mount(parent, { doc = "", readOnly = false, dark = false, label = "YAML", onChange, onApply, onCheck } = {}) {
  const help = document.createElement("p");
  help.id = `editor-help-${++mounted}`;
  help.hidden = true;
  help.textContent =
    "Tab leaves the editor. Control or Command with a square bracket indents. " +
    "Control or Command with Enter applies. F8 goes to the next problem. " +
    "Control with Space completes. Control or Command with Shift and a square bracket folds.";
  parent.append(help);

  const theme = new Compartment();
  const lock = new Compartment();
  const locked = (isReadOnly) => [
    EditorState.readOnly.of(isReadOnly),
    EditorView.contentAttributes.of({ "aria-readonly": String(isReadOnly) }),
  ];
  let isReadOnly = readOnly;
  let pause;
  const check = () => {
    clearTimeout(pause);
    pause = setTimeout(() => (completionStatus(view.state) === "active" ? check() : onCheck?.()), PAUSE_MS);
  };
  const extensions = (isDark) => [
    // Before the default keys, which have a Mod-Enter of their own.
    keymap.of([{ key: "Mod-Enter", run: () => (isReadOnly || onApply?.(), true) }]),
    completion,
    keymap.of([...foldKeymap, ...defaultKeymap, ...historyKeymap, ...lintKeymap]),
    history(),
    lineNumbers(),
    lintGutter(),
    codeFolding(),
    foldGutter({ openText: "▾", closedText: "▸" }),
    highlightSpecialChars(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    drawSelection(),
    bracketMatching(),
    indentOnInput(),
    indentUnit.of("  "),
    EditorState.tabSize.of(2),
    lock.of(locked(isReadOnly)),
    EditorState.changeFilter.of((change) => {
      if (change.newDoc.length <= CHARS_MAX || change.newDoc.length < change.startState.doc.length) return true;
      queueMicrotask(() => view.dispatch({ effects: EditorView.announce.of("Too long, nothing was changed") }));
      return false;
    }),
    yaml(),
    syntaxHighlighting(syntax),
    highlightedLines,
    look,
    theme.of(EditorView.darkTheme.of(isDark)),
    EditorView.cspNonce.of(document.querySelector('meta[name="style-nonce"]')?.content ?? ""),
    EditorView.contentAttributes.of({
      "aria-label": label,
      "aria-describedby": help.id,
      "aria-readonly": String(readOnly),
      // A scroller must be reachable by keyboard; this is what scrolls.
      tabindex: "0",
      spellcheck: "false",
      autocapitalize: "off",
      autocorrect: "off",
    }),
    EditorView.domEventHandlers({
      // Left to itself, a browser that replaces coloured text keeps the colour, in a style attribute that the policy forbids.
      beforeinput(event, view) {
        const isPlain = event.inputType === "insertText" && event.data && !event.isComposing && !view.composing;
        if (!isPlain || isReadOnly || view.state.selection.ranges.every((range) => range.empty)) return false;
        view.dispatch(view.state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
        event.preventDefault();
        return true;
      },
    }),
    EditorView.updateListener.of((update) => {
      if (!update.docChanged || update.transactions.some((it) => it.annotation(byPage))) return;
      onChange?.(update.state.doc.toString());
      check();
    }),
  ];
  const state = (text, isDark) =>
    EditorState.create({ doc: text.slice(0, CHARS_MAX), extensions: extensions(isDark) });
  const view = new EditorView({ parent, state: state(doc, dark) });
  const pane = parent.closest(".page__editor");
  const takeSplitterAway = pane ? splitter(pane) : () => {};

  return {
    get: () => view.state.doc.toString(),
    set: (text) => {
      clearTimeout(pause);
      view.setState(state(text, view.state.facet(EditorView.darkTheme)));
    },
    replace: (text) => {
      const change = difference(view.state.doc.toString(), text);
      if (!change) return;
      const anchor = change.from + change.insert.length;
      const scroll = EditorView.scrollIntoView(change.from, { y: "center" });
      view.dispatch({ changes: change, selection: { anchor }, effects: scroll, annotations: byPage.of(true), userEvent: "replace" });
    },
    setReadOnly: (to) => {
      isReadOnly = to;
      view.dispatch({ effects: lock.reconfigure(locked(to)) });
    },
    setDiagnostics: (problems) =>
      view.dispatch(setDiagnostics(view.state, problems.map((problem) => diagnostic(view.state.doc, problem)))),
    highlight: (ranges) => {
      view.dispatch({ effects: setHighlight.of(ranges) });
      if (ranges.length > 0) bringIntoView(view, ranges);
    },
    reveal: (line) => {
      const { from } = lineAt(view.state.doc, line);
      view.dispatch({ effects: EditorView.scrollIntoView(from, { y: "center" }) });
    },
    setDark: (isDark) => view.dispatch({ effects: theme.reconfigure(EditorView.darkTheme.of(isDark)) }),
    focus: () => view.focus(),
    destroy: () => {
      clearTimeout(pause);
      takeSplitterAway();
      view.destroy();
      help.remove();
    },
  };
}

/** The one part in which two texts differ, as a change. */
function difference(from, to) {
  if (from === to) return null;
  const most = Math.min(from.length, to.length);
  let head = 0;
  while (head < most && from[head] === to[head]) head++;
  let tail = 0;
  while (tail < most - head && from.at(-1 - tail) === to.at(-1 - tail)) tail++;
  return { from: head, to: from.length - tail, insert: to.slice(head, to.length - tail) };
}

/** Scrolls the editor, and nothing around it, if none of the lines can be seen. The focus stays where it is. */
function bringIntoView(view, ranges) {
  const { scrollDOM, state } = view;
  const [top, bottom] = [scrollDOM.scrollTop, scrollDOM.scrollTop + scrollDOM.clientHeight];
  const blocks = ranges.map(([first]) => view.lineBlockAt(lineAt(state.doc, first).from));
  if (blocks.every((block) => block.top < top || block.bottom > bottom)) {
    scrollDOM.scrollTop = blocks[0].top - scrollDOM.clientHeight / 3;
  }
}

/** What CodeMirror wants of `{line, column, endColumn?, severity, message}`. */
function diagnostic(doc, { line: number, column = 1, endColumn, severity = "error", message }) {
  const line = lineAt(doc, number);
  const from = line.from + offsetOf(line.text, column);
  const rest = doc.sliceString(from, line.to);
  // Without an end: the word or the quoted text that begins there, or one character, so that there is something to see.
  const length = /^(?:"[^"]*"|'[^']*'|[\w./-]+)/.exec(rest)?.[0].length ?? Math.min(1, rest.length);
  const to = endColumn === undefined ? from + length : Math.max(from, line.from + offsetOf(line.text, endColumn));
  return { from, to, severity, message };
}

/** The line with this number, or the nearest: a diagnostic may come late, for a longer text. */
function lineAt(doc, number) {
  return doc.line(Math.min(Math.max(1, Math.trunc(number) || 1), doc.lines));
}

/** JavaScript counts UTF-16 units, parsers count characters. */
function offsetOf(text, column) {
  let offset = 0;
  for (let passed = 1; passed < column && offset < text.length; passed++) {
    offset += text.codePointAt(offset) > 0xffff ? 2 : 1;
  }
  return offset;
}

const setHighlight = StateEffect.define();

/** Whole lines that the page points at, as `[fromLine, toLine]` pairs; they move along with edits. */
const highlightedLines = StateField.define({
  create: () => Decoration.none,
  update(lines, transaction) {
    lines = lines.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (effect.is(setHighlight)) lines = Decoration.set(lineMarks(transaction.state.doc, effect.value), true);
    }
    return lines;
  },
  provide: (field) => EditorView.decorations.from(field),
});

function lineMarks(doc, ranges) {
  const mark = Decoration.line({ class: "cm-pointedLine" });
  const numbers = new Set();
  for (const [from, to] of ranges) {
    for (let line = Math.max(1, from); line <= Math.min(to, doc.lines); line++) numbers.add(line);
  }
  return [...numbers].map((number) => mark.range(doc.line(number).from));
}

const syntax = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--editor-key, light-dark(#0b5394, #8ab8ff))" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--editor-string, light-dark(#2a6a2a, #9bd18b))" },
  { tag: [tags.content, tags.attributeValue], color: "var(--editor-value, currentColor)" },
  { tag: tags.comment, color: "var(--editor-comment, light-dark(#5f6b7a, #95a1b0))", fontStyle: "italic" },
  { tag: [tags.labelName, tags.typeName, tags.keyword], color: "var(--editor-anchor, light-dark(#7a3e9d, #d0a5ee))" },
  { tag: [tags.meta, tags.separator, tags.punctuation], color: "var(--editor-punctuation, light-dark(#5f6b7a, #95a1b0))" },
]);

const look = EditorView.theme({
  "&": {
    height: "100%",
    color: "var(--editor-fg, CanvasText)",
    backgroundColor: "var(--editor-bg, Canvas)",
    fontSize: "var(--editor-font-size, 0.875rem)",
  },
  // Over everything, or the gutters and the active line would cover parts of it.
  "&.cm-focused": { outline: "none" },
  "&.cm-focused::after": {
    content: '""',
    position: "absolute",
    inset: "0",
    border: "2px solid var(--editor-focus, Highlight)",
    pointerEvents: "none",
    zIndex: "300",
  },
  ".cm-scroller": { fontFamily: "var(--editor-font, ui-monospace, monospace)", lineHeight: "1.5" },
  ".cm-content": { caretColor: "var(--editor-caret, CanvasText)" },
  ".cm-cursor": { borderLeftColor: "var(--editor-caret, CanvasText)", borderLeftWidth: "2px" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    background: "var(--editor-selection, light-dark(#b9d4fb, #2f4a73))",
  },
  ".cm-gutters": {
    color: "var(--editor-gutter-fg, light-dark(#5f6b7a, #95a1b0))",
    backgroundColor: "var(--editor-gutter-bg, var(--editor-bg, Canvas))",
    borderRight: "1px solid var(--editor-line, light-dark(#dde2e8, #2b323c))",
  },
  ".cm-activeLine, .cm-activeLineGutter": {
    backgroundColor: "var(--editor-active-line, light-dark(#0000000a, #ffffff0d))",
  },
  ".cm-pointedLine": {
    backgroundColor: "var(--editor-pointed-line, light-dark(#fff3c4, #4a3f14))",
    boxShadow: "inset 3px 0 0 var(--editor-pointed-edge, light-dark(#b7860b, #e0b437))",
  },
  // Not by colour alone.
  ".cm-pointedLine::after": { content: '"  ◂"', color: "var(--editor-pointed-edge, light-dark(#b7860b, #e0b437))" },
  "&.cm-focused .cm-matchingBracket": {
    backgroundColor: "transparent",
    outline: "1px solid var(--editor-bracket, light-dark(#5f6b7a, #95a1b0))",
  },
  ".cm-tooltip, .cm-panels": {
    color: "var(--editor-tooltip-fg, var(--editor-fg, CanvasText))",
    backgroundColor: "var(--editor-tooltip-bg, var(--editor-bg, Canvas))",
    border: "1px solid var(--editor-line, light-dark(#c5ccd6, #3a434f))",
  },
  ".cm-foldGutter .cm-gutterElement": { width: "1.1em", textAlign: "center", cursor: "pointer" },
  ".cm-foldPlaceholder": {
    color: "inherit",
    backgroundColor: "var(--editor-active-line, light-dark(#0000000a, #ffffff0d))",
    border: "1px solid var(--editor-line, light-dark(#c5ccd6, #3a434f))",
  },
  ".cm-tooltip": { maxWidth: "min(36rem, 92vw)", fontSize: "0.8125rem", borderRadius: "6px", boxShadow: "0 6px 20px #0003" },
  ".cm-tooltip-autocomplete.cm-choices > ul": { fontFamily: "var(--editor-font, ui-monospace, monospace)", maxHeight: "15rem" },
  ".cm-tooltip-autocomplete.cm-choices > ul > li": { padding: "3px 8px", lineHeight: "1.45" },
  ".cm-tooltip-autocomplete.cm-choices > ul > li[aria-selected]": {
    color: "var(--editor-tooltip-fg, var(--editor-fg, CanvasText))",
    backgroundColor: "var(--editor-selection, light-dark(#b9d4fb, #2f4a73))",
  },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-completionDetail": { fontStyle: "normal", color: "var(--editor-gutter-fg, light-dark(#5f6b7a, #95a1b0))" },
  ".cm-tooltip.cm-completionInfo": { padding: "0", width: "min(22rem, 80vw)" },
  ".cm-about": { padding: "6px 10px", lineHeight: "1.45", whiteSpace: "normal", overflowWrap: "anywhere" },
  ".cm-aboutName": { fontFamily: "var(--editor-font, ui-monospace, monospace)", fontWeight: "600" },
  ".cm-diagnostic": { maxWidth: "60ch", whiteSpace: "pre-wrap" },
});

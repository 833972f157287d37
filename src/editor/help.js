// Completion and the words that come when the pointer rests on a key.

import { acceptCompletion, autocompletion, completionKeymap, startCompletion } from "@codemirror/autocomplete";
import { hoverTooltip, keymap, tooltips } from "@codemirror/view";
import { choices, fieldAt, typeWords } from "./fields.js";

const lines = (doc) => (number) => (number >= 1 && number <= doc.lines ? doc.line(number).text : null);

function element(tag, name, text) {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}

function about({ label, name = label, type, words, values }) {
  const box = element("div", "cm-about", "");
  box.append(element("p", "cm-aboutName", `${name}: ${typeWords(type)}`));
  if (words) box.append(element("p", "", words));
  if (values.length > 0) box.append(element("p", "", `One of: ${values.join(", ")}`));
  return box;
}

function source({ state, pos, explicit }) {
  const line = state.doc.lineAt(pos);
  const before = line.text.slice(0, pos - line.from);
  // Nothing comes by itself inside of a word, or on a line that goes on.
  if (state.readOnly || /\S/.test(line.text.slice(pos - line.from))) return null;
  const found = choices(lines(state.doc), line.number, before);
  if (!found) return null;
  const from = line.from + (found.typed === undefined ? found.from : before.length - found.typed.length);
  if (!explicit && from === pos && !/: +$|- +$/.test(before)) return null;
  const options = found.options.map((option) => ({
    label: option.label,
    detail: option.type && typeWords(option.type),
    boost: option.rank * 10,
    info: option.type ? () => about(option) : undefined,
    apply: (view, _, from, to) => {
      const anchor = from + option.insert.length;
      view.dispatch({ changes: { from, to, insert: option.insert }, selection: { anchor }, userEvent: "input.complete", scrollIntoView: true });
      // What comes next may have a choice, too.
      if (option.type) startCompletion(view);
    },
  }));
  return { from, options, validFor: /^[\w./-]*$/ };
}

const hover = hoverTooltip((view, pos) => {
  const line = view.state.doc.lineAt(pos);
  const field = fieldAt(lines(view.state.doc), line.number);
  const from = line.from + (field?.column ?? 0);
  if (!field || pos < from || pos > from + field.name.length) return null;
  return { pos: from, end: from + field.name.length, above: true, create: () => ({ dom: about(field) }) };
});

export const help = [
  autocompletion({
    override: [source],
    icons: false,
    defaultKeymap: false,
    // Enter means the choice as soon as there is one.
    interactionDelay: 0,
    maxRenderedOptions: 60,
    tooltipClass: () => "cm-choices",
  }),
  keymap.of([...completionKeymap, { key: "Tab", run: acceptCompletion }]),
  // Outside of the panes, which would cut them.
  tooltips({ parent: document.body, position: "fixed" }),
  hover,
];

// Where in a manifest a place is, and which fields Kubernetes has there.
//
// By indentation alone, line by line: the text may be half-typed. Flow style ({a: b}) is left alone.

import types from "schema";

const KINDS = { DaemonSet: "apps/v1", Pod: "v1", Node: "v1", Namespace: "v1", ConfigMap: "v1", PriorityClass: "scheduling.k8s.io/v1" };
const METADATA = { apiVersion: ["string", ""], kind: ["string", ""], metadata: ["ObjectMeta", ""] };
const RESOURCES = {
  cpu: ["quantity", "In cores: 100m is a tenth of one."],
  memory: ["quantity", "In bytes: 64Mi, 1Gi."],
  "ephemeral-storage": ["quantity", "Disk for logs, images and emptyDir, in bytes."],
};
/** Only the server writes these. */
const SERVERS = /^(status|uid|resourceVersion|generation|creationTimestamp|deletionTimestamp|deletionGracePeriodSeconds|managedFields|selfLink)$/;

/** A line's parts: where its last dash and its key stand, and the key; `null` for a blank line or a comment. */
function parts(text) {
  const [, indent, dashes, rest] = /^( *)((?:- +|-$)*)(.*)$/.exec(text);
  if ((!rest && !dashes) || rest.startsWith("#")) return null;
  const [, key] = /^["']?([\w./-]+)["']?:(?: |$)/.exec(rest) ?? [];
  const dash = dashes ? indent.length + dashes.trimEnd().length - 1 : -1;
  return { dash, column: indent.length + dashes.length, start: indent.length, key, rest };
}

/**
 * What surrounds a key that stands (or would stand) at a column of a line: the keys that lead to it, and those beside it.
 *
 * `lineAt(n)` gives a line's text from 1; `null` behind either end.
 */
export function around(lineAt, number, column, dash = -1) {
  const path = [];
  let siblings = new Set();
  const collect = (part, at, bound) => part && part.column === at && part.dash <= bound && part.key && siblings.add(part.key);
  // Below, as far as the same mapping goes.
  for (let n = number + 1; ; n++) {
    const text = lineAt(n);
    if (text === null || text.startsWith("---")) break;
    const part = parts(text);
    if (!part) continue;
    if (part.column < column || part.dash >= 0 && part.dash < column) break;
    collect(part, column, -1);
  }
  let [at, item, isOwn] = [column, dash, true];
  let inList = dash >= 0;
  for (let n = number - 1; n >= 1; n--) {
    const text = lineAt(n);
    if (text.startsWith("---")) break;
    const part = parts(text);
    if (!part) continue;
    if (item < 0) {
      if (part.column === at) {
        if (isOwn && part.key) siblings.add(part.key);
        // The first line of the item that this is in.
        if (part.dash >= 0) [item, inList] = [part.dash, inList || isOwn];
        continue;
      }
      if (part.column > at) continue;
    }
    // Behind a dash: its list's key stands at the dash or left of it, without one.
    const limit = item >= 0 ? item + 1 : at;
    if (part.column >= limit || !part.key) continue;
    path.unshift(part.key);
    [at, item, isOwn] = [part.column, part.dash, false];
    if (at === 0 && item < 0) break;
  }
  return { path, siblings, inList };
}

function kindOf(lineAt, number) {
  let first = number;
  while (first > 1 && !lineAt(first).startsWith("---")) first--;
  for (let n = first; ; n++) {
    const text = lineAt(n);
    if (text === null || (n > first && text.startsWith("---"))) return "";
    const [, kind] = /^kind: *["']?(\w+)/.exec(text) ?? [];
    if (kind) return kind;
  }
}

const bare = (type) => type.replace(/^(\[\]|map:)+/, "");

/** The type at the end of a path: of the document for an empty one; `undefined` where anything may stand. */
function typeAt(kind, path) {
  let type = kind;
  for (const key of path) {
    if (type.startsWith("map:")) {
      type = type.slice(4);
      continue;
    }
    const field = fieldsOf(type.replace(/^\[\]/, ""))?.[key];
    if (!field) return undefined;
    type = field[0];
  }
  return type;
}

function fieldsOf(type) {
  if (types[type]) return types[type];
  return type in KINDS || type === "" ? METADATA : undefined;
}

/** The field that a line's key names, with the path to it. */
export function fieldAt(lineAt, number) {
  const part = parts(lineAt(number));
  if (!part?.key) return null;
  const { path } = around(lineAt, number, part.column, part.dash);
  const type = typeAt(kindOf(lineAt, number), path);
  const field = type !== undefined && !type.startsWith("map:") ? fieldsOf(type.replace(/^\[\]/, ""))?.[part.key] : undefined;
  return field && { name: part.key, path, column: part.column, type: field[0], words: field[1] ?? "", values: field.slice(2) };
}

/** What can be written at the end of `before`, which is the line up to the cursor; `null` for nothing. */
export function choices(lineAt, number, before) {
  const value = /^( *(?:- +)*)([\w./-]+): +(["']?)([\w./-]*)$/.exec(before);
  if (value) return values(lineAt, number, value);
  const [all, lead, typed] = /^( *(?:- +)*)([\w./-]*)$/.exec(before) ?? [];
  if (all === undefined) return null;
  const indent = /^ */.exec(lead)[0].length;
  const dash = lead.length > indent ? lead.trimEnd().length - 1 : -1;
  const kind = kindOf(lineAt, number);
  const { path, siblings, inList } = around(lineAt, number, lead.length, dash);
  const type = typeAt(kind, path);
  const known = type !== undefined && !type.startsWith("map:") ? fieldsOf(type.replace(/^\[\]/, "")) : undefined;
  const fields = type === "map:quantity" ? RESOURCES : known;
  if (!fields) return null;
  // The first field of a list's item brings its dash along.
  const needsDash = type.startsWith("[]") && !inList;
  const options = Object.entries(fields)
    .filter(([name]) => !siblings.has(name))
    .map(([name, [type, words, ...values]]) => ({
      label: name,
      type,
      words: words ?? "",
      values,
      rank: SERVERS.test(name) ? -1 : words ? 1 : 0,
      insert: (needsDash ? "- " : "") + name + opening(type, lead.length + (needsDash ? 2 : 0)),
    }));
  return { from: before.length - typed.length, options };
}

function values(lineAt, number, [, lead, name, quote, typed]) {
  const indent = /^ */.exec(lead)[0].length;
  const dash = lead.length > indent ? lead.trimEnd().length - 1 : -1;
  const { path } = around(lineAt, number, lead.length, dash);
  const kind = kindOf(lineAt, number);
  const known = path.length === 0 && { kind: Object.keys(KINDS), apiVersion: [KINDS[kind]].filter(Boolean) }[name];
  const field = fieldAt((n) => (n === number ? `${lead}${name}:` : lineAt(n)), number);
  const found = known || (field?.type === "bool" ? ["true", "false"] : (field?.values ?? []));
  if (found.length === 0 || quote) return null;
  const isText = field?.type === "string";
  const write = (value) => (isText && /^(true|false)$/i.test(value) ? `"${value}"` : value);
  const options = found.map((label, index) => ({ label, type: "", words: "", values: [], rank: -index, insert: write(label) }));
  return { typed, options };
}

/** What follows a key of this type. */
function opening(type, column) {
  const inner = "\n" + " ".repeat(column);
  if (type.startsWith("[]")) return `:${inner}- `;
  if (type.startsWith("map:") || types[bare(type)]) return `:${inner}  `;
  return ": ";
}

/** A type in words. */
export function typeWords(type) {
  if (type.startsWith("[]")) return `list of ${typeWords(type.slice(2))}`;
  if (type.startsWith("map:")) return `map to ${typeWords(type.slice(4))}`;
  return { intstr: "number or percentage", int32: "number", int64: "number", bool: "true or false", raw: "anything" }[type] ?? type;
}

// Reads and edits a WebAssembly file by its sections: its imports, its functions and their sizes.
// No more of the format than that: https://webassembly.github.io/spec/core/binary/

const CUSTOM = 0;
const IMPORT = 2;
const CODE = 10;
const HEADER_BYTES = 8;
const [FUNCTION, TABLE, MEMORY, GLOBAL] = [0, 1, 2, 3];
const FUNCTION_NAMES = 1;
/** No locals; unreachable; end. */
const TRAP = Buffer.from([0x00, 0x00, 0x0b]);

/** The number at `at` (LEB128, unsigned), and where it ends. */
function number(bytes, at) {
  let [value, shift] = [0, 0];
  for (;;) {
    const byte = bytes[at++];
    value += (byte & 0x7f) * 2 ** shift;
    shift += 7;
    if (byte < 0x80) return [value, at];
  }
}

function written(value) {
  const bytes = [];
  do {
    bytes.push((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
    value >>>= 7;
  } while (value);
  return Buffer.from(bytes);
}

function text(bytes, at) {
  const [length, start] = number(bytes, at);
  return [bytes.toString("utf8", start, start + length), start + length];
}

/** Each section: its id, where it begins with its id, and where its content begins and ends. */
function sections(bytes) {
  const found = [];
  for (let at = HEADER_BYTES; at < bytes.length; ) {
    const [size, start] = number(bytes, at + 1);
    const name = bytes[at] === CUSTOM ? text(bytes, start)[0] : "";
    found.push({ id: bytes[at], name, begin: at, start, end: start + size });
    at = start + size;
  }
  return found;
}

/** Each import: its name, and where it begins and ends; and the name within it. */
function imports(bytes) {
  const section = sections(bytes).find(({ id }) => id === IMPORT);
  if (!section) return [];
  const found = [];
  let [count, at] = number(bytes, section.start);
  const skipLimits = () => {
    const hasMaximum = bytes[at++] & 1;
    [, at] = number(bytes, at);
    if (hasMaximum) [, at] = number(bytes, at);
  };
  for (; count > 0; count--) {
    const begin = at;
    [, at] = text(bytes, at);
    const nameBegin = at;
    let name;
    [name, at] = text(bytes, at);
    const nameEnd = at;
    const kind = bytes[at++];
    if (kind === FUNCTION) [, at] = number(bytes, at);
    else if (kind === TABLE) at++, skipLimits();
    else if (kind === MEMORY) skipLimits();
    else if (kind === GLOBAL) at += 2;
    else throw new Error(`an import of kind ${kind} is unknown here`);
    found.push({ name, kind, begin, nameBegin, nameEnd, end: at });
  }
  return found;
}

/** The names of all imports. */
export const importNames = (bytes) => imports(bytes).map(({ name }) => name);

/** The same module with other names for its imports. */
export function withImportNames(bytes, rename) {
  const all = imports(bytes);
  const parts = [written(all.length)];
  for (const { name, begin, nameBegin, nameEnd, end } of all) {
    const fresh = Buffer.from(rename(name));
    parts.push(bytes.subarray(begin, nameBegin), written(fresh.length), fresh, bytes.subarray(nameEnd, end));
  }
  return replaced(bytes, ({ id }) => id === IMPORT, Buffer.concat(parts));
}

function functionNames(bytes) {
  const names = new Map();
  const section = sections(bytes).find(({ name }) => name === "name");
  if (!section) return names;
  let [, at] = text(bytes, section.start);
  while (at < section.end) {
    const kind = bytes[at];
    const [size, start] = number(bytes, at + 1);
    if (kind === FUNCTION_NAMES) {
      let [count, next] = number(bytes, start);
      for (; count > 0; count--) {
        let index, name;
        [index, next] = number(bytes, next);
        [name, next] = text(bytes, next);
        names.set(index, name);
      }
    }
    at = start + size;
  }
  return names;
}

/** Every function that is in the file: its name if it has one, and where its size, its body and what follows begin. */
export function functions(bytes) {
  const names = functionNames(bytes);
  // Imported functions come first in the numbering.
  let index = imports(bytes).filter(({ kind }) => kind === FUNCTION).length;
  const code = sections(bytes).find(({ id }) => id === CODE);
  let [count, at] = number(bytes, code.start);
  const found = [];
  for (; count > 0; count--, index++) {
    const [size, start] = number(bytes, at);
    found.push({ name: names.get(index) ?? `function ${index}`, begin: at, start, end: start + size, size });
    at = start + size;
  }
  return found;
}

/** The same module, but the functions for which `isTrap(name)` holds do nothing but trap. */
export function withTraps(bytes, isTrap) {
  const all = functions(bytes);
  const bodies = [written(all.length)];
  for (const { name, begin, end } of all) {
    bodies.push(isTrap(name) ? Buffer.concat([written(TRAP.length), TRAP]) : bytes.subarray(begin, end));
  }
  return replaced(bytes, ({ id }) => id === CODE, Buffer.concat(bodies));
}

/** The same module without the names of its functions and what else only debuggers read. */
export function withoutNames(bytes) {
  return replaced(bytes, ({ id, name }) => id === CUSTOM && ["name", "producers", "target_features"].includes(name));
}

/** With other content in those sections, or without them. */
function replaced(bytes, isIt, content) {
  const parts = [bytes.subarray(0, HEADER_BYTES)];
  for (const section of sections(bytes)) {
    if (!isIt(section)) parts.push(bytes.subarray(section.begin, section.end));
    else if (content) parts.push(Buffer.from([section.id]), written(content.length), content);
  }
  return Buffer.concat(parts);
}

/** How many bytes each section has. */
export function sectionSizes(bytes) {
  return sections(bytes).map(({ id, name, begin, end }) => ({ id, name, size: end - begin }));
}

// Takes screenshots of the page: node tests/browser/shots.mjs FOLDER [STATES.mjs]
//
// STATES.mjs exports by default a list of {name, hash?, prepare?(page), sizes?, themes?, reducedMotion?, fullPage?};
// without it, states.mjs beside this file. Each state gives a picture per size and theme: FOLDER/name-size-theme.png.
// Problems that the page had on the way are printed, and make this fail in the end.

import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { closeAll, open } from "./harness.mjs";

const [folder, list] = process.argv.slice(2);
if (!folder) {
  console.error("usage: node tests/browser/shots.mjs FOLDER [STATES.mjs]");
  process.exit(2);
}
const { default: states } = await import(list ? pathToFileURL(resolve(list)).href : "./states.mjs");
await mkdir(folder, { recursive: true });

let failed = 0;
for (const state of states) {
  for (const size of state.sizes ?? ["desktop", "laptop", "phone"]) {
    for (const theme of state.themes ?? ["light", "dark"]) {
      const { page, problems, close } = await open({ ...state, size, theme });
      try {
        await state.prepare?.(page);
        await page.evaluate(() => document.fonts.ready);
        const path = join(folder, `${state.name}-${size}-${theme}.png`);
        await page.screenshot({ path, fullPage: state.fullPage ?? false });
        console.log(path);
      } catch (error) {
        problems.push(String(error));
      }
      for (const problem of problems) console.error(`${state.name} ${size} ${theme}: ${problem}`);
      failed += problems.length;
      await close();
    }
  }
}
await closeAll();
process.exit(failed === 0 ? 0 : 1);

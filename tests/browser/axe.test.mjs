// axe-core over all states of the page, light and dark, wide and narrow; and no text is smaller than 12 px.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { pageTest } from "./harness.mjs";
import states from "./states.mjs";

const source = await readFile(new URL("../../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");

const OPTIONS = {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  // axe has it among its experiments.
  rules: { "label-content-name-mismatch": { enabled: true } },
  resultTypes: ["violations"],
};

/** What axe has against the page, as `rule: element: why`. */
async function violations(page) {
  await page.evaluate(source);
  const found = await page.evaluate((options) => window.axe.run(document, options), OPTIONS);
  return found.violations.flatMap((rule) =>
    rule.nodes.map((node) => `${rule.id}: ${node.target.join(" ")}: ${node.failureSummary.replace(/\s+/g, " ")}`),
  );
}

/** Texts that are drawn smaller than 12 px, with their size. */
function smallTexts(page) {
  return page.evaluate(() => {
    const found = new Set();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const element = walker.currentNode.parentElement;
      if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
      // What is in an SVG is as large as its picture is scaled.
      const scale = element instanceof SVGGraphicsElement ? (element.getScreenCTM()?.a ?? 1) : 1;
      const size = parseFloat(getComputedStyle(element).fontSize) * scale;
      if (size < 11.95) found.add(`${size.toFixed(1)} px: ${element.closest("[class]")?.getAttribute("class")}: ${element.textContent.slice(0, 30)}`);
    }
    return [...found];
  });
}

for (const state of states) {
  for (const size of ["desktop", "phone"]) {
    for (const theme of ["light", "dark"]) {
      const options = { query: state.query, hash: state.hash, size, theme, reducedMotion: true };
      pageTest(`axe: ${state.name}, ${size}, ${theme}`, options, async (page) => {
        await state.prepare?.(page);
        assert.deepEqual(await violations(page), []);
        if (theme === "light") assert.deepEqual(await smallTexts(page), []);
      });
    }
  }
}

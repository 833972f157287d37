// The first five minutes, to look at: node tests/browser/shots.mjs FOLDER tests/browser/first-states.mjs
import { apply, openScenario, section, settle } from "./steps.mjs";

const sizes = ["desktop", "laptop", "phone"];

async function running(page) {
  await apply(page);
  await settle(page);
  await section(page, "Cluster");
}

export default [
  { name: "welcome", sizes },
  { name: "strip", sizes, prepare: running },
  { name: "scenarios", sizes, async prepare(page) { await page.locator("#scenarios").click(); await page.getByRole("dialog").waitFor(); } },
  {
    name: "story",
    sizes,
    hash: "#scenario=no-floor",
    async prepare(page) {
      await page.locator(".story__more summary").first().click();
    },
  },
  {
    name: "show",
    sizes: ["laptop", "phone"],
    hash: "#scenario=immutable-selector",
    async prepare(page) {
      await page.locator("#story-play").click();
      await page.locator(".story__caption", { hasText: "2 of 2" }).waitFor({ timeout: 40_000 });
      await page.locator("#play").click();
    },
  },
  {
    name: "past",
    sizes,
    async prepare(page) {
      await running(page);
      await page.locator("#add-node").click();
      await settle(page);
      await page.locator("#scrubber").fill("3000");
      await page.locator(".past").waitFor();
    },
  },
  {
    name: "import",
    sizes: ["laptop", "phone"],
    async prepare(page) {
      await section(page, "Cluster");
      await page.getByRole("button", { name: "Add nodes of another kind" }).click();
      await page.getByRole("menuitem", { name: /^Import nodes/ }).click();
      await page.locator("#import-text").fill("kind: Pod");
      await page.getByRole("button", { name: "Import", exact: true }).click();
      await page.locator("#import-error").waitFor();
    },
  },
  { name: "open-menu", sizes: ["laptop"], async prepare(page) { await running(page); await page.getByRole("button", { name: "Open a preset or an object" }).click(); } },
];

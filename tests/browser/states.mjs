// The states of the page that `cargo xtask shots FOLDER` photographs, and that axe.test.mjs looks at.
// Each has a name, and, where it isn't just the first visit, an address or steps that lead to it.
import { apply, editNode, replaceText, section, settle, tab, type } from "./steps.mjs";

async function running(page) {
  await apply(page);
  await settle(page);
  await section(page, "Cluster");
}

/** The seed with another image and strategy; half-way through its rollout, time is paused. */
async function rollingOut(page, strategy) {
  await running(page);
  await type(page, "cluster add-node worker --count 3");
  await page.locator(".node-card").nth(5).waitFor();
  await page.keyboard.press("Escape");
  await settle(page);
  const change = strategy ? `\n  updateStrategy:\n    rollingUpdate: ${strategy}` : "";
  await replaceText(page, "my-image:latest", "my-image:2");
  if (strategy) await replaceText(page, "\nspec:", `\nspec:${change}`);
  await apply(page);
  await section(page, "Cluster");
  await page.locator("#speed").selectOption("10×");
  await page.locator('.node-card .revision:text("r2")').nth(1).waitFor();
  await page.locator('.node-card .pod-tile[data-tone="busy"]').first().waitFor();
  await page.locator("#play").click();
}

/** The panel on the right about whatever was clicked in the middle. */
async function why(page, what) {
  await section(page, "Cluster");
  await page.locator(what).first().click();
  await tab(page, "Why");
  await page.locator(".causes li").first().waitFor();
}

export default [
  { name: "first-visit" },
  { name: "running", prepare: running },
  { name: "rolling-update", prepare: (page) => rollingOut(page) },
  { name: "surge-rollout", prepare: (page) => rollingOut(page, "{maxSurge: 1, maxUnavailable: 0}") },
  {
    name: "stuck-rollout",
    hash: "#scenario=stuck-behind-a-not-ready-node",
    async prepare(page) {
      await section(page, "Details");
      await tab(page, "Status");
      await page.locator(".rollout").waitFor();
    },
  },
  {
    name: "why-taint",
    async prepare(page) {
      await running(page);
      await editNode(page, "node-2");
      await page.locator("#add-taint-node-2").fill("dedicated=db:NoExecute");
      await page.locator("#add-taint-node-2").press("Enter");
      await page.getByRole("button", { name: "Done" }).click();
      await settle(page);
      await why(page, "#node-node-2 .node-card__select");
      await page.locator(".check").first().waitFor();
    },
  },
  {
    name: "why-pod",
    async prepare(page) {
      await running(page);
      await why(page, ".node-card .pod-tile");
    },
  },
  {
    name: "yaml-error",
    async prepare(page) {
      await section(page, "Editor");
      await replaceText(page, "kind: DaemonSet", "kind: DaemonSet\nreplicas: 3");
      await replaceText(page, "image: my-image:latest", "imagee: my-image:latest");
      await apply(page);
      await page.locator(".problem").first().waitFor();
    },
  },
  {
    name: "console",
    async prepare(page) {
      await running(page);
      await page.locator("#edit-node-1").waitFor();
      await type(page, "kubectl get pods -o wide");
      await page.locator(".console__record").getByText("NOMINATED NODE").waitFor();
      await type(page, "kubectl get pods -w");
      await type(page, "kubectl get ds");
      await page.locator('.console__entry[data-kind="queued"]').waitFor();
    },
  },
  {
    name: "compare",
    async prepare(page) {
      await running(page);
      await section(page, "Details");
      await tab(page, "Status");
      await page.locator("#compare-open").click();
      await page.locator("#compare-run").click();
      await page.locator(".compare__table").first().waitFor();
      await page.locator("#compare-run").waitFor();
    },
  },
  {
    name: "controller",
    async prepare(page) {
      await running(page);
      await section(page, "Details");
      await tab(page, "Controller");
      await page.locator(".eye__stage").first().waitFor();
    },
  },
  {
    name: "past",
    async prepare(page) {
      await running(page);
      await page.locator("#add-node").click();
      await settle(page);
      await page.locator("#node-node-4").waitFor();
      await page.locator("#scrubber").fill("6000");
      await page.locator("#node-node-4").waitFor({ state: "detached" });
    },
  },
  {
    name: "scenario",
    hash: "#scenario=pending-on-a-full-node",
    async prepare(page) {
      await section(page, "Cluster");
      await page.locator(".story").waitFor();
    },
  },
  {
    name: "fleet",
    async prepare(page) {
      await running(page);
      await type(page, "cluster add-node worker --count 297");
      await page.locator(".fleet canvas").waitFor();
      await page.keyboard.press("Escape");
      await settle(page);
      await page.locator("[data-pace='Settled']").first().waitFor();
    },
  },
  {
    name: "embed",
    query: "?embed",
    async prepare(page) {
      await page.locator("#demo-next").click();
      await settle(page);
      await page.locator('.node-card .pod-tile[data-state="Ready"]').nth(2).waitFor();
    },
  },
];

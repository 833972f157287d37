// The states that `cargo xtask shots FOLDER` photographs.
// Each has a name, and, where it isn't just the first visit, a fragment or steps that lead to it.
import { apply, replaceText, section, settle } from "./steps.mjs";

export default [
  { name: "first-visit" },
  {
    name: "running",
    async prepare(page) {
      await apply(page);
      await settle(page);
      await section(page, "Cluster");
    },
  },
  {
    name: "rolling-update",
    async prepare(page) {
      await apply(page);
      await settle(page);
      await section(page, "Cluster");
      for (let n = 0; n < 3; n++) await page.locator("#add-node").click();
      await settle(page);
      await replaceText(page, "my-image:latest", "my-image:2");
      await apply(page);
      await section(page, "Cluster");
      await page.locator("#speed").selectOption("10×");
      await page.locator('.node-card .revision:text("r2")').nth(1).waitFor();
      await page.locator('.node-card .pod-tile[data-tone="busy"]').first().waitFor();
      await page.locator("#play").click();
    },
  },
  {
    name: "why-taint",
    async prepare(page) {
      await apply(page);
      await settle(page);
      await section(page, "Cluster");
      await page.locator("#edit-node-2").click();
      await page.locator("#add-taint-node-2").fill("dedicated=db:NoExecute");
      await page.locator("#add-taint-node-2").press("Enter");
      await page.getByRole("button", { name: "Done" }).click();
      await settle(page);
      await section(page, "Cluster");
      await page.locator(".node-card__select", { hasText: "node-2" }).click();
      await page.locator(".check").first().waitFor();
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
];

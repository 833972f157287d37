// The console: a whole session typed, by keyboard alone; and what clicks say in it.

import assert from "node:assert/strict";
import { pageTest } from "./harness.mjs";
import { apply, currentText, settle, waitForCards } from "./steps.mjs";

const SEED = `apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: my-daemonset
spec:
  selector:
    matchLabels: {app: my-app}
  template:
    metadata:
      labels: {app: my-app}
    spec:
      containers:
      - name: my-container
        image: my-image:1
`;

async function type(page, line) {
  await page.locator("#console-input").fill(line);
  await page.keyboard.press("Enter");
}

function printed(page) {
  return page.locator(".console__record").innerText();
}

async function waitForText(page, text) {
  await page.locator(".console__record").getByText(text).last().waitFor();
}

pageTest("a whole session, typed", async (page) => {
  await page.locator("#speed").selectOption("10×");
  await page.locator("body").press("`");
  await page.locator("#console-input:focus").waitFor();
  // Both at once, as pasted: the watch must see the pods come.
  await type(page, `kubectl apply -f - <<EOF\n${SEED}EOF\nkubectl get pods -w`);
  await waitForText(page, "daemonset.apps/my-daemonset created");
  await waitForText(page, /ContainerCreating/);
  await waitForText(page, /1\/1 +Running/);
  await page.keyboard.press("Control+c");
  await waitForText(page, "^C");
  await type(page, "kubectl rollout status ds/my-daemonset");
  await waitForText(page, "successfully rolled out");
  await type(page, "kubectl set image ds/my-daemonset my-container=my-image:2");
  await type(page, "kubectl rollout status ds/my-daemonset");
  await waitForText(page, /1 out of 3 new pods have been updated/);
  await page.locator(".console__waiting").waitFor({ state: "detached" });
  await waitForCards(page, ["node-1: Ready r2", "node-2: Ready r2", "node-3: Ready r2"]);
  await type(page, "kubectl rollout undo ds/my-daemonset");
  await waitForText(page, "daemonset.apps/my-daemonset rolled back");
  await type(page, "kubectl drain node-1 --ignore-daemonsets");
  await waitForText(page, "node/node-1 drained");
  await type(page, "kubectl scale ds my-daemonset --replicas=3");
  await waitForText(page, /the server could not find the requested resource/);
  await page.keyboard.press("Escape");
  await page.locator("#console:focus").waitFor();
  assert.equal(await page.locator(".console").count(), 0);
});

pageTest("words are completed, lines come back, an empty line lets Tab go on", async (page) => {
  await page.locator("#console").click();
  const input = page.locator("#console-input");
  await input.fill("kubectl cord");
  await page.keyboard.press("Tab");
  assert.equal(await input.inputValue(), "kubectl cordon ");
  await page.keyboard.type("n");
  await page.keyboard.press("Tab");
  assert.equal(await input.inputValue(), "kubectl cordon node-");
  assert.deepEqual(await page.locator(".console__choices li").allInnerTexts(), ["node-1", "node-2", "node-3"]);
  await page.keyboard.type("2");
  await page.keyboard.press("Enter");
  await waitForText(page, "node/node-2 cordoned");
  await page.keyboard.press("ArrowUp");
  assert.equal(await input.inputValue(), "kubectl cordon node-2");
  await input.fill("");
  await page.keyboard.press("Tab");
  await page.getByRole("button", { name: "Run" }).and(page.locator(":focus")).waitFor();
});

pageTest("clicks are told as kubectl commands, and the record can be copied", async (page) => {
  await apply(page);
  await settle(page);
  await page.locator("#add-node").click();
  await page.locator("#console").click();
  const text = await printed(page);
  assert.match(text, /\$ kubectl apply -f -/);
  assert.match(text, /# add a Worker node/);
  await page.getByRole("button", { name: "Copy", exact: true }).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(copied, /^\$ kubectl apply -f -\ndaemonset\.apps\/my-daemonset created\n/);
});

pageTest("kubectl edit opens the editor, and saving it edits", async (page) => {
  await apply(page);
  await settle(page);
  await page.locator("#console").click();
  await type(page, "kubectl edit ds my-daemonset");
  await page.locator(".tabs__tab", { hasText: "my-daemonset" }).last().waitFor();
  await page.locator('.yaml[data-editor="rich"]').waitFor();
  const text = await currentText(page);
  assert.match(text, /^# Please edit the object below/);
  await page.keyboard.insertText(text.replace("my-image:latest", "my-image:2"));
  await page.locator("#apply").click();
  await page.locator(".result", { hasText: "daemonset.apps/my-daemonset edited" }).waitFor();
});

pageTest("nonsense is answered and nothing breaks", { size: "phone" }, async (page) => {
  await page.locator("#console").click();
  for (const line of ["sl", "kubectl frobnicate", "kubectl get 'x", "kubectl get pods --bogus", "k apply -f - <<"]) {
    await type(page, line);
    await page.keyboard.press("Control+c");
  }
  const text = await printed(page);
  assert.match(text, /"sl" isn't a command here/);
  assert.match(text, /error: unknown command "frobnicate" for "kubectl"/);
  assert.match(text, /error: unknown flag: --bogus/);
});

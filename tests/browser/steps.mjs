// What a person does on the page, for tests and pictures.

/** The YAML editor, once it is there. */
export async function editor(page) {
  await section(page, "Editor");
  await page.locator('.yaml[data-editor="rich"]').waitFor();
  return page.getByRole("textbox", { name: "Manifest" });
}

/** On narrow screens, goes to a part of the page (Editor, Cluster or Details); elsewhere all are there. */
export async function section(page, name) {
  const tab = page.locator(".sections").getByRole("button", { name, exact: true });
  if (await tab.isVisible()) await tab.click();
}

/** Shows a tab of the right side: Why, Status, Events or Controller. */
export async function tab(page, name) {
  await section(page, "Details");
  await page.getByRole("tab", { name, exact: true }).click();
  await page.getByRole("tabpanel", { name, exact: true }).waitFor();
}

/** Types a line into the console, which opens for it. */
export async function type(page, line) {
  const input = page.locator("#console-input");
  if (!(await input.isVisible())) await page.locator("#console").click();
  await input.fill(line);
  await input.press("Enter");
}

export async function apply(page) {
  await section(page, "Editor");
  await page.locator("#apply").click();
  // On narrow screens the cluster comes to the front then.
  await page.locator(".result").waitFor({ state: "attached" });
}

/** Opens the menu of presets and objects, and takes one: `Add …` adds it to what is here. */
export async function openPreset(page, name) {
  await section(page, "Editor");
  await page.getByRole("button", { name: "Open a preset or an object" }).click();
  await page.getByRole("menuitem", { name }).click();
}

/** Opens a scenario from the list behind the header's button. */
export async function openScenario(page, name) {
  await page.locator("#scenarios").click();
  await page.getByRole("dialog", { name: "Scenarios" }).getByRole("button", { name }).click();
}

/** Opens the form for a node's labels and taints; it takes the focus a moment later. */
export async function editNode(page, name) {
  await page.locator(`#edit-${name}`).click();
  await page.locator(`#add-label-${name}:focus`).waitFor();
}

/** Lets the cluster come to rest at once. */
export async function settle(page) {
  await page.locator("#settle").click();
}

/** The manifest with one text in the place of another, typed in as by pasting over all of it. */
export async function replaceText(page, from, to) {
  const box = await editor(page);
  const text = await currentText(page);
  if (!text.includes(from)) throw new Error(`${from} isn't in the manifest:\n${text}`);
  await box.focus();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText(text.replace(from, to));
}

/** What the editor holds, line by line as it is drawn; long texts need all of it drawn, so scroll-free ones only. */
export async function currentText(page) {
  const box = await editor(page);
  await box.focus();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.press("ControlOrMeta+c");
  return page.evaluate(() => navigator.clipboard.readText());
}

/** Node cards with their pods' states, as `node-1: Ready r1`. */
export function cards(page) {
  return page.locator(".node-card").evaluateAll((all) =>
    all.map((card) => {
      const pods = [...card.querySelectorAll(".pod-tile")].map(
        (tile) => `${tile.dataset.state} ${tile.querySelector(".revision")?.textContent ?? ""}`,
      );
      return `${card.id.replace("node-", "")}: ${pods.join(", ")}`.trim();
    }),
  );
}

/** Waits until the cards are as listed. */
export async function waitForCards(page, wanted) {
  const deadline = Date.now() + 15_000;
  let found;
  while (Date.now() < deadline) {
    found = await cards(page);
    if (JSON.stringify(found) === JSON.stringify(wanted)) return;
    await page.waitForTimeout(50);
  }
  throw new Error(`wanted ${JSON.stringify(wanted)}, found ${JSON.stringify(found)}`);
}

// The page starts, is quiet, and keeps its promises about what it loads and allows.

import assert from "node:assert/strict";
import { pageTest } from "./harness.mjs";

pageTest("the page starts", async (page) => {
  assert.equal(await page.title(), "DaemonSet playground");
  await page.getByRole("main").waitFor();
});

pageTest("the page starts on a phone in the dark", { size: "phone", theme: "dark" }, async (page) => {
  await page.getByRole("main").waitFor();
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(overflow <= 0, `the page is ${overflow} px too wide`);
});

pageTest("the policy forbids inline scripts and eval", async (page) => {
  const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute("content");
  const scripts = policy.split("; ").find((directive) => directive.startsWith("script-src "));
  assert.match(scripts, /^script-src 'self' 'wasm-unsafe-eval' 'sha256-[^' ]+'$/);
  assert.match(policy, /^default-src 'none';/);
  assert.doesNotMatch(policy, /unsafe-inline|'unsafe-eval'|https?:|\*/);
});

pageTest("the policy is enforced", async (page, opened) => {
  const ran = await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.ran = true";
    document.head.append(script);
    return window.ran === true;
  });
  assert.equal(ran, false);
  await page.waitForFunction(() => true);
  // This one report is what we asked for.
  const expected = opened.problems.splice(0).filter((problem) => !/Content Security Policy/.test(problem));
  assert.deepEqual(expected, []);
});

pageTest("every file comes from the page's own folder", async (page, { address, requests }) => {
  assert.ok(requests.length >= 4, requests.join("\n"));
  for (const url of requests) assert.ok(url.startsWith(address) || url.startsWith("data:"), url);
});

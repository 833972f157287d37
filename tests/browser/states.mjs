// The states that `cargo xtask shots FOLDER` photographs.
// Each has a name, and, where it isn't just the first visit, a fragment or steps that lead to it.
export default [
  { name: "first-visit" },
  // { name: "rollout", hash: "#d1:…", async prepare(page) { await page.getByRole("button", { name: "Apply" }).click(); } },
];

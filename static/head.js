// Before the first paint: the theme, and what the page begins with. src/view/static_page.rs and static/css/base.css go with this.
// Only a first visit is shown as it was built; what is clicked in it is remembered, and clicked when the page is there.

const root = document.documentElement;
const read = (storage, key) => {
  try {
    return window[storage].getItem(key);
  } catch {
    return null;
  }
};
const query = new URLSearchParams(location.search);
root.dataset.theme = read("localStorage", "daemonset-playground/theme") ?? "system";
root.dataset.opening =
  query.has("embed") ? "embed"
  : query.has("scenario") || location.hash.startsWith("#scenario=") ? "scenario"
  : location.hash.length > 1 || read("sessionStorage", "daemonset-playground/session") ? "link"
  : "first";
addEventListener("click", (event) => {
  const first = event.target.closest?.("#first");
  if (!first) return;
  event.preventDefault();
  const touched = event.target.closest("button[id], a[id], .node-card[id]");
  first.dataset.touched = touched?.id ?? "";
});

// The line between the editor and the cluster, to be dragged, or moved with the arrow keys.
//
// It sets --editor-width on <html>, which the page's grid reads; view/platform.rs sets it when the page opens.

const KEY = "daemonset-playground/editor-width";
const [MIN, STEP] = [288, 24];

export function splitter(pane) {
  const root = document.documentElement;
  const bar = document.createElement("div");
  const max = () => Math.max(MIN, Math.round(root.clientWidth / 2));
  bar.className = "splitter";
  bar.tabIndex = 0;
  for (const [name, value] of [["role", "separator"], ["aria-label", "Width of the editor"], ["aria-orientation", "vertical"], ["aria-valuemin", MIN]]) {
    bar.setAttribute(name, value);
  }
  const tell = () => {
    bar.setAttribute("aria-valuemax", max());
    bar.setAttribute("aria-valuenow", Math.round(pane.getBoundingClientRect().width));
  };
  const set = (width) => {
    const fits = Math.min(max(), Math.max(MIN, Math.round(width)));
    root.style.setProperty("--editor-width", `${fits}px`);
    tell();
    // Full or forbidden: then it holds until the page is left.
    try {
      localStorage.setItem(KEY, fits);
    } catch {}
  };
  const reset = () => {
    root.style.removeProperty("--editor-width");
    try {
      localStorage.removeItem(KEY);
    } catch {}
    tell();
  };
  bar.addEventListener("keydown", (event) => {
    const width = pane.getBoundingClientRect().width;
    const to = { ArrowLeft: width - STEP, ArrowRight: width + STEP, Home: MIN, End: max() }[event.key];
    if (event.key === "Enter") reset();
    else if (to === undefined) return;
    else set(to);
    event.preventDefault();
  });
  bar.addEventListener("dblclick", reset);
  bar.addEventListener("pointerdown", (event) => {
    bar.setPointerCapture(event.pointerId);
    event.preventDefault();
    bar.focus();
  });
  bar.addEventListener("pointermove", (event) => {
    if (bar.hasPointerCapture(event.pointerId)) set(event.clientX - pane.getBoundingClientRect().left);
  });
  const watch = new ResizeObserver(tell);
  watch.observe(pane);
  tell();
  pane.append(bar);
  return () => {
    watch.disconnect();
    bar.remove();
  };
}

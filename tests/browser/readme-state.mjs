// The picture in README.md: node tests/browser/shots.mjs tests/browser/picture tests/browser/readme-state.mjs
import states from "./states.mjs";

const { prepare } = states.find((state) => state.name === "rolling-update");
export default [{ name: "playground", prepare, sizes: ["desktop"], themes: ["light"] }];

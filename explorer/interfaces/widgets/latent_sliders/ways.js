// Directions besides the dimensions: what each leads from and to, how clear it is, and a slider to try it.

import { el } from "../shared/dom.js";
import { percent } from "./code.js";

/**
 * As the server gives it.
 * @typedef {{ key: string, kind: string, title: string, low: string, high: string, words: string, step_d: number[],
 *   read_d: number[], at_mean: number, dimension: number, alignment: number, strength: number, by_chance: number,
 *   times: number, right: number }} Way
 */

const NO_MORE = 2; // times what random groups give

/**
 * The slider of a direction.
 * @param {Way} way
 * @returns {import("./code.js").Dimension}
 */
export function sliderOf(way) {
  const { key, title, low, high, words, step_d, read_d, at_mean } = way;
  const proposed = way.kind === "attribute" ? `${title} by looks`.slice(0, 60) : "";
  return {
    number: 0,
    key,
    name: nameOf(way),
    proposed,
    low,
    high,
    words,
    step_d,
    read_d,
    at_mean,
    end: 0,
    drawn: true,
  };
}

/** @param {Way} way */
const nameOf = ({ kind, title, low, high }) => (kind === "attribute" ? `${title}: ${low} → ${high}` : title);

/**
 * How clear a direction is, in plain words.
 * @param {Way} way
 */
export function clearness({ kind, strength, times, right }) {
  if (kind === "attribute" && times < NO_MORE) return "no clearer than random groups: this model hardly shows it";
  const by = times >= 10 ? Math.round(times) : times.toFixed(1);
  if (kind === "attribute")
    return `${Math.min(99, Math.floor(100 * right))} of 100 unseen products on the right side; ${by} times what random groups give`;
  return `${percent(strength)} of all differences between codes; ${by} times an average direction`;
}

/**
 * @param {Way[]} ways
 * @param {(way: Way) => void} attempt gives it a slider
 * @param {(number: number) => void} open the card of a dimension
 */
export function wayList(ways, attempt, open) {
  if (!ways.length) return el("p", { class: "quiet", textContent: "There are too few products to find directions." });
  const heads = ["Direction", "Most like", "How clear it is", ""].map((textContent) =>
    el("th", { scope: "col", textContent }),
  );
  const lines = ways.map((way) => {
    const { dimension, alignment } = way;
    const alike = el("button", { class: "link", textContent: `dimension ${dimension}` });
    alike.onclick = () => open(dimension);
    const turned = alignment < 0 ? ", the other way round" : "";
    const attempted = el("button", { textContent: "Try", title: "A slider for it, above" });
    attempted.setAttribute("aria-label", `Try ${nameOf(way)}`);
    attempted.onclick = () => attempt(way);
    return el(
      "tr",
      {},
      el("th", { scope: "row", textContent: nameOf(way), title: way.words }),
      el("td", {}, ...(dimension ? [alike, ` (${percent(Math.abs(alignment))}${turned})`] : ["none"])),
      el("td", { textContent: clearness(way) }),
      el("td", {}, attempted),
    );
  });
  const table = el("table", { class: "ways" }, el("thead", {}, el("tr", {}, ...heads)), el("tbody", {}, ...lines));
  const words =
    "Directions of attributes lead from the middle of some products to that of others; the widest are those in which codes differ most. “Most like” says how much of the way the dimension goes along it: 100 % is the same. Try one, then give it a name.";
  return el("div", {}, el("p", { class: "quiet", textContent: words }), el("div", { class: "wide" }, table));
}

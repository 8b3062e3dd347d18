// The card of a dimension: pictures and real products along it, how products are spread, what it tells, who does alike.

import { el } from "../shared/dom.js";
import { pictureAddress } from "../shared/products.js";
import { errorText, getJson, query } from "../shared/requests.js";
import { codeText, percent, signed } from "./code.js";

/** Where a product stands among all, from the lowest on. @type {Record<number, string>} */
const PLACES = { 1: "lowest 1 %", 25: "lower quarter", 50: "middle", 75: "upper quarter", 99: "highest 1 %" };
const WIDE = 280;
const HIGH = 46;

/**
 * What the card may ask for.
 * @typedef {object} Asked
 * @property {(number: number) => void} card another dimension's
 * @property {(productId: string) => void} start from a product
 */

/**
 * Fills a card; what is wrong stands in it.
 * @param {HTMLElement} room
 * @param {number} number of the dimension
 * @param {{ model: string, count: number }} data
 * @param {number[]} z the code at hand
 * @param {Asked} asked
 */
export async function fillCard(room, number, { model, count }, z, asked) {
  const card = /** @type {HTMLElement} */ (room.firstElementChild);
  try {
    const found = await getJson(`/api/dimension?${query({ model, number, z: codeText(z, 3) })}`);
    card.replaceChildren(...parts(found, model, count, asked));
  } catch (error) {
    card.replaceChildren(el("div", { class: "wrong", role: "alert", textContent: errorText(error) }));
  }
  card.removeAttribute("aria-busy");
}

/**
 * Empty, with room for what comes.
 * @param {number} number
 */
export function emptyCard(number) {
  const words = el("div", {
    class: "quiet",
    textContent: "Looking along it; the first card of a model takes seconds…",
  });
  const card = el("section", { class: "about", "aria-label": `Card of dimension ${number}`, tabIndex: -1 }, words);
  card.setAttribute("aria-busy", "true");
  return card;
}

/**
 * @param {any} found
 * @param {string} model
 * @param {number} count of all products
 * @param {Asked} asked
 */
function parts(found, model, count, asked) {
  const { number, from, to } = found;
  const strip = el("img", {
    class: "strip",
    src: `/api/strip?${query({ model, from, to })}`,
    alt: `Seven pictures: this one along dimension ${number}, from far left to far right`,
  });
  return [
    el("div", { class: "quiet", textContent: weighed(found) }),
    strip,
    el("div", { class: "sub", textContent: "Real products along it, otherwise like this picture" }),
    el("div", { class: "along" }, ...found.products.map((/** @type {any} */ each) => product(each, asked))),
    el("div", { class: "sub", textContent: `Where all ${count.toLocaleString("en")} products stand` }),
    histogram(found, count),
    el("div", { textContent: told(found.tells) }),
    alike(found.alike, asked),
  ];
}

/** @param {{ carries: number | null, changes: number | null }} found */
function weighed({ carries, changes }) {
  const said = [
    carries === null ? "" : `Carries ${percent(carries)} of what this model knows of a picture`,
    changes === null ? "" : `makes ${percent(changes)} of all that dimensions change`,
  ].filter(Boolean);
  const text = said.join("; ") || "How much it carries is not measured for this model";
  return `${text[0].toUpperCase()}${text.slice(1)}.`;
}

/**
 * @param {any} each
 * @param {Asked} asked
 */
function product(each, asked) {
  const words = PLACES[each.percentile] ?? "";
  const picture = el("img", { src: pictureAddress(each, 160), alt: `${each.name}, ${words}`, draggable: false });
  const button = el(
    "button",
    { class: "plain", title: `${each.name}: start from it` },
    picture,
    el("span", { class: "quiet", textContent: words }),
  );
  button.onclick = () => asked.start(each.product_id);
  return button;
}

/** @param {[string, number][]} tells */
function told(tells) {
  if (!tells.length) return "No attribute of the catalogue goes with it.";
  const said = tells.map(([title, share]) => `${title} ${percent(share)}`);
  return `How much of the difference along it goes with an attribute: ${said.join(", ")}.`;
}

/**
 * @param {[number, number][]} alike
 * @param {Asked} asked
 */
function alike(alike, asked) {
  if (!alike.length) return el("div", { class: "quiet", textContent: "No other dimension changes the same places." });
  const links = alike.flatMap(([number, share], i) => {
    const link = el("button", { class: "link", textContent: `dimension ${number}` });
    link.onclick = () => asked.card(number);
    return [i ? ", " : "", link, ` (${percent(share)} alike)`];
  });
  return el("div", {}, "Changes the same places of the picture as ", ...links, ".");
}

/**
 * @param {{ number: number, bins: number[], reach: [number, number], middleHalf: [number, number], now: number }} found
 * @param {number} count
 */
function histogram({ number, bins, reach: [low, high], middleHalf, now }, count) {
  const most = Math.max(1, ...bins);
  const wide = WIDE / bins.length;
  const bars = bins.map((many, i) => {
    const tall = many ? Math.max(1, (HIGH * many) / most) : 0;
    return part("rect", { x: i * wide + 0.5, y: HIGH - tall, width: wide - 1, height: tall, class: "bar" });
  });
  const at = WIDE * Math.min(1, Math.max(0, (now - low) / (high - low)));
  const half = `half of them between ${signed(middleHalf[0])} and ${signed(middleHalf[1])}`;
  const label = `How ${count.toLocaleString("en")} products are spread along dimension ${number}: ${half}; this picture stands at ${signed(now)}.`;
  const drawn = part("svg", {
    viewBox: `0 0 ${WIDE} ${HIGH}`,
    preserveAspectRatio: "none",
    class: "spread",
    role: "img",
    "aria-label": label,
  });
  drawn.append(...bars, part("line", { x1: at, x2: at, y1: 0, y2: HIGH, class: "here" }));
  const words = `${half[0].toUpperCase()}${half.slice(1)}; the line is where this picture stands.`;
  return el("div", {}, drawn, el("div", { class: "quiet", textContent: words }));
}

/**
 * A part of an SVG.
 * @param {string} tag
 * @param {Record<string, string | number>} said
 */
function part(tag, said) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(said)) made.setAttribute(key, String(value));
  return made;
}

// The one product card, and how distances are said.

import { el } from "./dom.js";

/**
 * As the server gives it.
 * @typedef {object} Product
 * @property {number} row
 * @property {string} product_id
 * @property {string} name
 * @property {string} sha256 of the picture
 * @property {Record<string, string | number | boolean | (string | number | null)[]>} attributes
 * @property {Record<string, string>} [words] attributes that are no text, as people write them
 * @property {number | null} [distance] in latent space
 * @property {number | null} [typical] the same over the typical distance
 * @property {string} [near] words in place of the distance
 * @property {string | string[]} [why]
 * @property {number} [copies] other products with the same picture
 */

/**
 * @param {{ sha256: string }} item
 * @param {number} px
 */
export const pictureAddress = (item, px) => `/api/picture/${item.sha256}?px=${px}`;

/**
 * "brand: Asics · price: 120": one grey line.
 * @param {Product} item
 */
export function attributeLine(item) {
  return Object.keys(item.attributes)
    .slice(0, 4)
    .map((key) => `${key.replaceAll("_", " ")} ${valueWords(item, key)}`)
    .join(" · ");
}

/**
 * An attribute's value as people write it; "" where it is not given.
 * @param {Product} item
 * @param {string} key
 */
export const valueWords = (item, key) => {
  const from = [item.words ?? {}, item.attributes].find((each) => Object.hasOwn(each, key)); // not "constructor"
  return String(from?.[key] ?? "");
};

export const SAME = 0.03; // below this share of the typical distance no one sees a difference

/**
 * "1.3 × typical" with what that means on hover, or the words that the item brings for it.
 * @param {Product} item
 */
export function distanceLine(item) {
  if (item.near) return el("div", { class: "distance", textContent: item.near });
  if (item.distance === null || item.distance === undefined) return null;
  if ((item.typical ?? item.distance) < SAME)
    return el("div", { class: "distance", textContent: "the product itself" });
  const text = typeof item.typical !== "number" ? item.distance.toFixed(2) : `${item.typical.toFixed(1)} × typical`;
  const title = "Distance in latent space, over the distance from a typical product to its nearest other one.";
  return el("div", { class: "distance", textContent: text, title });
}

/**
 * "99 copies", "1 copy"; "" where there are none.
 * @param {Product} item
 */
export const copiesWords = ({ copies }) =>
  copies ? `${copies.toLocaleString("en")} ${copies === 1 ? "copy" : "copies"}` : "";

/** @param {Product} item */
function copiesLine(item) {
  const title = "Other products with the same picture";
  return item.copies ? el("div", { class: "copies", textContent: `+ ${copiesWords(item)}`, title }) : null;
}

/**
 * The one product card: picture on white, name, a grey line, the distance if there is one.
 * @param {Product} item
 */
export function productCard(item, px = 72) {
  return el(
    "div",
    { class: `card px${px}`, title: item.product_id },
    el("img", { src: pictureAddress(item, px), alt: item.name, width: px, height: px, draggable: false }),
    el(
      "div",
      { class: "words" },
      el("div", { class: "name", textContent: item.name }),
      el("div", { class: "line", textContent: attributeLine(item) }),
      distanceLine(item),
      copiesLine(item),
    ),
  );
}

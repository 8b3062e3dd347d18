// One product of a gallery: a tile with what can be done, or a small picture alone.

import { el, part } from "../shared/dom.js";
import { attributeLine, copiesWords, pictureAddress, productCard } from "../shared/products.js";

/** @typedef {import("../shared/products.js").Product} Product */
/** @typedef {{ name: string, label: string, short: string }} Action the first is also what a click on the picture does;
 * a tile that stands for copies does "copies" too */

/**
 * @param {Product} item
 * @param {Action[]} actions
 * @param {(name: string) => void} act
 */
export function tileOf(item, actions, act) {
  const [first] = actions;
  const card = productCard(item, 160);
  const picture = /** @type {HTMLImageElement} */ (part(card, "img"));
  picture.loading = "lazy";
  if (first) {
    picture.title = first.label;
    picture.onclick = () => act(first.name);
  }
  part(card, ".line").title = attributeLine(item);
  const why = [item.why ?? []].flat();
  const badge = part(card, ".words").querySelector(".copies");
  const words = copiesWords(item);
  const label = {
    textContent: `+ ${words}`,
    title: "See all with this picture",
    "aria-label": `${words} of ${item.name}`,
  };
  badge?.replaceWith(el("button", { ...label, class: "copies", onclick: () => act("copies") }));
  const lines = why.map((line) => el("div", { textContent: line, title: line }));
  if (lines.length) part(card, ".words").append(el("div", { class: "why" }, ...lines));
  return el("li", { class: "tile", "aria-label": item.name }, card, buttonsOf(item, actions, act));
}

/** @param {Product} item */
export function thumbOf(item) {
  const size = { width: 70, height: 70, loading: "lazy", draggable: false };
  const picture = el("img", { src: pictureAddress(item, 72), alt: item.name, ...size });
  return el("button", { class: "thumb", title: item.name, "aria-pressed": "false" }, picture);
}

/**
 * @param {Product} item
 * @param {Action[]} actions
 * @param {(name: string) => void} act
 */
export function buttonsOf(item, actions, act) {
  const made = actions.map(({ name, label, short }) => {
    const words = { textContent: short || label, title: label, "aria-label": `${label}: ${item.name}` };
    return el("button", { ...words, onclick: () => act(name) });
  });
  return el("div", { class: "acts" }, ...made);
}

// Buttons: small drawings of 20 px in the colour of the text, and what is switched on.

import { el } from "../../shared/dom.js";

/** @type {Record<string, string>} */
const ICONS = {
  pan: "M10 2v16M2 10h16M10 2 7.5 4.5M10 2l2.5 2.5M10 18l-2.5-2.5M10 18l2.5-2.5M2 10l2.5-2.5M2 10l2.5 2.5M18 10l-2.5-2.5M18 10l-2.5 2.5",
  lasso:
    "M10 3c4.6 0 8 2 8 4.8S14.600 12.600 10 12.600 2 10.600 2 7.800 5.400 3 10 3M5.500 12c-1.800 1-1.600 3.200.3 3.200s2.400 1.600.7 2.800",
  box: "M3 6V3h3M9 3h2M14 3h3v3M17 9v2M17 14v3h-3M11 17H9M6 17H3v-3M3 11V9",
  pictures: "M3 4h14v12H3zM3 13l4-4 4 4 2.500-2.500L17 14M12.500 8a1 1 0 1 0 .01 0",
  clusters:
    "M6 3.500c2 0 3.500 1.500 3.500 3.300S8 10 6 10 2.500 8.600 2.500 6.800 4 3.500 6 3.500M14 9.500c2 0 3.500 1.600 3.500 3.600s-1.500 3.400-3.500 3.400-3.500-1.400-3.500-3.400 1.500-3.600 3.500-3.600M12.500 4.500h5",
  table: "M3 4h14v12H3zM3 8h14M3 12h14M8 4v12",
};

/**
 * An element of a drawing.
 * @param {string} tag
 * @param {Record<string, string>} attributes
 * @param {...Element} children
 */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/**
 * A button with a drawing or a word; its title says what it does, and the key.
 * @param {string} face
 * @param {string} label
 * @param {() => void} onclick
 */
export function toolButton(face, label, onclick) {
  const drawn = ICONS[face]
    ? svg("svg", { viewBox: "0 0 20 20", class: "icon", "aria-hidden": "true" }, svg("path", { d: ICONS[face] }))
    : face;
  return el("button", { title: label, "aria-label": label, onclick, type: "button" }, drawn);
}

/**
 * Whether something is on: as it was last left in this window. Where nothing may be kept, it is.
 * @param {string} name
 */
export function remembered(name) {
  try {
    return sessionStorage.getItem(`looks-like ${name}`) !== "off";
  } catch {
    return true;
  }
}

/**
 * @param {string} name
 * @param {boolean} on
 */
export function remember(name, on) {
  try {
    sessionStorage.setItem(`looks-like ${name}`, on ? "on" : "off");
  } catch {
    // a browser that keeps nothing
  }
}

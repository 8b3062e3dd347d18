// Buttons that lead to a step: the products that a path comes to, beside what is drawn of them, and the filmstrip's.

import { el } from "../shared/dom.js";
import { pictureAddress } from "../shared/products.js";
import { drawnWords } from "./words.js";

const PX = 56;

/**
 * A button for each anchor, which leads to its step.
 * @param {any[]} anchors
 * @param {(canvas: HTMLCanvasElement, at: number) => void} draw
 * @param {(at: number) => void} scrub
 */
export function endCards(anchors, draw, scrub) {
  return anchors.map((anchor, i) => {
    const canvas = el("canvas", { width: 2 * PX, height: 2 * PX });
    draw(canvas, anchor.step);
    const real = anchor.sha256 ? el("img", { src: pictureAddress(anchor, 72), alt: "", draggable: false }) : null;
    const said = drawnWords(anchor.apart);
    const title =
      typeof anchor.apart === "number"
        ? `What is drawn is ${anchor.apart.toFixed(1)} times as far from the product as two like products are from each other.`
        : "A point between products: nothing real stands for it.";
    const letter = String.fromCharCode(65 + i);
    return el(
      "button",
      {
        class: "end",
        title,
        "aria-label": `${letter}, ${anchor.title}, ${said}: go to its step`,
        onclick: () => scrub(anchor.step),
      },
      real,
      canvas,
      el(
        "span",
        { class: "words" },
        el("span", { class: "name", textContent: anchor.title }),
        el("span", { class: "quiet", textContent: said || "no product of its own" }),
      ),
    );
  });
}

/**
 * One of the filmstrip: the decoded step above its product.
 * @param {any} step
 * @param {number} at
 * @param {(canvas: HTMLCanvasElement, at: number) => void} draw
 * @param {(at: number) => void} scrub
 */
export function stripTile(step, at, draw, scrub) {
  const canvas = el("canvas", { width: 128, height: 128 });
  draw(canvas, at);
  const real = el("img", { src: pictureAddress(step, 160), alt: "", draggable: false });
  const words = `Step ${at + 1}: nearest ${step.name}`;
  const tile = el("button", { title: words, "aria-label": words, onclick: () => scrub(at) }, canvas, real);
  tile.dataset.at = String(at);
  return tile;
}

// How smooth a path is, in step with the film: how much each step changes, and how far it is from what is real.

import { el } from "../shared/dom.js";

const SVG = "http://www.w3.org/2000/svg";
const [WIDE, HIGH, HALF] = [1000, 84, 40];
const GAP_MOST = 3; // typical distances, at the top of the chart

export class Chart {
  /** @param {(at: number) => void} scrub */
  constructor(scrub) {
    this.count = 1;
    this.svg = svg("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, preserveAspectRatio: "none", role: "img" });
    this.now = svg("line", { class: "now", y1: 0, y2: HIGH });
    this.root = el(
      "div",
      { class: "chart" },
      el(
        "div",
        { class: "names" },
        key("bar", "Change at each step", "How much the picture differs from the step before. Even bars are smooth."),
        key("gap", "Distance from what is real", "From what is drawn to the product most like it."),
        key("odd", "Jump, or like no real product", "More than three times the usual change; or further from any."),
      ),
      this.svg,
    );
    this.svg.addEventListener("click", (/** @type {MouseEvent} */ event) => {
      const box = this.svg.getBoundingClientRect();
      const at = Math.floor(((event.clientX - box.left) / box.width) * this.count);
      scrub(Math.max(0, Math.min(this.count - 1, at)));
    });
  }

  /**
   * @param {any[]} steps
   * @param {string} words what it shows, for who can't see it
   */
  draw(steps, words) {
    this.count = steps.length;
    this.svg.setAttribute("aria-label", words);
    const wide = WIDE / steps.length;
    const most = Math.max(...steps.map((step) => step.change), 1e-9);
    const bars = steps.map((step, i) => {
      const high = Math.max(1, (step.change / most) * HALF);
      const at = { x: i * wide + wide * 0.15, width: wide * 0.7, y: HIGH - high, height: high };
      return svg("rect", { class: step.cliff ? "bar odd" : "bar", ...at });
    });
    const y = (/** @type {any} */ step) =>
      HALF - (Math.min(step.reality_gap ?? GAP_MOST, GAP_MOST) / GAP_MOST) * (HALF - 4);
    const way = steps.map((step, i) => `${(i + 0.5) * wide},${y(step).toFixed(1)}`).join(" ");
    const odd = steps.flatMap((step, i) =>
      step.far ? [svg("rect", { class: "odd", x: i * wide, y: y(step) - 3, width: wide, height: 6 })] : [],
    );
    this.svg.replaceChildren(...bars, svg("polyline", { class: "gap", points: way }), ...odd, this.now);
  }

  /** @param {number} at */
  show(at) {
    const x = ((at + 0.5) * WIDE) / this.count;
    this.now.setAttribute("x1", String(x));
    this.now.setAttribute("x2", String(x));
  }
}

/**
 * @param {string} kind
 * @param {string} text
 * @param {string} title
 */
const key = (kind, text, title) => el("span", { class: `key ${kind}`, textContent: text, title });

/**
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 * @returns {any}
 */
function svg(tag, attributes) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return made;
}

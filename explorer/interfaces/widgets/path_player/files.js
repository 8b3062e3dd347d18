// The files of a path: how they are to look, and a link to each.

import { el } from "../shared/dom.js";
import { query } from "../shared/requests.js";

const KINDS = [
  ["gif", "GIF", "Animated picture, plays everywhere"],
  ["webp", "WebP", "Animated picture, a fifth of the size"],
  ["mp4", "MP4", "Video"],
  ["png", "Sheet", "All steps in one picture"],
  ["zip", "Frames", "Each frame as a PNG, in a ZIP"],
  ["csv", "CSV", "Each step, its product, what was measured, its code"],
  ["json", "JSON", "The same for programs"],
];
const SIZES = { 256: "256 px", 512: "512 px", 768: "768 px", 1024: "1,024 px" };
const SECONDS = { 0: "As it plays here", 3: "3 seconds", 6: "6 seconds", 10: "10 seconds", 15: "15 seconds" };
const RATES = { 10: "10 a second", 20: "20 a second", 30: "30 a second" };
const USUAL = { shape: "pair", size: "256", seconds: "0", fps: "20", real: "1", names: "1", fade: "0", dark: "0" };

export class Files {
  constructor() {
    /** @type {Record<string, string>} what differs from the usual is said in the links */
    this.style = { ...USUAL, watermark: "" };
    this.address = "";
    this.name = "";
    /** @type {Record<string, string>} */
    this.shapes = {};
    this.links = el("div", { class: "files" });
    this.form = el("div", { class: "style" });
    this.root = el(
      "div",
      { class: "foot" },
      this.links,
      el("details", {}, el("summary", { textContent: "Shape, size, captions …" }), this.form),
    );
  }

  /**
   * @param {string} address the path, as a query
   * @param {string} name of the files
   * @param {Record<string, string>} shapes
   */
  offer(address, name, shapes) {
    Object.assign(this, { address, name });
    if (JSON.stringify(shapes) !== JSON.stringify(this.shapes)) {
      this.shapes = shapes;
      this.ask();
    }
    this.link();
  }

  link() {
    const said = Object.entries(this.style).filter(
      ([key, value]) => value !== (USUAL[/** @type {keyof USUAL} */ (key)] ?? ""),
    );
    const asked = said.length ? `&${query(Object.fromEntries(said))}` : "";
    const links = KINDS.map(([kind, words, title]) =>
      el("a", {
        href: `/api/film.${kind}?${this.address}${asked}`,
        download: `${this.name}.${kind}`,
        textContent: words,
        title,
      }),
    );
    this.links.replaceChildren(el("span", { class: "quiet", textContent: "Download" }), ...links);
  }

  ask() {
    const watermark = el("input", {
      type: "text",
      maxLength: 60,
      placeholder: "None",
      "aria-label": "Watermark",
      oninput: (/** @type {any} */ event) => this.choose("watermark", event.target.value),
    });
    this.form.replaceChildren(
      this.menu("Shape", "shape", this.shapes),
      this.menu("Size", "size", SIZES),
      this.menu("Length", "seconds", SECONDS),
      this.menu("Pictures", "fps", RATES),
      el("label", {}, el("span", { textContent: "Watermark" }), watermark),
      el(
        "div",
        { class: "boxes" },
        this.box("Real product", "real", "The nearest real product stands in it too"),
        this.box("Captions", "names", "The step, and the product's name"),
        this.box("Real ends", "fade", "It begins and ends with the real product, which fades into the drawn one"),
        this.box("Dark", "dark", "On dark paper"),
      ),
    );
  }

  /**
   * @param {string} label
   * @param {string} key
   * @param {Record<string, string>} options
   */
  menu(label, key, options) {
    const lines = Object.entries(options).map(([value, textContent]) =>
      el("option", { value, textContent, selected: value === this.style[key] }),
    );
    const onchange = (/** @type {any} */ event) => this.choose(key, event.target.value);
    return el(
      "label",
      {},
      el("span", { textContent: label }),
      el("select", { onchange, "aria-label": label }, ...lines),
    );
  }

  /**
   * @param {string} label
   * @param {string} key
   * @param {string} title
   */
  box(label, key, title) {
    const onchange = (/** @type {any} */ event) => this.choose(key, event.target.checked ? "1" : "0");
    return el("label", { title }, el("input", { type: "checkbox", checked: this.style[key] === "1", onchange }), label);
  }

  /**
   * @param {string} key
   * @param {string} value
   */
  choose(key, value) {
    this.style[key] = value;
    this.link();
  }
}

// The products nearest to the picture: a few beside it, more below it when they are asked for.

import { el } from "../shared/dom.js";
import { productCard } from "../shared/products.js";
import { getJson, query } from "../shared/requests.js";

const FEW = 6;
const MORE = 24;

export class Nearest {
  open = false;

  /** @param {(wish: Record<string, string>) => void} go tells the page where to go: start, similar or map */
  constructor(go) {
    this.go = go;
    this.few = el("div", { class: "near" });
    this.grid = el("div", { class: "grid" });
    this.onMap = el("button", { textContent: "Select them on the map", onclick: () => this.go({ map: this.code }) });
    const close = el("button", { class: "plain", textContent: "Close", onclick: () => this.toggle(false) });
    const head = el("div", { class: "label", textContent: `The ${MORE} products nearest to this picture` });
    const tools = el("div", { class: "tools" }, this.onMap, close);
    this.more = el("section", { class: "more", hidden: true, "aria-label": "Products here" }, head, tools, this.grid);
  }

  code = "";

  /** @param {boolean} open */
  toggle(open) {
    this.open = open;
    this.more.hidden = !open;
    if (open) this.more.scrollIntoView({ block: "nearest", behavior: "smooth" });
  }

  /**
   * @param {string} model
   * @param {string} code
   */
  async look(model, code) {
    const items = await getJson(`/api/nearest?${query({ model, z: code, k: this.open ? MORE : FEW })}`);
    this.code = code;
    this.few.replaceChildren(
      ...items
        .slice(0, FEW)
        .map((/** @type {import("../shared/products.js").Product} */ item) => productCard(item, 72)),
    );
    if (this.open) this.grid.replaceChildren(...items.map((/** @type {any} */ item) => this.one(item)));
  }

  /** @param {import("../shared/products.js").Product} item */
  one(item) {
    const button = (/** @type {string} */ textContent, /** @type {string} */ wish) => {
      const made = el("button", { class: "link", textContent, onclick: () => this.go({ [wish]: item.product_id }) });
      made.setAttribute("aria-label", `${textContent}: ${item.name}`);
      return made;
    };
    return el(
      "div",
      { class: "one" },
      productCard(item, 72),
      el("div", { class: "acts" }, button("Start here", "start"), button("Similar", "similar")),
    );
  }
}

import { el, widgetIn } from "../../shared/dom.js";
import { pictureAddress } from "../../shared/products.js";
import { errorText, getJson, loadedPicture, query } from "../../shared/requests.js";
import { farWords } from "../words.js";

/** @param {import("../../shared/dom.js").Component} component */
export default function mount(component) {
  widgetIn(component.parentElement, Grid).update(component.data);
}

const CELL_PX = 160;

class Grid {
  address = "";
  /** @type {any} */
  found = null;
  /** @type {HTMLImageElement | null} */
  sheet = null;

  /** @param {HTMLElement} parent */
  constructor(parent) {
    this.title = el("h3", {});
    this.decoded = el("div", { class: "cells", role: "grid", "aria-label": "Decoded pictures" });
    this.real = el("div", { class: "cells", role: "grid", "aria-label": "Nearest real products" });
    this.said = el("p", { class: "quiet", textContent: "Point at a picture: what is real and most like it." });
    this.message = el("div", { class: "wrong", role: "status" });
    this.links = el("div", { class: "files" });
    const block = (/** @type {HTMLElement} */ cells, /** @type {string} */ textContent) =>
      el("figure", {}, cells, el("figcaption", { class: "quiet", textContent }));
    this.root = el(
      "div",
      { class: "ll grid" },
      this.title,
      el("div", { class: "blocks" }, block(this.decoded, "Decoded"), block(this.real, "Nearest real products")),
      this.said,
      this.links,
      this.message,
    );
    parent.append(this.root);
  }

  /** @param {any} data */
  async update(data) {
    const address = query(data.request);
    if (address === this.address) return;
    this.address = address;
    this.message.textContent = "";
    this.root.classList.add("loading");
    const link = (/** @type {string} */ words, /** @type {string} */ more) =>
      el("a", { href: `/api/grid.png?${address}&size=128${more}`, download: "grid.png", textContent: words });
    this.links.replaceChildren(
      el("span", { class: "quiet", textContent: "Download" }),
      link("PNG", ""),
      link("PNG of the decoded ones alone", "&real=0"),
    );
    try {
      const [found, sheet] = await Promise.all([
        getJson(`/api/grid?${address}`),
        loadedPicture(`/api/grid/sheet?${address}`),
      ]);
      if (address !== this.address) return;
      Object.assign(this, { found, sheet });
      this.fill();
    } catch (error) {
      this.message.textContent = errorText(error);
    }
    this.root.classList.remove("loading");
  }

  fill() {
    const { cells, columns, title } = this.found;
    this.title.textContent = title;
    for (const [block, picture] of /** @type {[HTMLElement, (i: number) => HTMLElement][]} */ ([
      [this.decoded, (i) => this.drawn(i)],
      [this.real, (i) => el("img", { src: pictureAddress(cells[i], 160), alt: "", draggable: false })],
    ])) {
      block.style.gridTemplateColumns = `repeat(${columns}, minmax(0, 1fr))`;
      const rows = [];
      for (let first = 0; first < cells.length; first += columns) {
        const row = el("div", { role: "row", class: "row" });
        for (let i = first; i < first + columns; i++) row.append(this.cell(i, picture(i)));
        rows.push(row);
      }
      block.replaceChildren(...rows);
    }
  }

  /**
   * @param {number} i
   * @param {HTMLElement} picture
   */
  cell(i, picture) {
    const { cells, columns } = this.found;
    const where = `Row ${Math.floor(i / columns) + 1}, column ${(i % columns) + 1}`;
    const words = `${where}: nearest ${cells[i].name}, ${farWords(cells[i].typical, cells[i].distance)}`;
    const say = () => {
      this.said.textContent = words;
    };
    const cell = el(
      "div",
      { class: "cell", role: "gridcell", tabIndex: 0, title: words, "aria-label": words },
      picture,
    );
    cell.addEventListener("mouseenter", say);
    cell.addEventListener("focus", say);
    return cell;
  }

  /** @param {number} i */
  drawn(i) {
    const { columns, edge } = this.found;
    const canvas = el("canvas", { width: CELL_PX, height: CELL_PX });
    const context = canvas.getContext("2d");
    if (context && this.sheet) {
      context.imageSmoothingQuality = "high";
      const [x, y] = [(i % columns) * edge, Math.floor(i / columns) * edge];
      context.drawImage(this.sheet, x, y, edge, edge, 0, 0, CELL_PX, CELL_PX);
    }
    return canvas;
  }
}

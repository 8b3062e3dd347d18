// The same as a table, for whoever reads rather than looks; and the list of keys.

import { el } from "../../shared/dom.js";
import { valueWords } from "../../shared/products.js";
import { errorText, getJson, query } from "../../shared/requests.js";
import { isIn } from "../selection/masks.js";
import { toolButton } from "./buttons.js";

/** @typedef {import("../latent_map.js").LatentMap} LatentMap */

const TABLE_ROWS = 100; // to a page
const TABLE_ATTRIBUTES = 6;
const KEYS = [
  ["Arrows", "move the map"],
  ["+ and −", "zoom; so do wheel and pinch"],
  ["0 or F", "show the whole map"],
  ["L, B, V", "lasso, box, move"],
  ["Shift, Alt", "with a lasso, a box or a click: add to the selection, take away"],
  ["Z", "zoom to the selection"],
  ["U", "the selection as it was before"],
  ["P", "pictures when near"],
  ["C", "clusters"],
  ["Enter", "open the product nearest to the middle"],
  ["A, B", "set the open product as A or B"],
  ["T", "as a table"],
  [
    "Escape",
    "cancel the line being drawn, close the product, clear the selection, leave the tool: the first of these there is",
  ],
];

/**
 * A dialog over the page: a heading, a way out, and what it is about. Its keys are its own.
 * @param {string} title
 * @param {...((Node | string))} children
 */
function dialogOf(title, ...children) {
  const heading = el("h2", { textContent: title, tabIndex: -1, autofocus: true });
  const dialog = el("dialog", { class: "dialog", "aria-label": title });
  const close = el("button", {
    class: "close plain",
    textContent: "×",
    title: "Close (Escape)",
    "aria-label": "Close",
    onclick: () => dialog.close(),
  });
  dialog.append(heading, close, ...children);
  dialog.onkeydown = (event) => event.stopPropagation();
  return dialog;
}

export function keysDialog() {
  const rows = KEYS.map(([key, does]) =>
    el("tr", {}, el("th", { textContent: key, scope: "row" }), el("td", { textContent: does })),
  );
  return dialogOf("Keys of the map", el("table", { class: "keys" }, el("tbody", {}, ...rows)));
}

export class TwinTable {
  scope = "view";
  page = 0;
  /** @type {number[] | Uint32Array} of the catalogue: all in the scope, and those on this page */
  rows = [];
  /** @type {number[] | Uint32Array} */
  shownRows = [];

  /** @param {LatentMap} map */
  constructor(map) {
    this.map = map;
    this.button = toolButton("table", "As a table (T)", () => this.open());
    this.scopes = { view: this.scopeButton("view", "In view"), selected: this.scopeButton("selected", "Selected") };
    this.count = el("div", { class: "quiet", role: "status", "aria-live": "polite" });
    this.before = el("button", { textContent: "Earlier", type: "button", onclick: () => this.turn(this.page - 1) });
    this.after = el("button", { textContent: "Later", type: "button", onclick: () => this.turn(this.page + 1) });
    this.head = el("thead");
    this.body = el("tbody");
    this.caption = el("caption");
    const bar = el(
      "div",
      { class: "bar" },
      el("div", { class: "row", role: "group", "aria-label": "Which products" }, ...Object.values(this.scopes)),
      this.count,
      el("div", { class: "row" }, this.before, this.after),
    );
    const frame = el(
      "div",
      { class: "frame", tabIndex: 0, role: "region", "aria-label": "Products" },
      el("table", {}, this.caption, this.head, this.body),
    );
    this.dialog = dialogOf("Products of the map", bar, frame);
  }

  /**
   * @param {string} scope
   * @param {string} textContent
   */
  scopeButton(scope, textContent) {
    return el("button", { textContent, type: "button", onclick: () => this.show(scope) });
  }

  open() {
    if (!this.map.xy || this.dialog.open) return;
    this.dialog.showModal();
    this.show(this.map.selecting.selected?.count ? "selected" : "view");
  }

  /** @param {string} scope */
  show(scope) {
    const { map } = this;
    this.scope = scope;
    const selected = map.selecting.selected?.bits;
    this.rows =
      scope === "view"
        ? map.camera.rowsInView()
        : map.camera.rowsOf((/** @type {number} */ row) => selected !== undefined && isIn(selected, row));
    this.scopes.selected.disabled = !selected;
    for (const [name, button] of Object.entries(this.scopes))
      button.setAttribute("aria-pressed", String(name === scope));
    this.turn(0);
  }

  /** @param {number} page */
  async turn(page) {
    const begin = page * TABLE_ROWS;
    const rows = this.rows.slice(begin, begin + TABLE_ROWS);
    this.page = page;
    this.shownRows = rows;
    this.before.disabled = page === 0;
    this.after.disabled = begin + rows.length >= this.rows.length;
    const number = (/** @type {number} */ value) => value.toLocaleString("en");
    this.count.textContent = rows.length
      ? `${number(begin + 1)} to ${number(begin + rows.length)} of ${number(this.rows.length)}`
      : "none";
    this.caption.textContent =
      this.scope === "view"
        ? "The products in view, in the order of the catalogue"
        : "The selected products, in the order of the catalogue";
    try {
      const items = rows.length ? await getJson(`/api/products?${query({ rows: Array.from(rows).join(",") })}`) : [];
      if (rows === this.shownRows) this.fill(items);
    } catch (error) {
      if (rows === this.shownRows) this.count.textContent = `The products did not arrive: ${errorText(error)}`;
    }
  }

  /** @param {import("../../shared/products.js").Product[]} items */
  fill(items) {
    const by = this.map.data.attribute && this.map.data.by;
    const names = [
      ...new Set([
        ...(by ? [by] : []),
        ...items.flatMap((/** @type {import("../../shared/products.js").Product} */ item) =>
          Object.keys(item.attributes),
        ),
      ]),
    ].slice(0, TABLE_ATTRIBUTES);
    const heads = ["Name", "What to do", "Id", ...names.map((name) => name.replaceAll("_", " "))];
    this.head.replaceChildren(el("tr", {}, ...heads.map((textContent) => el("th", { textContent, scope: "col" }))));
    this.body.replaceChildren(
      ...items.map((/** @type {import("../../shared/products.js").Product} */ item) => this.line(item, names)),
    );
  }

  /**
   * @param {import("../../shared/products.js").Product} item
   * @param {string[]} names
   */
  line(item, names) {
    const { selecting } = this.map;
    const cells = [item.product_id, ...names.map((/** @type {string} */ name) => valueWords(item, name))];
    const pin = el("button", {
      textContent: "Open",
      "aria-label": `Open ${item.name} on the map`,
      type: "button",
      onclick: () => this.goTo(item.row),
    });
    const choose = el("button", { type: "button" });
    const say = (/** @type {boolean} */ chosen) => {
      choose.textContent = chosen ? "Take out" : "Select";
      choose.setAttribute(
        "aria-label",
        chosen ? `Take ${item.name} out of the selection` : `Add ${item.name} to the selection`,
      );
      choose.onclick = () => {
        selecting.step(chosen ? "-" : "+", "product", item.product_id);
        say(!chosen);
      };
    };
    say(selecting.isSelected(item.row));
    const acts = el("td", {}, el("div", { class: "row" }, pin, selecting.base ? choose : null));
    const line = el(
      "tr",
      {},
      el("th", { textContent: item.name, scope: "row" }),
      acts,
      ...cells.map((textContent) => el("td", { textContent })),
    );
    line.dataset.row = String(item.row);
    return line;
  }

  /**
   * Closes the table; the product is pinned, and in view.
   * @param {number} row
   */
  goTo(row) {
    this.dialog.close();
    this.map.camera.bringIntoView(row);
    this.map.cards.open(row);
  }
}

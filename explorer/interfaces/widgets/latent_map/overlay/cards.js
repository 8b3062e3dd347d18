// Products on the map: the card under the pointer, the pinned one with what can be done, and the anchors A and B.

import { el, part, refill } from "../../shared/dom.js";
import { productCard, valueWords } from "../../shared/products.js";
import { errorText, getJson, newestWins, query } from "../../shared/requests.js";
import { svg } from "./buttons.js";

/** @typedef {import("../latent_map.js").LatentMap} LatentMap */
/** @typedef {import("../../shared/products.js").Product} Product */

const PRODUCTS_KEPT = 300;

export class Cards {
  /** @type {Map<number, Product>} by row, the least used first */
  products = new Map();
  /** Rows, -1 = none. */
  hovered = -1;
  pinned = -1;
  /** @type {Record<string, { row: number, id: string }>} by slot, a and b */
  anchors = {};
  version = "";

  /** @param {LatentMap} map */
  constructor(map) {
    this.map = map;
    this.ring = el("div", { class: "ring", hidden: true });
    this.pin = el("div", { class: "ring pin", hidden: true });
    this.markers = {
      a: el("div", { class: "marker", textContent: "A" }),
      b: el("div", { class: "marker", textContent: "B" }),
    };
    this.lines = [svg("line"), svg("line")]; // one under the other: the line has an edge of its own on any points
    this.hoverCard = el("div", { class: "float hover", hidden: true });
    this.pinnedCard = el("div", {
      class: "float pinned",
      hidden: true,
      role: "group",
      "aria-label": "The chosen product",
      "aria-live": "polite",
    });
    this.showHover = newestWins((row) => this.openHover(row));
  }

  /** @param {import("../map_data.js").MapData} given */
  update({ version, anchors }) {
    if (version !== this.version) this.products.clear();
    this.version = version;
    this.anchors = anchors;
  }

  /** For other points: no row means what it did. */
  forget() {
    this.hovered = this.pinned = -1;
    this.pinnedCard.hidden = this.hoverCard.hidden = true;
  }

  /** @param {number} row */
  async product(row) {
    const item = this.products.get(row) ?? (await getJson(`/api/product?${query({ row })}`));
    this.products.delete(row); // and put in again: the least used stand first
    this.products.set(row, item);
    if (this.products.size > PRODUCTS_KEPT)
      this.products.delete(/** @type {number} */ (this.products.keys().next().value));
    return item;
  }

  /** @param {number} row */
  hover(row) {
    if (row === this.hovered) return;
    this.hovered = row;
    this.map.canvas.classList.toggle("over", row >= 0);
    if (row < 0 || row === this.pinned) this.hoverCard.hidden = true;
    else this.showHover(row);
    if (this.map.xy) this.map.decorate();
  }

  /** @param {number} row */
  async openHover(row) {
    const item = await this.product(row);
    if (row !== this.hovered || row === this.pinned) return;
    this.hoverCard.replaceChildren(...this.parts(row, item));
    this.hoverCard.hidden = false;
    this.map.decorate();
  }

  /** @param {number} row */
  open(row) {
    if (row !== this.pinned) this.pinnedCard.hidden = true;
    this.hoverCard.hidden = true;
    this.pinned = row;
    this.map.decorate();
    this.map.canvas.focus({ preventScroll: true }); // the keys go on working when a button of the card is replaced
    this.refill();
  }

  refill() {
    if (this.pinned >= 0)
      this.fill(this.pinned).catch((error) => this.map.say(`This product did not arrive: ${errorText(error)}`));
  }

  /** @param {number} row */
  async fill(row) {
    const item = await this.product(row);
    if (row !== this.pinned) return;
    const set = (/** @type {string} */ slot) => {
      const already = this.anchors[slot]?.id === item.product_id;
      const [name, title] = [slot.toUpperCase(), `Key ${slot}`];
      return el("button", {
        textContent: already ? `This is ${name}` : `Set as ${name}`,
        title,
        disabled: already,
        onclick: () => this.setAnchor(slot),
      });
    };
    const start = el("button", {
      class: "wide",
      textContent: "Start from it",
      title: "Change its dimensions, one by one",
      onclick: () => this.map.send("start", item.product_id),
    });
    const close = el("button", {
      class: "close plain",
      textContent: "×",
      title: "Close (Escape)",
      "aria-label": "Close",
      onclick: () => this.open(-1),
    });
    refill(
      this.pinnedCard,
      ...this.parts(row, item),
      el("div", { class: "acts" }, set("a"), set("b"), start, this.choosing(row, item)),
      close,
    );
    this.pinnedCard.hidden = false;
    this.map.decorate();
  }

  /**
   * @param {number} row
   * @param {import("../../shared/products.js").Product} item
   */
  choosing(row, item) {
    const { selecting } = this.map;
    if (!selecting.base) return null;
    const chosen = selecting.isSelected(row);
    const all = item.copies ? ` all ${(item.copies + 1).toLocaleString("en")}` : "";
    const [textContent, title] = chosen
      ? [`Take${all} out of selection`, "Alt+click on its point"]
      : [`Add${all} to selection`, "Shift+click on its point"];
    return el("button", {
      class: "wide",
      textContent,
      title,
      onclick: () => selecting.stepProduct(chosen ? "-" : "+", item),
    });
  }

  /**
   * The card, and the colour of its point in words.
   * @param {number} row
   * @param {import("../../shared/products.js").Product} item
   */
  parts(row, item) {
    const { data, palette, colours } = this.map;
    if (!data.by || !data.attribute) return [productCard(item, 160)];
    const { [data.by]: _, ...attributes } = item.attributes;
    const swatch = el("span", { class: "swatch" });
    swatch.style.background = palette[colours[row]] ?? "#8a8a85";
    const words = el("span", {
      textContent: `${data.by.replaceAll("_", " ")} ${valueWords(item, data.by) || "not given"}`,
    });
    const card = productCard({ ...item, attributes }, 160);
    part(card, ".words").append(el("div", { class: "by" }, swatch, words));
    return [card];
  }

  /**
   * Shown at once; the page follows.
   * @param {string} slot
   */
  async setAnchor(slot) {
    const row = this.pinned >= 0 ? this.pinned : this.hovered;
    if (row < 0) return;
    const item = await this.product(row);
    this.anchors = { ...this.anchors, [slot]: { row, id: item.product_id } };
    this.map.send("anchor", { slot, id: item.product_id });
    if (this.pinned >= 0) this.open(row);
    else this.map.decorate();
  }

  // -- on their places ----------------------------------------------------------------------------------------------

  place() {
    this.putAt(this.ring, this.hovered === this.pinned ? -1 : this.hovered);
    this.putAt(this.pin, this.pinned);
    const rows = ["a", "b"].map((slot) => this.anchors[slot]?.row ?? -1);
    const shown = [this.putAt(this.markers.a, rows[0]), this.putAt(this.markers.b, rows[1])];
    const ends = Object.entries({ x1: shown[0]?.[0], y1: shown[0]?.[1], x2: shown[1]?.[0], y2: shown[1]?.[1] });
    for (const line of this.lines) {
      line.style.display = shown[0] && shown[1] ? "" : "none";
      for (const [key, value] of ends) line.setAttribute(key, String(value ?? 0));
    }
    if (!this.pinnedCard.hidden) this.lay(this.pinnedCard, this.pinned);
    if (!this.hoverCard.hidden) this.lay(this.hoverCard, this.hovered);
  }

  /**
   * @param {HTMLElement} element
   * @param {number} row
   */
  putAt(element, row) {
    const place = this.map.placeOf(row);
    element.hidden = !place;
    if (place) element.style.transform = `translate(${place[0]}px, ${place[1]}px)`;
    return place;
  }

  /**
   * A card beside its point, on the side with room, never over the pinned one and never outside.
   * @param {HTMLElement} card
   * @param {number} row
   */
  lay(card, row) {
    const { stage } = this.map;
    const place = this.map.placeOf(row);
    const seen =
      place && place[0] >= 0 && place[1] >= 0 && place[0] <= stage.clientWidth && place[1] <= stage.clientHeight;
    card.style.visibility = seen ? "" : "hidden";
    if (!seen || stage.clientWidth < 480) return; // on a phone it lies along the lower edge
    const [width, height] = [card.offsetWidth, card.offsetHeight];
    const within = (/** @type {number} */ value, /** @type {number} */ most) => Math.max(8, Math.min(value, most - 8));
    const top = within(place[1] - height / 2, stage.clientHeight - height);
    const away = 18 + this.map.pictures.edge / 2;
    const sides = [place[0] + away, place[0] - away - width].map((left) => ({
      left,
      fits: left >= 8 && left + width <= stage.clientWidth - 8,
    }));
    const other = card === this.hoverCard && !this.pinnedCard.hidden ? this.pinnedCard : null;
    const free = (/** @type {{ left: number }} */ { left }) =>
      !other ||
      left + width < other.offsetLeft ||
      left > other.offsetLeft + other.offsetWidth ||
      top + height < other.offsetTop ||
      top > other.offsetTop + other.offsetHeight;
    const best = sides.find((side) => side.fits && free(side)) ?? sides.find((side) => side.fits) ?? sides[0];
    card.style.left = `${within(best.left, stage.clientWidth - width)}px`;
    card.style.top = `${top}px`;
  }
}

// Product cards: given with the data, or fetched page by page. A click answers at once and goes back by name.

import { all, el, widgetIn } from "../shared/dom.js";
import { productCard } from "../shared/products.js";
import { errorText } from "../shared/requests.js";
import { PageSource } from "./page_source.js";
import { buttonsOf, thumbOf, tileOf } from "./tiles.js";

/** @typedef {import("../shared/products.js").Product} Product */

/** @param {import("../shared/dom.js").Component} component */
export default function mount(component) {
  const { data, parentElement, setTriggerValue } = component;
  const gallery = widgetIn(parentElement, Gallery);
  gallery.send = (action, id) => setTriggerValue("picked", { action, id });
  gallery.update(data);
}

const COUNTING = new Intl.NumberFormat("en-US");

class Gallery {
  /** @type {(action: string, id: string) => void} */
  send = () => {};
  /** @type {any} */
  data = null;
  said = "";
  page = 0;
  pages = 1;
  at = 0;
  /** @type {Product[]} */
  shown = [];
  /** @type {Product | null} */
  chosen = null;
  source = new PageSource({ items: [], address: "", size: 1 });

  /** @param {HTMLElement} parent */
  constructor(parent) {
    this.list = el("ul", { onkeydown: (/** @type {KeyboardEvent} */ event) => this.key(event) });
    this.detail = el("div", { class: "detail", "aria-live": "polite", hidden: true });
    this.message = el("div", { class: "nothing quiet", role: "status", hidden: true });
    this.before = el("button", { textContent: "Previous", onclick: () => this.turn(-1) });
    this.after = el("button", { textContent: "Next", onclick: () => this.turn(1) });
    this.where = el("span", { class: "quiet", role: "status" });
    this.pager = el("div", { class: "pager" }, this.before, this.after, this.where);
    this.root = el("div", { class: "ll gallery" }, this.list, this.message, this.pager, this.detail);
    this.list.addEventListener("mouseleave", () => this.data.compact && this.tell(this.chosen));
    parent.append(this.root);
  }

  /** @param {any} data */
  update(data) {
    for (const asked of this.root.querySelectorAll(".asked")) asked.classList.remove("asked");
    const said = JSON.stringify(data);
    if (said === this.said) return;
    this.said = said;
    this.data = data;
    this.page = 0;
    this.pages = 1;
    this.chosen = null;
    this.root.classList.toggle("compact", data.compact);
    this.list.className = data.compact ? "thumbs" : "tiles";
    this.list.style.maxHeight = data.height ? `${data.height}px` : "";
    this.source.close();
    this.source = new PageSource(data);
    this.load();
  }

  // -- pages ---------------------------------------------------------------------------------------------------------

  async load(focus = false) {
    const skeletons = setTimeout(() => this.wait(), 120); // a fast answer needs none
    try {
      const { source } = this;
      const found = await source.page(this.page);
      if (found && source === this.source) this.fill(found.count, found.items, focus);
    } catch (error) {
      this.fail(errorText(error));
    } finally {
      clearTimeout(skeletons);
    }
  }

  /** @param {number} by */
  turn(by) {
    this.page = Math.max(0, Math.min(this.pages - 1, this.page + by));
    this.chosen = null;
    this.list.scrollTop = 0;
    this.load(true);
  }

  wait() {
    const { compact, size } = this.data;
    const count = Math.min(this.shown?.length || 12, size);
    const kind = compact ? "thumb waiting" : "tile waiting";
    this.list.replaceChildren(...Array.from({ length: count }, () => el("li", { class: kind, "aria-hidden": "true" })));
    this.list.setAttribute("aria-busy", "true");
    this.message.hidden = true;
    this.list.hidden = false;
  }

  /** @param {string} sentence */
  fail(sentence) {
    const again = el("button", { textContent: "Try again", onclick: () => this.load() });
    this.message.replaceChildren(el("div", { class: "wrong", textContent: sentence }), again);
    this.message.hidden = false;
    this.list.hidden = true;
    this.pager.hidden = true;
    this.detail.hidden = true;
  }

  /**
   * @param {number} count
   * @param {Product[]} items
   * @param {boolean} focus
   */
  fill(count, items, focus) {
    const { compact, size, empty } = this.data;
    const pages = Math.max(1, Math.ceil(count / size));
    this.pages = pages;
    this.shown = items;
    this.list.removeAttribute("aria-busy");
    this.list.replaceChildren(
      ...items.map((/** @type {Product} */ item, /** @type {number} */ i) =>
        compact ? this.thumb(item, i) : this.tile(item, i),
      ),
    );
    this.message.textContent = empty;
    this.message.hidden = items.length > 0;
    this.list.hidden = !items.length;
    this.pager.hidden = pages < 2;
    this.before.disabled = this.page === 0;
    this.after.disabled = this.page >= pages - 1;
    const first = this.page * size;
    this.where.textContent = `${COUNTING.format(first + 1)} to ${COUNTING.format(first + items.length)} of ${COUNTING.format(count)}`;
    this.detail.hidden = !compact || !items.length;
    this.makeCurrent(0);
    if (compact) this.tell(null);
    if (focus) this.stops[0]?.focus({ preventScroll: compact });
    if (focus && !compact) this.root.scrollIntoView({ block: "nearest" });
  }

  // -- tiles and thumbnails ------------------------------------------------------------------------------------------

  /**
   * @param {Product} item
   * @param {number} i
   */
  tile(item, i) {
    const tile = tileOf(item, this.data.actions, (name) => this.act(name, item, tile));
    tile.addEventListener("focusin", () => this.makeCurrent(i));
    return tile;
  }

  /**
   * @param {Product} item
   * @param {number} i
   */
  thumb(item, i) {
    const button = thumbOf(item);
    button.onclick = () => this.choose(i, button);
    button.onfocus = () => this.makeCurrent(i);
    button.onmouseenter = () => this.tell(item);
    return el("li", {}, button);
  }

  /**
   * @param {string} name
   * @param {Product} item
   * @param {HTMLElement | null} at
   */
  act(name, item, at) {
    at?.classList.add("asked");
    setTimeout(() => at?.classList.remove("asked"), 3000); // whoever is told may leave everything as it is
    this.send(name, item.product_id);
  }

  /**
   * Of the compact form: the card below stays with the one that was clicked, and follows the pointer meanwhile.
   * @param {number} i
   * @param {HTMLElement} button
   */
  choose(i, button) {
    this.chosen = this.shown[i];
    for (const other of this.stops) other.setAttribute("aria-pressed", String(other === button));
    this.makeCurrent(i);
    this.tell(this.chosen);
  }

  /** @param {Product | null} item */
  tell(item) {
    if (!item) {
      const words = el("div", { class: "quiet", textContent: "Choose a picture to see what it is." });
      this.detail.replaceChildren(el("div", { class: "card" }, el("div", { class: "hole" }), words));
      return;
    }
    this.detail.replaceChildren(
      productCard(item, 72),
      buttonsOf(item, this.data.actions, (name) => this.act(name, item, null)),
    );
  }

  // -- keyboard: one stop of the Tab key, arrows between products, Enter does the first action ----------------------

  get stops() {
    return all(this.list, this.data.compact ? "button.thumb" : ".tile");
  }

  /** @param {number} current */
  makeCurrent(current) {
    this.at = current;
    this.stops.forEach((stop, i) => {
      stop.tabIndex = i === current ? 0 : -1;
      for (const button of all(stop, "button")) button.tabIndex = i === current ? 0 : -1;
    });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { stops } = this;
    /** @type {HTMLElement | null} */
    const inside = /** @type {HTMLElement} */ (event.target).closest(this.data.compact ? "button.thumb" : ".tile");
    if (!inside) return;
    if (event.key === "Enter" && event.target === inside && !this.data.compact) {
      const [first] = this.data.actions;
      if (first) this.act(first.name, this.shown[this.at], inside);
      return;
    }
    const columns = getComputedStyle(this.list).gridTemplateColumns.split(" ").length;
    const to = {
      ArrowLeft: this.at - 1,
      ArrowRight: this.at + 1,
      ArrowUp: this.at - columns,
      ArrowDown: this.at + columns,
      Home: 0,
      End: stops.length - 1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    stops[Math.max(0, Math.min(stops.length - 1, to))].focus();
  }
}

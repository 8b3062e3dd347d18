// All rows: those that are tried, named, and the dimensions; where their sliders stand, which are locked, which card is open.

import { el, first } from "../shared/dom.js";
import { emptyCard, fillCard } from "./card.js";
import { heldAt, idOf, isNamed, placeOn, placeWords, reachAround } from "./code.js";
import { sliderRow } from "./rows.js";

/** @typedef {import("./code.js").Dimension} Dimension */
/** @typedef {ReturnType<typeof sliderRow> & { dimension: Dimension }} Slider */

const SHOWN = 8; // dimensions, those that change most; the others are folded

/**
 * What the rows ask of what they are part of.
 * @typedef {object} Owner
 * @property {(dimension: Dimension, to: number) => void} move
 * @property {() => number[]} code
 * @property {(naming: Record<string, string>) => void} name
 * @property {(productId: string) => void} start
 */

/** Of the dimension that it moves, 0 = none. @param {{ dimension: Dimension }} slider */
const numberOf = ({ dimension }) => dimension.number || dimension.dimension || 0;

export class RowList {
  /** @type {any} what the page gave */
  data = null;
  /** @type {Slider[]} */
  sliders = [];
  /** @type {Dimension[]} directions that are being tried */
  tried = [];
  /** @type {Set<string>} */
  locked = new Set();

  /** @param {Owner} owner */
  constructor(owner) {
    this.owner = owner;
    this.root = el("div", { class: "rows" });
  }

  /** As for another model. */
  forget() {
    this.tried = [];
    this.locked.clear();
  }

  /** @param {any} data */
  fill(data) {
    this.data = data;
    const before = this.sliders.filter(({ card }) => card.childElementCount).map(numberOf);
    this.sliders = [];
    /** @type {Dimension[]} */
    const all = data.rows;
    const [named, dimensions] = [all.filter(isNamed), all.filter((row) => !isNamed(row))];
    const most = dimensions.some(({ effect }) => effect !== null);
    const rest = dimensions.slice(SHOWN);
    const part = (/** @type {string} */ textContent, /** @type {Dimension[]} */ rows) =>
      rows.length ? [el("div", { class: "label", textContent }), ...rows.map((dimension) => this.row(dimension))] : [];
    const more = el(
      "details",
      { open: this.root.querySelector("details")?.open ?? false },
      el("summary", { textContent: `${rest.length} more` }),
    );
    const none = "No dimension of this model is active: nothing can be moved.";
    this.root.replaceChildren(
      ...part("Tried", this.tried),
      ...part("Named", named),
      ...part(most ? "What changes the picture most" : "What tells most of a picture", dimensions.slice(0, SHOWN)),
      ...(rest.length ? [more] : []),
      ...(all.length ? [] : [el("p", { class: "quiet", textContent: none })]),
    );
    more.append(...rest.map((dimension) => this.row(dimension)));
    for (const number of before) this.show(number);
  }

  /** @param {Dimension} dimension */
  row(dimension) {
    const wishes = {
      name: this.owner.name,
      card: (/** @type {Dimension} */ one) => this.openCard(numberOf({ dimension: one }), true),
      lock: (/** @type {Dimension} */ one) => this.lock(idOf(one)),
      remove: (/** @type {Dimension} */ { key }) => this.try(this.tried.filter((other) => other.key !== key)),
    };
    const made = sliderRow(dimension, this.data, wishes, this.locked.has(idOf(dimension)));
    this.sliders.push({ dimension, ...made });
    made.input.oninput = () => this.owner.move(dimension, Number(made.input.value));
    made.input.ondblclick = () => this.owner.move(dimension, placeOn(dimension, this.data.start, this.data.mean));
    return made.row;
  }

  /** The sliders where the code stands; one alone where only it was moved. @param {object | null} only */
  place(only = null) {
    for (const { dimension, input, value } of this.sliders) {
      if (only && only !== dimension) continue;
      const now = placeOn(dimension, this.owner.code(), this.data.mean);
      if (!only) Object.assign(input, reachAround(dimension, now));
      input.value = String(now);
      value.textContent = placeWords(dimension, now);
    }
  }

  /** @param {string} id */
  lock(id) {
    if (!this.locked.delete(id)) this.locked.add(id);
    return this.locked.has(id);
  }

  /** A code with what is locked as it stands now. @param {number[]} z */
  held(z) {
    const locked = this.sliders.map(({ dimension }) => dimension).filter((each) => this.locked.has(idOf(each)));
    return locked.length ? heldAt(locked, z, this.owner.code(), this.data.mean) : z;
  }

  /**
   * A slider for a direction, above all others.
   * @param {Dimension} way
   */
  attempt(way) {
    this.try([way, ...this.tried.filter(({ key }) => key !== way.key)]);
    const made = this.sliders.find(({ dimension }) => dimension === way);
    this.root.scrollTop = 0;
    made?.row.scrollIntoView({ block: "start" });
    made?.input.focus({ preventScroll: true });
  }

  /** @param {Dimension[]} ways */
  try(ways) {
    this.tried = ways;
    this.fill(this.data);
    this.place();
  }

  /**
   * @param {number} number
   * @param {boolean} shuts it where it is open
   */
  openCard(number, shuts = false) {
    const found = this.sliders.find((slider) => numberOf(slider) === number);
    if (!found) return;
    const { card, row } = found;
    if (shuts && card.childElementCount) {
      first(row, "[aria-expanded]")?.setAttribute("aria-expanded", "false");
      return card.replaceChildren();
    }
    this.show(number);
    if (shuts) return;
    row.closest("details")?.setAttribute("open", "");
    row.scrollIntoView({ block: "start" });
    /** @type {HTMLElement} */ (card.firstElementChild).focus({ preventScroll: true });
  }

  /** @param {number} number */
  show(number) {
    const found = this.sliders.find((slider) => numberOf(slider) === number);
    if (!found) return;
    first(found.row, "[aria-expanded]")?.setAttribute("aria-expanded", "true");
    if (!found.card.childElementCount) found.card.replaceChildren(emptyCard(number));
    this.fillCard(found);
  }

  /** Those that are open, for another code. */
  refreshCards() {
    for (const slider of this.sliders) if (slider.card.childElementCount) this.fillCard(slider);
  }

  /** @param {Slider} slider */
  fillCard(slider) {
    const asked = { card: (/** @type {number} */ number) => this.openCard(number), start: this.owner.start };
    fillCard(slider.card, numberOf(slider), this.data, this.owner.code(), asked);
  }
}

// What the colours mean: entries that can stand alone, with counts of what is selected or shown; or a scale.

import { all, el, first, refill } from "../../shared/dom.js";
import { countColours } from "../selection/masks.js";

/** @typedef {import("../latent_map.js").LatentMap} LatentMap */
/** @typedef {{ label: string, colour: string, index: number, count: number, one: boolean }} Entry */

export class Legend {
  /** @type {number | null} the colour index that shows, of all others pale */
  front = null;

  /** @param {LatentMap} map */
  constructor(map) {
    this.map = map;
    this.root = el("div", { class: "legend", role: "group", "aria-label": "Colours" });
  }

  show() {
    const held = first(this.root, ".entry:focus")?.dataset.index;
    refill(this.root, ...this.parts());
    this.root.hidden = !this.root.childElementCount;
    if (held) first(this.root, `.entry[data-index="${held}"]`)?.focus({ preventScroll: true });
  }

  parts() {
    const { legend, low, high, missing, by } = this.map.data;
    if (!by) return [];
    const title = el("div", { class: "title", textContent: by.replaceAll("_", " ") });
    if (legend.length) {
      const said = this.counted();
      const usual = el("button", {
        class: "plain usual",
        type: "button",
        textContent: "Usual colours",
        title: "Take back all colours that were chosen here, for everyone",
        onclick: () => this.map.send("paint", { value: "", colour: "" }),
      });
      const more = this.map.data.painted ? [usual] : [];
      return [title, ...legend.map((entry) => this.value(entry, said(entry))), ...more];
    }
    const bar = el("div", { class: "bar" });
    const { palette } = this.map;
    const stops = [0, 0.25, 0.5, 0.75, 1].map((share) => palette[Math.round(share * (palette.length - 1))]);
    bar.style.background = `linear-gradient(to right, ${stops.join(",")})`;
    const ends = el("div", { class: "ends" }, el("span", { textContent: low }), el("span", { textContent: high }));
    const none = missing
      ? el("div", { class: "quiet", textContent: `${missing.toLocaleString("en")} not given` })
      : null;
    return [title, ...(low ? [bar, ends] : []), ...(none ? [none] : [])];
  }

  /** -> the words for the count of an entry: "47 of 412" of those shown where some are selected, else of all; 0 of none. */
  counted() {
    const { colours, selecting } = this.map;
    const [selected, shown] = [selecting.selected?.bits ?? null, selecting.shown?.bits ?? null];
    const number = (/** @type {number} */ value) => value.toLocaleString("en");
    if (!selected && !shown) return (/** @type {Entry} */ { count }) => number(count);
    const inside = countColours(colours, selected, shown);
    const all = selected && shown ? countColours(colours, shown) : null;
    return (/** @type {Entry} */ { index, count }) => {
      const whole = all ? all[index] : count;
      return whole ? `${number(inside[index])} of ${number(whole)}` : "0";
    };
  }

  /**
   * A value of an attribute has a swatch that chooses its colour, beside what else its entry does.
   * @param {Entry} given
   * @param {string} said
   */
  value(given, said) {
    const { data, palette } = this.map;
    if (!data.attribute || !given.one) return this.entry(given, said);
    const swatch = el("input", {
      class: "swatch",
      type: "color",
      value: data.palette[given.index],
      title: `Choose another colour for ${given.label}`,
      "aria-label": `Colour of ${given.label}`,
      onchange: () => this.map.send("paint", { value: given.label, colour: swatch.value }),
    });
    swatch.style.background = palette[given.index];
    return el("div", { class: "value" }, swatch, this.entry(given, said, false));
  }

  /**
   * @param {Entry} given
   * @param {string} said
   */
  entry({ label, colour, index, one }, said, swatched = true) {
    const { map } = this;
    const swatch = el("span", { class: "swatch" });
    swatch.style.background = map.palette[index] ?? colour;
    const chosen = this.front === index;
    const onclick = (/** @type {MouseEvent} */ event) => {
      if ((event.shiftKey || event.altKey) && map.selecting.base) {
        if (one) map.selecting.step(event.shiftKey ? "+" : "-", "value", [map.data.by, label]);
        return;
      }
      this.front = chosen ? null : index;
      map.recolour();
      all(this.root, ".entry")
        .find((button) => button.dataset.index === String(index))
        ?.focus();
    };
    const more = one && map.selecting.base ? ". Shift+click selects them too" : "";
    const words = [
      ...(swatched ? [swatch] : []),
      el("span", { class: "label", textContent: label }),
      el("span", { class: "quiet", textContent: said }),
    ];
    const title = `${chosen ? "Show all again" : `Show only ${label}`}${more}`;
    const button = el(
      "button",
      {
        class: `entry plain${this.front === null || chosen ? "" : " off"}${/^0\b/.test(said) ? " none" : ""}`,
        title,
        onclick,
        type: "button",
        "aria-pressed": String(chosen),
      },
      ...words,
    );
    button.dataset.index = String(index);
    return button;
  }
}

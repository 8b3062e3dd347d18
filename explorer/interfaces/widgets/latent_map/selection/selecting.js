// Choosing many: the tools lasso and box, and the recipe of what was chosen. The server replays it and answers with a mask.

import { el } from "../../shared/dom.js";
import { errorText, query, wasAborted } from "../../shared/requests.js";
import { toolButton } from "../overlay/buttons.js";
import { Drawing } from "./drawing.js";
import { getMask, isIn } from "./masks.js";
import { recipeFrom, recipeText, recipeWith } from "./recipe.js";
import { StatusLine } from "./status_line.js";

const UNDONE_MAX = 50;

export class Selecting {
  tool = "pan";
  mode = "=";
  /** The recipe as JSON, "" = nothing; and what the page said last. */
  text = "";
  told = "";
  /** @type {string[]} recipes that the page was told and has not repeated yet */
  sent = [];
  /** @type {string[]} */
  undone = [];
  refused = "";
  /** Characters of a recipe. */
  most = 0;
  /** The address that `&steps=` is added to, "" = nothing can be selected. */
  base = "";
  /** @type {import("./masks.js").Mask | null} */
  selected = null;
  /** @type {import("./masks.js").Mask | null} */
  shown = null;
  /** @type {Record<string, { address: string, stop: AbortController } | null>} by kind of mask */
  asked = {};
  /** @type {Record<string, boolean>} */
  waiting = {};

  /** @param {import("../latent_map.js").LatentMap} map */
  constructor(map) {
    this.map = map;
    const tool = (/** @type {"pan" | "lasso" | "box"} */ name, /** @type {string} */ label) =>
      toolButton(name, label, () => this.take(name));
    this.tools = {
      pan: tool("pan", "Move the map (V)"),
      lasso: tool("lasso", "Select with a lasso (L). Shift adds, Alt takes away"),
      box: tool("box", "Select with a box (B). Shift adds, Alt takes away"),
    };
    const mode = (/** @type {string} */ name, /** @type {string} */ face, /** @type {string} */ label) =>
      el("button", {
        class: "plain",
        textContent: face,
        title: label,
        "aria-label": label,
        type: "button",
        onclick: () => this.setMode(this.mode === name ? "=" : name),
      });
    this.modes = {
      "+": mode("+", "Add", "Add the next lasso to the selection (Shift)"),
      "-": mode("-", "Take away", "Take the next lasso out of the selection (Alt)"),
    };
    this.group = el("div", { class: "group", role: "group", "aria-label": "Tools" }, ...Object.values(this.tools));
    this.modeGroup = el(
      "div",
      { class: "modes", role: "group", "aria-label": "What the next lasso does", hidden: true },
      ...Object.values(this.modes),
    );
    this.status = new StatusLine(
      this.modeGroup,
      () => this.zoomTo(),
      () => this.clear(),
    );
    this.drawing = new Drawing(map);
    this.show();
  }

  // -- what is selected ---------------------------------------------------------------------------------------------

  /**
   * What the page says counts, unless it only repeats what it was told by us a moment ago.
   * @param {import("../map_data.js").MapData} given
   */
  update({ steps, stepsMax, selection, shown }) {
    this.most = stepsMax;
    const said = recipeText(recipeFrom(steps), stepsMax) ?? "";
    if (said !== this.told) {
      this.told = said;
      const echo = this.sent.indexOf(said);
      if (echo >= 0) this.sent.splice(0, echo + 1);
      else Object.assign(this, { text: said, sent: [], refused: "" });
    }
    this.base = selection;
    this.group.hidden = !selection;
    if (!selection) this.take("pan");
    this.fetchMask("shown", shown);
    this.fetchSelected();
  }

  /**
   * Appends a step; an empty selection begins with it.
   * @param {string} op
   * @param {string} kind
   * @param {any} value
   */
  step(op, kind, value) {
    if (!this.base) return;
    const text = recipeWith(this.text, [op, kind, value], this.most);
    if (text === null) {
      this.refused = "This selection has too many parts. Tag what is selected, or begin again.";
      return this.show();
    }
    if (text !== this.text) this.set(text);
  }

  /**
   * A product with all that have its picture: they are one point.
   * @param {string} op
   * @param {import("../../shared/products.js").Product} item
   */
  stepProduct(op, item) {
    this.step(op, item.copies ? "copies" : "product", item.product_id);
  }

  clear() {
    if (this.text) this.set("");
  }

  undo() {
    const before = this.undone.pop();
    if (before !== undefined) this.set(before, false);
  }

  /** @param {string} text */
  set(text, undoable = true) {
    if (undoable) this.undone = [...this.undone.slice(1 - UNDONE_MAX), this.text];
    Object.assign(this, { text, refused: "" });
    this.sent.push(text);
    this.map.keep("steps", text);
    this.setMode("=");
    this.fetchSelected();
  }

  fetchSelected() {
    const address = this.text && this.base ? `${this.base}&${query({ steps: this.text })}` : "";
    this.fetchMask("selected", address);
  }

  /**
   * `kind`: selected or shown. An older request is given up; "" = no mask.
   * @param {"selected" | "shown"} kind
   * @param {string} address
   */
  async fetchMask(kind, address) {
    if (this.asked[kind]?.address === address) return;
    this.asked[kind]?.stop.abort();
    const ask = { address, stop: new AbortController() };
    this.asked[kind] = ask;
    this.wait(kind, !!address);
    try {
      const found = address ? await getMask(address, ask.stop.signal) : null;
      if (ask !== this.asked[kind] || this.map.closed) return;
      this[kind] = found;
    } catch (error) {
      if (ask !== this.asked[kind] || wasAborted(error)) return;
      this.asked[kind] = null; // asked again when something changes
      this[kind] = null;
      this.wait(kind, false);
      this.map.remask();
      return this.status.say(`What is ${kind} did not arrive: ${errorText(error)}`, true);
    }
    this.wait(kind, false);
    if (kind === "selected") this.drawing.draw(null);
    this.map.remask();
  }

  /**
   * @param {"selected" | "shown"} kind
   * @param {boolean} waiting
   */
  wait(kind, waiting) {
    this.waiting[kind] = waiting;
    this.show();
  }

  /** @param {number} row */
  isSelected(row) {
    return this.selected !== null && isIn(this.selected.bits, row);
  }

  /** The line on the map, and what can be done with the selection. */
  show() {
    const { placed } = this.map.data ?? {};
    const number = (/** @type {any} */ value) => value.toLocaleString("en");
    const ofAll = this.shown
      ? `${number(this.shown.count)} of ${number(placed ?? 0)} shown`
      : `${number(placed ?? 0)} shown`;
    const chosen = this.waiting.selected
      ? "Selecting…"
      : this.selected
        ? `${number(this.selected.count)} selected`
        : null;
    if (this.refused)
      this.status.say(this.refused, true); // it stays when what was chosen before arrives only now
    else if (this.selected || this.shown || this.waiting.selected)
      this.status.say(chosen ?? "", false, chosen ? ` · ${ofAll}` : ofAll);
    else this.status.root.hidden = true;
    this.status.zoom.hidden = !(this.selected ?? this.shown)?.count;
    this.status.clear.hidden = this.modeGroup.hidden = !this.text;
    for (const [name, button] of Object.entries(this.tools))
      button.setAttribute("aria-pressed", String(name === this.tool));
    for (const [name, button] of Object.entries(this.modes))
      button.setAttribute("aria-pressed", String(name === this.mode));
  }

  /** So that all of a mask is in view, with some room: the selection, else what passes the filter. */
  zoomTo(mask = this.selected ?? this.shown) {
    if (mask) this.map.camera.fitTo((/** @type {number} */ row) => isIn(mask.bits, row));
  }

  // -- tools --------------------------------------------------------------------------------------------------------

  /** @param {"pan" | "lasso" | "box"} tool */
  take(tool) {
    this.tool = tool;
    this.cancel();
    this.map.canvas?.classList.toggle("aims", tool !== "pan");
    this.show();
  }

  /** @param {string} mode */
  setMode(mode) {
    this.mode = mode;
    this.show();
  }

  /**
   * The line became a step; the outline stays until its products are known.
   * @param {PointerEvent} event
   */
  finish(event) {
    const polygon = this.drawing.finish();
    if (polygon) this.step(event.shiftKey ? "+" : event.altKey ? "-" : this.mode, "lasso", polygon);
  }

  /** True when there was something to cancel. */
  cancel() {
    return this.drawing.cancel();
  }
}

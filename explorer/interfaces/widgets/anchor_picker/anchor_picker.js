import { el, widgetIn } from "../shared/dom.js";
import { productCard } from "../shared/products.js";
import { getJson, newestWins, query } from "../shared/requests.js";

/** @param {import("../shared/dom.js").Component} component */
export default function mount(component) {
  const { data, parentElement, setTriggerValue } = component;
  const picker = widgetIn(parentElement, AnchorPicker);
  picker.send = (chosen) => setTriggerValue("picked", chosen);
  picker.update(data);
}

class AnchorPicker {
  /** @type {(chosen: Record<string, string>) => void} */
  send = () => {};
  /** @type {any} */
  data = null;
  said = "";
  /** @type {string[]} */
  parts = [];

  /** @param {HTMLElement} parent */
  constructor(parent) {
    this.root = el("div", { class: "ll picker" });
    parent.append(this.root);
  }

  /** @param {any} data */
  update(data) {
    const said = JSON.stringify(data);
    if (said === this.said) return;
    this.said = said;
    this.data = data;
    this.root.classList.toggle("single", data.slots.length === 1);
    const parts = data.slots.map((/** @type {any} */ slot) => [
      JSON.stringify([slot, data.emptyWords, data.px]),
      () => this.slot(slot),
    ]);
    if (data.slots.length > 1) parts.push([JSON.stringify(data.slots), () => this.tools()]);
    this.replace(parts);
  }

  /**
   * Only what is another: in a field that stays somebody may be typing.
   * @param {[string, () => HTMLElement][]} parts
   */
  replace(parts) {
    const before = this.parts;
    this.parts = parts.map((/** @type {[string, () => HTMLElement]} */ [said]) => said);
    if (before.length !== parts.length)
      return this.root.replaceChildren(...parts.map((/** @type {[string, () => HTMLElement]} */ [, make]) => make()));
    parts.forEach((/** @type {[string, () => HTMLElement]} */ [said, make], /** @type {number} */ i) => {
      if (said !== before[i]) this.root.children[i].replaceWith(make());
    });
  }

  /** @param {any} given */
  slot({ slot, label, item }) {
    const list = el("ul", { class: "found", role: "listbox", hidden: true, id: `found-${slot}` });
    const input = el("input", {
      type: "search",
      placeholder: item ? "Choose another…" : "Type an id or a name…",
      autocomplete: "off",
      spellcheck: false,
      role: "combobox",
      "aria-label": `Find ${label}`,
      "aria-expanded": "false",
      "aria-controls": `found-${slot}`,
    });
    new Suggestions(input, list, (/** @type {string} */ id) => this.choose(slot, id));
    const random = el("button", { textContent: "Random", title: "Any product", onclick: () => this.random([slot]) });
    const order = item ? this.order(slot) : [];
    const forget = { textContent: "Clear", title: this.data.emptyWords, onclick: () => this.choose(slot, "") };
    const clear = item && this.data.slots.length === 1 ? el("button", forget) : null;
    const words = el("div", { class: "quiet", textContent: this.data.emptyWords });
    const card = item
      ? productCard(item, this.data.px)
      : this.data.emptyWords
        ? el("div", { class: "card" }, el("div", { class: `hole px${this.data.px}` }), words)
        : null;
    return el(
      "section",
      { class: "slot", "aria-label": label },
      el("div", { class: "label" }, el("span", { textContent: item ? label : `${label}…` }), ...order),
      card,
      el("div", { class: "row" }, el("div", { class: "search" }, input, list), random, clear),
    );
  }

  /** @returns {any[]} */
  filled() {
    return this.data.slots.filter((/** @type {any} */ { item }) => item);
  }

  /**
   * Of three or more: earlier, later, out.
   * @param {any} slot
   */
  order(slot) {
    const filled = this.filled();
    const at = filled.findIndex((each) => each.slot === slot);
    if (filled.length < 3) return [];
    const trade = (/** @type {number} */ other) => ({
      [slot]: filled[other].item.product_id,
      [filled[other].slot]: filled[at].item.product_id,
    });
    const button = (/** @type {string} */ sign, /** @type {string} */ words, /** @type {any} */ more) =>
      el("button", { class: "plain", textContent: sign, title: words, "aria-label": `${words}: ${slot}`, ...more });
    return [
      button("↑", "Earlier", { disabled: at === 0, onclick: () => this.send(trade(at - 1)) }),
      button("↓", "Later", { disabled: at === filled.length - 1, onclick: () => this.send(trade(at + 1)) }),
      button("✕", "Take out", { onclick: () => this.choose(slot, "") }),
    ];
  }

  tools() {
    const filled = this.filled();
    const turned = Object.fromEntries(
      filled.map(({ slot }, i) => [slot, filled[filled.length - 1 - i].item.product_id]),
    );
    const words = filled.length > 2 ? "Reverse" : "Swap";
    const swap = el("button", {
      textContent: words,
      disabled: filled.length < 2,
      onclick: () => this.send(turned),
    });
    const slots = filled.length > 2 ? filled : this.data.slots.slice(0, 2);
    const all = el("button", {
      textContent: filled.length > 2 ? "All at random" : "Two at random",
      onclick: () => this.random(slots.map((/** @type {any} */ { slot }) => slot)),
    });
    return el("div", { class: "tools" }, swap, all);
  }

  /**
   * @param {any} slot
   * @param {string} id
   */
  choose(slot, id) {
    this.send({ [slot]: id });
  }

  /** @param {string[]} slots */
  async random(slots) {
    const items = await Promise.all(slots.map(() => getJson(`/api/random?${query({ model: this.data.model })}`)));
    this.send(
      Object.fromEntries(slots.map((/** @type {any} */ slot, /** @type {number} */ i) => [slot, items[i].product_id])),
    );
  }
}

/** The list under a search field: arrows move, Enter takes, Escape closes. */
class Suggestions {
  /** @type {import("../shared/products.js").Product[]} */
  items = [];
  at = -1;
  hurried = false;

  /**
   * @param {HTMLInputElement} input
   * @param {HTMLElement} list
   * @param {(id: string) => void} take
   */
  constructor(input, list, take) {
    this.input = input;
    this.list = list;
    this.take = take;
    const look = newestWins(() => this.look());
    input.oninput = () => {
      this.outdate(); // what stands there answers an older question: nobody may take it by mistake
      look(null);
    };
    input.onfocus = () => look(null);
    input.onblur = () => setTimeout(() => this.close(), 150);
    input.onkeydown = (/** @type {KeyboardEvent} */ event) => this.key(event);
  }

  outdate() {
    this.items = [];
    this.list.classList.add("outdated");
  }

  async look() {
    const asked = this.input.value;
    const items = await getJson(`/api/search?${query({ q: asked })}`);
    if (asked !== this.input.value) return;
    this.items = items;
    this.at = -1;
    this.list.classList.remove("outdated");
    if (this.hurried && items.length) return this.take(items[0].product_id);
    const lines = this.items.map((item, i) =>
      el(
        "li",
        { role: "option", id: `${this.list.id}-${i}`, onmousedown: () => this.take(item.product_id) },
        productCard(item, 72),
      ),
    );
    const nothing = el("li", { class: "quiet nothing", textContent: "No product has that in its id or name." });
    this.list.replaceChildren(...(lines.length ? lines : [nothing]));
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.key === "Escape") this.close();
    this.hurried = event.key === "Enter"; // before the answer was there: the first of it is meant
    if (this.hurried && this.items.length) this.take(this.items[Math.max(0, this.at)].product_id);
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!move || !this.items.length) return;
    event.preventDefault();
    this.at = (this.at + move + this.items.length) % this.items.length;
    [...this.list.children].forEach((line, i) => {
      line.setAttribute("aria-selected", String(i === this.at));
    });
    this.list.children[this.at].scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", `${this.list.id}-${this.at}`);
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
  }
}

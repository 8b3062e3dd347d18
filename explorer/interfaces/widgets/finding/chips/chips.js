import { el, refill, widgetIn } from "../../shared/dom.js";

/** @typedef {{ text: string, chosen: string, readings: [key: string, words: string][] }} Term */

/** @param {import("../../shared/dom.js").Component} component */
export default function mount(component) {
  const { data, parentElement, setTriggerValue } = component;
  const chips = widgetIn(parentElement, Chips);
  chips.send = (place, key) => setTriggerValue("corrected", { place, key });
  chips.update(data.terms);
}

class Chips {
  /** @type {(place: number, key: string) => void} */
  send = () => {};
  said = "";

  /** @param {HTMLElement} parent */
  constructor(parent) {
    this.root = el("ul", { class: "ll chips", "aria-label": "Understood" });
    parent.append(this.root);
  }

  /** @param {Term[]} terms */
  update(terms) {
    const said = JSON.stringify(terms);
    if (said === this.said) return;
    this.said = said;
    refill(this.root, ...terms.map((term, place) => this.chip(term, place)));
  }

  /**
   * @param {Term} term
   * @param {number} place
   */
  chip({ text, chosen, readings }, place) {
    const [, words] = readings.find(([key]) => key === chosen) ?? readings[0];
    return el(
      "li",
      { class: "chip", title: `“${text}”: ${words}` },
      readings.length > 1
        ? this.menu(text, chosen, readings, place)
        : el("span", { class: "only", textContent: words }),
      el("button", {
        class: "plain",
        textContent: "✕",
        "aria-label": `Take “${text}” away`,
        onclick: () => this.send(place, ""),
      }),
    );
  }

  /**
   * The words of the chip are a menu of all that they may mean.
   * @param {string} text
   * @param {string} chosen
   * @param {[string, string][]} readings
   * @param {number} place
   */
  menu(text, chosen, readings, place) {
    const menu = el("select", { "aria-label": `What “${text}” means` });
    for (const [key, words] of readings) menu.append(el("option", { value: key, textContent: words }));
    menu.value = chosen;
    menu.onchange = () => this.send(place, menu.value);
    return menu;
  }
}

// The line on the map that says what is selected, and what can be done with it.

import { el } from "../../shared/dom.js";

export class StatusLine {
  /**
   * @param {HTMLElement} modes what the next lasso does
   * @param {() => void} zoom to the selection, else to what is shown
   * @param {() => void} clear it
   */
  constructor(modes, zoom, clear) {
    this.words = el("span", { role: "status", "aria-live": "polite" });
    const button = { class: "plain", type: "button" };
    const [zoomWords, clearWords] = ["Zoom so that all of them are seen (Z)", "Clear the selection (Escape)"];
    this.zoom = el("button", { ...button, textContent: "Zoom to them", title: zoomWords, onclick: zoom });
    const cross = { textContent: "×", title: clearWords, "aria-label": "Clear the selection" };
    this.clear = el("button", { ...button, ...cross, onclick: clear });
    this.root = el("div", { class: "status", hidden: true }, this.words, modes, this.zoom, this.clear);
  }

  /**
   * `more`: what a phone has no room for.
   * @param {string} text
   */
  say(text, wrong = false, more = "") {
    this.root.hidden = !text && !more;
    this.words.className = wrong ? "wrong" : "";
    if (this.words.textContent === text + more) return;
    this.words.replaceChildren(
      el("span", { textContent: text, hidden: !text }),
      el("span", { class: "more", textContent: more }),
    );
  }
}

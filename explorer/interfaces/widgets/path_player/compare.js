// The same anchors along every curve: a table, from which one is taken.

import { el } from "../shared/dom.js";
import { errorText, getJson } from "../shared/requests.js";

export class Compare {
  /** @param {(curve: string) => void} take */
  constructor(take) {
    this.take = take;
    this.address = "";
    this.asked = "";
    this.curve = "";
    this.table = el("div", { class: "curves", role: "status" });
    this.root = el("details", {}, el("summary", { textContent: "Compare the curves" }), this.table);
    this.root.addEventListener("toggle", () => this.look());
  }

  /**
   * @param {string} address the path, as a query
   * @param {string} curve that it goes along now
   */
  of(address, curve) {
    const parts = new URLSearchParams(address);
    for (const name of ["curve", "steps"]) parts.delete(name);
    Object.assign(this, { address: parts.toString(), curve });
    this.look();
  }

  async look() {
    if (!(/** @type {HTMLDetailsElement} */ (this.root).open) || this.asked === `${this.address} ${this.curve}`) return;
    this.asked = `${this.address} ${this.curve}`;
    this.table.textContent = "Walking along each of them. It takes some seconds.";
    try {
      this.fill(await getJson(`/api/path/curves?${this.address}`));
    } catch (error) {
      this.table.textContent = errorText(error);
      this.asked = "";
    }
  }

  /** @param {any[]} curves */
  fill(curves) {
    const heads = [
      ["Curve", ""],
      ["Largest step", "How many times the mean step: 1 is even, more is a jump"],
      ["Detour", "All that the picture changes on the way, over how much its ends differ"],
      ["From what is real", "From what is drawn to the product most like it, over what is usual between products"],
      ["Like no product", "Share of steps further from any product than 95 % of products are"],
    ];
    const lines = curves.map((each) => {
      const taken = each.curve === this.curve;
      const button = el("button", {
        class: "plain",
        textContent: each.title,
        title: each.sentence,
        disabled: taken,
        onclick: () => this.take(each.curve),
      });
      const numbers = [
        `${each.jump.toFixed(1)} ×`,
        each.detour === null ? "–" : `${each.detour.toFixed(1)} ×`,
        each.gap === null ? "–" : `${each.gap.toFixed(1)} ×`,
        `${Math.round(100 * each.far)} %`,
      ];
      return el(
        "tr",
        { "aria-current": String(taken) },
        el("th", { scope: "row" }, button),
        ...numbers.map((textContent) => el("td", { textContent })),
      );
    });
    const head = heads.map(([textContent, title]) => el("th", { scope: "col", textContent, title }));
    this.table.replaceChildren(el("table", {}, el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...lines)));
  }
}

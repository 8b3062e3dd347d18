// Clusters: a click chooses one, shift adds it; the menu of each renames, splits and hides; ticked ones can be merged.

import { all, el, first, part, widgetIn } from "../shared/dom.js";
import { pictureAddress } from "../shared/products.js";
import { qualityWords, sizeWords } from "./words.js";

/** @param {import("../shared/dom.js").Component} component */
export default function mount(component) {
  const { data, parentElement, setTriggerValue } = component;
  const list = widgetIn(parentElement, ClusterList);
  list.send = (act, numbers, name = "") => setTriggerValue("asked", { act, numbers, name });
  list.update(data);
}

const COUNTING = new Intl.NumberFormat("en-US");

class ClusterList {
  /** @type {(act: string, numbers: number[], name?: string) => void} */
  send = () => {};
  /** @type {any} */
  data = null;
  said = "";
  /** @type {number | null} whose menu is open */
  open = null;
  /** @param {HTMLElement} parent */
  constructor(parent) {
    this.ticked = new Set();
    this.open = null; // the number whose menu is open
    this.showHidden = false;
    this.bar = el("div", { class: "bar", hidden: true });
    this.list = el("ul", {});
    this.foot = el("div", { class: "foot" });
    this.root = el(
      "div",
      { class: "ll clusters", onkeydown: (/** @type {KeyboardEvent} */ event) => this.key(event) },
      this.bar,
      this.list,
      this.foot,
    );
    parent.append(this.root);
  }

  /** @param {any} data */
  update(data) {
    const said = JSON.stringify(data);
    if (said === this.said) return;
    this.said = said;
    this.data = data;
    this.open = null;
    const known = new Set(data.clusters.map((/** @type {any} */ cluster) => cluster.number));
    for (const number of this.ticked) if (!known.has(number)) this.ticked.delete(number);
    this.fill();
  }

  fill() {
    const { clusters } = this.data;
    const hidden = clusters.filter((/** @type {any} */ cluster) => cluster.hidden).length;
    const shown = clusters.filter((/** @type {any} */ cluster) => this.showHidden || !cluster.hidden);
    this.list.replaceChildren(...shown.map((/** @type {any} */ cluster) => this.row(cluster)));
    this.bar.hidden = this.ticked.size < 2;
    const merge = el("button", {
      textContent: `Merge ${this.ticked.size} clusters`,
      onclick: () => this.act("merge", [...this.ticked]),
    });
    const clear = el("button", { class: "plain", textContent: "Clear", onclick: () => this.clear() });
    this.bar.replaceChildren(merge, clear);
    this.foot.hidden = !hidden;
    const words = this.showHidden ? "Leave hidden ones out" : `Show ${hidden} hidden`;
    this.foot.replaceChildren(el("button", { class: "plain", textContent: words, onclick: () => this.flip() }));
  }

  /** @param {any} cluster */
  row(cluster) {
    const { number, name, size, examples, hidden } = cluster;
    const quality = qualityWords(cluster);
    const chosen = this.data.chosen.includes(number);
    const tick = el("input", {
      type: "checkbox",
      checked: this.ticked.has(number),
      title: "Tick two or more to merge them",
      "aria-label": `Tick ${name}`,
    });
    tick.onchange = () => this.tick(number, tick.checked);
    const [cover, ...others] = examples;
    const picture = (/** @type {import("../shared/products.js").Product} */ item, /** @type {number} */ px) =>
      el("img", { src: pictureAddress(item, 72), alt: "", width: px, height: px, draggable: false, loading: "lazy" });
    const words = el(
      "span",
      { class: "words" },
      el("span", { class: "name", textContent: name }),
      el("span", { class: "quiet", textContent: sizeWords(cluster) }),
      quality.words ? el("span", { class: "quiet quality", textContent: quality.words, title: quality.help }) : null,
      el(
        "span",
        { class: "examples" },
        ...others.map((/** @type {import("../shared/products.js").Product} */ item) => picture(item, 32)),
      ),
    );
    const label = `${name}: ${COUNTING.format(size)} products`;
    const body = el(
      "button",
      {
        class: "body plain",
        title: "Select these products (shift adds)",
        "aria-pressed": String(chosen),
        "aria-label": label,
      },
      cover ? picture(cover, 64) : null,
      words,
    );
    body.onclick = (event) => this.act(event.shiftKey ? "add" : "select", [number]);
    const more = el("button", {
      class: "more plain",
      textContent: "⋯",
      title: "Rename, split or hide",
      "aria-label": `More for ${name}`,
      "aria-expanded": String(this.open === number),
    });
    more.onclick = () => this.toggle(number);
    const item = el(
      "li",
      { class: `${chosen ? "chosen " : ""}${hidden ? "off" : ""}` },
      el("div", { class: "line" }, tick, body, more),
    );
    item.dataset.number = number;
    if (this.open === number) item.append(this.menu(cluster));
    return item;
  }

  /** @param {any} given */
  menu({ number, name, hidden }) {
    const field = el("input", { type: "text", value: name, maxLength: 60, "aria-label": "New name" });
    const form = el("form", { class: "rename" }, field, el("button", { type: "submit", textContent: "Rename" }));
    form.onsubmit = (event) => {
      event.preventDefault();
      if (field.value.trim() && field.value.trim() !== name) this.act("rename", [number], field.value.trim());
    };
    const split = el("button", {
      textContent: "Split",
      title: "Into as many parts as it falls into by itself; Undo puts them together again",
      onclick: () => this.act("split", [number]),
    });
    const count = el("input", { type: "number", min: 2, max: 12, placeholder: "auto", "aria-label": "Into how many" });
    split.onclick = () => this.act("split", [number], count.value);
    const hide = el("button", {
      textContent: hidden ? "Show again" : "Hide",
      onclick: () => this.act(hidden ? "show" : "hide", [number]),
    });
    return el("div", { class: "menu" }, form, el("div", { class: "acts" }, split, count, hide));
  }

  /**
   * @param {string} act
   * @param {number[]} numbers
   * @param {string} [name]
   */
  act(act, numbers, name) {
    if (act === "merge") this.ticked.clear();
    first(this.list, `li[data-number="${numbers[0]}"]`)?.classList.add("asked");
    this.send(act, numbers, name);
  }

  /** @param {number} number */
  toggle(number) {
    this.open = this.open === number ? null : number;
    this.fill();
    const item = first(this.list, `li[data-number="${number}"]`);
    (this.open === null ? item && first(item, ".more") : item && first(item, ".rename input"))?.focus();
  }

  /**
   * @param {number} number
   * @param {boolean} on
   */
  tick(number, on) {
    if (on) this.ticked.add(number);
    else this.ticked.delete(number);
    this.fill();
    first(this.list, `li[data-number="${number}"] input`)?.focus();
  }

  clear() {
    this.ticked.clear();
    this.fill();
  }

  flip() {
    this.showHidden = !this.showHidden;
    this.fill();
    part(this.foot, "button").focus();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.key === "Escape" && this.open !== null) {
      this.toggle(this.open);
      event.stopPropagation();
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const bodies = all(this.list, ".body");
    const at = bodies.findIndex((body) => body.matches(":focus"));
    if (at < 0) return;
    event.preventDefault();
    bodies[Math.max(0, Math.min(bodies.length - 1, at + (event.key === "ArrowDown" ? 1 : -1)))].focus();
  }
}

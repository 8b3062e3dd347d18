import { el, widgetIn } from "../shared/dom.js";
import { productCard } from "../shared/products.js";
import { getJson, newestWins, query, whenQuiet } from "../shared/requests.js";
import { codeFrom, codeText, isNamed, movedTo, placeOn, placeWords, reachAround } from "./code.js";
import { sliderRow } from "./rows.js";

/** @param {import("../shared/dom.js").Component} component */
export default function mount(component) {
  const { data, parentElement, setTriggerValue } = component;
  const sliders = widgetIn(parentElement, LatentSliders);
  sliders.send = (code) => setTriggerValue("code", code);
  sliders.name = (naming) => setTriggerValue("naming", naming);
  sliders.update(data);
}

const REST_MS = 250; // how long a slider must rest before the products are looked up
const LINK_MS = 700; // and before the link is written
const SHOWN = 8; // dimensions, those that change most; the others are folded

class LatentSliders {
  /** @type {(code: string) => void} */
  send = () => {};
  /** @type {(naming: Record<string, string>) => void} */
  name = () => {};
  /** @type {any} */
  data = null;
  base = "";
  filled = "";
  /** @type {number[]} the code that is shown */
  z = [];
  /** @type {{ dimension: import("./code.js").Dimension, input: HTMLInputElement, value: HTMLOutputElement }[]} */
  sliders = [];
  /** @param {HTMLElement} parent */
  constructor(parent) {
    this.canvas = el("canvas", { role: "img", "aria-label": "Decoded picture" });
    this.near = el("div", { class: "near" });
    this.rows = el("div", { class: "rows" });
    this.message = el("div", { class: "wrong", role: "status" });
    this.startWords = el("div", { class: "quiet" });
    const button = (
      /** @type {string} */ textContent,
      /** @type {string} */ title,
      /** @type {() => void} */ onclick,
    ) => el("button", { textContent, title, onclick });
    this.copied = button("Copy link", "A link that restores this picture", () => this.copyLink());
    this.root = el(
      "div",
      { class: "ll sliders" },
      el(
        "div",
        { class: "left" },
        el("div", { class: "frame" }, this.canvas),
        el(
          "div",
          { class: "tools" },
          button("Reset", "Back to where it started", () => this.jump(this.data.start)),
          button("Randomise", "A random picture, as likely as the products", () => this.randomise()),
          this.copied,
        ),
        this.startWords,
        this.message,
      ),
      el("div", { class: "middle" }, el("div", { class: "label", textContent: "Nearest products" }), this.near),
      el("div", { class: "right" }, this.rows),
    );
    parent.append(this.root);
    this.draw = newestWins((z) => this.decode(z));
    const look = newestWins(() => this.nearest());
    this.look = whenQuiet(REST_MS, () => look(null));
    this.tell = whenQuiet(LINK_MS, () => this.send(this.code()));
  }

  /** @param {any} data */
  update(data) {
    const rows = JSON.stringify([data.model, data.rows, data.start]);
    const base = JSON.stringify([rows, data.start]);
    this.data = data;
    this.startWords.textContent = data.startWords;
    if (base === this.base) return;
    const sameRows = this.filled === rows;
    this.base = base;
    this.filled = rows;
    if (!sameRows) this.fillRows();
    const linked = codeFrom(data.now ?? "", data.start.length);
    this.jump(linked ?? data.start, false);
  }

  fillRows() {
    this.sliders = [];
    /** @type {import("./code.js").Dimension[]} */
    const all = this.data.rows;
    const [named, dimensions] = [all.filter(isNamed), all.filter((row) => !isNamed(row))];
    const most = dimensions.some(({ effect }) => effect !== null);
    const rest = dimensions.slice(SHOWN);
    const heading = (/** @type {string} */ textContent) => el("div", { class: "label", textContent });
    const open = this.rows.querySelector("details")?.open ?? false;
    const more = el(
      "details",
      { open },
      el("summary", { textContent: `${rest.length} more` }),
      ...rest.map((dimension) => this.row(dimension)),
    );
    this.rows.replaceChildren(
      ...(named.length ? [heading("Named"), ...named.map((dimension) => this.row(dimension))] : []),
      heading(most ? "What changes the picture most" : "What tells most of a picture"),
      ...dimensions.slice(0, SHOWN).map((dimension) => this.row(dimension)),
      ...(rest.length ? [more] : []),
    );
  }

  /** @param {import("./code.js").Dimension} dimension */
  row(dimension) {
    const made = sliderRow(dimension, this.data, this.name);
    this.sliders.push({ dimension, ...made });
    made.input.oninput = () => this.move(dimension, Number(made.input.value));
    made.input.ondblclick = () => this.move(dimension, placeOn(dimension, this.data.start, this.data.mean));
    return made.row;
  }

  /**
   * @param {import("./code.js").Dimension} dimension
   * @param {number} to
   */
  move(dimension, to) {
    this.z = movedTo(dimension, this.z, this.data.mean, to);
    this.place(dimension);
    this.changed();
  }

  /** @param {number[]} z */
  jump(z, tell = true) {
    this.z = [...z];
    this.place();
    this.changed(tell);
  }

  /** The sliders where the code stands; one alone where only it was moved. @param {object | null} only */
  place(only = null) {
    for (const { dimension, input, value } of this.sliders) {
      if (only && only !== dimension) continue;
      const now = placeOn(dimension, this.z, this.data.mean);
      if (!only) Object.assign(input, reachAround(dimension, now));
      input.value = String(now);
      value.textContent = placeWords(dimension, now);
    }
  }

  changed(tell = true) {
    this.draw([...this.z]);
    this.look();
    if (tell) this.tell();
  }

  code() {
    return codeText(this.z, 3);
  }

  /** @param {number[]} z */
  async decode(z) {
    const text = codeText(z, 4);
    const response = await fetch(`/api/decode?${query({ model: this.data.model, z: text })}`);
    if (!response.ok) {
      this.message.textContent = (await response.json()).error;
      return;
    }
    this.message.textContent = "";
    const edge = Number(response.headers.get("x-edge"));
    const rgb = new Uint8Array(await response.arrayBuffer());
    const image = new ImageData(edge, edge);
    for (let i = 0, j = 0; j < rgb.length; i += 4, j += 3) {
      image.data[i] = rgb[j];
      image.data[i + 1] = rgb[j + 1];
      image.data[i + 2] = rgb[j + 2];
      image.data[i + 3] = 255;
    }
    if (this.canvas.width !== edge) this.canvas.width = this.canvas.height = edge;
    this.canvas.getContext("2d")?.putImageData(image, 0, 0);
  }

  async nearest() {
    const items = await getJson(`/api/nearest?${query({ model: this.data.model, z: this.code(), k: 6 })}`);
    this.near.replaceChildren(
      ...items.map((/** @type {import("../shared/products.js").Product} */ item) => productCard(item, 72)),
    );
  }

  async randomise() {
    const { z } = await getJson(`/api/draw?${query({ model: this.data.model })}`);
    this.jump(z);
  }

  async copyLink() {
    const address = new URL(window.location.href);
    address.searchParams.set("z", this.code());
    try {
      await navigator.clipboard.writeText(address.href);
      this.copied.textContent = "Copied";
    } catch {
      this.copied.textContent = "The address bar has it";
    }
    setTimeout(() => (this.copied.textContent = "Copy link"), 1500);
  }
}

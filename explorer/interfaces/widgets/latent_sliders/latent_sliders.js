import { el, widgetIn } from "../shared/dom.js";
import { getJson, newestWins, query, whenQuiet } from "../shared/requests.js";
import { codeFrom, codeText, movedTo } from "./code.js";
import { Nearest } from "./found.js";
import { heatMap } from "./heat_map.js";
import { History } from "./history.js";
import { drawCode } from "./picture.js";
import { RowList } from "./row_list.js";
import { section, toolbar } from "./tools.js";
import { sliderOf, wayList } from "./ways.js";

/** @param {import("../shared/dom.js").Component} component */
export default function mount(component) {
  const { data, parentElement, setTriggerValue } = component;
  const sliders = widgetIn(parentElement, LatentSliders);
  sliders.send = (name, value) => setTriggerValue(name, value);
  sliders.update(data);
}

const REST_MS = 250; // how long a slider must rest before the products are looked up
const LINK_MS = 700; // and before the link is written

class LatentSliders {
  /** @type {(name: string, value: any) => void} */
  send = () => {};
  /** @type {any} */
  data = null;
  base = "";
  filled = "";
  /** @type {number[]} the code that is shown */
  z = [];
  history = new History();
  going = false; // the page was told to lead elsewhere

  /** @param {HTMLElement} parent */
  constructor(parent) {
    this.canvas = el("canvas", { role: "img", "aria-label": "Decoded picture" });
    this.nearest = new Nearest((wish) => this.go(wish));
    this.rows = new RowList({
      move: (dimension, to) => this.move(dimension, to),
      code: () => this.z,
      name: (naming) => this.send("naming", naming),
      start: (start) => this.go({ start }),
    });
    this.message = el("div", { class: "wrong", role: "status" });
    this.startWords = el("div", { class: "quiet" });
    this.tools = toolbar({
      undo: () => this.back(this.history.undo(this.z)),
      redo: () => this.back(this.history.redo(this.z)),
      reset: () => this.jump(this.rows.held(this.data.start)),
      random: () => this.random(),
      find: () => this.find(),
      link: () => this.code(),
    });
    this.told = section("Dimensions and attributes: what tells what", () => this.heatMap());
    this.ways = section("Other directions: the widest, and those of attributes", () => this.wayList());
    this.root = el("div", { class: "ll" }, this.top(), this.nearest.more, this.told.root, this.ways.root);
    this.root.onkeydown = (event) => this.key(event);
    parent.append(this.root);
    this.draw = newestWins(async (/** @type {number[]} */ z) => {
      this.message.textContent = await drawCode(this.canvas, this.data.model, z);
    });
    const look = newestWins(() => this.nearest.look(this.data.model, this.code()));
    this.look = whenQuiet(REST_MS, () => {
      look(null);
      this.rows.refreshCards();
    });
    this.tell = whenQuiet(LINK_MS, () => {
      if (!this.going) this.send("code", this.code());
    });
  }

  /** What fills the first screen: the picture, products like it, the sliders. */
  top() {
    const left = el(
      "div",
      { class: "left" },
      el("div", { class: "frame" }, this.canvas),
      this.tools.root,
      this.startWords,
      this.message,
    );
    const beside = el("div", { class: "label", textContent: "Nearest products" });
    const middle = el("div", { class: "middle" }, beside, this.nearest.few);
    return el("div", { class: "sliders" }, left, middle, el("div", { class: "right" }, this.rows.root));
  }

  async heatMap() {
    const { rows } = await getJson(`/api/told?${query({ model: this.data.model })}`);
    return heatMap(rows, (number) => this.rows.openCard(number));
  }

  async wayList() {
    const ways = await getJson(`/api/directions?${query({ model: this.data.model })}`);
    return wayList(
      ways,
      (way) => this.rows.attempt(sliderOf(way)),
      (number) => this.rows.openCard(number),
    );
  }

  /** @param {any} data */
  update(data) {
    const rows = JSON.stringify([data.model, data.rows, data.start]);
    const base = JSON.stringify([data.model, data.start]);
    const [sameBase, sameRows, sameModel] = [base === this.base, rows === this.filled, data.model === this.data?.model];
    this.data = data;
    this.going = false;
    this.base = base;
    this.filled = rows;
    this.startWords.textContent = data.startWords;
    this.nearest.onMap.hidden = !data.maps;
    if (!sameModel) {
      this.rows.forget();
      this.told.forget();
      this.ways.forget();
    }
    if (!sameRows) this.rows.fill(data);
    if (sameBase) return sameRows ? undefined : this.rows.place();
    this.history.clear();
    this.show(codeFrom(data.now ?? "", data.start.length) ?? data.start, false);
  }

  /**
   * @param {import("./code.js").Dimension} dimension
   * @param {number} to
   */
  move(dimension, to) {
    this.history.note(this.z, dimension, performance.now());
    this.z = movedTo(dimension, this.z, this.data.mean, to);
    this.rows.place(dimension);
    this.changed();
  }

  /**
   * All sliders at once, as one step.
   * @param {number[]} z
   */
  jump(z) {
    this.history.note(this.z, null, performance.now());
    this.show(z);
  }

  /** @param {number[] | null} z what undo or redo leads to */
  back(z) {
    if (z) this.show(z);
  }

  /** @param {number[]} z */
  show(z, tell = true) {
    this.z = [...z];
    this.rows.place();
    this.changed(tell);
  }

  changed(tell = true) {
    this.draw([...this.z]);
    this.tools.allow(this.history.done.length > 0, this.history.undone.length > 0);
    this.look();
    if (tell) this.tell();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const typing = event.target instanceof HTMLInputElement && event.target.type !== "range";
    if (typing || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    if (key !== "z" && key !== "y") return;
    event.preventDefault();
    this.back(key === "y" || event.shiftKey ? this.history.redo(this.z) : this.history.undo(this.z));
  }

  /**
   * Elsewhere: what the link would still be told of this page comes too late then, and would lead back to it.
   * @param {Record<string, string>} wish
   */
  go(wish) {
    this.going = true;
    this.send("go", wish);
  }

  code() {
    return codeText(this.z, 3);
  }

  async random() {
    const { z } = await getJson(`/api/draw?${query({ model: this.data.model })}`);
    this.jump(this.rows.held(z));
  }

  find() {
    this.nearest.toggle(!this.nearest.open);
    this.look();
  }
}

import { el, widgetIn } from "../../shared/dom.js";
import { Mask } from "./mask.js";

const CANVAS_PX = 512;
const ERASED = [120, 124, 140, 235]; // red, green, blue, and how much of the picture it hides
const HINT = "Drag a box over what is to be filled.";
const KEYS = "arrow keys move a box, with Shift they size it, Enter erases it, Backspace takes the last step back";

/** @typedef {import("./mask.js").Point} Point */

/** @param {import("../../shared/dom.js").Component} component */
export default function mount(component) {
  const { data, parentElement, setTriggerValue } = component;
  const erase = widgetIn(parentElement, Erase);
  erase.send = (said) => setTriggerValue("erased", said);
  erase.update(data);
}

class Erase {
  /** @type {(said: { edge: number, mask: string }) => void} */
  send = () => {};
  mask = new Mask(1);
  picture = new Image();
  tool = "box";
  /** @type {Point | null} where a drag began, or was last */
  from = null;
  /** @type {Point | null} */
  to = null;
  keyed = { x: 0.3, y: 0.3, wide: 0.3, high: 0.3 }; // of the edge
  byKeys = false;

  /** @param {HTMLElement} parent */
  constructor(parent) {
    const drag = {
      onpointerdown: (/** @type {PointerEvent} */ event) => this.down(event),
      onpointermove: (/** @type {PointerEvent} */ event) => this.move(event),
      onpointerup: () => this.up(),
      onpointercancel: () => this.up(),
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.key(event),
      onblur: () => this.byKeys && this.showKeyed(false),
    };
    const words = { role: "application", "aria-label": `Erase a part of the picture: ${KEYS}`, title: KEYS };
    this.canvas = el("canvas", { width: CANVAS_PX, height: CANVAS_PX, tabIndex: 0, ...words, ...drag });
    const button = (/** @type {string} */ label, /** @type {() => void} */ work, kind = "") =>
      el("button", { textContent: label, class: kind, type: "button", onclick: work });
    this.tools = { box: button("Box", () => this.take("box")), brush: button("Brush", () => this.take("brush")) };
    this.size = el("input", { type: "range", min: "2", max: "20", value: "7", "aria-label": "Size of the brush" });
    this.sized = el("label", { class: "quiet" }, "Size", this.size);
    this.back = button("Undo", () => this.change(() => this.mask.undo()));
    this.none = button("Clear", () => this.change(() => this.mask.clear()));
    this.fill = button("Fill it", () => this.send({ edge: this.mask.edge, mask: this.mask.packed() }), "fill");
    const tools = [this.tools.box, this.tools.brush, this.sized, this.back, this.none, this.fill];
    this.words = el("div", { class: "quiet", role: "status" });
    parent.append(el("div", { class: "ll erase" }, this.canvas, el("div", { class: "tools" }, ...tools), this.words));
    this.take("box");
  }

  /** @param {{ picture: string, edge: number }} data */
  update({ picture, edge }) {
    if (picture === this.picture.src && edge === this.mask.edge) return;
    this.mask = new Mask(edge);
    this.picture = new Image();
    this.picture.onload = () => this.draw();
    this.picture.src = picture;
    this.draw();
  }

  /** @param {"box" | "brush"} tool */
  take(tool) {
    this.tool = tool;
    for (const [name, button] of Object.entries(this.tools)) button.setAttribute("aria-pressed", `${name === tool}`);
    this.sized.hidden = tool !== "brush";
  }

  /** @param {() => void} work */
  change(work) {
    work();
    this.draw();
  }

  // -- mouse, finger, pen --------------------------------------------------------------------------------------------

  /** @param {PointerEvent} event */
  at(event) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    const { edge } = this.mask;
    const within = (/** @type {number} */ value) => Math.max(0, Math.min(edge, value * edge));
    return { x: within((event.clientX - left) / width), y: within((event.clientY - top) / height) };
  }

  /** @param {PointerEvent} event */
  down(event) {
    if (event.button) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.byKeys = false;
    this.from = this.at(event);
    this.to = this.from;
    if (this.tool === "box") return;
    this.mask.begin();
    this.change(() => this.mask.stroke(this.at(event), this.at(event), this.radius));
  }

  /** @param {PointerEvent} event */
  move(event) {
    const { from } = this;
    if (!from) return;
    this.to = this.at(event);
    if (this.tool === "brush") {
      this.mask.stroke(from, this.to, this.radius);
      this.from = this.to;
    }
    this.draw();
  }

  up() {
    const { from, to } = this;
    this.from = null;
    this.to = null;
    if (from && to && this.tool === "box" && Math.abs(from.x - to.x) >= 1 && Math.abs(from.y - to.y) >= 1) {
      this.mask.begin();
      this.mask.box(from, to);
    }
    this.draw();
  }

  get radius() {
    return (Number(this.size.value) / 100) * this.mask.edge;
  }

  // -- keyboard ------------------------------------------------------------------------------------------------------

  /** @param {boolean} shown */
  showKeyed(shown) {
    this.byKeys = shown;
    this.draw();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    /** @type {Record<string, [number, number]>} */
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const way = ways[event.key];
    if (way) this.shift(way[0] / 32, way[1] / 32, event.shiftKey);
    else if (event.key === "Enter" || event.key === " ") this.eraseKeyed();
    else if (event.key === "Backspace") this.change(() => this.mask.undo());
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /**
   * @param {number} right
   * @param {number} down
   * @param {boolean} sizes
   */
  shift(right, down, sizes) {
    const { keyed } = this;
    const within = (/** @type {number} */ value, /** @type {number} */ least, /** @type {number} */ most) =>
      Math.max(least, Math.min(most, value));
    if (sizes) {
      keyed.wide = within(keyed.wide + right, 1 / 32, 1 - keyed.x);
      keyed.high = within(keyed.high + down, 1 / 32, 1 - keyed.y);
    } else {
      keyed.x = within(keyed.x + right, 0, 1 - keyed.wide);
      keyed.y = within(keyed.y + down, 0, 1 - keyed.high);
    }
    this.showKeyed(true);
  }

  eraseKeyed() {
    const { x, y, wide, high } = this.keyed;
    const { edge } = this.mask;
    this.mask.begin();
    this.mask.box({ x: x * edge, y: y * edge }, { x: (x + wide) * edge, y: (y + high) * edge });
    this.showKeyed(true);
  }

  // -- on the screen -------------------------------------------------------------------------------------------------

  draw() {
    const context = this.canvas.getContext("2d");
    if (!context) return;
    const { mask, picture, from, to, keyed } = this;
    const scale = CANVAS_PX / mask.edge;
    context.clearRect(0, 0, CANVAS_PX, CANVAS_PX);
    context.imageSmoothingQuality = "high";
    if (picture.complete && picture.naturalWidth) context.drawImage(picture, 0, 0, CANVAS_PX, CANVAS_PX);
    const small = el("canvas", { width: mask.edge, height: mask.edge });
    const pixels = new ImageData(mask.edge, mask.edge);
    mask.bits.forEach((bit, i) => {
      if (bit) pixels.data.set(ERASED, 4 * i);
    });
    small.getContext("2d")?.putImageData(pixels, 0, 0);
    context.drawImage(small, 0, 0, CANVAS_PX, CANVAS_PX);
    context.setLineDash([6, 4]);
    context.lineWidth = 2;
    context.strokeStyle = "#c2410c";
    if (from && to && this.tool === "box")
      context.strokeRect(from.x * scale, from.y * scale, (to.x - from.x) * scale, (to.y - from.y) * scale);
    const [x, y, wide, high] = [keyed.x, keyed.y, keyed.wide, keyed.high].map((part) => part * CANVAS_PX);
    if (this.byKeys) context.strokeRect(x, y, wide, high);
    const nothing = mask.isEmpty;
    this.fill.disabled = nothing;
    this.none.disabled = nothing;
    this.back.disabled = !mask.before.length;
    const share = mask.bits.reduce((sum, bit) => sum + bit, 0) / mask.bits.length;
    this.words.textContent = nothing ? HINT : `${Math.max(1, Math.round(100 * share))} % of the picture is erased.`;
  }
}

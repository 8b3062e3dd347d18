// The map: points on a plain canvas, small pictures when near, a card under the pointer, anchors, a legend, clusters, and
// tools to select many. Nothing here asks Streamlit to redraw anything: points, colours, masks and products come over
// HTTP, and only choices go back.

import { el, forgetWidgetIn, widgetIn } from "../shared/dom.js";
import { errorText, wasAborted } from "../shared/requests.js";
import { Camera } from "./camera.js";
import { Fetched } from "./fetched.js";
import { glide } from "./glide.js";
import { Hands } from "./hands.js";
import { svg, toolButton } from "./overlay/buttons.js";
import { Cards } from "./overlay/cards.js";
import { Clusters } from "./overlay/clusters.js";
import { Emptiness } from "./overlay/emptiness.js";
import { Legend } from "./overlay/legend.js";
import { keysDialog, TwinTable } from "./overlay/table.js";
import { Pictures } from "./pictures/pictures.js";
import { PointCanvas } from "./points/point_canvas.js";
import { isDark, lift } from "./points/tones.js";
import { Selecting } from "./selection/selecting.js";

/** @typedef {import("./map_data.js").MapData} MapData */

const MISSING = { light: "#b9b9b4", dark: "#5c6066" };

/** @param {import("../shared/dom.js").Component} component */
export default function mount(component) {
  const { parentElement } = component;
  const map = widgetIn(parentElement, LatentMap);
  const turn = map.update(component);
  // Streamlit may call an earlier turn's answer late: only the last one closes the map
  return () => {
    if (turn !== map.turn) return;
    forgetWidgetIn(parentElement);
    map.close();
  };
}

export class LatentMap {
  turn = 0;
  closed = false;
  /** @type {MapData} */
  data = /** @type {any} */ (null);
  /** @type {import("../shared/dom.js").Component["setTriggerValue"]} */
  send = () => {};
  /** @type {import("../shared/dom.js").Component["setStateValue"]} */
  keep = () => {};
  fetched = new Fetched();
  /** @type {Float32Array | null} places by row, NaN = none; null until they are there */
  xy = null;
  /** @type {ArrayBuffer | null} */
  shownPoints = null;
  place = "";
  /** @type {string[]} "#rrggbb", as this page shows them */
  palette = [];
  colours = new Uint8Array(0);
  dark = false;
  paper = "#ffffff";
  due = 0; // the frame that was asked for

  /** @param {HTMLElement} parent */
  constructor(parent) {
    this.selecting = new Selecting(this);
    this.pictures = new Pictures(this);
    this.clusters = new Clusters(this);
    this.cards = new Cards(this);
    this.legend = new Legend(this);
    this.emptiness = new Emptiness(this);
    this.table = new TwinTable(this);
    this.camera = new Camera(this);
    const { selecting, cards, clusters, pictures, table, legend } = this;
    this.canvas = el("canvas", { tabIndex: 0, role: "application" });
    this.drawing = svg("svg", { class: "drawing", "aria-hidden": "true" }, ...cards.lines, selecting.drawing.outline);
    this.note = el("div", { class: "note" });
    this.keys = keysDialog();
    const zooms = [
      toolButton("+", "Zoom in (+)", () => this.camera.zoom(1.6)),
      toolButton("−", "Zoom out (−)", () => this.camera.zoom(1 / 1.6)),
      toolButton("Fit", "Show the whole map (0)", () => this.camera.fit()),
    ];
    const views = [
      pictures.button,
      clusters.button,
      table.button,
      toolButton("?", "Keys (?)", () => this.keys.showModal()),
    ];
    const group = (/** @type {string} */ label, /** @type {HTMLElement[]} */ buttons) =>
      el("div", { class: "group", role: "group", "aria-label": label }, ...buttons);
    const groups = [selecting.group, group("Zoom", zooms), group("What is shown", views)];
    const tools = el("div", { class: "tools", role: "toolbar", "aria-label": "Map" }, ...groups);
    const marks = [cards.markers.a, cards.markers.b, cards.ring, cards.pin];
    const over = [...marks, this.note, this.emptiness.root, selecting.status.root, cards.hoverCard, cards.pinnedCard];
    this.stage = el("div", { class: "stage loading" }, this.canvas, this.drawing, clusters.layer, ...over);
    this.root = el("div", { class: "ll map" }, tools, this.stage, legend.root, table.dialog, this.keys);
    parent.append(this.root);
    this.points = new PointCanvas(this.canvas);
    this.hands = new Hands(this);
    this.sized = new ResizeObserver(() => this.resize());
    this.sized.observe(this.stage);
  }

  close() {
    this.closed = true;
    this.sized.disconnect();
    this.fetched.abort();
    this.pictures.close();
    this.root.remove();
  }

  /** Of the catalogue. */
  get rows() {
    return (this.xy?.length ?? 0) / 2;
  }

  // -- what Streamlit sends -----------------------------------------------------------------------------------------

  /** @param {import("../shared/dom.js").Component} given */
  update({ data, setTriggerValue, setStateValue }) {
    if (data.by !== this.data?.by) this.legend.front = null;
    const rehidden = data.hide !== this.data?.hide;
    this.data = data;
    this.send = setTriggerValue;
    this.keep = setStateValue;
    this.paper = getComputedStyle(this.root).backgroundColor;
    this.dark = isDark(this.paper);
    this.palette = data.palette.map((/** @type {string} */ colour) => (this.dark ? lift(colour) : colour));
    const keys =
      "Arrows move, plus and minus zoom, 0 shows all, Enter opens the product nearest to the middle, L and B draw a selection, T lists the products as a table, question mark tells all keys.";
    this.canvas.setAttribute("aria-label", `${data.title} ${keys}`);
    for (const part of [this.cards, this.selecting, this.pictures, this.clusters]) part.update(data);
    if (rehidden && this.xy) this.remask();
    this.load();
    return ++this.turn;
  }

  async load() {
    const wanted = this.data;
    if (!this.xy) this.say(`Loading ${wanted.placed.toLocaleString("en")} points…`);
    try {
      const [points, colours] = await this.fetched.both(wanted.points, wanted.colours);
      if (wanted === this.data && !this.closed) this.show(points, colours);
    } catch (error) {
      if (wasAborted(error) || wanted !== this.data) return;
      const retry = el("button", { textContent: "Try again", onclick: () => this.load() });
      this.say(`The map did not arrive: ${errorText(error)}`, retry);
    }
  }

  /**
   * @param {ArrayBuffer} points
   * @param {ArrayBuffer} colours
   */
  show(points, colours) {
    const [before, place] = [this.xy, this.place];
    if (this.shownPoints !== points) {
      this.shownPoints = points;
      this.xy = new Float32Array(points);
      this.place = this.data.place;
      this.points.setPoints(this.xy);
      if (!before && this.data.view) this.points.setView(this.data.view);
      this.cards.forget();
      if (!before) this.pinWanted();
    }
    this.colours = new Uint8Array(colours);
    this.recolour();
    this.say("");
    if (before && place !== this.place) {
      this.camera.fit();
      glide(this, before);
    }
    this.cards.refill();
  }

  /** The product that somebody asked to see here: its card is open as after a click. Once. */
  pinWanted() {
    if (!(this.data.pin >= 0)) return;
    if (this.placeOf(this.data.pin)) this.cards.open(this.data.pin);
    this.send("pinned", this.data.pin);
  }

  recolour() {
    const missing = this.dark ? MISSING.dark : MISSING.light;
    this.points.setColours(this.colours, this.palette, missing, this.legend.front, this.dark);
    this.legend.show();
    this.redraw();
  }

  /** After another selection or filter. */
  remask() {
    const { selected, shown } = this.selecting;
    this.points.setMasks(selected?.bits ?? null, shown?.bits ?? null, this.data.hide);
    if (!this.xy) return;
    this.legend.show();
    this.cards.refill();
    this.redraw();
  }

  /**
   * @param {string} text
   * @param {...(Node)} more
   */
  say(text, ...more) {
    this.stage.classList.toggle("loading", !this.xy && !more.length);
    this.note.hidden = !text;
    this.note.replaceChildren(el("div", { class: more.length ? "wrong" : "", textContent: text }), ...more);
  }

  // -- drawing ------------------------------------------------------------------------------------------------------

  resize() {
    const { clientWidth, clientHeight } = this.stage;
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [Math.round(clientWidth * ratio), Math.round(clientHeight * ratio)];
    Object.assign(this.canvas, { width, height });
    this.points.resize(width, height, ratio);
    this.drawNow(); // at once: a canvas that changed its size is empty
  }

  redraw() {
    this.due ||= requestAnimationFrame(() => this.drawNow());
  }

  drawNow() {
    cancelAnimationFrame(this.due);
    this.due = 0;
    if (this.closed || !this.xy) return;
    this.points.draw();
    this.clusters.drawOutlines(this.points.context);
    this.pictures.draw(this.points.context);
    this.emptiness.show();
    this.decorate();
  }

  /** What lies over the points: labels, lines, rings, markers and cards. */
  decorate() {
    this.clusters.place();
    this.selecting.drawing.redraw();
    this.cards.place();
  }

  /**
   * CSS px on the canvas, or null for a row that is not on the map.
   * @param {number} row
   */
  placeOf(row) {
    const { xy } = this;
    if (!xy || row < 0 || !Number.isFinite(xy[2 * row])) return null;
    return this.points.toScreen(xy[2 * row], xy[2 * row + 1]);
  }
}

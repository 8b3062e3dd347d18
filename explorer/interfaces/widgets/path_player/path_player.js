import { all, el, widgetIn } from "../shared/dom.js";
import { pictureAddress, SAME } from "../shared/products.js";
import { errorText, getJson, loadedPicture, query } from "../shared/requests.js";
import { Chart } from "./chart.js";
import { Compare } from "./compare.js";
import { endCards, stripTile } from "./ends.js";
import { Files } from "./files.js";
import { following, HOLD_MS, nearestTile, stayMs, stripOf } from "./timing.js";
import { WayMap } from "./way_map.js";
import { farWords, pathWords } from "./words.js";

/** @param {import("../shared/dom.js").Component} component */
export default function mount(component) {
  const { data, parentElement, setTriggerValue } = component;
  const player = widgetIn(parentElement, PathPlayer);
  player.take = (curve) => setTriggerValue("curve", curve);
  player.update(data);
}

const PANEL_PX = 512; // of the canvas; the page scales it down

class PathPlayer {
  address = "";
  /** @type {any[]} */
  steps = [];
  /** @type {number[]} the steps of the filmstrip */
  tiles = [];
  /** @type {HTMLImageElement | null} all decoded steps */
  sheet = null;
  edge = 1;
  columns = 1;
  loop = "";
  way = 1; // forward
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer = undefined;
  /** @type {(curve: string) => void} */
  take = () => {};
  /** @param {HTMLElement} parent */
  constructor(parent) {
    this.at = 0;
    this.playing = true;
    this.steps = [];
    this.pictures = new Map();
    this.canvas = el("canvas", { width: PANEL_PX, height: PANEL_PX, role: "img", "aria-label": "Decoded step" });
    this.real = el("img", { alt: "", draggable: false });
    this.map = new WayMap();
    this.chart = new Chart((at) => this.scrub(at));
    this.exports = new Files();
    this.compare = new Compare((curve) => this.take(curve));
    this.stepWords = el("span", { class: "name" });
    this.realWords = el("span", { class: "name" });
    this.distance = el("span", { class: "quiet" });
    this.playButton = el("button", { class: "play", onclick: () => this.toggle() });
    this.range = el("input", {
      type: "range",
      min: 0,
      value: 0,
      step: 1,
      disabled: true,
      "aria-label": "Step of the path",
    });
    this.range.oninput = () => this.scrub(Number(this.range.value));
    this.strip = el("div", { class: "strip", role: "group", "aria-label": "Filmstrip" });
    this.ends = el("div", { class: "path-ends", role: "group", "aria-label": "What the path comes to" });
    this.verdict = el("p", { class: "verdict" });
    this.message = el("div", { class: "wrong", role: "status" });
    const figure = (/** @type {HTMLElement} */ picture, /** @type {(Node | string)[]} */ ...words) =>
      el("figure", {}, el("div", { class: "frame" }, picture), el("figcaption", {}, ...words));
    const quiet = (/** @type {string} */ textContent) => el("span", { class: "quiet", textContent });
    this.mapFigure = figure(this.map.canvas, el("span", { class: "name", textContent: "On the map" }));
    this.root = el(
      "div",
      { class: "ll player", tabIndex: 0, "aria-label": "Player: space plays and pauses, arrows step" },
      el(
        "div",
        { class: "panels" },
        figure(this.canvas, this.stepWords, quiet("Decoded")),
        figure(this.real, this.realWords, this.distance),
        this.mapFigure,
      ),
      el("div", { class: "controls" }, this.playButton, this.range),
      this.strip,
      this.chart.root,
      this.verdict,
      this.ends,
      this.exports.root,
      this.compare.root,
      this.message,
    );
    this.root.onkeydown = (event) => this.key(event);
    parent.append(this.root);
    this.label();
  }

  /** @param {any} data */
  async update(data) {
    const address = query(data.request);
    if (address === this.address) return;
    this.address = address;
    this.root.classList.add("loading");
    this.verdict.textContent = "Walking along the path …";
    this.message.textContent = "";
    this.exports.offer(address, data.name, data.shapes);
    this.compare.of(address, data.request.curve);
    try {
      const [path, sheet] = await Promise.all([
        getJson(`/api/path?${address}`),
        loadedPicture(`/api/path/sheet?${address}`),
      ]);
      if (address !== this.address) return;
      const { steps, edge, columns, loop } = path;
      Object.assign(this, { steps, edge, columns, loop, sheet, way: 1 });
      Object.assign(this.range, { max: path.steps.length - 1, disabled: false });
      this.pictures = new Map(path.steps.map((/** @type {any} */ step) => [step.sha256, null]));
      await Promise.all([...this.pictures.keys()].map((sha256) => this.loadReal(sha256)));
      if (address !== this.address) return;
      this.lay(path);
      this.show(0);
      if (this.playing) this.play();
      await this.drawMap(data);
    } catch (error) {
      this.message.textContent = errorText(error);
    }
    this.root.classList.remove("loading");
  }

  /**
   * What stands still while the path plays.
   * @param {any} path
   */
  lay(path) {
    this.tiles = stripOf(this.steps.length);
    const draw = (/** @type {HTMLCanvasElement} */ canvas, /** @type {number} */ at) => this.tile(canvas, at);
    const scrub = (/** @type {number} */ at) => this.scrub(at);
    this.strip.replaceChildren(...this.tiles.map((at) => stripTile(this.steps[at], at, draw, scrub)));
    const said = pathWords(path.steps, path.detour);
    this.verdict.textContent = said;
    this.chart.draw(path.steps, said);
    this.ends.replaceChildren(...endCards(path.anchors, draw, scrub));
  }

  /** @param {any} data */
  async drawMap(data) {
    this.mapFigure.hidden = !data.map;
    if (!data.map) return;
    const { steps } = this;
    await this.map.draw({ model: data.request.model, name: data.map, v: data.etag }, steps);
    if (steps === this.steps) this.map.show(this.at);
  }

  /** @param {string} sha256 */
  async loadReal(sha256) {
    this.pictures.set(sha256, await loadedPicture(pictureAddress({ sha256 }, 256)));
  }

  /**
   * Draws step `at`, in whole pixels.
   * @param {number} at
   */
  show(at) {
    this.at = at;
    const step = this.steps[at];
    this.tile(this.canvas, at);
    const picture = this.pictures.get(step.sha256);
    if (picture && this.real.src !== picture.src) this.real.src = picture.src;
    this.real.alt = `Nearest product: ${step.name}`;
    this.stepWords.textContent = `Step ${at + 1} of ${this.steps.length}`;
    this.realWords.textContent = step.name;
    this.realWords.title = step.product_id;
    this.distance.textContent =
      (step.typical ?? step.distance) < SAME ? "the product itself" : farWords(step.typical, step.distance);
    this.range.value = String(at);
    this.range.setAttribute("aria-valuetext", `${this.stepWords.textContent}, nearest ${step.name}`);
    this.chart.show(at);
    this.map.show(at);
    for (const tile of all(this.strip, "button"))
      tile.setAttribute("aria-current", String(Number(tile.dataset.at) === nearestTile(this.tiles, at)));
  }

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {number} at
   */
  tile(canvas, at) {
    const context = canvas.getContext("2d");
    if (!context || !this.sheet) return;
    context.imageSmoothingQuality = "high";
    const [x, y] = [(at % this.columns) * this.edge, Math.floor(at / this.columns) * this.edge];
    context.drawImage(this.sheet, x, y, this.edge, this.edge, 0, 0, canvas.width, canvas.height);
  }

  /** @param {number} at */
  scrub(at) {
    this.pause();
    this.show(at);
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  play() {
    this.playing = true;
    this.label();
    clearTimeout(this.timer);
    if (!this.steps.length) return; // it begins when the path is there
    const tick = () => {
      if (!this.playing || !this.root.isConnected) return;
      const [next, way] = following(this.at, this.steps.length, this.way, this.loop === "back");
      this.way = way;
      this.show(next);
      this.timer = setTimeout(tick, stayMs(this.at, this.steps.length));
    };
    this.timer = setTimeout(tick, HOLD_MS);
  }

  pause() {
    this.playing = false;
    clearTimeout(this.timer);
    this.label();
  }

  label() {
    this.playButton.textContent = this.playing ? "Pause" : "Play";
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const move = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.target === this.range && move) return this.pause();
    const tag = /** @type {HTMLElement} */ (event.target).tagName;
    if (["BUTTON", "A", "INPUT", "SELECT", "SUMMARY"].includes(tag) && event.target !== this.range) return undefined;
    if (event.key === " ") {
      event.preventDefault();
      this.toggle();
    }
    if (move && this.steps.length) {
      event.preventDefault();
      this.scrub(Math.min(this.steps.length - 1, Math.max(0, this.at + move)));
    }
    return undefined;
  }
}

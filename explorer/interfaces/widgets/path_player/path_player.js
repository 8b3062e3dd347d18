import { all, el, widgetIn } from "../shared/dom.js";
import { pictureAddress, SAME } from "../shared/products.js";
import { errorText, getJson, query } from "../shared/requests.js";
import { HOLD_MS, nearestTile, stayMs, stripOf } from "./timing.js";

/** @param {import("../shared/dom.js").Component} component */
export default function mount(component) {
  const { data, parentElement } = component;
  const player = widgetIn(parentElement, PathPlayer);
  player.update(data);
}

const PANEL_PX = 512; // of the canvas; the page scales it down
const FILES = [
  ["gif", "GIF", "Animated picture, plays everywhere"],
  ["webp", "WebP", "Animated picture, a fifth of the size"],
  ["mp4", "MP4", "Video"],
  ["png", "Sheet", "All steps in one picture"],
  ["csv", "CSV", "Each step, its product, distance and code"],
  ["json", "JSON", "The same for programs"],
];

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
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer = undefined;
  /** @param {HTMLElement} parent */
  constructor(parent) {
    this.at = 0;
    this.playing = true;
    this.steps = [];
    this.pictures = new Map();
    this.canvas = el("canvas", { width: PANEL_PX, height: PANEL_PX, role: "img", "aria-label": "Decoded step" });
    this.real = el("img", { alt: "", draggable: false });
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
    this.files = el("div", { class: "files" });
    this.message = el("div", { class: "wrong", role: "status" });
    const figure = (/** @type {HTMLElement} */ picture, /** @type {(Node | string)[]} */ ...words) =>
      el("figure", {}, el("div", { class: "frame" }, picture), el("figcaption", {}, ...words));
    this.root = el(
      "div",
      { class: "ll player", tabIndex: 0, "aria-label": "Player: space plays and pauses, arrows step" },
      el(
        "div",
        { class: "panels" },
        figure(this.canvas, this.stepWords, el("span", { class: "quiet", textContent: "Decoded" })),
        figure(this.real, this.realWords, this.distance),
      ),
      el("div", { class: "controls" }, this.playButton, this.range),
      this.strip,
      el("div", { class: "foot" }, this.files, this.message),
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
    this.message.textContent = "";
    this.offerFiles(address, data.name);
    try {
      const [path, sheet] = await Promise.all([
        getJson(`/api/path?${address}`),
        loadPicture(`/api/path/sheet?${address}`),
      ]);
      if (address !== this.address) return;
      Object.assign(this, { steps: path.steps, edge: path.edge, columns: path.columns, sheet });
      Object.assign(this.range, { max: path.steps.length - 1, disabled: false });
      this.pictures = new Map(path.steps.map((/** @type {any} */ step) => [step.sha256, null]));
      await Promise.all([...this.pictures.keys()].map((sha256) => this.loadReal(sha256)));
      if (address !== this.address) return;
      this.fillStrip();
      this.show(0);
      if (this.playing) this.play();
    } catch (error) {
      this.message.textContent = errorText(error);
    }
    this.root.classList.remove("loading");
  }

  /** @param {string} sha256 */
  async loadReal(sha256) {
    this.pictures.set(sha256, await loadPicture(pictureAddress({ sha256 }, 256)));
  }

  /**
   * @param {string} address
   * @param {string} name
   */
  offerFiles(address, name) {
    const links = FILES.map(([kind, words, title]) =>
      el("a", { href: `/api/film.${kind}?${address}`, download: `${name}.${kind}`, textContent: words, title }),
    );
    this.files.replaceChildren(el("span", { class: "quiet", textContent: "Download" }), ...links);
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
    this.distance.textContent =
      (step.typical ?? step.distance) < SAME
        ? "the product itself"
        : `${(step.typical ?? step.distance).toFixed(1)} × typical distance`;
    this.range.value = String(at);
    this.range.setAttribute("aria-valuetext", `${this.stepWords.textContent}, nearest ${step.name}`);
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
    const [x, y] = [at % this.columns, Math.floor(at / this.columns)];
    context.drawImage(
      this.sheet,
      x * this.edge,
      y * this.edge,
      this.edge,
      this.edge,
      0,
      0,
      canvas.width,
      canvas.height,
    );
  }

  fillStrip() {
    this.tiles = stripOf(this.steps.length);
    this.strip.replaceChildren(
      ...this.tiles.map((at) => {
        const canvas = el("canvas", { width: 128, height: 128 });
        this.tile(canvas, at);
        const real = el("img", { src: pictureAddress(this.steps[at], 160), alt: "", draggable: false });
        const words = `Step ${at + 1}: nearest ${this.steps[at].name}`;
        const tile = el("button", { title: words, "aria-label": words, onclick: () => this.scrub(at) }, canvas, real);
        tile.dataset.at = String(at);
        return tile;
      }),
    );
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
      this.show((this.at + 1) % this.steps.length);
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
    if (
      /** @type {HTMLElement} */ (event.target).tagName === "BUTTON" ||
      /** @type {HTMLElement} */ (event.target).tagName === "A"
    )
      return undefined;
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

/** @param {string} src */
function loadPicture(src) {
  return new Promise((resolve, reject) => {
    const picture = new Image();
    picture.onload = () => resolve(picture);
    picture.onerror = () => reject(new Error("A picture of this path could not be loaded. Reload the page."));
    picture.src = src;
  });
}

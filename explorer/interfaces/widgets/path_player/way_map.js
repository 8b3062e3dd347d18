// The way on a map: all products as grey dots, the nearest ones of the path joined by a line.

import { el } from "../shared/dom.js";
import { getBytes, query } from "../shared/requests.js";

const PX = 512;
const PAD = 14;
const DOTS_MOST = 20_000;

export class WayMap {
  constructor() {
    this.address = "";
    /** @type {Float32Array | null} */
    this.places = null;
    /** @type {HTMLCanvasElement | null} the dots and the line, without the step */
    this.ground = null;
    /** @type {[number, number][]} */
    this.way = [];
    this.canvas = el("canvas", { width: PX, height: PX, role: "img", "aria-label": "The way on the map" });
  }

  /**
   * @param {{ model: string, name: string, v: string }} map
   * @param {any[]} steps
   */
  async draw(map, steps) {
    const address = `/api/map?${query(map)}`;
    if (address !== this.address) {
      this.address = address;
      this.places = new Float32Array((await getBytes(address)).content);
    }
    if (this.places) this.lay(this.places, steps);
  }

  /**
   * @param {Float32Array} places x, y by row
   * @param {any[]} steps
   */
  lay(places, steps) {
    const fit = fitting(places);
    const at = (/** @type {number} */ row) => fit(places[2 * row], places[2 * row + 1]);
    this.ground = document.createElement("canvas");
    this.ground.width = this.ground.height = PX;
    const context = /** @type {CanvasRenderingContext2D} */ (this.ground.getContext("2d"));
    context.fillStyle = "rgb(120 130 140 / 30%)";
    const every = Math.max(1, Math.ceil(places.length / 2 / DOTS_MOST));
    for (let row = 0; row < places.length / 2; row += every) {
      const [x, y] = at(row);
      if (Number.isFinite(x)) context.fillRect(x - 1, y - 1, 2, 2);
    }
    this.way = steps.map((step) => at(step.row));
    const known = this.way.filter(([x]) => Number.isFinite(x));
    context.strokeStyle = colour(this.canvas);
    context.lineWidth = 3;
    context.lineJoin = "round";
    context.beginPath();
    known.forEach(([x, y], i) => {
      i ? context.lineTo(x, y) : context.moveTo(x, y);
    });
    context.stroke();
    for (const end of [known[0], known.at(-1)]) if (end) dot(context, end, 7, colour(this.canvas));
  }

  /** @param {number} at */
  show(at) {
    const context = this.canvas.getContext("2d");
    if (!context || !this.ground) return;
    context.clearRect(0, 0, PX, PX);
    context.drawImage(this.ground, 0, 0);
    const place = this.way[at];
    if (place && Number.isFinite(place[0])) dot(context, place, 10, "#d9480f");
  }
}

/**
 * From places to px, the same scale both ways, the middle in the middle.
 * @param {Float32Array} places
 * @returns {(x: number, y: number) => [number, number]}
 */
function fitting(places) {
  let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < places.length; i += 2) {
    if (!Number.isFinite(places[i])) continue;
    left = Math.min(left, places[i]);
    right = Math.max(right, places[i]);
    low = Math.min(low, places[i + 1]);
    high = Math.max(high, places[i + 1]);
  }
  const by = (PX - 2 * PAD) / Math.max(right - left, high - low, 1e-9);
  const [x0, y0] = [(left + right) / 2, (low + high) / 2];
  return (x, y) => [PX / 2 + (x - x0) * by, PX / 2 - (y - y0) * by];
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {[number, number]} place
 * @param {number} radius
 * @param {string} ink
 */
function dot(context, [x, y], radius, ink) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = ink;
  context.fill();
  context.lineWidth = 3;
  context.strokeStyle = "#fff";
  context.stroke();
}

/** @param {Element} element */
const colour = (element) => getComputedStyle(element).getPropertyValue("--st-primary-color") || "#0b6e99";

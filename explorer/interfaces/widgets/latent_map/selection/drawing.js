// The line that is being drawn on the map, and the outline that stays until its products are known.

import { svg } from "../overlay/buttons.js";
import { boxOf, polygonOf } from "./lasso.js";

/** @typedef {import("./lasso.js").Corner} Corner */

const LEAST_PX = 2; // between two corners

export class Drawing {
  /** @type {Corner[] | null} px of the canvas, while it is drawn */
  line = null;
  box = false;
  /** @type {Corner[] | null} the outline that is shown, map units */
  drawn = null;

  /** @param {import("../latent_map.js").LatentMap} map */
  constructor(map) {
    this.map = map;
    this.outline = svg("path", { class: "lasso" });
  }

  /**
   * @param {{ offsetX: number, offsetY: number }} place
   * @param {boolean} box instead of a lasso
   */
  begin({ offsetX, offsetY }, box) {
    this.line = [[offsetX, offsetY]];
    this.box = box;
  }

  /** @param {{ offsetX: number, offsetY: number }} place */
  follow({ offsetX, offsetY }) {
    const { line } = this;
    if (!line) return;
    const [x, y] = line[line.length - 1];
    if (Math.hypot(offsetX - x, offsetY - y) < LEAST_PX) return;
    if (this.box) this.line = [line[0], [offsetX, offsetY]];
    else line.push([offsetX, offsetY]);
    this.draw(this.corners());
  }

  /** Of what is being drawn, px of the canvas. */
  corners() {
    /** @type {Corner[]} */
    const line = this.line ?? [];
    return !this.box || line.length < 2 ? line : boxOf(line[0], line[1]);
  }

  /**
   * Ends the line. -> its polygon, map units, or null for one that holds nothing.
   * @returns {Corner[] | null}
   */
  finish() {
    const corners = this.corners();
    const { points } = this.map;
    this.line = null;
    const places = corners.map(([x, y]) => points.toMap(x, y));
    const polygon = corners.length < 3 ? [] : polygonOf(places, points.ratio / points.scale);
    if (polygon.length >= 3) return polygon;
    this.draw(null);
    return null;
  }

  /** True when there was something to cancel. */
  cancel() {
    const was = this.line !== null;
    this.line = null;
    if (was) this.draw(null);
    return was;
  }

  /**
   * The outline, kept on its place of the map while the view moves.
   * @param {Corner[] | null} corners px of the canvas
   */
  draw(corners) {
    const { points } = this.map;
    this.drawn = corners?.map(([x, y]) => points.toMap(x, y)) ?? null;
    this.redraw();
  }

  redraw() {
    const at = this.drawn?.map(([x, y]) => {
      const [px, py] = this.map.points.toScreen(x, y);
      return `${px.toFixed(1)} ${py.toFixed(1)}`;
    });
    this.outline.setAttribute("d", at ? `M${at.join("L")}Z` : "");
  }
}

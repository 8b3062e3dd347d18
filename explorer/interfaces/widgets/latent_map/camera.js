// What part of the map is seen: moved, zoomed, fitted, and kept in the link.

import { whenQuiet } from "../shared/requests.js";
import { viewText } from "./points/projection.js";

/** @typedef {import("./latent_map.js").LatentMap} LatentMap */

const REST_MS = 350; // how long the view must rest before the link follows
const ROOM_PX = 40; // between a product that is brought into view and the edge

export class Camera {
  /** @param {LatentMap} map */
  constructor(map) {
    this.map = map;
    this.rest = whenQuiet(REST_MS, () => this.keepView());
  }

  /** @param {import("./points/projection.js").Viewport} view */
  see(view) {
    this.map.points.setView(view);
    this.map.redraw();
    this.rest();
  }

  fit() {
    this.see({ x: 0, y: 0, zoom: 1 });
  }

  /**
   * So that all rows for which `test` holds are in view.
   * @param {(row: number) => boolean} test
   */
  fitTo(test) {
    const { xy } = this.map;
    if (!xy) return;
    let [x0, x1, y0, y1] = [Infinity, -Infinity, Infinity, -Infinity];
    for (const row of this.rowsOf(test)) {
      const [x, y] = [xy[2 * row], xy[2 * row + 1]];
      [x0, x1, y0, y1] = [Math.min(x0, x), Math.max(x1, x), Math.min(y0, y), Math.max(y1, y)];
    }
    if (x0 <= x1) this.see(this.map.points.fitting(x0, y0, x1, y1));
  }

  /**
   * Rows with a place for which `test` holds, in the order of the catalogue.
   * @param {(row: number) => boolean} test
   */
  rowsOf(test) {
    const { xy } = this.map;
    const rows = [];
    for (let row = 0; row < this.map.rows; row++) if (xy && Number.isFinite(xy[2 * row]) && test(row)) rows.push(row);
    return rows;
  }

  /** Rows that can be chosen and are on the canvas, in the order of the catalogue. */
  rowsInView() {
    return this.map.points.rowsInView(this.map.stage.clientWidth, this.map.stage.clientHeight);
  }

  /** @param {number} row */
  bringIntoView(row) {
    const at = this.map.placeOf(row);
    if (!at || !this.map.xy) return;
    const [x, y] = at;
    const inside =
      x > ROOM_PX &&
      y > ROOM_PX &&
      x < this.map.stage.clientWidth - ROOM_PX &&
      y < this.map.stage.clientHeight - ROOM_PX;
    if (!inside)
      this.see(this.map.points.centredOn(this.map.xy[2 * row], this.map.xy[2 * row + 1], this.map.points.view.zoom));
  }

  /** @param {number} factor */
  zoom(factor, px = this.map.stage.clientWidth / 2, py = this.map.stage.clientHeight / 2) {
    this.see(this.map.points.zoomedAt(factor, px, py));
  }

  /**
   * @param {number} dx
   * @param {number} dy
   */
  pan(dx, dy) {
    this.see(this.map.points.movedBy(dx, dy));
  }

  /** The address first, without a history entry; then the page, which would write the same. */
  keepView() {
    if (this.map.closed) return;
    const text = viewText(this.map.points.view);
    const parts = location.search
      .slice(1)
      .split("&")
      .filter((part) => part && !part.startsWith("view="));
    if (text) parts.push(`view=${encodeURIComponent(text)}`);
    history.replaceState(history.state, "", location.pathname + (parts.length ? `?${parts.join("&")}` : ""));
    this.map.send("view", text);
  }
}

// Between places on the map and px on the canvas. No DOM.

/**
 * @typedef {{ x: number, y: number, zoom: number }} Viewport
 * The place in the middle of the canvas, map units, and a zoom; zoom 1 shows the whole map.
 */

export const ZOOM = { least: 0.5, most: 500 };
const MARGIN = 0.47; // of the canvas, from its middle, that half of the map takes at zoom 1

export class Projection {
  /** Of the canvas, device px. */
  width = 1;
  height = 1;
  /** Device px to a CSS px; all lengths that people see are CSS px. */
  ratio = 1;
  /** Half of the map, map units: no place is further from 0. */
  halfX = 1;
  halfY = 1;
  /** @type {Viewport} */
  view = { x: 0, y: 0, zoom: 1 };

  /**
   * @param {number} width device px
   * @param {number} height device px
   * @param {number} ratio
   */
  resize(width, height, ratio) {
    Object.assign(this, { width, height, ratio });
  }

  /** @param {Viewport} view */
  setView(view) {
    this.view = { ...view };
  }

  /** Device px for 1 of the map. */
  get scale() {
    return MARGIN * this.view.zoom * Math.min(this.width / this.halfX, this.height / this.halfY);
  }

  /**
   * @param {number} x
   * @param {number} y
   * @returns {[number, number]} CSS px from the upper left corner
   */
  toScreen(x, y) {
    const { scale, ratio, view } = this;
    return [(this.width / 2 + (x - view.x) * scale) / ratio, (this.height / 2 - (y - view.y) * scale) / ratio];
  }

  /**
   * @param {number} px CSS px from the upper left corner
   * @param {number} py
   * @returns {[number, number]} map units
   */
  toMap(px, py) {
    const { scale, ratio, view } = this;
    return [view.x + (px * ratio - this.width / 2) / scale, view.y - (py * ratio - this.height / 2) / scale];
  }

  /**
   * The view with another middle, which stays on the map.
   * @param {number} x
   * @param {number} y
   * @param {number} zoom
   * @returns {Viewport}
   */
  centredOn(x, y, zoom) {
    return { x: within(x, this.halfX), y: within(y, this.halfY), zoom };
  }

  /**
   * The view at another zoom in which the place under (px, py) stays where it is.
   * @param {number} factor of the zoom
   * @param {number} px CSS px
   * @param {number} py
   * @returns {Viewport}
   */
  zoomedAt(factor, px, py) {
    const zoom = Math.max(ZOOM.least, Math.min(ZOOM.most, this.view.zoom * factor));
    const [x, y] = this.toMap(px, py);
    const share = 1 - this.view.zoom / zoom; // of the way from the middle to that place
    return this.centredOn(this.view.x + (x - this.view.x) * share, this.view.y + (y - this.view.y) * share, zoom);
  }

  /**
   * The view moved by so many CSS px.
   * @param {number} dx
   * @param {number} dy
   * @returns {Viewport}
   */
  movedBy(dx, dy) {
    const scale = this.scale / this.ratio;
    return this.centredOn(this.view.x - dx / scale, this.view.y + dy / scale, this.view.zoom);
  }

  /**
   * The view that shows a rectangle of the map with a tenth of room around; not nearer than a tenth of the nearest zoom.
   * @param {number} x0
   * @param {number} y0
   * @param {number} x1
   * @param {number} y1
   * @returns {Viewport}
   */
  fitting(x0, y0, x1, y1) {
    const across = (0.8 * this.width) / Math.max(1e-9, x1 - x0);
    const up = (0.8 * this.height) / Math.max(1e-9, y1 - y0);
    const zoom = (this.view.zoom * Math.min(across, up)) / this.scale;
    return this.centredOn((x0 + x1) / 2, (y0 + y1) / 2, Math.max(ZOOM.least, Math.min(ZOOM.most / 10, zoom)));
  }
}

/**
 * @param {number} value
 * @param {number} half
 */
const within = (value, half) => Math.max(-half, Math.min(half, value));

/**
 * As a link says it; "" = the whole map.
 * @param {Viewport} view
 */
export function viewText({ x, y, zoom }) {
  return zoom === 1 && x === 0 && y === 0 ? "" : [x.toFixed(4), y.toFixed(4), zoom.toFixed(3)].join(",");
}

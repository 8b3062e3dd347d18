// Small pictures on the places of their products, once one is near enough. They come as pages of cells, laid out in the
// order of the map, so that a view needs few of them.

import { remember, remembered, toolButton } from "../overlay/buttons.js";
import { RANK } from "../points/point_grid.js";
import { edgeFor, placement } from "./placement.js";
import { CELLS, NO_CELL, SpritePages } from "./sprite_pages.js";

/** @typedef {import("../latent_map.js").LatentMap} LatentMap */

const CELL_PX_MAX = 64;
const NO_COLOUR = "#8a8a85";

export class Pictures {
  on = true;
  /** How many are on the map now. */
  drawn = 0;
  /** @type {SpritePages | null} */
  pages = null;

  /** @param {LatentMap} map */
  constructor(map) {
    this.map = map;
    this.button = toolButton("pictures", "Pictures when near (P)", () => this.toggle());
    this.toggle(remembered("pictures"));
  }

  toggle(on = !this.on) {
    this.on = on;
    remember("pictures", on);
    this.button.setAttribute("aria-pressed", String(on));
    if (this.map.xy) this.map.redraw();
  }

  /** @param {import("../latent_map.js").MapData} data */
  update({ atlas }) {
    this.button.hidden = !atlas;
    if (atlas?.order === this.pages?.addresses.order) return;
    this.close();
    this.pages = atlas ? new SpritePages(atlas, () => this.map.redraw()) : null;
  }

  /** CSS px across a picture, 0 = none. */
  get edge() {
    return this.on && this.pages ? edgeFor(this.map.points) : 0;
  }

  /**
   * Over the points that were just drawn.
   * @param {CanvasRenderingContext2D} context
   */
  draw(context) {
    this.drawn = 0;
    const { edge, pages } = this;
    if (!edge || !pages) return;
    if (!pages.cellOf) return void pages.fetchOrder(this.map.rows);
    const { points } = this.map;
    const device = Math.round(edge * points.ratio);
    const cell = Math.min(CELL_PX_MAX, device);
    /** @type {Map<import("./sprite_pages.js").Page, number>} */
    const wanted = new Map();
    context.imageSmoothingEnabled = false; // whole multiples only: nothing is blurred
    for (const i of placement(points, edge)) {
      const place = pages.cellOf[points.rows[i]];
      if (place === NO_CELL) continue;
      const at = points.toScreen(points.xy[2 * i], points.xy[2 * i + 1]);
      const [x, y] = at.map((value) => Math.round(value * points.ratio - device / 2));
      const page = pages.page(cell, place >>> CELLS.shift);
      if (page.image) this.put(context, page.image, i, place, { x, y, device, cell });
      else if (!page.failed) {
        const away = Math.hypot(x - points.width / 2, y - points.height / 2);
        if (!((wanted.get(page) ?? Number.POSITIVE_INFINITY) <= away)) wanted.set(page, away);
      }
    }
    context.globalAlpha = 1;
    pages.fetchNearest(wanted);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {ImageBitmap} image the page
   * @param {number} i the point
   * @param {number} place of its picture among all cells
   * @param {{ x: number, y: number, device: number, cell: number }} where upper left corner, and px across: drawn, stored
   */
  put(context, image, i, place, { x, y, device, cell }) {
    const { points, palette, selecting } = this.map;
    const look = points.looks[i];
    const full = look >>> 8 === RANK.full;
    const border = Math.round((selecting.selected && full ? 1 + this.edge / 32 : 1) * points.ratio);
    const within = place & ((1 << CELLS.shift) - 1);
    context.globalAlpha = 1;
    context.fillStyle = full ? (palette[look & 255] ?? NO_COLOUR) : this.map.paper;
    context.fillRect(x - border, y - border, device + 2 * border, device + 2 * border);
    context.globalAlpha = full ? 1 : 0.3; // over the colour of the page, so that no point shines through
    const [column, line] = [within % CELLS.columns, Math.floor(within / CELLS.columns)];
    context.drawImage(image, column * cell, line * cell, cell, cell, x, y, device, device);
    this.drawn++;
  }

  close() {
    this.pages?.close();
    this.pages = null;
  }
}

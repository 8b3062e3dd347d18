// Points in the cells of a grid, and how strongly each is drawn. No DOM.

import { Projection } from "./projection.js";

/** How strongly a point is drawn; the stronger one lies on top wherever two meet. */
export const RANK = { hidden: 0, out: 1, beside: 2, rest: 3, full: 4 }; // beside the category in front; the rest of a selection

const FEW = { most: 500, share: 0.1 }; // of all points: so many would be lost among the others

/**
 * Points are kept by cells of a grid, row by row of cells, so that a view reads only what it shows, and the one under
 * the pointer is found among a few. Within a cell their order is shuffled: no part of the catalogue always lies on top.
 * Indices of points are places in `rows`, which says the catalogue row of each.
 */
export class PointGrid extends Projection {
  count = 0;
  side = 1; // cells across
  rows = new Uint32Array(0);
  xy = new Float32Array(0); // by point
  starts = new Uint32Array(2); // of each cell, and the end
  /** rank << 8 | colour index; 0 = not drawn. */
  looks = new Uint16Array(0);
  colours = new Uint8Array(0);
  /** @type {number | null} */
  front = null;
  /** @type {Uint8Array | null} */
  selection = null;
  /** @type {Uint8Array | null} */
  shown = null;
  hide = false;
  /** Points at full strength that are few among the others: of a filter, a selection, or the category in front. */
  few = new Uint32Array(0);
  /** While points are on their way, away from their cells. */
  loose = false;
  /** How far apart the points of a typical crowd are, map units. */
  spacing = 1;

  /**
   * @param {Float32Array} xy [x0, y0, x1, y1, …] by row; NaN = not on the map
   */
  setPoints(xy) {
    const rows = new Uint32Array(xy.length / 2);
    let count = 0;
    this.halfX = this.halfY = 0;
    for (let row = 0; row < rows.length; row++) {
      if (!Number.isFinite(xy[2 * row] + xy[2 * row + 1])) continue;
      rows[count++] = row;
      this.halfX = Math.max(this.halfX, Math.abs(xy[2 * row]));
      this.halfY = Math.max(this.halfY, Math.abs(xy[2 * row + 1]));
    }
    this.halfX ||= 1;
    this.halfY ||= 1;
    shuffle(rows, count);
    this.count = count;
    this.side = Math.max(1, Math.min(1024, Math.ceil(Math.sqrt(count / 4)))); // four to a cell, were they spread evenly
    this.sortByCell(rows, xy);
    this.looks = new Uint16Array(count); // rank << 8 | colour index; 0 = not drawn
    this.relook();
    this.move(xy);
  }

  /**
   * @param {Uint32Array} rows
   * @param {Float32Array} xy by row
   */
  sortByCell(rows, xy) {
    const { count, side } = this;
    const cells = new Uint32Array(count);
    this.starts = new Uint32Array(side * side + 1);
    for (let i = 0; i < count; i++) {
      cells[i] = this.cell(xy[2 * rows[i] + 1], this.halfY) * side + this.cell(xy[2 * rows[i]], this.halfX);
      this.starts[cells[i] + 1]++;
    }
    let squares = 0;
    for (let c = 0; c < side * side; c++) {
      squares += this.starts[c + 1] ** 2;
      this.starts[c + 1] += this.starts[c];
    }
    this.spacing = (2 / side) * Math.sqrt((this.halfX * this.halfY * count) / Math.max(1, squares));
    const next = this.starts.slice();
    this.rows = new Uint32Array(count);
    for (let i = 0; i < count; i++) this.rows[next[cells[i]]++] = rows[i];
  }

  /**
   * @param {number} value map units
   * @param {number} half of the map
   */
  cell(value, half) {
    return Math.max(0, Math.min(this.side - 1, Math.floor(((value / half + 1) / 2) * this.side)));
  }

  /**
   * The same rows in other places.
   * @param {Float32Array} xy by row
   */
  move(xy, loose = false) {
    this.loose = loose;
    this.xy = new Float32Array(2 * this.count);
    for (let i = 0; i < this.count; i++) {
      this.xy[2 * i] = xy[2 * this.rows[i]];
      this.xy[2 * i + 1] = xy[2 * this.rows[i] + 1];
    }
  }

  /**
   * Bit masks by row, least bit first, null = all. What is not shown is faint, or vanishes when told to `hide`.
   * @param {Uint8Array | null} selection
   * @param {Uint8Array | null} shown
   * @param {boolean} hide
   */
  setMasks(selection, shown, hide) {
    Object.assign(this, { selection, shown, hide });
    this.relook();
  }

  /** After other colours or masks. */
  relook() {
    const { rows, looks, colours, front, selection, shown, hide } = this;
    /** @type {number[]} */
    const full = [];
    for (let i = 0; i < this.count; i++) {
      const row = rows[i];
      const index = row < colours.length ? colours[row] : 255;
      const [byte, bit] = [row >> 3, 1 << (row & 7)];
      let rank = RANK.full;
      if (shown !== null && !(shown[byte] & bit)) rank = hide ? RANK.hidden : RANK.out;
      else if (front !== null && index !== front) rank = RANK.beside;
      else if (selection !== null && !(selection[byte] & bit)) rank = RANK.rest;
      looks[i] = rank && (rank << 8) | index;
      if (rank === RANK.full && full.length <= FEW.most) full.push(i);
    }
    const told = front !== null || selection !== null || shown !== null;
    this.few = Uint32Array.from(told && full.length <= Math.min(FEW.most, FEW.share * this.count) ? full : []);
  }

  /** Device px across a point: as much as the points leave room for, 1 to 7 CSS px. */
  get diameter() {
    const room = Math.sqrt((this.width * this.height * this.view.zoom) / Math.max(1, this.count));
    return Math.round(Math.max(1, Math.min(7 * this.ratio, 0.44 * room)));
  }

  /**
   * Calls `work(from, to)` for runs of points that hold all those in a rectangle of the canvas, and few others.
   * @param {number} left CSS px
   * @param {number} top
   * @param {number} width
   * @param {number} height
   * @param {(from: number, to: number) => void} work
   */
  eachRun(left, top, width, height, work) {
    if (this.loose) return work(0, this.count);
    const [x0, y1] = this.toMap(left, top);
    const [x1, y0] = this.toMap(left + width, top + height);
    const [first, last] = [this.cell(x0, this.halfX), this.cell(x1, this.halfX)];
    for (let row = this.cell(y0, this.halfY); row <= this.cell(y1, this.halfY); row++) {
      work(this.starts[row * this.side + first], this.starts[row * this.side + last + 1]);
    }
  }

  /**
   * Whether any point that is drawn at least so strongly is on the canvas.
   * @param {number} least rank
   */
  anyInView(least) {
    const [width, height] = [this.width / this.ratio, this.height / this.ratio];
    let any = false;
    this.eachRun(0, 0, width, height, (from, to) => {
      for (let i = from; i < to && !any; i++) {
        if (this.looks[i] >>> 8 < least) continue;
        const [x, y] = this.toScreen(this.xy[2 * i], this.xy[2 * i + 1]);
        any = x >= 0 && y >= 0 && x <= width && y <= height;
      }
    });
    return any;
  }

  /**
   * The row nearest to a place on the canvas of those that may be chosen, or -1 when none is within `radius`.
   * @param {number} px CSS px
   * @param {number} py
   * @param {number} radius
   */
  nearest(px, py, radius) {
    const [x, y] = this.toMap(px, py);
    let [best, found] = [((radius * this.ratio) / this.scale) ** 2, -1];
    this.eachRun(px - radius, py - radius, 2 * radius, 2 * radius, (from, to) => {
      for (let i = from; i < to; i++) {
        const distance = (this.xy[2 * i] - x) ** 2 + (this.xy[2 * i + 1] - y) ** 2;
        if (distance <= best && this.looks[i] >>> 8 >= RANK.rest) [best, found] = [distance, i];
      }
    });
    return found < 0 ? -1 : this.rows[found];
  }

  /**
   * Rows that may be chosen and are in view, ascending.
   * @param {number} width CSS px
   * @param {number} height
   */
  rowsInView(width, height) {
    /** @type {number[]} */
    const rows = [];
    this.eachRun(0, 0, width, height, (from, to) => {
      for (let i = from; i < to; i++) {
        const [x, y] = this.toScreen(this.xy[2 * i], this.xy[2 * i + 1]);
        if (this.looks[i] >>> 8 >= RANK.rest && x >= 0 && y >= 0 && x <= width && y <= height) rows.push(this.rows[i]);
      }
    });
    return Uint32Array.from(rows).sort();
  }
}

/**
 * The same shuffle every time.
 * @param {Uint32Array} rows
 * @param {number} count of them
 */
function shuffle(rows, count) {
  for (let i = count - 1, state = 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0; // the same shuffle every time
    const j = Math.floor((state / 4294967296) * (i + 1));
    const row = rows[i];
    rows[i] = rows[j];
    rows[j] = row;
  }
}

// Which products get a small picture, and how large it is. No DOM.

import { RANK } from "../points/point_grid.js";

/** @typedef {import("../points/point_grid.js").PointGrid} PointGrid */
/** @typedef {{ side: number, left: number, low: number, columns: number, lines: number }} Squares of a grid, map units */

// CSS px across a picture, by the room that points of a typical crowd have: few and small ones from afar
const EDGES_BY_ROOM = [
  [15, 64],
  [6, 32],
  [4, 16],
];
const GAP_PX = 6;
const ROUNDS = 4;

/**
 * CSS px across a picture, 0 = none. It follows from the zoom alone: while the map is moved they keep their size.
 * @param {PointGrid} points
 */
export function edgeFor(points) {
  if (points.loose) return 0;
  const room = (points.spacing * points.scale) / points.ratio;
  const edge = EDGES_BY_ROOM.find(([from]) => room >= from)?.[1] ?? 0;
  return (edge * Math.max(1, Math.floor(points.ratio))) / points.ratio; // whole multiples of device px
}

/**
 * Points (places in `rows`) whose pictures do not overlap. In each square of a grid that lies fast on the map the
 * first one by a fixed order stands for it (selected ones first), then of those that would overlap again the first.
 * It depends on nothing but the zoom and what is near: pictures neither come nor go while the map is moved.
 * @param {PointGrid} points
 * @param {number} edge CSS px across a picture
 * @returns {Int32Array}
 */
export function placement(points, edge) {
  const apart = ((edge + GAP_PX) * points.ratio) / points.scale; // map units
  const side = 2 ** Math.floor(Math.log2(apart)); // so two squares are at least as wide as a picture
  const margin = (2 * ROUNDS * side * points.scale) / points.ratio;
  const [width, height] = [points.width / points.ratio + 2 * margin, points.height / points.ratio + 2 * margin];
  const [x0, y1] = points.toMap(-margin, -margin);
  const [x1, y0] = points.toMap(width - margin, height - margin);
  const [left, low] = [Math.floor(x0 / side), Math.floor(y0 / side)];
  const squares = { side, left, low, columns: Math.ceil(x1 / side) - left + 1, lines: Math.ceil(y1 / side) - low + 1 };
  const { first, order } = firstOfEach(points, squares, margin, width, height);
  return keptApart(points.xy, squares, first, order, apart);
}

/**
 * By square the first point by a fixed order, -1 where there is none, and its place in that order.
 * @param {PointGrid} points
 * @param {Squares} squares
 * @param {number} margin CSS px around the canvas that are looked at too
 * @param {number} width CSS px, with the margins
 * @param {number} height
 */
function firstOfEach(points, { side, left, low, columns, lines }, margin, width, height) {
  const { xy, looks, rows } = points;
  const first = new Int32Array(columns * lines).fill(-1);
  const order = new Float64Array(columns * lines).fill(-1);
  points.eachRun(-margin, -margin, width, height, (from, to) => {
    for (let i = from; i < to; i++) {
      const rank = looks[i] >>> 8;
      if (rank < RANK.rest) continue;
      const column = Math.floor(xy[2 * i] / side) - left;
      const line = Math.floor(xy[2 * i + 1] / side) - low;
      if (column < 0 || line < 0 || column >= columns || line >= lines) continue;
      const at = line * columns + column;
      const turn = (rank === RANK.full ? 4294967296 : 0) + (Math.imul(rows[i] + 1, 2654435761) >>> 0);
      if (turn > order[at]) [order[at], first[at]] = [turn, i];
    }
  });
  return { first, order };
}

/**
 * @param {Float32Array} xy
 * @param {Squares} squares
 * @param {Int32Array} first
 * @param {Float64Array} order
 * @param {number} least map units between the middles of two pictures, across or up
 */
function keptApart(xy, { columns, lines }, first, order, least) {
  const taken = new Uint8Array(first.length); // 1 = gets a picture, 2 = would lie on one
  const near = aroundSquare(columns);
  /** @param {number} at */
  const verdict = (at) => {
    // 1 when none that comes first would be touched, 2 when one that has its picture would be, 0 while it is open
    const i = first[at];
    let found = 1;
    for (let n = 0; n < near.length; n++) {
      const other = at + near[n];
      const j = first[other];
      if (j < 0 || taken[other] === 2) continue;
      if (Math.abs(xy[2 * j] - xy[2 * i]) >= least || Math.abs(xy[2 * j + 1] - xy[2 * i + 1]) >= least) continue;
      if (taken[other] === 1) return 2;
      if (order[other] > order[at]) found = 0;
    }
    return found;
  };
  for (let round = 0; round < ROUNDS; round++) {
    for (let line = 2; line < lines - 2; line++) {
      for (let column = 2; column < columns - 2; column++) {
        const at = line * columns + column;
        if (first[at] >= 0 && !taken[at]) taken[at] = verdict(at);
      }
    }
  }
  return first.filter((_, at) => taken[at] === 1);
}

/**
 * The squares that a picture in one can touch, as offsets.
 * @param {number} columns
 */
function aroundSquare(columns) {
  const near = [];
  for (let dy = -2; dy <= 2; dy++) for (let dx = -2; dx <= 2; dx++) if (dx || dy) near.push(dy * columns + dx);
  return near;
}

// Projection, grid and colours of the map, held against what one would compute by hand.

import assert from "node:assert/strict";
import { test } from "node:test";
import { placement } from "../../explorer/interfaces/widgets/latent_map/pictures/placement.js";
import { PointGrid, RANK } from "../../explorer/interfaces/widgets/latent_map/points/point_grid.js";
import { Projection, viewText, ZOOM } from "../../explorer/interfaces/widgets/latent_map/points/projection.js";
import { stampOf } from "../../explorer/interfaces/widgets/latent_map/points/stamp.js";
import {
  COVERS,
  isDark,
  lift,
  mixTones,
  scaleTones,
  TONES,
} from "../../explorer/interfaces/widgets/latent_map/points/tones.js";
import { places, uniform } from "./random.js";

/** A grid of 2,000 points on a canvas of 600 x 400 CSS px. */
function grid(count = 2000, ratio = 1) {
  const points = new PointGrid();
  points.resize(600 * ratio, 400 * ratio, ratio);
  const xy = places(count, 7);
  points.setPoints(xy);
  return { points, xy };
}

test("a place on the screen is the place on the map that it came from", () => {
  const next = uniform(1);
  const view = new Projection();
  view.resize(1200, 800, 2);
  Object.assign(view, { halfX: 0.9, halfY: 0.7 });
  for (let i = 0; i < 200; i++) {
    view.setView({ x: next() - 0.5, y: next() - 0.5, zoom: 0.5 + 99 * next() });
    const [px, py] = [600 * next(), 400 * next()];
    const [x, y] = view.toMap(px, py);
    const [qx, qy] = view.toScreen(x, y);
    assert.ok(Math.abs(qx - px) < 1e-6 && Math.abs(qy - py) < 1e-6);
  }
});

test("zooming keeps the place under the pointer, and stays within its bounds", () => {
  const view = new Projection();
  view.resize(600, 400, 1);
  view.setView({ x: 0.1, y: -0.2, zoom: 3 });
  const before = view.toMap(150, 250);
  view.setView(view.zoomedAt(2.5, 150, 250));
  const after = view.toMap(150, 250);
  assert.ok(Math.hypot(after[0] - before[0], after[1] - before[1]) < 1e-9);
  assert.equal(view.zoomedAt(1e9, 0, 0).zoom, ZOOM.most);
  assert.equal(view.zoomedAt(1e-9, 0, 0).zoom, ZOOM.least);
});

test("moving follows the pointer px by px, and never leaves the map", () => {
  const view = new Projection();
  view.resize(600, 400, 1);
  view.setView({ x: 0, y: 0, zoom: 4 });
  const [x, y] = view.toMap(300, 200);
  view.setView(view.movedBy(25, -10));
  const [px, py] = view.toScreen(x, y);
  assert.ok(Math.abs(px - 325) < 1e-9 && Math.abs(py - 190) < 1e-9);
  assert.equal(view.movedBy(-1e6, 0).x, view.halfX);
});

test("what is fitted is in view, with room around", () => {
  const view = new Projection();
  view.resize(600, 400, 1);
  view.setView(view.fitting(-0.2, 0.1, 0.1, 0.3));
  for (const [x, y] of [
    [-0.2, 0.1],
    [0.1, 0.3],
  ]) {
    const [px, py] = view.toScreen(x, y);
    assert.ok(px > 50 && px < 550 && py > 30 && py < 370);
  }
  assert.ok(view.fitting(0.1, 0.1, 0.1, 0.1).zoom <= ZOOM.most / 10, "one point is not looked at through a keyhole");
});

test("a view is said in a link, and the whole map is not", () => {
  assert.equal(viewText({ x: 0, y: 0, zoom: 1 }), "");
  assert.equal(viewText({ x: 0.12345, y: -0.5, zoom: 12 }), "0.1235,-0.5000,12.000");
});

test("the nearest point is the one that a look at all of them finds", () => {
  for (const ratio of [1, 2]) {
    const { points, xy } = grid(2000, ratio);
    const next = uniform(3);
    for (let round = 0; round < 300; round++) {
      points.setView({ x: next() - 0.5, y: next() - 0.5, zoom: 1 + 20 * next() });
      const [px, py, radius] = [600 * next(), 400 * next(), 1 + 40 * next()];
      let [best, wanted] = [radius, -1];
      for (let row = 0; row < 2000; row++) {
        const [x, y] = points.toScreen(xy[2 * row], xy[2 * row + 1]);
        const away = Math.hypot(x - px, y - py);
        if (away < best - 1e-4) [best, wanted] = [away, row];
      }
      const found = points.nearest(px, py, radius);
      const at = found < 0 ? Number.POSITIVE_INFINITY : Math.hypot(...difference(points, xy, found, px, py));
      assert.ok(found === wanted || Math.abs(at - best) < 1e-3, `${found} at ${at}, ${wanted} at ${best}`);
    }
  }
});

/**
 * @param {PointGrid} points
 * @param {Float32Array} xy
 * @param {number} row
 * @param {number} px
 * @param {number} py
 */
function difference(points, xy, row, px, py) {
  const [x, y] = points.toScreen(xy[2 * row], xy[2 * row + 1]);
  return [x - px, y - py];
}

test("rows in view are those that lie on the canvas, ascending, without those that may not be chosen", () => {
  const { points, xy } = grid();
  points.setView({ x: 0.2, y: 0.1, zoom: 5 });
  const shown = new Uint8Array(250).fill(0b01010101); // every second row
  points.setMasks(null, shown, false);
  const wanted = [];
  for (let row = 0; row < 2000; row += 2) {
    const [x, y] = points.toScreen(xy[2 * row], xy[2 * row + 1]);
    if (x >= 0 && y >= 0 && x <= 600 && y <= 400) wanted.push(row);
  }
  assert.ok(wanted.length > 10);
  assert.deepEqual([...points.rowsInView(600, 400)], wanted);
});

test("every point is drawn in each view that shows it: runs leave none out", () => {
  const { points } = grid();
  points.setView({ x: -0.3, y: 0.2, zoom: 8 });
  const seen = new Set();
  points.eachRun(0, 0, 600, 400, (from, to) => {
    for (let i = from; i < to; i++) seen.add(i);
  });
  for (let i = 0; i < points.count; i++) {
    const [x, y] = points.toScreen(points.xy[2 * i], points.xy[2 * i + 1]);
    if (x >= 0 && y >= 0 && x <= 600 && y <= 400) assert.ok(seen.has(i));
  }
  assert.ok(seen.size < points.count, "and not all of them for a part of the map");
});

test("how strongly a point is drawn follows from filter, category and selection, in this order", () => {
  const points = new PointGrid();
  points.setPoints(new Float32Array([0, 0, 0.1, 0, 0.2, 0, 0.3, 0]));
  points.colours = new Uint8Array([1, 1, 2, 1]);
  points.front = 1;
  points.setMasks(new Uint8Array([0b1101]), new Uint8Array([0b0111]), false);
  const rank = new Map([...points.rows].map((row, i) => [row, points.looks[i] >>> 8]));
  assert.deepEqual(
    [0, 1, 2, 3].map((row) => rank.get(row)),
    [RANK.full, RANK.rest, RANK.beside, RANK.out],
  );
  points.setMasks(null, new Uint8Array([0b0111]), true);
  assert.ok(
    [...points.rows].some((row, i) => row === 3 && points.looks[i] === 0),
    "hidden",
  );
});

test("an empty map, one point and all in one place are maps", () => {
  const points = new PointGrid();
  points.resize(600, 400, 1);
  for (const xy of [[], [Number.NaN, Number.NaN], [0, 0], Array(40).fill(0.5)]) {
    points.setPoints(new Float32Array(xy));
    assert.equal(points.nearest(300, 200, 1e5) >= 0, points.count > 0);
    assert.ok(Number.isFinite(points.scale) && Number.isFinite(points.spacing));
  }
});

test("pictures do not overlap, and neither come nor go while the map is moved", () => {
  const { points } = grid();
  points.setView({ x: 0, y: 0, zoom: 3 });
  const edge = 32;
  const apart = (edge + 6) / points.scale;
  const chosen = [...placement(points, edge)];
  assert.ok(chosen.length > 20);
  for (const i of chosen) {
    for (const j of chosen) {
      const across = Math.abs(points.xy[2 * i] - points.xy[2 * j]);
      const up = Math.abs(points.xy[2 * i + 1] - points.xy[2 * j + 1]);
      assert.ok(i === j || across >= apart || up >= apart);
    }
  }
  points.setView(points.movedBy(37, -21));
  const later = new Set(placement(points, edge));
  const inBoth = (/** @type {number} */ i) => {
    const [x, y] = points.toScreen(points.xy[2 * i], points.xy[2 * i + 1]);
    return x > 60 && x < 540 && y > 60 && y < 340;
  };
  for (const i of chosen.filter(inBoth)) assert.ok(later.has(i), "it went away");
});

test("a stamp is a disc: symmetric, as large as asked, with what its rim covers between", () => {
  for (let diameter = 2; diameter <= 14; diameter++) {
    const { core, rim, covers, reach } = stampOf(diameter, 1000);
    const area = core.length + covers.reduce((sum, cover) => sum + cover / 16, 0);
    assert.ok(Math.abs(area - Math.PI * (diameter / 2 + 0.17) ** 2) < 0.12 * diameter + 1, `${diameter}: ${area}`);
    const furthest = Math.max(...[...core, ...rim].map((at) => Math.abs(Math.round(at / 1000))));
    assert.ok(furthest <= reach);
    assert.ok(covers.every((cover) => cover > 2 && cover <= 13));
  }
});

test("tones grow stronger with what covers a pixel, and the palette shows in full", () => {
  const toneOf = new Uint8Array(COVERS);
  for (const mean of [1, 3, 40]) {
    scaleTones(toneOf, mean);
    for (let c = 1; c < COVERS; c++) assert.ok(toneOf[c] >= toneOf[c - 1]);
    assert.ok(toneOf[COVERS - 1] < TONES);
  }
  const tones = mixTones(["#ff8000"], "#b9b9b4", false);
  const solid = tones[((TONES / 2 - 1) << 11) | (RANK.full << 8)];
  assert.equal(solid.toString(16), "ff0080ff", "0xAABBGGRR");
  const alpha = (/** @type {number} */ rank) => tones[((TONES / 2 - 1) << 11) | (rank << 8)] >>> 24;
  assert.ok(
    alpha(RANK.full) > alpha(RANK.rest) &&
      alpha(RANK.rest) > alpha(RANK.beside) &&
      alpha(RANK.beside) > alpha(RANK.out),
  );
});

test("dark colours are raised on a dark page, light ones are left", () => {
  assert.ok(isDark("rgb(21, 24, 28)"));
  assert.ok(!isDark("rgb(255, 255, 255)"));
  assert.equal(lift("#ffffff"), "#ffffff");
  assert.equal(lift("#000000"), "#808080");
});

test("few at full strength are told from many, whatever made them so", () => {
  const { points, xy } = grid();
  const only = (/** @type {number} */ rows) => {
    const bits = new Uint8Array(250);
    for (let row = 0; row < rows; row++) bits[row >> 3] |= 1 << (row & 7);
    return bits;
  };
  const few = () => [...points.few].map((i) => points.rows[i]).sort((a, b) => a - b);
  const firstOnes = (/** @type {number} */ count) =>
    Array.from({ length: count }, (_, row) => row).filter((row) => Number.isFinite(xy[2 * row]));
  assert.deepEqual(few(), [], "all of them are not few");
  points.setMasks(null, only(47), false);
  assert.deepEqual(few(), firstOnes(47));
  points.setMasks(only(13), only(47), true);
  assert.deepEqual(few(), firstOnes(13));
  points.setMasks(only(150), null, false);
  assert.deepEqual(few(), firstOnes(150));
  points.setMasks(only(300), null, false);
  assert.deepEqual(few(), [], "more than a tenth");
  points.setMasks(null, only(0), false);
  assert.deepEqual(few(), []);
});

test("a view knows whether anything, or anything that passes, is in it", () => {
  const { points, xy } = grid();
  assert.ok(points.anyInView(RANK.out));
  points.setView({ x: points.halfX, y: points.halfY, zoom: ZOOM.most });
  assert.ok(!points.anyInView(RANK.out));
  points.setMasks(null, new Uint8Array(250).fill(1, 0, 1), false); // the first row
  points.setView({ x: 0, y: 0, zoom: 1 });
  assert.ok(points.anyInView(RANK.beside));
  const away = { x: -Math.sign(xy[0]) * points.halfX, y: -Math.sign(xy[1]) * points.halfY };
  points.setView({ ...away, zoom: 2 });
  assert.ok(points.anyInView(RANK.out) && !points.anyInView(RANK.beside));
});

// A drawn line becomes a polygon with few corners. No DOM.

/** @typedef {[number, number]} Corner */

const POLYGON_MAX = 120; // corners of a lasso that is kept

/**
 * Ramer, Douglas & Peucker 1972/73: the corners that matter more than `tolerance`. Ends stay.
 * @param {Corner[]} corners
 * @param {number} tolerance in their units
 * @returns {Corner[]}
 */
export function simplified(corners, tolerance) {
  const kept = new Uint8Array(corners.length);
  const open = [[0, corners.length - 1]];
  kept[0] = kept[corners.length - 1] = 1;
  while (open.length) {
    const [first, last] = /** @type {[number, number]} */ (open.pop());
    const [[x, y], [x1, y1]] = [corners[first], corners[last]];
    const length = Math.hypot(x1 - x, y1 - y);
    let [most, at] = [tolerance, -1];
    for (let i = first + 1; i < last; i++) {
      const [dx, dy] = [corners[i][0] - x, corners[i][1] - y];
      const away = length ? Math.abs(dx * (y1 - y) - dy * (x1 - x)) / length : Math.hypot(dx, dy);
      if (away > most) [most, at] = [away, i];
    }
    if (at >= 0) kept[at] = 1;
    if (at >= 0) open.push([first, at], [at, last]);
  }
  return corners.filter((_, i) => kept[i]);
}

/**
 * At most POLYGON_MAX corners of a drawn line.
 * @param {Corner[]} corners map units
 * @param {number} unit one px in the units of the map
 * @returns {Corner[]}
 */
export function polygonOf(corners, unit) {
  const decimals = Math.max(4, Math.min(7, Math.ceil(1 - Math.log10(unit)))); // a tenth of a px, however near one looks
  let tolerance = 0.6 * unit;
  let polygon = simplified(corners, tolerance);
  while (polygon.length > POLYGON_MAX) {
    tolerance *= 1.5;
    polygon = simplified(polygon, tolerance);
  }
  return polygon.map(([x, y]) => [Number(x.toFixed(decimals)), Number(y.toFixed(decimals))]);
}

/**
 * The corners of the box between two.
 * @param {Corner} from
 * @param {Corner} to
 * @returns {Corner[]}
 */
export function boxOf([x, y], [x1, y1]) {
  return [
    [x, y],
    [x1, y],
    [x1, y1],
    [x, y1],
  ];
}

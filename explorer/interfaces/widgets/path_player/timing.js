// When which step of a path is shown, and which of them the filmstrip has. No DOM.

export const STEP_MS = 50;
export const HOLD_MS = 600; // the first and the last step, so that one sees where one is
const STRIP_STEPS = 12;

/**
 * How long step `at` stays while the path plays.
 * @param {number} at
 * @param {number} count of steps
 */
export const stayMs = (at, count) => (at === 0 || at === count - 1 ? HOLD_MS : STEP_MS);

/**
 * The step after `at`, and which way it goes on: from the last one back where the path goes there and back, else to the
 * first again.
 * @param {number} at
 * @param {number} count of steps
 * @param {number} way 1 or -1
 * @param {boolean} back there and back
 * @returns {[number, number]}
 */
export function following(at, count, way, back) {
  if (count < 2) return [0, 1];
  if (!back) return [(at + 1) % count, 1];
  const turned = at + way < 0 || at + way >= count ? -way : way;
  return [at + turned, turned];
}

/**
 * The steps of the filmstrip: the ends and some evenly between.
 * @param {number} count of steps
 * @returns {number[]}
 */
export function stripOf(count) {
  const tiles = Math.min(STRIP_STEPS, count);
  return Array.from({ length: tiles }, (_, i) => Math.round((i * (count - 1)) / Math.max(tiles - 1, 1)));
}

/**
 * Which of them is nearest to a step; the earlier of two.
 * @param {number[]} tiles
 * @param {number} at
 */
export const nearestTile = (tiles, at) =>
  tiles.reduce((best, tile) => (Math.abs(tile - at) < Math.abs(best - at) ? tile : best), tiles[0]);

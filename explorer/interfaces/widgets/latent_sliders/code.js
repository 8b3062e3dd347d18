// A code as numbers and as text, and where it stands on the dimensions that sliders move. No DOM.

/**
 * What a slider moves: `step_d` is what one deviation (of a dimension) or one point (of all else) adds to a code, `read_d`
 * tells from a code where it stands; `at_mean` is where the mean code does, 0 unless said. `number`: of a dimension, else 0.
 * `key`: of a direction that is being tried.
 * @typedef {{ number: number, name: string, step_d: number[], read_d: number[], end: number, at_mean?: number,
 *   effect?: number | null, carries?: number | null, tells?: string, proposed?: string, ends?: [string, string],
 *   low?: string, high?: string, words?: string, drawn?: boolean, dimension?: number, key?: string }} Dimension
 */

/** How far a slider of a dimension reaches, in standard deviations from the mean. */
export const REACH = { min: -3, max: 3, step: 0.006 };

/** The same of a visual attribute, in points: nine of ten products lie between 0 and 100. */
const REACH_POINTS = { min: -25, max: 125, step: 0.15 };

/**
 * Whether it has a meaning, and so points: a visual attribute, or a direction that is being tried.
 * @param {Dimension} dimension
 */
export const isNamed = ({ number }) => number === 0;

/**
 * What it is called.
 * @param {Dimension} dimension
 */
export const titleOf = (dimension) => (isNamed(dimension) ? dimension.name : `Dimension ${dimension.number}`);

/**
 * Tells it from all others, whatever these are called.
 * @param {Dimension} dimension
 */
export const idOf = ({ number, name, key }) => (number ? `${number}` : key ? `way ${key}` : `name ${name}`);

/**
 * Its reach, wider where a code stands further out: a touch of its slider must not throw it back.
 * @param {Dimension} dimension
 * @param {number} now
 */
export function reachAround(dimension, now) {
  const reach = isNamed(dimension) ? REACH_POINTS : REACH;
  return { min: Math.min(reach.min, now), max: Math.max(reach.max, now), step: reach.step };
}

/**
 * Where a code stands on a dimension, in deviations from the mean; on a visual attribute, in points.
 * @param {Dimension} dimension
 * @param {number[]} z
 * @param {number[]} mean
 */
export const placeOn = ({ read_d, at_mean = 0 }, z, mean) =>
  read_d.reduce((sum, read, d) => sum + read * (z[d] - mean[d]), at_mean);

/** @param {number} value */
export function signed(value) {
  const said = Math.abs(value).toFixed(1);
  return said === "0.0" ? said : `${value < 0 ? "−" : "+"}${said}`;
}

/**
 * That, for people.
 * @param {Dimension} dimension
 * @param {number} now
 */
export function placeWords(dimension, now) {
  if (!isNamed(dimension)) return signed(now);
  return `${Math.round(now)}`.replace("-", "−");
}

/**
 * The code with this dimension at `to`, and the others where they were.
 * @param {Dimension} dimension
 * @param {number[]} z
 * @param {number[]} mean
 * @param {number} to
 */
export function movedTo(dimension, z, mean, to) {
  const by = to - placeOn(dimension, z, mean);
  return z.map((value, d) => value + by * dimension.step_d[d]);
}

/**
 * A code with some dimensions put back to where they stand in another: those that are locked. Of two that lead the same way
 * one is enough.
 * @param {Dimension[]} locked
 * @param {number[]} to the code
 * @param {number[]} from where they stand
 * @param {number[]} mean
 */
export function heldAt(locked, to, from, mean) {
  const rows = locked.map((one) => [
    ...locked.map((other) => one.read_d.reduce((sum, read, d) => sum + read * other.step_d[d], 0)),
    placeOn(one, from, mean) - placeOn(one, to, mean),
  ]);
  const by = solved(rows);
  return to.map((value, d) => locked.reduce((sum, { step_d }, k) => sum + by[k] * step_d[d], value));
}

/**
 * Solves linear equations by elimination; an unknown that they do not tell is 0.
 * @param {number[][]} rows each with its right side last; they are changed
 */
function solved(rows) {
  const most = Math.max(1e-12, ...rows.flatMap((row) => row.slice(0, -1).map(Math.abs)));
  /** @type {number[]} the row that tells each unknown, -1 = none */
  const tells = rows.map(() => -1);
  rows.forEach((_, k) => {
    const free = rows.map((_row, i) => i).filter((i) => !tells.includes(i));
    const best = free.reduce((a, b) => (Math.abs(rows[b][k]) > Math.abs(rows[a][k]) ? b : a));
    if (Math.abs(rows[best][k]) < 1e-6 * most) return;
    tells[k] = best;
    rows.forEach((row, i) => {
      if (i === best) return;
      const share = row[k] / rows[best][k];
      for (let c = 0; c < row.length; c++) row[c] -= share * rows[best][c];
    });
  });
  return tells.map((i, k) => (i < 0 ? 0 : rows[i][rows.length] / rows[i][k]));
}

/**
 * Where a slider leads from a code, at its low and at its high end: 2.5 deviations or 50 points from the middle.
 * @param {Dimension} dimension
 * @param {number[]} z
 * @param {number[]} mean
 */
export function endsOf(dimension, z, mean) {
  const [low, high] = isNamed(dimension) ? [0, 100] : [-2.5, 2.5];
  return [movedTo(dimension, z, mean, low), movedTo(dimension, z, mean, high)];
}

/** @param {number} share 0 to 1 */
export const percent = (share) => (share > 0 && share < 0.005 ? "less than 1 %" : `${Math.round(100 * share)} %`);

/**
 * How much of all change a dimension makes, or how much it tells, in a few words; and in a sentence.
 * @param {Dimension} dimension
 * @param {Dimension[]} all
 * @returns {[string, string]}
 */
export function weightOf({ effect = null, carries = null }, all) {
  if (effect !== null) {
    const share = effect / (all.reduce((sum, other) => sum + (other.effect ?? 0), 0) || 1);
    return [
      percent(share),
      `Of what all dimensions change in the picture, its share. One step, as far as two of three products lie from the middle, changes the colours by ΔE ${effect.toFixed(1)} on average; about 2 can be seen.`,
    ];
  }
  if (carries === null) return ["", "What it changes is not measured."];
  return [percent(carries), "Of what this model knows of a picture, the share that this dimension carries."];
}

/**
 * Numbers with commas between; without zeros that say nothing when `digits` are for a link.
 * @param {number[]} z
 * @param {number} digits
 */
export const codeText = (z, digits) => z.map((value) => Number(value.toFixed(digits))).join(",");

/**
 * The code of a link, or null for what is not `latent` finite numbers.
 * @param {string} text
 * @param {number} latent
 * @returns {number[] | null}
 */
export function codeFrom(text, latent) {
  const z = text.trim() ? text.split(",").map(Number) : [];
  return z.length === latent && z.every(Number.isFinite) ? z : null;
}

// A code as numbers and as text, and where it stands on the dimensions that sliders move. No DOM.

/**
 * What a slider moves: `step_d` is what one deviation (of a dimension) or one point (of a visual attribute) adds to a code,
 * `read_d` tells from a code where it stands; `at_mean` is where the mean code does, 0 unless said.
 * @typedef {{ number: number, name: string, step_d: number[], read_d: number[], end: number, at_mean?: number,
 *   effect?: number | null, kl_nats?: number | null, tells?: string, proposed?: string,
 *   low?: string, high?: string, words?: string, drawn?: boolean, dimension?: number }} Dimension
 */

/** How far a slider of a dimension reaches, in standard deviations from the mean. */
export const REACH = { min: -3, max: 3, step: 0.006 };

/** The same of a visual attribute, in points: nine of ten products lie between 0 and 100. */
const REACH_POINTS = { min: -25, max: 125, step: 0.15 };

/**
 * Whether people gave it its meaning: a visual attribute.
 * @param {Dimension} dimension
 */
export const isNamed = ({ number }) => number === 0;

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

/**
 * That, for people.
 * @param {Dimension} dimension
 * @param {number} now
 */
export function placeWords(dimension, now) {
  if (!isNamed(dimension)) return `${now < 0 ? "−" : "+"}${Math.abs(now).toFixed(1)}`;
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
 * How much of all change a dimension makes, or how much it tells, in a few words; and in a sentence.
 * @param {Dimension} dimension
 * @param {Dimension[]} all
 * @returns {[string, string]}
 */
export function weightOf({ effect = null, kl_nats = null }, all) {
  if (effect !== null) {
    const share = effect / (all.reduce((sum, other) => sum + (other.effect ?? 0), 0) || 1);
    return [
      `${Math.round(100 * share)} %`,
      `Of what all dimensions change in the picture, its share. One step, as far as two of three products lie from the middle, changes the colours by ΔE ${effect.toFixed(1)} on average; about 2 can be seen.`,
    ];
  }
  if (kl_nats === null) return ["", "What it changes is not measured."];
  return [
    `${kl_nats.toFixed(1)} nats`,
    "How much it tells of a picture: 0 nothing, 3 much (KL to the prior, in nats).",
  ];
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

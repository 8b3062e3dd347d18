// A code as numbers and as text, and where it stands on the dimensions that sliders move. No DOM.

/** How far a slider reaches, in standard deviations from the mean. */
export const REACH = { min: -3, max: 3, step: 0.006 };

/**
 * The same where a code stands further out: a touch of its slider must not throw it back.
 * @param {number} now
 */
export const reachAround = (now) => ({ min: Math.min(REACH.min, now), max: Math.max(REACH.max, now) });

/**
 * What a slider moves: `step_d` is what one deviation adds to a code, `read_d` tells from a code where it stands.
 * @typedef {{ number: number, step_d: number[], read_d: number[], effect: number | null, kl_nats: number | null }} Dimension
 */

/**
 * Where a code stands on a dimension, in deviations from the mean.
 * @param {Dimension} dimension
 * @param {number[]} z
 * @param {number[]} mean
 */
export const placeOn = ({ read_d }, z, mean) => read_d.reduce((sum, read, d) => sum + read * (z[d] - mean[d]), 0);

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
export function weightOf({ effect, kl_nats }, all) {
  if (effect !== null) {
    const share = effect / (all.reduce((sum, other) => sum + (other.effect ?? 0), 0) || 1);
    return [
      `${Math.round(100 * share)} %`,
      `Of what all dimensions change in the picture, its share: one deviation changes colours by ΔE ${effect.toFixed(1)} on average.`,
    ];
  }
  if (kl_nats === null) return ["", "What it changes is not measured."];
  return [`${kl_nats.toFixed(1)} nats`, "How much it tells of a picture (KL to the prior, nats)."];
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

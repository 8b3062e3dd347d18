// A code as numbers and as text, and how far its sliders reach. No DOM.

const SPAN = 3; // deviations that a slider reaches to either side of the mean
const STOPS = 500; // to either side

/** @typedef {{ index: number, mean: number, deviation: number, kl_nats: number | null }} Dimension */

/**
 * @param {Dimension} dimension
 * @returns {{ min: number, max: number, step: number }}
 */
export function reachOf({ mean, deviation }) {
  const reach = SPAN * deviation;
  return { min: mean - reach, max: mean + reach, step: reach / STOPS };
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

// Who is selected or shown: one bit for each row of the catalogue, the least bit first. No DOM.

import { getBytes } from "../../shared/requests.js";

/** @typedef {{ bits: Uint8Array, count: number }} Mask */

/**
 * A mask from the server, and how many it holds.
 * @param {string} address
 * @param {AbortSignal} signal
 * @returns {Promise<Mask>}
 */
export async function getMask(address, signal) {
  const { content, headers } = await getBytes(address, signal);
  return { bits: new Uint8Array(content), count: Number(headers.get("x-count")) };
}

/**
 * @param {Uint8Array} bits
 * @param {number} row
 */
export const isIn = (bits, row) => (bits[row >> 3] & (1 << (row & 7))) !== 0;

/**
 * How many rows of each colour index are in both masks (null = every row is).
 * @param {Uint8Array} colours by row
 * @param {...(Uint8Array | null)} masks two at most
 * @returns {Uint32Array} (256)
 */
export function countColours(colours, ...masks) {
  const counts = new Uint32Array(256);
  const [one = null, two = null] = masks.filter((mask) => mask !== null);
  for (let row = 0; row < colours.length; row++) {
    const [byte, bit] = [row >> 3, 1 << (row & 7)];
    if ((one === null || one[byte] & bit) && (two === null || two[byte] & bit)) counts[colours[row]]++;
  }
  return counts;
}

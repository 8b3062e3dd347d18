// A disc of pixels. No DOM.

/** @typedef {{ diameter: number, width: number, reach: number, core: Int32Array, rim: Int32Array, covers: Uint8Array }} Stamp */

/**
 * A disc as offsets into the pixels: those inside, and those on the rim with how much of 16 it covers.
 * @param {number} diameter device px
 * @param {number} width of the image, device px
 * @returns {Stamp}
 */
export function stampOf(diameter, width) {
  /** @type {number[][]} */
  const [core, rim, covers] = [[], [], []];
  const reach = (diameter >> 1) + 1;
  const [radius, shift] = [diameter / 2 + 0.17, diameter % 2 ? 0.5 : 0];
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      const inside = covered(dx - shift, dy - shift, radius);
      if (inside > 13) core.push(dy * width + dx);
      else if (inside > 2) {
        rim.push(dy * width + dx);
        covers.push(inside);
      }
    }
  }
  return {
    diameter,
    width,
    reach,
    core: Int32Array.from(core),
    rim: Int32Array.from(rim),
    covers: Uint8Array.from(covers),
  };
}

/**
 * Sixteenths of the pixel at (left, top) that lie in a disc around 0.
 * @param {number} left
 * @param {number} top
 * @param {number} radius
 */
function covered(left, top, radius) {
  let inside = 0;
  for (let s = 0; s < 16; s++) {
    if (Math.hypot(left + ((s & 3) + 0.5) / 4, top + ((s >> 2) + 0.5) / 4) <= radius) inside++;
  }
  return inside;
}

// From what covers a pixel to its colour. No DOM.

import { RANK } from "./point_grid.js";

/** The first half from faint to solid, the second from solid to dark (on a dark page: to bright). */
export const TONES = 32;
/** Steps of what may cover a pixel, a quarter of a point each. */
export const COVERS = 1024;

/**
 * The colour of each tone, rank and colour index: 0xAABBGGRR at tone << 11 | rank << 8 | index.
 * @param {string[]} palette "#rrggbb"
 * @param {string} missing of colour index 255
 * @param {boolean} dark whether the page is
 */
export function mixTones(palette, missing, dark) {
  const tones = new Uint32Array(TONES << 11);
  const colours = new Map([...palette, missing].map((hex, i) => [i < palette.length ? i : 255, channels(hex)]));
  const [grey, end] = dark ? [140, 255] : [120, 0];
  const put = (
    /** @type {number} */ tone,
    /** @type {number} */ rank,
    /** @type {number} */ index,
    /** @type {number[]} */ rgb,
    /** @type {number} */ alpha,
  ) => {
    const [red, green, blue] = rgb.map(Math.round);
    tones[(tone << 11) | (rank << 8) | index] =
      ((Math.round(255 * alpha) << 24) | (blue << 16) | (green << 8) | red) >>> 0;
  };
  for (let tone = 0; tone < TONES; tone++) {
    const alpha = Math.min(1, (2 * (tone + 1)) / TONES);
    const beyond = Math.max(0, (2 * (tone + 1)) / TONES - 1);
    for (const [index, colour] of colours) {
      const pale = colour.map((value) => grey + (value - grey) * 0.25);
      put(
        tone,
        RANK.full,
        index,
        colour.map((value) => value + (end - value) * 0.5 * beyond),
        alpha,
      );
      put(tone, RANK.rest, index, pale, (dark ? 0.3 : 0.24) * alpha * (1 + beyond));
      put(tone, RANK.beside, index, pale, (dark ? 0.2 : 0.16) * alpha * (1 + beyond));
      put(tone, RANK.out, index, [grey, grey, grey], 0.09 * alpha * (1 + beyond));
    }
  }
  return tones;
}

/**
 * Fills `toneOf`, by quarters of a point that cover a pixel: a log scale from one point to several times the mean.
 * @param {Uint8Array} toneOf (COVERS)
 * @param {number} mean cover of the pixels of this view that are covered
 */
export function scaleTones(toneOf, mean) {
  const one = Math.max(0.5, Math.min(1, 1.1 - 0.22 * Math.log2(mean))); // how solid a point alone is
  const most = Math.log(Math.max(8, 6 * mean));
  for (let c = 0; c < COVERS; c++) {
    const cover = (c + 0.5) / 4;
    const strength =
      cover < 1 ? one * cover : one + (2 - one) * Math.min(1, Math.log(Math.max(1, cover - 0.125)) / most);
    toneOf[c] = Math.max(0, Math.min(TONES - 1, Math.round((strength * TONES) / 2) - 1));
  }
}

/** @param {string} hex "#rrggbb" */
export const channels = (hex) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));

/**
 * Whether a colour as the browser says it ("rgb(21, 24, 28)") is dark.
 * @param {string} colour
 */
export function isDark(colour) {
  const [red, green, blue] = (colour.match(/\d+/g) ?? ["255", "255", "255"]).map(Number);
  return 0.3 * red + 0.59 * green + 0.11 * blue < 110;
}

/**
 * Colours are chosen for white; on black the dark ones are raised until they show.
 * @param {string} hex
 */
export function lift(hex) {
  const [red, green, blue] = channels(hex);
  const share = 0.5 * Math.max(0, 1 - (0.3 * red + 0.59 * green + 0.11 * blue) / 150);
  const raised = [red, green, blue].map((value) => Math.round(value + (255 - value) * share));
  return `#${raised.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

// The recipe of a selection: a list of steps [op, kind, value] with op "=", "+" or "-", which the server replays. No DOM.

import { simplified } from "./lasso.js";

/** @typedef {[op: string, kind: string, value: any]} Step */

const COARSEST = 0.01; // map units: more would select other products without a word

/**
 * The steps as JSON that is short enough, its lassos a little coarser where need be; null when that is not enough.
 * @param {Step[]} steps
 * @param {number} most characters: it also stands in links
 * @returns {string | null}
 */
export function recipeText(steps, most) {
  let text = steps.length ? JSON.stringify(steps) : "";
  for (let tolerance = 1e-4; text.length > most && tolerance < COARSEST; tolerance *= 1.6) {
    /** @param {Step} step */
    const coarser = ([op, kind, value]) => [
      op,
      kind,
      kind === "lasso" && value.length > 8 ? simplified(value, tolerance) : value,
    ];
    text = JSON.stringify(steps.map(coarser));
  }
  return text.length > most ? null : text;
}

/**
 * A recipe from outside; what is none is nothing.
 * @param {string} text
 * @returns {Step[]}
 */
export function recipeFrom(text) {
  try {
    const steps = JSON.parse(text || "[]");
    return Array.isArray(steps) && steps.every((step) => Array.isArray(step) && step.length === 3) ? steps : [];
  } catch {
    return [];
  }
}

/**
 * The recipe with one more step; an empty one begins with it. Null when it gets too long, the same when there is
 * nothing to take away from.
 * @param {string} text of the recipe so far
 * @param {Step} step
 * @param {number} most characters
 * @returns {string | null}
 */
export function recipeWith(text, [op, kind, value], most) {
  const before = op === "=" ? [] : recipeFrom(text);
  if (op === "-" && !before.length) return text;
  return recipeText([...before, [before.length ? op : "=", kind, value]], most);
}

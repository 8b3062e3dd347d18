// What was measured, in words for people. No DOM.

/**
 * How near a drawn product is to the real one.
 * @param {number | null | undefined} apart over the distance from a product to the one most like it
 */
export function drawnWords(apart) {
  if (typeof apart !== "number") return "";
  if (apart < 0.6) return "drawn like itself";
  return apart < 1.2 ? "drawn nearly like itself" : "drawn as something else";
}

/**
 * How far a step is from the product beside it.
 * @param {number | null} typical over the distance from a product to the one most like it
 * @param {number} distance
 */
export function farWords(typical, distance) {
  if (typeof typical !== "number") return `distance ${distance.toFixed(2)}`;
  if (typical < 0.95) return "nearer than most products are to each other";
  return `${typical.toFixed(1)} times as far as two like products`;
}

/**
 * One sentence about the whole path.
 * @param {{ far: boolean, cliff: boolean }[]} steps
 * @param {number | null} detour
 */
export function pathWords(steps, detour) {
  const far = steps.filter((step) => step.far).length;
  const jumps = steps.filter((step) => step.cliff).length;
  const said = [
    far
      ? `${far} of ${steps.length} steps look like no real product: they are further from any than 95 % of products are.`
      : "No step is further from a real product than nearly all of them are from each other.",
    jumps
      ? `The picture jumps at ${jumps === 1 ? "one step" : `${jumps} steps`}.`
      : "It changes little by little, without a jump.",
  ];
  if (typeof detour === "number" && detour > 1.3)
    said.push(`On the way it changes ${detour.toFixed(1)} times as much as its ends differ.`);
  return said.join(" ");
}

// Lassos, recipes and masks: what is drawn, kept and counted.

import assert from "node:assert/strict";
import { test } from "node:test";
import { boxOf, polygonOf, simplified } from "../../explorer/interfaces/widgets/latent_map/selection/lasso.js";
import { countColours, isIn } from "../../explorer/interfaces/widgets/latent_map/selection/masks.js";
import { recipeFrom, recipeText, recipeWith } from "../../explorer/interfaces/widgets/latent_map/selection/recipe.js";
import { uniform } from "./random.js";

/** @typedef {import("../../explorer/interfaces/widgets/latent_map/selection/lasso.js").Corner} Corner */

/**
 * A wobbly ring, as a hand draws it.
 * @param {number} count
 * @param {number} seed
 * @returns {Corner[]}
 */
function ring(count, seed) {
  const next = uniform(seed);
  return Array.from({ length: count }, (_, i) => {
    const radius = 0.5 + 0.15 * Math.sin((9 * i * 2 * Math.PI) / count) + 0.004 * next();
    const angle = (i * 2 * Math.PI) / count;
    return /** @type {Corner} */ ([radius * Math.cos(angle), radius * Math.sin(angle)]);
  });
}

/**
 * How far a place is from a line between two corners.
 * @param {Corner} place
 * @param {Corner} from
 * @param {Corner} to
 */
function distance([x, y], [x0, y0], [x1, y1]) {
  const length = (x1 - x0) ** 2 + (y1 - y0) ** 2;
  const share = length ? Math.max(0, Math.min(1, ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / length)) : 0;
  return Math.hypot(x - x0 - share * (x1 - x0), y - y0 - share * (y1 - y0));
}

test("a simplified line keeps its ends and comes no further from any corner than asked", () => {
  for (const seed of [1, 2, 3]) {
    const line = ring(400, seed);
    for (const tolerance of [0.001, 0.01, 0.05]) {
      const kept = simplified(line, tolerance);
      assert.deepEqual([kept[0], kept.at(-1)], [line[0], line.at(-1)]);
      for (const place of line) {
        const nearest = Math.min(...kept.slice(1).map((to, i) => distance(place, kept[i], to)));
        assert.ok(nearest <= tolerance * 1.0001);
      }
    }
    assert.ok(simplified(line, 0.05).length < simplified(line, 0.001).length);
  }
});

test("a lasso that is kept has at most 120 corners, with the digits that the zoom needs", () => {
  const polygon = polygonOf(ring(3000, 4), 1e-6);
  assert.ok(polygon.length <= 120 && polygon.length > 20);
  assert.ok(polygon.flat().every((value) => Number(value.toFixed(7)) === value));
  assert.ok(
    polygonOf(ring(300, 4), 0.01)
      .flat()
      .every((value) => Number(value.toFixed(4)) === value),
  );
});

test("a box has four corners, whichever way it was drawn", () => {
  assert.deepEqual(boxOf([3, 4], [1, 2]), [
    [3, 4],
    [1, 4],
    [1, 2],
    [3, 2],
  ]);
});

test("a recipe comes back from its text; what is none is nothing", () => {
  /** @type {[string, string, any][]} */
  const steps = [
    ["=", "value", ["brand", "Alder & Sons"]],
    ["+", "product", "</script>"],
  ];
  assert.deepEqual(recipeFrom(recipeText(steps, 6000) ?? ""), steps);
  assert.equal(recipeText([], 6000), "");
  for (const text of ["", "{", "null", "7", '["x"]', '[["=","lasso"]]', "[[1,2,3,4]]"])
    assert.deepEqual(recipeFrom(text), []);
});

test("long lassos grow coarser until the recipe is short enough, and too many parts are refused", () => {
  const lasso = /** @type {[string, string, any]} */ (["+", "lasso", polygonOf(ring(3000, 5), 1e-6)]);
  const three = recipeText([lasso, lasso, lasso], 6000);
  assert.ok(three !== null && three.length <= 6000);
  assert.equal(recipeFrom(three).length, 3);
  assert.equal(recipeText(Array(6).fill(lasso), 6000), null, "coarser than one sees would select other products");
  const many = Array.from(
    { length: 400 },
    (_, i) => /** @type {[string, string, any]} */ (["+", "product", `product ${i}`]),
  );
  assert.equal(recipeText(many, 6000), null);
});

test("a step begins, adds or takes away; nothing can be taken from nothing", () => {
  const first = recipeWith("", ["+", "product", "a"], 6000);
  assert.equal(first, '[["=","product","a"]]');
  assert.equal(recipeWith(first ?? "", ["-", "product", "b"], 6000), '[["=","product","a"],["-","product","b"]]');
  assert.equal(recipeWith(first ?? "", ["=", "cluster", 3], 6000), '[["=","cluster",3]]');
  assert.equal(recipeWith("", ["-", "product", "b"], 6000), "");
});

test("colours are counted within masks, bit by bit", () => {
  const next = uniform(6);
  const colours = Uint8Array.from({ length: 1003 }, () => Math.floor(5 * next()));
  const mask = () => Uint8Array.from({ length: 126 }, () => Math.floor(256 * next()));
  const [one, two] = [mask(), mask()];
  /** @param {(row: number) => boolean} test */
  const counted = (test) => {
    const counts = new Uint32Array(256);
    colours.forEach((colour, row) => {
      if (test(row)) counts[colour]++;
    });
    return counts;
  };
  assert.deepEqual(
    countColours(colours, null, null),
    counted(() => true),
  );
  assert.deepEqual(
    countColours(colours, one, null),
    counted((row) => isIn(one, row)),
  );
  assert.deepEqual(
    countColours(colours, null, two),
    counted((row) => isIn(two, row)),
  );
  assert.deepEqual(
    countColours(colours, one, two),
    counted((row) => isIn(one, row) && isIn(two, row)),
  );
});

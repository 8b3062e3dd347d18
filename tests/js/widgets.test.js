// Sliders' codes, the player's timing, and how often the server is asked.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  codeFrom,
  codeText,
  endsOf,
  heldAt,
  idOf,
  movedTo,
  placeOn,
  placeWords,
  REACH,
  reachAround,
  weightOf,
} from "../../explorer/interfaces/widgets/latent_sliders/code.js";
import { History } from "../../explorer/interfaces/widgets/latent_sliders/history.js";
import { clearness, sliderOf } from "../../explorer/interfaces/widgets/latent_sliders/ways.js";
import {
  following,
  HOLD_MS,
  nearestTile,
  STEP_MS,
  stayMs,
  stripOf,
} from "../../explorer/interfaces/widgets/path_player/timing.js";
import { drawnWords, farWords, pathWords } from "../../explorer/interfaces/widgets/path_player/words.js";
import { newestWins, query, whenQuiet } from "../../explorer/interfaces/widgets/shared/requests.js";

const MEAN = [1, -1];
const ALONG = { number: 1, name: "", end: 0, step_d: [2, 0], read_d: [0.5, -0.25], effect: 3, carries: null };
const ACROSS = { number: 2, name: "", end: 1, step_d: [1, 2], read_d: [0, 0.5], effect: 1, carries: null };
const NAMED = { number: 0, name: "sole height", end: 2, step_d: [0.1, 0], read_d: [10, 0], at_mean: 48 };

test("a slider reaches three deviations to either side of the mean", () => {
  assert.deepEqual([REACH.min, REACH.max], [-3, 3]);
  assert.ok(Math.abs((REACH.max - REACH.min) / REACH.step - 1000) < 1e-6);
  assert.deepEqual(reachAround(ALONG, 1.2), { min: -3, max: 3, step: 0.006 });
  assert.deepEqual(
    reachAround(ALONG, -6.98),
    { min: -6.98, max: 3, step: 0.006 },
    "further out where a code stands there",
  );
  assert.deepEqual(reachAround(NAMED, 140), { min: -25, max: 140, step: 0.15 });
});

test("a dimension that is moved stands where it was moved to, and the others where they were", () => {
  const z = [3, 5];
  assert.equal(placeOn(ALONG, MEAN, MEAN), 0);
  assert.deepEqual([placeOn(ALONG, z, MEAN), placeOn(ACROSS, z, MEAN)], [-0.5, 3]);
  const moved = movedTo(ALONG, z, MEAN, 2);
  assert.deepEqual(moved, [8, 5]);
  assert.deepEqual([placeOn(ALONG, moved, MEAN), placeOn(ACROSS, moved, MEAN)], [2, 3]);
  const across = movedTo(ACROSS, z, MEAN, 0);
  assert.deepEqual([placeOn(ALONG, across, MEAN), placeOn(ACROSS, across, MEAN)], [-0.5, 0]);
});

test("a visual attribute is read and moved in points", () => {
  assert.equal(placeOn(NAMED, MEAN, MEAN), 48);
  const moved = movedTo(NAMED, MEAN, MEAN, 88);
  assert.deepEqual(moved, [5, -1]);
  assert.equal(placeOn(NAMED, moved, MEAN), 88);
  assert.deepEqual([placeWords(NAMED, 87.6), placeWords(NAMED, -3.2), placeWords(ALONG, -1.24)], ["88", "−3", "−1.2"]);
});

test("what a dimension weighs: its share of all change, else what it tells, else nothing", () => {
  assert.equal(weightOf(ALONG, [ALONG, ACROSS])[0], "75 %");
  assert.match(weightOf(ALONG, [ALONG, ACROSS])[1], /ΔE 3\.0/);
  assert.equal(weightOf({ ...ALONG, effect: null, carries: 0.234 }, [])[0], "23 %");
  assert.equal(weightOf({ ...ALONG, effect: null, carries: 0.001 }, [])[0], "less than 1 %");
  assert.equal(weightOf({ ...ALONG, effect: null }, [])[0], "");
});

test("what is locked stands where it stood, and the rest where it was to go", () => {
  const held = heldAt([ALONG], [9, 9], [3, 5], MEAN);
  assert.ok(Math.abs(placeOn(ALONG, held, MEAN) - placeOn(ALONG, [3, 5], MEAN)) < 1e-9);
  assert.equal(placeOn(ACROSS, held, MEAN), placeOn(ACROSS, [9, 9], MEAN));
  const both = heldAt([ALONG, ACROSS], [9, 9], [3, 5], MEAN);
  assert.ok(
    both.every((value, d) => Math.abs(value - [3, 5][d]) < 1e-9),
    "all that there is",
  );
  assert.deepEqual(heldAt([], [9, 9], [3, 5], MEAN), [9, 9]);
});

test("of two locked sliders that lead the same way one is enough, and nothing is no number", () => {
  assert.ok(heldAt([ALONG, { ...ALONG, number: 3 }, NAMED], [9, 9], [3, 5], MEAN).every(Number.isFinite));
  const held = heldAt([ALONG, { ...ALONG, number: 3 }], [9, 9], [3, 5], MEAN);
  assert.ok(Math.abs(placeOn(ALONG, held, MEAN) - placeOn(ALONG, [3, 5], MEAN)) < 1e-9);
});

test("a slider's strip leads from its low end to its high one", () => {
  assert.deepEqual(endsOf(ALONG, MEAN, MEAN), [
    [-4, -1],
    [6, -1],
  ]);
  const [low, high] = endsOf(NAMED, [3, 7], MEAN);
  assert.ok(Math.abs(placeOn(NAMED, low, MEAN)) < 1e-9 && Math.abs(placeOn(NAMED, high, MEAN) - 100) < 1e-9);
});

test("moves of one slider are one step, others each their own; a new one forgets what was undone", () => {
  const history = new History();
  const [one, other] = [{}, {}];
  history.note([0], one, 0);
  history.note([1], one, 700);
  history.note([2], one, 1400);
  history.note([3], other, 1500);
  history.note([4], null, 1600);
  history.note([5], null, 1601);
  assert.deepEqual(history.done, [[0], [3], [4], [5]]);
  assert.deepEqual(history.undo([6]), [5]);
  assert.deepEqual(history.undo([5]), [4]);
  assert.deepEqual(history.redo([4]), [5]);
  history.note([5], one, 1602);
  assert.equal(history.redo([9]), null);
  history.note([9], one, 9000);
  assert.equal(history.done.length, 5, "after a while it is another step");
  history.clear();
  assert.equal(history.undo([9]), null);
  for (let i = 0; i < 1000; i++) history.note([i], null, i);
  assert.deepEqual([history.done.length, history.done[0]], [200, [800]]);
});

test("a direction says what it leads to and how clear it is", () => {
  const way = {
    ...{
      key: "attribute x",
      kind: "attribute",
      title: "sole height",
      low: "low",
      high: "high",
      words: "…",
      step_d: [1],
    },
    ...{
      read_d: [1],
      at_mean: 50,
      dimension: 2,
      alignment: -0.5,
      strength: 3,
      by_chance: 0.1,
      times: 30.2,
      right: 0.9999,
    },
  };
  assert.match(clearness(way), /^99 of 100 unseen products on the right side; 30 times/);
  assert.match(clearness({ ...way, kind: "spread", strength: 0.081, times: 2.345 }), /^8 % .*; 2\.3 times/);
  assert.match(clearness({ ...way, times: 1.4 }), /no clearer than random groups/);
  const slider = sliderOf(way);
  assert.deepEqual(
    [slider.name, slider.proposed, idOf(slider)],
    ["sole height: low → high", "sole height by looks", "way attribute x"],
  );
  assert.notEqual(idOf({ ...slider, key: undefined, name: "x" }), idOf({ ...slider, key: "x" }));
});

test("a code comes back from its text, and nothing else does", () => {
  const z = [0.1234567, -2, 0, 1e-9];
  assert.equal(codeText(z, 3), "0.123,-2,0,0");
  assert.deepEqual(codeFrom(codeText(z, 3), 4), [0.123, -2, 0, 0]);
  for (const text of ["", "1,2,3", "1,2,3,x", "1,2,3,Infinity", "1,2,3,NaN", "1,2,3,4,5"]) {
    assert.equal(codeFrom(text, 4), null, text);
  }
});

test("the ends of a path stay longer, and the strip has both", () => {
  assert.deepEqual([stayMs(0, 60), stayMs(1, 60), stayMs(59, 60)], [HOLD_MS, STEP_MS, HOLD_MS]);
  for (const count of [1, 2, 7, 12, 60, 600]) {
    const strip = stripOf(count);
    assert.equal(strip.length, Math.min(12, count));
    assert.deepEqual([strip[0], strip.at(-1)], [0, count - 1]);
    assert.equal(new Set(strip).size, strip.length);
    for (let at = 0; at < count; at++) {
      const away = Math.min(...strip.map((tile) => Math.abs(tile - at)));
      assert.equal(Math.abs(nearestTile(strip, at) - at), away);
    }
  }
});

test("while one request is under way only the newest of the others is kept", async () => {
  /** @type {number[]} */
  const asked = [];
  /** @type {(() => void)[]} */
  const waiting = [];
  const ask = newestWins((/** @type {number} */ value) => {
    asked.push(value);
    return new Promise((resolve) => waiting.push(() => resolve()));
  });
  const all = [1, 2, 3, 4].map((value) => ask(value));
  assert.deepEqual(asked, [1]);
  waiting.shift()?.();
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.deepEqual(asked, [1, 4]);
  waiting.shift()?.();
  await Promise.all(all);
});

test("quiet is waited for, and the last values count", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  /** @type {number[]} */
  const told = [];
  const tell = whenQuiet(100, (/** @type {number} */ value) => told.push(value));
  tell(1);
  context.mock.timers.tick(60);
  tell(2);
  context.mock.timers.tick(99);
  assert.deepEqual(told, []);
  context.mock.timers.tick(1);
  assert.deepEqual(told, [2]);
});

test("a query is written as an address has it", () => {
  assert.equal(query({ q: "a&b=ü", k: 12 }), "q=a%26b%3D%C3%BC&k=12");
});

test("a path that goes there and back turns at both ends, another begins again", () => {
  const seen = [];
  let [at, way] = [0, 1];
  for (let i = 0; i < 6; i++) {
    [at, way] = following(at, 3, way, true);
    seen.push(at);
  }
  assert.deepEqual(seen, [1, 2, 1, 0, 1, 2]);
  assert.deepEqual(following(2, 3, 1, false), [0, 1]);
  assert.deepEqual(following(0, 1, 1, true), [0, 1], "of one step there is no next");
});

test("what was measured is said in words", () => {
  assert.equal(drawnWords(0.2), "drawn like itself");
  assert.equal(drawnWords(5), "drawn as something else");
  assert.equal(drawnWords(null), "");
  assert.equal(farWords(2.31, 1), "2.3 times as far as two like products");
  assert.equal(farWords(null, 1.5), "distance 1.50");
  const still = { far: false, cliff: false };
  assert.match(pathWords([still, still], 1), /^No step is further from .* without a jump\.$/);
  assert.match(pathWords([{ far: true, cliff: true }, still], 2.46), /^1 of 2 steps look like no real .* 2\.5 times/);
});

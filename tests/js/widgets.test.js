// Sliders' codes, the player's timing, and how often the server is asked.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  codeFrom,
  codeText,
  movedTo,
  placeOn,
  placeWords,
  REACH,
  reachAround,
  weightOf,
} from "../../explorer/interfaces/widgets/latent_sliders/code.js";
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
const ALONG = { number: 1, name: "", end: 0, step_d: [2, 0], read_d: [0.5, -0.25], effect: 3, kl_nats: null };
const ACROSS = { number: 2, name: "", end: 1, step_d: [1, 2], read_d: [0, 0.5], effect: 1, kl_nats: null };
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
  assert.equal(weightOf({ ...ALONG, effect: null, kl_nats: 2.34 }, [])[0], "2.3 nats");
  assert.equal(weightOf({ ...ALONG, effect: null }, [])[0], "");
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
  assert.match(pathWords([still, still], 1), /^Every step is as near .* without a jump\.$/);
  assert.match(pathWords([{ far: true, cliff: true }, still], 2.46), /^1 of 2 steps look like no real .* 2\.5 times/);
});

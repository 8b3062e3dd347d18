// Numbers that look random and are the same each time.

/** @param {number} seed */
export function uniform(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 4294967296;
  };
}

/**
 * So many points of a map, some of them not on it.
 * @param {number} count
 * @param {number} seed
 */
export function places(count, seed) {
  const next = uniform(seed);
  const xy = new Float32Array(2 * count);
  for (let i = 0; i < count; i++) {
    const lost = next() < 0.05;
    xy[2 * i] = lost ? Number.NaN : 2 * next() - 1;
    xy[2 * i + 1] = lost ? Number.NaN : (2 * next() - 1) * 0.8;
  }
  return xy;
}

// Points on their way from one map to another.

const POINTS_MAX = 100_000; // more would not be smooth
const GLIDE_MS = 280;

/**
 * From the places of the map before to those of this one, where that is cheap enough to be smooth and motion is wanted.
 * @param {import("./latent_map.js").LatentMap} map
 * @param {Float32Array} before by row
 */
export function glide(map, before) {
  const { xy: goal, points } = map;
  if (!goal || points.count > POINTS_MAX || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const [between, started] = [new Float32Array(goal.length), performance.now()];
  const step = () => {
    if (map.xy !== goal || map.closed) return;
    const share = Math.min(1, (performance.now() - started) / GLIDE_MS);
    const eased = 1 - (1 - share) ** 3;
    for (let i = 0; i < goal.length; i++) {
      between[i] = Number.isFinite(before[i]) ? before[i] + (goal[i] - before[i]) * eased : goal[i];
    }
    points.move(share < 1 ? between : goal, share < 1);
    map.redraw();
    if (share < 1) requestAnimationFrame(step);
  };
  step();
}

// What is said of a cluster besides its name: how many, how pure, how far it stands apart.

const COUNTING = new Intl.NumberFormat("en-US");
const APART = 0.22; // silhouettes; of clusters of clothes a quarter are above, a quarter below the other
const BLURRED = 0.12;

export const percent = (/** @type {number} */ share) =>
  share > 0 && share < 0.01 ? "< 1 %" : `${Math.round(100 * share)} %`;

/** @typedef {{ size: number, share: number, tagged: number | null, purity: number | null, most: string, pureIn: string, silhouette: number | null, runsInto: string }} Told */

/** @param {Told} told */
export function sizeWords({ size, share, tagged }) {
  return `${COUNTING.format(size)} · ${percent(share)}${tagged === null ? "" : ` · ${percent(tagged)} tagged`}`;
}

/**
 * "82 % T-shirt · stands apart", and what that means.
 * @param {Told} told
 * @returns {{ words: string, help: string }}
 */
export function qualityWords({ purity, most, pureIn, silhouette, runsInto }) {
  const words = [];
  const help = [];
  if (purity !== null) {
    words.push(`${percent(purity)} ${most}`);
    help.push(`Of these products ${percent(purity)} have the ${pureIn} “${most}”, which is more than have any other.`);
  }
  if (silhouette !== null) {
    words.push(silhouette >= APART ? "stands apart" : silhouette >= BLURRED ? "fairly distinct" : "blurred edge");
    const next = runsInto ? ` The nearest other one is “${runsInto}”.` : "";
    help.push(
      `Silhouette ${silhouette.toFixed(2)}: 1 is far from all other clusters, 0 as near to another as to itself.${next}`,
    );
  }
  return { words: words.join(" · "), help: help.join(" ") };
}

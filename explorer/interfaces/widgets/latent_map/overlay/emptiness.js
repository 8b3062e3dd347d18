// What is said where nothing is in view, or nothing of what passes the filter, and the ways back.

import { el } from "../../shared/dom.js";
import { RANK } from "../points/point_grid.js";

/** @typedef {import("../latent_map.js").LatentMap} LatentMap */

export class Emptiness {
  /** @param {LatentMap} map */
  constructor(map) {
    this.map = map;
    this.words = el("span");
    this.zoom = el("button", {
      textContent: "Zoom to them",
      type: "button",
      onclick: () => map.selecting.zoomTo(map.selecting.shown),
    });
    this.whole = el("button", { textContent: "Show the whole map", type: "button", onclick: () => map.camera.fit() });
    this.root = el("div", { class: "empty", role: "status", hidden: true }, this.words, this.zoom, this.whole);
  }

  /** After the points were drawn. */
  show() {
    const { points, selecting, xy } = this.map;
    const { shown } = selecting;
    this.root.hidden = !xy || points.loose || points.anyInView(shown ? RANK.beside : RANK.out);
    if (this.root.hidden) return;
    const count = shown?.count ?? 0;
    const none =
      count === 1 ? "The one that passes is not here." : `None of the ${count.toLocaleString("en")} is here.`;
    const said = !shown ? "Nothing here." : count ? none : "No product passes this filter.";
    if (this.words.textContent !== said) this.words.textContent = said;
    this.zoom.hidden = !count;
    this.whole.hidden = !!shown && !count;
  }
}

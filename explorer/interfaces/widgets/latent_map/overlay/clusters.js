// Clusters: thin outlines on the map and their names, of which none lies on another, larger ones first.

import { el } from "../../shared/dom.js";
import { errorText, getJson } from "../../shared/requests.js";
import { remember, remembered, toolButton } from "./buttons.js";

/** @typedef {import("../latent_map.js").LatentMap} LatentMap */
/** @typedef {{ number: number, name: string, size: number, outline: [number, number][][], at: [number, number] | null, hidden: boolean }} Cluster */
/** @typedef {{ number: number, path: Path2D, at: [number, number], label: HTMLElement, width: number }} Drawn */

export class Clusters {
  on = true;
  /** @type {Drawn[]} */
  list = [];
  /** @type {number | null} the number of the cluster under the pointer */
  lit = null;
  address = "";

  /** @param {LatentMap} map */
  constructor(map) {
    this.map = map;
    this.button = toolButton("clusters", "Clusters (C)", () => this.toggle());
    this.layer = el("div", { class: "clusters", role: "group", "aria-label": "Clusters" });
    this.toggle(remembered("clusters"));
  }

  toggle(on = !this.on) {
    this.on = on;
    remember("clusters", on);
    this.button.setAttribute("aria-pressed", String(on));
    if (this.map.xy) this.map.redraw();
  }

  /** @param {import("../map_data.js").MapData} given */
  async update({ clusters }) {
    this.button.hidden = !clusters;
    if (clusters === this.address) return;
    this.address = clusters;
    this.list = [];
    this.layer.replaceChildren();
    try {
      const found = clusters ? await getJson(clusters) : [];
      if (clusters !== this.address || this.map.closed) return;
      this.list = found
        .filter((/** @type {Cluster} */ cluster) => !cluster.hidden && cluster.at)
        .sort((/** @type {Cluster} */ a, /** @type {Cluster} */ b) => b.size - a.size)
        .map((/** @type {Cluster} */ cluster) => this.made(cluster));
      this.layer.replaceChildren(...this.list.map(({ label }) => label));
      this.map.redraw();
    } catch (error) {
      console.warn(`The clusters did not arrive: ${errorText(error)}`);
    }
  }

  /** @param {Cluster} given */
  made({ number, name, size, outline, at }) {
    const path = new Path2D(); // in units of the map
    for (const ring of outline) {
      const [x0, y0] = ring[ring.length - 1];
      path.moveTo((x0 + ring[0][0]) / 2, (y0 + ring[0][1]) / 2);
      ring.forEach((/** @type {[number, number]} */ [x, y], /** @type {number} */ i) => {
        const [x1, y1] = ring[(i + 1) % ring.length];
        path.quadraticCurveTo(x, y, (x + x1) / 2, (y + y1) / 2); // from middle to middle: no corners at any zoom
      });
      path.closePath();
    }
    const light = (/** @type {boolean} */ on) => () => {
      this.lit = on ? number : this.lit === number ? null : this.lit;
      this.map.redraw();
    };
    const label = el("button", {
      class: "cluster",
      type: "button",
      textContent: name.replace(/ \(\d+ %\)$/, ""), // the share stands in the list
      title: `${size.toLocaleString("en")} products. Click selects them, Shift adds, Alt takes away`,
      onclick: (/** @type {MouseEvent} */ event) =>
        this.map.selecting.step(event.shiftKey ? "+" : event.altKey ? "-" : "=", "cluster", number),
      onpointerenter: light(true),
      onpointerleave: light(false),
      onfocus: light(true),
      onblur: light(false),
    });
    return { number, path, at, label, width: 0 };
  }

  /**
   * Over the points, under the pictures.
   * @param {CanvasRenderingContext2D} context
   */
  drawOutlines(context) {
    if (!this.on || !this.list.length || this.map.points.loose) return;
    const { points, dark } = this.map;
    const { scale, view } = points;
    context.save();
    context.setTransform(scale, 0, 0, -scale, points.width / 2 - view.x * scale, points.height / 2 + view.y * scale);
    const line = (/** @type {Path2D} */ path, /** @type {string} */ colour, /** @type {number} */ wide) => {
      context.strokeStyle = colour;
      context.lineWidth = (wide * points.ratio) / scale;
      context.stroke(path);
    };
    for (const { number, path } of this.list) {
      const lit = number === this.lit;
      line(path, dark ? "rgb(21 24 28 / 70%)" : "rgb(255 255 255 / 75%)", lit ? 5 : 3); // an edge of its own on any points
      line(path, dark ? `rgb(255 255 255 / ${lit ? 100 : 55}%)` : `rgb(20 24 28 / ${lit ? 95 : 60}%)`, lit ? 2 : 1);
    }
    context.restore();
  }

  /** Labels on their places, each only where none of a larger cluster is. */
  place() {
    this.layer.hidden = !this.on;
    if (!this.on) return;
    const { points, stage, legend } = this.map;
    const { offsetLeft: left, offsetTop: top, offsetWidth: wide, offsetHeight: high } = legend.root;
    const laid = top < stage.clientHeight ? [[left + wide / 2, top + high / 2, wide / 2, high / 2 - 12]] : []; // on it
    for (const cluster of this.list) {
      const [x, y] = points.toScreen(...cluster.at);
      cluster.width ||= cluster.label.offsetWidth;
      const [half, line] = [cluster.width / 2, 12];
      const seen = x > half && y > line && x < stage.clientWidth - half - 50 && y < stage.clientHeight - line;
      const free =
        seen &&
        laid.every(
          ([x2, y2, half2, line2]) => Math.abs(x - x2) > half + half2 + 6 || Math.abs(y - y2) > 2 * line + line2,
        );
      cluster.label.style.visibility = free ? "visible" : "hidden";
      if (!free) continue;
      laid.push([x, y, half, 0]);
      cluster.label.style.transform = `translate(${Math.round(x - half)}px, ${Math.round(y - line)}px)`;
    }
  }
}

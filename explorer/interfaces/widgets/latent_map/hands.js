// Hands on the map: pointers that move, draw and choose, the wheel, and keys.

/** @typedef {import("./latent_map.js").LatentMap} LatentMap */

const REACH_PX = 10; // how far from a point the pointer may be
const STILL_PX = 4; // a pointer that moved no further has clicked
const PAN_PX = 60;
const ZOOM_STEP = 1.6;
const ANYWHERE_PX = 1e5;

export class Hands {
  /** @type {Map<number, { x: number, y: number }>} */
  pointers = new Map();
  /** px that the pointers have moved since the first was put down. */
  moved = 0;

  /** @param {LatentMap} map */
  constructor(map) {
    this.map = map;
    const { canvas, cards, selecting, stage, root } = map;
    canvas.onpointerdown = (event) => this.press(event);
    canvas.onpointermove = (event) =>
      this.pointers.has(event.pointerId) ? this.drag(event) : cards.hover(this.rowAt(event));
    canvas.onpointerup = (event) => this.release(event, true);
    canvas.onpointercancel = (event) => this.release(event, false);
    canvas.onpointerleave = () => cards.hover(-1);
    canvas.ondblclick = () => selecting.tool === "pan" && map.camera.fit();
    stage.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    root.onkeydown = (event) => this.key(event);
  }

  /**
   * The row under a place, -1 = none.
   * @param {{ offsetX: number, offsetY: number }} place
   */
  rowAt({ offsetX, offsetY }, radius = REACH_PX) {
    const { xy, points, pictures } = this.map;
    return xy ? points.nearest(offsetX, offsetY, Math.max(radius, pictures.drawn ? pictures.edge / 2 : 0)) : -1;
  }

  /** @param {WheelEvent} event */
  wheel(event) {
    const { canvas, clusters } = this.map;
    if (event.target !== canvas && !clusters.layer.contains(/** @type {Node} */ (event.target))) return;
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : 1;
    const { left, top } = canvas.getBoundingClientRect();
    const factor = Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.002));
    this.map.camera.zoom(factor, event.clientX - left, event.clientY - top);
  }

  // -- pointers -----------------------------------------------------------------------------------------------------

  /** @param {PointerEvent} event */
  press(event) {
    if (event.button !== 0) return;
    const { canvas, cards, selecting } = this.map;
    canvas.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
    this.moved = this.pointers.size > 1 ? Number.POSITIVE_INFINITY : 0;
    cards.hover(-1);
    if (this.pointers.size === 1 && selecting.tool !== "pan") selecting.drawing.begin(event, selecting.tool === "box");
    else selecting.cancel(); // a second finger zooms
  }

  /**
   * One pointer moves the map or draws, two move and zoom it.
   * @param {PointerEvent} event
   */
  drag(event) {
    const { map } = this;
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const now = { x: event.offsetX, y: event.offsetY };
    const other = [...this.pointers.entries()].find(([id]) => id !== event.pointerId)?.[1];
    this.moved += Math.hypot(now.x - before.x, now.y - before.y);
    this.pointers.set(event.pointerId, now);
    if (other) {
      /** @param {{ x: number, y: number }} point */
      const apart = (point) => Math.max(1, Math.hypot(point.x - other.x, point.y - other.y));
      map.camera.pan((now.x - before.x) / 2, (now.y - before.y) / 2);
      map.camera.zoom(apart(now) / apart(before), (now.x + other.x) / 2, (now.y + other.y) / 2);
    } else if (map.selecting.drawing.line) {
      map.selecting.drawing.follow(event);
    } else if (this.moved > STILL_PX && map.selecting.tool === "pan") {
      map.canvas.classList.add("held");
      map.camera.pan(now.x - before.x, now.y - before.y);
    }
  }

  /**
   * @param {PointerEvent} event
   * @param {boolean} meant false when the browser took the pointer away
   */
  release(event, meant) {
    const { selecting, canvas } = this.map;
    if (!this.pointers.delete(event.pointerId)) return;
    canvas.classList.remove("held");
    if (!meant) return void selecting.cancel();
    if (selecting.drawing.line && this.moved > STILL_PX) return selecting.finish(event);
    selecting.cancel();
    if (this.moved <= STILL_PX) this.choose(event);
  }

  /**
   * A click: opens a product, or adds or takes away one.
   * @param {PointerEvent} event
   */
  async choose(event) {
    const { selecting, cards } = this.map;
    const row = this.rowAt(event, event.pointerType === "touch" ? 2 * REACH_PX : REACH_PX);
    if (!selecting.base || !(event.shiftKey || event.altKey)) return cards.open(row);
    if (row < 0) return;
    selecting.stepProduct(event.shiftKey ? "+" : "-", await cards.product(row));
  }

  // -- keys ---------------------------------------------------------------------------------------------------------

  /** @param {KeyboardEvent} event */
  key(event) {
    const undoes = event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey);
    if (!this.map.xy || (!undoes && (event.ctrlKey || event.metaKey || event.altKey))) return;
    const name = undoes ? "u" : event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const act = this.actOf(name, event.target === this.map.canvas);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  /**
   * @param {string} name of the key
   * @param {boolean} onCanvas Enter on a button is the button's
   * @returns {(() => void) | undefined}
   */
  actOf(name, onCanvas) {
    const { map } = this;
    const { selecting, cards, stage } = map;
    const middle = { offsetX: stage.clientWidth / 2, offsetY: stage.clientHeight / 2 };
    /** @param {"pan" | "lasso" | "box"} tool */
    const take = (tool) => () => selecting.base && selecting.take(tool);
    /** @type {Record<string, () => void>} */
    const acts = {
      ArrowLeft: () => map.camera.pan(PAN_PX, 0),
      ArrowRight: () => map.camera.pan(-PAN_PX, 0),
      ArrowUp: () => map.camera.pan(0, PAN_PX),
      ArrowDown: () => map.camera.pan(0, -PAN_PX),
      "+": () => map.camera.zoom(ZOOM_STEP),
      "=": () => map.camera.zoom(ZOOM_STEP),
      "-": () => map.camera.zoom(1 / ZOOM_STEP),
      0: () => map.camera.fit(),
      f: () => map.camera.fit(),
      a: () => cards.setAnchor("a"),
      b: cards.pinned >= 0 ? () => cards.setAnchor("b") : take("box"),
      l: take("lasso"),
      v: take("pan"),
      p: () => map.pictures.toggle(),
      c: () => map.clusters.toggle(),
      z: () => selecting.zoomTo(),
      u: () => selecting.undo(),
      t: () => map.table.open(),
      "?": () => map.keys.showModal(),
      Escape: () => this.escape(),
    };
    if (onCanvas) acts.Enter = () => cards.open(this.rowAt(middle, ANYWHERE_PX));
    return acts[name];
  }

  /** One thing at a time, the most passing first. */
  escape() {
    const { selecting, cards } = this.map;
    if (selecting.cancel()) return;
    if (cards.pinned >= 0) cards.open(-1);
    else if (selecting.text) selecting.clear();
    else selecting.take("pan");
  }
}

// The map: points on a plain canvas, small pictures when near, a card under the pointer, anchors, a legend, clusters, and
// tools to select many. Nothing here asks Streamlit to redraw anything: points, colours, masks and products come over
// HTTP, and only choices go back. What it is made of stands in the other files of this folder, laid in front of this.

const ZOOM = { least: 0.5, most: 500 };
const REACH_PX = 10; // how far from a point the pointer may be

export default function (component) {
  const { parentElement } = component;
  const map = widgetIn(parentElement, LatentMap);
  const turn = map.update(component);
  // Streamlit may call an earlier turn's answer late: only the last one closes the map
  return () => {
    if (turn === map.turn) mounted.delete(parentElement) && map.close();
  };
}

class LatentMap {
  constructor(parent) {
    Object.assign(this, { turn: 0, held: {}, pointers: new Map(), palette: [], colours: new Uint8Array(0) });
    Object.assign(this, { selecting: new Selecting(this), pictures: new Pictures(this), clusters: new Clusters(this) });
    Object.assign(this, { cards: new Cards(this), legend: new Legend(this), table: new TwinTable(this) });
    this.build(parent);
    this.points = new PointCanvas(this.canvas);
    this.rest = whenQuiet(350, () => this.keepView());
    this.listen();
    this.sized = new ResizeObserver(() => this.resize());
    this.sized.observe(this.stage);
  }

  build(parent) {
    const { selecting, cards, clusters, pictures, table, legend } = this;
    this.canvas = el("canvas", { tabIndex: 0, role: "application" });
    this.drawing = svg("svg", { class: "drawing", "aria-hidden": "true" }, ...cards.lines, selecting.outline);
    this.note = el("div", { class: "note" });
    this.keys = keysDialog();
    const zooms = [toolButton("+", "Zoom in (+)", () => this.zoom(1.6)), toolButton("−", "Zoom out (−)", () => this.zoom(1 / 1.6)), toolButton("Fit", "Show the whole map (0)", () => this.fit())];
    const views = [pictures.button, clusters.button, table.button, toolButton("?", "Keys (?)", () => this.keys.showModal())];
    const group = (label, buttons) => el("div", { class: "group", role: "group", "aria-label": label }, ...buttons);
    const tools = el("div", { class: "tools", role: "toolbar", "aria-label": "Map" }, selecting.group, group("Zoom", zooms), group("What is shown", views));
    const marks = [cards.markers.a, cards.markers.b, cards.ring, cards.pin];
    this.stage = el("div", { class: "stage loading" }, this.canvas, this.drawing, clusters.layer, ...marks, this.note, selecting.status, cards.hoverCard, cards.pinnedCard);
    this.root = el("div", { class: "ll map" }, tools, this.stage, legend.root, table.dialog, this.keys);
    parent.append(this.root);
  }

  close() {
    this.closed = true;
    this.sized.disconnect();
    this.loading?.abort();
    this.pictures.close();
    this.root.remove();
  }

  // -- what Streamlit sends -----------------------------------------------------------------------------------------

  update({ data, setTriggerValue, setStateValue }) {
    if (data.by !== this.data?.by) this.legend.front = null;
    const rehidden = data.hide !== this.data?.hide;
    Object.assign(this, { data, send: setTriggerValue, keep: setStateValue, dark: isDark(this.root), paper: getComputedStyle(this.root).backgroundColor });
    this.palette = data.palette.map((colour) => (this.dark ? lift(colour) : colour));
    this.canvas.setAttribute("aria-label", `${data.title} Arrows move, plus and minus zoom, 0 shows all, Enter opens the product nearest to the middle, L and B draw a selection, T lists the products as a table, question mark tells all keys.`);
    for (const part of [this.cards, this.selecting, this.pictures, this.clusters]) part.update(data);
    if (rehidden && this.xy) this.remask();
    this.load();
    return ++this.turn;
  }

  async load() {
    const wanted = this.data;
    this.loading?.abort();
    this.loading = new AbortController();
    if (!this.xy) this.say(`Loading ${wanted.placed.toLocaleString("en")} points…`);
    try {
      const [points, colours] = await Promise.all([this.bytes("points", wanted.points), this.bytes("colours", wanted.colours)]);
      if (wanted === this.data && !this.closed) this.show(points, colours);
    } catch (error) {
      if (error.name === "AbortError" || wanted !== this.data) return;
      const retry = el("button", { textContent: "Try again", onclick: () => this.load() });
      this.say(`The map did not arrive: ${error.message}`, retry);
    }
  }

  async bytes(kind, address) {
    if (this.held[kind]?.address === address) return this.held[kind].content;
    const response = await fetch(address, { signal: this.loading.signal });
    if (!response.ok) throw new Error((await response.json().catch(() => ({}))).error || `the server answered ${response.status}.`);
    const content = await response.arrayBuffer();
    this.held[kind] = { address, content };
    return content;
  }

  show(points, colours) {
    const [before, place] = [this.xy, this.place];
    if (this.shownPoints !== points) {
      Object.assign(this, { shownPoints: points, xy: new Float32Array(points), place: this.data.place });
      this.points.setPoints(this.xy);
      if (!before && this.data.view) this.points.setView(this.data.view);
      this.cards.forget();
      if (!before) this.pinWanted();
    }
    this.colours = new Uint8Array(colours);
    this.recolour();
    this.say("");
    if (before && place !== this.place) {
      this.fit();
      this.glide(before);
    }
    this.cards.refill();
  }

  /** The product that somebody asked to see here: its card is open as after a click. Once. */
  pinWanted() {
    if (!(this.data.pin >= 0)) return;
    if (this.placeOf(this.data.pin)) this.cards.open(this.data.pin);
    this.send("pinned", this.data.pin);
  }

  recolour() {
    this.points.setColours(this.colours, this.palette, this.dark ? "#5c6066" : "#b9b9b4", this.legend.front, this.dark);
    this.legend.show();
    this.redraw();
  }

  /** After another selection or filter. */
  remask() {
    const { selected, shown } = this.selecting;
    this.points.setMasks(selected?.bits ?? null, shown?.bits ?? null, this.data.hide);
    if (!this.xy) return;
    this.legend.show();
    this.cards.refill();
    this.redraw();
  }

  /** From the places of the map before to those of this one, when that is cheap enough to be smooth. */
  glide(before) {
    if (this.points.count > 100_000 || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const [goal, between, started] = [this.xy, new Float32Array(this.xy.length), performance.now()];
    const step = () => {
      if (this.xy !== goal || this.closed) return;
      const share = Math.min(1, (performance.now() - started) / 280);
      const eased = 1 - (1 - share) ** 3;
      for (let i = 0; i < goal.length; i++) between[i] = Number.isFinite(before[i]) ? before[i] + (goal[i] - before[i]) * eased : goal[i];
      this.points.move(share < 1 ? between : goal, share < 1);
      this.redraw();
      if (share < 1) requestAnimationFrame(step);
    };
    step();
  }

  say(text, ...more) {
    this.stage.classList.toggle("loading", !this.xy && !more.length);
    this.note.hidden = !text;
    this.note.replaceChildren(el("div", { class: more.length ? "wrong" : "", textContent: text }), ...more);
  }

  // -- drawing ------------------------------------------------------------------------------------------------------

  resize() {
    const { clientWidth, clientHeight } = this.stage;
    const ratio = window.devicePixelRatio || 1;
    Object.assign(this.canvas, { width: Math.round(clientWidth * ratio), height: Math.round(clientHeight * ratio) });
    this.points.ratio = ratio;
    this.drawNow(); // at once: a canvas that changed its size is empty
  }

  redraw() {
    this.due ||= requestAnimationFrame(() => this.drawNow());
  }

  drawNow() {
    cancelAnimationFrame(this.due);
    this.due = 0;
    if (this.closed || !this.xy) return;
    this.points.draw();
    this.clusters.drawOutlines(this.points.context);
    this.pictures.draw(this.points.context);
    this.decorate();
  }

  /** What lies over the points: labels, lines, rings, markers and cards. */
  decorate() {
    this.clusters.place();
    this.selecting.redraw();
    this.cards.place();
  }

  placeOf(row) {
    if (row < 0 || !Number.isFinite(this.xy[2 * row])) return null;
    return this.points.toScreen(this.xy[2 * row], this.xy[2 * row + 1]);
  }

  // -- the view -----------------------------------------------------------------------------------------------------

  setView(x, y, zoom) {
    const { halfX, halfY } = this.points;
    const within = (value, half) => Math.max(-half, Math.min(half, value));
    this.points.setView({ x: within(x, halfX), y: within(y, halfY), zoom });
    this.redraw();
    this.rest();
  }

  fit() {
    this.setView(0, 0, 1);
  }

  /** So that all rows for which `test` holds are in view, with a tenth of room around. */
  fitTo(test) {
    let [x0, x1, y0, y1] = [Infinity, -Infinity, Infinity, -Infinity];
    for (const row of this.rowsOf(test)) {
      const [x, y] = [this.xy[2 * row], this.xy[2 * row + 1]];
      [x0, x1, y0, y1] = [Math.min(x0, x), Math.max(x1, x), Math.min(y0, y), Math.max(y1, y)];
    }
    if (x0 > x1) return;
    const { canvas, scale, view } = this.points;
    const factor = Math.min((0.8 * canvas.width) / Math.max(1e-9, x1 - x0), (0.8 * canvas.height) / Math.max(1e-9, y1 - y0)) / scale;
    this.setView((x0 + x1) / 2, (y0 + y1) / 2, Math.max(ZOOM.least, Math.min(ZOOM.most / 10, view.zoom * factor)));
  }

  /** Rows with a place for which `test` holds, in the order of the catalogue. */
  rowsOf(test) {
    const rows = [];
    for (let row = 0; row < this.xy.length / 2; row++) if (Number.isFinite(this.xy[2 * row]) && test(row)) rows.push(row);
    return rows;
  }

  /** Rows that can be chosen and are on the canvas, in the order of the catalogue. */
  rowsInView() {
    const { points } = this;
    const [width, height] = [this.stage.clientWidth, this.stage.clientHeight];
    const rows = [];
    points.eachRun(0, 0, width, height, (from, to) => {
      for (let i = from; i < to; i++) {
        const [x, y] = points.toScreen(points.xy[2 * i], points.xy[2 * i + 1]);
        if (points.looks[i] >>> 8 >= RANK.rest && x >= 0 && y >= 0 && x <= width && y <= height) rows.push(points.rows[i]);
      }
    });
    return Uint32Array.from(rows).sort();
  }

  bringIntoView(row) {
    const [x, y] = this.placeOf(row);
    const room = 40;
    const inside = x > room && y > room && x < this.stage.clientWidth - room && y < this.stage.clientHeight - room;
    if (!inside) this.setView(this.xy[2 * row], this.xy[2 * row + 1], this.points.view.zoom);
  }

  zoom(factor, px = this.stage.clientWidth / 2, py = this.stage.clientHeight / 2) {
    const [x, y] = this.points.toMap(px, py);
    this.points.view.zoom = Math.max(ZOOM.least, Math.min(ZOOM.most, this.points.view.zoom * factor));
    const [x2, y2] = this.points.toMap(px, py);
    this.setView(this.points.view.x + x - x2, this.points.view.y + y - y2, this.points.view.zoom);
  }

  pan(dx, dy) {
    const scale = this.points.scale / this.points.ratio;
    this.setView(this.points.view.x - dx / scale, this.points.view.y + dy / scale, this.points.view.zoom);
  }

  /** The address first, without a history entry; then the page, which would write the same. */
  keepView() {
    if (this.closed) return;
    const { x, y, zoom } = this.points.view;
    const text = zoom === 1 && x === 0 && y === 0 ? "" : [x.toFixed(4), y.toFixed(4), zoom.toFixed(3)].join(",");
    const parts = location.search.slice(1).split("&").filter((part) => part && !part.startsWith("view="));
    if (text) parts.push(`view=${encodeURIComponent(text)}`);
    history.replaceState(history.state, "", location.pathname + (parts.length ? `?${parts.join("&")}` : ""));
    this.send("view", text);
  }

  // -- hands --------------------------------------------------------------------------------------------------------

  listen() {
    const { canvas, cards } = this;
    canvas.onpointerdown = (event) => this.press(event);
    canvas.onpointermove = (event) => (this.pointers.has(event.pointerId) ? this.drag(event) : cards.hover(this.rowAt(event)));
    canvas.onpointerup = (event) => this.release(event, true);
    canvas.onpointercancel = (event) => this.release(event, false);
    canvas.onpointerleave = () => cards.hover(-1);
    canvas.ondblclick = () => this.selecting.tool === "pan" && this.fit();
    const wheel = (event) => {
      if (event.target !== canvas && !this.clusters.layer.contains(event.target)) return;
      event.preventDefault();
      const lines = event.deltaMode === 1 ? 16 : 1;
      const { left, top } = canvas.getBoundingClientRect();
      this.zoom(Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.002)), event.clientX - left, event.clientY - top);
    };
    this.stage.addEventListener("wheel", wheel, { passive: false });
    this.root.onkeydown = (event) => this.key(event);
  }

  rowAt({ offsetX, offsetY }, radius = REACH_PX) {
    return this.xy ? this.points.nearest(offsetX, offsetY, Math.max(radius, this.pictures.drawn ? this.pictures.edge / 2 : 0)) : -1;
  }

  press(event) {
    if (event.button !== 0) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
    this.moved = this.pointers.size > 1 ? Infinity : 0;
    this.cards.hover(-1);
    if (this.pointers.size === 1 && this.selecting.tool !== "pan") this.selecting.begin(event);
    else this.selecting.cancel(); // a second finger zooms
  }

  /** One pointer moves the map or draws, two move and zoom it. */
  drag(event) {
    const before = this.pointers.get(event.pointerId);
    const now = { x: event.offsetX, y: event.offsetY };
    const other = [...this.pointers.entries()].find(([id]) => id !== event.pointerId)?.[1];
    this.moved += Math.hypot(now.x - before.x, now.y - before.y);
    this.pointers.set(event.pointerId, now);
    if (other) {
      const apart = (point) => Math.max(1, Math.hypot(point.x - other.x, point.y - other.y));
      this.pan((now.x - before.x) / 2, (now.y - before.y) / 2);
      this.zoom(apart(now) / apart(before), (now.x + other.x) / 2, (now.y + other.y) / 2);
    } else if (this.selecting.line) {
      this.selecting.follow(event);
    } else if (this.moved > 4 && this.selecting.tool === "pan") {
      this.canvas.classList.add("held");
      this.pan(now.x - before.x, now.y - before.y);
    }
  }

  release(event, meant) {
    if (!this.pointers.delete(event.pointerId)) return;
    this.canvas.classList.remove("held");
    if (!meant) return void this.selecting.cancel();
    if (this.selecting.line && this.moved > 4) return this.selecting.finish(event);
    this.selecting.cancel();
    if (this.moved <= 4) this.choose(event);
  }

  /** A click: opens a product, or adds or takes away one. */
  async choose(event) {
    const row = this.rowAt(event, event.pointerType === "touch" ? 2 * REACH_PX : REACH_PX);
    if (!this.selecting.base || !(event.shiftKey || event.altKey)) return this.cards.open(row);
    if (row < 0) return;
    const { product_id: id } = await this.cards.product(row);
    this.selecting.step(event.shiftKey ? "+" : "-", "product", id);
  }

  key(event) {
    const { selecting, cards } = this;
    const undoes = event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey);
    if (!this.xy || (!undoes && (event.ctrlKey || event.metaKey || event.altKey))) return;
    const name = undoes ? "u" : event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const middle = { offsetX: this.stage.clientWidth / 2, offsetY: this.stage.clientHeight / 2 };
    const anchored = cards.pinned >= 0;
    const take = (tool) => selecting.base && selecting.take(tool);
    const acts = {
      ArrowLeft: () => this.pan(60, 0), ArrowRight: () => this.pan(-60, 0), ArrowUp: () => this.pan(0, 60), ArrowDown: () => this.pan(0, -60),
      "+": () => this.zoom(1.6), "=": () => this.zoom(1.6), "-": () => this.zoom(1 / 1.6), 0: () => this.fit(), f: () => this.fit(),
      a: () => cards.setAnchor("a"), b: () => (anchored ? cards.setAnchor("b") : take("box")), l: () => take("lasso"), v: () => take("pan"),
      p: () => this.pictures.toggle(), c: () => this.clusters.toggle(), z: () => selecting.zoomTo(), u: () => selecting.undo(),
      t: () => this.table.open(), "?": () => this.keys.showModal(), Escape: () => this.escape(),
      ...(event.target === this.canvas && { Enter: () => cards.open(this.rowAt(middle, 1e5)) }),
    };
    if (!acts[name]) return;
    event.preventDefault();
    event.stopPropagation();
    acts[name]();
  }

  /** One thing at a time, the most passing first. */
  escape() {
    const { selecting, cards } = this;
    if (selecting.cancel()) return;
    if (cards.pinned >= 0) cards.open(-1);
    else if (selecting.text) selecting.clear();
    else selecting.take("pan");
  }
}

/** Whether the theme's background is dark, by its own colour. */
function isDark(element) {
  const [red, green, blue] = getComputedStyle(element).backgroundColor.match(/\d+/g).map(Number);
  return 0.3 * red + 0.59 * green + 0.11 * blue < 110;
}

/** The colours are chosen for white; on black the dark ones are raised until they show. */
function lift(hex) {
  const channels = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
  const share = 0.5 * Math.max(0, 1 - (0.3 * channels[0] + 0.59 * channels[1] + 0.11 * channels[2]) / 150);
  return `#${channels.map((value) => Math.round(value + (255 - value) * share).toString(16).padStart(2, "0")).join("")}`;
}

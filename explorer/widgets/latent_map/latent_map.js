// The map: points on a plain canvas, a card under the pointer, anchors, a legend. Nothing here asks Streamlit to
// redraw anything: points, colours and products come over HTTP, and only choices go back.

// -- PointCanvas begin
/**
 * Draws points by writing pixels into one ImageData: no GPU needed, 1,000,000 points in a frame.
 * A view is the place in the middle and a zoom; zoom 1 shows the whole map. Lengths are CSS px, `ratio` device px each.
 * Points are kept by cells of a grid, row by row of cells, so that a view reads only what it shows, and the one under
 * the pointer is found among a few. Within a cell their order is shuffled: no part of the catalogue always lies on top.
 */
class PointCanvas {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.ratio = 1;
    this.view = { x: 0, y: 0, zoom: 1 };
    this.inks = new Uint32Array(256);
    this.pale = null; // inks of what lies below, when one colour is brought to the front
    this.setPoints(new Float32Array(0));
  }

  /** [x0, y0, x1, y1, …] by row; NaN = not on the map. */
  setPoints(xy) {
    const rows = new Uint32Array(xy.length / 2);
    let count = 0;
    this.halfX = this.halfY = 0;
    for (let row = 0; row < rows.length; row++) {
      if (!Number.isFinite(xy[2 * row] + xy[2 * row + 1])) continue;
      rows[count++] = row;
      this.halfX = Math.max(this.halfX, Math.abs(xy[2 * row]));
      this.halfY = Math.max(this.halfY, Math.abs(xy[2 * row + 1]));
    }
    this.halfX ||= 1;
    this.halfY ||= 1;
    for (let i = count - 1, state = 1; i > 0; i--) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0; // the same shuffle every time
      const j = Math.floor((state / 4294967296) * (i + 1));
      const row = rows[i];
      rows[i] = rows[j];
      rows[j] = row;
    }
    this.count = count;
    this.side = Math.max(1, Math.min(1024, Math.ceil(Math.sqrt(count / 4)))); // four to a cell, were they spread evenly
    this.sortByCell(rows, xy);
    this.index = new Uint8Array(count).fill(255);
    this.move(xy);
  }

  sortByCell(rows, xy) {
    const { count, side } = this;
    const cells = new Uint32Array(count);
    this.starts = new Uint32Array(side * side + 1);
    for (let i = 0; i < count; i++) {
      cells[i] = this.cell(xy[2 * rows[i] + 1], this.halfY) * side + this.cell(xy[2 * rows[i]], this.halfX);
      this.starts[cells[i] + 1]++;
    }
    for (let c = 0; c < side * side; c++) this.starts[c + 1] += this.starts[c];
    const next = this.starts.slice();
    this.rows = new Uint32Array(count);
    for (let i = 0; i < count; i++) this.rows[next[cells[i]]++] = rows[i];
  }

  cell(value, half) {
    return Math.max(0, Math.min(this.side - 1, Math.floor(((value / half + 1) / 2) * this.side)));
  }

  /** The same rows in other places; `loose` while they are on their way, away from their cells. */
  move(xy, loose = false) {
    this.loose = loose;
    this.xy = new Float32Array(2 * this.count);
    for (let i = 0; i < this.count; i++) {
      this.xy[2 * i] = xy[2 * this.rows[i]];
      this.xy[2 * i + 1] = xy[2 * this.rows[i] + 1];
    }
  }

  /** A palette index for each row; 255 = `missing`. Of `front`, if not null, the colour shows and all others pale. */
  setColours(index, palette, missing = "#b9b9b4", front = null) {
    const [red, green, blue] = [0, 8, 16]; // an ink is 0xAABBGGRR
    const ink = (hex) => [red, green, blue].reduce((sum, shift, i) => sum + (parseInt(hex.slice(1 + 2 * i, 3 + 2 * i), 16) << shift), 0) + 0xff000000;
    for (let i = 0; i < this.count; i++) this.index[i] = this.rows[i] < index.length ? index[this.rows[i]] : 255;
    this.inks.fill(ink(missing));
    palette.forEach((colour, i) => (this.inks[i] = ink(colour)));
    this.pale = front === null ? null : new Uint32Array(256).fill(0x1c808080);
    if (front === null) return;
    this.pale[front] = 0;
    this.inks.forEach((_, i) => i !== front && (this.inks[i] = 0));
  }

  setView(view) {
    this.view = { ...view };
  }

  /** Device px for 1 of the map. */
  get scale() {
    return 0.47 * this.view.zoom * Math.min(this.canvas.width / this.halfX, this.canvas.height / this.halfY);
  }

  toScreen(x, y) {
    const { scale, ratio, canvas, view } = this;
    return [(canvas.width / 2 + (x - view.x) * scale) / ratio, (canvas.height / 2 - (y - view.y) * scale) / ratio];
  }

  toMap(px, py) {
    const { scale, ratio, canvas, view } = this;
    return [view.x + (px * ratio - canvas.width / 2) / scale, view.y - (py * ratio - canvas.height / 2) / scale];
  }

  /** Device px across a point: as much as the points leave room for, 1 to 7 CSS px. */
  get diameter() {
    const room = Math.sqrt((this.canvas.width * this.canvas.height * this.view.zoom) / Math.max(1, this.count));
    return Math.round(Math.max(1, Math.min(7 * this.ratio, 0.44 * room)));
  }

  draw() {
    const edge = Math.ceil(4 * this.ratio) + 1; // beyond the canvas, so that discs across its rim need no clipping
    const [width, height] = [this.canvas.width + 2 * edge, this.canvas.height + 2 * edge];
    if (this.image?.width !== width || this.image?.height !== height) {
      this.image = new ImageData(width, height);
      this.pixels = new Uint32Array(this.image.data.buffer);
    }
    this.pixels.fill(0);
    for (const inks of this.pale ? [this.pale, this.inks] : [this.inks]) {
      const reach = edge / this.ratio;
      this.eachRun(-reach, -reach, width / this.ratio, height / this.ratio, (from, to) => this.paint(from, to, inks));
    }
    this.context.putImageData(this.image, -edge, -edge);
  }

  /** Calls `work(from, to)` for runs of points that hold all those in a rectangle of the canvas, and few others. */
  eachRun(left, top, width, height, work) {
    if (this.loose) return work(0, this.count);
    const [x0, y1] = this.toMap(left, top);
    const [x1, y0] = this.toMap(left + width, top + height);
    const [first, last] = [this.cell(x0, this.halfX), this.cell(x1, this.halfX)];
    for (let row = this.cell(y0, this.halfY); row <= this.cell(y1, this.halfY); row++) {
      work(this.starts[row * this.side + first], this.starts[row * this.side + last + 1]);
    }
  }

  paint(from, to, inks) {
    const { xy, index, pixels, scale, diameter } = this;
    const { width, height } = this.image;
    const left = width / 2 - this.view.x * scale;
    const top = height / 2 + this.view.y * scale;
    if (diameter === 1) {
      for (let i = from; i < to; i++) {
        const x = (xy[2 * i] * scale + left) | 0;
        const y = (top - xy[2 * i + 1] * scale) | 0;
        const ink = inks[index[i]];
        if (ink !== 0 && x >= 0 && x < width && y >= 0 && y < height) pixels[y * width + x] = ink;
      }
      return;
    }
    const { core, rim, shares, reach } = this.stamp(diameter, width);
    for (let i = from; i < to; i++) {
      const x = (xy[2 * i] * scale + left) | 0;
      const y = (top - xy[2 * i + 1] * scale) | 0;
      const ink = inks[index[i]];
      if (ink === 0 || x < reach || x >= width - reach || y < reach || y >= height - reach) continue;
      const at = y * width + x;
      for (let k = 0; k < core.length; k++) pixels[at + core[k]] = ink;
      for (let k = 0; k < rim.length; k++) {
        // not blended, which would cost more than all the rest: the stronger colour stays, the covers add up
        const there = pixels[at + rim[k]];
        const alpha = (ink >>> 24) * shares[k];
        const under = there >>> 24;
        const sum = Math.min(ink >>> 24, under + alpha);
        if (sum > under) pixels[at + rim[k]] = ((under < alpha ? ink : there) & 0xffffff) | (sum << 24);
      }
    }
  }

  /** A disc as offsets into the pixels: those inside, and those on the rim with the share that it covers. */
  stamp(diameter, width) {
    if (this.kept?.diameter === diameter && this.kept.width === width) return this.kept;
    const [core, rim, shares] = [[], [], []];
    const reach = (diameter >> 1) + 1;
    const [radius, shift] = [diameter / 2 + 0.17, diameter % 2 ? 0.5 : 0];
    for (let dy = -reach; dy <= reach; dy++) {
      for (let dx = -reach; dx <= reach; dx++) {
        let inside = 0;
        for (let s = 0; s < 16; s++) {
          inside += Math.hypot(dx + ((s & 3) + 0.5) / 4 - shift, dy + ((s >> 2) + 0.5) / 4 - shift) <= radius;
        }
        if (inside > 13) core.push(dy * width + dx);
        else if (inside > 2) rim.push(dy * width + dx) && shares.push(inside / 16);
      }
    }
    this.kept = { diameter, width, reach, core: Int32Array.from(core), rim: Int32Array.from(rim), shares };
    return this.kept;
  }

  /** The row drawn nearest to a place on the canvas, or -1 when none is within `radius`. */
  nearest(px, py, radius) {
    const [x, y] = this.toMap(px, py);
    let [best, found] = [((radius * this.ratio) / this.scale) ** 2, -1];
    this.eachRun(px - radius, py - radius, 2 * radius, 2 * radius, (from, to) => {
      for (let i = from; i < to; i++) {
        const distance = (this.xy[2 * i] - x) ** 2 + (this.xy[2 * i + 1] - y) ** 2;
        if (distance <= best && this.inks[this.index[i]] !== 0) [best, found] = [distance, i];
      }
    });
    return found < 0 ? -1 : this.rows[found];
  }
}
// -- PointCanvas end

export { PointCanvas };

const ZOOM = { least: 0.5, most: 500 };
const REACH_PX = 10; // how far from a point the pointer may be
const mounted = new WeakMap();

export default function (component) {
  const { parentElement } = component;
  if (!mounted.has(parentElement)) mounted.set(parentElement, new LatentMap(parentElement));
  const map = mounted.get(parentElement);
  const turn = map.update(component);
  // Streamlit may call an earlier turn's answer late: only the last one closes the map
  return () => {
    if (turn === map.turn) mounted.delete(parentElement) && map.close();
  };
}

class LatentMap {
  constructor(parent) {
    Object.assign(this, { turn: 0, held: {}, products: new Map(), hovered: -1, pinned: -1, front: null, anchors: {} });
    this.build(parent);
    this.points = new PointCanvas(this.canvas);
    this.pointers = new Map();
    this.showHover = newestWins((row) => this.openHover(row));
    this.rest = whenQuiet(350, () => this.keepView());
    this.listen();
    this.sized = new ResizeObserver(() => this.resize());
    this.sized.observe(this.stage);
  }

  build(parent) {
    const button = (text, label, onclick) => el("button", { textContent: text, title: label, "aria-label": label, onclick });
    this.canvas = el("canvas", { tabIndex: 0, role: "application" });
    const [drawing, ...lines] = ["svg", "line", "line"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
    drawing.append(...lines); // one under the other: the line has an edge of its own on any points
    Object.assign(this, { drawing, lines });
    this.ring = el("div", { class: "ring", hidden: true });
    this.pin = el("div", { class: "ring pin", hidden: true });
    this.markers = { a: el("div", { class: "marker", textContent: "A" }), b: el("div", { class: "marker", textContent: "B" }) };
    this.hoverCard = el("div", { class: "float hover", hidden: true });
    this.pinnedCard = el("div", { class: "float pinned", hidden: true, role: "group", "aria-live": "polite" });
    this.note = el("div", { class: "note" });
    this.legend = el("div", { class: "legend", role: "group" });
    const zooms = [button("+", "Zoom in (+)", () => this.zoom(1.6)), button("−", "Zoom out (−)", () => this.zoom(1 / 1.6)), button("Fit", "Show the whole map (0)", () => this.fit())];
    const tools = el("div", { class: "tools" }, el("div", { class: "group" }, ...zooms)); // later tools are groups here
    this.stage = el("div", { class: "stage loading" }, this.canvas, drawing, this.markers.a, this.markers.b, this.ring, this.pin, this.note, tools, this.hoverCard, this.pinnedCard);
    this.root = el("div", { class: "ll map" }, this.stage, this.legend);
    parent.append(this.root);
  }

  close() {
    this.closed = true;
    this.sized.disconnect();
    this.loading?.abort();
    this.root.remove();
  }

  // -- what Streamlit sends -----------------------------------------------------------------------------------------

  update({ data, setTriggerValue }) {
    if (data.version !== this.data?.version) this.products.clear();
    if (data.by !== this.data?.by) this.front = null;
    Object.assign(this, { data, send: setTriggerValue, anchors: data.anchors, dark: isDark(this.root) });
    this.palette = data.palette.map((colour) => (this.dark ? lift(colour) : colour));
    this.canvas.setAttribute("aria-label", `${data.title} Arrows move, plus and minus zoom, 0 shows all, Enter opens the product nearest to the middle, a and b set it as A or B, Escape closes it.`);
    this.load();
    return ++this.turn;
  }

  async load() {
    const wanted = this.data;
    this.loading?.abort();
    this.loading = new AbortController();
    if (!this.xy) this.say(`Loading ${wanted.shown.toLocaleString("en")} points…`);
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
      Object.assign(this, { shownPoints: points, xy: new Float32Array(points), place: this.data.place, pinned: -1, hovered: -1 });
      this.points.setPoints(this.xy);
      if (!before && this.data.view) this.points.setView(this.data.view);
      this.pinnedCard.hidden = this.hoverCard.hidden = true;
    }
    this.colours = new Uint8Array(colours);
    this.recolour();
    this.say("");
    if (before && place !== this.place) {
      this.fit();
      this.glide(before);
    }
    if (this.pinned >= 0) this.fillPinned(this.pinned);
  }

  recolour() {
    this.points.setColours(this.colours, this.palette, this.dark ? "#5c6066" : "#b9b9b4", this.front);
    this.legend.replaceChildren(...this.legendParts());
    this.legend.hidden = !this.legend.childElementCount;
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
    this.decorate();
  }

  /** Rings, markers and cards, over the points. */
  decorate() {
    this.putAt(this.ring, this.hovered === this.pinned ? -1 : this.hovered);
    this.putAt(this.pin, this.pinned);
    const rows = ["a", "b"].map((slot) => this.anchors[slot]?.row ?? -1);
    const shown = [this.putAt(this.markers.a, rows[0]), this.putAt(this.markers.b, rows[1])];
    this.drawing.style.display = shown[0] && shown[1] ? "" : "none";
    const ends = Object.entries({ x1: shown[0]?.[0], y1: shown[0]?.[1], x2: shown[1]?.[0], y2: shown[1]?.[1] });
    for (const line of this.lines) ends.forEach(([key, value]) => line.setAttribute(key, value ?? 0));
    if (!this.pinnedCard.hidden) this.lay(this.pinnedCard, this.pinned);
    if (!this.hoverCard.hidden) this.lay(this.hoverCard, this.hovered);
  }

  putAt(element, row) {
    const place = this.placeOf(row);
    element.hidden = !place;
    if (place) element.style.transform = `translate(${place[0]}px, ${place[1]}px)`;
    return place;
  }

  placeOf(row) {
    if (row < 0 || !Number.isFinite(this.xy[2 * row])) return null;
    return this.points.toScreen(this.xy[2 * row], this.xy[2 * row + 1]);
  }

  /** A card beside its point, on the side with room, never over the pinned one and never outside. */
  lay(card, row) {
    const place = this.placeOf(row);
    const seen = place && place[0] >= 0 && place[1] >= 0 && place[0] <= this.stage.clientWidth && place[1] <= this.stage.clientHeight;
    card.style.visibility = seen ? "" : "hidden";
    if (!seen || this.stage.clientWidth < 480) return; // on a phone it lies along the lower edge
    const [width, height] = [card.offsetWidth, card.offsetHeight];
    const within = (value, most) => Math.max(8, Math.min(value, most - 8));
    const top = within(place[1] - height / 2, this.stage.clientHeight - height);
    const sides = [place[0] + 18, place[0] - 18 - width].map((left) => ({ left, fits: left >= 8 && left + width <= this.stage.clientWidth - 8 }));
    const other = card === this.hoverCard && !this.pinnedCard.hidden ? this.pinnedCard : null;
    const free = ({ left }) => !other || left + width < other.offsetLeft || left > other.offsetLeft + other.offsetWidth || top + height < other.offsetTop || top > other.offsetTop + other.offsetHeight;
    const best = sides.find((side) => side.fits && free(side)) ?? sides.find((side) => side.fits) ?? sides[0];
    card.style.left = `${within(best.left, this.stage.clientWidth - width)}px`;
    card.style.top = `${top}px`;
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
    const { canvas } = this;
    canvas.onpointerdown = (event) => this.press(event);
    canvas.onpointermove = (event) => (this.pointers.has(event.pointerId) ? this.drag(event) : this.hover(this.rowAt(event)));
    canvas.onpointerup = (event) => this.release(event, true);
    canvas.onpointercancel = (event) => this.release(event, false);
    canvas.onpointerleave = () => this.hover(-1);
    canvas.ondblclick = () => this.fit();
    const wheel = (event) => {
      event.preventDefault();
      const lines = event.deltaMode === 1 ? 16 : 1;
      this.zoom(Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.002)), event.offsetX, event.offsetY);
    };
    canvas.addEventListener("wheel", wheel, { passive: false });
    this.root.onkeydown = (event) => this.key(event);
  }

  rowAt({ offsetX, offsetY }, radius = REACH_PX) {
    return this.xy ? this.points.nearest(offsetX, offsetY, radius) : -1;
  }

  press(event) {
    if (event.button !== 0) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
    this.moved = this.pointers.size > 1 ? Infinity : 0;
    this.hover(-1);
  }

  /** One pointer moves the map, two also zoom it. */
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
    } else if (this.moved > 4) {
      this.canvas.classList.add("held");
      this.pan(now.x - before.x, now.y - before.y);
    }
  }

  release(event, meant) {
    if (!this.pointers.delete(event.pointerId)) return;
    this.canvas.classList.remove("held");
    if (meant && this.moved <= 4) this.openPinned(this.rowAt(event, event.pointerType === "touch" ? 2 * REACH_PX : REACH_PX));
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const middle = { offsetX: this.stage.clientWidth / 2, offsetY: this.stage.clientHeight / 2 };
    const acts = {
      ArrowLeft: () => this.pan(60, 0), ArrowRight: () => this.pan(-60, 0), ArrowUp: () => this.pan(0, 60), ArrowDown: () => this.pan(0, -60),
      "+": () => this.zoom(1.6), "=": () => this.zoom(1.6), "-": () => this.zoom(1 / 1.6), 0: () => this.fit(),
      Escape: () => this.openPinned(-1), a: () => this.setAnchor("a"), b: () => this.setAnchor("b"),
      ...(event.target === this.canvas && { Enter: () => this.openPinned(this.rowAt(middle, 1e5)) }),
    };
    if (!acts[event.key] || !this.xy) return;
    event.preventDefault();
    event.stopPropagation();
    acts[event.key]();
  }

  // -- products -----------------------------------------------------------------------------------------------------

  async product(row) {
    const item = this.products.get(row) ?? (await getJson(`/api/product?${query({ row })}`));
    this.products.delete(row); // and put in again: the least used stand first
    this.products.set(row, item);
    if (this.products.size > 300) this.products.delete(this.products.keys().next().value);
    return item;
  }

  hover(row) {
    if (row === this.hovered) return;
    this.hovered = row;
    this.canvas.classList.toggle("over", row >= 0);
    if (row < 0 || row === this.pinned) this.hoverCard.hidden = true;
    else this.showHover(row);
    if (this.xy) this.decorate();
  }

  async openHover(row) {
    const item = await this.product(row);
    if (row !== this.hovered || row === this.pinned) return;
    this.hoverCard.replaceChildren(...this.cardParts(row, item));
    this.hoverCard.hidden = false;
    this.decorate();
  }

  openPinned(row) {
    if (row !== this.pinned) this.pinnedCard.hidden = true;
    this.hoverCard.hidden = true;
    this.pinned = row;
    this.decorate();
    this.canvas.focus({ preventScroll: true }); // the keys go on working when a button of the card is replaced
    if (row >= 0) this.fillPinned(row).catch((error) => this.say(`This product did not arrive: ${error.message}`));
  }

  async fillPinned(row) {
    const item = await this.product(row);
    if (row !== this.pinned) return;
    const set = (slot) => {
      const already = this.anchors[slot]?.id === item.product_id;
      const [name, title] = [slot.toUpperCase(), `Key ${slot}`];
      return el("button", { textContent: already ? `This is ${name}` : `Set as ${name}`, title, disabled: already, onclick: () => this.setAnchor(slot) });
    };
    const start = el("button", { class: "wide", textContent: "Start from it", title: "Change its dimensions, one by one", onclick: () => this.send("start", item.product_id) });
    const close = el("button", { class: "close plain", textContent: "×", title: "Close (Escape)", "aria-label": "Close", onclick: () => this.openPinned(-1) });
    this.pinnedCard.replaceChildren(...this.cardParts(row, item), el("div", { class: "acts" }, set("a"), set("b"), start), close);
    this.pinnedCard.hidden = false;
    this.decorate();
  }

  /** The card, and the colour of its point in words. */
  cardParts(row, item) {
    const { by } = this.data;
    if (!by) return [productCard(item, 160)];
    const { [by]: value, ...attributes } = item.attributes;
    const swatch = el("span", { class: "swatch" });
    swatch.style.background = this.palette[this.colours[row]] ?? "#8a8a85";
    const words = el("span", { textContent: `${by.replaceAll("_", " ")} ${value ?? "not given"}` });
    const card = productCard({ ...item, attributes }, 160);
    card.querySelector(".words").append(el("div", { class: "by" }, swatch, words));
    return [card];
  }

  /** Shown at once; the page follows. */
  async setAnchor(slot) {
    const row = this.pinned >= 0 ? this.pinned : this.hovered;
    if (row < 0) return;
    const item = await this.product(row);
    this.anchors = { ...this.anchors, [slot]: { row, id: item.product_id } };
    this.send("anchor", { slot, id: item.product_id });
    if (this.pinned >= 0) this.openPinned(row);
    else this.decorate();
  }

  legendParts() {
    const { legend, low, high, missing, by } = this.data;
    if (!by) return [];
    const title = el("div", { class: "title", textContent: by.replaceAll("_", " ") });
    if (legend.length) return [title, ...legend.map((entry) => this.legendEntry(entry))];
    const bar = el("div", { class: "bar" });
    const stops = [0, 0.25, 0.5, 0.75, 1].map((share) => this.palette[Math.round(share * (this.palette.length - 1))]);
    bar.style.background = `linear-gradient(to right, ${stops.join(",")})`;
    const ends = el("div", { class: "ends" }, el("span", { textContent: low }), el("span", { textContent: high }));
    const none = missing ? el("div", { class: "quiet", textContent: `${missing.toLocaleString("en")} not given` }) : null;
    return [title, ...(low ? [bar, ends] : []), ...(none ? [none] : [])];
  }

  legendEntry({ label, colour, count, index }) {
    const swatch = el("span", { class: "swatch" });
    swatch.style.background = this.palette[index] ?? colour;
    const chosen = this.front === index;
    const onclick = () => {
      this.front = chosen ? null : index;
      this.recolour();
    };
    const words = [el("span", { class: "label", textContent: label }), el("span", { class: "quiet", textContent: count.toLocaleString("en") })];
    const title = chosen ? "Show all again" : `Show only ${label}`;
    return el("button", { class: `entry plain${this.front === null || chosen ? "" : " off"}`, title, onclick, "aria-pressed": String(chosen) }, swatch, ...words);
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

// Small pictures on the places of their products, once one is near enough. They come as pages of cells (atlases), laid
// out in the order of the map, so that a view needs few of them.

const CELLS = { columns: 32, shift: 10 }; // 32 x 32 to a page
const ATLAS_EDGES = [16, 32, 64]; // device px
// CSS px across a picture, by the room that points of a typical crowd have: few and small ones from afar
const EDGES_BY_ROOM = [[15, 64], [6, 32], [4, 16]];
const PAGES_AT_ONCE = 3;
const PAGES_BYTES_MAX = 160e6; // of decoded pages; those not used for longest are let go
const GAP_PX = 6;
const ROUNDS = 4;

class Pictures {
  constructor(map) {
    Object.assign(this, { map, on: true, pages: new Map(), asked: 0, drawn: 0 });
    this.button = toolButton("pictures", "Pictures when near (P)", () => this.toggle());
    this.toggle(remembered("pictures"));
  }

  toggle(on = !this.on) {
    remember("pictures", (this.on = on));
    this.button.setAttribute("aria-pressed", String(on));
    if (this.map.xy) this.map.redraw();
  }

  update({ atlas }) {
    this.button.hidden = !atlas;
    if (atlas?.order === this.atlas?.order) return;
    for (const page of this.pages.values()) page.image?.close();
    Object.assign(this, { atlas, cellOf: null, ordering: false });
    this.pages.clear();
  }

  /** CSS px across a picture, 0 = none. It follows from the zoom alone: while the map is moved they keep their size. */
  get edge() {
    const { points } = this.map;
    if (!this.on || !this.atlas || points.loose) return 0;
    const room = (points.spacing * points.scale) / points.ratio;
    const edge = EDGES_BY_ROOM.find(([from]) => room >= from)?.[1] ?? 0;
    return (edge * Math.max(1, Math.floor(points.ratio))) / points.ratio; // whole multiples of device px
  }

  /** Over the points that were just drawn. */
  draw(context) {
    this.drawn = 0;
    const { edge } = this;
    if (!edge) return;
    if (!this.cellOf) return void this.fetchOrder();
    const { points } = this.map;
    const device = Math.round(edge * points.ratio);
    const cell = Math.min(64, device);
    const wanted = new Map();
    context.imageSmoothingEnabled = false; // whole multiples only: nothing is blurred
    for (const i of this.chosen(edge)) {
      const place = this.cellOf[points.rows[i]];
      if (place === 0xffffffff) continue;
      const [x, y] = points.toScreen(points.xy[2 * i], points.xy[2 * i + 1]).map((value) => Math.round(value * points.ratio - device / 2));
      const page = this.page(cell, place >>> CELLS.shift);
      if (page.image) this.put(context, page.image, i, place, x, y, device, cell);
      else if (!page.failed) {
        const away = Math.hypot(x - points.canvas.width / 2, y - points.canvas.height / 2);
        if (!(wanted.get(page) <= away)) wanted.set(page, away);
      }
    }
    context.globalAlpha = 1;
    this.fetchNearest(wanted);
  }

  put(context, image, i, place, x, y, device, cell) {
    const { points, palette, selecting } = this.map;
    const look = points.looks[i];
    const full = look >>> 8 === RANK.full;
    const border = Math.round((selecting.selected && full ? 1 + this.edge / 32 : 1) * points.ratio);
    const within = place & ((1 << CELLS.shift) - 1);
    const frame = [x - border, y - border, device + 2 * border, device + 2 * border];
    context.globalAlpha = 1;
    context.fillStyle = full ? palette[look & 255] ?? "#8a8a85" : this.map.paper;
    context.fillRect(...frame);
    context.globalAlpha = full ? 1 : 0.3; // over the colour of the page, so that no point shines through
    const [column, line] = [within % CELLS.columns, Math.floor(within / CELLS.columns)];
    context.drawImage(image, column * cell, line * cell, cell, cell, x, y, device, device);
    this.drawn++;
  }

  // -- which products get one ---------------------------------------------------------------------------------------

  /**
   * Points (places in `rows`) whose pictures do not overlap. In each square of a grid that lies fast on the map the
   * first one by a fixed order stands for it (selected ones first), then of those that would overlap again the first.
   * It depends on nothing but the zoom and what is near: pictures neither come nor go while the map is moved.
   */
  chosen(edge) {
    const { points, stage } = this.map;
    const apart = ((edge + GAP_PX) * points.ratio) / points.scale; // map units
    const side = 2 ** Math.floor(Math.log2(apart)); // so two squares are at least as wide as a picture
    const margin = (2 * ROUNDS * side * points.scale) / points.ratio;
    const [width, height] = [stage.clientWidth + 2 * margin, stage.clientHeight + 2 * margin];
    const [x0, y1] = points.toMap(-margin, -margin);
    const [x1, y0] = points.toMap(width - margin, height - margin);
    const grid = { side, left: Math.floor(x0 / side), low: Math.floor(y0 / side) };
    grid.columns = Math.ceil(x1 / side) - grid.left + 1;
    grid.lines = Math.ceil(y1 / side) - grid.low + 1;
    return this.apart(grid, this.firstOfEach(grid, -margin, -margin, width, height), apart);
  }

  firstOfEach({ side, left, low, columns, lines }, px, py, width, height) {
    const { points } = this.map;
    const { xy, looks, rows } = points;
    const first = new Int32Array(columns * lines).fill(-1);
    this.order = new Float64Array(columns * lines).fill(-1);
    points.eachRun(px, py, width, height, (from, to) => {
      for (let i = from; i < to; i++) {
        const rank = looks[i] >>> 8;
        if (rank < RANK.rest) continue;
        const column = Math.floor(xy[2 * i] / side) - left;
        const line = Math.floor(xy[2 * i + 1] / side) - low;
        if (column < 0 || line < 0 || column >= columns || line >= lines) continue;
        const at = line * columns + column;
        const order = (rank === RANK.full ? 4294967296 : 0) + (Math.imul(rows[i] + 1, 2654435761) >>> 0);
        if (order > this.order[at]) [this.order[at], first[at]] = [order, i];
      }
    });
    return first;
  }

  apart({ columns, lines }, first, least) {
    const { xy } = this.map.points;
    const taken = new Uint8Array(first.length); // 1 = gets a picture, 2 = would lie on one
    const near = [];
    for (let dy = -2; dy <= 2; dy++) for (let dx = -2; dx <= 2; dx++) if (dx || dy) near.push(dy * columns + dx);
    for (let round = 0; round < ROUNDS; round++) {
      for (let line = 2; line < lines - 2; line++) {
        for (let column = 2; column < columns - 2; column++) {
          const at = line * columns + column;
          if (first[at] >= 0 && !taken[at]) taken[at] = this.verdict(at, near, first, taken, xy, least);
        }
      }
    }
    return first.filter((i, at) => taken[at] === 1);
  }

  /** 1 when none that comes first would be touched, 2 when one that has its picture would be, 0 while it is open. */
  verdict(at, near, first, taken, xy, least) {
    const i = first[at];
    let verdict = 1;
    for (let n = 0; n < near.length; n++) {
      const other = at + near[n];
      const j = first[other];
      if (j < 0 || taken[other] === 2) continue;
      if (Math.abs(xy[2 * j] - xy[2 * i]) >= least || Math.abs(xy[2 * j + 1] - xy[2 * i + 1]) >= least) continue;
      if (taken[other] === 1) return 2;
      if (this.order[other] > this.order[at]) verdict = 0;
    }
    return verdict;
  }

  // -- pages --------------------------------------------------------------------------------------------------------

  async fetchOrder() {
    if (this.ordering) return;
    this.ordering = true;
    const { atlas } = this;
    try {
      const response = await fetch(atlas.order);
      if (!response.ok) throw new Error(`the server answered ${response.status}.`);
      const rows = new Uint32Array(await response.arrayBuffer());
      if (atlas !== this.atlas) return;
      const cellOf = new Uint32Array(this.map.xy.length / 2).fill(0xffffffff);
      rows.forEach((row, cell) => (cellOf[row] = cell));
      this.cellOf = cellOf;
      this.map.redraw();
    } catch (error) {
      console.warn(`The pictures did not arrive: ${error.message}`);
    }
  }

  page(cell, number) {
    const key = `${cell}/${number}`;
    const page = this.pages.get(key) ?? { key, bytes: (cell * CELLS.columns) ** 2 * 4 };
    this.pages.delete(key); // and put in again: those used last stand last
    this.pages.set(key, page);
    return page;
  }

  /** The pages nearest to the middle first, a few at once. */
  fetchNearest(wanted) {
    for (const [page] of [...wanted].sort(([, a], [, b]) => a - b)) {
      if (this.asked >= PAGES_AT_ONCE) return;
      if (!page.asked) this.fetchPage(page);
    }
  }

  async fetchPage(page) {
    page.asked = true;
    this.asked++;
    const { atlas } = this;
    try {
      const response = await fetch(atlas.page.replace("EDGE/PAGE", page.key));
      if (!response.ok) throw new Error(`the server answered ${response.status}.`);
      const image = await createImageBitmap(await response.blob());
      if (atlas !== this.atlas || this.map.closed) return image.close();
      page.image = image;
      this.letGo();
    } catch (error) {
      page.failed = true;
      console.warn(`Some pictures did not arrive: ${error.message}`);
    } finally {
      this.asked--;
      this.map.redraw();
    }
  }

  letGo() {
    let bytes = [...this.pages.values()].reduce((sum, page) => sum + (page.image ? page.bytes : 0), 0);
    for (const [key, page] of this.pages) {
      if (bytes <= PAGES_BYTES_MAX) return;
      if (!page.image) continue;
      bytes -= page.bytes;
      page.image.close();
      this.pages.delete(key);
    }
  }

  close() {
    for (const page of this.pages.values()) page.image?.close();
  }
}

// Small pictures on the places of their products, once one is near enough. They come as pages of cells (atlases), laid
// out in the order of the map, so that a view needs few of them.

const CELLS = { columns: 32, shift: 10 }; // 32 x 32 to a page
const ATLAS_EDGES = [16, 32, 64]; // device px
const PICTURES_FROM_PX = 7; // room that points of a typical crowd have when the first pictures come
const PAGES_AT_ONCE = 3;
const PAGES_BYTES_MAX = 160e6; // of decoded pages; those not used for longest are let go
const GAP_PX = 5;

class Pictures {
  constructor(map) {
    Object.assign(this, { map, on: true, pages: new Map(), asked: 0, drawn: 0 });
    this.button = toolButton("pictures", "Pictures when near (P)", () => this.toggle());
    this.toggle(true);
  }

  toggle(on = !this.on) {
    this.on = on;
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

  /** CSS px across a picture at this zoom, 0 = none. It doubles as the zoom does, so the same products keep theirs. */
  get edge() {
    const { points } = this.map;
    const room = (points.spacing * points.scale) / points.ratio;
    if (!this.on || !this.atlas || room < PICTURES_FROM_PX || points.loose) return 0;
    const whole = Math.max(1, Math.floor(points.ratio));
    return ((room < 2 * PICTURES_FROM_PX ? 16 : room < 4 * PICTURES_FROM_PX ? 32 : 64) * whole) / points.ratio;
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
    const border = Math.round((selecting.selected && look >>> 8 === RANK.full ? 3 : 1) * points.ratio);
    const within = place & ((1 << CELLS.shift) - 1);
    context.globalAlpha = look >>> 8 === RANK.full ? 1 : 0.3;
    context.fillStyle = palette[look & 255] ?? "#8a8a85";
    context.fillRect(x - border, y - border, device + 2 * border, device + 2 * border);
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
    const side = 2 ** Math.ceil(Math.log2(((edge + GAP_PX) * points.ratio) / points.scale)); // map units
    const margin = (4 * side * points.scale) / points.ratio;
    const [width, height] = [stage.clientWidth + 2 * margin, stage.clientHeight + 2 * margin];
    const [x0, y1] = points.toMap(-margin, -margin);
    const grid = { side, left: Math.floor(x0 / side), low: Math.floor(points.toMap(0, height - margin)[1] / side) };
    grid.columns = Math.ceil(points.toMap(width - margin, 0)[0] / side) - grid.left + 1;
    grid.lines = Math.ceil(y1 / side) - grid.low + 1;
    const first = this.firstOfEach(grid, -margin, -margin, width, height);
    return this.apart(grid, first);
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

  apart({ side, columns, lines }, first) {
    const { xy } = this.map.points;
    const taken = new Uint8Array(first.length); // 1 = gets a picture, 2 = would lie on one
    const near = [-columns - 1, -columns, 1 - columns, -1, 1, columns - 1, columns, columns + 1];
    for (let round = 0; round < 3; round++) {
      for (let line = 1; line < lines - 1; line++) {
        for (let column = 1; column < columns - 1; column++) {
          const at = line * columns + column;
          const i = first[at];
          if (i < 0 || taken[at]) continue;
          let free = true;
          for (const step of near) {
            const j = first[at + step];
            if (j < 0 || taken[at + step] === 2) continue;
            if (taken[at + step] !== 1 && this.order[at + step] < this.order[at]) continue;
            if (Math.abs(xy[2 * j] - xy[2 * i]) >= side || Math.abs(xy[2 * j + 1] - xy[2 * i + 1]) >= side) continue;
            free = false;
            if (taken[at + step] === 1) taken[at] = 2;
          }
          if (free) taken[at] = 1;
        }
      }
    }
    return first.filter((i, at) => taken[at] === 1);
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

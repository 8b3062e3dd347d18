// Points on a plain canvas.

// How strongly a point is drawn; the stronger one lies on top wherever two meet
const RANK = { hidden: 0, out: 1, beside: 2, rest: 3, full: 4 }; // beside the category in front; the rest of a selection
const TONES = 32; // the first half from faint to solid, the second from solid to dark (on a dark page: to bright)
const COVERS = 1024; // steps of what may cover a pixel, a quarter of a point each

/**
 * Draws points by writing pixels into one ImageData: no GPU needed, 1,000,000 points in a frame.
 * While points are painted a pixel holds rank, colour index and how much covers it (sixteenths of a point); then all
 * become colours at once: the more points on a pixel, the stronger. So a crowd is told from a few, in one pass.
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
    Object.assign(this, { colours: new Uint8Array(0), front: null, selection: null, shown: null, hide: false });
    this.tones = new Uint32Array(TONES << 11); // of each tone, rank and colour index: 0xAABBGGRR
    this.toneOf = new Uint8Array(COVERS);
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
    this.looks = new Uint16Array(count); // rank << 8 | colour index; 0 = not drawn
    this.relook();
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
    let squares = 0;
    for (let c = 0; c < side * side; c++) {
      squares += this.starts[c + 1] ** 2;
      this.starts[c + 1] += this.starts[c];
    }
    /** How far apart the points of a typical crowd are, map units. */
    this.spacing = (2 / side) * Math.sqrt((this.halfX * this.halfY * count) / Math.max(1, squares));
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
  setColours(index, palette, missing = "#b9b9b4", front = null, dark = false) {
    Object.assign(this, { colours: index, front });
    this.mixTones(palette, missing, dark);
    this.relook();
  }

  /** Bit masks by row, least bit first, null = all. What is not shown is faint, or vanishes when told to `hide`. */
  setMasks(selection, shown, hide) {
    Object.assign(this, { selection, shown, hide });
    this.relook();
  }

  relook() {
    const { rows, looks, colours, front, selection, shown, hide } = this;
    for (let i = 0; i < this.count; i++) {
      const row = rows[i];
      const index = row < colours.length ? colours[row] : 255;
      const [byte, bit] = [row >> 3, 1 << (row & 7)];
      let rank = RANK.full;
      if (shown !== null && !(shown[byte] & bit)) rank = hide ? RANK.hidden : RANK.out;
      else if (front !== null && index !== front) rank = RANK.beside;
      else if (selection !== null && !(selection[byte] & bit)) rank = RANK.rest;
      looks[i] = rank && (rank << 8) | index;
    }
  }

  mixTones(palette, missing, dark) {
    const channels = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
    const colours = new Map([...palette, missing].map((hex, i) => [i < palette.length ? i : 255, channels(hex)]));
    const [grey, end] = dark ? [140, 255] : [120, 0];
    const put = (tone, rank, index, rgb, alpha) => {
      const [red, green, blue] = rgb.map(Math.round);
      this.tones[(tone << 11) | (rank << 8) | index] = ((Math.round(255 * alpha) << 24) | (blue << 16) | (green << 8) | red) >>> 0;
    };
    for (let tone = 0; tone < TONES; tone++) {
      const alpha = Math.min(1, (2 * (tone + 1)) / TONES);
      const beyond = Math.max(0, (2 * (tone + 1)) / TONES - 1);
      for (const [index, colour] of colours) {
        const pale = colour.map((value) => grey + (value - grey) * 0.25);
        put(tone, RANK.full, index, colour.map((value) => value + (end - value) * 0.5 * beyond), alpha);
        put(tone, RANK.rest, index, pale, (dark ? 0.3 : 0.24) * alpha * (1 + beyond));
        put(tone, RANK.beside, index, pale, (dark ? 0.2 : 0.16) * alpha * (1 + beyond));
        put(tone, RANK.out, index, [grey, grey, grey], 0.09 * alpha * (1 + beyond));
      }
    }
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
    const reach = edge / this.ratio;
    this.eachRun(-reach, -reach, width / this.ratio, height / this.ratio, (from, to) => this.paint(from, to));
    this.develop();
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

  paint(from, to) {
    const { xy, looks, pixels, scale, diameter } = this;
    const { width, height } = this.image;
    const left = width / 2 - this.view.x * scale;
    const top = height / 2 + this.view.y * scale;
    if (diameter > 1) return this.stampAll(from, to, left, top);
    for (let i = from; i < to; i++) {
      const x = (xy[2 * i] * scale + left) | 0;
      const y = (top - xy[2 * i + 1] * scale) | 0;
      const look = looks[i];
      if (look === 0 || x < 0 || x >= width || y < 0 || y >= height) continue;
      const there = pixels[y * width + x];
      const above = (look >>> 8) - (there >>> 24);
      if (above < 0) continue;
      // sums without a branch, which would be guessed wrong at every third point: only equals add up, to 4080 at most
      const cover = (there & ((above - 1) >> 31) & 0xfff) + 16;
      pixels[y * width + x] = (look << 16) | (cover - ((cover >> 12) << 4));
    }
  }

  stampAll(from, to, left, top) {
    const { xy, looks, pixels, scale, diameter } = this;
    const { width, height } = this.image;
    const { core, rim, covers, reach } = this.stamp(diameter, width);
    for (let i = from; i < to; i++) {
      const x = (xy[2 * i] * scale + left) | 0;
      const y = (top - xy[2 * i + 1] * scale) | 0;
      const look = looks[i];
      if (look === 0 || x < reach || x >= width - reach || y < reach || y >= height - reach) continue;
      const at = y * width + x;
      const rank = look >>> 8;
      const ink = look << 16;
      for (let k = 0; k < core.length; k++) {
        const there = pixels[at + core[k]];
        const above = rank - (there >>> 24);
        if (above < 0) continue;
        const cover = (there & ((above - 1) >> 31) & 0xfff) + 16;
        pixels[at + core[k]] = ink | (cover - ((cover >> 12) << 4));
      }
      for (let k = 0; k < rim.length; k++) {
        // not blended, which would cost more than all the rest: the stronger colour stays, the covers add up
        const there = pixels[at + rim[k]];
        const under = there & 0xfff;
        const cover = covers[k];
        if (rank > there >>> 24) {
          if (under < 16) pixels[at + rim[k]] = ink | cover;
          else if (cover > 7) pixels[at + rim[k]] = ink | 16;
        } else if (rank === there >>> 24) {
          pixels[at + rim[k]] = (under < cover ? ink : there & 0xffff0000) | Math.min(0xfff, under + cover);
        }
      }
    }
  }

  /** What covers each pixel becomes a colour: on a log scale, from one point to several times the mean of this view. */
  develop() {
    const { pixels, tones, toneOf } = this;
    let [covers, touched] = [0, 0];
    for (let p = 0; p < pixels.length; p += 17) {
      covers += (pixels[p] & 0xfff) / 16;
      touched += pixels[p] !== 0;
    }
    const mean = Math.max(1, covers / Math.max(1, touched));
    const one = Math.max(0.5, Math.min(1, 1.1 - 0.22 * Math.log2(mean))); // how solid a point alone is
    const most = Math.log(Math.max(8, 6 * mean));
    for (let c = 0; c < COVERS; c++) {
      const cover = (c + 0.5) / 4;
      const strength = cover < 1 ? one * cover : one + (2 - one) * Math.min(1, Math.log(Math.max(1, cover - 0.125)) / most);
      toneOf[c] = Math.max(0, Math.min(TONES - 1, Math.round((strength * TONES) / 2) - 1));
    }
    for (let p = 0; p < pixels.length; p++) {
      const there = pixels[p];
      if (there !== 0) pixels[p] = tones[(toneOf[(there & 0xfff) >>> 2] << 11) | (there >>> 16)];
    }
  }

  /** A disc as offsets into the pixels: those inside, and those on the rim with how much it covers, of 16. */
  stamp(diameter, width) {
    if (this.kept?.diameter === diameter && this.kept.width === width) return this.kept;
    const [core, rim, covers] = [[], [], []];
    const reach = (diameter >> 1) + 1;
    const [radius, shift] = [diameter / 2 + 0.17, diameter % 2 ? 0.5 : 0];
    for (let dy = -reach; dy <= reach; dy++) {
      for (let dx = -reach; dx <= reach; dx++) {
        let inside = 0;
        for (let s = 0; s < 16; s++) {
          inside += Math.hypot(dx + ((s & 3) + 0.5) / 4 - shift, dy + ((s >> 2) + 0.5) / 4 - shift) <= radius;
        }
        if (inside > 13) core.push(dy * width + dx);
        else if (inside > 2) rim.push(dy * width + dx) && covers.push(inside);
      }
    }
    this.kept = { diameter, width, reach, core: Int32Array.from(core), rim: Int32Array.from(rim), covers: Uint8Array.from(covers) };
    return this.kept;
  }

  /** The row nearest to a place on the canvas of those that may be chosen, or -1 when none is within `radius`. */
  nearest(px, py, radius) {
    const [x, y] = this.toMap(px, py);
    let [best, found] = [((radius * this.ratio) / this.scale) ** 2, -1];
    this.eachRun(px - radius, py - radius, 2 * radius, 2 * radius, (from, to) => {
      for (let i = from; i < to; i++) {
        const distance = (this.xy[2 * i] - x) ** 2 + (this.xy[2 * i + 1] - y) ** 2;
        if (distance <= best && this.looks[i] >>> 8 >= RANK.rest) [best, found] = [distance, i];
      }
    });
    return found < 0 ? -1 : this.rows[found];
  }
}

export { PointCanvas };

// Points on a plain canvas.

import { PointGrid } from "./point_grid.js";
import { stampOf } from "./stamp.js";
import { COVERS, mixTones, scaleTones } from "./tones.js";

const FEW_PX = { least: 4.5, more: 1.5, rim: 1 }; // of few points: radius, how much larger than others, their rim

/**
 * Draws points by writing pixels into one ImageData: no GPU needed, 1,000,000 points in a frame.
 * While points are painted a pixel holds rank, colour index and how much covers it (sixteenths of a point); then all
 * become colours at once: the more points on a pixel, the stronger. So a crowd is told from a few, in one pass.
 */
export class PointCanvas extends PointGrid {
  tones = new Uint32Array(0);
  toneOf = new Uint8Array(COVERS);
  image = new ImageData(1, 1);
  pixels = new Uint32Array(1);
  /** @type {string[]} "#rrggbb" */
  palette = [];
  missing = "#b9b9b4";
  dark = false;

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    super();
    this.canvas = canvas;
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    this.resize(canvas.width, canvas.height, 1);
    this.tones = mixTones([], "#b9b9b4", false);
    this.stamp = stampOf(1, 1);
    this.setPoints(new Float32Array(0));
  }

  /**
   * A palette index for each row; 255 = `missing`. Of `front`, if not null, the colour shows and all others pale.
   * @param {Uint8Array} index
   * @param {string[]} palette
   * @param {string} missing
   * @param {number | null} front
   */
  setColours(index, palette, missing = "#b9b9b4", front = null, dark = false) {
    Object.assign(this, { colours: index, front, palette, missing, dark });
    this.tones = mixTones(palette, missing, dark);
    this.relook();
  }

  draw() {
    const edge = Math.ceil(4 * this.ratio) + 1; // beyond the canvas, so that discs across its rim need no clipping
    const [width, height] = [this.width + 2 * edge, this.height + 2 * edge];
    if (this.image.width !== width || this.image.height !== height) {
      this.image = new ImageData(width, height);
      this.pixels = new Uint32Array(this.image.data.buffer);
    }
    this.pixels.fill(0);
    const reach = edge / this.ratio;
    this.eachRun(-reach, -reach, width / this.ratio, height / this.ratio, (from, to) => this.paint(from, to));
    this.develop();
    this.context.putImageData(this.image, -edge, -edge);
    this.drawFew();
  }

  /** Few points among many, over all others and larger, so that they are found at any zoom. */
  drawFew() {
    const { context, few, ratio, width, height, palette, missing, dark } = this;
    const radius = ratio * Math.max(FEW_PX.least, this.diameter / ratio / 2 + FEW_PX.more);
    context.lineWidth = 2 * FEW_PX.rim * ratio;
    context.strokeStyle = dark ? "#ffffff" : "#14181c";
    for (const i of few) {
      const [x, y] = this.toScreen(this.xy[2 * i], this.xy[2 * i + 1]).map((value) => value * ratio);
      if (x < -radius || y < -radius || x > width + radius || y > height + radius) continue;
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      context.stroke(); // half of it lies under the disc
      context.fillStyle = palette[this.looks[i] & 255] ?? missing;
      context.fill();
    }
  }

  /**
   * @param {number} from
   * @param {number} to
   */
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

  /**
   * @param {number} from
   * @param {number} to
   * @param {number} left
   * @param {number} top
   */
  stampAll(from, to, left, top) {
    const { xy, looks, pixels, scale, diameter } = this;
    const { width, height } = this.image;
    const { core, rim, covers, reach } = this.stampFor(diameter, width);
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
      if (pixels[p] !== 0) touched++;
    }
    const mean = Math.max(1, covers / Math.max(1, touched));
    scaleTones(toneOf, mean);
    for (let p = 0; p < pixels.length; p++) {
      const there = pixels[p];
      if (there !== 0) pixels[p] = tones[(toneOf[(there & 0xfff) >>> 2] << 11) | (there >>> 16)];
    }
  }

  /**
   * @param {number} diameter
   * @param {number} width
   */
  stampFor(diameter, width) {
    if (this.stamp.diameter !== diameter || this.stamp.width !== width) this.stamp = stampOf(diameter, width);
    return this.stamp;
  }
}

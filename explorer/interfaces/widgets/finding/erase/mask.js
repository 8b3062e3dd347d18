// Which pixels are erased: a square of them, boxes and strokes drawn into it, and the way back.

const STEPS_KEPT = 50;

/** @typedef {{ x: number, y: number }} Point in pixels of the mask */

export class Mask {
  /** @type {Uint8Array<ArrayBuffer>[]} as it was before each change */
  before = [];

  /** @param {number} edge */
  constructor(edge) {
    this.edge = edge;
    this.bits = new Uint8Array(edge * edge);
  }

  get isEmpty() {
    return !this.bits.includes(1);
  }

  /** What comes next can be taken back at once. */
  begin() {
    this.before.push(this.bits.slice());
    if (this.before.length > STEPS_KEPT) this.before.shift();
  }

  undo() {
    this.bits = this.before.pop() ?? this.bits;
  }

  clear() {
    if (this.isEmpty) return;
    this.begin();
    this.bits.fill(0);
  }

  /**
   * All pixels between two corners, whichever they are; at least one.
   * @param {Point} from
   * @param {Point} to
   */
  box(from, to) {
    const [left, right] = [from.x, to.x].sort((a, b) => a - b);
    const [top, bottom] = [from.y, to.y].sort((a, b) => a - b);
    this.fill(Math.floor(left), Math.floor(top), Math.ceil(right), Math.ceil(bottom), () => true);
  }

  /**
   * A round brush from one point to another.
   * @param {Point} from
   * @param {Point} to
   * @param {number} radius
   */
  stroke(from, to, radius) {
    const steps = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / Math.max(1, radius / 2)));
    for (let i = 0; i <= steps; i++) {
      const x = from.x + ((to.x - from.x) * i) / steps;
      const y = from.y + ((to.y - from.y) * i) / steps;
      const isIn = (/** @type {number} */ px, /** @type {number} */ py) =>
        Math.hypot(px + 0.5 - x, py + 0.5 - y) <= radius;
      this.fill(Math.floor(x - radius), Math.floor(y - radius), Math.ceil(x + radius), Math.ceil(y + radius), isIn);
    }
  }

  /**
   * @param {number} left
   * @param {number} top
   * @param {number} right
   * @param {number} bottom
   * @param {(x: number, y: number) => boolean} isIn
   */
  fill(left, top, right, bottom, isIn) {
    for (let y = Math.max(0, top); y < Math.min(this.edge, bottom); y++)
      for (let x = Math.max(0, left); x < Math.min(this.edge, right); x++)
        if (isIn(x, y)) this.bits[y * this.edge + x] = 1;
  }

  /** Eight pixels a byte, the first in the highest bit, as base64. */
  packed() {
    const bytes = new Uint8Array(Math.ceil(this.bits.length / 8));
    this.bits.forEach((bit, i) => {
      bytes[i >> 3] |= bit << (7 - (i & 7));
    });
    return btoa(String.fromCharCode(...bytes));
  }
}

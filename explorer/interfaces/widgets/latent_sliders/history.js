// What sliders did, to go back and forth in. No DOM.

const ONE_MS = 800; // moves of one slider this shortly after each other are one
const STEPS_MAX = 200;

export class History {
  /** @type {number[][]} codes before each step, the newest last */
  done = [];
  /** @type {number[][]} */
  undone = [];
  /** @type {object | null} what was moved last */
  by = null;
  at = 0;

  /**
   * To be called before a code changes.
   * @param {number[]} z what it was
   * @param {object | null} by the slider that moves; null = all at once, always a step of its own
   * @param {number} now in milliseconds
   */
  note(z, by, now) {
    const goesOn = by !== null && by === this.by && now - this.at < ONE_MS;
    this.by = by;
    this.at = now;
    if (goesOn) return;
    this.done.push([...z]);
    if (this.done.length > STEPS_MAX) this.done.shift();
    this.undone = [];
  }

  /**
   * -> the code before the last step, or null.
   * @param {number[]} z
   */
  undo(z) {
    return this.#go(z, this.done, this.undone);
  }

  /**
   * -> the code after what was undone last, or null.
   * @param {number[]} z
   */
  redo(z) {
    return this.#go(z, this.undone, this.done);
  }

  clear() {
    this.done = [];
    this.undone = [];
    this.by = null;
  }

  /**
   * @param {number[]} z
   * @param {number[][]} from
   * @param {number[][]} to
   */
  #go(z, from, to) {
    const found = from.pop() ?? null;
    if (found) to.push([...z]);
    this.by = null;
    return found;
  }
}

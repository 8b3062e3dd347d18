// Pages of small pictures (sprite sheets), fetched when they are wanted and let go when they are many.

import { errorText, getBytes } from "../../shared/requests.js";

/** @typedef {{ order: string, page: string }} Addresses */
/** @typedef {{ key: string, bytes: number, image?: ImageBitmap, asked?: boolean, failed?: boolean }} Page */

export const CELLS = { columns: 32, shift: 10 }; // 32 x 32 to a page
export const NO_CELL = 0xffffffff;
const PAGES_AT_ONCE = 3;
const PAGES_BYTES_MAX = 160e6; // of decoded pages; those not used for longest are let go

export class SpritePages {
  /** @type {Map<string, Page>} */
  pages = new Map();
  /** @type {Uint32Array | null} the cell of each row; null until it is known */
  cellOf = null;
  asked = 0;
  ordering = false;
  closed = false;

  /**
   * @param {Addresses} addresses
   * @param {() => void} arrived called when there is more to draw
   */
  constructor(addresses, arrived) {
    this.addresses = addresses;
    this.arrived = arrived;
  }

  /**
   * In which cell each row's picture lies; asked once.
   * @param {number} rows of the map
   */
  async fetchOrder(rows) {
    if (this.ordering) return;
    this.ordering = true;
    try {
      const cells = new Uint32Array((await getBytes(this.addresses.order)).content);
      if (this.closed) return;
      const cellOf = new Uint32Array(rows).fill(NO_CELL);
      cells.forEach((row, cell) => {
        cellOf[row] = cell;
      });
      this.cellOf = cellOf;
      this.arrived();
    } catch (error) {
      console.warn(`The pictures did not arrive: ${errorText(error)}`);
    }
  }

  /**
   * @param {number} edge device px of a picture
   * @param {number} number of the page
   * @returns {Page}
   */
  page(edge, number) {
    const key = `${edge}/${number}`;
    const page = this.pages.get(key) ?? { key, bytes: (edge * CELLS.columns) ** 2 * 4 };
    this.pages.delete(key); // and put in again: those used last stand last
    this.pages.set(key, page);
    return page;
  }

  /**
   * The pages nearest to the middle first, a few at once.
   * @param {Map<Page, number>} wanted with their distance
   */
  fetchNearest(wanted) {
    for (const [page] of [...wanted].sort(([, a], [, b]) => a - b)) {
      if (this.asked >= PAGES_AT_ONCE) return;
      if (!page.asked) this.fetchPage(page);
    }
  }

  /** @param {Page} page */
  async fetchPage(page) {
    page.asked = true;
    this.asked++;
    try {
      const response = await fetch(this.addresses.page.replace("EDGE/PAGE", page.key));
      if (!response.ok) throw new Error(`the server answered ${response.status}.`);
      const image = await createImageBitmap(await response.blob());
      if (this.closed) return image.close();
      page.image = image;
      this.letGo();
    } catch (error) {
      page.failed = true;
      console.warn(`Some pictures did not arrive: ${errorText(error)}`);
    } finally {
      this.asked--;
      if (!this.closed) this.arrived();
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
    this.closed = true;
    for (const page of this.pages.values()) page.image?.close();
    this.pages.clear();
  }
}

// Where a gallery's products come from: all given, or fetched page by page.

import { getJson, wasAborted } from "../shared/requests.js";

/** @typedef {import("../shared/products.js").Product} Product */

export class PageSource {
  asking = new AbortController();

  /** @param {{ items: Product[] | null, address: string, size: number }} data all products, or an address; to a page */
  constructor({ items, address, size }) {
    this.items = items;
    this.address = address;
    this.size = size;
  }

  /** Gives up what is under way. */
  close() {
    this.asking.abort();
  }

  /**
   * One page, and how many products there are; null when another one was asked for meanwhile.
   * @param {number} page
   * @returns {Promise<{ count: number, items: Product[] } | null>}
   */
  async page(page) {
    this.close();
    const { items, size, address } = this;
    if (items) return { count: items.length, items: items.slice(page * size, (page + 1) * size) };
    const asking = new AbortController();
    this.asking = asking;
    try {
      const answer = await getJson(`${address}${address.includes("?") ? "&" : "?"}page=${page}`, asking.signal);
      return this.asking === asking ? answer : null;
    } catch (error) {
      if (wasAborted(error)) return null;
      throw error;
    }
  }
}

// Points and colours as they were fetched last: what did not change is not asked for again.

import { getBytes } from "../shared/requests.js";

export class Fetched {
  /** @type {Record<string, { address: string, content: ArrayBuffer }>} by kind */
  held = {};
  loading = new AbortController();

  /** Gives up what is under way. */
  abort() {
    this.loading.abort();
  }

  /**
   * Both at once; what was asked for before is given up.
   * @param {string} points address of the places
   * @param {string} colours address of the colour indices
   */
  both(points, colours) {
    this.abort();
    this.loading = new AbortController();
    return Promise.all([this.get("points", points), this.get("colours", colours)]);
  }

  /**
   * @param {string} kind
   * @param {string} address
   */
  async get(kind, address) {
    if (this.held[kind]?.address === address) return this.held[kind].content;
    const { content } = await getBytes(address, this.loading.signal);
    this.held[kind] = { address, content };
    return content;
  }
}

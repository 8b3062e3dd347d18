// What is asked of the server: addresses, answers, and how often.

/**
 * A query string from an object.
 * @param {Record<string, any>} values
 */
export const query = (values) => new URLSearchParams(values).toString();

/**
 * The answer as JSON; an error carries the server's sentence.
 * @param {string} address
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>}
 */
export async function getJson(address, signal) {
  const response = await fetch(address, { signal });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error || `The server answered ${response.status}.`);
  return answer;
}

/**
 * The bytes of an answer; an error carries the server's sentence.
 * @param {string} address
 * @param {AbortSignal} [signal]
 */
export async function getBytes(address, signal) {
  const response = await fetch(address, { signal });
  if (!response.ok)
    throw new Error((await response.json().catch(() => ({}))).error || `the server answered ${response.status}.`);
  return { content: await response.arrayBuffer(), headers: response.headers };
}

/**
 * A picture once it is there; an error says what to do.
 * @param {string} src
 * @returns {Promise<HTMLImageElement>}
 */
export function loadedPicture(src) {
  return new Promise((resolve, reject) => {
    const picture = new Image();
    picture.onload = () => resolve(picture);
    picture.onerror = () => reject(new Error("A picture could not be loaded. Reload the page."));
    picture.src = src;
  });
}

/**
 * Keeps one request under way and the newest one waiting: `ask` while dragging, never a queue.
 * @template V
 * @param {(value: V) => Promise<void>} work
 */
export function newestWins(work) {
  let running = false;
  /** @type {{ value: V } | null} */
  let waiting = null;
  return async function ask(/** @type {V} */ value) {
    waiting = { value };
    if (running) return;
    running = true;
    while (waiting) {
      const next = waiting.value;
      waiting = null;
      try {
        await work(next);
      } catch (error) {
        if (!wasAborted(error)) console.warn(errorText(error));
      }
    }
    running = false;
  };
}

/**
 * Calls `work` once nothing was asked for `ms` milliseconds.
 * @template {any[]} V
 * @param {number} ms
 * @param {(...values: V) => void} work
 */
export function whenQuiet(ms, work) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  return (/** @type {V} */ ...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...values), ms);
  };
}

/** @param {unknown} error */
export const errorText = (error) => (error instanceof Error ? error.message : String(error));

/** @param {unknown} error */
export const wasAborted = (error) => error instanceof Error && error.name === "AbortError";

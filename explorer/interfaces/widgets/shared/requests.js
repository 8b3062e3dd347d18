// What is asked of the server: addresses, answers, and how often.

/** A query string from an object. */
export const query = (values) => new URLSearchParams(values).toString();

/** The answer as JSON; an error carries the server's sentence. */
export async function getJson(address, signal) {
  const response = await fetch(address, { signal });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error || `The server answered ${response.status}.`);
  return answer;
}

/** The bytes of an answer; an error carries the server's sentence. */
export async function getBytes(address, signal) {
  const response = await fetch(address, { signal });
  if (!response.ok)
    throw new Error((await response.json().catch(() => ({}))).error || `the server answered ${response.status}.`);
  return { content: await response.arrayBuffer(), headers: response.headers };
}

/** Keeps one request under way and the newest one waiting: `ask` while dragging, never a queue. */
export function newestWins(work) {
  let running = false;
  let waiting = null;
  return async function ask(value) {
    waiting = { value };
    if (running) return;
    running = true;
    while (waiting) {
      const next = waiting.value;
      waiting = null;
      try {
        await work(next);
      } catch (error) {
        if (error.name !== "AbortError") console.warn(error.message);
      }
    }
    running = false;
  };
}

/** Calls `work` once nothing was asked for `ms` milliseconds. */
export function whenQuiet(ms, work) {
  let timer = 0;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...values), ms);
  };
}

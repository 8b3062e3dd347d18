// A row for each slider: what it moves, in words and as two pictures of where it leads, a form to give it a name, a lock,
// and room for its card.

import { el } from "../shared/dom.js";
import { query } from "../shared/requests.js";
import { codeText, endsOf, isNamed, reachAround, titleOf, weightOf } from "./code.js";

/** @typedef {import("./code.js").Dimension} Dimension */

/**
 * What a row may ask for.
 * @typedef {object} Wishes
 * @property {(naming: Record<string, string>) => void} name tells the page what is named or taken away
 * @property {(dimension: Dimension) => void} card opens its card, or closes it
 * @property {(dimension: Dimension) => boolean} lock -> whether it is locked from now on
 * @property {(dimension: Dimension) => void} remove a direction that was tried
 */

/**
 * The slider does nothing yet.
 * @param {Dimension} dimension
 * @param {any} data what the page gave: all rows, the model, the code to start from
 * @param {Wishes} wishes
 * @param {boolean} locked
 */
export function sliderRow(dimension, data, wishes, locked) {
  const title = titleOf(dimension);
  const input = el("input", { type: "range", ...reachAround(dimension, 0), "aria-label": title });
  const value = el("output", { class: "quiet" });
  const below = el("div", { class: "below" });
  const card = el("div", { class: "room" });
  const [about, help] = said(dimension, data.rows);
  const head = el(
    "div",
    { class: "head" },
    el("span", { class: "title", textContent: title }),
    ...buttons(dimension, wishes, below, locked),
    value,
  );
  const ends = isNamed(dimension)
    ? el(
        "div",
        { class: "quiet ends" },
        el("span", { textContent: dimension.low }),
        el("span", { textContent: dimension.high }),
      )
    : null;
  const tells = about ? el("div", { class: "quiet tells", textContent: about }) : null;
  const track = el("div", { class: "track" }, head, input, ends, tells, below);
  const row = el(
    "div",
    { class: "dimension", title: help },
    endTile(dimension, data, 0),
    track,
    endTile(dimension, data, 1),
    card,
  );
  return { row, input, value, card };
}

/**
 * @param {Dimension} dimension
 * @param {Wishes} wishes
 * @param {HTMLElement} below where a form opens
 * @param {boolean} locked
 */
function buttons(dimension, wishes, below, locked) {
  const button = (
    /** @type {string} */ textContent,
    /** @type {string} */ title,
    /** @type {(made: HTMLButtonElement) => void} */ act,
  ) => {
    const made = el("button", { class: "link", textContent, title });
    made.setAttribute("aria-label", `${textContent}: ${titleOf(dimension)}`);
    made.onclick = () => act(made);
    return made;
  };
  const close = () => below.replaceChildren();
  const form = () => below.replaceChildren(namingForm(dimension, wishes.name, close));
  const lock = button("Lock", "Random picture and Reset leave it where it stands", (made) => {
    made.setAttribute("aria-pressed", String(wishes.lock(dimension)));
  });
  lock.setAttribute("aria-pressed", String(locked));
  const name = button("Name", "Give it a name; every product gets a score then", form);
  if (dimension.key)
    return [name, button("Remove", "This slider goes; nothing else does", () => wishes.remove(dimension)), lock];
  const card = button("Card", "What it changes, products along it, what it tells", () => wishes.card(dimension));
  card.setAttribute("aria-expanded", "false");
  if (!isNamed(dimension)) return [card, name, lock];
  const gone = "The name goes, for everyone; it can be undone";
  const drop = button("Take away", gone, () => wishes.name({ gone: dimension.name }));
  return [...(dimension.dimension ? [card] : []), drop, lock];
}

/**
 * One of both pictures of where a slider leads, from where it starts.
 * @param {Dimension} dimension
 * @param {any} data
 * @param {number} column
 */
function endTile(dimension, { ends, model, start, mean }, column) {
  const tile = el("div", { class: "end" });
  if (dimension.key) {
    tile.style.backgroundImage = `url("${stripAddress(dimension, model, start, mean)}")`;
    tile.style.backgroundSize = "700% 100%";
    tile.style.backgroundPosition = `${column * 100}% 0`;
    return tile;
  }
  tile.style.backgroundImage = `url("/api/ends?${query({ model, z: codeText(start, 3), v: ends })}")`;
  tile.style.backgroundSize = `200% ${ends * 100}%`;
  tile.style.backgroundPosition = `${column * 100}% ${ends > 1 ? (dimension.end * 100) / (ends - 1) : 0}%`;
  return tile;
}

/**
 * Of seven pictures along a slider.
 * @param {Dimension} dimension
 * @param {string} model
 * @param {number[]} z
 * @param {number[]} mean
 */
export function stripAddress(dimension, model, z, mean) {
  const [from, to] = endsOf(dimension, z, mean).map((end) => codeText(end, 3));
  return `/api/strip?${query({ model, from, to })}`;
}

/**
 * What a slider moves, in a few words and in a sentence.
 * @param {Dimension} dimension
 * @param {Dimension[]} rows
 * @returns {[string, string]}
 */
function said(dimension, rows) {
  const reset = "Double-click the slider to reset it.";
  if (isNamed(dimension)) {
    const { low, high, words, drawn } = dimension;
    const help = `${words}. 0 is ${low}, 100 is ${high}: nine of ten products lie between. ${reset}`;
    return [drawn ? "" : "this model can hardly draw it", help];
  }
  const [weight, says] = weightOf(
    dimension,
    rows.filter((row) => !isNamed(row)),
  );
  return [[dimension.tells, weight].filter(Boolean).join(" · "), `${says} ${reset}`];
}

/**
 * To give a dimension or a direction a name, and its two ends. Where an attribute explains it, what it is called stands there
 * already.
 * @param {Dimension} dimension
 * @param {(naming: Record<string, string>) => void} name
 * @param {() => void} close
 */
function namingForm(dimension, name, close) {
  const field = (/** @type {string} */ label, /** @type {string} */ value, /** @type {string} */ placeholder) =>
    el("input", { type: "text", value: value.slice(0, 60), placeholder, maxLength: 60, "aria-label": label });
  const [left, right] = dimension.key ? [dimension.low ?? "", dimension.high ?? ""] : (dimension.ends ?? ["", ""]);
  const word = field("Name", dimension.proposed ?? "", "What is it? “sole height”");
  const low = field("Left end", left, "left: “low”");
  const high = field("Right end", right, "right: “high”");
  const form = el(
    "form",
    { class: "naming" },
    word,
    low,
    high,
    el("button", { type: "submit", class: "primary", textContent: "Name" }),
    el("button", { type: "button", textContent: "Cancel", onclick: close }),
  );
  form.onsubmit = (event) => {
    event.preventDefault();
    if (!word.value.trim()) word.focus();
    else {
      /** @type {Record<string, string>} */
      const of = dimension.key ? { direction: dimension.key } : { number: String(dimension.number) };
      name({ ...of, name: word.value, low: low.value, high: high.value });
      close();
    }
  };
  form.onkeydown = ({ key }) => {
    if (key === "Escape") close();
  };
  queueMicrotask(() => word.select());
  return form;
}

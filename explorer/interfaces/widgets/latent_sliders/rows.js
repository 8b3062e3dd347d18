// A row for each slider: what it moves, in words and as two pictures of where it leads, and a form to give it a name.

import { el } from "../shared/dom.js";
import { query } from "../shared/requests.js";
import { codeText, isNamed, reachAround, weightOf } from "./code.js";

/** @typedef {import("./code.js").Dimension} Dimension */
/** @typedef {(naming: Record<string, string>) => void} Name */

/**
 * The slider does nothing yet.
 * @param {Dimension} dimension
 * @param {any} data what the page gave: all rows, the model, the code to start from
 * @param {Name} name tells the page what is named or taken away
 */
export function sliderRow(dimension, data, name) {
  const title = isNamed(dimension) ? dimension.name : `Dimension ${dimension.number}`;
  const input = el("input", { type: "range", ...reachAround(dimension, 0), "aria-label": title });
  const value = el("output", { class: "quiet" });
  const below = el("div", { class: "below" });
  const does = el("button", { class: "link" });
  if (isNamed(dimension)) {
    Object.assign(does, { textContent: "Take away", title: "The name goes, for everyone; it can be undone" });
    does.onclick = () => name({ gone: dimension.name });
  } else {
    Object.assign(does, { textContent: "Name", title: "Give it a name; every product gets a score then" });
    does.onclick = () => below.replaceChildren(namingForm(dimension, name, () => below.replaceChildren()));
  }
  does.setAttribute("aria-label", `${does.textContent}: ${title}`);
  const [about, help] = said(dimension, data.rows);
  const head = el("div", { class: "head" }, el("span", { class: "title", textContent: title }), does, value);
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
  );
  return { row, input, value };
}

/**
 * One of both pictures of where a slider leads, from where it starts.
 * @param {Dimension} dimension
 * @param {any} data
 * @param {number} column
 */
function endTile({ end }, { ends, model, start }, column) {
  const tile = el("div", { class: "end" });
  tile.style.backgroundImage = `url("/api/ends?${query({ model, z: codeText(start, 3), v: ends })}")`;
  tile.style.backgroundSize = `200% ${ends * 100}%`;
  tile.style.backgroundPosition = `${column * 100}% ${ends > 1 ? (end * 100) / (ends - 1) : 0}%`;
  return tile;
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
 * To give a dimension a name, and its two ends.
 * @param {Dimension} dimension
 * @param {Name} name
 * @param {() => void} close
 */
function namingForm(dimension, name, close) {
  const field = (/** @type {string} */ label, /** @type {string} */ value, /** @type {string} */ placeholder) =>
    el("input", { type: "text", "aria-label": label, value, placeholder, maxLength: 60 });
  const word = field("Name", dimension.proposed ?? "", "What is it? “sole height”");
  const low = field("Left end", "", "left: “low”");
  const high = field("Right end", "", "right: “high”");
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
      name({ number: String(dimension.number), name: word.value, low: low.value, high: high.value });
      close();
    }
  };
  form.onkeydown = ({ key }) => {
    if (key === "Escape") close();
  };
  queueMicrotask(() => word.select());
  return form;
}

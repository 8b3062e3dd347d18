// What each dimension tells of each attribute, as a table in colours: arrows move, Enter opens the card of the dimension.

import { all, el } from "../shared/dom.js";
import { percent } from "./code.js";

const SAID_FROM = 0.05; // a share below is a pale cell without a number
const LEAST = 0.02; // attributes that no dimension tells so much of are left out

/**
 * @param {{ title: string, shares: number[] }[]} rows
 * @param {(number: number) => void} open the card of a dimension
 */
export function heatMap(rows, open) {
  const told = rows.filter(({ shares }) => Math.max(0, ...shares) >= LEAST);
  if (!told.length)
    return el("p", {
      class: "quiet",
      textContent: rows.length
        ? "No attribute of the catalogue goes with any dimension."
        : "The catalogue has no attributes: import a table with columns such as brand or colour to see what dimensions tell.",
    });
  const count = told[0].shares.length;
  const numbers = Array.from({ length: count }, (_, a) => el("th", { scope: "col", textContent: `${a + 1}` }));
  const head = el("thead", {}, el("tr", {}, el("th", { scope: "col", textContent: "Dimension" }), ...numbers));
  const lines = told.map(({ title, shares }) =>
    el(
      "tr",
      {},
      el("th", { scope: "row", textContent: title }),
      ...shares.map((share, a) => el("td", {}, cell(title, share, a + 1, open))),
    ),
  );
  const label = "How much of the difference along each dimension goes with each attribute";
  const table = el("table", { "aria-label": label }, head, el("tbody", {}, ...lines));
  const cells = all(table, "td button");
  cells[0].tabIndex = 0;
  table.onkeydown = (event) => move(event, cells, count);
  const left = rows.length - told.length;
  const out =
    left === 1 ? "One attribute that no dimension tells is" : `${left} attributes that no dimension tells are`;
  const rest = left ? ` ${out} left out.` : "";
  return el(
    "div",
    {},
    el("p", {
      class: "quiet",
      textContent: `Each cell: of all that products differ in along the dimension, how many per cent go with the attribute. Click a cell for the card of its dimension.${rest}`,
    }),
    el("div", { class: "wide", tabIndex: 0, role: "region", "aria-label": "Dimensions and attributes" }, table),
  );
}

/**
 * @param {string} title
 * @param {number} share
 * @param {number} number
 * @param {(number: number) => void} open
 */
function cell(title, share, number, open) {
  const words = `${title}, dimension ${number}: ${percent(share)}`;
  const made = el("button", {
    title: words,
    "aria-label": words,
    tabIndex: -1,
    textContent: share >= SAID_FROM ? `${Math.round(100 * share)}` : "",
  });
  made.style.setProperty("--share", `${Math.round(100 * share)}%`);
  made.onclick = () => open(number);
  return made;
}

/**
 * @param {KeyboardEvent} event
 * @param {HTMLElement[]} cells
 * @param {number} count in a row
 */
function move(event, cells, count) {
  const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -count, ArrowDown: count }[event.key];
  const at = cells.indexOf(/** @type {HTMLElement} */ (event.target));
  if (by === undefined || at < 0 || !cells[at + by]) return;
  event.preventDefault();
  cells[at].tabIndex = -1;
  cells[at + by].tabIndex = 0;
  cells[at + by].focus();
}

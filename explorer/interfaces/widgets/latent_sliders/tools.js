// The buttons under the picture, and what is folded below the sliders until somebody opens it.

import { el } from "../shared/dom.js";
import { errorText } from "../shared/requests.js";

/**
 * @param {{ undo: () => void, redo: () => void, reset: () => void, random: () => void, find: () => void,
 *   link: () => string }} acts `link`: the code for a link
 */
export function toolbar(acts) {
  const button = (/** @type {string} */ textContent, /** @type {string} */ title, /** @type {() => void} */ onclick) =>
    el("button", { textContent, title, onclick });
  const undo = button("Undo", "Back before the last move (Ctrl+Z)", acts.undo);
  const redo = button("Redo", "What was undone, again (Ctrl+Shift+Z)", acts.redo);
  undo.setAttribute("aria-label", "Undo move");
  redo.setAttribute("aria-label", "Redo move");
  const link = button("Copy link", "A link that restores this picture", () => copyLink(link, acts.link()));
  const root = el(
    "div",
    { class: "tools" },
    undo,
    redo,
    button("Reset", "Back to where it started; what is locked stays", acts.reset),
    button("Random picture", "A random picture, as likely as the products; what is locked stays", acts.random),
    button("Find products here", "The real products nearest to this picture", acts.find),
    link,
  );
  /**
   * @param {boolean} back whether there is anything to undo
   * @param {boolean} forth
   */
  const allow = (back, forth) => {
    undo.disabled = !back;
    redo.disabled = !forth;
  };
  allow(false, false);
  return { root, allow };
}

/**
 * @param {HTMLElement} button
 * @param {string} code
 */
async function copyLink(button, code) {
  const address = new URL(window.location.href);
  address.searchParams.set("z", code);
  try {
    await navigator.clipboard.writeText(address.href);
    button.textContent = "Copied";
  } catch {
    button.textContent = "The address bar has it";
  }
  setTimeout(() => {
    button.textContent = "Copy link";
  }, 1500);
}

/**
 * Folded; filled when it is opened first, and anew after `forget`.
 * @param {string} title
 * @param {() => Promise<HTMLElement>} fill
 */
export function section(title, fill) {
  const room = el("div", {});
  const root = el("details", { class: "section" }, el("summary", { textContent: title }), room);
  let filled = false;
  const open = async () => {
    if (filled || !root.open) return;
    filled = true;
    room.replaceChildren(
      el("p", { class: "quiet", textContent: "Looking at all products; the first time takes seconds…" }),
    );
    try {
      room.replaceChildren(await fill());
    } catch (error) {
      filled = false;
      room.replaceChildren(el("p", { class: "wrong", role: "alert", textContent: errorText(error) }));
    }
  };
  root.ontoggle = open;
  const forget = () => {
    filled = false;
    open();
  };
  return { root, forget };
}

// Elements: made, filled anew only where they look different, and the widget that lives in one.

/**
 * What Streamlit calls a component with: data of the page, the element to live in, and ways to tell the page.
 * @typedef {{ data: any, parentElement: HTMLElement, setTriggerValue: (name: string, value: any) => void,
 *   setStateValue: (name: string, value: any) => void }} Component
 */

const mounted = new WeakMap();

/**
 * The widget that lives in an element: Streamlit calls again with new data, but nothing is built anew.
 * @template W
 * @param {HTMLElement} parent
 * @param {new (parent: HTMLElement) => W} Widget
 * @returns {W}
 */
export function widgetIn(parent, Widget) {
  if (!mounted.has(parent)) mounted.set(parent, new Widget(parent));
  return mounted.get(parent);
}

/**
 * The next call of `widgetIn` for that element makes a new one.
 * @param {HTMLElement} parent
 */
export function forgetWidgetIn(parent) {
  mounted.delete(parent);
}

/**
 * An element with properties and children. Text always goes in as text, never as HTML.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, any>} properties of the element; class, role, for and aria-… as in HTML
 * @param {...(Node | string | null | undefined)} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (key === "class") element.className = value;
    else if (key.startsWith("aria-") || key === "role" || key === "for") element.setAttribute(key, value);
    else Object.assign(element, { [key]: value });
  }
  for (const child of children) if (child !== null && child !== undefined) element.append(child);
  return element;
}

/**
 * New children, unless they look as those that are there: then what is under the mouse or has the focus stays.
 * @param {Element} parent
 * @param {...Node} children
 */
export function refill(parent, ...children) {
  const { childNodes } = parent;
  const same = children.length === childNodes.length && children.every((child, i) => child.isEqualNode(childNodes[i]));
  if (!same) parent.replaceChildren(...children);
}

/**
 * The first element of an element, or null.
 * @param {ParentNode} within
 * @param {string} selector
 * @returns {HTMLElement | null}
 */
export const first = (within, selector) => within.querySelector(selector);

/**
 * @param {ParentNode} within
 * @param {string} selector
 * @returns {HTMLElement[]}
 */
export const all = (within, selector) =>
  [...within.querySelectorAll(selector)].map((found) => /** @type {HTMLElement} */ (found));

/**
 * What we have put there ourselves.
 * @param {ParentNode} within
 * @param {string} selector
 * @returns {HTMLElement}
 */
export function part(within, selector) {
  const found = first(within, selector);
  if (!found) throw new Error(`there is no ${selector}`);
  return found;
}

// Elements: made, filled anew only where they look different, and the widget that lives in one.

const mounted = new WeakMap();

/** The widget that lives in an element: Streamlit calls again with new data, but nothing is built anew. */
export function widgetIn(parent, Widget) {
  if (!mounted.has(parent)) mounted.set(parent, new Widget(parent));
  return mounted.get(parent);
}

/** The next call of `widgetIn` for that element makes a new one. */
export function forgetWidgetIn(parent) {
  mounted.delete(parent);
}

/** An element with properties and children. Text always goes in as text, never as HTML. */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (key === "class") element.className = value;
    else if (key.startsWith("aria-") || key === "role" || key === "for") element.setAttribute(key, value);
    else element[key] = value;
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** New children, unless they look as those that are there: then what is under the mouse or has the focus stays. */
export function refill(parent, ...children) {
  const { childNodes } = parent;
  const same = children.length === childNodes.length && children.every((child, i) => child.isEqualNode(childNodes[i]));
  if (!same) parent.replaceChildren(...children);
}

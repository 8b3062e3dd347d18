// Shared by all widgets: laid in front of each one's own code.

const mounted = new WeakMap();

/** The widget that lives in an element: Streamlit calls again with new data, but nothing is built anew. */
function widgetIn(parent, Widget) {
  if (!mounted.has(parent)) mounted.set(parent, new Widget(parent));
  return mounted.get(parent);
}

/** An element with properties and children. Text always goes in as text, never as HTML. */
function el(tag, properties = {}, ...children) {
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
function refill(parent, ...children) {
  const { childNodes } = parent;
  const same = children.length === childNodes.length && children.every((child, i) => child.isEqualNode(childNodes[i]));
  if (!same) parent.replaceChildren(...children);
}

/** A query string from an object. */
const query = (values) => new URLSearchParams(values).toString();

/** The answer as JSON; an error carries the server's sentence. */
async function getJson(address, signal) {
  const response = await fetch(address, { signal });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error || `The server answered ${response.status}.`);
  return answer;
}

const pictureAddress = (item, px) => `/api/picture/${item.sha256}?px=${px}`;

/** "brand: Asics · price: 120": one grey line. */
function attributeLine(item) {
  return Object.entries(item.attributes)
    .slice(0, 4)
    .map(([key, value]) => `${key.replaceAll("_", " ")} ${value}`)
    .join(" · ");
}

const SAME = 0.03; // below this share of the typical distance no one sees a difference

/** "1.3 × typical" with what that means on hover, or the words that the item brings for it. */
function distanceLine(item) {
  if (item.near) return el("div", { class: "distance", textContent: item.near });
  if (item.distance === null || item.distance === undefined) return null;
  if ((item.typical ?? item.distance) < SAME) return el("div", { class: "distance", textContent: "the product itself" });
  const text = item.typical === null ? item.distance.toFixed(2) : `${item.typical.toFixed(1)} × typical`;
  const title = "Distance in latent space, over the distance from a typical product to its nearest other one.";
  return el("div", { class: "distance", textContent: text, title });
}

/** The one product card: picture on white, name, a grey line, the distance if there is one. */
function productCard(item, px = 72) {
  return el(
    "div",
    { class: `card px${px}`, title: item.product_id },
    el("img", { src: pictureAddress(item, px), alt: item.name, width: px, height: px, draggable: false }),
    el(
      "div",
      { class: "words" },
      el("div", { class: "name", textContent: item.name }),
      el("div", { class: "line", textContent: attributeLine(item) }),
      distanceLine(item),
    ),
  );
}

/** Keeps one request under way and the newest one waiting: `ask` while dragging, never a queue. */
function newestWins(work) {
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
function whenQuiet(ms, work) {
  let timer = 0;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...values), ms);
  };
}

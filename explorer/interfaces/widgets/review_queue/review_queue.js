// One product at a time: a accepts, r rejects, the right arrow passes, u takes the last verdict back until it is sent.

import { el, part, widgetIn } from "../shared/dom.js";
import { pictureAddress, productCard } from "../shared/products.js";
import { whenQuiet } from "../shared/requests.js";

const SEND_AFTER_MS = 900;

/** @param {import("../shared/dom.js").Component} component */
export default function mount(component) {
  const { data, parentElement, setTriggerValue } = component;
  const queue = widgetIn(parentElement, ReviewQueue);
  queue.send = (verdicts) => setTriggerValue("verdicts", verdicts);
  queue.update(data);
  return () => queue.sendNow(); // whoever leaves the page has decided
}

class ReviewQueue {
  /** @type {(verdicts: { accepted: string[], rejected: string[] }) => void} */
  send = () => {};
  /** @type {any} */
  data = null;
  said = "";
  /** @param {HTMLElement} parent */
  constructor(parent) {
    /** @type {{ id: string, accept: boolean }[]} not sent yet */
    this.verdicts = [];
    this.done = new Set(); // ids judged or passed since the queue was opened
    this.stage = el("div", {
      class: "stage",
      tabIndex: 0,
      role: "group",
      "aria-label": "Review: a accepts, r rejects, right arrow passes, u takes back",
    });
    this.words = el("div", { class: "quiet", role: "status", "aria-live": "polite" });
    this.root = el(
      "div",
      { class: "ll review", onkeydown: (/** @type {KeyboardEvent} */ event) => this.key(event) },
      this.stage,
      this.words,
    );
    parent.append(this.root);
    this.later = whenQuiet(SEND_AFTER_MS, () => this.sendNow());
  }

  /** @param {any} data */
  update(data) {
    if (data.tag !== this.data?.tag) {
      this.sendNow();
      this.done.clear();
    }
    const said = JSON.stringify(data);
    if (said === this.said) return;
    this.said = said;
    this.data = data;
    this.draw();
  }

  get waiting() {
    return this.data.products.filter(
      (/** @type {import("../shared/products.js").Product} */ item) => !this.done.has(item.product_id),
    );
  }

  draw(focus = false) {
    const [item, next] = this.waiting;
    this.words.textContent = item ? `${this.waiting.length} to look at` : "";
    if (!item) {
      this.stage.replaceChildren(
        el("div", { class: "quiet nothing", textContent: `Nothing more that looks like “${this.data.tag}”.` }),
      );
      return;
    }
    const card = productCard(item, 160);
    if (item.why) part(card, ".words").append(el("div", { class: "why quiet", textContent: item.why }));
    const button = (
      /** @type {string} */ label,
      /** @type {string} */ keyName,
      /** @type {() => void} */ work,
      kind = "",
    ) => el("button", { class: kind, textContent: label, title: `Key ${keyName}`, onclick: work });
    const acts = el(
      "div",
      { class: "acts" },
      button("Accept", "a", () => this.judge(true), "yes"),
      button("Reject", "r", () => this.judge(false)),
      button("Pass", "right arrow", () => this.pass()),
      button("Back", "u", () => this.back()),
    );
    this.stage.replaceChildren(card, acts);
    if (next) new Image().src = pictureAddress(next, 160); // there before it is asked for
    if (focus) this.stage.focus({ preventScroll: true });
  }

  /** @param {boolean} accept */
  judge(accept) {
    const [item] = this.waiting;
    if (!item) return;
    this.verdicts.push({ id: item.product_id, accept });
    this.step(item);
  }

  pass() {
    const [item] = this.waiting;
    if (item) this.step(item);
  }

  /** @param {import("../shared/products.js").Product} item */
  step(item) {
    this.done.add(item.product_id);
    this.draw(true);
    this.later();
  }

  back() {
    const last = this.verdicts.pop() ?? null;
    const id = last?.id ?? [...this.done].at(-1);
    if (id === undefined) return;
    this.done.delete(id);
    this.draw(true);
  }

  sendNow() {
    if (!this.verdicts.length) return;
    const side = (/** @type {boolean} */ accept) =>
      this.verdicts.filter((verdict) => verdict.accept === accept).map((verdict) => verdict.id);
    const verdicts = { accepted: side(true), rejected: side(false) };
    this.verdicts = [];
    this.send(verdicts);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || /** @type {HTMLElement} */ (event.target).tagName === "INPUT")
      return;
    /** @type {Record<string, () => void>} */
    const acts = {
      a: () => this.judge(true),
      r: () => this.judge(false),
      ArrowRight: () => this.pass(),
      u: () => this.back(),
      ArrowLeft: () => this.back(),
    };
    if (!acts[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    acts[event.key]();
  }
}

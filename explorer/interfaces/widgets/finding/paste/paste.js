import { el, forgetWidgetIn, widgetIn } from "../../shared/dom.js";

const EDGE_PX = 1024; // of a picture that is too large to be sent as it is
const PASTED = "Pasted picture"; // a clipboard names nothing

/** @param {import("../../shared/dom.js").Component} component */
export default function mount(component) {
  const { data, parentElement, setTriggerValue } = component;
  const paste = widgetIn(parentElement, Paste);
  paste.most = data.most;
  paste.send = (said) => setTriggerValue("picture", said);
  return () => {
    paste.leave();
    forgetWidgetIn(parentElement);
  };
}

/** @typedef {{ name: string, content?: string, refused?: string }} Said */

class Paste {
  /** @type {(said: Said) => void} */
  send = () => {};
  most = 0;
  listening = new AbortController();

  /** @param {HTMLElement} parent */
  constructor(parent) {
    this.frame = el("div", { class: "ll drop", hidden: true, textContent: "Drop it to find what looks like it" });
    parent.append(this.frame);
    const { signal } = this.listening;
    document.addEventListener("paste", (event) => this.pasted(event), { signal });
    document.addEventListener("dragover", (event) => this.dragged(event), { signal });
    document.addEventListener("dragleave", (event) => event.relatedTarget ?? this.show(false), { signal });
    document.addEventListener("drop", (event) => this.dropped(event), { signal });
  }

  leave() {
    this.listening.abort();
    this.frame.remove();
  }

  /** @param {boolean} yes */
  show(yes) {
    this.frame.hidden = !yes;
  }

  /** @param {ClipboardEvent} event */
  pasted(event) {
    const files = [...(event.clipboardData?.files ?? [])];
    const typing = event.composedPath()[0];
    const hasText = event.clipboardData?.types.includes("text/plain");
    if (!files.length || (hasText && typing instanceof Element && typing.matches("input, textarea"))) return;
    event.preventDefault();
    this.take(files, PASTED);
  }

  /** @param {DragEvent} event */
  dragged(event) {
    if (!event.dataTransfer?.types.includes("Files") || isUploader(event)) return this.show(false);
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    this.show(true);
  }

  /** @param {DragEvent} event */
  dropped(event) {
    this.show(false);
    const files = [...(event.dataTransfer?.files ?? [])];
    if (!files.length || isUploader(event)) return;
    event.preventDefault();
    this.take(files, "");
  }

  /**
   * The first picture of them.
   * @param {File[]} files
   * @param {string} called
   */
  async take(files, called) {
    const file = files.find(({ type }) => type.startsWith("image/")) ?? files[0];
    const name = called || file.name;
    if (!file.type.startsWith("image/") && file.type) return this.send({ name, refused: "it is not a picture" });
    try {
      this.send({ name, content: await inBase64(file.size > this.most ? await smaller(file) : file) });
    } catch {
      this.send({ name, refused: "the browser can't read it as a picture" });
    }
  }
}

/** @param {Event} event */
const isUploader = (event) =>
  event
    .composedPath()
    .some(
      (each) =>
        each instanceof Element && each.matches("[data-testid=stFileUploader], [data-testid=stFileUploaderDropzone]"),
    );

/**
 * @param {Blob} file
 * @returns {Promise<string>}
 */
function inBase64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).split(",", 2)[1] ?? "");
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

/**
 * As a JPEG of EDGE_PX at most.
 * @param {File} file
 * @returns {Promise<Blob>}
 */
async function smaller(file) {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, EDGE_PX / Math.max(picture.width, picture.height));
  const canvas = el("canvas", {
    width: Math.max(1, picture.width * scale),
    height: Math.max(1, picture.height * scale),
  });
  const context = canvas.getContext("2d");
  if (!context) throw new Error("no canvas");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/jpeg", 0.92),
  );
}

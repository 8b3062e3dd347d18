// What a code stands for, as a picture.

import { query } from "../shared/requests.js";
import { codeText } from "./code.js";

/**
 * Draws it. -> what is wrong, "" where nothing is.
 * @param {HTMLCanvasElement} canvas
 * @param {string} model
 * @param {number[]} z
 * @returns {Promise<string>}
 */
export async function drawCode(canvas, model, z) {
  const response = await fetch(`/api/decode?${query({ model, z: codeText(z, 4) })}`);
  if (!response.ok) return (await response.json()).error;
  const edge = Number(response.headers.get("x-edge"));
  const rgb = new Uint8Array(await response.arrayBuffer());
  const image = new ImageData(edge, edge);
  for (let i = 0, j = 0; j < rgb.length; i += 4, j += 3) {
    image.data[i] = rgb[j];
    image.data[i + 1] = rgb[j + 1];
    image.data[i + 2] = rgb[j + 2];
    image.data[i + 3] = 255;
  }
  if (canvas.width !== edge) canvas.width = canvas.height = edge;
  canvas.getContext("2d")?.putImageData(image, 0, 0);
  return "";
}

// Asks for a decode, draws it, asks for the next, as a slider does while it is dragged.
// -> milliseconds from the ask to the pixels on the canvas, and to the browser's next frame after that.
async ({ model, latent, frames, warm }) => {
  const canvas = document.body.appendChild(document.createElement("canvas"));
  const context = canvas.getContext("2d");
  const taken = { drawn: [], shown: [] };
  for (let i = 0; i < frames + warm; i++) {
    const z = Array.from({ length: latent }, (_, d) => (d === 0 ? 2.5 * Math.sin(i / 20) : 0.1 * d).toFixed(3));
    const started = performance.now();
    const answer = await fetch(`/api/decode?model=${encodeURIComponent(model)}&z=${z}`);
    if (!answer.ok) throw new Error(await answer.text());
    const edge = Number(answer.headers.get("x-edge"));
    const rgb = new Uint8Array(await answer.arrayBuffer());
    const image = new ImageData(edge, edge);
    for (let from = 0, to = 0; from < rgb.length; from += 3, to += 4) {
      image.data[to] = rgb[from];
      image.data[to + 1] = rgb[from + 1];
      image.data[to + 2] = rgb[from + 2];
      image.data[to + 3] = 255;
    }
    if (canvas.width !== edge) canvas.width = canvas.height = edge;
    context.putImageData(image, 0, 0);
    const drawn = performance.now() - started;
    await new Promise(requestAnimationFrame);
    if (i < warm) continue;
    taken.drawn.push(drawn);
    taken.shown.push(performance.now() - started);
  }
  return taken;
};

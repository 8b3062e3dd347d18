// Draws the same points with our map and with Plotly's scattergl, by turns, in one page; each frame pans a little.
// A frame counts as drawn when one of its pixels can be read back, so work left to another process is waited for.

const EDGES = { width: 960, height: 800 };

// The one place that knows the map's drawing code: -> draw(x, y), the frame whose middle is there, all points in view.
async function ourMap(xy, index, palette) {
  const { PointCanvas } = await import("/widgets/latent_map/points/point_canvas.js");
  const canvas = document.body.appendChild(Object.assign(document.createElement("canvas"), EDGES));
  Object.assign(canvas.style, { width: `${EDGES.width}px`, height: `${EDGES.height}px` });
  const points = new PointCanvas(canvas);
  points.setPoints(xy);
  points.setColours(index, palette);
  const context = canvas.getContext("2d");
  return {
    draw(x, y) {
      points.setView({ x, y, zoom: 1 });
      points.draw();
      return context.getImageData(EDGES.width >> 1, EDGES.height >> 1, 1, 1).data[3];
    },
    select(mask) {
      points.setMasks(mask, null, false);
    },
    diameter: points.diameter,
    reach: [EDGES.width / 2 / points.scale, EDGES.height / 2 / points.scale], // half of what is in view, map units
    inked: () => inked(context.getImageData(0, 0, EDGES.width, EDGES.height).data),
    remove: () => canvas.remove(),
  };
}

async function plotly(xy, index, palette, { diameter: size, reach: [across, up] }) {
  const place = document.body.appendChild(document.createElement("div"));
  const x = xy.filter((_, i) => i % 2 === 0);
  const y = xy.filter((_, i) => i % 2 === 1);
  const colorscale = palette.map((colour, i) => [i / (palette.length - 1), colour]);
  const marker = { size, line: { width: 0 }, color: Array.from(index), colorscale };
  const layout = {
    ...EDGES,
    margin: { l: 0, r: 0, t: 0, b: 0 },
    xaxis: { range: [-across, across] },
    yaxis: { range: [-up, up] },
  };
  await Plotly.newPlot(place, [{ type: "scattergl", mode: "markers", x, y, marker }], layout, { staticPlot: false });
  const gl = place.querySelector("canvas.gl-canvas-context").getContext("webgl");
  if (!gl) throw new Error("no WebGL in this browser");
  return {
    async draw(x, y) {
      await Plotly.relayout(place, { "xaxis.range": [x - across, x + across], "yaxis.range": [y - up, y + up] });
      const pixel = new Uint8Array(4);
      gl.readPixels(EDGES.width >> 1, EDGES.height >> 1, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
      return pixel[3];
    },
    async inked() {
      await this.draw(0, 0);
      const pixels = new Uint8Array(4 * gl.drawingBufferWidth * gl.drawingBufferHeight);
      gl.readPixels(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
      return inked(pixels);
    },
    remove: () => {
      Plotly.purge(place);
      place.remove();
    },
  };
}

// The share of pixels with anything on them: a blank map is drawn fastest.
function inked(rgba) {
  let count = 0;
  for (let i = 3; i < rgba.length; i += 4) count += rgba[i] > 0;
  return (4 * count) / rgba.length;
}

function points(count) {
  const xy = new Float32Array(2 * count);
  const index = new Uint8Array(count);
  let state = 1;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 4294967296;
  };
  for (let i = 0; i < count; i++) {
    const cluster = Math.floor(uniform() * 40);
    const radius = 0.08 * Math.sqrt(-2 * Math.log(uniform())) * (0.5 + (cluster % 5) / 4);
    const angle = 2 * Math.PI * uniform();
    xy[2 * i] = 0.75 * Math.cos(cluster * 2.4) * Math.sqrt(cluster / 40) + radius * Math.cos(angle);
    xy[2 * i + 1] = 0.75 * Math.sin(cluster * 2.4) * Math.sqrt(cluster / 40) + radius * Math.sin(angle);
    index[i] = cluster % 12;
  }
  return { xy, index };
}

const nextFrame = () => new Promise(requestAnimationFrame);

// -> milliseconds of each frame of ours and of theirs; `selected`, of ours while a third is selected; `shown`, the time
// between two frames that our browser shows; `select`, what it takes to lay another selection over the points
async ({ count, rounds, oursPerRound, palette }) => {
  const { xy, index } = points(count);
  const ours = await ourMap(xy, index, palette);
  const theirs = await plotly(xy, index, palette, ours); // the same view, points of the same size
  const taken = { ours: [], theirs: [], selected: [], select: [], shown: [] };
  let step = 0;
  const timed = async (map, samples) => {
    const at = 0.03 * Math.sin(++step);
    const started = performance.now();
    await map.draw(at, -at);
    samples.push(performance.now() - started);
  };
  for (let i = 0; i < 5; i++) await timed(ours, []);
  await timed(theirs, []);
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < oursPerRound; i++) {
      await timed(ours, taken.ours);
      await nextFrame();
    }
    await timed(theirs, taken.theirs);
    await nextFrame();
  }
  taken.inked = { ours: ours.inked(), theirs: await theirs.inked() };
  taken.diameter = ours.diameter;
  theirs.remove();
  for (let i = 0, before = await nextFrame(); i < 30; i++) {
    await timed(ours, []);
    const now = await nextFrame();
    taken.shown.push(now - before);
    before = now;
  }
  for (let round = 0; round < rounds; round++) {
    const mask = Uint8Array.from({ length: Math.ceil(count / 8) }, (_, i) => 0x49 << ((i + round) % 3));
    const started = performance.now();
    ours.select(mask);
    taken.select.push(performance.now() - started);
    for (let i = 0; i < oursPerRound; i++) {
      await timed(ours, taken.selected);
      await nextFrame();
    }
  }
  ours.remove();
  return taken;
};

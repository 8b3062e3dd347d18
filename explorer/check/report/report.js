// Draws the charts in the colours of the theme that is shown, again when it changes or when it is printed.
const figures = JSON.parse(document.getElementById("figures").textContent);
const places = document.querySelectorAll(".chart");
const SERIES = ["#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#882255", "#999933", "#aa4499"];

function theme() {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(`--${name}`).trim();
  return {
    paper: of("paper"),
    panel: of("panel"),
    ink: of("ink"),
    quiet: of("quiet"),
    line: of("line"),
    accent: of("accent"),
    faint: of("faint"),
    font: getComputedStyle(document.body).fontFamily,
  };
}

function coloured(word, now) {
  const place = /^series (\d+)$/.exec(word);
  if (!place) return now[word] || word;
  return place[1] === "0" ? now.accent : SERIES[(place[1] - 1) % SERIES.length];
}

function trace(given, now) {
  const made = structuredClone(given);
  if (made.marker?.color) made.marker.color = coloured(made.marker.color, now);
  if (made.line) made.line.color = coloured(made.line.color, now);
  if (made.type === "heatmap") {
    made.colorscale = [
      [0, now.panel],
      [1, now.accent],
    ];
    made.colorbar = { thickness: 10, outlinewidth: 0, tickfont: { color: now.quiet } };
  }
  return made;
}

function axis(given, now) {
  return {
    ...given,
    color: now.quiet,
    gridcolor: now.line,
    linecolor: now.line,
    zerolinecolor: now.line,
    automargin: true,
    title: { ...given.title, font: { color: now.quiet } },
  };
}

function layout(figure, now) {
  const heat = figure.kind === "heat";
  const made = {
    ...figure.layout,
    paper_bgcolor: now.paper,
    plot_bgcolor: now.paper,
    barmode: "group",
    bargap: 0.25,
    font: { family: now.font, size: 12.5, color: now.ink },
    margin: { l: 64, r: 12, t: 8, b: 48 },
    legend: { orientation: "h", y: 1.02, yanchor: "bottom", x: 0, font: { color: now.ink } },
    hoverlabel: { bgcolor: now.panel, bordercolor: now.line, font: { color: now.ink } },
    xaxis: axis(figure.layout.xaxis, now),
    yaxis: axis(figure.layout.yaxis, now),
  };
  if (figure.layout.showlegend) made.margin.t = 40;
  if (heat) {
    Object.assign(made.xaxis, { type: "category", dtick: 1, side: "top", tickangle: -45, showgrid: false });
    Object.assign(made.yaxis, { type: "category", dtick: 1, autorange: "reversed", showgrid: false });
  }
  return made;
}

function draw() {
  const now = theme();
  figures.forEach((figure, i) => {
    Plotly.react(
      places[i],
      figure.data.map((given) => trace(given, now)),
      layout(figure, now),
      { responsive: true, displayModeBar: false },
    );
  });
}

draw();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
addEventListener("beforeprint", draw);
addEventListener("afterprint", draw);

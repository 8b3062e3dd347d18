// Puts the map into an empty page: `show({…})` sends it other data, `kept` is what it told the page that it keeps.
async ([code, css, data]) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [sheet];
  const here = document.createElement("div");
  here.style.width = "900px";
  const colours = { "background-color": "#fff", "text-color": "#222", "border-color": "#ddd", "primary-color": "#06c" };
  for (const [name, colour] of Object.entries(colours)) here.style.setProperty(`--st-${name}`, colour);
  document.body.replaceChildren(here);
  const { default: show } = await import(code);
  window.kept = [];
  const component = { parentElement: here, setTriggerValue() {}, setStateValue: (...said) => kept.push(said) };
  window.show = (more) => {
    window.data = { ...window.data, ...more };
    show({ ...component, data: window.data });
  };
  const shop = {
    points: "/api/map?model=tiny&name=pca",
    colours: "/api/colours?by=brand",
    place: "tiny/pca",
    placed: 80,
    by: "brand",
  };
  const nothing = {
    low: "",
    high: "",
    missing: 0,
    anchors: {},
    view: null,
    steps: "",
    stepsMax: 6000,
    shown: "",
    hide: false,
    clusters: "",
    atlas: null,
  };
  window.show({
    ...shop,
    ...nothing,
    ...data,
    title: "Map.",
    version: 1,
    selection: "/api/selection?model=tiny&map=pca",
  });
};

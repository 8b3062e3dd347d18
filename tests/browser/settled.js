// Once Streamlit runs nothing and all stands where it is for some frames: the boxes of elements; see standing.py.
([elements, wanted, turn]) => {
  if (elements.some((element) => !element.isConnected)) return { gone: true };
  const laid = ["stElementContainer", "stVerticalBlock", "stHorizontalBlock", "stMain"]
    .map((name) => `[data-testid=${name}]`)
    .join();
  const boxOf = (element) => element.getBoundingClientRect().toJSON();
  const app = document.querySelector("[data-testid=stApp]")?.dataset;
  const runs = app && (app.testScriptState !== "notRunning" || app.testConnectionState !== "CONNECTED");
  const ends = (animation) => animation.effect.getComputedTiming().endTime < Infinity;
  const moves = document.getAnimations().some((each) => each.playState === "running" && ends(each));
  const boxes = elements.map(boxOf);
  const said = JSON.stringify([boxes, [...document.querySelectorAll(laid)].map(boxOf)]);
  const before = window.standing?.turn === turn ? window.standing : { frames: 0 };
  const frames = !runs && !moves && said === before.said ? before.frames + 1 : 0;
  window.standing = { turn, said, frames };
  return frames >= wanted && { boxes };
};

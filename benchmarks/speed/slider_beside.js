// Arms a watch: window.frame resolves to the milliseconds from the next key press to the picture's change, decoded.
() => {
  const picture = () => document.querySelector("[data-testid=stImage] img, [data-testid=stImageContainer] img");
  const before = picture().src;
  window.frame = new Promise((resolve) => {
    let pressed = 0;
    addEventListener("keydown", () => (pressed = performance.now()), { capture: true, once: true });
    const watch = new MutationObserver(async () => {
      const image = picture();
      if (!image || image.src === before) return;
      watch.disconnect();
      await image.decode();
      resolve(performance.now() - pressed);
    });
    watch.observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["src"] });
  });
};

// Two days of one view: the later lies on the earlier, and a slider moves the line between them. The slider is an ordinary
// one, so the arrow keys move it. Without this script the two stand side by side.
(() => {
  "use strict";
  const pair = document.querySelector("[data-compare]");
  if (!pair) return;
  const slide = pair.querySelector("[data-slide]");
  const range = slide.querySelector("input");
  const side = document.querySelector("[data-side]");

  const lay = (over) => {
    pair.classList.toggle("over", over);
    slide.hidden = !over;
    side.setAttribute("aria-pressed", String(!over));
  };
  const move = () => { pair.style.setProperty("--at", `${range.value}%`); };

  range.addEventListener("input", move);
  side.addEventListener("click", () => lay(!pair.classList.contains("over")));
  side.hidden = false;
  lay(true);
  move();
})();

// A signature drawn with finger, pen or mouse, kept as the path of an SVG in a hidden field. Whatever needs this script is
// marked data-needs-script and stays hidden without it: a typed name does the same. What may be kept is decided by the
// server (consultations/rules/signatures.py).
(() => {
  "use strict";
  const WIDTH = 600, HEIGHT = 200, MOST_POINTS = 1900, NEAR = 3;
  const within = (value, most) => Math.max(0, Math.min(most, Math.round(value)));
  const written = (strokes) => strokes.map((stroke) => `M${stroke.map((point) => point.join(" ")).join("L")}`).join("");
  const read = (path) => path.split("M").filter(Boolean).map((stroke) => stroke.split("L").map((point) => point.split(" ").map(Number)));

  const prepare = (pad) => {
    const sheet = pad.querySelector("svg"), line = sheet.querySelector("path.drawn");
    const field = pad.querySelector("input"), again = pad.querySelector("[data-sign-again]");
    let strokes = read(field.value), stroke = null, points = strokes.flat().length;

    const show = () => {
      line.setAttribute("d", written(strokes));
      field.value = written(strokes.filter((one) => one.length > 1));
      again.disabled = strokes.length === 0;
    };
    const place = (event) => {
      const box = sheet.getBoundingClientRect();
      return [within((event.clientX - box.left) / box.width * WIDTH, WIDTH), within((event.clientY - box.top) / box.height * HEIGHT, HEIGHT)];
    };
    const add = (event) => {
      const point = place(event), last = stroke[stroke.length - 1];
      if (points >= MOST_POINTS || last && Math.hypot(point[0] - last[0], point[1] - last[1]) < NEAR) return;
      stroke.push(point);
      points += 1;
    };

    sheet.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || stroke) return;
      event.preventDefault();
      sheet.setPointerCapture(event.pointerId);
      strokes.push(stroke = []);
      add(event);
      show();
    });
    sheet.addEventListener("pointermove", (event) => {
      if (!stroke) return;
      for (const one of event.getCoalescedEvents?.() ?? []) add(one);
      add(event);
      show();
    });
    const lift = () => {
      if (stroke?.length === 1) stroke.push([Math.min(WIDTH, stroke[0][0] + 1), stroke[0][1]]);
      stroke = null;
      strokes = strokes.filter((one) => one.length);
      show();
    };
    for (const end of ["pointerup", "pointercancel"]) sheet.addEventListener(end, lift);
    again.addEventListener("click", () => { strokes = []; stroke = null; points = 0; show(); });
    show();
  };

  document.addEventListener("DOMContentLoaded", () => {
    for (const hidden of document.querySelectorAll("[data-needs-script]")) hidden.hidden = false;
    for (const pad of document.querySelectorAll("[data-sign]")) prepare(pad);
    for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());
  });
})();

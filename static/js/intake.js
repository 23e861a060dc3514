// The health form keeps every answer as it is given. Without this script the buttons do it; with it, also while
// somebody types, and when the page is left without a word.
(() => {
  "use strict";
  const form = document.querySelector("form.health");
  if (!form) return;
  let typed = false;
  let waiting = 0;
  const keep = () => { clearTimeout(waiting); if (typed) { typed = false; htmx.trigger(form, "keep"); } };

  form.addEventListener("input", (event) => {
    if (!event.target.matches("textarea, input[type=text]")) return;
    typed = true;
    clearTimeout(waiting);
    waiting = setTimeout(keep, 1000);
  });
  form.addEventListener("change", () => { typed = false; clearTimeout(waiting); });
  form.addEventListener("submit", () => { typed = false; clearTimeout(waiting); });

  // What this page is keeping at this moment is its own: sent before it knows so, the page would be asked which
  // of its two answers is right. A line that says nothing holds nobody up for long.
  let keeping = 0;
  let goOn = null;
  form.addEventListener("htmx:beforeRequest", () => { keeping += 1; });
  form.addEventListener("htmx:afterRequest", () => { keeping -= 1; if (goOn) goOn(); });
  form.addEventListener("submit", (event) => {
    if (!keeping || goOn) return;
    event.preventDefault();
    form.setAttribute("aria-busy", "true");
    const button = event.submitter;
    const enough = setTimeout(() => goOn(), 5000);
    goOn = () => { clearTimeout(enough); form.requestSubmit(button); };
  });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") keep(); });
  window.addEventListener("pagehide", () => {
    if (typed) navigator.sendBeacon(form.getAttribute("hx-post"), new FormData(form));
  });
  // What was answered before this script had come over a slow line.
  window.addEventListener("load", () => {
    const changed = (box) => box.type === "radio" || box.type === "checkbox"
      ? box.checked !== box.defaultChecked
      : box.matches("textarea, input[type=text]") && box.value !== box.defaultValue;
    if ([...form.elements].some(changed)) htmx.trigger(form, "keep");
  });
  // A page out of the browser's memory does not know what was written since.
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

  // Said alone: a tick on "none of these" takes the others back, and the other way round.
  form.addEventListener("change", ({ target }) => {
    if (target.type !== "checkbox" || !target.checked) return;
    const beside = [...form.querySelectorAll(`input[type=checkbox][name="${target.name}"]`)];
    const alone = target.value === "none";
    if (!alone && !beside.some((box) => box.value === "none")) return;
    beside.forEach((box) => { if (box !== target && (alone || box.value === "none")) box.checked = false; });
  }, true);

  // A long list can be searched: what does not fit steps back, what is ticked stays.
  document.querySelectorAll("[data-find]").forEach((list) => {
    const rows = [...list.querySelectorAll(".form-check")];
    if (rows.length < 15) return;
    const box = document.createElement("input");
    box.type = "search";
    box.className = "form-control find-in-list";
    box.placeholder = list.dataset.find;
    box.setAttribute("aria-label", list.dataset.find);
    box.addEventListener("input", (event) => {
      event.stopPropagation();
      const wanted = box.value.trim().toLocaleLowerCase();
      rows.forEach((row) => {
        const last = row.querySelector("[value=none], [value=not_sure], [value=private], :checked");
        row.hidden = !last && !row.textContent.toLocaleLowerCase().includes(wanted);
      });
      list.querySelectorAll(".choices > strong").forEach((heading) => { heading.hidden = wanted !== ""; });
    });
    box.addEventListener("change", (event) => event.stopPropagation());
    box.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
    list.querySelector(".choices").before(box);
  });
})();

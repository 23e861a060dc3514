// Who it could be, while somebody types. form[data-find] is the box's form and the address that answers with the list alone;
// [data-results] in it (the bar of every page) or beside it (the page of patients) is where the list goes. The text is sent as
// the form would send it, never in an address. Without this, Enter finds as ever.
(() => {
  "use strict";
  const PAUSE = 150, FEWEST = 2, PATIENCE = 10_000;
  const form = document.querySelector("form[data-find]");
  if (!form) return;
  const box = form.elements.q;
  const results = form.querySelector("[data-results]") ?? document.querySelector("[data-results]");
  const said = document.querySelector("[data-said]");
  const isInBar = form.contains(results);
  const typed = () => box.value.trim();
  const isEnough = () => [...typed()].length >= FEWEST;

  let shown = isInBar ? "" : box.defaultValue.trim(); // what the list on the page is of
  let timer = 0;
  let fetching = new AbortController();
  let then = "";                      // Enter or ArrowDown, pressed before the list was there: meant for it

  const first = () => results.querySelector("[data-first]");
  const open = (yes) => { if (isInBar) results.hidden = !yes; };
  const say = (words) => { if (said.textContent !== words) said.textContent = words; };

  // ---- Asking -------------------------------------------------------------------------------------------------------------

  const show = (html) => {
    const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("[data-count]");
    results.replaceChildren(fresh);
    say(fresh.dataset.count);
    if (!isInBar) history.replaceState(null, "", fresh.dataset.address); // what was typed waits in the session, for the way back
  };
  const showWords = (words) => {
    const line = document.createElement("p");
    line.className = "found-words";
    line.textContent = words;
    results.replaceChildren(line);
    say(words);
  };
  const clear = () => {
    shown = "";
    results.replaceChildren();
    open(false);
    say("");
  };

  const ask = async () => {
    const text = typed(), control = fetching = new AbortController();
    const late = setTimeout(() => control.abort(), PATIENCE);
    let words = form.dataset.failed;
    try {
      const answer = await fetch(form.dataset.find, {
        method: "POST", body: new FormData(form), cache: "no-store", redirect: "manual", signal: control.signal,
      });
      if (answer.type === "opaqueredirect") words = form.dataset.loggedOut;
      if (!answer.ok) throw new Error("no list");
      const html = await answer.text();
      if (control !== fetching) return;
      show(html);
    } catch {
      if (control !== fetching) return; // they typed on: the next answer counts
      if (then === "Enter") { form.submit(); return; } // as it is without a script
      showWords(words);
    } finally {
      clearTimeout(late);
    }
    shown = text;
    open(true);
    const key = then;
    then = "";
    if (key) act(key);
  };
  const stop = () => {
    clearTimeout(timer);
    timer = 0;
    then = "";
    fetching.abort();
    fetching = new AbortController();
  };
  const soon = () => {
    stop();
    if (!isEnough()) clear();
    else if (typed() !== shown) timer = setTimeout(ask, PAUSE);
    else open(true);
  };
  const now = () => { if (timer) { clearTimeout(timer); timer = 0; ask(); } };

  // Half a syllable of a script that is put together while typing is nobody's name.
  box.addEventListener("input", (event) => { if (!event.isComposing) soon(); });
  box.addEventListener("compositionstart", stop);
  box.addEventListener("compositionend", soon);
  if (document.activeElement === box && typed() !== shown) soon(); // typed before this was there

  // ---- Keys ---------------------------------------------------------------------------------------------------------------

  const act = (key) => {
    const link = first();
    if (!link) { if (key === "Enter") form.submit(); return; } // nobody: the page where somebody new is added
    if (key === "Enter") link.click(); else link.focus();
  };
  const isPlain = (event) => !(event.ctrlKey || event.metaKey || event.altKey || event.shiftKey);

  box.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || !isPlain(event)) return;
    if (event.key === "Escape" && isInBar && !results.hidden) { event.preventDefault(); open(false); return; }
    if (!["Enter", "ArrowDown"].includes(event.key) || !isEnough()) return;
    if (shown === typed()) {
      if (!first()) return; // Enter as without a script
      event.preventDefault();
      open(true);
      act(event.key);
      return;
    }
    event.preventDefault();
    then = event.key;
    now();
  });

  const linksOf = (row) => [...row.querySelectorAll("a")];
  const walk = (link, key) => {
    const rows = [...results.querySelectorAll("tbody tr")], row = link.closest("tr");
    const links = linksOf(row), at = links.indexOf(link), line = rows.indexOf(row);
    if (key === "ArrowLeft" || key === "ArrowRight") return links[at + (key === "ArrowRight" ? 1 : -1)] ?? link;
    const next = rows[line + (key === "ArrowDown" ? 1 : -1)];
    if (!next) return key === "ArrowUp" ? box : link;
    return linksOf(next)[at] ?? linksOf(next).at(-1);
  };
  results.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const link = event.target.closest("a");
    if (link && event.key.startsWith("Arrow")) {
      event.preventDefault();
      event.stopPropagation(); // elsewhere the arrows turn to another day
      walk(link, event.key).focus();
    } else if (isInBar && event.key === "Escape") {
      box.focus();
      open(false);
    } else if (isInBar && event.key.length === 1 && event.key !== "/") {
      event.stopPropagation(); // letters go on in the box: nobody is checked in by the "a" of a name
      box.focus();
    }
  });

  if (!isInBar) return;
  box.addEventListener("focus", () => { if (shown && shown === typed()) open(true); });
  form.addEventListener("focusout", (event) => { if (!form.contains(event.relatedTarget)) open(false); });
})();

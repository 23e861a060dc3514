// Keys for staff pages. An element with data-key="m" is pressed (or, a field or a heading, focused) by that key; data-move
// on a list lets j and k walk its links, and the cards of the day board. Single keys can be switched off (WCAG 2.1.4) by the
// button marked data-keys-switch.
(() => {
  "use strict";
  const OFF = "clinic-keys-off";
  const remembered = () => { try { return localStorage.getItem(OFF) === "1"; } catch { return false; } };
  let off = remembered();
  let waiting = "";

  const showSwitch = () => {
    for (const button of document.querySelectorAll("[data-keys-switch]")) {
      button.hidden = false;
      button.setAttribute("aria-pressed", String(!off));
    }
  };
  const typing = (target) => target.closest("input, textarea, select, [contenteditable], dialog") !== null;
  const isShown = (element) => element.getClientRects().length > 0;

  const walk = (step) => {
    const links = [...document.querySelectorAll("[data-move] a, .visit a")].filter(isShown);
    if (!links.length) return;
    const at = links.indexOf(document.activeElement);
    const current = at >= 0 ? at : links.findIndex((link) => link.hasAttribute("aria-current"));
    const link = links[Math.min(links.length - 1, Math.max(0, current + step))];
    link.focus();
    link.dispatchEvent(new CustomEvent("walked", { bubbles: true }));
  };

  // What the panel of a visit offers is fetched: a key pressed meanwhile is meant for that visit, not for the one before.
  const isComing = () => document.querySelector("[data-keys-wait][aria-busy='true']");
  const press = (key) => {
    const named = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find(isShown);
    const coming = isComing();
    if (coming && (!named || coming.contains(named))) { waiting = key; return true; }
    if (!named) return false;
    if (named.matches("input, select, textarea, [tabindex]")) named.focus(); else named.click();
    return true;
  };

  document.addEventListener("keydown", (event) => {
    if (off || event.ctrlKey || event.metaKey || event.altKey || event.repeat || typing(event.target)) return;
    if (event.key === "j" || event.key === "k") walk(event.key === "j" ? 1 : -1);
    else if (event.key.length === 1 || event.key === "ArrowLeft" || event.key === "ArrowRight") {
      if (event.key !== " " && press(event.key)) event.preventDefault();
    }
  });
  document.addEventListener("settled", () => {
    const key = waiting;
    waiting = "";
    if (key) press(key);
  });

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-keys-switch]")) return;
    off = !off;
    try { localStorage.setItem(OFF, off ? "1" : "0"); } catch { /* a private window forgets */ }
    showSwitch();
  });
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", showSwitch); else showSwitch();
})();

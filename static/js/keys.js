// Keys for staff pages. An element with data-key="m" is pressed (or, a field, focused) by that key; data-move on a list
// lets j and k walk its links. Single keys can be switched off (WCAG 2.1.4) by the button marked data-keys-switch.
(() => {
  "use strict";
  const OFF = "clinic-keys-off";
  const remembered = () => { try { return localStorage.getItem(OFF) === "1"; } catch { return false; } };
  let off = remembered();

  const showSwitch = () => {
    for (const button of document.querySelectorAll("[data-keys-switch]")) {
      button.hidden = false;
      button.setAttribute("aria-pressed", String(!off));
    }
  };
  const typing = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;

  const walk = (step) => {
    const links = [...document.querySelectorAll("[data-move] a")];
    if (!links.length) return;
    const at = links.indexOf(document.activeElement);
    const current = at >= 0 ? at : links.findIndex((link) => link.hasAttribute("aria-current"));
    links[Math.min(links.length - 1, Math.max(0, current + step))].focus();
  };

  document.addEventListener("keydown", (event) => {
    if (off || event.ctrlKey || event.metaKey || event.altKey || event.repeat || typing(event.target)) return;
    const named = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (named) {
      event.preventDefault();
      if (named.matches("input, select, textarea")) named.focus(); else named.click();
    } else if (event.key === "j" || event.key === "k") {
      walk(event.key === "j" ? 1 : -1);
    }
  });

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-keys-switch]")) return;
    off = !off;
    try { localStorage.setItem(OFF, off ? "1" : "0"); } catch { /* a private window forgets */ }
    showSwitch();
  });
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", showSwitch); else showSwitch();
})();

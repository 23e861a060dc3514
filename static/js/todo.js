// One key for each button of the row that has the focus: data-row-key inside data-row. It comes before the keys of the
// whole page (keys.js), and is switched off together with them (WCAG 2.1.4).
(() => {
  "use strict";
  const off = () => { try { return localStorage.getItem("clinic-keys-off") === "1"; } catch { return false; } };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || off()) return;
    const row = event.target.closest("[data-row]");
    if (!row || event.target.closest("input, textarea, select")) return;
    const button = row.querySelector(`[data-row-key="${CSS.escape(event.key)}"]`);
    if (!button) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    button.click();
  }, true);
})();

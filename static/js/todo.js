// The list of things to do: a key for each button of the row that has the focus, and the list kept up to date while it stays
// open. Without it the page is whole as the server sends it.

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

// Asks whether anything is new, as the day board does, and puts new lines in the place of old ones. A line in which somebody
// types stays as it is, and nothing moves under a hand that is about to press.
(() => {
  "use strict";
  const ASK_EVERY = 12_000, TICK = 1_000, OLD_AFTER = 60_000, PATIENCE = 10_000, AT_REST = 1_500;
  const list = () => document.getElementById("todo");
  const old = document.getElementById("old");
  if (!list() || !old) return; // close of day has such lines, too, and is read once
  let ahead = 0;      // of the server's clock before ours
  let heardAt = 0;    // ours, when the server last answered
  let touchedAt = 0;  // ours, when a hand last moved over the list
  let asking = false;
  let waiting = null; // the newest list, while there is a hand on the old one

  const hearFrom = (at) => { ahead = at - Date.now(); heardAt = Date.now(); };
  const clock = (moment) => new Intl.DateTimeFormat(document.documentElement.lang || "en", {
    timeZone: list().dataset.tz, hour: "numeric", minute: "2-digit", hour12: true,
  }).format(moment).replace(/\s/g, " ").toLowerCase();
  const showBanner = () => {
    const isOld = Date.now() - heardAt > OLD_AFTER;
    const words = isOld ? old.dataset.words.replace("{time}", clock(heardAt + ahead)) : "";
    if (old.textContent !== words) old.textContent = words;
    old.hidden = !words;
  };

  const FIELDS = "input:not([type=hidden]), textarea, select";
  const isChanged = (field) => {
    if (field.matches("select")) return [...field.options].some((one) => one.selected !== one.defaultSelected);
    if (field.matches("[type=checkbox], [type=radio]")) return field.checked !== field.defaultChecked;
    return field.value !== field.defaultValue;
  };
  const isWrittenIn = (row) => [...row.querySelectorAll(FIELDS)].some((field) => field === document.activeElement || isChanged(field));

  const plain = (element) => {
    const copy = element.cloneNode(true);
    for (const token of copy.querySelectorAll("[name=csrfmiddlewaretoken]")) token.remove();
    for (const one of copy.querySelectorAll("[autofocus]")) one.removeAttribute("autofocus");
    for (const one of copy.querySelectorAll("details")) one.removeAttribute("open");
    return copy.outerHTML;
  };
  const rows = (place) => new Map([...place.querySelectorAll("[data-row][id]")].map((row) => [row.id, row]));
  const wayTo = (element) => {
    const row = element?.closest?.("[data-row][id]");
    if (!row) return null;
    const named = ["data-row-key", "value", "href", "name"].find((name) => element.hasAttribute(name));
    const order = [...rows(list()).keys()];
    return {
      row: row.id, below: order.slice(order.indexOf(row.id) + 1),
      part: named ? `${element.localName}[${named}="${CSS.escape(element.getAttribute(named))}"]` : element.localName,
    };
  };
  const focusAgain = (element, way) => {
    if (!way || document.activeElement !== document.body) return;
    if (element.isConnected) { element.focus({ preventScroll: true }); return; }
    const same = document.getElementById(way.row)?.querySelector(way.part);
    const next = way.below.map((id) => document.getElementById(id)).find(Boolean);
    (same ?? next?.querySelector("[data-move] a") ?? next?.querySelector("a, button"))?.focus({ preventScroll: true });
  };

  // False while the new list has no place for what somebody is writing: then it waits.
  const take = (fresh) => {
    const before = rows(list()), after = rows(fresh);
    for (const [id, row] of before) if (!after.has(id) && isWrittenIn(row)) return false;
    const element = document.activeElement, way = wayTo(element);
    for (const [id, row] of after) {
      const known = before.get(id);
      if (!known) continue;
      if (isWrittenIn(known) || plain(known) === plain(row)) { row.replaceWith(known); continue; }
      if (known.querySelector("details[open]")) row.querySelector("details")?.setAttribute("open", "");
    }
    list().replaceChildren(...fresh.childNodes);
    Object.assign(list().dataset, fresh.dataset);
    focusAgain(element, way);
    return true;
  };
  const settle = () => {
    if (waiting && Date.now() - touchedAt > AT_REST && take(waiting)) waiting = null;
  };

  const ask = async () => {
    if (asking || document.hidden) return;
    asking = true;
    const { poll, tag } = (waiting ?? list()).dataset;
    try {
      const answer = await fetch(poll, {
        headers: { "If-None-Match": tag }, cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(PATIENCE),
      });
      const at = Date.parse(answer.headers.get("X-Board-At"));
      if (Number.isNaN(at) || ![200, 304].includes(answer.status)) return;
      if (answer.status === 200) waiting = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("todo") ?? waiting;
      hearFrom(at);
      settle();
    } catch { /* no line: the banner says so when it lasts */ } finally {
      asking = false;
      showBanner();
    }
  };

  const touched = (event) => { if (event.target.closest?.("#todo")) touchedAt = Date.now(); };
  for (const kind of ["pointermove", "pointerdown", "keydown"]) document.addEventListener(kind, touched, { passive: true });
  hearFrom(Date.parse(list().dataset.at));
  setInterval(ask, ASK_EVERY);
  setInterval(() => { settle(); showBanner(); }, TICK);
  document.addEventListener("visibilitychange", () => { showBanner(); ask(); });
  addEventListener("online", ask);
})();

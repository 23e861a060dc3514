// The day board while it stays open: asks whether anything is new, keeps the clock going, opens a visit beside the board, and
// lets cards be dragged. Everything here can be done without it: the page is whole as the server sends it, and each visit has
// its Move… page. All times are the server's; the browser's clock only counts from the last answer.
(() => {
  "use strict";
  const ASK_EVERY = 12_000, TICK = 5_000, OLD_AFTER = 60_000, TOUCH_SHOWN = 60_000, PATIENCE = 10_000;
  const ROW = 5 * 60_000, FAR_ENOUGH = 6, EDGE = 48, STOPS_FOR = 120;
  const LONG_WAIT = 15, TOO_LONG = 30; // minutes, as views/desk/lines.py

  const byId = (id) => document.getElementById(id);
  const desk = () => byId("desk");
  const board = () => byId("board");
  const scroller = () => document.querySelector(".board-scroll");
  const isPhone = () => matchMedia("(max-width: 47.99rem)").matches;
  const drop = byId("drop");
  let ahead = 0;        // of the server's clock before ours
  let heardAt = 0;      // ours, when the server last answered
  let asking = false;
  let fetching = new AbortController();
  let drag = null;

  const now = () => Date.now() + ahead;
  const isOld = () => Date.now() - heardAt > OLD_AFTER;
  const clock = (moment) => new Intl.DateTimeFormat(document.documentElement.lang || "en", {
    timeZone: desk().dataset.tz, hour: "numeric", minute: "2-digit", hour12: true,
  }).format(moment).replace(/\s/g, " ").toLowerCase();
  const hearFrom = (at) => { ahead = at - Date.now(); heardAt = Date.now(); };

  // ---- What the server sent takes the place of what is there ---------------------------------------------------------------

  const parse = (html) => new DOMParser().parseFromString(html, "text/html");
  const plain = (element) => {
    const copy = element.cloneNode(true);
    for (const token of copy.querySelectorAll("[name=csrfmiddlewaretoken]")) token.remove();
    for (const touch of copy.querySelectorAll(".touch")) touch.textContent = "";
    copy.classList.remove("dragged", "flies");
    copy.removeAttribute("style");
    return copy.outerHTML;
  };
  const isSame = (one, other) => one.isEqualNode(other) || plain(one) === plain(other);

  const wayTo = (element) => {
    const card = element?.closest?.(".visit[id]");
    if (card) return `#${card.id} ${element.localName}`;
    if (element?.id) return `#${CSS.escape(element.id)}`;
    const part = element?.closest?.("#rail, #side, #board");
    const named = ["data-key", "href", "name"].find((name) => element?.hasAttribute?.(name));
    return part && named ? `#${part.id} ${element.localName}[${named}="${CSS.escape(element.getAttribute(named))}"]` : "";
  };

  const replaceColumn = (old, fresh) => {
    const known = new Map([...old.children].filter((item) => item.id).map((item) => [item.id, item]));
    const items = [...fresh.children].map((item) => {
      const before = item.id && known.get(item.id);
      return before && isSame(before, item) ? before : item;
    });
    old.className = fresh.className;
    old.replaceChildren(...items);
    return items.filter((item) => item.matches(".touched") && !known.has(item.id) || (known.get(item.id) ?? item) !== item);
  };

  const replaceBoard = (old, fresh) => {
    const columns = (place) => [...place.querySelectorAll(".board-col")];
    const names = (place) => columns(place).map((column) => column.id).join();
    const at = scroller(), left = at.scrollLeft, top = at.scrollTop;
    let changed = [];
    if (names(old) === names(fresh)) {
      columns(old).forEach((column) => { changed = changed.concat(replaceColumn(column, fresh.querySelector(`#${column.id}`))); });
      for (const column of columns(fresh)) column.replaceWith(old.querySelector(`#${column.id}`));
    } else changed = [...fresh.querySelectorAll(".visit.touched")];
    old.replaceChildren(...fresh.childNodes);
    scroller().scrollTo({ left, top, behavior: "instant" });
    return changed.filter((item) => item.matches(".touched"));
  };

  const take = (page) => {
    const fresh = page.getElementById("desk");
    const focused = wayTo(document.activeElement);
    let touched = [];
    for (const id of ["said", "tally", "rail", "side", "place"]) {
      const old = byId(id), other = page.getElementById(id);
      if (!old || !other || isSame(old, other)) continue;
      if (id === "place") touched = replaceBoard(old, other);
      else old.replaceWith(other);
    }
    Object.assign(desk().dataset, fresh.dataset);
    desk().className = fresh.className;
    if (focused && document.activeElement === document.body) document.querySelector(focused)?.focus({ preventScroll: true });
    const heard = touched.map((card) => `${card.querySelector("bdi, b")?.textContent}: ${card.querySelector(".touch")?.textContent ?? ""}`);
    if (heard.length) byId("heard").textContent = heard.join(". ");
    settle();
  };

  // ---- Asking -------------------------------------------------------------------------------------------------------------

  const ask = async () => {
    if (asking || drag || drop.open || document.hidden) return;
    asking = true;
    const { poll, tag, visit } = desk().dataset;
    try {
      const answer = await fetch(`${poll}&visit=${encodeURIComponent(visit)}`, {
        headers: { "If-None-Match": tag }, cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(PATIENCE),
      });
      const at = Date.parse(answer.headers.get("X-Board-At"));
      if (Number.isNaN(at) || ![200, 304].includes(answer.status)) return;
      const html = answer.status === 200 ? await answer.text() : "";
      if (drag || drop.open || visit !== desk().dataset.visit) return; // they went on meanwhile: it is asked again
      if (html) take(parse(html));
      hearFrom(at);
    } catch { /* no line: the banner says so when it lasts */ } finally {
      asking = false;
      tick();
    }
  };

  // ---- The clock -----------------------------------------------------------------------------------------------------------

  const setNumber = (element, number) => {
    const text = [...element.childNodes].reverse().find((node) => node.nodeType === Node.TEXT_NODE && /\d/.test(node.data));
    const words = text?.data.replace(/\d+/, number);
    if (text && text.data !== words) text.data = words;
  };
  const showBanner = () => {
    const banner = byId("old"), words = isOld() ? banner.dataset.words.replace("{time}", clock(heardAt + ahead)) : "";
    if (banner.textContent !== words) banner.textContent = words;
    banner.hidden = !words;
    board().toggleAttribute("data-drags", !words);
    byId("side").querySelector("[data-key='m']")?.toggleAttribute("aria-disabled", Boolean(words));
  };
  const showNow = () => {
    const row = Math.floor((now() - board().dataset.starts * 1000) / ROW);
    const words = clock(now());
    for (const line of board().querySelectorAll(".board-now, .at-now")) {
      line.className = line.className.replace(/r-\d+/, `r-${Math.min(Math.max(row, 0), board().dataset.rows)}`);
      if (line.matches(".at-now")) line.textContent = words;
    }
  };
  const showWaits = () => {
    for (const waits of document.querySelectorAll("[data-since]")) {
      const minutes = Math.max(0, Math.floor((now() / 1000 - waits.dataset.since) / 60));
      const tag = waits.querySelector(".tag");
      setNumber(tag, minutes);
      tag.className = `tag ${minutes >= TOO_LONG ? "alarm" : minutes >= LONG_WAIT ? "sun" : "leaf"}`;
    }
    for (const held of document.querySelectorAll("[data-until]")) {
      setNumber(held.querySelector(".tag"), Math.max(0, Math.ceil((held.dataset.until - now() / 1000) / 60)));
    }
  };
  const showTouches = () => {
    for (const touch of document.querySelectorAll(".touch")) {
      const since = now() - touch.dataset.at * 1000;
      if (since < TOUCH_SHOWN) { setNumber(touch, Math.max(0, Math.floor(since / 1000))); continue; }
      touch.closest(".visit").classList.remove("touched");
      touch.remove();
    }
  };
  const tick = () => { showBanner(); showNow(); showWaits(); showTouches(); };

  // ---- One visit beside the board -------------------------------------------------------------------------------------------

  const visitOf = (link) => new URL(link.href).searchParams.get("visit");
  const mark = (visit) => {
    desk().dataset.visit = visit;
    for (const card of document.querySelectorAll(".visit.chosen")) {
      card.classList.remove("chosen");
      card.querySelector("a")?.removeAttribute("aria-current");
    }
    const card = visit && byId(`v-${visit}`);
    card?.classList.add("chosen");
    card?.querySelector("a")?.setAttribute("aria-current", "true");
  };
  const stop = (pause, signal) => new Promise((go, end) => {
    setTimeout(go, pause);
    signal.addEventListener("abort", () => end(signal.reason));
  });
  // `pause`: who walks along the cards with j is asked for where they stop.
  const choose = async (link, pause = 0) => {
    const visit = visitOf(link), side = byId("side");
    mark(visit);
    side.setAttribute("aria-busy", "true");
    fetching.abort();
    const { signal } = fetching = new AbortController();
    try {
      if (pause) await stop(pause, signal);
      const answer = await fetch(desk().dataset.card.replace("REFERENCE", encodeURIComponent(visit)), { cache: "no-store", redirect: "manual", signal });
      if (!answer.ok) throw new Error("no card");
      const html = await answer.text();
      byId("side").replaceChildren(...parse(html).body.childNodes);
    } catch {
      if (!signal.aborted) location.assign(link.href); // as it is without a script
      return;
    }
    desk().classList.add("open");
    byId("side").scrollTop = 0;
    byId("side").removeAttribute("aria-busy");
    history.replaceState(null, "", `?visit=${visit}`);
    byId("heard").textContent = byId("chosen")?.textContent ?? "";
    if (isPhone()) byId(`v-${visit}`)?.scrollIntoView({ block: "nearest" }); // above the sheet that has come up
    showBanner();
    document.dispatchEvent(new Event("settled"));
  };
  const close = (link) => {
    const card = document.querySelector(".visit.chosen a");
    fetching.abort();
    mark("");
    desk().classList.remove("open");
    byId("side").replaceChildren();
    history.replaceState(null, "", link.href);
    card?.focus({ preventScroll: true });
  };

  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = event.target.closest("a");
    if (!link) return;
    if (link.matches("[aria-disabled]")) { event.preventDefault(); byId("old").scrollIntoView(); return; }
    if (link.matches("[data-close]")) { event.preventDefault(); close(link); return; }
    if (!link.closest(".visit, .rail") || !visitOf(link) || !byId(`v-${visitOf(link)}`)) return;
    event.preventDefault();
    choose(link);
  });
  document.addEventListener("walked", (event) => { if (event.target.closest(".visit")) choose(event.target, STOPS_FOR); });
  document.addEventListener("keydown", (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const column = event.target.closest?.(".board-col");
    if (!step || !column || event.ctrlKey || event.metaKey || event.altKey) return;
    const links = [...column.querySelectorAll("a")];
    event.preventDefault();
    links[Math.min(links.length - 1, Math.max(0, links.indexOf(event.target.closest("a")) + step))]?.focus();
  });

  // ---- Dragging: a question on top of what the Move… page does ------------------------------------------------------------------

  const key = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    return [...bytes].map((byte, n) => ([4, 6, 8, 10].includes(n) ? "-" : "") + byte.toString(16).padStart(2, "0")).join("");
  };
  const columnAt = (x) => {
    if ("rooms" in board().dataset) return drag.column; // a room is chosen by the door, not by hand
    return [...board().querySelectorAll(".board-col")].find((column) => {
      const place = column.getBoundingClientRect();
      return place.left <= x && x < place.right;
    });
  };
  const target = (event) => {
    const column = columnAt(event.clientX);
    if (!column) return null;
    const place = column.getBoundingClientRect(), rows = Number(board().dataset.rows);
    const every = (drag.card.dataset.every ?? board().dataset.every) * 60_000 / ROW;
    const row = Math.round((event.clientY - drag.grip - place.top) / (place.height / rows) / every) * every;
    return row < 0 || row + drag.span > rows ? null : { column, row };
  };
  const scrollAtEdges = (event) => {
    const at = scroller(), place = at.getBoundingClientRect();
    at.scrollTop += event.clientY > place.bottom - EDGE ? 12 : event.clientY < place.top + 2 * EDGE ? -12 : 0;
    at.scrollLeft += event.clientX > place.right - EDGE ? 12 : event.clientX < place.left + 2 * EDGE ? -12 : 0;
  };
  const timeAt = (row) => board().dataset.starts * 1000 + row * ROW;
  const begin = () => {
    drag.on = true;
    drag.marker = document.createElement("li");
    drag.card.classList.add("dragged");
  };
  const follow = (event) => {
    scrollAtEdges(event);
    const at = scroller();
    drag.card.style.transform = `translate(${event.clientX - drag.x + at.scrollLeft - drag.left}px, ${event.clientY - drag.y + at.scrollTop - drag.top}px)`;
    drag.to = target(event);
    drag.marker.remove();
    if (!drag.to) return;
    drag.marker.className = `board-drop r-${drag.to.row} s-${drag.span}`;
    drag.marker.textContent = clock(timeAt(drag.to.row));
    drag.to.column.append(drag.marker);
  };
  const flyBack = (card) => {
    card.classList.remove("dragged");
    card.classList.add("flies");
    card.style.transform = "";
    card.addEventListener("transitionend", () => card.classList.remove("flies"), { once: true });
  };
  const end = () => {
    const { card, marker, to, column, row } = drag;
    marker?.remove();
    const stays = !to || to.column === column && to.row === row;
    if (stays) flyBack(card); else question(drag);
    drag = null;
  };
  const question = ({ card, to, column }) => {
    const name = card.querySelector("bdi").textContent, time = clock(timeAt(to.row)), who = byId(to.column.id.replace("c-", "h-"));
    const words = to.column === column ? drop.dataset.same : drop.dataset.words;
    byId("drop-words").textContent = words.replace("{name}", name).replace("{time}", time).replace("{who}", who.firstChild.textContent.trim());
    const form = drop.querySelector("form");
    form.action = desk().dataset.drag.replace("REFERENCE", card.id.slice(2));
    const rooms = "rooms" in board().dataset;
    const fields = {
      version: card.dataset.version, key: key(), starts: new Date(timeAt(to.row)).toISOString(),
      who: rooms ? "" : to.column.id.slice(2), seen: new Date(heardAt + ahead).toISOString(),
    };
    for (const [field, value] of Object.entries(fields)) form.elements[field].value = value;
    drop.card = card;
    drop.returnValue = "";
    drop.showModal();
  };
  const send = async (form, card) => {
    let page = null, answer = null;
    try {
      answer = await fetch(form.action, { method: "POST", body: new FormData(form), signal: AbortSignal.timeout(PATIENCE) });
      page = parse(await answer.text());
    } catch { /* said below */ }
    if (page?.getElementById("desk")) {
      take(page);
      hearFrom(Date.parse(desk().dataset.at));
      if (answer.ok) history.replaceState(null, "", answer.url);
    } else {
      const alert = document.createElement("div");
      alert.className = "desk-refused notice sun";
      alert.setAttribute("role", "alert");
      alert.textContent = drop.dataset.failed;
      byId("said").replaceChildren(alert);
    }
    const after = byId(card.id);
    if (after === card) flyBack(card);
    after?.querySelector("a")?.focus({ preventScroll: true });
  };

  document.addEventListener("dragstart", (event) => { if (event.target.closest?.(".visit, .free")) event.preventDefault(); });
  document.addEventListener("pointerdown", (event) => {
    const card = event.target.closest(".visit[data-version]");
    if (!card || event.button || event.pointerType === "touch" || event.target.closest("button") || isOld() || isPhone()) return;
    const at = scroller(), place = card.getBoundingClientRect();
    const row = Number(/\br-(\d+)/.exec(card.className)[1]), span = Number(/\bs-(\d+)/.exec(card.className)[1]);
    drag = { card, row, span, column: card.parentElement, x: event.clientX, y: event.clientY, grip: event.clientY - place.top, left: at.scrollLeft, top: at.scrollTop, on: false };
  });
  document.addEventListener("pointermove", (event) => {
    if (!drag) return;
    if (!drag.on && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > FAR_ENOUGH) begin();
    if (drag.on) follow(event);
  });
  document.addEventListener("pointerup", () => {
    if (drag?.on) {
      // the click that follows is the end of the drag and opens nothing
      addEventListener("click", (event) => { event.preventDefault(); event.stopPropagation(); }, { capture: true, once: true });
      setTimeout(end);
    } else drag = null;
  });
  const giveUp = () => { if (drag?.on) { drag.to = null; end(); } else drag = null; };
  document.addEventListener("pointercancel", giveUp);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && drag) giveUp(); });
  drop.addEventListener("submit", (event) => {
    event.preventDefault();
    drop.returnValue = "move";
    drop.close("move");
    send(event.target, drop.card);
  });
  drop.querySelector("[value=keep]").addEventListener("click", () => drop.close("keep"));
  drop.addEventListener("close", () => { if (drop.returnValue !== "move") { flyBack(drop.card); ask(); } });

  // ---- From the start ---------------------------------------------------------------------------------------------------------

  // Hundreds of empty times would be as many stops of the Tab key: one a column, the arrow keys lead to the rest.
  const settle = () => {
    for (const column of document.querySelectorAll(".board-col")) {
      const free = [...column.querySelectorAll(".free a")], hasCard = column.querySelector(".visit a");
      free.forEach((link, n) => { if (n || hasCard) link.tabIndex = -1; });
    }
    tick();
  };
  const showWhatMatters = () => {
    const at = scroller(), line = board().querySelector(".board-now"), card = board().querySelector(".visit.chosen");
    if (card) at.scrollTop = card.offsetTop - Math.max(60, (at.clientHeight - card.offsetHeight) / 2);
    else if (line) at.scrollTop = line.offsetTop - at.clientHeight / 3;
  };

  hearFrom(Date.parse(desk().dataset.at));
  settle();
  showWhatMatters();
  setInterval(ask, ASK_EVERY);
  setInterval(tick, TICK);
  document.addEventListener("visibilitychange", () => { tick(); ask(); });
  addEventListener("online", ask);
})();

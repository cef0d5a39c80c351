// The desk's keys, clocks, live news and theme. No build; the pages also work without it, only quieter.
"use strict";

(() => {
  const body = document.body;
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  // What lies in a closed <details> has a place on the page and yet nobody sees it.
  const visible = (element) => element.checkVisibility();
  const isText = (element) =>
    element && (element.isContentEditable || /^(TEXTAREA|SELECT)$/.test(element.tagName) ||
      (element.tagName === "INPUT" && !/^(checkbox|radio|button|submit|file)$/.test(element.type)));

  // ---- keys: data-key="n", "g r" (one after the other), "ctrl+enter", "escape", "f2" ----

  // By the key's place, not its letter: on a Russian or Kazakh layout the N key says "т".
  function nameOf(event) {
    if (event.key === "?" || (event.code === "Slash" && event.shiftKey)) return "?";
    const plain = { Enter: "enter", NumpadEnter: "enter", Escape: "escape", Space: "space", Slash: "/", BracketLeft: "[", BracketRight: "]" };
    let name = plain[event.code] || event.code.replace(/^(Key|Digit|Numpad)/, "").toLowerCase();
    if (event.shiftKey) name = "shift+" + name;
    if (event.altKey) name = "alt+" + name;
    if (event.ctrlKey || event.metaKey) name = "ctrl+" + name;
    return name;
  }

  let leader = "";
  let leaderTimer = 0;

  // The keys of the form one is in and of the current row win over the page's.
  function find(name) {
    const fits = (element) => element.dataset.key.toLowerCase() === name && visible(element) && !element.disabled;
    const item = currentItem();
    const near = [document.activeElement?.closest?.("form"), item].filter(Boolean);
    // a form may hold the whole list: the other rows' keys are not meant
    const mine = (element) => [null, item].includes(element.closest("[data-item]"));
    return near.flatMap((part) => all("[data-key]", part)).find((element) => fits(element) && mine(element)) ||
      all("[data-key]").find((element) => fits(element) && !element.closest("[data-item]"));
  }

  function press(element) {
    if (isText(element)) {
      element.focus();
      if (element.select) element.select();
    } else {
      element.click();
      const opened = element.matches("summary") && element.parentElement;
      if (opened?.open) all("input, textarea, select", opened).find(visible)?.focus();
    }
  }

  function onKey(event) {
    if (event.isComposing || event.defaultPrevented) return;
    const name = nameOf(event);
    const typing = isText(event.target);
    if (name === "escape" && !keys.hidden) return hideKeys();
    if (typing && name === "escape" && !find("escape")) return event.target.blur();
    if (typing && !/^(ctrl|alt)\+|^f\d+$|^escape$/.test(name)) return;
    if (name === "?") return (keys.hidden ? showKeys() : hideKeys()), event.preventDefault();
    const element = (leader && find(leader + " " + name)) || (!leader && find(name));
    if (element) {
      event.preventDefault();
      leader = "";
      return press(element);
    }
    if (!leader && all(`[data-key^="${CSS.escape(name)} "]`).some(visible)) {
      leader = name;
      clearTimeout(leaderTimer);
      leaderTimer = setTimeout(() => { leader = ""; }, 1500);
      return event.preventDefault();
    }
    leader = "";
    if (!typing) moveInList(name, event);
  }

  // ---- lists: [data-list] holds [data-item], each with an id and a link ----

  const items = () => all("[data-list] [data-item], [data-item]").filter(visible);
  const currentItem = () =>
    document.activeElement?.closest?.("[data-item]") || document.querySelector('[data-item][aria-current="true"]');

  function choose(item, focus = true) {
    const list = item.closest("[data-list]") || document;
    all('[data-item][aria-current="true"]', list).forEach((other) => other.removeAttribute("aria-current"));
    item.setAttribute("aria-current", "true");
    if (!item.hasAttribute("tabindex")) item.tabIndex = -1;
    if (focus) {
      item.focus({ preventScroll: true });
      item.scrollIntoView({ block: "nearest" });
    }
  }

  function moveInList(name, event) {
    const step = { j: 1, arrowdown: 1, k: -1, arrowup: -1 }[name];
    const inRow = document.activeElement?.matches?.("[data-item]");
    if (name === "enter" && inRow) {
      event.preventDefault();
      const link = document.activeElement.querySelector("[data-open], a[href]");
      if (link) link.click();
      return;
    }
    if (!step || (name.startsWith("arrow") && event.target.closest("[role=tablist], summary, audio, video"))) return;
    const rows = items();
    if (!rows.length) return;
    const at = rows.indexOf(currentItem());
    event.preventDefault();
    choose(rows[Math.min(rows.length - 1, Math.max(0, at < 0 ? 0 : at + step))]);
  }

  document.addEventListener("keydown", onKey);
  document.addEventListener("click", (event) => {
    const item = event.target.closest?.("[data-item]");
    if (item) choose(item, false);
  });

  // ---- the list of keys ----

  const keys = document.getElementById("keys") || Object.assign(document.createElement("div"), { hidden: true });
  const keysButton = document.querySelector("[data-show-keys]");
  let focusBefore = null;

  function row(element) {
    const line = document.createElement("li");
    const label = document.createElement("span");
    const key = document.createElement("kbd");
    const own = element.cloneNode(true);
    all("kbd, .key, .count", own).forEach((part) => part.remove());
    label.textContent = element.dataset.keyLabel || element.getAttribute("aria-label") || own.textContent.trim() ||
      (element.labels && element.labels[0] && element.labels[0].textContent.trim()) || "";
    key.className = "key";
    key.textContent = element.dataset.key;
    line.append(label, key);
    return line;
  }

  function showKeys() {
    if (!keys.id) return;
    const here = keys.querySelector("[data-keys-here]");
    const go = keys.querySelector("[data-keys-go]");
    here.replaceChildren();
    go.replaceChildren();
    const seen = new Set();
    for (const element of all("[data-key]").filter(visible)) {
      if (seen.has(element.dataset.key)) continue;
      seen.add(element.dataset.key);
      (element.dataset.key.includes(" ") ? go : here).append(row(element));
    }
    keys.querySelector("[data-keys-go-title]").hidden = !go.children.length;
    focusBefore = document.activeElement;
    keys.hidden = false;
    keysButton?.setAttribute("aria-expanded", "true");
    keys.focus();
  }

  function hideKeys() {
    keys.hidden = true;
    keysButton?.setAttribute("aria-expanded", "false");
    focusBefore?.focus?.();
  }

  keysButton?.addEventListener("click", () => (keys.hidden ? showKeys() : hideKeys()));

  // ---- time passing ----

  const words = (body.dataset.words || "|||||||").split("|");
  const [justNow, ago, days, hours, minutes, lessThanMinute, left, overdue] = words;
  const put = (form, name, value) => form.replace(`%(${name})s`, value);

  function span(seconds, parts = 2) {
    const total = Math.floor(seconds / 60);
    const said = [[Math.floor(total / 1440), days], [Math.floor(total / 60) % 24, hours], [total % 60, minutes]]
      .filter(([number]) => number).slice(0, parts).map(([number, form]) => put(form, "n", number));
    return said.length ? said.join(" ").replaceAll(" ", "\u00a0") : lessThanMinute;
  }

  function say(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }

  function tick() {
    const now = Date.now();
    for (const element of all("time[data-age]")) {
      const seconds = (now - Date.parse(element.dataset.age)) / 1000;
      say(element, seconds < 60 ? justNow : put(ago, "span", span(seconds, 1)));
    }
    for (const element of all("time[data-deadline]")) {
      const seconds = (Date.parse(element.dataset.deadline) - now) / 1000;
      element.classList.toggle("clock-over", seconds <= 0);
      element.classList.toggle("clock-near", seconds > 0 && seconds <= element.dataset.near * 60);
      say(element.querySelector("[data-text]") || element, put(seconds > 0 ? left : overdue, "span", span(Math.abs(seconds))));
    }
    for (const element of all("time[data-clock]")) {
      say(element, new Date(now).toLocaleTimeString("ru", { hour: "2-digit", minute: "2-digit", timeZone: element.dataset.clock }));
    }
  }
  setInterval(tick, 1000);
  tick();

  // ---- theme ----

  const theme = document.documentElement;
  function showTheme() {
    all("[data-theme-set]").forEach((button) =>
      button.setAttribute("aria-pressed", String(button.dataset.themeSet === (theme.dataset.theme || ""))));
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-set]");
    if (!button) return;
    const chosen = button.dataset.themeSet;
    if (chosen) theme.dataset.theme = chosen;
    else delete theme.dataset.theme;
    document.cookie = `tereze_theme=${chosen};path=/;max-age=${chosen ? 31536000 : 0};samesite=lax`;
    showTheme();
  });
  showTheme();

  // ---- live: one stream a page; a topic becomes the event live:<topic> on the body ----

  let stream = null;
  let heard = "";
  let broken = 0;
  let hiddenTimer = 0;
  const offline = document.getElementById("offline");

  function topics() {
    const found = new Set((body.dataset.topics || "").split(/\s+/).filter(Boolean));
    for (const element of all('[hx-trigger*="live:"]')) {
      for (const match of element.getAttribute("hx-trigger").matchAll(/live:([^\s,[]+)/g)) found.add(match[1]);
    }
    return [...found].sort();
  }

  function showLive(state) {
    all("[data-live-dot]").forEach((dot) => { dot.dataset.state = state; });
    if (offline) offline.hidden = state !== "off";
    theme.classList.toggle("is-offline", state === "off");
  }

  const announce = (topic) => body.dispatchEvent(new CustomEvent("live:" + topic, { bubbles: true }));

  function listen() {
    if (!body.dataset.liveUrl) return;
    const wanted = topics();
    stream?.close();
    heard = wanted.join(" ");
    stream = new EventSource(body.dataset.liveUrl + "?" + wanted.map((topic) => "topic=" + encodeURIComponent(topic)).join("&"));
    stream.onopen = () => {
      clearTimeout(broken);
      broken = 0;
      showLive("on");
    };
    stream.onerror = () => {
      // A restart of the server takes a moment; only a longer silence is said aloud.
      if (!broken) broken = setTimeout(() => showLive("off"), 4000);
      if (stream.readyState === EventSource.CLOSED) setTimeout(listen, 5000);
    };
    stream.addEventListener("refresh", () => topics().forEach(announce));
    wanted.forEach((topic) => stream.addEventListener(topic, () => announce(topic)));
  }

  function listenAnew() {
    if (stream && topics().join(" ") !== heard) listen();
  }

  // A browser holds six connections to one address: tabs nobody looks at give theirs back.
  document.addEventListener("visibilitychange", () => {
    clearTimeout(hiddenTimer);
    if (document.hidden) {
      hiddenTimer = setTimeout(() => { stream?.close(); stream = null; }, 60000);
    } else if (!stream) {
      listen();
    }
  });
  window.addEventListener("offline", () => showLive("off"));
  window.addEventListener("online", listen);
  window.addEventListener("pagehide", () => stream?.close());
  window.addEventListener("pageshow", (event) => { if (event.persisted) listen(); });
  listen();

  // ---- swaps: nothing jumps, nothing typed is lost ----

  const lastSeen = new Map(); // by id, because a whole element may be exchanged for its successor
  const essence = (html) => html.replace(/(name="csrfmiddlewaretoken" value|data-csrf)="[^"]*"/g, "");
  const typedIn = (field) => field.matches("input, textarea") && field.value !== field.defaultValue;
  const isLive = (detail) => (detail.requestConfig?.triggeringEvent?.type || "").startsWith("live:");

  body.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRFToken"] = body.dataset.csrf;
  });

  body.addEventListener("htmx:beforeSwap", (event) => {
    const { target: place, xhr: answer } = event.detail;
    if (answer.status === 422) event.detail.shouldSwap = true; // a form with its errors
    if (answer.status < 400) document.getElementById("trouble")?.setAttribute("hidden", "");
    if (!isLive(event.detail) || answer.status >= 300) return;
    const html = essence(answer.responseText);
    if (lastSeen.get(place.id || place) === html) {
      event.detail.shouldSwap = false;
      return;
    }
    // what is being typed, or a list that is being chosen from, is not taken from under the hand
    const busy = document.activeElement.tagName === "SELECT" || [...place.querySelectorAll("input, textarea")].some(typedIn);
    if (busy && place.contains(document.activeElement)) {
      event.detail.shouldSwap = false;
      const again = event.detail.requestConfig.triggeringEvent.type.slice(5);
      document.activeElement.addEventListener("blur", () => setTimeout(() => announce(again), 200), { once: true });
      return;
    }
    lastSeen.set(place.id || place, html);
  });

  // The first fill of a panel is remembered too, so that the first piece of news compares with it.
  body.addEventListener("htmx:afterSwap", (event) => {
    const { target: place, xhr: answer } = event.detail;
    if (answer && place) lastSeen.set(place.id || place, essence(answer.responseText));
  });

  function scroller(element) {
    for (let node = element; node && node !== body; node = node.parentElement) {
      if (node.scrollHeight > node.clientHeight && /auto|scroll/.test(getComputedStyle(node).overflowY)) return node;
    }
    return document.scrollingElement;
  }

  // What the reader ticked, chose or typed is theirs; it outlives the news.
  const tickable = (field) => /^(checkbox|radio)$/.test(field.type);
  const placeOf = (field) => field.id || (tickable(field) ? `${field.name}=${field.value}` : field.name);
  const changed = (field) => field.type !== "hidden" && (tickable(field) ? field.checked !== field.defaultChecked :
    field.tagName === "SELECT" ? ![...field.options].some((option) => option.selected && option.defaultSelected) && field.selectedIndex > 0 :
      typedIn(field));

  let held = null;

  body.addEventListener("htmx:beforeSwap", (event) => {
    if (!event.detail.shouldSwap) return;
    const place = event.detail.target;
    const box = scroller(place);
    const rows = all("[data-item][id]", place).filter(visible);
    const anchor = rows.find((item) => item.matches('[aria-current="true"], :focus-within, :hover')) ||
      (box.scrollTop > 0 && rows.find((item) => item.getBoundingClientRect().bottom > 0));
    held = {
      place, box,
      scroll: box.scrollTop,
      current: rows.find((item) => item.matches('[aria-current="true"]'))?.id,
      focus: place.contains(document.activeElement) && document.activeElement.matches("[data-item]") && document.activeElement.id,
      field: place.contains(document.activeElement) && document.activeElement.matches("input, textarea") && placeOf(document.activeElement),
      anchor: anchor ? { id: anchor.id, top: anchor.getBoundingClientRect().top } : null,
      open: all("details[open]", place).map((details) => details.id || details.querySelector("summary")?.textContent.trim()),
      known: new Set(rows.map((item) => item.id)),
      filled: all("input, select, textarea", place).filter(changed).map((field) => [placeOf(field), field.checked, field.value]),
      live: isLive(event.detail),
    };
  });

  body.addEventListener("htmx:afterSwap", () => {
    if (!held) return;
    const { box, scroll, current, focus, field: inField, anchor, open, known, filled, live } = held;
    const place = held.place.isConnected ? held.place : document.getElementById(held.place.id);
    held = null;
    if (!place) return;
    const byId = (id) => id && document.getElementById(id);
    if (live) all("details", place).forEach((details) => {
      if (open.includes(details.id || details.querySelector("summary")?.textContent.trim())) details.open = true;
    });
    if (live) for (const [where, checked, value] of filled) {
      const field = all("input, select, textarea", place).find((other) => placeOf(other) === where);
      if (!field) continue;
      if (tickable(field)) field.checked = checked;
      else field.value = value;
    }
    const chosen = byId(current);
    if (chosen) choose(chosen, false);
    const focused = byId(focus);
    if (focused) choose(focused, true);
    if (inField) all("input, textarea", place).find((other) => placeOf(other) === inField)?.focus({ preventScroll: true });
    const stood = anchor && byId(anchor.id);
    if (stood) box.scrollTop += stood.getBoundingClientRect().top - anchor.top;
    else if (live) box.scrollTop = scroll;
    if (live && known.size) all("[data-item][id]", place).forEach((item) => {
      if (!known.has(item.id)) item.classList.add("arrived");
    });
  });

  // Where list and detail stand one above the other, what was opened comes into sight.
  body.addEventListener("htmx:afterSettle", (event) => {
    const detail = event.detail.target;
    if (!detail?.matches?.(".split-detail") || isLive(event.detail)) return;
    const list = detail.parentElement.querySelector(".split-list");
    if (list && detail.offsetTop >= list.offsetTop + list.offsetHeight) detail.scrollIntoView();
  });

  body.addEventListener("htmx:afterSettle", (event) => {
    tick();
    listenAnew();
    showTheme();
    event.target.querySelector?.("[data-focus]")?.focus();
  });

  // ---- what went wrong is said, and stays until something goes right ----

  function trouble(status) {
    const box = document.getElementById("trouble");
    if (!box) return;
    const known = all("[data-status]", box);
    const wanted = known.find((part) => part.dataset.status === String(status)) ||
      known.find((part) => part.dataset.status === (status ? "500" : "0"));
    known.forEach((part) => { part.hidden = part !== wanted; });
    box.hidden = false;
  }
  body.addEventListener("htmx:responseError", (event) => trouble(event.detail.xhr.status));
  body.addEventListener("htmx:sendError", () => trouble(0));

  // ---- small things ----

  document.querySelector("[data-focus]")?.focus();
  document.addEventListener("click", (event) => {
    const copy = event.target.closest("[data-copy]");
    if (copy) {
      const source = document.querySelector(copy.dataset.copy);
      navigator.clipboard?.writeText(source.value ?? source.textContent).then(() => {
        if (copy.dataset.copied) copy.textContent = copy.dataset.copied;
      });
    }
    // What a row opens for writing comes into sight, ready to be written in.
    const opened = event.target.closest("[data-item] summary")?.parentElement;
    if (opened && !opened.open) setTimeout(() => {
      opened.closest("[data-item]").scrollIntoView({ block: "nearest" });
      opened.querySelector("select, input, textarea")?.focus({ preventScroll: true });
    });
    const ticker = event.target.closest("[data-tick-all]");
    if (ticker) {
      const boxes = all("[data-item] input[type=checkbox]", ticker.form);
      const wanted = boxes.some((box) => !box.checked);
      boxes.forEach((box) => { box.checked = wanted; });
    }
    all("details.desk-user[open], details.desk-menu[open]").forEach((details) => {
      if (!details.contains(event.target)) details.open = false;
    });
  });
})();

// What htmx exchanges, and what goes wrong with it.
"use strict";

(() => {
  const { all, visible, announce, isLive, body } = desk;

  // ---- swaps: nothing jumps, nothing typed is lost ----

  const lastSeen = new Map(); // by id, because a whole element may be exchanged for its successor
  const essence = (html) => html.replace(/(name="csrfmiddlewaretoken" value|data-csrf)="[^"]*"/g, "");
  const typedIn = (field) => field.matches("input, textarea") && field.value !== field.defaultValue;

  // What was swapped in obeys keys at once: until it has settled its buttons do nothing.
  if (window.htmx) htmx.config.defaultSettleDelay = 0;

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
    if (chosen) desk.choose(chosen, false);
    const focused = byId(focus);
    if (focused) desk.choose(focused, true);
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
})();

// The wall's pace, the row after a decision, and the sound. Everything else is core/desk/.
"use strict";

(() => {
  const PACE = 700; // milliseconds between looks, however fast the chats are
  const body = document.body;
  let last = 0;
  let timer = 0;

  function look() {
    last = Date.now();
    timer = 0;
    body.dispatchEvent(new CustomEvent("live:wall-paced", { bubbles: true }));
  }

  body.addEventListener("live:wall", () => {
    if (!timer) timer = setTimeout(look, Math.max(0, last + PACE - Date.now()));
  });

  // ---- after a decision the next row is chosen, so that one hand can go on ----

  const REST = 1000; // milliseconds: a key on its way to the row that a colleague decided is spent
  let place = 0;
  let list = "waiting";
  let stood = ""; // the row that was chosen
  let decided = ""; // the row of which a button was pressed here
  const rowsOf = (name) => [...document.querySelectorAll(`[data-list="${name}"] [data-item]`)];
  const current = () => document.querySelector('[data-item][aria-current="true"]');

  body.addEventListener("click", (event) => {
    const row = event.target.closest?.("[hx-post]")?.closest("[data-item]");
    if (row) decided = row.id;
  });

  // However many come before it, the row that somebody reads stays on the page.
  body.addEventListener("htmx:configRequest", (event) => {
    const row = event.detail.elt.id === "wall" && current();
    if (row) event.detail.parameters.chosen = row.id.slice(2); // without the place it stands in
  });

  body.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id !== "wall") return;
    const row = current();
    stood = row?.id || "";
    list = row?.closest("[data-list]")?.dataset.list || "waiting";
    place = row ? rowsOf(list).indexOf(row) : 0;
  });

  function chooseNext() {
    const rows = rowsOf(list);
    if (current() || !rows.length) return;
    const next = rows[Math.min(Math.max(place, 0), rows.length - 1)];
    next.setAttribute("aria-current", "true");
    if (stood && stood !== decided) desk.restUntil = Date.now() + REST;
    // Only who works with keys is moved along; who reads elsewhere is left there.
    if (document.activeElement === body) next.focus({ preventScroll: true });
  }

  body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "wall") return;
    chooseNext();
    ring();
  });
  chooseNext();

  // What was said after a key fades from the page by itself.
  body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "said") setTimeout(() => event.detail.target.replaceChildren(), 6000);
  });

  // ---- big: readable from the other end of the room; this screen remembers it ----

  const bigger = document.querySelector("[data-big]");
  const showBig = (big) => {
    document.documentElement.classList.toggle("is-big", big);
    bigger?.setAttribute("aria-pressed", String(big));
  };
  bigger?.addEventListener("click", () => {
    const big = !document.documentElement.classList.contains("is-big");
    localStorage.setItem("tereze-wall-big", big ? "on" : "off");
    showBig(big);
  });
  if (bigger) showBig(localStorage.getItem("tereze-wall-big") === "on");

  // ---- sound: only for what is stuck or blind, only when it is new, only if switched on ----

  const button = document.querySelector("[data-sound]");
  const alarms = () => (document.querySelector("[data-alarms]")?.dataset.alarms || "").split(" ").filter(Boolean);
  let heard = new Set(alarms());
  let audio = null;
  let on = localStorage.getItem("tereze-wall-sound") === "on";

  function show() {
    button?.setAttribute("aria-pressed", String(on));
  }
  button?.addEventListener("click", () => {
    on = !on;
    localStorage.setItem("tereze-wall-sound", on ? "on" : "off");
    show();
    if (on) beep();
  });
  show();

  function beep() {
    audio = audio || new AudioContext();
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    volume.gain.setValueAtTime(0.2, audio.currentTime);
    volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.6);
    tone.frequency.value = 660;
    tone.connect(volume).connect(audio.destination);
    tone.start();
    tone.stop(audio.currentTime + 0.6);
  }

  function ring() {
    const now = new Set(alarms());
    const fresh = [...now].some((key) => !heard.has(key));
    heard = now;
    if (fresh && on) beep();
  }
})();

// The wall's pace, the row after a decision, and the sound. Everything else is core/desk.js.
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

  let place = -1;
  const waiting = () => [...document.querySelectorAll("[data-list] [data-item]")];

  body.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id !== "wall") return;
    place = waiting().findIndex((row) => row.getAttribute("aria-current") === "true");
  });
  body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "wall") return;
    const rows = waiting();
    const chosen = document.querySelector('[data-item][aria-current="true"]');
    if (!chosen && place >= 0 && rows.length) {
      const next = rows[Math.min(place, rows.length - 1)];
      next.setAttribute("aria-current", "true");
      next.focus({ preventScroll: true });
      next.scrollIntoView({ block: "nearest" });
    }
    ring();
  });

  if (!document.querySelector('[data-item][aria-current="true"]')) waiting()[0]?.setAttribute("aria-current", "true");

  // What was said after a key fades from the page by itself.
  body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "said") setTimeout(() => event.detail.target.replaceChildren(), 6000);
  });

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

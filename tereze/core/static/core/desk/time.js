// Time passing, and light or dark.
"use strict";

(() => {
  const { all, body } = desk;

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

  body.addEventListener("htmx:afterSettle", () => {
    tick();
    showTheme();
  });
})();

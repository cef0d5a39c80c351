// Focus, copying, ticking all, menus that close.
"use strict";

(() => {
  const { all } = desk;

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

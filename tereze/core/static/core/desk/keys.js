// Keys, and the lists they move in.
"use strict";

(() => {
  const { all, visible, isText } = desk;

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
  desk.restUntil = 0; // a row that came under the hand by itself is read before its keys work

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
      // a key held down is one press: the row after it was not meant
      const rests = element.closest("[data-item]") && Date.now() < desk.restUntil;
      return event.repeat || rests ? undefined : press(element);
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

  desk.choose = function choose(item, focus = true) {
    const list = item.closest("[data-list]") || document;
    all('[data-item][aria-current="true"]', list).forEach((other) => other.removeAttribute("aria-current"));
    item.setAttribute("aria-current", "true");
    if (!item.hasAttribute("tabindex")) item.tabIndex = -1;
    if (focus) {
      item.focus({ preventScroll: true });
      item.scrollIntoView({ block: "nearest" });
    }
  };

  function moveInList(name, event) {
    const step = { j: 1, arrowdown: 1, k: -1, arrowup: -1 }[name];
    const inRow = document.activeElement?.matches?.("[data-item]");
    if (name === "enter" && inRow) {
      event.preventDefault();
      const link = document.activeElement.querySelector("[data-open]") || document.activeElement.querySelector("a[href]");
      if (link) link.click();
      return;
    }
    if (!step || (name.startsWith("arrow") && event.target.closest("[role=tablist], summary, audio, video"))) return;
    const rows = items();
    if (!rows.length) return;
    const at = rows.indexOf(currentItem());
    event.preventDefault();
    desk.choose(rows[Math.min(rows.length - 1, Math.max(0, at < 0 ? 0 : at + step))]);
  }

  document.addEventListener("keydown", onKey);
  document.addEventListener("click", (event) => {
    const item = event.target.closest?.("[data-item]");
    if (item) desk.choose(item, false);
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
})();

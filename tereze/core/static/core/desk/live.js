// News: one stream a page.
"use strict";

(() => {
  const { all, announce, body } = desk;

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
    document.documentElement.classList.toggle("is-offline", state === "off");
  }

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
  body.addEventListener("htmx:afterSettle", listenAnew);
})();

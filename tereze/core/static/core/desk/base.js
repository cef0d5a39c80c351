// What the desk's scripts share. No build; the pages also work without them, only quieter.
"use strict";

const desk = {
  body: document.body,
  all: (selector, root = document) => [...root.querySelectorAll(selector)],
  // What lies in a closed <details> has a place on the page and yet nobody sees it.
  visible: (element) => element.checkVisibility(),
  isText: (element) =>
    element && (element.isContentEditable || /^(TEXTAREA|SELECT)$/.test(element.tagName) ||
      (element.tagName === "INPUT" && !/^(checkbox|radio|button|submit|file)$/.test(element.type))),
  announce: (topic) => document.body.dispatchEvent(new CustomEvent("live:" + topic, { bubbles: true })),
  isLive: (detail) => (detail.requestConfig?.triggeringEvent?.type || "").startsWith("live:"),
};

// Live chat: new and changed messages appear, deleted ones leave; without it forms still work.
const list = document.getElementById("messages");
const offline = document.getElementById("offline");
const toast = document.getElementById("toast");
const cancel = document.getElementById("cancel");

function fragment(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html; // rendered and escaped by the server
  return holder.content.firstElementChild;
}

function nearBottom() {
  return list.scrollHeight - list.scrollTop - list.clientHeight < 160;
}

function toBottom() {
  list.scrollTop = list.scrollHeight;
}

const SEEN_MS = 350; // long enough to be seen, short enough to be gone within a second
const shown = new Map(); // id -> when it appeared
const gone = new Set();

function leave(item) {
  const age = performance.now() - (shown.get(item.id) ?? 0);
  setTimeout(() => {
    item.classList.add("leaving");
    setTimeout(() => item.remove(), 300);
  }, Math.max(0, SEEN_MS - age));
}

function showMessage({ id, deleted, html }) {
  const old = document.getElementById(id);
  if (deleted) {
    gone.add(id);
    if (old) leave(old);
    return;
  }
  const item = fragment(html);
  const follow = nearBottom() || item.classList.contains("own");
  if (old) {
    old.replaceWith(item);
  } else {
    shown.set(id, performance.now());
    item.classList.add("arriving");
    list.insertBefore(item, list.querySelector(".empty"));
  }
  if (follow) toBottom();
  if (gone.has(id)) leave(item);
}

function say(text, failed) {
  toast.textContent = text;
  toast.classList.toggle("failed", Boolean(failed));
  toast.hidden = !text;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => (toast.hidden = true), 6000);
}

function stopEditing(form) {
  form.elements.edit.value = "";
  form.elements.text.value = "";
  const button = form.querySelector("button");
  button.textContent = button.dataset.send;
  cancel.hidden = true;
}

async function send(form) {
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new FormData(form),
      headers: { Accept: "application/json" },
    });
    if (answer.ok) return await answer.json();
  } catch {
    // Said below: the server is away.
  }
  return { notice: toast.dataset.refused, failed: true };
}

// The field is emptied at once, so that fast typing is never lost, and refilled on failure.
async function sendMessage(form) {
  const { text, photo } = form.elements;
  const typed = text.value;
  if (!typed.trim() && !photo.value) return;
  const sending = send(form);
  stopEditing(form);
  photo.value = "";
  form.querySelector(".attach").classList.remove("chosen");
  text.focus();
  const { notice, failed, message } = await sending;
  if (failed) {
    say(notice, true);
    if (!text.value) text.value = typed;
  } else if (message?.html) {
    showMessage(message);
  }
}

if (list) {
  toBottom();
  document.querySelector("aside [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  const events = new EventSource(list.dataset.stream);
  events.addEventListener("message", (event) => showMessage(JSON.parse(event.data)));
  events.addEventListener("standing", (event) => {
    const old = document.getElementById("standing");
    const typed = old.querySelector("textarea")?.value || "";
    const fresh = fragment(JSON.parse(event.data).html);
    if (fresh.dataset.state === old.dataset.state) return;
    old.replaceWith(fresh);
    const box = fresh.querySelector("textarea");
    if (box) box.value = typed;
  });
  events.onopen = () => (offline.hidden = true);
  events.onerror = () => (offline.hidden = false);

  const person = document.querySelector("form.person");
  person.classList.add("live");
  person.addEventListener("change", () => person.requestSubmit());
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.matches("form.composer")) {
    event.preventDefault();
    sendMessage(form);
  } else if (form.matches("form.press")) {
    event.preventDefault();
    const { notice, failed } = await send(form);
    say(notice, failed);
  }
});

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("form.composer");
  if (form && event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
});

document.addEventListener("change", (event) => {
  const attach = event.target.closest?.(".attach");
  if (attach) attach.classList.toggle("chosen", Boolean(event.target.value));
});

document.addEventListener("click", (event) => {
  const form = document.querySelector("form.composer");
  if (event.target === cancel && form) stopEditing(form);
  const button = event.target.closest("[data-edit]");
  if (!button || !form) return;
  form.elements.edit.value = button.dataset.edit;
  form.elements.text.value = button.closest(".bubble").querySelector("p").textContent;
  const submit = form.querySelector("button");
  submit.textContent = submit.dataset.save;
  cancel.hidden = false;
  form.elements.text.focus();
});

// What the pages' scripts are made of: elements, icons, words, calls. Text goes in as text only, never as markup.
import { told } from "./reasons.js";

const words = {};
export const home = JSON.parse(document.querySelector("#home")?.textContent ?? "{}");
export const language = document.querySelector("#top")?.lang ?? "en"; // Gradio changes that of <html>

export function learn(more) {
  Object.assign(words, more);
}

// One of a thing has words of its own where the language asks for it.
export function say(key, values = {}) {
  const one = `${values.count}` === "1" && words[`${key}.one`];
  return (one || (words[key] ?? key)).replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
}

export const number = (value) => value.toLocaleString(language);

// A model's name without its version, which is its day and content.
export const short = (engine) => engine.replace(/ \d{8}-[0-9a-f]+$/, "");

// A property that is a function listens to the event of its name; true is an attribute without a value.
export function h(tag, props = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

// Strokes on a grid of 24.
const ICONS = {
  send: "M12 19V5M6 11l6-6 6 6",
  stop: "M8 8h8v8H8z",
  plus: "M12 5v14M5 12h14",
  more: "M6 12h.01M12 12h.01M18 12h.01",
  rail: "M4 5h16v14H4zM9.5 5v14",
  search: "M11 17a6 6 0 1 0 0-12 6 6 0 0 0 0 12zM20 20l-4.5-4.5",
  copy: "M9 9h10v10H9zM5 15V5h10",
  again: "M19 12a7 7 0 1 1-2.2-5.1M19 4v4h-4",
  up: "M7 11l4-7a2 2 0 0 1 2 2v4h5a1.6 1.6 0 0 1 1.6 1.9l-1.2 6.5A2 2 0 0 1 16.5 20H7zM7 11H4v9h3",
  down: "M17 13l-4 7a2 2 0 0 1-2-2v-4H6a1.6 1.6 0 0 1-1.6-1.9l1.2-6.5A2 2 0 0 1 7.5 4H17zM17 13h3V4h-3",
  page: "M7 3h7l4 4v14H7zM14 3v4h4M10 12h5M10 16h5",
  folder: "M4 6h6l2 2h8v11H4z",
  none: "M11 17a6 6 0 1 0 0-12 6 6 0 0 0 0 12zM20 20l-4.5-4.5M8.7 11h4.6",
  alert: "M12 4l9 16H3zM12 10v4M12 17h.01",
  close: "M6 6l12 12M18 6L6 18",
  check: "M5 12.5l4.5 4.5L19 7.5",
  chevron: "M7 10l5 5 5-5",
  left: "M14.5 6l-6 6 6 6",
  save: "M12 4v11M7 10.5l5 5 5-5M5 20h14",
  right: "M9.5 6l6 6-6 6",
};

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", "aria-hidden": "true", class: `ic ${name}` })) {
    svg.setAttribute(key, value);
  }
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

// A button that shows an icon and is named by its label.
export function tool(name, label, click, props = {}) {
  return h("button", { type: "button", class: "tool", title: label, "aria-label": label, click, ...props }, icon(name));
}

// `kind` is a name in ragbox/errors.py, or "Offline".
export class Failure extends Error {
  constructor(kind, message) {
    super(message);
    this.kind = kind;
  }
}

export async function request(method, path, body, options = {}) {
  let reply;
  try {
    reply = await fetch(path, {
      method, credentials: "same-origin", body: body && JSON.stringify(body),
      headers: body ? { "Content-Type": "application/json" } : {}, ...options,
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Failure("Offline", say("error.Offline"));
  }
  if (reply.ok) return reply;
  const failed = failure(await reply.json().catch(() => ({}))); // first: whoever leaves the page reads nothing any more
  if (reply.status === 401) signedOut();
  throw failed;
}

// The session has ended: whoever holds something typed keeps it at this event, then the page is left.
export function signedOut() {
  document.dispatchEvent(new Event("signed-out"));
  location.assign("/login#ended");
}

export function failure({ error = {} }) {
  const kind = language === "zh" && words[`error.${error.type}`]; // where the sentence itself has no Chinese
  return new Failure(error.type, told(error.message, kind || error.message) || say("error.RagboxError"));
}

export const call = async (method, path, body) => (await request(method, path, body)).json();

// Yields the events of an answer as they come; ends without a word when the signal stops it.
export async function* stream(path, body, signal) {
  const reply = await request("POST", path, body, { signal });
  const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read().catch((error) => {
      if (error.name === "AbortError") throw error;
      throw new Failure("Offline", say("error.Offline"));
    });
    if (done) return;
    const frames = (rest + value).split("\n\n");
    rest = frames.pop();
    for (const frame of frames) {
      const data = frame.split("\n").find((line) => line.startsWith("data: "));
      const event = JSON.parse(data.slice(6));
      if (event.event === "error") throw failure(event);
      yield event;
    }
  }
}

const CLICK = 100; // ms: the click of a finger comes a while after it is lifted
const LONGEST = 3000; // ms: a press of which nobody sees the end keeps no list back for good
let press; // resolves when what is down, a finger or a button of the mouse, is let go
let over = () => {};
addEventListener("pointerdown", ({ button, target }) => {
  over();
  if (button || target.closest?.("select")) return; // what opens now is the browser's own and may take the pointerup
  press = new Promise((resolve) => (over = resolve));
  setTimeout(over, LONGEST);
}, true);
for (const kind of ["pointerup", "pointercancel"]) addEventListener(kind, () => setTimeout(over, CLICK), true);
addEventListener("pointermove", (event) => event.buttons || over(), true); // it was let go where nobody saw it
addEventListener("blur", () => over());

// Whoever draws anew what can be pressed waits for this: a button that is replaced under a press has no click.
export const released = () => press;

// Calls `load`, then `show` with what came and what was given; of two under way an older one never replaces a newer.
export function newest(load, show) {
  let asked = 0;
  let shown = 0;
  return async (...given) => {
    const mine = (asked += 1);
    const found = await load(...given).catch((error) => {
      if (mine > shown) throw error;
    });
    await released();
    if (mine < shown) return;
    shown = mine;
    await show(found, ...given);
  };
}

// Without https or this machine's own address a page has no clipboard; the old way still copies a selection.
export async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = h("textarea", { class: "unseen", "aria-hidden": "true" });
  field.value = text;
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

// Opens a dialog; the promise has the form's data, or undefined when it was cancelled.
export function dialog(title, content, accept, { danger = false } = {}) {
  return new Promise((resolve) => {
    const form = h("form", { method: "dialog" },
      h("h2", { id: "dialog-title" }, title), content,
      h("div", { class: "bar" },
        h("button", { type: "button", class: "plain", click: () => box.close() }, say("ask.cancel")),
        h("button", { type: "submit", class: danger ? "danger" : "primary" }, accept)));
    const box = h("dialog", { class: "box", "aria-labelledby": "dialog-title" }, form);
    form.addEventListener("submit", () => resolve(new FormData(form)));
    box.addEventListener("close", () => {
      resolve(undefined);
      box.remove();
    });
    document.body.append(box);
    box.showModal();
  });
}

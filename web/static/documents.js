// The Documents page: files in, the list of documents, collections. `#collections` and `#in=NAME` are addresses within it.
import { call, h, home, learn, say } from "./kit.js";
import { teach } from "./reasons.js";
import { count } from "./shell.js";
import { list } from "./documents-list.js";
import { older } from "./documents-older.js";
import { queue } from "./documents-queue.js";
import { shelves } from "./documents-shelves.js";

export function mount(host) {
  if (!host || host.dataset.mounted) return;
  host.dataset.mounted = "yes";
  learn(JSON.parse(host.dataset.words));
  teach(JSON.parse(host.dataset.reasons));
  const limits = JSON.parse(host.dataset.limits);
  const status = h("p", { class: "unseen", role: "status" });
  const box = {
    limits,
    tell: (text) => (status.textContent = text),
    writable: () => home.collections.filter((c) => c.write).map((c) => c.name),
    managed: () => home.collections.filter((c) => c.manage).map((c) => c.name),
    // After a change: the bar's count and all that stands on the page.
    async changed() {
      await count();
      parts.forEach((part) => part.refresh());
    },
  };
  const parts = [queue(box), list(box), shelves(box), older(box)];
  const [files, documents, collections, before] = parts;
  const links = [["documents", ""], ["collections", "collections"]].map(([name, hash]) =>
    h("a", { href: at(hash), "data-view": name }, say(`documents.${name === "documents" ? "heading" : name}`)));
  const listed = h("div", {}, before.element, documents.element);
  const title = h("h1", {});
  host.replaceChildren(
    h("header", { class: "head" },
      h("div", {}, title, h("p", { class: "lead" }, say("documents.everything"))),
      h("nav", { class: "views", "aria-label": say("documents.views") }, links)),
    files.element, listed, collections.element, status);

  function route() {
    let hash = location.hash.slice(1);
    try {
      hash = decodeURIComponent(hash);
    } catch {
      hash = ""; // a broken %-escape, as in a link that was cut off
    }
    const shelf = hash.startsWith("in=") ? hash.slice(3) : "";
    const view = hash === "collections" ? "collections" : "documents";
    for (const link of links) {
      if (link.dataset.view === view) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    title.textContent = shelf || say(`documents.${view === "collections" ? "collections" : "heading"}`);
    files.element.hidden = listed.hidden = view !== "documents";
    collections.element.hidden = view !== "collections";
    files.into(shelf);
    documents.show(shelf);
    if (view === "collections") collections.refresh();
  }

  addEventListener("hashchange", route);
  route();
}

// Opens a message at the foot of the page for so many seconds, with something to do. Who has no mouse is at it at once, and
// afterwards at what `back` returns: the foot of a long page is far away.
export function toast(text, { label, act, seconds = 10, back } = {}) {
  document.querySelector("#toast")?.remove();
  const box = h("div", { id: "toast", role: "status" }, h("span", {}, text));
  const close = () => {
    const held = box.contains(document.activeElement);
    box.remove();
    if (held) back?.()?.focus({ preventScroll: true });
  };
  if (label) {
    box.append(h("button", { type: "button", click: async () => {
      close();
      await act();
    } }, label));
  }
  document.body.append(box);
  if (back) box.querySelector("button").focus({ preventScroll: true });
  setTimeout(close, seconds * 1000);
}

export const size = (bytes) =>
  bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1e3))} kB`;

// An address within the page; Gradio gives pages a <base> of another path.
export const at = (hash) => `${location.pathname}#${hash}`;

export const problem = (error) => toast(error.message ?? String(error), { seconds: 12 });

export async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    problem(error);
    return undefined;
  }
}

export const post = (path, body) => call("POST", path, body);

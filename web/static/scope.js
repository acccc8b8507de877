// The picker beside the question: all collections, one collection, or one document.
import { call, h, home, icon, newest, number, say } from "./kit.js";

const SHOWN = 8;

// Returns the button with its panel; `scope()` is {collection, document, name} of what is chosen.
export function picker() {
  let chosen = {};
  const label = h("span", {}, say("ask.scope.all"));
  const button = h("button", {
    type: "button", class: "scope", "aria-haspopup": "dialog", "aria-expanded": "false", click: () => toggle(panel.hidden),
  }, icon("folder"), h("span", { class: "unseen" }, `${say("ask.scope")}:`), label, icon("chevron"));
  const search = h("input", {
    type: "search", placeholder: say("ask.scope.find"), "aria-label": say("ask.scope.find"), input: () => later(),
  });
  const list = h("div", { class: "choices" });
  const panel = h("div", { class: "panel", role: "dialog", "aria-label": say("ask.scope"), hidden: true }, search, list);
  const element = h("div", { class: "picker" }, button, panel);

  function toggle(open) {
    panel.hidden = !open;
    button.setAttribute("aria-expanded", open);
    if (!open) return;
    search.value = "";
    fill();
    search.focus();
  }

  function choose(scope) {
    chosen = scope;
    label.textContent = scope.name ?? say("ask.scope.all");
    button.classList.toggle("narrow", Boolean(scope.name));
    toggle(false);
    element.dispatchEvent(new Event("chosen", { bubbles: true }));
  }

  function choice(scope, kind, note) {
    const same = scope.collection === chosen.collection && scope.document === chosen.document;
    return h("button", { type: "button", title: scope.name, "aria-current": same && "true", click: () => choose(scope) },
      icon(kind), h("span", { class: "name" }, scope.name ?? say("ask.scope.all")), h("span", { class: "note" }, note),
      same && icon("check"));
  }

  let timer;
  function later() {
    clearTimeout(timer);
    timer = setTimeout(fill, 150);
  }

  function fill() {
    const wanted = search.value.trim();
    const fits = (name) => name.toLowerCase().includes(wanted.toLowerCase());
    const collections = home.collections.filter((c) => fits(c.name)).slice(0, wanted ? SHOWN : 50);
    const shown = [];
    if (!wanted) shown.push(choice({}, "folder", number(home.documents)));
    if (collections.length) shown.push(h("h3", {}, say("ask.scope.collections")));
    shown.push(...collections.map((c) => choice({ collection: c.name, name: c.name }, "folder", number(c.documents))));
    list.replaceChildren(...shown);
    more(wanted, list.childElementCount);
  }

  const find = (search) => call("GET", `/api/documents?${new URLSearchParams({ search, limit: SHOWN })}`).catch(() => ({ documents: [] }));
  const more = newest(find, ({ documents }, wanted, above) => {
    if (search.value.trim() !== wanted) return;
    while (list.childElementCount > above) list.lastElementChild.remove(); // of the same search, asked before
    const ready = documents.filter((d) => d.status === "indexed");
    if (ready.length) list.append(h("h3", {}, say("ask.scope.documents")));
    list.append(...ready.map((d) => choice({ collection: d.collection, document: d.id, name: d.file.split("/").at(-1) }, "page", d.collection)));
    if (!list.firstChild) list.append(h("p", { class: "note" }, say("ask.scope.none")));
  });

  element.addEventListener("keydown", (event) => {
    if (panel.hidden) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      toggle(false);
      button.focus();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const stops = [search, ...list.querySelectorAll("button")];
    stops[(stops.indexOf(document.activeElement) + step + stops.length) % stops.length].focus();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!panel.hidden && !element.contains(event.target)) toggle(false);
  });
  return { element, scope: () => chosen, choose };
}

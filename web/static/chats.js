// The list of conversations at the left of the Ask page: find, rename, export, delete. A drawer where there is no room.
import { call, dialog, h, icon, newest, say, tool } from "./kit.js";

const PAGE = 50;
const WIDE = matchMedia("(min-width: 1000px)");

// `open(id)` shows a conversation, "" a new one.
export function rail(open) {
  let current = "";
  let shown = PAGE;
  let before = "";
  const search = h("input", {
    type: "search", placeholder: say("chats.search"), "aria-label": say("chats.search"), input: () => later(),
  });
  const list = h("div", { class: "list" });
  const fresh = h("a", { class: "new", href: location.pathname, click: (event) => go(event, "") }, icon("plus"), say("chats.new"));
  const element = h("nav", { id: "chats", "aria-label": say("chats.label") },
    h("div", { class: "head" }, fresh, tool("rail", say("chats.hide"), () => show(false))),
    h("label", { class: "find" }, icon("search"), search), list);
  const opener = tool("rail", say("chats.show"), () => show(true), { id: "show-chats" });
  const veil = h("div", { class: "veil", click: () => show(false) });

  function show(on, moved = true) {
    document.documentElement.classList.toggle("no-chats", !on);
    opener.hidden = on;
    if (WIDE.matches && moved) localStorage.setItem("ragbox-chats", on ? "" : "hidden");
    if (moved) (on ? fresh : opener).focus();
  }

  function go(event, id) {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return; // a new tab is the browser's
    event.preventDefault();
    if (!WIDE.matches) show(false);
    open(id);
  }

  function item(c) {
    const link = h("a", { href: `?c=${c.id}`, title: c.title, "aria-current": c.id === current && "page", click: (event) => go(event, c.id) }, c.title);
    const menu = h("details", { class: "more", toggle: () => menu.open && menu.lastChild.scrollIntoView({ block: "nearest" }) },
      h("summary", { title: say("chats.actions", { title: c.title }), "aria-label": say("chats.actions", { title: c.title }) }, icon("more")),
      h("div", { class: "menu" },
        h("button", { type: "button", click: () => rename(c) }, say("chats.rename")),
        h("a", { href: `/api/conversations/${c.id}/export`, download: "" }, say("chats.export")),
        h("button", { type: "button", class: "danger", click: () => remove(c) }, say("chats.delete"))));
    return h("li", {}, link, menu);
  }

  // What is shown anew loses the focus and closes its menus: `held` is the conversation that gets the focus back.
  const refresh = newest(() => {
    const wanted = search.value.trim();
    const query = new URLSearchParams({ search: wanted, limit: shown + 1 });
    return call("GET", `/api/conversations?${query}`).then((found) => ({ wanted, ...found }), (error) => ({ error }));
  }, ({ wanted, conversations, error }, held) => {
    if (error) {
      before = "";
      return list.replaceChildren(h("p", { class: "note", role: "alert" }, error.message));
    }
    if (search.value.trim() !== wanted) return undefined;
    const now = JSON.stringify([wanted, shown, conversations.map((c) => [c.id, c.title, day(c.changed_at)])]);
    if (now === before && !held) return undefined;
    before = now;
    const groups = Map.groupBy(conversations.slice(0, shown), (c) => day(c.changed_at));
    const parts = [...groups].flatMap(([name, some]) => [h("h2", {}, say(`chats.${name}`)), h("ul", {}, some.map(item))]);
    if (!parts.length) parts.push(h("p", { class: "note" }, say(wanted ? "chats.nothing" : "chats.none")));
    if (conversations.length > shown) {
      const more = () => {
        shown += PAGE;
        refresh();
      };
      parts.push(h("button", { type: "button", class: "plain", click: more }, say("chats.more")));
    }
    list.replaceChildren(...parts);
    if (held) return (list.querySelector(`a[href="?c=${held}"]`) ?? fresh).focus();
    return undefined;
  });

  async function rename(c) {
    const field = h("label", {}, say("chats.title"), h("input", { name: "title", required: true, maxlength: 120, value: c.title }));
    const given = await dialog(say("chats.rename"), field, say("chats.save"));
    if (!given) return;
    await call("PATCH", `/api/conversations/${c.id}`, { title: given.get("title") });
    refresh(c.id);
  }

  async function remove(c) {
    const sure = h("p", {}, say("chats.delete.sure", { title: c.title }));
    if (!(await dialog(say("chats.delete"), sure, say("chats.delete"), { danger: true }))) return;
    await call("DELETE", `/api/conversations/${c.id}`);
    if (c.id === current) open("");
    refresh(c.id);
  }

  let timer;
  function later() {
    clearTimeout(timer);
    timer = setTimeout(() => refresh(), 150);
  }

  element.addEventListener("click", (event) => {
    for (const menu of element.querySelectorAll(".more[open]")) if (!menu.contains(event.target)) menu.open = false;
    if (event.target.closest(".menu")) event.target.closest(".more").open = false;
  });
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = event.target.closest(".more[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    } else if (!WIDE.matches) show(false);
    else return;
    event.stopPropagation();
  });
  WIDE.addEventListener("change", () => show(WIDE.matches && !localStorage.getItem("ragbox-chats"), false));
  show(WIDE.matches && !localStorage.getItem("ragbox-chats"), false);

  return {
    element, opener, veil, refresh,
    mark(id) {
      current = id;
      for (const link of list.querySelectorAll("a[href^='?c=']")) {
        if (link.getAttribute("href") === `?c=${id}`) link.setAttribute("aria-current", "page");
        else link.removeAttribute("aria-current");
      }
    },
  };
}

function day(time) {
  const midnight = new Date().setHours(0, 0, 0, 0);
  const then = new Date(time);
  if (then >= midnight) return "today";
  return then >= midnight - 86_400_000 ? "yesterday" : "earlier";
}

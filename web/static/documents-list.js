// The list of documents: filtered, sorted and cut into pages by the server, 50 at a time; what can be done with them.
import { call, dialog, h, home, icon, language, number, released, say, tool } from "./kit.js";
import { hide } from "./documents-hide.js";
import { at, attempt, post, size, toast } from "./documents.js";
import { suspicion } from "./documents-unseen.js";
import { told } from "./reasons.js";

const PAGE = 50;
const GRACE = 10;
const COLUMNS = [
  ["file", "name"], ["collection", ""], ["kind", ""], ["pages", "number"], ["chunks", "number"], ["size", "number"], ["language", ""], ["state", ""],
  ["added", ""],
];
const ABOUT = ["title", "company", "aliases", "form", "period", "ends"];
const FORM = "form.";
const FALLING = new Set(["added", "pages", "chunks", "size"]); // what one wants the greatest of first

export function list(box) {
  const state = { search: "", collection: "", kind: "", state: "", language: "", sort: "added", descending: true, offset: 0 };
  const chosen = new Map(); // id -> document
  let found = { documents: [], total: 0, kinds: [] };
  let asked = 0;
  let typing;
  let kept; // the menu that stood open when the list was drawn anew: it is not scrolled to

  const search = h("input", { type: "search", placeholder: say("list.search"), "aria-label": say("list.search"), input: () => {
    clearTimeout(typing);
    typing = setTimeout(() => set({ search: search.value.trim() }), 250);
  } });
  const select = (name, label) => h("select", { "aria-label": label, "data-filter": name, change: (event) => {
    if (name === "collection") location.hash = event.target.value ? `in=${encodeURIComponent(event.target.value)}` : "";
    else set({ [name]: event.target.value });
  } });
  const shelf = select("collection", say("list.collection"));
  const kind = select("kind", say("list.kind"));
  const status = select("state", say("list.state"));
  const spoken = select("language", say("list.language"));
  options(status, [["", say("list.states")], ...["indexed", "warning", "suspect", "rejected", "older"].map((s) => [s, say(`list.${s}`)])]);
  options(spoken, [["", say("list.languages")], ["en", say("list.en")], ["zh", say("list.zh")]]);
  const order = h("select", { class: "order", "aria-label": say("list.sort"), change: () => sort(order.value) });
  options(order, COLUMNS.map(([name]) => [key(name), `${say("list.sort")}: ${say(`list.${name}`)}`]));
  const bulk = h("div", { class: "bulk", hidden: true });
  const body = h("div", { class: "table" });
  const pager = h("nav", { class: "pager", "aria-label": say("list.label") });
  const filters = h("div", { class: "filters" }, search, shelf, kind, status, spoken, order);
  const element = h("section", { class: "list", "aria-label": say("list.label") }, filters, bulk, body, pager);

  function options(target, pairs, value = "") {
    target.replaceChildren(...pairs.map(([name, text]) => h("option", { value: name, selected: name === value }, text)));
  }

  function set(change) {
    Object.assign(state, { offset: 0 }, change);
    refresh();
  }

  function key(name) {
    return name === "state" ? "status" : name;
  }

  function sort(name) {
    const turned = state.sort === name ? !state.descending : FALLING.has(name);
    set({ sort: name, descending: turned });
  }

  async function refresh() {
    const mine = (asked += 1);
    const query = new URLSearchParams({ limit: PAGE, ...state });
    if (!state.collection) query.delete("collection");
    const reply = await attempt(() => call("GET", `/api/documents?${query}`));
    await released();
    if (!reply || mine !== asked) return; // a later question has been asked
    if (!reply.documents.length && state.offset) {
      set({ offset: Math.max(0, Math.ceil(reply.total / PAGE) - 1) * PAGE });
      return;
    }
    found = reply;
    show();
  }

  const writes = (document) => box.writable().includes(document.collection);
  const manages = (document) => box.managed().includes(document.collection);
  const filtered = () => state.search || state.collection || state.kind || state.state || state.language;

  function show() {
    const held = element.contains(document.activeElement) ? document.activeElement.dataset.key : "";
    const opened = body.querySelector("details.menu[open] summary")?.dataset.key;
    options(shelf, [["", say("list.collections")], ...home.collections.map((c) => [c.name, `${c.name} (${number(c.documents)})`])], state.collection);
    options(kind, [["", say("list.kinds")], ...found.kinds.map((k) => [k, k])], state.kind);
    order.value = state.sort;
    filters.hidden = !found.total && !filtered();
    const some = found.documents.some(writes);
    body.replaceChildren(found.documents.length ? table(some) : empty());
    const last = state.offset + found.documents.length;
    const step = (sign, word, offset, off) => tool(sign, say(word), () => set({ offset }), { disabled: off, "data-key": word });
    pager.replaceChildren(...(found.total ? [
      step("chevron", "list.previous", Math.max(0, state.offset - PAGE), !state.offset),
      h("span", {}, say("list.range", { from: number(state.offset + 1), to: number(last), total: number(found.total) })),
      step("chevron", "list.next", state.offset + PAGE, last >= found.total)] : []));
    showBulk();
    kept = opened && body.querySelector(`[data-key="${CSS.escape(opened)}"]`)?.closest("details");
    if (kept) kept.open = true; // what is drawn anew has its menus closed
    if (held) element.querySelector(`[data-key="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
  }

  function empty() {
    const known = !state.collection || home.collections.some((c) => c.name === state.collection);
    if (state.search || state.kind || state.state || state.language || !known) {
      return h("div", { class: "empty" }, h("p", {}, say("list.nothing")), h("button", { type: "button", class: "plain", click: () => {
        search.value = status.value = spoken.value = "";
        Object.assign(state, { search: "", kind: "", state: "", language: "" });
        if (state.collection) location.hash = "";
        else set({});
      } }, say("list.clear")));
    }
    const writable = state.collection ? box.writable().includes(state.collection) : box.writable().length;
    return h("div", { class: "empty" }, icon("page"), h("h2", {}, say("list.none")),
      writable || !state.collection ? h("p", {}, say(writable ? "list.none.write" : home.create ? "list.none.first" : "list.none.read")) : null);
  }

  function table(some) {
    const all = found.documents.filter(writes);
    const every = all.length && all.every((d) => chosen.has(d.id));
    const head = COLUMNS.map(([name, kindOf]) => {
      const by = key(name);
      const now = state.sort === by;
      return h("th", { scope: "col", class: kindOf, "aria-sort": now ? (state.descending ? "descending" : "ascending") : "none" },
        h("button", { type: "button", class: "sort", "data-key": `sort-${name}`, click: () => sort(by) }, say(`list.${name}`),
          h("span", { "aria-hidden": "true" }, now ? (state.descending ? " ↓" : " ↑") : "")));
    });
    return h("table", {},
      h("thead", {}, h("tr", {},
        some ? h("th", { class: "pick" }, h("input", { type: "checkbox", checked: every, "aria-label": say("list.select.all"), "data-key": "all", change: (event) => {
          for (const d of all) event.target.checked ? chosen.set(d.id, d) : chosen.delete(d.id);
          show();
        } })) : null, head, h("th", { class: "more" }, h("span", { class: "unseen" }, say("list.actions"))))),
      h("tbody", {}, found.documents.map((d) => row(d, some))));
  }

  function row(d, some) {
    const bad = d.status === "rejected";
    const light = bad ? "rejected" : d.reason ? "warning" : "indexed";
    const others = d.files.length > 1 ? h("small", { title: d.files.join("\n") }, say("list.names", { count: number(d.files.length - 1) })) : null;
    const added = new Date(d.added_at);
    const cell = (name, kindOf, ...inner) => h("td", { class: kindOf, "data-label": say(`list.${name}`) }, inner);
    const opens = { "data-key": `open-${d.id}`, click: () => preview(d) };
    const name = bad ? h("span", { class: "file" }, d.file) : h("button", { type: "button", class: "file", ...opens }, d.file);
    return h("tr", { class: light, "data-id": d.id },
      some ? h("td", { class: "pick" }, writes(d) ? h("input", { type: "checkbox", checked: chosen.has(d.id), "aria-label": say("list.select", { file: d.file }), "data-key": `pick-${d.id}`, change: (event) => {
        event.target.checked ? chosen.set(d.id, d) : chosen.delete(d.id);
        show();
      } }) : null) : null,
      h("td", { class: "name" }, name, d.title && !bad && !d.file.includes(d.title) ? h("small", {}, d.title) : null, about(d), others),
      cell("collection", "shelf", h("a", { href: at(`in=${encodeURIComponent(d.collection)}`) }, d.collection)), cell("kind", "", d.kind), cell("pages", "number", d.pages ? number(d.pages) : ""),
      cell("chunks", "number", d.chunks ? number(d.chunks) : ""), cell("size", "number", size(d.size)),
      cell("language", "spoken", d.language === "en" || d.language === "zh" ? say(`list.${d.language}`) : d.language),
      h("td", { class: "state" }, h("span", { class: "light" }, say(`list.${light === "warning" ? "indexed" : light}`)), d.reason ? h("small", {}, told(d.reason)) : null, suspicion(d, writes(d), attempt, preview)),
      cell("added", "when", h("time", { datetime: d.added_at, title: added.toLocaleString(language) }, added.toLocaleDateString(language, { dateStyle: "medium" })),
        h("small", {}, say("list.by", { name: d.added_by }))),
      h("td", { class: "more" }, menu(d, bad)));
  }

  // Whose it is, which kind of paper and of when, as far as that is known.
  function about(d) {
    const { company, form, period } = d.profile;
    const words = [company, paper(form), period].filter(Boolean).join(" · ");
    return words ? h("small", { class: "about" }, words) : null;
  }

  // A kind of paper in the reader's language; one that a person has written stands as it is.
  function paper(form) {
    const text = say(FORM + form);
    return text === FORM + form ? form : text;
  }

  function menu(d, bad) {
    const item = (word, work) => h("button", { type: "button", role: "menuitem", "data-key": `${word}-${d.id}`, click: () => attempt(work) }, say(`act.${word}`));
    const items = [bad ? null : item("preview", () => preview(d))];
    if (writes(d)) items.push(item("label", () => label(d)), item("reindex", () => reindex([d])), item("move", () => move([d])));
    if (manages(d)) items.push(item("hide", async () => {
      close();
      if (await hide(d)) box.changed();
    }));
    if (writes(d)) items.push(item("delete", () => remove([d])));  // last, where it is hit least by mistake
    if (!items.some(Boolean)) return "";
    const opened = (event) => {
      if (!event.target.open || !event.target.isConnected) return; // of a list that was drawn anew
      close(event.target);
      if (event.target !== kept) event.target.lastChild.scrollIntoView({ block: "nearest" });
      kept = undefined;
    };
    const box_ = h("details", { class: "menu", toggle: opened, keydown: (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step && box_.open) {
        const stops = [...box_.querySelectorAll("[role=menuitem]")];
        const now = stops.indexOf(document.activeElement);
        stops.at(now < 0 ? Math.min(step, 0) : (now + step) % stops.length).focus();
        event.preventDefault();
      }
      if (event.key !== "Escape") return;
      box_.open = false;
      box_.querySelector("summary").focus();
    } }, h("summary", { "aria-label": say("list.actions.of", { file: d.file }), title: say("list.actions"), "data-key": `menu-${d.id}` }, icon("more")),
    h("div", { role: "menu" }, items.filter(Boolean)));
    return box_;
  }

  function close(except) {
    for (const open of element.querySelectorAll("details[open]")) if (open !== except) open.open = false;
  }

  document.addEventListener("click", (event) => close(event.target instanceof Element ? event.target.closest("details") : null));

  function preview(d) {
    close();
    globalThis.ragbox?.viewer?.open({ document: d.id, page: 1, file: d.file });
  }

  function showBulk() {
    for (const id of [...chosen.keys()]) {
      const now = found.documents.find((d) => d.id === id);
      if (now) chosen.set(id, now);
    }
    const some = [...chosen.values()];
    bulk.hidden = !some.length;
    const button = (word, work, kindOf = "plain") =>
      h("button", { type: "button", class: kindOf, "data-key": `bulk-${word}`, click: () => attempt(() => work(some)) }, say(`act.${word}`));
    bulk.replaceChildren(h("span", {}, say("list.selected", { count: number(some.length) })),
      button("reindex", reindex), button("move", move), button("delete", remove, "danger"));
  }

  async function reindex(some) {
    close();
    await post("/api/documents/reindex", { documents: some.map((d) => d.id) });
    chosen.clear();
    box.tell(say("act.queued", { count: number(some.length) }));
    box.changed();
  }

  // Only what was changed is sent: what is shown may have names taken out of it.
  async function label(d) {
    close();
    const had = { title: d.title, ...d.profile, form: paper(d.profile.form), aliases: d.profile.aliases.join(", "), language: d.language };
    const line = (name) => h("label", {}, say(`about.${name}`), h("input", { name, value: had[name], maxlength: 200 }));
    const spoken = h("select", { name: "language" });
    options(spoken, [...(d.language ? [] : [["", "–"]]), ["en", say("list.en")], ["zh", say("list.zh")]], d.language);
    const fields = h("div", { class: "fields" }, h("p", { class: "note" }, say("about.note")), ABOUT.map(line), h("label", {}, say("about.language"), spoken));
    const answer = await dialog(d.file, fields, say("act.label.do"));
    if (!answer) return;
    const said = {};
    for (const [name, value] of answer) {
      if (value === had[name]) continue;
      said[name] = !value.trim() ? null : name === "aliases" ? value.split(/[,，、]/) : value;
    }
    if (!Object.keys(said).length) return;
    const { jobs } = await call("PATCH", `/api/documents/${d.id}`, said);
    if (jobs.length) box.tell(say("act.queued", { count: number(jobs.length) }));
    else toast(say("act.labelled"), { seconds: 5 });
    box.changed();
  }

  async function move(some) {
    close();
    const places = box.writable().filter((n) => some.some((d) => d.collection !== n));
    if (!places.length) return toast(say("act.move.nowhere"));
    const where = h("select", { name: "to", required: true }, places.map((n) => h("option", { value: n }, n)));
    const answer = await dialog(say("act.move.title", { count: number(some.length) }), h("label", {}, say("act.move.where"), where), say("act.move.do"));
    const to = answer?.get("to");
    if (!to) return;
    await post("/api/documents/move", { documents: some.map((d) => d.id), collection: to });
    chosen.clear();
    toast(say("act.moved", { count: number(some.length), name: to }), { seconds: 6 });
    box.changed();
  }

  // Deleted at once, and called back by one click: no question to answer each time.
  async function remove(some) {
    close();
    const ids = some.map((d) => d.id);
    const at = found.documents.findIndex((d) => d.id === ids[0]);
    const keyed = document.activeElement?.matches(":focus-visible");
    await post("/api/documents/remove", { documents: ids, grace: GRACE });
    ids.forEach((id) => chosen.delete(id));
    box.changed();
    const text = some.length > 1 ? say("act.deleted.many", { count: number(some.length) }) : say("act.deleted", { file: some[0].file });
    const back = () => [...element.querySelectorAll("tbody summary")].slice(0, at + 1).at(-1) ?? search;
    toast(text, { label: say("act.undo"), seconds: GRACE, back: keyed ? back : undefined, act: () => attempt(async () => {
      const { restored } = await post("/api/documents/restore", { documents: ids });
      toast(say(restored.length ? "act.undone" : "act.late"), { seconds: 5 });
      box.changed();
    }) });
  }

  function showShelf(name) {
    if (state.collection !== name || !asked) set({ collection: name });
  }

  return { element, show: showShelf, refresh };
}

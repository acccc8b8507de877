// The page viewer: a page's picture with the cited lines boxed, or its text with the quote marked.
//
//   ragbox.viewer.open({ document, page, boxes: [[page, left, top, right, bottom], ...], quote })   sides are 0 to 1
//   ragbox.viewer.close()
//   ragbox.viewer.shown()                      { file, page } of what is open, else undefined
//
// It docks in the page's <aside id="viewer">; without one it lies over the right side, on a phone over the whole page.
// While it is open, that has the class "rv-open". Words come from #viewer-words. What documents say goes in as text nodes
// only.
import { follow } from "./citations.js";
import { h, icon, language, learn, request, say as word } from "./kit.js";
import { mark, passages } from "./passages.js";

const WIDTHS = [1000, 1400, 2000]; // of pictures: few, so that the server has most of them drawn already
const ACTUAL = 1000; // CSS pixels a page is wide at "actual size"
const NARROW = matchMedia("(max-width: 799px)");
const SKELETON_AFTER = 120; // ms; a page that is drawn already must not flicker
const AHEAD_AFTER = 300; // ms on a page until the next one is drawn

learn(JSON.parse(document.querySelector("#viewer-words").textContent));
const say = (key, values) => word(`viewer.${key}`, values);

const state = { document: "", page: 1, quoted: 1, pages: 1, boxes: [], quote: "", view: "image", zoom: "fit", file: "" };
let host = null;
let opener = null;
let turn = 0; // counts what was asked to be shown: what comes late is not
let loading = new AbortController();
let picture = ""; // object URL of the one that is shown

// -- its parts ---------------------------------------------------------------------------------------------

const sign = (key, name, click) =>
  h("button", { type: "button", class: "rv-sign", title: say(key), "aria-label": say(key), click }, icon(name));
const wordy = (click, text = "") => h("button", { type: "button", class: "rv-word", click }, text);

const title = h("strong", { class: "rv-file" });
const previous = sign("previous", "left", () => go(state.page - 1));
const next = sign("next", "right", () => go(state.page + 1));
const field = h("input", {
  class: "rv-number", inputmode: "numeric", autocomplete: "off", "aria-label": say("page"),
  change: () => go(Number(field.value)), focus: () => field.select(),
});
const of = h("span", { class: "rv-of" });
const pager = h("div", { class: "rv-group" }, previous, field, of, next);
const zoom = wordy(() => change({ zoom: state.zoom === "fit" ? "actual" : "fit" }));
const toggle = wordy(() => change({ view: state.view === "image" ? "text" : "image" }));
const original = h("a", { class: "rv-word rv-save", download: true, title: say("original"), "aria-label": say("original"), click: save },
  icon("save"), h("span", {}, say("original")));
const tools = h("div", { class: "rv-tools", role: "toolbar", "aria-label": say("tools") }, pager, zoom, toggle, original);
const note = h("p", { class: "rv-note", role: "alert", hidden: true });
const body = h("div", { class: "rv-body", tabindex: "0", role: "group", "aria-label": say("label") });
const status = h("p", { class: "rv-status", role: "status" });
const shell = h("section", { class: "rv-shell", tabindex: "-1", "aria-label": say("label"), keydown: press },
  h("div", { class: "rv-head" }, title, sign("close", "close", () => close())), tools, note, body, status);

// -- open, close -------------------------------------------------------------------------------------------

// With `focus: false` the focus stays where it is, which an answer's citations need while arrows walk along them.
export async function open({ document: id, page = 1, boxes = [], quote = "", file = "", focus = true }) {
  const mine = ++turn;
  loading.abort();
  if (!shell.contains(document.activeElement)) opener = document.activeElement;
  dock();
  const same = state.document === id;
  const first = Number(page) || boxes[0]?.[0] || 1;
  Object.assign(state, { document: id, page: first, quoted: first, boxes, quote, zoom: "fit" });
  if (!same) Object.assign(state, { pages: 0, file });
  original.href = address("/original");
  note.hidden = true;
  refresh();
  if (!same) skeleton();
  if (focus) body.focus({ preventScroll: true }); // up and down scroll it, left and right turn its pages
  try {
    const found = await (await request("GET", address())).json();
    if (mine !== turn) return;
    Object.assign(state, { pages: found.pages, file: found.file, images: found.viewable === "image" });
    state.view = state.images ? "image" : "text";
    await show();
  } catch (error) {
    if (mine === turn) fail(error, () => open({ document: id, page, boxes, quote, file, focus }));
  }
}

export function close() {
  if (!host?.classList.contains("rv-open")) return;
  turn += 1;
  loading.abort();
  host.classList.remove("rv-open");
  host.popover = null;
  body.replaceChildren();
  URL.revokeObjectURL(picture);
  state.document = "";
  if (opener?.isConnected) opener.focus({ preventScroll: true });
}

function dock() {
  host = document.querySelector("aside#viewer");
  if (!host) {
    host = h("aside", { id: "viewer", class: "rv-floating" });
    document.body.append(host);
  }
  if (shell.parentNode !== host) host.replaceChildren(shell);
  host.classList.add("rv-open");
  for (const [name, value] of [["role", "dialog"], ["aria-modal", "true"]]) {
    if (NARROW.matches) shell.setAttribute(name, value);
    else shell.removeAttribute(name);
  }
  // A popover lies over everything, however deep in the page the aside is.
  host.popover = NARROW.matches ? "manual" : null;
  if (NARROW.matches) host.showPopover();
}

NARROW.addEventListener("change", () => host?.classList.contains("rv-open") && dock());

function refresh() {
  title.textContent = title.title = state.file.split("/").pop();
  field.value = state.page;
  of.textContent = state.pages ? say("of", { pages: state.pages }) : "";
  pager.hidden = state.pages === 1;
  previous.disabled = state.page <= 1;
  next.disabled = state.page >= state.pages;
  for (const part of [pager, zoom, toggle]) part.inert = !state.pages; // as long as it is not known what can be turned
  zoom.hidden = state.view !== "image";
  zoom.textContent = say(state.zoom === "fit" ? "actual" : "fit");
  toggle.hidden = !state.images;
  toggle.textContent = say(state.view === "image" ? "as_text" : "as_page");
  shell.dataset.zoom = state.zoom;
  shell.dataset.view = state.view;
}

// -- what is shown -----------------------------------------------------------------------------------------

async function show({ offset } = {}) {
  const mine = ++turn;
  loading.abort();
  loading = new AbortController();
  refresh();
  status.textContent = say("loading", { page: state.page });
  const waiting = setTimeout(() => mine === turn && skeleton(), SKELETON_AFTER);
  try {
    const shown = await (state.view === "image" ? page() : text(offset));
    if (mine !== turn) return;
    clearTimeout(waiting);
    body.setAttribute("aria-busy", "false");
    refresh();
    body.replaceChildren(shown);
    body.scrollTo(0, 0);
    const missed = state.view === "text" && offset === undefined && cited() && !mark(shown, state.quote);
    status.textContent = missed ? say("unmarked") : say("shown", { page: state.page, file: title.textContent });
    reveal();
  } catch (error) {
    if (mine === turn) fail(error, () => show({ offset }));
  } finally {
    clearTimeout(waiting);
  }
}

// Whether the quote stands on this page; "quoted" is its page where there are no boxes.
const cited = () => state.quote && (state.boxes.length ? state.boxes.some((box) => box[0] === state.page) : state.page === state.quoted);
const address = (part = "") => `/api/documents/${encodeURIComponent(state.document)}${part}`;
const get = (part) => request("GET", address(part), undefined, { signal: loading.signal });

async function page() {
  const wanted = (state.zoom === "fit" ? body.clientWidth : ACTUAL) * devicePixelRatio;
  const width = WIDTHS.find((one) => one >= wanted) ?? WIDTHS.at(-1);
  const blob = await (await get(`/pages/${state.page}?width=${width}`)).blob();
  const url = URL.createObjectURL(blob);
  const image = h("img", { class: "rv-image", src: url, alt: say("alt", { page: state.page, file: title.textContent }) });
  await image.decode();
  URL.revokeObjectURL(picture);
  picture = url;
  const sheet = h("div", { class: "rv-page" }, image);
  for (const [number, left, top, right, bottom] of state.boxes) {
    if (number !== state.page) continue;
    const box = h("div", { class: "rv-box" });
    const sides = { left, top, width: right - left, height: bottom - top };
    for (const [side, part] of Object.entries(sides)) box.style[side] = `${100 * part}%`;
    sheet.append(box);
  }
  if (cited()) sheet.append(h("p", { class: "rv-unseen" }, say("cited", { quote: state.quote })));
  if (state.page < state.pages) setTimeout(ahead, AHEAD_AFTER, turn, address(`/pages/${state.page + 1}?width=${width}`));
  return sheet;
}

async function ahead(mine, url) {
  if (mine !== turn) return; // has moved on
  await fetch(url, { priority: "low" }).then((reply) => reply.blob()).catch(() => {});
}

async function text(offset) {
  const asked = new URLSearchParams({ page: state.page });
  if (offset !== undefined) asked.set("offset", offset);
  else if (cited()) asked.set("near", state.quote.slice(0, 300));
  const found = await (await get(`/passages?${asked}`)).json();
  if (asked.has("near")) state.quoted = found.page; // a paragraph may run over from the page before
  state.page = found.page;
  const article = h("article", { class: "rv-text" }, passages(found.passages));
  if (!found.total) article.append(h("p", { class: "rv-none" }, say("empty")));
  const size = Math.max(1, found.end - found.offset);
  const more = (key, from) => wordy(() => show({ offset: from }), say(key));
  if (found.offset > 0) article.prepend(more("earlier", Math.max(0, found.offset - size)));
  if (found.end < found.total) article.append(more("later", found.end));
  return article;
}

function reveal() {
  const first = body.querySelector(".rv-box, mark");
  if (!first) return;
  const at = first.getBoundingClientRect();
  const frame = body.getBoundingClientRect();
  const top = body.scrollTop + at.top - frame.top - frame.height / 3;
  body.scrollTo(body.scrollLeft + Math.min(0, at.left - frame.left - 12), Math.max(0, top));
}

function skeleton() {
  body.setAttribute("aria-busy", "true");
  body.replaceChildren(h("div", { class: "rv-skeleton" }));
}

// -- what goes wrong ---------------------------------------------------------------------------------------

function fail(error, again) {
  if (error.name === "AbortError") return;
  const key = error.kind ? { NotFound: "missing", Rejected: "unreadable", Unavailable: "busy" }[error.kind] : "failed";
  // The server's reasons are in English.
  const reason = key === "unreadable" && language === "en" && h("p", { class: "rv-reason" }, error.message);
  body.setAttribute("aria-busy", "false");
  body.replaceChildren(h("div", { class: "rv-error", role: "alert" },
    h("p", {}, key ? say(key) : error.message), reason, wordy(again, say("retry"))));
  status.textContent = "";
}

// -- the original ------------------------------------------------------------------------------------------

// A link alone would save the refusal as a file.
async function save(event) {
  if (!event.isTrusted) return; // the click below
  event.preventDefault();
  const wanted = state.document;
  try {
    await request("GET", address("/original?check=true"));
    if (wanted === state.document) original.click();
  } catch (error) {
    if (wanted !== state.document) return;
    note.textContent = { NotPermitted: say("withheld"), Unavailable: say("judging") }[error.kind] ?? error.message;
    note.hidden = false;
  }
}

// -- hands -------------------------------------------------------------------------------------------------

function go(number) {
  if (!state.pages) return;
  const page = Math.min(Math.max(1, Math.trunc(number) || state.page), state.pages);
  field.value = page;
  if (page === state.page) return;
  state.page = page;
  show();
}

function change(part) {
  Object.assign(state, part);
  show();
}

function press(event) {
  if (event.key === "Escape") close();
  else if (event.key === "Tab" && shell.getAttribute("role") === "dialog") return wrap(event);
  else if (event.target === field || event.ctrlKey || event.metaKey || event.altKey) return;
  else if (body.scrollWidth > body.clientWidth + 1) return; // the arrows move a page that is wider than its pane
  else if (event.key === "ArrowLeft") go(state.page - 1);
  else if (event.key === "ArrowRight") go(state.page + 1);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

document.addEventListener("keydown", (event) => {
  const idle = document.activeElement === document.body || document.activeElement?.matches?.(".cite");
  if (event.key === "Escape" && !event.defaultPrevented && idle) close();
});

function wrap(event) {
  const stops = [...shell.querySelectorAll("button, input, a[href], [tabindex='0']")].filter(
    (one) => !one.disabled && one.getClientRects().length,
  );
  const ends = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]];
  if (document.activeElement !== ends[0] && document.activeElement !== shell) return;
  ends[1].focus();
  event.preventDefault();
}

const shown = () => (state.document ? { file: state.file, page: state.page } : undefined);

globalThis.ragbox = Object.assign(globalThis.ragbox ?? {}, { viewer: { open, close, shown } });
follow(open);

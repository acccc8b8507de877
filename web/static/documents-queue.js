// Files in: the drop zone, what is still to be sent, and how far the server is with the rest.
import { call, failure, h, home, icon, language, newest, number, released, say, signedOut, tool } from "./kit.js";
import { attempt, post, problem } from "./documents.js";
import { maker } from "./documents-shelves.js";
import { told } from "./reasons.js";

const TOGETHER = 2;
const SHOWN = 60;
const QUICK = 1000;
const SLOW = 5000;

export function queue(box) {
  const unsent = []; // {key, file, name, collection}: waits for a free line
  const sending = new Map(); // key -> {name, percent, request}
  const failed = new Map(); // key -> {file, name, collection, reason}
  const mine = new Map(); // job -> File, so that a cancelled one can be sent again
  const stopping = new Set();
  const said = new Set();
  let jobs = [];
  let counts = { running: 0, waiting: 0, ended: 0 };
  let key = 0;
  let timer;
  let before = "0 "; // which files had ended

  const target = h("select", { id: "into" });
  const files = h("input", { type: "file", multiple: true, class: "unseen", tabindex: "-1", "aria-hidden": "true", change: chosen });
  const folder = h("input", { type: "file", webkitdirectory: true, class: "unseen", tabindex: "-1", "aria-hidden": "true", change: chosen });
  const zone = h("section", { class: "drop" },
    h("div", { class: "what" }, h("strong", {}, say("documents.drop")),
      h("small", {}, say("documents.kinds", { size: number(box.limits.megabytes) }))),
    h("div", { class: "how" },
      h("label", { for: "into" }, say("documents.into")), target,
      h("button", { type: "button", class: "primary", click: () => files.click() }, say("documents.choose")),
      h("button", { type: "button", class: "plain", click: () => folder.click() }, say("documents.choose.folder"))),
    files, folder);
  const first = h("section", { class: "drop" }, h("p", {}, say("documents.first")), maker(box, "first-shelf", () => zone.querySelector(".primary").focus()));
  const panel = h("section", { class: "queue", "aria-labelledby": "queue-heading", hidden: true });
  const element = h("div", {}, panel);

  for (const kind of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      if (!element.isConnected || !event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault(); // a file dropped beside the zone must not replace the page
      zone.classList.toggle("over", kind === "dragover");
      if (kind === "drop" && zone.isConnected && !element.hidden) dropped(event.dataTransfer);
    });
  }
  addEventListener("beforeunload", (event) => {
    if (unsent.length || sending.size) event.preventDefault();
  });

  function into(name) {
    const names = box.writable();
    const chosen = names.includes(name) ? name : target.value;
    target.replaceChildren(...names.map((n) => h("option", { value: n, selected: n === chosen }, n)));
    const wanted = names.length ? zone : home.create ? first : null; // who may not write has nothing to drop on
    for (const part of [zone, first]) if (part !== wanted) part.remove();
    if (wanted && !wanted.isConnected) element.prepend(wanted);
  }

  function chosen(event) {
    add([...event.target.files].map((file) => [file, file.webkitRelativePath || file.name]));
    event.target.value = "";
  }

  async function dropped(transfer) {
    const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    const found = [];
    for (const entry of entries) await walk(entry, found);
    add(found);
  }

  async function walk(entry, found) {
    const path = entry.fullPath.slice(1);
    if (path.includes("/") && passed(path)) return found.push([null, path]);
    if (entry.isFile) return found.push([await new Promise((ok, no) => entry.file(ok, no)), path]);
    const reader = entry.createReader();
    for (;;) {
      const some = await new Promise((ok, no) => reader.readEntries(ok, no)); // a hundred at a time
      if (!some.length) return undefined;
      for (const inner of some) await walk(inner, found);
    }
  }

  // Inside folders lie files that nobody means to add; the patterns are those of RAGBOX_IGNORE.
  function passed(path) {
    const match = (part, glob) =>
      new RegExp(`^${glob.replace(/[.+^${}()|\\[\]]/g, "\\$&").replace(/\*/g, ".*").replace(/\?/g, ".")}$`, "i").test(part);
    return path.split("/").some((part) => box.limits.ignore.some((glob) => match(part, glob)));
  }

  function add(found) {
    const wanted = found.filter(([file, name]) => file && !(name.includes("/") && passed(name)));
    if (wanted.length < found.length) box.tell(say("documents.passed", { count: number(found.length - wanted.length) }));
    for (const [file, name] of wanted) unsent.push({ key: (key += 1), file, name, collection: target.value });
    if (wanted.length) said.clear();
    pump();
    show();
  }

  function pump() {
    while (sending.size < TOGETHER && unsent.length) send(unsent.shift());
  }

  function send({ key: own, file, name, collection }) {
    const form = new FormData();
    form.append("collection", collection);
    form.append("wait", "no");
    form.append("files", file, name);
    const request = new XMLHttpRequest(); // fetch does not tell how much is sent
    const state = { name, percent: 0, request };
    sending.set(own, state);
    request.upload.addEventListener("progress", (event) => {
      state.percent = Math.floor((100 * event.loaded) / event.total);
      show();
    });
    request.addEventListener("loadend", () => {
      sending.delete(own);
      const reply = parsed(request.responseText);
      if (request.status === 401) signedOut();
      if (request.status === 202) {
        for (const job of reply.jobs) mine.set(job.id, { file, name, collection });
        jobs = [...jobs, ...reply.jobs.filter((job) => !jobs.some(({ id }) => id === job.id))];
      } else if (request.status === 429 && !state.dropped) unsent.unshift({ key: own, file, name, collection });
      else if (!state.dropped) {
        const reason = request.status ? told(reply.error?.message, failure(reply).message) : say("queue.offline");
        failed.set(own, { file, name, collection, reason });
      }
      setTimeout(pump, request.status === 429 ? SLOW : 0); // too many wait: later
      poll();
    });
    request.open("POST", "/api/documents");
    request.send(form);
  }

  const look = newest(() => call("GET", `/api/jobs?waiting=${SHOWN}&ended=${SHOWN}`), (reply) => {
    ({ jobs, counts } = reply);
    const ends = `${counts.ended} ${jobs.filter((job) => job.stage === "end").map((job) => job.id)}`;
    if (ends !== before) box.changed(); // at first too: one that ended meanwhile may be missing in the list
    before = ends;
    announce();
    draw();
  });

  async function poll() {
    clearTimeout(timer);
    await look().catch((error) => error.kind !== "Offline" && problem(error));
    clearTimeout(timer); // of another look, begun meanwhile
    const every = counts.running + counts.waiting + unsent.length + sending.size ? QUICK : SLOW;
    const idle = () => document.addEventListener("visibilitychange", poll, { once: true });
    if (element.isConnected) timer = setTimeout(() => (document.hidden && every === SLOW ? idle() : poll()), every);
  }

  // One sentence for each file that is done; a screen reader hears them, others see the list.
  function announce() {
    for (const job of jobs) {
      if (job.stage !== "end" || !mine.has(job.id) || said.has(job.id)) continue;
      said.add(job.id);
      box.tell(say("queue.said", { file: job.file, outcome: outcome(job) }));
    }
  }

  function rows() {
    const open = jobs.filter((job) => job.stage !== "end");
    const running = open.filter((job) => job.stage !== "wait");
    const waiting = open.filter((job) => job.stage === "wait");
    const ended = jobs.filter((job) => job.stage === "end");
    return [
      ...[...sending].map(([own, state]) => ({
        key: `s${own}`, name: state.name, text: say("queue.send", { percent: state.percent }), part: state.percent / 100, cancel: () => drop(state),
      })),
      ...running.map((job) => ({ key: job.id, name: job.file, job, text: stage(job), part: job.done ? job.done / job.total : null, cancel: () => cancel(job) })),
      ...[...failed].map(([own, item]) => ({
        key: `f${own}`, name: item.name, kind: "bad", text: `${say("queue.not")} · ${item.reason}`,
        forget: () => failed.delete(own), retry: () => {
          failed.delete(own);
          unsent.push({ key: own, ...item });
          pump();
        },
      })),
      ...ended.map((job) => ({
        key: job.id, name: job.file, job, kind: job.status === "rejected" ? "bad" : job.reason && job.status !== "cancelled" ? "warn" : job.status === "cancelled" ? "quiet" : "good",
        text: [outcome(job), job.status !== "cancelled" && told(job.reason)].filter(Boolean).join(" · "),
        forget: writes(job) && (() => cancel(job)), retry: writes(job) && retry(job),
      })),
      ...waiting.map((job) => ({ key: job.id, name: job.file, job, kind: "quiet", text: say("queue.wait"), cancel: writes(job) && (() => cancel(job)) })),
      ...unsent.map((item) => ({
        key: `u${item.key}`, name: item.name, kind: "quiet", text: say("queue.unsent"), cancel: () => unsent.splice(unsent.indexOf(item), 1),
      })),
    ];
  }

  const writes = (job) => box.writable().includes(job.collection);
  const outcome = (job) => say(job.status === "rejected" ? "queue.not" : `queue.${job.status}`);

  // A rejected file is in the record, so it can be read again; of a cancelled one this page may still have the file.
  function retry(job) {
    if (job.status !== "rejected" && job.status !== "cancelled") return null;
    const item = mine.get(job.id);
    if (!job.document && !item) return null;
    return async () => {
      if (job.document) await post("/api/documents/reindex", { documents: [job.document] });
      else unsent.push({ key: (key += 1), ...item });
      await call("DELETE", `/api/jobs/${job.id}`);
      pump();
    };
  }

  function drop(state) {
    state.dropped = true;
    state.request.abort();
  }

  async function cancel(job) {
    if (job.stage !== "end") stopping.add(job.id);
    await call("DELETE", `/api/jobs/${job.id}`);
  }

  function stage(job) {
    if (stopping.has(job.id)) return say("queue.stopping");
    const scan = job.stage === "read" && job.total;
    const some = job.stage === "encode" && job.done ? "encode.some" : job.stage;
    const text = scan ? say("queue.read.pages", { page: number(job.done + 1), total: number(job.total) })
      : say(`queue.${some}`, { done: number(job.done), count: number(job.total) });
    const rate = job.rate && say(scan ? "queue.pages" : "queue.passages", { rate: job.rate >= 10 ? number(Math.round(job.rate)) : job.rate.toFixed(job.rate < 1 ? 2 : 1) });
    return [text, rate, job.left && left(job.left)].filter(Boolean).join(" · ");
  }

  function left(seconds) {
    if (seconds < 90) return say("queue.seconds", { count: Math.max(1, Math.round(seconds)) });
    if (seconds < 5400) return say("queue.minutes", { count: Math.round(seconds / 60) });
    return say("queue.hours", { count: (seconds / 3600).toFixed(1) });
  }

  let due; // one is enough, however much of a file was sent while something was pressed
  const show = () => (due ??= Promise.resolve(released()).then(draw));

  function draw() {
    due = undefined;
    const found = rows();
    const open = counts.running + counts.waiting + unsent.length + sending.size;
    const bad = found.filter((row) => row.kind === "bad").length;
    const ended = counts.ended + failed.size;
    panel.hidden = !found.length;
    if (panel.hidden) return;
    const held = panel.contains(document.activeElement) ? document.activeElement.dataset.key : "";
    const facts = [open && say("queue.open", { count: number(open) }), ended && say("queue.ended", { count: number(ended) }), bad && say("queue.rejected", { count: number(bad) })];
    const scrolled = panel.querySelector("ul")?.scrollTop ?? 0;
    const hidden = Math.max(0, open + ended - Math.min(found.length, SHOWN));
    const items = h("ul", {}, found.slice(0, SHOWN).map(line));
    panel.replaceChildren(
      h("header", {},
        h("h2", { id: "queue-heading" }, say(open ? "queue.heading" : "queue.done")),
        h("span", { class: "facts" }, facts.filter(Boolean).join(" · ")),
        (unsent.length || sending.size) ? h("span", { class: "facts" }, say("queue.stay")) : null,
        open && box.writable().length ? h("button", { type: "button", class: "plain", "data-key": "all", click: () => attempt(cancelAll) }, say("queue.cancel.all")) : null,
        open ? null : h("span", { class: "then" }, found.some((row) => row.kind === "good") ? h("a", { class: "plain", href: `/${language}/`, "data-key": "ask" }, say("documents.ask")) : null,
          h("button", { type: "button", class: "plain", "data-key": "clear", click: () => attempt(clear) }, say("queue.clear")))),
      open + ended > 1 ? h("progress", { max: open + ended, value: ended, "aria-label": facts.filter(Boolean).join(", ") }) : "",
      items, hidden ? h("p", { class: "note" }, say("queue.more", { count: number(hidden) })) : "");
    items.scrollTop = scrolled;
    if (held) panel.querySelector(`[data-key="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
  }

  function line({ key: own, name, kind = "", text, part, cancel: stop, forget, retry: again }) {
    const button = (sign, word, work) => tool(sign, say(`queue.${word}`, { file: name }), () => attempt(async () => {
      await work();
      poll();
    }), { "data-key": `${word}-${own}` });
    return h("li", { class: kind },
      h("span", { class: "name" }, name), h("span", { class: "stage" }, kind === "good" ? icon("check") : kind === "bad" ? icon("alert") : null, h("span", {}, text)),
      h("span", { class: "do" }, again ? button("again", "retry", again) : null, stop ? button("close", "cancel", stop) : null, forget ? button("close", "forget", forget) : null),
      part === undefined ? "" : h("progress", { max: 1, "aria-label": name, ...(part === null ? {} : { value: part }) }));
  }

  async function cancelAll() {
    unsent.length = 0;
    sending.forEach(drop);
    await call("DELETE", "/api/jobs?ended=false");
    poll();
  }

  async function clear() {
    failed.clear();
    await call("DELETE", "/api/jobs?ended=true");
    poll();
  }

  into("");
  poll();
  return { element, into, refresh: () => into("") };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

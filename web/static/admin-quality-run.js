// A run that the box makes itself: begin it, follow it, cancel it. It goes on when the page is closed.
import { button, call, dialog, field, h, language, newest, note, number, problem, when, word } from "./admin-kit.js";
import { told } from "./reasons.js";

const EVERY = 1500; // milliseconds between two looks at a run that is under way
const OWN = ["gate", "judged", "samples"]; // files of the box that have names of their own in each language

export const titled = (file) => (OWN.includes(file) ? word(`file.${file}`) : file);
export const shelf = (collection) => collection || word("run.all");

// `changed` brings the tab up to date; `before` finds the run before one of the same file and collection.
export function background(panel, { changed, before, compare }) {
  const state = h("p", { role: "status" });
  const bar = h("progress", { "aria-label": word("run.progress") });
  const far = note("");
  const stop = button(word("run.cancel"), () => cancel(), { key: "run-cancel" });
  const live = h("div", {}, bar, far, h("div", { class: "bar" }, stop));
  const ended = h("div", {});
  const place = h("div", { class: "work" }, state, live, ended);
  let timer;
  let now = {}; // the work as it was last seen
  let began; // when this page first saw the run, and how far it was then

  const look = newest(() => call("GET", "/api/admin/quality/work"), (found) => {
    clearTimeout(timer);
    now = found;
    if (now.running && panel.isConnected) timer = setTimeout(again, EVERY);
  });

  async function again() {
    try {
      if (document.hidden || panel.hidden) {
        timer = setTimeout(again, EVERY);
        return;
      }
      await look();
      if (now.running) show();
      else await changed();
    } catch {
      timer = setTimeout(again, EVERY); // the box may be starting anew
    }
  }

  function show() {
    const { name, stage, running, done, total } = now;
    const about = { name, file: titled(now.file), collection: shelf(now.collection), done: number(done), count: number(total) };
    place.hidden = !stage;
    live.hidden = !running;
    say(running ? word("run.running", about) : ["done", "cancelled"].includes(stage) ? word(`run.${stage}`, about) : "");
    Object.assign(bar, { max: total || 1, value: done });
    far.textContent = [word("run.far", about), running && left(now)].filter(Boolean).join(" · ");
    const other = stage === "done" && before(name);
    const failed = () => h("p", { class: "problem", role: "alert" }, word("run.failed", about), " ",
      h("span", { lang: told(now.error) === now.error ? "en" : language }, told(now.error)));
    ended.replaceChildren(...[
      stage === "failed" && failed(),
      other && h("div", { class: "bar" }, button(word("run.compare", { name: other }), () => compare(other, name), { key: "run-compare" })),
      ["failed", "cancelled"].includes(stage) && h("p", { class: "note" }, when(now.ended_at)),
    ].filter(Boolean));
  }

  function say(text) {
    if (state.textContent !== text) state.textContent = text; // said once, not at every look
  }

  function left({ name, done, total }) {
    if (began?.name !== name) began = { name, done, at: performance.now() };
    if (done - began.done < 3) return "";
    const minutes = Math.ceil(((performance.now() - began.at) / (done - began.done)) * (total - done) / 60_000);
    return word("run.left", { count: number(minutes) });
  }

  async function cancel() {
    stop.disabled = true;
    try {
      now = await call("POST", "/api/admin/quality/work/cancel");
      show();
    } catch (error) {
      ended.replaceChildren(problem(error.message));
    }
    stop.disabled = false;
  }

  return { place, look, show };
}

// Asks what to run; tells whether a run was begun.
export async function begin({ files, runs }) {
  if (!files.length) return dialog(word("run.new"), [h("p", {}, word("run.none"))]);
  const { collections } = await call("GET", "/api/collections");
  const names = collections.map((c) => c.name);
  const option = (value, text, selected = false) => h("option", { value, selected }, text);
  const fit = (file) => (names.includes(file) ? file : ""); // the samples' questions are of the samples
  const over = (id) => h("select", { id, name: "collection" },
    option("", word("run.all")), names.map((name) => option(name, name, name === fit(files[0].name))));
  const shelves = field(word("run.collection"), over);
  const which = (id) => h("select", { id, name: "file", change: (event) => (shelves.querySelector("select").value = fit(event.target.value)) },
    files.map((f) => option(f.name, word("run.file.count", { name: titled(f.name), count: number(f.questions) }))));
  const title = (id) => h("input", {
    id, name: "name", required: true, maxlength: "63", pattern: "[a-z0-9][a-z0-9._\\-]*", autocomplete: "off", spellcheck: "false", value: free(runs),
  });
  const content = [
    note(word("run.lead")), field(word("run.file"), which, word("run.file.rules")), shelves, field(word("run.name"), title, word("run.name.rules")),
  ];
  const submit = (form) => {
    const [name, file, collection] = ["name", "file", "collection"].map((key) => form.get(key).trim());
    return call("POST", "/api/admin/quality/work", { name, file, collection });
  };
  return dialog(word("run.new"), content, { accept: word("run.go"), submit });
}

// Today's date, with a number where a run of today has it already.
function free(runs) {
  const now = new Date();
  const day = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => `${part}`.padStart(2, "0")).join("-");
  const taken = new Set(runs.map((run) => run.name));
  let name = day;
  for (let next = 2; taken.has(name); next += 1) name = `${day}-${next}`;
  return name;
}

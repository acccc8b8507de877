// Trainings of adapters on the Admin page: begin one, see its loss fall, break it off or go on.
import { ask, because, button, call, dialog, field, h, newest, note, number, onChange, svg, when, word } from "./admin-kit.js";
import { percent, title } from "./admin-adapters-work.js";

const SHOWN = 5; // trainings with a plot; older ones stand in the records
const WIDE = 600;
const TALL = 160;

export function trainings(act) {
  const plus = button(word("training.new"), () => begin(act), { key: "train" });
  const place = h("div", {});
  const section = h("section", { class: "trainings" },
    h("div", { class: "bar spread" }, h("h2", {}, word("training.title")), plus), place);

  const put = onChange(({ runs, ready }) => {
    plus.disabled = !ready || runs.some((run) => run.running);
    place.replaceChildren(...(runs.length ? runs.slice(0, SHOWN).map((run) => one(run, act)) : [note(word("training.none"))]));
  });

  const show = newest(() => call("GET", "/api/trainings"), (found, { model }) =>
    put({ runs: found.trainings, ready: model.state === "ready" }));

  return { section, show };
}

function one(run, act) {
  const at = `/api/trainings/${encodeURIComponent(run.id)}`;
  const stop = button(word("training.cancel"), () => act(() => call("POST", "/api/trainings/cancel")), { key: "cancel training" });
  const again = button(word("training.resume"), () => act(() => call("POST", `${at}/resume`)), { key: `resume ${run.id}` });
  const gone = button(word("training.remove"), () => ask(word("training.remove.ask", { name: run.name }), word("training.remove"), async () => {
    await call("DELETE", at);
    await act(() => {});
  }), { key: `remove ${run.id}`, kind: "danger" });
  const percentage = run.total ? percent(run.done / run.total) : "";
  const state = word(`training.${run.state}`, { count: number(run.done), percent: percentage, name: title(run.adapter || run.name) });
  const { trained_share: share, loss_before: before, loss, exact_before, exact } = run.figures;
  const facts = [
    run.counts.lessons && word("training.lessons", { count: number(run.counts.lessons) }),
    share !== undefined && word("training.share", { percent: (100 * share).toPrecision(2) }),
    loss !== undefined && word("training.loss", { before: before.toFixed(2), after: loss.toFixed(2) }),
    exact !== undefined && word("training.exact", { before: percent(exact_before), after: percent(exact) }),
  ];
  return h("article", { class: "training" },
    h("h3", {}, run.name, " ", h("small", {}, when(run.started_at))),
    h("p", { class: run.state === "failed" ? "bad" : "", role: "status" }, state),
    run.error && run.state === "failed" && h("p", { class: "problem" }, because(run.error)),
    run.running && h("progress", { "aria-label": run.name, ...(run.total ? { max: run.total, value: run.done } : {}) }),
    run.curve.length > 1 && curve(run),
    note(facts.filter(Boolean).join(" · ")),
    h("div", { class: "bar" }, run.running && stop, ["failed", "cancelled"].includes(run.state) && run.data && again, !run.running && gone));
}

// The loss by steps, from 0 up; on what is held out it is dashed.
function curve({ curve: points, name }) {
  const last = points.at(-1).step || 1;
  const top = Math.max(...points.flatMap(({ loss, held }) => [loss ?? 0, held ?? 0])) || 1;
  const x = ({ step }) => (step / last) * WIDE;
  const y = (value) => TALL - (value / top) * (TALL - 6);
  const line = (key, kind) => {
    const known = points.filter((point) => typeof point[key] === "number");
    return svg("polyline", { class: kind, points: known.map((point) => `${x(point).toFixed(1)},${y(point[key]).toFixed(1)}`).join(" ") });
  };
  const said = word("training.curve", { name, from: points[0].loss?.toFixed(2) ?? "—", to: points.at(-1).loss?.toFixed(2) ?? "—" });
  const picture = svg("svg", { viewBox: `0 0 ${WIDE} ${TALL}`, preserveAspectRatio: "none", role: "img", "aria-label": said },
    svg("line", { x1: 0, y1: TALL - 0.5, x2: WIDE, y2: TALL - 0.5 }), line("loss", ""), line("held", "held"));
  const key = (kind, text) => h("span", {}, h("span", { class: `key ${kind}` }), text);
  return h("div", { class: "curve" }, picture,
    h("div", { class: "axis" }, h("span", {}, word("training.step", { count: number(points[0].step) })), h("span", {}, word("training.step", { count: number(last) }))),
    h("div", { class: "keys" }, key("", word("training.loss.taught")), key("held", word("training.loss.held"))));
}

async function begin(act) {
  const { collections } = await call("GET", "/api/collections");
  const kinds = ["documents", "feedback", "file"];
  const text = (name, more) => (id) => h("input", { id, name, autocomplete: "off", spellcheck: "false", ...more });
  const kind = (id) => h("select", { id, name: "kind", change: (event) => choose(event.target.value) },
    kinds.map((value) => h("option", { value }, word(`training.from.${value}`))));
  const shelf = (id) => h("select", { id, name: "collection" },
    h("option", { value: "" }, word("compare.all")), collections.map((c) => h("option", { value: c.name }, c.name)));
  const parts = {
    collection: field(word("compare.collection"), shelf),
    file: field(word("training.file"), text("file", { maxlength: "4096" }), word("training.file.rules")),
  };
  const choose = (value) => {
    parts.file.hidden = value !== "file";
    parts.collection.hidden = value === "file";
  };
  choose(kinds[0]);
  const content = [
    note(word("training.lead")),
    field(word("training.name"), text("name", { required: true, maxlength: "63", autofocus: true })),
    field(word("training.from"), kind, word("training.from.rules")), parts.collection, parts.file,
    field(word("training.rank"), text("rank", { type: "number", min: "1", max: "1024", value: "16" }), word("training.rank.rules")),
  ];
  const submit = (form) => {
    const given = Object.fromEntries(["name", "kind", "file", "collection"].map((key) => [key, form.get(key).trim()]));
    return call("POST", "/api/trainings", { ...given, rank: Number(form.get("rank")) });
  };
  if (await dialog(word("training.new"), content, { accept: word("training.go"), submit })) await act(() => {});
}

// An activation on the Admin page: its stages as they come, what the gate found, and a way through for who has a reason.
import { because, button, call, clock, dialog, field, h, number, onChange, table, word } from "./admin-kit.js";

const MEASURES = ["points", "text", "page", "refusal", "unsupported"];
const STAGES = ["check", "load", "probe", "gate", "switch"];
export const percent = (part) => part.toLocaleString(undefined, { style: "percent", maximumFractionDigits: 1 });

export const title = (key) => key.split("@")[0];

// Adapters of the language model; scorers come into the engine that quotes.
export const shapes = ({ engine }) => engine === "model";

// One version of a name is told by its name alone; of several each by its key.
export const named = (key, all) => (all.filter((a) => title(a.key) === title(key)).length > 1 ? key : title(key));

// `steps` are [words, state]: "done", "now", "bad" or "" for those to come.
export const ladder = (steps, label) =>
  h("ol", { class: "ladder", "aria-label": label }, steps.map(([text, state]) =>
    h("li", { class: state, "aria-current": state === "now" && "step" }, text)));

export function activation(act) {
  const said = h("p", { class: "summary", role: "status" });
  const place = h("div", {});
  const found = h("div", {});
  const section = h("section", { class: "work", hidden: true }, said, place, found);

  const show = onChange(({ work, active }) => {
    section.hidden = !work.stage || (work.stage === "done" && !active.includes(work.key)); // of what came after it the top tells
    if (section.hidden) return;
    const { key, stage, reached, running, done, total } = work;
    const name = title(key);
    const ended = ["failed", "refused"].includes(stage);
    said.className = `summary ${ended ? "bad" : ""}`;
    said.textContent = running ? word("stage.title", { name })
      : word(`stage.${stage}`, { name: stage === "done" ? name : `“${name}”`, time: clock(work.ended_at) });
    const at = STAGES.indexOf(reached);
    const counted = (each) => (each === "gate" && running && total ? word("stage.gate.count", { done: number(done), total: number(total) }) : word(`stage.${each}`));
    const states = STAGES.map((each, place) => [counted(each), place < at || stage === "done" ? "done" : place > at ? "" : ended ? "bad" : "now"]);
    const stop = button(word("stage.cancel"), () => act(() => call("POST", "/api/adapters/cancel")), { key: "cancel" });
    const anyway = button(word("stage.anyway"), () => insist(key), { key: "anyway", kind: "danger" });
    place.replaceChildren(
      ladder(states, word("stage.title", { name })),
      ...(running && total ? [h("progress", { max: total, value: done, "aria-label": word("stage.gate") })] : []),
      ...(ended ? [h("p", { class: "problem", role: "alert" }, because(work.error))] : []),
      h("div", { class: "bar" }, running && stop, stage === "refused" && anyway));
    found.replaceChildren(...(work.report.old ? [report(work.report, name, stage === "refused")] : []));
  });

  async function insist(key) {
    const why = (id) => h("input", { id, name: "reason", required: true, maxlength: "1000", autocomplete: "off", autofocus: true });
    const content = [field(word("stage.reason"), why, word("stage.reason.rules"))];
    const [name, version] = key.split("@").map(encodeURIComponent);
    const submit = (form) => call("POST", `/api/adapters/${name}/${version}/activate`, { reason: form.get("reason").trim() });
    if (await dialog(word("stage.anyway"), content, { accept: word("stage.anyway"), danger: true, submit })) await act(() => {});
  }

  return { section, show: ({ work, active, scorer }) => show({ work, active: [active, scorer.active] }) };
}

// -- what the gate found -----------------------------------------------------------------------------------

export function report(told, name, open = false) {
  const rows = MEASURES.map((measure) => ({ measure, before: told.old[measure], after: told.new[measure] }));
  const value = (figure) => (figure === null ? "—" : percent(figure));
  const verdict = h("span", { class: told.passed ? "tag" : "tag off" }, word(told.passed ? "gate.passed" : "gate.refused"));
  return h("details", { class: "report", open },
    h("summary", {}, word("gate.title"), " ", verdict),
    h("p", { class: "note" }, because(told.reason)),
    table(word("gate.title"), [
      [word("gate.measure"), ({ measure }) => word(`measure.${measure}`)],
      [word("gate.before"), ({ before }) => value(before), "number"],
      [word("gate.after", { name }), ({ after }) => value(after), "number"],
    ], rows),
    ...["worse", "better"].filter((kind) => told[kind].length).map((kind) => changes(kind, told[kind], name)),
    !told.worse.length && !told.better.length && h("p", { class: "note" }, word("gate.same")));
}

function changes(kind, list, name) {
  const side = (head, answer) => h("div", {}, h("p", { class: "head" }, head), h("p", {}, answer || "—"));
  const both = (change) => h("div", { class: "pair" }, side(word("gate.before"), change.old_said), side(word("gate.after", { name }), change.new_said));
  return h("details", { class: "changes", open: kind === "worse" },
    h("summary", {}, word(`gate.${kind}`, { count: number(list.length) })),
    h("ul", { class: "plain" }, list.map((change) => h("li", {},
      h("p", { class: "asked" }, change.question, " ",
        h("span", { class: "count" }, `${percent(change.old)} → ${percent(change.new)}`)),
      change.new_said !== undefined && both(change)))));
}

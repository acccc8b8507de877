// The versions of adapters on the Admin page: add, look at, activate, verify, remove; and the gate's questions.
import { ask, because, button, call, dialog, field, h, note, number, onChange, replace, table, when, word } from "./admin-kit.js";
import { add } from "./admin-adapters-add.js";
import { percent, report, shapes } from "./admin-adapters-work.js";
import { size } from "./admin-model.js";
import { short } from "./admin-models.js";

const at = (a) => `/api/adapters/${encodeURIComponent(a.name)}/${encodeURIComponent(a.version)}`;
const base = (a) => (shapes(a) ? a.base.split("/").at(-1) || word("adapter.base.none") : word("adapter.scorer"));
const extent = (a) => (shapes(a)
  ? word("adapter.rank", { rank: a.rank, count: short(a.parameters) }) : word("adapter.scorer.weights", { count: number(a.parameters) }));

export function versions(act) {
  const plus = button(word("adapter.add"), () => add(act, (text) => (said.textContent = text)), { key: "add", kind: "primary" });
  const asked = button(word("gate.questions"), () => questions(act), { key: "questions" });
  const said = h("p", { role: "status" });
  const wrong = h("div", {});
  const list = h("div", {});
  const gate = h("p", { class: "note" });
  const section = h("section", { class: "store" },
    h("div", { class: "bar spread" }, h("h2", {}, word("adapter.title")), h("div", { class: "bar" }, asked, plus)), gate, said, wrong, list);

  const put = onChange(({ adapters, ready, running }) => replace(list, adapters.length ? table(word("adapter.title"), [
    [word("adapter.name"), (a) => [a.name, h("small", {}, a.version)], "name"],
    [word("adapter.size"), (a) => h("div", {}, size(a.size), h("small", {}, extent(a))), "number"],
    [word("adapter.base"), (a) => h("span", { class: "base", title: a.base }, base(a))],
    [word("adapter.score"), score, "number"],
    [word("adapter.state"), state],
    [word("admin.actions"), (a) => actions(a, (ready || !shapes(a)) && !running), "actions"],
  ], adapters) : note(word("adapter.none"))));

  function show(found) {
    gate.textContent = found.questions ? word("gate.saved", { count: found.questions }) : word("gate.none");
    const own = (key) => found.collections.filter((c) => c.adapter === key).map((c) => c.name);
    const adapters = found.adapters.map((a) => ({ ...a, own: own(a.key), attached: a.key in found.loaded }));
    put({ adapters, ready: found.model.state === "ready", running: found.work.running });
  }

  function actions(a, free) {
    const made = (verb, click, kind = "") =>
      button(word(`adapter.${verb}`), click, { key: `${verb} ${a.key}`, kind, label: `${word(`adapter.${verb}`)}: ${a.key}` });
    const activate = made("activate", () => act(() => call("POST", `${at(a)}/activate`, {})));
    activate.disabled = !free;
    const remove = made("remove", () => ask(word("adapter.remove.ask", { name: a.key, size: size(a.size) }), word("adapter.remove"), async () => {
      await call("DELETE", at(a));
      await act(() => {});
    }), "danger");
    if (a.active || a.own.length) Object.assign(remove, { disabled: true, title: word("adapter.remove.not") });
    return h("div", { class: "bar" }, !a.active && activate, made("card", () => card(a)), made("verify", () => verify(a)), remove);
  }

  function verify(a) {
    said.textContent = word("adapter.reading", { name: a.key });
    wrong.replaceChildren();
    return act(async () => {
      const found = await call("POST", `${at(a)}/verify`).finally(() => said.replaceChildren());
      if (found.well) said.textContent = word("adapter.well", { name: a.key });
      else wrong.append(h("div", { class: "problem", role: "alert" }, word("adapter.wrong", { name: a.key }),
        h("ul", { class: "plain" }, found.problems.map((text) => h("li", {}, because(text))))));
    });
  }

  return { section, show };
}

async function card(a) {
  const found = await call("GET", at(a));
  const facts = [
    [word(shapes(found) ? "adapter.base" : "adapter.scorer.data"), found.base || word("adapter.base.none")],
    [word("adapter.size"), `${size(found.size)}, ${extent(found)}`],
    [word("adapter.targets"), found.targets.join(", ") || "—"],
    [word("adapter.source"), found.source || "—"],
    [word("record.at"), when(found.added_at)],
    ...Object.entries(found.figures).map(([name, value]) => [name, number(Number(value.toPrecision(4)))]),
  ];
  const list = h("dl", { class: "facts" }, facts.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
  const words = found.card ? h("pre", { class: "card", tabindex: "0" }, found.card) : note(word("adapter.card.none"));
  return dialog(found.key, [list, words, ...(found.report.old ? [report(found.report, found.name)] : [])]);
}

function score(a) {
  if (!a.score.new) return h("span", { class: "tag default" }, word("adapter.score.none"));
  const before = word("adapter.score.before", { score: percent(a.score.old.points) });
  return h("div", {}, percent(a.score.new.points), h("small", {}, before));
}

function state(a) {
  const tags = [
    a.active && h("span", { class: "tag" }, word("adapter.active")),
    ...a.own.map((name) => h("span", { class: "tag" }, name)),
    a.attached && h("span", { class: "tag default" }, word("adapter.attached")),
  ].filter(Boolean);
  return h("span", { class: "tags" }, tags.length ? tags : "—");
}

async function questions(act) {
  const file = (id) => h("input", { id, type: "file", name: "file", accept: ".jsonl,.json,.txt" });
  const content = [field(word("gate.file"), file, word("gate.file.rules"))];
  const submit = async (form) => call("POST", "/api/adapters/questions", { lines: await form.get("file").text() });
  if (await dialog(word("gate.questions"), content, { accept: word("gate.save"), submit })) await act(() => {});
}

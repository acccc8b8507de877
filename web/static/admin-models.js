// The Admin page's tab about language models: the one in use, the store, what is being added to it.
import { acting, ask, because, button, call, dialog, field, h, language, newest, note, number, onChange, replace, table, when, word } from "./admin-kit.js";
import { inUse, size, sure } from "./admin-model.js";
import { count } from "./shell.js";

const named = (model) => `${model.name} ${model.version}`;
const at = (model) => `/api/models/${encodeURIComponent(model.name)}/${encodeURIComponent(model.version)}`;
const percent = (part) => part.toLocaleString(language, { style: "percent", maximumFractionDigits: 0 });

export function models(panel) {
  const { complaint, act } = acting(() => refresh());
  const use = inUse(act);
  const work = underWay(act);
  const store = inStore(act);
  const retell = onChange(() => count()); // the bar at the top says which one answers
  panel.append(complaint, use.section, work.section, store.section);

  const refresh = newest(() => call("GET", "/api/models"), (found) => {
    use.show(found);
    const added = found.models.find((m) => m.name === found.work.name && m.version === found.work.version);
    work.show({ work: found.work, idle: Boolean(added && !added.active) });
    store.show(found);
    retell({ state: found.model.state, name: found.model.name });
  });

  return refresh;
}

// -- what is being added -----------------------------------------------------------------------------------

function underWay(act) {
  const state = h("p", { role: "status" });
  const bar = h("progress", { "aria-label": word("store.added") });
  const stop = h("div", { class: "bar" },
    button(word("add.break"), () => act(() => call("POST", "/api/models/cancel")), { key: "break" }));
  const ended = h("div", {});
  const section = h("section", { class: "work" }, state, bar, stop, ended);

  const show = onChange(({ work, idle }) => {
    const { name, stage, running } = work;
    const figures = {
      name, done: size(work.done), total: size(work.total), lessons: number(work.done), percent: percent(work.done / (work.total || 1)),
    };
    state.textContent = running ? word(`work.${stage}`, figures) : idle ? word("work.done", { name: named(work) }) : "";
    bar.hidden = stop.hidden = !running;
    if (work.total) Object.assign(bar, { max: work.total, value: work.done });
    else bar.removeAttribute("value"); // how much there is to do is not known yet
    const { taught } = work.figures;
    const trained = idle && taught !== undefined ? note(word("work.taught", { taught: percent(taught) })) : "";
    const failed = h("p", { class: "problem", role: "alert" }, `${word("work.failed", { name })} `, because(work.error));
    ended.replaceChildren(stage === "failed" ? failed : trained);
  });
  return { section, show };
}

async function add(act) {
  const text = (name, more) => {
    const made = (id) => h("input", { id, name, autocomplete: "off", spellcheck: "false", ...more });
    return field(word(`add.${name}`), made, word(`add.${name}.rules`));
  };
  const content = [
    text("source", { required: true, maxlength: "4096", autofocus: true }),
    text("name", { maxlength: "63" }),
    text("file", { maxlength: "255" }),
  ];
  const submit = (form) => {
    const [source, name, file] = ["source", "name", "file"].map((key) => form.get(key).trim());
    return call("POST", "/api/models", { source, name, file });
  };
  if (await dialog(word("add.button"), content, { accept: word("add.go"), submit })) await act(() => {});
}

async function practise(act) {
  const { collections } = await call("GET", "/api/collections");
  const choice = (id) => h("select", { id, name: "collection", required: true },
    collections.map((c) => h("option", { value: c.name, selected: c.name === "samples" }, c.name)));
  const content = [h("p", {}, word("practice.lead")), field(word("practice.collection"), choice)];
  const submit = (form) => call("POST", "/api/models/practice", { collection: form.get("collection") });
  if (await dialog(word("practice.button"), content, { accept: word("practice.go"), submit })) await act(() => {});
}

// -- the store ---------------------------------------------------------------------------------------------

function inStore(act) {
  const back = button(word("store.rollback"), () => rollback(), { key: "rollback" });
  const practice = button(word("practice.button"), () => practise(act), { key: "practice" });
  const plus = button(word("add.button"), () => add(act), { key: "add", kind: "primary" });
  const said = h("p", { role: "status" });
  const wrong = h("div", {});
  const list = h("div", {});
  const title = h("h2", {}, word("store.title"));
  const section = h("section", { class: "store" },
    h("div", { class: "bar spread" }, title, h("div", { class: "bar" }, back, practice, plus)), said, wrong, list);
  let earlier = [];

  const put = onChange(({ models, loading, running }) => {
    practice.disabled = plus.disabled = running;
    replace(list, models.length ? table(word("store.title"), [
      [word("store.name"), (m) => [m.name, h("small", {}, m.version)], "name"],
      [word("store.kind"), kind],
      [word("store.size"), (m) => h("div", {}, size(m.size), h("small", {}, word("store.parameters", { count: short(m.parameters) }))), "number"],
      [word("store.added"), (m) => (m.added_at ? when(m.added_at) : "—")],
      [word("store.state"), state],
      [word("admin.actions"), (m) => actions(m, loading), "actions"],
    ], models) : note(word("store.none")));
  });

  function show(found) {
    earlier = found.earlier;
    back.hidden = !earlier.length;
    back.disabled = found.model.state === "loading";
    put({ models: found.models, loading: found.model.state === "loading", running: found.work.running });
  }

  function actions(model, loading) {
    const name = named(model);
    const made = (verb, click, kind = "") =>
      button(word(`store.${verb}`), click, { key: `${verb} ${name}`, kind, label: `${word(`store.${verb}`)}: ${name}` });
    const verify = made("verify", () => check(model));
    const remove = made("remove", () => ask(word("store.remove.ask", { name, size: size(model.size) }), word("store.remove"),
      async () => {
        await call("DELETE", at(model));
        await act(() => {});
      }), "danger");
    if (model.active) {
      Object.assign(remove, { disabled: true, title: word("store.remove.not") });
      return h("div", { class: "bar" }, verify, remove);
    }
    const activate = made("activate", () => sure(word("store.activate.ask", { name }), word("store.activate"), () => post(`${at(model)}/activate`)));
    activate.disabled = loading || !model.kind;
    return h("div", { class: "bar" }, verify, activate, remove);
  }

  const rollback = () => {
    const name = earlier.at(-1);
    const question = name ? word("store.rollback.ask", { name }) : word("store.rollback.none");
    return sure(question, word("store.rollback"), () => post("/api/models/rollback"));
  };

  async function post(path) {
    await call("POST", path);
    await act(() => {});
  }

  function check(model) {
    const name = named(model);
    said.textContent = word("store.reading", { name });
    wrong.replaceChildren();
    return act(async () => {
      const found = await call("POST", `${at(model)}/verify`).finally(() => said.replaceChildren());
      if (found.well) said.textContent = word("store.well", { name });
      else wrong.append(h("div", { class: "problem", role: "alert" }, word("store.wrong", { name }),
        h("ul", { class: "plain" }, found.problems.map((text) => h("li", {}, because(text))))));
    });
  }

  return { section, show };
}

const kind = (m) =>
  h("div", {}, m.kind === "gguf" ? "GGUF" : m.kind && "safetensors", h("small", {}, m.licence || word("store.licence")));

function state(m) {
  const tag = (key, kind = "") => h("span", { class: `tag ${kind}` }, word(key));
  const tags = [m.active && tag("store.active"), m.practice && tag("store.practice"), !m.kind && tag("store.damaged", "off")];
  return h("span", { class: "tags" }, tags.some(Boolean) ? tags : "—");
}

export function short(parameters) {
  const [unit, name] = [[1e9, "B"], [1e6, "M"], [1e3, "K"]].find(([least]) => parameters >= least) ?? [1, ""];
  return `${number(Math.round((parameters / unit) * 10) / 10)} ${name}`.trim();
}

// The Admin page's tab about who did what: whether the chain of entries holds, entries by filter, export.
import { acting, button, call, field, h, note, number, problem, replace, table, word } from "./admin-kit.js";

const PATH = "/api/admin/audit";
const FILTERS = ["actor", "act", "object", "since", "until"];

// "key: value" for each part; lists are joined, what is empty is left out.
const told = (detail) => Object.entries(detail)
  .filter(([, value]) => value !== "" && value !== null && !(Array.isArray(value) && !value.length))
  .map(([name, value]) => `${name}: ${value !== null && typeof value === "object" ? JSON.stringify(value) : value}`).join(" · ");

export function audit(panel) {
  let wanted = new URLSearchParams();
  let shown = [];
  const state = h("div", { role: "status" }, note(word("audit.checking")));
  const list = h("div", {});
  const acts = h("select", { name: "act" }, h("option", { value: "" }, word("audit.all")));
  const noted = h("input", { name: "noted", maxlength: "80", autocomplete: "off", spellcheck: "false" });
  const { complaint, act } = acting(async () => {});

  const input = (name, props) => field(word(`audit.${name}`), (id) => h("input", { id, name, autocomplete: "off", ...props }));
  const form = h("form", { class: "bar filters" },
    input("actor", { maxlength: "63" }),
    field(word("audit.act"), (id) => Object.assign(acts, { id })),
    input("object", { maxlength: "200", title: word("audit.object.rules") }),
    input("since", { type: "date" }), input("until", { type: "date" }),
    h("button", { type: "submit", class: "primary" }, word("audit.filter")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const given = new FormData(form);
    wanted = new URLSearchParams(FILTERS.filter((name) => given.get(name)).map((name) => [name, given.get(name)]));
    act(load);
  });
  const exports_ = h("div", { class: "bar" });
  const checks = h("div", { class: "bar low" },
    field(word("audit.noted"), (id) => Object.assign(noted, { id })),
    button(word("audit.check"), () => act(check), { key: "check" }));
  panel.append(note(word("audit.lead")), state, checks, form, exports_, complaint, list);

  async function check() {
    replace(state, note(word("audit.checking")));
    const found = await call("GET", `${PATH}/check?${new URLSearchParams({ head: noted.value.trim() })}`);
    const said = { count: number(found.entries), time: new Date(found.checked_at).toLocaleTimeString() };
    const faults = found.faults.map(({ seq, fault }) => h("li", {}, word(fault === "noted" ? "audit.noted.fault" : `audit.${fault}`, { seq })));
    replace(state,
      found.whole ? h("p", {}, word("audit.whole", said)) : problem(word("audit.broken", said)),
      faults.length ? h("ul", {}, faults) : "",
      h("p", { class: "note" }, word("audit.head", { count: number(found.head.count) }), " ", h("code", {}, found.head.hash)));
  }

  async function load(before = 0) {
    const query = new URLSearchParams(wanted);
    if (before) query.set("before", before);
    const found = await call("GET", `${PATH}?${query}`);
    shown = before ? [...shown, ...found.entries] : found.entries;
    const chosen = acts.value;
    const names = [...new Set(found.acts.flatMap((name) => [`${name.split(".")[0]}.`, name]))];
    replace(acts, h("option", { value: "" }, word("audit.all")), ...names.map((value) => h("option", { value }, value)));
    acts.value = chosen;
    replace(exports_, ...["csv", "jsonl"].map((kind) =>
      h("a", { href: `${PATH}/export?${new URLSearchParams([...wanted, ["form", kind]])}`, download: `audit.${kind}` }, word(`audit.${kind}`))));
    const last = shown.at(-1)?.seq;
    replace(list,
      note(word("audit.found", { count: number(found.total) })),
      shown.length ? table(word("tab.audit"), [
        [word("audit.at"), (e) => h("time", { datetime: e.at }, e.at.slice(0, 19).replace("T", " "))],
        [word("audit.actor"), (e) => e.actor || word("audit.box")],
        [word("audit.act"), (e) => e.act],
        [word("audit.object"), (e) => e.object, "wide item"],
        [word("audit.detail"), (e) => told(e.detail), "wide"],
      ], shown) : note(word("audit.none")),
      shown.length < found.total ? button(word("audit.older"), () => act(() => load(last)), { key: "older" }) : "");
  }

  return async () => {
    await load();
    await check();
  };
}

// The Admin page's tab about who did what: whether the chain of entries holds, entries by filter, export.
import { acting, button, call, field, h, newest, note, number, problem, replace, table, word, worded } from "./admin-kit.js";

const PATH = "/api/admin/audit";
const FILTERS = ["actor", "act", "object", "since", "until"];

const FIRST = ["question", "file", "cited"]; // what one looks for in an entry
const WORDED = { role: "role", style: "style", how: "told" }; // details whose values have words too

const named = (names, id) => (Object.hasOwn(names, id) ? names[id] : "");

// A line for each part; lists are joined, what is empty is left out, documents stand by their names, hashes by their beginning.
function told(detail, names) {
  const plain = (value, name) => {
    if (typeof value === "boolean") return word(value ? "told.yes" : "told.no");
    if (Array.isArray(value)) return value.map((one) => plain(one, name)).join(", ");
    if (value !== null && typeof value === "object") return JSON.stringify(value);
    if (WORDED[name]) return worded(WORDED[name], value);
    if (name === "sha256") return `${value.slice(0, 12)}…`;
    return (name !== "question" && named(names, value)) || `${value}`; // what somebody asked is no id
  };
  const rank = ([name]) => (FIRST.indexOf(name) + FIRST.length + 1) % (FIRST.length + 1);
  return Object.entries(detail)
    .filter(([, value]) => value !== "" && value !== null && !(Array.isArray(value) && !value.length))
    .sort((one, other) => rank(one) - rank(other))
    .map(([name, value]) => h("div", { title: name === "sha256" && value }, `${worded("told", name)}: ${plain(value, name)}`));
}

export function audit(panel) {
  let wanted = new URLSearchParams();
  let shown = [];
  let known = {}; // names by id
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
    list.querySelector("[data-key=older]")?.remove(); // of another list than will be shown
    act(load);
  });
  const exports_ = h("div", { class: "bar" });
  const checks = h("div", { class: "bar low" },
    field(word("audit.noted"), (id) => Object.assign(noted, { id })),
    button(word("audit.check"), () => act(check), { key: "check" }));
  panel.append(note(word("audit.lead")), state, checks, form, exports_, complaint, list);

  const check = newest(() => {
    replace(state, note(word("audit.checking")));
    return call("GET", `${PATH}/check?${new URLSearchParams({ head: noted.value.trim() })}`);
  }, (found) => {
    const said = { count: number(found.entries), time: new Date(found.checked_at).toLocaleTimeString() };
    const faults = found.faults.map(({ seq, fault }) => h("li", {}, word(fault === "noted" ? "audit.noted.fault" : `audit.${fault}`, { seq })));
    replace(state,
      found.whole ? h("p", {}, word("audit.whole", said)) : problem(word("audit.broken", said)),
      faults.length ? h("ul", {}, faults) : "",
      h("p", { class: "note" }, word("audit.head", { count: number(found.head.count) }), " ", h("code", {}, found.head.hash)));
  });

  const load = newest((before = 0) => {
    const query = new URLSearchParams(wanted);
    if (before) query.set("before", before);
    return call("GET", `${PATH}?${query}`);
  }, (found, before = 0) => {
    shown = before ? [...shown, ...found.entries] : found.entries;
    known = { ...known, ...found.names };
    const chosen = acts.value;
    const groups = [...new Set(found.acts.map((name) => `${name.split(".")[0]}.`))];
    replace(acts, h("option", { value: "" }, word("audit.all")), ...groups.map((group) => h("optgroup", { label: worded("deed", group) },
      h("option", { value: group }, `${worded("deed", group)}: ${word("audit.all")}`),
      found.acts.filter((name) => name.startsWith(group)).map((value) => h("option", { value }, worded("deed", value))))));
    acts.value = chosen;
    replace(exports_, ...["csv", "jsonl"].map((kind) =>
      h("a", { href: `${PATH}/export?${new URLSearchParams([...wanted, ["form", kind]])}`, download: `audit.${kind}` }, word(`audit.${kind}`))));
    const last = shown.at(-1)?.seq;
    replace(list,
      note(word("audit.found", { count: number(found.total) })),
      shown.length ? table(word("tab.audit"), [
        [word("audit.at"), (e) => h("time", { datetime: e.at }, e.at.slice(0, 19).replace("T", " "))],
        [word("audit.actor"), (e) => e.actor || word("audit.box")],
        [word("audit.act"), (e) => h("div", {}, worded("deed", e.act), h("small", {}, e.act))],
        [word("audit.object"), (e) => named(known, e.object) ? h("div", {}, named(known, e.object), h("small", {}, e.object)) : e.object, "wide item"],
        [word("audit.detail"), (e) => h("div", {}, told(e.detail, known)), "wide"],
      ], shown) : note(word("audit.none")),
      shown.length < found.total ? button(word("audit.older"), () => act(() => load(last)), { key: "older" }) : "");
  });

  return async () => {
    await load();
    await check();
  };
}

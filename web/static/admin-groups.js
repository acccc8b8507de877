// The Admin page's tab about rights: groups, and the level at which each collection is granted to people and groups.
import { ask, button, call, check, dialog, field, h, newest, note, onChange, replace, table, word } from "./admin-kit.js";

const LEVELS = ["", "read", "write", "manage"];
const ALL = "*";
const PATH = "/api/admin/groups";
const named = (collection) => (collection === ALL ? word("admin.all") : collection);

export function groups(panel) {
  const add = button(word("groups.add"), () => group(), { kind: "primary", key: "add-group" });
  const teams = h("div", {});
  const people = h("div", {});
  panel.append(h("div", { class: "bar spread" }, note(word("groups.lead")), h("div", { class: "bar" }, add)), teams,
    h("h2", {}, word("groups.people")), note(word("groups.people.lead")), people);
  let known;
  add.disabled = true; // until it is known who and what there is
  const put = onChange((now) => {
    known = now;
    add.disabled = false;
    replace(teams, now.groups.length ? table(word("tab.groups"), [
      [word("people.name"), (g) => g.name, "name"],
      [word("groups.members"), (g) => g.members.join(", ") || word("admin.none"), "wide"],
      [word("groups.grants"), granted, "wide"],
      [word("admin.actions"), (g) => h("div", { class: "bar" }, act("edit", g.name, () => group(g)), act("remove", g.name, () => remove(g), "danger")), "actions"],
    ], now.groups) : note(word("groups.none")));
    const others = now.users.filter((u) => u.role !== "admin");
    replace(people, others.length ? table(word("groups.people"), [
      [word("people.name"), (u) => u.name, "name"],
      [word("people.role"), (u) => word(`role.${u.role}`)],
      [word("groups.grants"), granted, "wide"],
      [word("admin.actions"), (u) => act("edit", u.name, () => rights(u)), "actions"],
    ], others) : note(word("groups.people.none")));
  });

  const act = (verb, name, click, kind = "") =>
    button(word(`people.${verb}`), click, { key: `${verb} rights ${name}`, kind, label: `${word(`people.${verb}`)}: ${name}` });

  function granted({ grants }) {
    return Object.entries(grants).map(([c, level]) => `${named(c)}: ${word(`level.${level}`)}`).join(", ") || word("admin.none");
  }

  // A line for each collection with the level that is granted of it; `given(form)` returns those that were changed.
  function levels(grants) {
    const lines = [ALL, ...known.collections.map((c) => c.name)].map((name) =>
      field(named(name), (id) => h("select", { id, name: `level ${name}` }, LEVELS.map((level) =>
        h("option", { value: level, selected: level === (grants[name] ?? "") }, word(`level.${level || "none"}`))))));
    const given = (form) => [...form].filter(([name]) => name.startsWith("level "))
      .map(([name, level]) => [name.slice(6), level]).filter(([name, level]) => level !== (grants[name] ?? ""));
    return { lines: h("fieldset", {}, h("legend", {}, word("groups.grants")), lines), given };
  }

  const grant = async (changed, to) => {
    for (const [collection, level] of changed) await call("PUT", "/api/admin/grants", { collection, level, ...to });
  };

  async function rights(user) {
    const { lines, given } = levels(user.grants);
    const submit = (form) => grant(given(form), { user: user.name });
    await dialog(word("groups.edit.title", { name: user.name }), lines, { accept: word("admin.save"), submit });
    await refresh();
  }

  async function group(one = { name: "", members: [], grants: {} }) {
    const { lines, given } = levels(one.grants);
    const members = known.users.map((u) => check(u.name, { name: "member", value: u.name, checked: one.members.includes(u.name) }));
    const content = [
      field(word("people.name"), (id) => h("input", { id, name: "name", value: one.name, required: true, maxlength: "63", autocomplete: "off" }), word("people.rules")),
      h("fieldset", {}, h("legend", {}, word("groups.members")), h("div", { class: "many" }, members)), lines,
    ];
    const submit = async (form) => {
      const values = { name: form.get("name").trim(), members: form.getAll("member") };
      if (one.name) await call("PATCH", `${PATH}/${encodeURIComponent(one.name)}`, values);
      else await call("POST", PATH, values);
      one.name = values.name; // a grant that fails is tried again with the group as it is now
      await grant(given(form), { group: values.name });
    };
    const title = one.name ? word("groups.edit.title", { name: one.name }) : word("groups.add");
    await dialog(title, content, { accept: word("admin.save"), submit });
    await refresh();
  }

  async function remove(one) {
    const gone = () => call("DELETE", `${PATH}/${encodeURIComponent(one.name)}`);
    if (await ask(word("groups.remove.ask", { name: one.name }), word("people.remove"), gone)) await refresh();
  }

  const refresh = newest(
    () => Promise.all([call("GET", PATH), call("GET", "/api/admin/users"), call("GET", "/api/collections")]),
    ([teams_, users, shelves]) => put({ groups: teams_.groups, users: users.users, collections: shelves.collections }));

  return refresh;
}

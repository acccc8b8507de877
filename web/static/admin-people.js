// The Admin page's tabs about who may use the box: people, tokens, collections.
import { ask, button, call, check, count, dialog, field, h, language, newest, note, number, onChange, problem, replace, secret, table, when, word } from "./admin-kit.js";

const OWNER = "admin"; // the user that every box has: stays an admin, enabled
const ROLES = ["reader", "editor", "auditor", "admin"];
const LIVES = [30, 90, 365];
const SCOPES = ["ask", "read", "write", "admin"];
const BORDERS = "/api/admin/calibrations";
const percent = (share) => share.toLocaleString(language, { style: "percent", maximumFractionDigits: 1 });
const USERS = "/api/admin/users";
const users = async () => (await call("GET", USERS)).users;
const shelves = async () => (await call("GET", "/api/collections")).collections;
const path = (name) => encodeURIComponent(name);

// A tab that is a line of controls and a list: `load` gets the data, `show(data)` returns what is put into the list.
function listing(panel, lead, controls, load, show) {
  const list = h("div", {});
  panel.append(h("div", { class: "bar spread" }, note(lead), h("div", { class: "bar" }, controls)), list);
  const put = onChange((data) => replace(list, ...[show(data)].flat()));
  return newest(load, put);
}

// -- people ------------------------------------------------------------------------------------------------

export function people(panel) {
  const add = button(word("people.add"), () => edit(), { kind: "primary", key: "add" });
  const load = async () => {
    const [{ users: everybody, sources }, all] = await Promise.all([call("GET", USERS), shelves()]);
    return { everybody, sources, all };
  };
  const refresh = listing(panel, "", [add], load, ({ everybody, sources, all }) =>
    table(word("tab.people"), [
      [word("people.name"), (u) => u.name, "name"],
      [word("people.role"), (u) => word(`role.${u.role}`)],
      [word("people.collections"), readable, "wide"],
      [word("people.sessions"), (u) => count(u.sessions), "number"],
      [word("people.tokens"), (u) => count(u.tokens), "number"],
      [word("people.state"), (u) => h("div", {}, state(u), h("small", {}, from(u)))],
      [word("admin.actions"), (u) => actions(u, all, sources), "actions"],
    ], everybody));

  function actions(user, all, sources) {
    const { name, disabled, source } = user;
    const made = (verb, click, kind = "") =>
      button(word(`people.${verb}`), click, { key: `${verb} ${name}`, kind, label: `${word(`people.${verb}`)}: ${name}` });
    const sure = (verb, submit) => () => ask(word(`people.${verb}.ask`, { name }), word(`people.${verb}`), submit);
    const change = async (values) => {
      await call("PATCH", `/api/admin/users/${path(name)}`, values);
      await refresh();
    };
    const reset = async () => {
      const link = await call("POST", `/api/admin/users/${path(name)}/reset`);
      setTimeout(async () => { // once the question is closed
        show(name, link);
        await refresh().catch(() => {}); // the next look shows it
      });
    };
    const remove = async () => {
      await call("DELETE", `/api/users/${path(name)}`);
      await refresh();
    };
    const found = [];
    if (!disabled) found.push(made("reset", sure("reset", reset)));
    if (name === OWNER) return h("div", { class: "bar" }, found);
    found.unshift(made("edit", () => edit(user, all)));
    if (disabled) found.push(made("enable", () => change({ disabled: false })));
    else found.push(made("disable", sure("disable", () => change({ disabled: true }))));
    if (source) found.push(made("unbind", sure("unbind", () => belong(name, ""))));
    else if (sources.length) found.push(made("bind", () => bind(name, sources)));
    found.push(made("remove", sure("remove", remove), "danger"));
    return h("div", { class: "bar" }, found);
  }

  async function belong(name, source) {
    await call("PUT", `/api/users/${path(name)}/source`, { source });
    await refresh();
  }

  function bind(name, sources) {
    const choose = (id) => h("select", { id, name: "source" }, sources.map((source) =>
      h("option", { value: source }, word(`people.from.${source}`))));
    return dialog(word("people.bind.title", { name }), [h("p", {}, word("people.bind.ask", { name })), field(word("people.from"), choose)],
      { accept: word("people.bind"), danger: true, submit: (form) => belong(name, form.get("source")) });
  }

  async function edit(user, known) {
    const all = known ?? (await shelves());
    const name = user?.name;
    const everything = check(word("admin.all"), { name: "all", checked: user?.collections.includes("*") });
    const single = all.map((c) =>
      check(c.name, { name: "collection", value: c.name, checked: user?.collections.includes(c.name) }));
    const choose = (id) => h("select", { id, name: "role" }, ROLES.map((role) =>
      h("option", { value: role, selected: role === (user?.role ?? "reader") }, `${word(`role.${role}`)}: ${word(`role.${role}.means`)}`)));
    const grants = h("fieldset", {}, h("legend", {}, word("people.collections")), everything, h("div", { class: "many" }, single));
    const nothing = note(word("people.nothing"));
    const dim = () => {
      const whole = content.querySelector("[name=all]").checked || content.querySelector("[name=role]").value === "admin";
      for (const box of content.querySelectorAll("[name=collection]")) box.disabled = whole;
      nothing.hidden = whole || content.querySelector("[name=collection]:checked") !== null;
    };
    const content = h("div", { change: dim },
      user ? null : field(word("people.name"), (id) =>
        h("input", { id, name: "name", required: true, maxlength: "63", autocomplete: "off", autofocus: true }), word("people.rules")),
      field(word("people.role"), choose), grants, nothing);
    dim();
    const submit = async (form) => {
      const values = { role: form.get("role"), collections: form.has("all") ? ["*"] : form.getAll("collection") };
      if (user) await call("PATCH", `/api/admin/users/${path(name)}`, values);
      else await call("POST", "/api/users", { name: form.get("name").trim(), ...values });
      return user ? true : form.get("name").trim();
    };
    const title = user ? word("people.edit.title", { name }) : word("people.add");
    const done = await dialog(title, content, { accept: word(user ? "admin.save" : "people.add"), submit });
    if (!done) return;
    try {
      if (!user) show(done, await call("POST", `/api/users/${path(done)}/login`));
    } finally {
      await refresh();
    }
  }

  return refresh;
}

function show(name, { url, elsewhere }) {
  const links = elsewhere
    ? [[word("people.link.elsewhere"), elsewhere], [word("people.link.here"), url]]
    : [[word("people.link"), url]];
  return secret(word("people.link.title", { name }), word("people.link.lead", { name }), links);
}

const state = (user) => h("span", { class: user.disabled ? "tag off" : "tag" }, word(user.disabled ? "people.disabled" : "people.active"));

// Where somebody's password is: with the box, the directory or the provider, who may not have sent anybody yet.
function from({ source, bound, gone, password }) {
  if (!source) return word(password ? "people.from.password" : "people.from.link");
  const place = word(`people.from.${source}`);
  if (gone) return word("people.from.gone", { place });
  return bound ? place : word("people.from.awaited", { place });
}

function readable(user) {
  if (user.role === "admin" || user.collections.includes("*")) return word("admin.all.short");
  return user.collections.join(", ") || word("admin.none");
}

// -- tokens ------------------------------------------------------------------------------------------------

export function tokens(panel) {
  const add = button(word("tokens.add"), create, { kind: "primary", key: "add" });
  const load = async () => (await call("GET", "/api/admin/tokens")).tokens;
  const refresh = listing(panel, word("tokens.lead"), [add], load, (list) =>
    list.length ? table(word("tab.tokens"), [
      [word("tokens.token"), (t) => h("code", {}, `${t.prefix}…`), "name"],
      [word("tokens.user"), (t) => t.user],
      [word("tokens.scope"), (t) => word(`scope.${t.scope}`)],
      [word("tokens.created"), (t) => when(t.created_at)],
      [word("tokens.used"), (t) => (t.used_at ? when(t.used_at) : word("admin.never"))],
      [word("tokens.expires"), (t) => (t.expires_at ? when(t.expires_at) : word("tokens.forever"))],
      [word("admin.actions"), (t) => button(word("tokens.revoke"), () => revoke(t), {
        key: `revoke ${t.id}`, kind: "danger", label: `${word("tokens.revoke")}: ${t.prefix}… (${t.user})`,
      }), "actions"],
    ], list) : note(word("tokens.none")));

  const revoke = (token) =>
    ask(word("tokens.revoke.ask", { token: `${token.prefix}…`, name: token.user }), word("tokens.revoke"), async () => {
      await call("DELETE", `/api/admin/tokens/${token.id}`);
      await refresh();
    });

  async function create() {
    const everybody = (await users()).filter((user) => !user.disabled);
    const content = h("div", {},
      field(word("tokens.user"), (id) =>
        h("select", { id, name: "user" }, everybody.map((u) => h("option", { value: u.name }, `${u.name} (${word(`role.${u.role}`)})`)))),
      field(word("tokens.scope"), (id) => h("select", { id, name: "scope" }, SCOPES.map((scope) =>
        h("option", { value: scope, selected: scope === "read" }, `${word(`scope.${scope}`)}: ${word(`scope.${scope}.means`)}`)))),
      field(word("tokens.expires"), (id) => h("select", { id, name: "days" },
        LIVES.map((days) => h("option", { value: days, selected: days === 90 }, word("tokens.days", { days }))),
        h("option", { value: "" }, word("tokens.forever")))));
    const made = await dialog(word("tokens.add"), content, {
      accept: word("tokens.create"),
      submit: async (form) => {
        const name = form.get("user");
        const days = Number(form.get("days")) || null;
        const values = { days, scope: form.get("scope") };
        return { name, ...(await call("POST", `/api/users/${path(name)}/token`, values)) };
      },
    });
    if (!made) return;
    // First: it is told this once, and the list may not come.
    secret(word("tokens.made.title", { name: made.name }), word("tokens.made.lead"), [[word("tokens.token"), made.token]]);
    await refresh();
  }

  return refresh;
}

// -- collections -------------------------------------------------------------------------------------------

export function collections(panel) {
  const add = button(word("shelves.add"), create, { kind: "primary", key: "add" });
  const load = async () => {
    const [all, everybody, { calibrations }] = await Promise.all([shelves(), users(), call("GET", BORDERS)]);
    return { all, everybody, borders: calibrations };
  };
  const refresh = listing(panel, "", [add], load, ({ all, everybody, borders }) =>
    all.length ? table(word("tab.collections"), [
      [word("shelves.name"), (c) => c.name, "name"],
      [word("shelves.documents"), (c) => count(c.documents), "number"],
      [word("shelves.passages"), (c) => count(c.chunks), "number"],
      [word("shelves.readers"), (c) => readers(c, everybody), "wide"],
      [word("border.title"), (c) => border(borders.find((b) => b.collection === c.name)), "wide"],
      [word("admin.actions"), (c) => button(word("shelves.remove"), () => remove(c), {
        key: `remove ${c.name}`, kind: "danger", label: `${word("shelves.remove")}: ${c.name}`,
      }), "actions"],
    ], all) : note(word("shelves.none")));

  const readers = (shelf, everybody) => everybody
    .filter((u) => !u.disabled && (u.role === "admin" || u.collections.some((name) => name === "*" || name === shelf.name)))
    .map((u) => u.name).join(", ");

  // Where the engine that quotes refuses: as built in, or for a stated share of wrong answers.
  function border(made) {
    if (!made) return word("border.none");
    const held = word("border.held", { wrong: number(made.held_wrong), answered: number(made.held_answered) });
    const { collection, asked, questions, file } = made;
    const drop = async () => {
      await call("DELETE", `${BORDERS}/${path(collection)}`);
      await refresh();
    };
    return [
      h("div", {}, word("border.asked", { asked: percent(asked) })),
      note([word("border.made", { file: file || "–", questions: number(questions) }), held].join(" ")),
      note([when(made.at), ` ${made.by}`]),
      made.holds ? null : problem(word("border.stale")),
      button(word("border.drop"), () => ask(word("border.drop.ask", { name: collection }), word("border.drop"), drop), {
        key: `border ${collection}`, label: `${word("border.drop")}: ${collection}`,
      }),
    ].filter(Boolean);
  }

  const remove = (shelf) =>
    ask(word("shelves.remove.ask", { name: shelf.name, count: shelf.documents }), word("shelves.remove"), async () => {
      await call("DELETE", `/api/collections/${path(shelf.name)}`);
      await refresh();
    });

  async function create() {
    const content = field(word("shelves.name"), (id) =>
      h("input", { id, name: "name", required: true, maxlength: "63", autocomplete: "off", autofocus: true }), word("shelf.rules"));
    const submit = (form) => call("POST", "/api/collections", { name: form.get("name").trim() });
    if (await dialog(word("shelves.add"), [content], { accept: word("tokens.create"), submit })) await refresh();
  }

  return refresh;
}

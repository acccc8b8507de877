// The Admin page's tab about personal data: who sees it how, how often it was taken out, rules of one's own, trials.
import { acting, call, dialog, h, newest, note, number, onChange, replace, table, when, word, worded } from "./admin-kit.js";
import { STYLES, rules, says, trial } from "./admin-privacy-try.js";

const EXAMPLE = { redact: "[PHONE]", pseudonym: "privacy.pseudonym", mask: "*******5678", off: "13812345678" };
const ROLES = ["reader", "editor", "auditor", "admin"];

export function privacy(panel) {
  const { complaint, act } = acting(() => refresh());
  const parts = [policies(act), counts(), rules(), trial(), changes()];
  panel.append(complaint, ...parts.map((part) => part.section));

  const refresh = newest(() => call("GET", "/api/admin/privacy"), (found) => Promise.all(parts.map((part) => part.show(found))));

  return refresh;
}

// -- who sees it how ---------------------------------------------------------------------------------------

function policies(act) {
  const said = h("p", { role: "status", class: "note" });
  const place = h("div", {});
  const section = h("section", { class: "policies" }, h("h2", {}, word("privacy.title")), note(word("privacy.lead")), place, said);

  const show = onChange(({ standard, roles, collections }) => {
    const unset = word("privacy.standard", { style: says(standard) });
    replace(place, table(word("privacy.title"), [
      [word("privacy.whose"), (r) => r.name, "name"],
      [word("privacy.policy"), choice, "policy"],
      [word("privacy.sample"), (r) => (r.holds ? h("code", {}, word(EXAMPLE[r.holds])) : "—")],
    ], [
      ...ROLES.map((role) => ({
        name: word(`role.${role}`), path: `roles/${role}`, style: roles[role] ?? "", holds: roles[role] ?? standard, unset,
      })),
      ...collections.map(({ id, name, style }) => ({
        name: word("privacy.collection", { name }), path: `collections/${id}`, style, holds: style, unset: word("privacy.role"),
      })),
    ]));
  });

  function choice({ name, path, style, unset }) {
    const made = h("select", { "aria-label": name, "data-key": path, change: () => set(name, path, made, style) },
      ["", ...STYLES].map((value) => h("option", { value, selected: value === style }, value ? says(value) : unset)));
    return made;
  }

  async function set(name, path, made, before) {
    const style = made.value;
    const put = async () => {
      await call("PUT", `/api/admin/privacy/${path}`, { style });
      said.textContent = word("privacy.saved", { name, style: made.selectedOptions[0].text });
    };
    said.textContent = "";
    if (style === "off") {
      const sure = [h("p", {}, word("privacy.off.ask", { name }))];
      const done = await dialog(word("privacy.off"), sure, { accept: word("privacy.off"), danger: true, submit: put });
      if (!done) made.value = before;
      return act(() => {});
    }
    return act(() => put().catch((error) => {
      made.value = before;
      throw error;
    }));
  }

  return { section, show: (found) => show({ standard: found.default, roles: found.roles, collections: found.collections }) };
}

// -- how often it was taken out ----------------------------------------------------------------------------

const DAYS = 90;

function counts() {
  const place = h("div", {});
  const section = h("section", {}, h("h2", {}, word("counts.title", { days: number(DAYS) })), place);

  const show = onChange(({ removed, open }) => {
    const total = sum(removed, "count");
    const lead = total ? note(word("counts.lead", { total: number(total) })) : note(word("counts.none"));
    const taken = [
      sums(word("counts.kind"), word("counts.count"), removed, (r) => worded("kind", r.entity), "count"),
      sums(word("counts.collection"), word("counts.count"), removed, (r) => r.name || word("counts.gone"), "count"),
      sums(word("counts.day"), word("counts.count"), removed, (r) => r.day, "count", true),
    ];
    const shown = sums(word("counts.open"), word("counts.answers"), open, (r) => `${word(`role.${r.role}`)}, ${r.name || word("counts.gone")}`, "answers");
    place.replaceChildren(lead, ...(total ? [h("div", { class: "thirds" }, taken)] : []), ...(open.length ? [h("h3", {}, word("counts.open.lead")), shown] : []));
  });

  return { section, show: ({ removed, open }) => show({ removed, open }) };
}

const sum = (rows, value) => rows.reduce((all, row) => all + row[value], 0);

// A table of sums, the largest first, or with `latest` the last day first.
function sums(head, unit, rows, name, value, latest = false) {
  const found = new Map();
  for (const row of rows) found.set(name(row), (found.get(name(row)) ?? 0) + row[value]);
  const order = ([a, m], [b, n]) => (latest ? (a < b ? 1 : -1) : n - m);
  return table(head, [[head, ([key]) => key, "name"], [unit, ([, count]) => number(count), "number"]], [...found].sort(order).slice(0, 15));
}

// -- what was changed --------------------------------------------------------------------------------------

function changes() {
  const place = h("div", {});
  const section = h("section", { class: "records" }, h("h2", {}, word("change.title")), place);
  const styled = (style) => (style ? says(style) : word("change.unset"));

  const show = onChange(({ rows, names }) => {
    const what = ({ kind, name, before, after }) => {
      if (kind === "custom") return `${word("rules.title")}: ${before} → ${after}`;
      const whose = kind === "role" ? word(`role.${name}`) : word("privacy.collection", { name: names[name] ?? name });
      return `${whose}: ${styled(before)} → ${styled(after)}`;
    };
    replace(place, rows.length ? table(word("change.title"), [
      [word("change.at"), (r) => when(r.at)], [word("change.actor"), (r) => r.actor], [word("change.what"), what, "wide"],
    ], rows) : note(word("change.none")));
  });

  return { section, show: ({ changes: rows, collections }) => show({ rows, names: Object.fromEntries(collections.map((c) => [c.id, c.name])) }) };
}

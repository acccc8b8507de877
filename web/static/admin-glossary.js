// The Admin page's tab about what the company calls things: terms with their other names, to and from CSV.
import { ask, button, call, check, dialog, field, h, language, newest, note, onChange, replace, table, when, word } from "./admin-kit.js";
import { records } from "./admin-adapters-own.js";

const PATH = "/api/glossary";
const lines = (text) => text.split("\n").map((line) => line.trim()).filter(Boolean);
const listed = (names) => names.join(language === "zh" ? "、" : ", ");

export function glossary(panel) {
  const said = h("p", { role: "status", class: "note" });
  const list = h("div", { class: "terms" });
  const done = records("glossary");
  const bar = h("div", { class: "bar" },
    button(word("glossary.add"), () => edit(), { kind: "primary", key: "add" }),
    button(word("glossary.import"), take, { key: "import" }),
    h("a", { href: `${PATH}/export`, download: "glossary.csv" }, word("glossary.export")));
  panel.append(h("div", { class: "bar spread" }, note(word("glossary.lead")), bar), said, list, done.section);

  const show = onChange(({ rows }) => {
    replace(list, rows.length ? table(word("tab.glossary"), [
      [word("glossary.term"), (r) => r.term, "name"],
      [word("glossary.names"), (r) => listed(r.names), "wide"],
      [word("glossary.changed"), (r) => [when(r.at), " ", word("glossary.by", { name: r.by })]],
      [word("admin.actions"), actions, "actions"],
    ], rows) : note(word("glossary.none")));
  });

  function actions(row) {
    const made = (verb, click, kind = "") =>
      button(word(`glossary.${verb}`), click, { key: `${verb} ${row.id}`, kind, label: `${word(`glossary.${verb}`)}: ${row.term}` });
    return h("div", { class: "bar" }, made("edit", () => edit(row)), made("delete", () => remove(row), "danger"));
  }

  async function edit(row) {
    const content = [
      field(word("glossary.term"), (id) =>
        h("input", { id, name: "term", required: true, maxlength: "100", autocomplete: "off", autofocus: true, value: row?.term ?? "" })),
      field(word("glossary.names"), (id) => {
        const made = h("textarea", { id, name: "names", rows: "4", required: true });
        made.value = row ? row.names.join("\n") : "";
        return made;
      }, word("glossary.names.rules")),
    ];
    const submit = async (form) => {
      const entry = { term: form.get("term"), names: lines(form.get("names")) };
      await call(row ? "PUT" : "POST", row ? `${PATH}/${row.id}` : PATH, entry);
    };
    const title = row ? word("glossary.edit.title", { term: row.term }) : word("glossary.add");
    if (await dialog(title, content, { accept: word(row ? "admin.save" : "glossary.add"), submit })) await refresh();
  }

  async function remove(row) {
    const gone = () => call("DELETE", `${PATH}/${row.id}`);
    if (await ask(word("glossary.delete.ask", { term: row.term }), word("glossary.delete"), gone)) await refresh();
  }

  async function take() {
    const content = [
      field(word("glossary.file"), (id) =>
        h("input", { id, type: "file", name: "file", accept: ".csv,text/csv", required: true }), word("glossary.file.rules")),
      check(word("glossary.replace"), { name: "replace" }),
    ];
    const submit = async (form) =>
      call("POST", `${PATH}/import`, { csv: await form.get("file").text(), replace: form.has("replace") });
    const found = await dialog(word("glossary.import.title"), content, { accept: word("glossary.import"), submit });
    if (!found) return;
    said.textContent = word("glossary.imported", found);
    await refresh();
  }

  const refresh = newest(() => call("GET", PATH), async (found) => {
    show(found);
    await done.show();
  });

  return refresh;
}

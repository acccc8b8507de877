// Which collections have an adapter of their own; and the records of what was done, which other tabs show of theirs.
import { because, button, call, h, newest, note, number, onChange, problem, table, when, word } from "./admin-kit.js";
import { named, shapes, title } from "./admin-adapters-work.js";

export function collections(act) {
  const said = h("p", { role: "status" });
  const place = h("div", {});
  const section = h("section", { class: "own" }, h("h2", {}, word("own.title")), note(word("own.lead")), said, place);
  let told; // the assignment that is told of
  let listed = [];

  const show = onChange(({ own, all }) => {
    listed = own;
    look();
    const choice = ({ name, adapter }) => {
      const options = [["", word("own.active")], ...all.map(({ key }) => [key, named(key, all)])];
      const made = h("select", { "aria-label": name, "data-key": name, change: () => assign(name, made) },
        options.map(([value, text]) => h("option", { value, selected: value === adapter }, text)));
      return made;
    };
    place.replaceChildren(table(word("own.title"), [
      [word("own.collection"), (c) => c.name, "name"],
      [word("own.adapter"), choice],
    ], own));
    section.hidden = !own.length || !all.length;
  });

  // The box may take it back. A list that was asked for before it was made knows nothing of it yet.
  function look() {
    if (!told?.sure || listed.find((c) => c.name === told.collection)?.adapter === told.adapter) return;
    told = undefined;
    said.replaceChildren();
  }

  async function assign(collection, made) {
    const { value: adapter } = made;
    const mine = { collection, adapter, sure: false };
    made.disabled = true;
    said.textContent = adapter ? word("own.saving", { name: title(adapter) }) : "";
    const post = async () => {
      try {
        await call("POST", "/api/adapters/assign", { collection, adapter });
        said.textContent = `${collection}: ${adapter ? title(adapter) : word("own.active")}`;
        told = mine;
      } catch (error) {
        said.replaceChildren(problem(error.message));
        made.value = [...made.options].find((o) => o.defaultSelected)?.value ?? "";
      }
    };
    try {
      await act(post);
      mine.sure = true; // the list is newer now
      look();
    } finally {
      mine.sure = true; // and so are all that come, where this one did not
      made.disabled = false;
    }
  }

  return { section, show: (found) => show({ own: found.collections, all: found.adapters.filter(shapes).map(({ key }) => ({ key })) }) };
}

const PAGE = 20;

// What was done about "adapters", "glossary" or "quality".
export function records(about) {
  const path = `/api/adapters/records?about=${about}&limit=${PAGE}`;
  const place = h("div", {});
  const more = button(word("record.more"), () => older(), { key: "older" });
  const section = h("section", { class: "records" }, h("h2", {}, word("record.title")), place, h("div", { class: "bar" }, more));
  let rows = []; // newest first; beyond the first page those that were asked for
  more.hidden = true;

  const put = onChange((all) => place.replaceChildren(all.length ? table(word("record.title"), [
    [word("record.at"), (r) => when(r.at)],
    [word("record.actor"), (r) => r.actor || word("record.box")],
    [word("record.act"), (r) => word(`act.${r.act}`)],
    [word("record.object"), (r) => object(r), "wide"],
    [word("record.result"), (r) => h("div", {}, result(r), r.reason && h("small", {}, because(r.reason))), "wide"],
  ], all) : note(word("record.none"))));

  function join(upper, lower) {
    const last = upper.at(-1)?.seq ?? Infinity;
    rows = [...upper, ...lower.filter((r) => r.seq < last)];
    more.hidden = rows.length < PAGE || rows.at(-1).seq === 1;
    put(rows);
  }

  const show = newest(() => call("GET", path), ({ records: first }) =>
    join(first, first.at(-1)?.seq <= rows[0]?.seq ? rows : [])); // with more than a page of new ones there would be a hole

  async function older() {
    const { seq } = rows.at(-1);
    const { records: found } = await call("GET", `${path}&before=${seq}`);
    if (rows.at(-1).seq === seq) join(rows, found);
  }

  return { section, show };
}

function object({ act, object: what, detail }) {
  if (act === "assign") return `${what}: ${detail.adapter || word("own.active")}`;
  if (act === "questions") return number(detail.questions ?? 0);
  return what !== "-" ? what : word(detail.engine === "extractive" ? "adapter.scorer.built" : "adapter.plain");
}

const result = (r) => (r.result === "done" ? word("record.done") : h("span", { class: "tag off" }, word(`record.${r.result}`)));

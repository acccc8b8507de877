// The collections: counts, new, rename, delete. Renaming touches no document.
import { call, dialog, h, home, newest, number, say } from "./kit.js";
import { at, attempt } from "./documents.js";

// A line that makes a collection; `id` is its field's.
export function maker(box, id, made = () => {}) {
  const name = h("input", { id, maxlength: 63, required: true, autocomplete: "off", "aria-describedby": `${id}-rules` });
  return h("form", { class: "new", submit: (event) => {
    event.preventDefault();
    attempt(async () => {
      await call("POST", "/api/collections", { name: name.value.trim() });
      name.value = "";
      await box.changed();
      made();
    });
  } }, h("label", { for: id }, say("shelf.new")), name, h("button", { class: "primary" }, say("shelf.create")),
  h("small", { id: `${id}-rules` }, say("shelf.rules")));
}

export function shelves(box) {
  const rows = h("ul", { class: "shelves" });
  const form = maker(box, "shelf-name");
  form.hidden = !home.create;
  const element = h("section", { "aria-label": say("documents.collections"), hidden: true }, h("p", { class: "note" }, say("shelf.lead")), form, rows);

  const fetched = newest(() => attempt(() => call("GET", "/api/collections")), (reply) => {
    if (!reply) return;
    rows.replaceChildren(...reply.collections.map(row));
    if (!reply.collections.length) rows.append(h("li", { class: "note" }, say("shelf.none")));
  });
  const refresh = () => element.hidden || fetched();

  function row(shelf) {
    const path = `/api/collections/${encodeURIComponent(shelf.name)}`;
    const button = (word, work, kind = "plain") =>
      h("button", { type: "button", class: kind, "aria-label": `${say(`shelf.${word}`)}: ${shelf.name}`, click: () => attempt(work) }, say(`shelf.${word}`));
    const rename = async () => {
      const field = h("input", { name: "name", value: shelf.name, maxlength: 63, required: true });
      const answer = await dialog(say("shelf.rename.title", { name: shelf.name }), h("label", {}, say("shelf.name"), field), say("shelf.rename"));
      const to = answer?.get("name").trim();
      if (!to || to === shelf.name) return;
      await call("PATCH", path, { name: to });
      await box.changed();
    };
    const remove = async () => {
      const sure = h("p", {}, say("shelf.delete.sure", { count: number(shelf.documents) }));
      if (!(await dialog(say("shelf.delete.title", { name: shelf.name }), sure, say("shelf.delete"), { danger: true }))) return;
      await call("DELETE", path);
      await box.changed();
    };
    return h("li", {},
      h("div", {}, h("a", { href: at(`in=${encodeURIComponent(shelf.name)}`) }, shelf.name),
        h("small", {}, [say("shelf.documents", { count: number(shelf.documents) }), say("shelf.passages", { count: number(shelf.chunks) }),
          box.writable().includes(shelf.name) ? "" : say("shelf.yours")].filter(Boolean).join(" · "))),
      box.managed().includes(shelf.name) ? h("div", { class: "do" }, button("rename", rename), button("delete", remove, "danger")) : "");
  }

  return { element, refresh };
}

// The dialog that says from whom a document is hidden. Names are typed: who manages a collection is not told who there is.
import { call, dialog, h, say } from "./kit.js";

const names = (text) => text.split(/[,，、]/).map((name) => name.trim()).filter(Boolean);

export async function hide(d) {
  const path = `/api/documents/${d.id}/hidden`;
  const had = await call("GET", path);
  const line = (kind) => h("label", {}, say(`hide.${kind}`), h("input", { name: kind, value: had[kind].join(", "), autocomplete: "off" }));
  const fields = h("div", { class: "fields" }, h("p", { class: "note" }, say("hide.note")), line("users"), line("groups"));
  const answer = await dialog(d.file, fields, say("hide.do"));
  if (!answer) return false;
  await call("PUT", path, { users: names(answer.get("users")), groups: names(answer.get("groups")) });
  return true;
}

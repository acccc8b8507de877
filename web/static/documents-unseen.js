// The mark of a document that seems written for a language model, and the dialog with the words that no reader of it sees.
import { call, dialog, h, number, say } from "./kit.js";

const MOST = 200; // texts that the dialog shows

export function suspicion(d, mayLook, attempt, preview) {
  const { words, orders } = d.suspicion;
  const hidden = words ? say("unseen.count", { count: number(words) }) : "";
  return [
    hidden && (mayLook
      ? h("button", { type: "button", class: "suspect", "data-key": `unseen-${d.id}`, click: () => attempt(() => look(d, preview)) }, hidden)
      : h("small", { class: "suspect" }, hidden)),
    orders ? h("small", { class: "suspect" }, say("unseen.orders", { count: number(orders) })) : null,
  ];
}

async function look(d, preview) {
  const { unseen } = await call("GET", `/api/documents/${d.id}/unseen`);
  const rows = unseen.slice(0, MOST).map(({ page, how, text }) => h("tr", {},
    h("td", { class: "number" }, number(page)), h("td", {}, say(`unseen.how.${how}`)), h("td", { class: "words" }, text)));
  const head = ["page", "how", "text"].map((name) => h("th", { scope: "col" }, say(`unseen.${name}`)));
  const content = h("div", { class: "unseen-words", tabindex: "0" }, h("p", { class: "note" }, say("unseen.note")),
    h("table", {}, h("thead", {}, h("tr", {}, head)), h("tbody", {}, rows)),
    unseen.length > MOST ? h("p", { class: "note" }, say("queue.more", { count: number(unseen.length - MOST) })) : null);
  if (await dialog(d.file, content, say("act.preview"))) preview(d);
}

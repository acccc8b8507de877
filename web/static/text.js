// Turns an answer into elements: paragraphs, lists, tables, bold, code and numbered citations. Whatever it says besides
// stays text: no link, no image, no markup of its own.
import { h, say } from "./kit.js";

const MARK = /\u0002(\d+)\u0003/; // a citation's place in the text; signs that no text has any use for
const INLINE = /(\u0002\d+\u0003|\*\*[^*\n]+\*\*|`[^`\n]+`)/;
const ITEM = /^(?:[-*•]|(\d{1,3})[.)])\s+(.*)$/s;

// `cited` has [offset, n] of each "[n]" that is a link; offsets count characters, not JavaScript's halves of them.
export function marked(text, cited) {
  const signs = Array.from(text);
  let made = "";
  let end = 0;
  for (const { offset, n } of cited) {
    made += plain(signs.slice(end, offset).join("")).replace(/ $/, "") + `\u0002${n}\u0003`;
    end = offset + `[${n}]`.length;
  }
  return made + plain(signs.slice(end).join(""));
}

export const plain = (text) => text.replace(/[\u0002\u0003]/g, "");

// `citations` maps n to its citation. Rows quoted one after another under one header are one table.
export function body(text, citations) {
  const parts = [];
  for (const part of text.split("\n\n")) {
    const rows = table(part);
    const former = parts.at(-1);
    if (rows && former?.rows && former.rows[0].join("|") === rows[0].join("|")) former.rows.push(...rows.slice(1));
    else if (rows) parts.push({ rows });
    else if (part.trim()) parts.push({ lines: part.split("\n") });
  }
  return parts.flatMap((part) => (part.rows ? grid(part.rows, citations) : blocks(part.lines, citations)));
}

function table(text) {
  const rows = text.trim().split("\n").map((line) => line.split(" |").map((cell) => cell.trim()));
  return rows.length > 1 && rows[0].length > 1 && rows.every((row) => row.length === rows[0].length) ? rows : undefined;
}

function grid([head, ...rows], citations) {
  const figure = (cell) => /^[^\p{L}]*\d[^\p{L}]*$/u.test(cell.replace(MARK, ""));
  const right = head.map((_, at) => rows.every((row) => !row[at] || figure(row[at])) && rows.some((row) => row[at]));
  const line = (row, tag) => h("tr", {}, row.map((cell, at) => h(tag, { class: right[at] && "figure" }, inline(cell, citations))));
  const made = h("table", {}, h("thead", {}, line(head, "th")), h("tbody", {}, rows.map((row) => line(row, "td"))));
  return h("div", { class: "grid", tabindex: "0", role: "region", "aria-label": say("ask.answer") }, made);
}

function blocks(lines, citations) {
  const made = [];
  let list;
  let words = [];
  const close = () => {
    if (words.length) made.push(h("p", {}, inline(words.join("\n"), citations)));
    words = [];
  };
  for (const line of lines) {
    const item = ITEM.exec(line);
    const title = /^#{1,6}\s+(.*)$/.exec(line);
    if (item) {
      close();
      const tag = item[1] ? "ol" : "ul";
      if (list?.localName !== tag) made.push((list = h(tag, { start: item[1] })));
      list.append(h("li", {}, inline(item[2], citations)));
      continue;
    }
    list = undefined;
    if (title) {
      close();
      made.push(h("p", { class: "title" }, inline(title[1], citations)));
    } else words.push(line);
  }
  close();
  return made;
}

function inline(text, citations) {
  return text.split(INLINE).filter(Boolean).flatMap((part) => {
    const mark = MARK.exec(part);
    if (mark) return ["\u2060", cite(citations.get(Number(mark[1])) ?? { n: Number(mark[1]) })]; // never alone on a line
    if (/^\*\*.+\*\*$/.test(part)) return h("strong", {}, part.slice(2, -2));
    if (/^`.+`$/.test(part)) return h("code", {}, part.slice(1, -1));
    return part;
  });
}

export const boxes = (c) => JSON.stringify((c.boxes ?? []).map(({ page, box }) => [page, ...box]));

// The link that the viewer listens to (static/viewer.js).
function cite(c) {
  if (c.gone || !c.document) return h("span", { class: "cite gone", title: say("ask.gone") }, `${c.n}`);
  return h("a", {
    class: "cite", href: "#", "data-document": c.document, "data-page": c.page, "data-n": c.n, "data-boxes": boxes(c),
    "data-quote": c.quote, "aria-label": say("ask.cite", { n: c.n, file: c.file, page: c.page }),
  }, `${c.n}`);
}

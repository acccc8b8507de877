// Turns an answer into elements: paragraphs, lists, tables, bold, code, numbered citations and sentences in doubt. Whatever
// it says besides stays text: no link, no image, no markup of its own.
import { h, say } from "./kit.js";

const MARK = /\u0002(\d+)\u0003/; // a citation's place in the text; signs that no text has any use for
const DOUBT = /\u0004(\d+)\u0005([^\u0006]*)\u0006?/; // a sentence that no passage supports, the reason's number before it
const INLINE = /(\u0004\d+\u0005[^\u0006]*\u0006?|\u0002\d+\u0003|\*\*[^*\n]+\*\*|`[^`\n]+`)/;
const ITEM = /^(?:[-*•]|(\d{1,3})[.)])\s+(.*)$/s;

// `cited` has offset and n of each "[n]" that is a link, `unsupported` start and end of each sentence in doubt; they count
// characters, not JavaScript's halves of them.
export function marked(text, cited, unsupported = []) {
  const signs = Array.from(text);
  const places = [
    ...cited.map(({ offset, n }) => ({ at: offset, until: offset + `[${n}]`.length, sign: `\u0002${n}\u0003` })),
    ...unsupported.flatMap(({ start, end }, number) => [
      { at: start, until: start, sign: `\u0004${number}\u0005` }, { at: end, until: end, sign: "\u0006" },
    ]),
  ].sort((a, b) => a.at - b.at);
  let made = "";
  let from = 0;
  for (const { at, until, sign } of places) {
    const before = plain(signs.slice(from, at).join(""));
    made += (sign[0] === "\u0002" ? before.replace(/ $/, "") : before) + sign;
    from = until;
  }
  return made + plain(signs.slice(from).join(""));
}

export const plain = (text) => text.replace(/[\u0002-\u0006]/g, "");

// `citations` maps n to its citation, `doubts` are the sentences in doubt. Rows quoted one after another under one header
// are one table, and so are lines that begin with "|".
export function body(text, citations, doubts = []) {
  const known = { citations, doubts };
  const parts = [];
  for (const part of text.replace(/(?<=^|\n)(?:\|.*(?:\n|$))+/g, "\n$&\n").split("\n\n")) {
    const rows = table(part);
    const former = parts.at(-1);
    if (rows && former?.rows && former.rows[0].join("|") === rows[0].join("|")) former.rows.push(...rows.slice(1));
    else if (rows) parts.push({ rows });
    else if (part.trim()) parts.push({ lines: part.split("\n") });
  }
  return parts.flatMap((part) => (part.rows ? grid(part.rows, known) : blocks(part.lines, known)));
}

function table(text) {
  // A header whose first cell is empty begins with a space: without it, it would be a line that begins with "|".
  const lines = text.replace(/^\n+|\s+$/g, "").split("\n").filter((line) => !/^\|[\s:|-]+$/.test(line));
  const rows = lines.map((line) => split(line).map((cell) => cell.trim()));
  return rows.length > 1 && rows[0].length > 1 && rows.every((row) => row.length === rows[0].length) ? rows : undefined;
}

function split(line) {
  if (!line.startsWith("|")) return line.split(" |");
  return line.slice(1).replace(/\|((?:\u0002\d+\u0003|\u0006)*)\s*$/, "$1").split("|");
}

function grid([head, ...rows], known) {
  const figure = (cell) => /^[^\p{L}]*\d[^\p{L}]*$/u.test(cell.replace(MARK, ""));
  const right = head.map((_, at) => rows.every((row) => !row[at] || figure(row[at])) && rows.some((row) => row[at]));
  const line = (row, tag) => {
    // A sentence in doubt is the whole row, and each cell is marked for itself.
    const sign = /\u0004\d+\u0005/.exec(row.join(""))?.[0];
    const own = sign ? row.map((cell) => `${sign}${cell.replace(sign, "").replace("\u0006", "")}\u0006`) : row;
    return h("tr", {}, own.map((cell, at) => h(tag, { class: right[at] && "figure" }, inline(cell, known))));
  };
  const made = h("table", {}, h("thead", {}, line(head, "th")), h("tbody", {}, rows.map((row) => line(row, "td"))));
  return h("div", { class: "grid", tabindex: "0", role: "region", "aria-label": say("ask.answer") }, made);
}

function blocks(lines, known) {
  const made = [];
  let list;
  let words = [];
  const close = () => {
    if (words.length) made.push(h("p", {}, inline(words.join("\n"), known)));
    words = [];
  };
  for (const line of lines) {
    const item = ITEM.exec(line);
    const title = /^#{1,6}\s+(.*)$/.exec(line);
    if (item) {
      close();
      const tag = item[1] ? "ol" : "ul";
      if (list?.localName !== tag) made.push((list = h(tag, { start: item[1] })));
      list.append(h("li", {}, inline(item[2], known)));
      continue;
    }
    list = undefined;
    if (title) {
      close();
      made.push(h("p", { class: "title" }, inline(title[1], known)));
    } else words.push(line);
  }
  close();
  return made;
}

function inline(text, known) {
  return text.split(INLINE).filter(Boolean).flatMap((part) => {
    const mark = MARK.exec(part);
    if (mark) return ["\u2060", cite(known.citations.get(Number(mark[1])) ?? { n: Number(mark[1]) })]; // never alone on a line
    const doubt = DOUBT.exec(part);
    if (doubt) return doubted(inline(doubt[2], known), known.doubts[Number(doubt[1])]?.reason);
    if (/^\*\*.+\*\*$/.test(part)) return h("strong", {}, part.slice(2, -2));
    if (/^`.+`$/.test(part)) return h("code", {}, part.slice(1, -1));
    return part;
  });
}

function doubted(words, reason) {
  const hint = [say("ask.doubt"), reason].filter(Boolean).join(" ");
  return h("span", { class: "doubt", title: hint }, words, h("span", { class: "unseen" }, ` (${hint})`));
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

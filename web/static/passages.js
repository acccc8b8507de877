// Passages of a document set in type, and a quote marked in them, for the page viewer.
import { h } from "./kit.js";

const PASSED_OVER = /[\s|]/; // a quoted table row has bars between its cells, the table on the page has none
const LEAST = 4; // characters of a quote's line that are looked for alone

export function passages(found) {
  let section = "";
  return found.flatMap((passage) => {
    const made = [];
    if (passage.section !== section && passage.kind !== "title") {
      const last = passage.section.split(" > ").pop();
      // The heading itself stands on the page as a rule; of a section that began before, say which it is.
      if (last && !found.some((one) => one.kind === "title" && one.text === last)) {
        made.push(h("p", { class: "rv-section" }, passage.section));
      }
      section = passage.section;
    }
    if (passage.rows.length) {
      if (passage.text) made.push(h("p", { class: "rv-caption" }, passage.text));
      made.push(h("div", { class: "rv-scroll", tabindex: "0" }, table(passage)));
    } else {
      made.push(h(passage.kind === "title" ? "h3" : "p", {}, passage.text));
    }
    return made;
  });
}

function table({ rows, header_rows: headers }) {
  const columns = Math.max(...rows.map((row) => row.length));
  const line = (row, tag) => h("tr", {}, row.map((cell, n) => h(tag, {
    scope: tag === "th" && "col", colspan: n === row.length - 1 && row.length < columns && columns - n,
  }, cell)));
  const body = h("tbody", {}, rows.slice(headers).map((row) => line(row, "td")));
  return h("table", {}, headers > 0 && h("thead", {}, rows.slice(0, headers).map((row) => line(row, "th"))), body);
}

// Marks a quote in what is set in type; returns whether it was found. White space does not count.
export function mark(root, quote) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const places = [];
  let text = "";
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    for (let at = 0; at < node.length; at += 1) {
      if (PASSED_OVER.test(node.data[at])) continue;
      text += node.data[at];
      places.push([node, at]);
    }
  }
  const squeezed = (part) => [...part].filter((one) => !PASSED_OVER.test(one)).join("");
  const find = (part) => ({ start: text.indexOf(part), length: part.length });
  let found = [find(squeezed(quote))].filter((one) => one.length && one.start >= 0);
  if (!found.length) {
    // Lines that do not follow each other here, as a table's header and one of its rows.
    const lines = quote.split("\n").map(squeezed).filter((part) => part.length >= LEAST);
    found = lines.map(find).filter((one) => one.start >= 0);
  }
  const chosen = new Set(found.flatMap(({ start, length }) => Array.from({ length }, (_, n) => start + n)));
  const runs = []; // [node, first, last] of what is marked, what stands in one node and hangs together as one run
  for (const n of [...chosen].sort((a, b) => a - b)) {
    const [node, at] = places[n];
    if (runs.at(-1)?.[0] === node && chosen.has(n - 1)) runs.at(-1)[2] = at;
    else runs.push([node, at, at]);
  }
  for (const [node, first, last] of runs.reverse()) {
    const part = node.splitText(first);
    part.splitText(last - first + 1);
    const made = h("mark");
    part.replaceWith(made);
    made.append(part);
  }
  return found.length > 0;
}

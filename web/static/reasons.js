// The server's sentences about files, in Chinese. What is no sentence of the table stays as it is.
const sentences = [];
const pieces = []; // of sentences, to stand in their places
const known = new Map(); // what was looked for already: parts come again and again, and would take exponential time
const LONGEST = 1000; // characters; a sentence of the table with its names has 400
const KEPT = 5000;

// `pairs` are those of web/strings_reasons.py; the longest goes first, since it says most.
export function teach(pairs) {
  const plain = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  for (const [english, chinese] of [...pairs].sort(([a], [b]) => b.length - a.length)) {
    const rule = english.split("{}").map(plain).join("([^]*?)");
    const more = english.endsWith("{}") ? "()" : "(?: ([^]+))?";
    if (/[.:]( |$)/.test(english)) sentences.push([new RegExp(`^${rule}${more}$`), chinese]);
    else pieces.push([new RegExp(`^${rule}$`), chinese]);
  }
}

function filled(chinese, found) {
  return chinese.replace(/\{(\d)(\*?)\}/g, (_, n, star) => {
    const value = found[Number(n) + 1].trim();
    return (star && value && (translated(value) ?? piece(value))) || value;
  });
}

function piece(text) {
  const [rule, chinese] = pieces.find(([rule]) => rule.test(text)) ?? [];
  return rule ? filled(chinese, text.match(rule)) : null;
}

// One sentence or several in a row, also behind a name and a colon; null where one is not known.
function translated(reason) {
  if (!known.has(reason)) known.set(reason, sought(reason));
  return known.get(reason);
}

function sought(reason) {
  let best = null;
  let least = Infinity; // the sentence that fits has the shortest name in it, not half of another sentence
  for (const [rule, chinese] of sentences) {
    const found = reason.match(rule);
    const name = found?.length > 2 ? found[1].length : 0;
    if (!found || name >= least) continue;
    const rest = found.at(-1) ?? "";
    const more = rest && translated(rest);
    if (more === null) continue;
    best = () => filled(chinese, found) + more;
    least = name;
  }
  if (best) return best();
  const [, name, said] = reason.match(/^([^:]+): ([^]+)$/) ?? [];
  const text = said && translated(said);
  return text ? `${name}：${text}` : null;
}

export function told(reason, otherwise = reason) {
  if (!sentences.length || !reason || reason.length > LONGEST) return otherwise;
  if (known.size > KEPT) known.clear();
  return translated(reason) ?? otherwise;
}

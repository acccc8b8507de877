// Patterns and words of one's own, tried on a text before they are saved; a document under each policy, side by side.
import { button, call, check, field, h, newest, note, onChange, problem, word, worded } from "./admin-kit.js";

export const STYLES = ["redact", "pseudonym", "mask", "off"];
export const says = (style) => word(`style.${style}`);

const lines = (text) => text.split("\n").map((line) => line.trim()).filter(Boolean);
const words = (text) => text.split(/[,，、]/).map((each) => each.trim()).filter(Boolean);

export function rules() {
  const rows = h("div", { class: "patterns" });
  const more = button(word("rules.add"), () => rows.append(pattern({})), { key: "add-pattern" });
  const area = (name, rules) => field(word(`rules.${name}`), (id) => h("textarea", { id, name, rows: 3, spellcheck: "false" }), word(rules));
  const kinds = h("div", { class: "kinds" });
  const form = h("form", { class: "rules" },
    h("h3", {}, word("rules.patterns")), rows, h("div", { class: "bar" }, more),
    h("h3", {}, word("rules.keep")), note(word("rules.keep.rules")), kinds,
    h("div", { class: "halves" }, area("deny", "rules.deny.rules"), area("allow", "rules.allow.rules")));
  const text = h("textarea", { name: "text", rows: 4, maxlength: "20000" });
  const tested = h("div", { class: "tested", role: "status" });
  const complaint = h("div", {});
  const said = h("p", { role: "status", class: "note" });
  const test = button(word("rules.try"), () => tries(), { key: "try" });
  const save = h("button", { type: "submit", class: "primary" }, word("rules.save"));
  form.append(field(word("rules.text"), (id) => Object.assign(text, { id })), h("div", { class: "bar" }, test, save), complaint, said, tested);
  const section = h("section", { hidden: true }, h("h2", {}, word("rules.title")), note(word("rules.lead")), form);
  let saved; // stands in the form already, with what was typed since
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    done(async () => {
      saved = JSON.stringify(await call("PUT", "/api/admin/privacy/custom", given()));
      said.textContent = word("rules.saved");
    });
  });

  const show = onChange(({ custom, all }) => { // not while somebody types: only what the box has changed
    section.hidden = false;
    if (JSON.stringify(custom) === saved) return;
    rows.replaceChildren(...custom.patterns.map(pattern));
    kinds.replaceChildren(...all.map((kind) => check(worded("kind", kind), { name: "keep", value: kind, checked: custom.keep?.includes(kind) })));
    for (const name of ["deny", "allow"]) form.elements[name].value = custom[name].join("\n");
    saved = undefined;
  });

  function given() {
    const patterns = [...rows.children].map((row) => {
      const [name, regex, context] = [...row.querySelectorAll("input")].map((input) => input.value.trim());
      const beside = words(context);
      const known = row.dataset.context === beside.join() && Number(row.dataset.score);
      return { name, regex, context: beside, score: known || (beside.length ? 0.4 : 0.6) };
    }).filter(({ name, regex }) => name || regex);
    const keep = new FormData(form).getAll("keep");
    return { patterns, keep, deny: lines(form.elements.deny.value), allow: lines(form.elements.allow.value) };
  }

  const tried = newest((said) => call("POST", "/api/admin/privacy/try", { text: said, custom: given() }), (found, said) => {
    const kinds = [...new Set(found.spans.map((span) => worded("kind", span.entity)))].join(", ");
    const count = found.spans.length;
    tested.replaceChildren(note(count ? word("rules.found", { count, kinds }) : word("rules.found.none")), marked(said, found.spans), styles(found.shown));
  });
  const tries = () => done(() => tried(text.value));

  async function done(run) {
    complaint.replaceChildren();
    said.replaceChildren();
    try {
      await run();
    } catch (error) {
      complaint.replaceChildren(problem(error.message));
    }
  }

  return { section, show: ({ custom, kinds: all }) => show({ custom, all }) };
}

function pattern({ name = "", regex = "", context = [], score = "" }) {
  const input = (key, value, hint) => h("input", {
    "aria-label": word(`rules.${key}`), placeholder: hint, value, autocomplete: "off", spellcheck: "false", class: key,
  });
  const row = h("div", { class: "pattern", "data-score": score, "data-context": context.join() },
    input("name", name, "STAFF_NO"), input("regex", regex, "E-[0-9]{5}"), input("context", context.join(", "), word("rules.context")),
    button(word("rules.drop"), () => row.remove(), { label: `${word("rules.drop")}: ${name}` }));
  return row;
}

// Offsets are of code points, as Python counts them.
function marked(text, spans) {
  const signs = [...text];
  const shown = h("p", { class: "said" });
  let end = 0;
  for (const span of spans) {
    shown.append(signs.slice(end, span.start).join(""), h("mark", { title: worded("kind", span.entity) }, signs.slice(span.start, span.end).join("")));
    end = span.end;
  }
  shown.append(signs.slice(end).join(""));
  return shown;
}

const styles = (found) => h("div", { class: "pair styles" },
  STYLES.filter((style) => style in found).map((style) => h("article", {}, h("h3", {}, says(style)), h("p", { class: "said" }, found[style]))));

// -- a document under each policy --------------------------------------------------------------------------

export function trial() {
  const select = h("select", { name: "document" });
  const shown = h("div", { role: "status" });
  const go = h("button", { type: "submit" }, word("trial.go"));
  const form = h("form", { class: "own", hidden: true }, field(word("trial.document"), (id) => Object.assign(select, { id })), h("div", { class: "bar" }, go));
  const empty = note(word("trial.none"));
  const section = h("section", { class: "trial" }, h("h2", {}, word("trial.title")), empty, form, shown);

  const list = onChange((documents) => {
    const before = select.value;
    select.replaceChildren(...documents.map((d) => h("option", { value: d.id, selected: d.id === before }, `${d.collection} · ${d.title || d.file}`)));
    form.hidden = !documents.length;
    empty.hidden = !form.hidden;
  });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    go.disabled = true;
    try {
      const { passages, style } = await call("POST", `/api/admin/privacy/document/${encodeURIComponent(select.value)}`);
      const found = passages.filter((each) => each.spans.length);
      const told = passages.length ? word("trial.found", { count: found.length, all: passages.length }) : word("trial.empty");
      const hidden = style === "off" ? [] : [note(word("trial.hidden", { style: says(style) }))];
      shown.replaceChildren(note(told), ...hidden, ...found.map(passage));
    } catch (error) {
      shown.replaceChildren(problem(error.message));
    }
    go.disabled = false;
  });

  return { section, show: newest(() => call("GET", "/api/documents?state=indexed&limit=200"), (found) => list(found.documents)) };
}

const passage = ({ page, shown, spans, text }) => h("section", { class: "passage" },
  h("h3", {}, word("trial.page", { page, count: spans.length })), styles(text === undefined ? shown : { ...shown, off: text }));

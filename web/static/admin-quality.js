// The Admin page's tab about the quality of answers: kept runs, what fails in them, two compared, questions of real use.
import { acting, ask, button, call, check, field, h, newest, note, number, onChange, problem, replace, table, when, word } from "./admin-kit.js";
import { records } from "./admin-adapters-own.js";
import { background, begin, shelf, titled } from "./admin-quality-run.js";

const SHOWN = [
  "hit@5", "document_hit@5", "mrr", "ndcg@10", "quote_accuracy", "page_cited", "citation_precision", "refusal_precision", "refusal_recall",
  "false_refusals", "risk_error", "cached", "p50_s", "p95_s",
];
const COUNTS = ["cached"];
const LATEST = 5; // runs whose figures stand beside each other

const share = (value) => (value === null || value === undefined ? "–" : value.toFixed(3));
const counted = (name, value) => (COUNTS.includes(name) && typeof value === "number" ? number(value) : share(value));
const signed = (value) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(3)}`;
const figure = (name) => word(`figure.${name}`);
const where = ({ file, page }) => (page ? word("failed.page", { file, page: number(page) }) : file);

export function quality(panel) {
  const { complaint, act } = acting(() => refresh());
  const pair = versus();
  const work = background(panel, { changed: () => refresh(), before: (name) => earlier(known.runs, name), compare: pair.compare });
  const parts = [runs(act, work, pair), pair, judged(act), records("quality")];
  let known = { runs: [], files: [], judged: [], questions: 0 };
  panel.append(complaint, ...parts.map((part) => part.section));

  const refresh = newest(async () => {
    const failed = await work.look().catch((error) => error); // before the runs: one that ends meanwhile is among them
    return [await call("GET", "/api/admin/quality"), failed];
  }, async ([found, failed]) => {
    known = found;
    if (!failed) work.show();
    await Promise.all(parts.map((part) => part.show(known)));
    if (failed) throw failed;
  });

  return refresh;
}

// The run before one of the same questions, "" where there is none; the newest stands first.
function earlier(all, name) {
  const at = all.findIndex((run) => run.name === name);
  if (at < 0) return "";
  return all.slice(at + 1).find((run) => run.file === all[at].file && run.collection === all[at].collection)?.name ?? "";
}

// -- kept runs ---------------------------------------------------------------------------------------------

function runs(act, work, pair) {
  const place = h("div", {});
  const shown = h("div", { role: "status" });
  const plus = button(word("run.new"), () => anew(), { key: "run", kind: "primary" });
  const head = h("div", { class: "bar spread" }, h("h2", {}, word("runs.title")), plus);
  const section = h("section", { class: "runs" }, head, note(word("runs.lead")), work.place, place, shown);
  let latest;
  plus.disabled = true; // until it is known of what there can be a run

  const show = onChange((all) => {
    const named = (verb, name, click) => button(word(`runs.${verb}`), click, { key: `${verb}-${name}`, label: `${word(`runs.${verb}`)}: ${name}` });
    replace(place, all.length ? table(word("runs.title"), [
      [word("runs.name"), (r) => [r.name, h("small", {}, `${titled(r.file)} · ${shelf(r.collection)}`)], "name"],
      [word("runs.made"), (r) => when(r.made_at)],
      [word("runs.engine"), (r) => r.engine],
      [figure("questions"), (r) => number(r.figures.all.questions), "number"],
      [figure("failing"), (r) => number(r.failing), "number"],
      [word("runs.act"), (r) => h("div", { class: "bar" },
        named("show", r.name, () => act(() => open(r.name))),
        earlier(all, r.name) && named("compare", r.name, () => pair.compare(earlier(all, r.name), r.name)),
        named("delete", r.name, () => remove(r.name))), "actions"],
    ], all) : note(word("runs.none")), all.length ? figures(all.slice(0, LATEST)) : "");
  });

  async function anew() {
    if (await begin(latest)) await act(() => {});
  }

  const open = newest((name) => call("GET", `/api/admin/quality/runs/${encodeURIComponent(name)}`), (run, name) => {
    const curve = run.curve.length ? [h("h3", {}, word("runs.curve")), table(word("runs.curve"), [
      [word("runs.stated"), (b) => share(b.stated)], [word("runs.observed"), (b) => share(b.observed), "number"],
      [word("runs.count"), (b) => number(b.count), "number"],
    ], run.curve)] : [];
    shown.replaceChildren(...curve, h("h3", {}, word("runs.failing", { name, count: number(run.rows.length) })),
      ...run.rows.map((row) => question(row, [side(row)])));
    shown.scrollIntoView({ block: "start" });
  });

  async function remove(name) {
    const gone = () => call("DELETE", `/api/admin/quality/runs/${encodeURIComponent(name)}`);
    if (await ask(word("runs.delete.ask", { name }), word("runs.delete"), gone)) {
      shown.replaceChildren();
      act(() => {});
    }
  }

  return {
    section,
    show(found) {
      latest = found;
      plus.disabled = false;
      show(found.runs);
    },
  };
}

const figures = (runs) => table(word("runs.figures"), [
  [word("versus.figure"), (name) => figure(name), "name"],
  ...runs.map((run) => [run.name, (name) => counted(name, run.figures.all[name]), "number"]),
], SHOWN.filter((name) => runs.some((run) => typeof run.figures.all[name] === "number")));

// -- two runs ----------------------------------------------------------------------------------------------

function versus() {
  const go = h("button", { type: "submit", class: "primary" }, word("versus.go"));
  const shown = h("div", { role: "status" });
  const select = (name) => field(word(`versus.${name}`), (id) => h("select", { id, name }));
  const form = h("form", {}, h("div", { class: "halves" }, select("left"), select("right")), h("div", { class: "bar" }, go));
  const section = h("section", { class: "versus", hidden: true }, h("h2", {}, word("versus.title")), form, shown);

  const show = onChange((names) => {
    section.hidden = names.length < 2;
    for (const [name, first] of [["left", names[1]], ["right", names[0]]]) {
      const made = form.elements[name];
      const before = made.value;
      made.replaceChildren(...names.map((value) => h("option", { value }, value)));
      made.value = names.includes(before) ? before : first;
    }
  });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    between();
  });

  const told = newest(() => call("GET", `/api/admin/quality/compare?${new URLSearchParams(new FormData(form))}`), (found) => {
    const titles = [found.left, found.right];
    shown.replaceChildren(
      table(word("versus.title"), [
        [word("versus.figure"), (d) => figure(d.figure), "name"],
        [found.left, (d) => share(d.left), "number"],
        [found.right, (d) => share(d.right), "number"],
        [word("versus.difference"), (d) => [signed(d.right - d.left), d.sure ? ` ${word("versus.sure")}` : ""], "number"],
        [word("versus.interval"), (d) => `${signed(d.low)} … ${signed(d.high)}`, "number"],
        [word("versus.questions"), (d) => number(d.questions), "number"],
      ], found.differences),
      h("h3", {}, word("versus.failing", { count: number(found.failing.length) })),
      ...found.failing.map(({ left, right }) => question(left, [left, right].map((row, at) => side(row, titles[at])))));
  });

  async function between() {
    go.disabled = true;
    try {
      await told();
    } catch (error) {
      shown.replaceChildren(problem(error.message));
    }
    go.disabled = false;
  }

  function compare(left, right) {
    form.elements.left.value = left;
    form.elements.right.value = right;
    section.scrollIntoView({ block: "start" });
    return between();
  }

  return { section, compare, show: (found) => show(found.runs.map((run) => run.name)) };
}

// -- what failed -------------------------------------------------------------------------------------------

const entry = (name, lines) => [h("dt", {}, name), ...(lines.length ? lines : ["–"]).map((line) => h("dd", {}, line))];

function question(row, sides) {
  const right = row.unanswerable ? [word("failed.unanswerable")] : [...row.answers, ...row.gold.map(where)];
  return h("article", { class: "failed" }, h("h4", {}, row.question), h("dl", {}, entry(word("failed.gold"), right)), h("div", { class: sides.length > 1 ? "pair" : "" }, sides));
}

function side(row, title) {
  const lacking = row.fails.map(figure).join("; ");
  const quotes = row.quotes.map((q) => `${where(q)}${q.true === false ? ` (${word("failed.untrue")})` : ""}: ${q.quote}`);
  const said = row.withdrawn ? [row.said, word("failed.withdrawn")] : [row.said];
  return h("article", {}, title && h("h5", {}, title),
    h("p", { class: lacking ? "lacking" : "note" }, lacking ? word("failed.lacking", { figures: lacking }) : word("failed.nothing")),
    h("dl", {}, entry(word("failed.found"), row.found.slice(0, 5).map(where)), entry(word("failed.said"), said), entry(word("failed.quotes"), quotes)));
}

// -- questions of real use ---------------------------------------------------------------------------------

function judged(act) {
  const lead = h("div", {});
  const place = h("div", {});
  const said = h("p", { role: "status", class: "note" });
  const form = h("form", {}, place, h("div", { class: "bar" }, h("button", { type: "submit", class: "primary" }, word("judged.add"))));
  const empty = note(word("judged.none"));
  const section = h("section", { class: "judged" }, h("h2", {}, word("judged.title")), lead, empty, form, said);

  const show = onChange(({ rows, count }) => {
    const ticked = new FormData(form).getAll("turns");
    lead.replaceChildren(note(word("judged.lead", { count: number(count) })));
    form.hidden = !rows.length;
    empty.hidden = !form.hidden;
    replace(place, table(word("judged.title"), [
      [word("judged.question"), (r) => check(r.question, { name: "turns", value: r.id, "data-key": r.id, checked: ticked.includes(r.id) }), "name"],
      [word("judged.right"), (r) => (r.unanswerable ? word("failed.unanswerable") : r.gold.map(where).join("; "))],
    ], rows));
  });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const turns = new FormData(form).getAll("turns");
    if (turns.length) {
      act(async () => {
        const { questions } = await call("POST", "/api/admin/quality/questions", { turns });
        said.textContent = word("judged.added", { count: number(questions) });
      });
    }
  });

  return { section, show: (found) => show({ rows: found.judged, count: found.questions }) };
}

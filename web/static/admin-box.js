// The Admin page's tabs about the box itself: health with rebuild, activity, settings.
import {
  ask, button, call, check, clock, count, h, home, language, newest, note, number, onChange, problem, replace, svg, table, when, word,
} from "./admin-kit.js";
import { told } from "./reasons.js";

const WORST = ["bad", "warn", "good"];

export function health(panel) {
  const summary = h("p", { class: "summary", role: "status" });
  const parts = h("ul", { class: "parts" });
  const alarms = h("div", { class: "alarms" });
  const reading = h("div", {});
  const again = home.role === "admin" ? rebuild() : { section: "", refresh: () => null }; // no auditor's to begin
  panel.append(summary, alarms, parts, reading, again.section);

  const show = onChange((found) => {
    const lights = found.parts.map((part) => part.light);
    const worst = WORST.find((light) => lights.includes(light));
    const text = word(`health.all.${worst}`);
    if (summary.textContent !== text) summary.textContent = text;
    summary.className = `summary ${worst}`;
    parts.replaceChildren(...found.parts.map(part));
    alarmed(found.mirrors);
    reading.replaceChildren(...(found.reading.length ? [scans(found.reading)] : []));
  });
  const alarmed = onChange((mirrors) => replace(alarms, ...mirrors.flatMap(mirror))); // on its own: what is open stays open
  const health_ = newest(() => call("GET", `/api/admin/health?language=${language}`), show);
  const refresh = () => Promise.all([health_(), again.refresh()]);

  function mirror(found) {
    const made = [];
    const { alarm, folder, files } = found;
    if (alarm) {
      const anew = alarm.kind === "dropped";
      const verb = anew ? "again" : "confirm";
      const confirm = () =>
        ask(word(`alarm.${verb}.ask`, { folder, files: number(files) }), word(`alarm.${verb}`), async () => {
          await call("POST", "/api/mirrors/confirm", { folder });
          await refresh();
        });
      const able = !["unreadable", "missing"].includes(alarm.kind);
      made.push(h("div", { class: "alarm", role: "alert" },
        h("p", {}, word(`alarm.${alarm.kind}`, { folder, files: number(files) })),
        able ? button(word(`alarm.${verb}`), confirm, { key: `alarm ${folder}`, kind: "danger" }) : null));
    }
    if (found.reasons.length) {
      const title = word("mirror.refused", { folder });
      made.push(h("details", {}, h("summary", {}, `${title} (${number(found.refused)})`),
        table(title, [[word("mirror.file"), (r) => r.file], [word("mirror.reason"), (r) => told(r.reason)]], found.reasons)));
    }
    return made;
  }
  return refresh;
}

function part({ light, name, sentence }) {
  return h("li", { class: light },
    h("span", { class: "light", "aria-hidden": "true" }),
    h("div", {}, h("h2", {}, name, h("span", { class: "state" }, word(`light.${light}`))), h("p", {}, sentence)));
}

function scans(found) {
  return h("div", {}, h("h2", {}, word("reading.title")),
    h("ul", { class: "plain" }, found.map((scan) =>
      h("li", {}, `${scan.file} · ${word("reading.page", { page: number(scan.page), pages: number(scan.pages) })}`,
        h("progress", { max: scan.pages || 1, value: scan.page, "aria-label": scan.file })))));
}

function rebuild() {
  const encode = check(word("rebuild.encode"), { id: "rebuild-encode" });
  const go = button(word("rebuild.button"), () =>
    ask(word("rebuild.ask"), word("rebuild.button"), async () => {
      show(await call("POST", "/api/admin/rebuild", { encode: encode.querySelector("input").checked }));
    }), { key: "rebuild" });
  const state = h("p", { class: "note", role: "status" });
  const bar = h("progress", { hidden: true, "aria-label": word("rebuild.title") });
  const failed = h("div", {});
  const section = h("section", { class: "rebuild", "aria-label": word("rebuild.title") },
    h("h2", {}, word("rebuild.title")), note(word("rebuild.lead")), encode, h("div", { class: "bar" }, go), bar, state, failed);
  let timer;

  const show = onChange((found) => {
    const figures = { done: number(found.done), total: number(found.total) };
    go.disabled = found.running;
    bar.hidden = !found.running;
    if (found.total) Object.assign(bar, { max: found.total, value: found.done });
    else bar.removeAttribute("value"); // how much there is to do is not known yet
    const texts = {
      encode: () => word("rebuild.encoding", figures),
      index: () => word("rebuild.indexing", figures),
      done: () => word("rebuild.done", { total: figures.total, when: clock(found.ended_at) }),
    };
    state.textContent = texts[found.stage]?.() ?? "";
    failed.replaceChildren(...(found.error ? [problem(word("rebuild.failed", { reason: found.error }))] : []));
    if (found.running) timer ??= setInterval(() => refresh().catch(() => {}), 1000); // the box may be starting anew
    else timer = clearInterval(timer);
  });
  const refresh = newest(() => call("GET", "/api/admin/rebuild"), show);
  return { section, refresh };
}

// -- activity ----------------------------------------------------------------------------------------------

export function activity(panel) {
  const questions = h("section", { class: "plot" });
  const latency = h("section", { class: "plot" });
  const trust = h("section", {});
  const errors = h("section", {});
  panel.append(questions, latency, trust, errors);
  const shown = [
    [onChange((counts) => questionPlot(questions, counts)), "questions"],
    [onChange((stages) => latency.replaceChildren(...latencyPlot(stages))), "latencies"],
    [onChange((sum) => trust.replaceChildren(h("h2", {}, word("activity.trust")), note(checked(sum.checks)), note(kept(sum.cache)))), "sums"],
    [onChange((list) => errors.replaceChildren(...errorTable(list))), "errors"],
  ];
  return newest(() => call("GET", "/api/admin/activity"), (found) => {
    found.sums = { checks: found.checks, cache: found.cache };
    for (const [show, name] of shown) show(found[name]);
  });
}

const checked = ({ sentences, unsupported }) =>
  word(sentences ? "activity.checked" : "activity.unchecked", { sentences: number(sentences), unsupported: number(unsupported) });

function kept({ kept, same, alike, missed }) {
  const [hits, all] = [same + alike, same + alike + missed];
  if (!all) return word("activity.cache.quiet");
  const share = `${Math.round((100 * hits) / all)}%`;
  return word("activity.cache", { kept: number(kept), all: number(all), hits: number(hits), share, alike: number(alike) });
}

const WIDE = 600;
const HIGH = 120;

function questionPlot(section, counts) {
  const total = counts.reduce((sum, n) => sum + n, 0);
  const most = Math.max(...counts);
  const summary = total
    ? word("activity.summary", { total: number(total), most: number(most) })
    : word("activity.quiet");
  const step = WIDE / counts.length;
  const bars = counts.map((n, at) => {
    const tall = n ? Math.max(3, (n / most) * HIGH) : 0;
    return svg("rect", { x: at * step + 1, y: HIGH - tall, width: step - 2, height: tall, rx: 1.5 });
  });
  const plot = svg("svg", {
    viewBox: `0 0 ${WIDE} ${HIGH + 1}`, preserveAspectRatio: "none", role: "img",
    "aria-label": `${word("activity.questions")}: ${summary}`,
  }, svg("line", { x1: 0, x2: WIDE, y1: HIGH + 0.5, y2: HIGH + 0.5 }), bars);
  const now = Date.now();
  const minutes = counts.map((n, at) => ({ n, at: now - (counts.length - 1 - at) * 60_000 })).filter(({ n }) => n);
  const open = section.querySelector("details")?.open;
  section.replaceChildren(
    h("h2", {}, word("activity.questions")), note(summary), plot,
    h("div", { class: "axis", "aria-hidden": "true" }, h("span", {}, word("activity.ago")), h("span", {}, word("activity.now"))),
    total ? h("details", { open }, h("summary", {}, word("activity.numbers")),
      table(word("activity.questions"), [
        [word("activity.minute"), (m) => clock(m.at)], [word("activity.count"), (m) => count(m.n), "number"],
      ], minutes.reverse())) : "");
}

function latencyPlot(stages) {
  const title = h("h2", {}, word("activity.latency"));
  if (!stages.length) return [title, note(word("activity.latency.quiet"))];
  const most = Math.max(...stages.map((s) => s.p95)) || 1;
  const bar = (s) => svg("svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("rect", { class: "p95", width: (100 * s.p95) / most, height: 10 }),
    svg("rect", { class: "p50", width: (100 * s.p50) / most, height: 10 }));
  const seconds = (value) => `${value.toFixed(value < 1 ? 3 : 1)} s`;
  return [title, note(word("activity.latency.lead", { count: number(Math.max(...stages.map((s) => s.count))) })),
    table(word("activity.latency"), [
      [word("activity.stage"), (s) => word(`stage.${s.stage}`)],
      [word("activity.p50"), (s) => h("span", {}, swatch("p50"), seconds(s.p50)), "number"],
      [word("activity.p95"), (s) => h("span", {}, swatch("p95"), seconds(s.p95)), "number"],
      [h("span", { class: "unseen" }, word("activity.bars")), bar, "bars"],
    ], stages)];
}

const swatch = (kind) => h("span", { class: `swatch ${kind}`, "aria-hidden": "true" });

function errorTable(list) {
  const title = h("h2", {}, word("activity.errors"));
  if (!list.length) return [title, note(word("activity.errors.none"))];
  return [title, table(word("activity.errors"), [
    [word("activity.when"), (e) => when(e.at)],
    [word("activity.where"), (e) => e.where, "wide"],
    [word("activity.what"), (e) => [e.text, e.times > 1 ? h("small", {}, word("activity.times", { times: number(e.times) })) : null], "wide"],
  ], list)];
}

// -- settings ----------------------------------------------------------------------------------------------

export function settings(panel) {
  const list = h("div", {});
  let all = [];
  const only = check(word("settings.changed"), { change: () => show() });
  panel.append(note(word("settings.lead")), h("div", { class: "bar" }, only), list);

  function show() {
    const chosen = only.querySelector("input").checked ? all.filter((s) => s.source !== "default") : all;
    if (!chosen.length) return list.replaceChildren(note(word("settings.nothing")));
    return list.replaceChildren(table(word("tab.settings"), [
      [word("settings.name"), (s) => [h("code", {}, s.name), h("small", {}, word(`setting.${s.name}`))], "name"],
      [word("settings.value"), (s) => h("code", {}, value(s.value)), "wide"],
      [word("settings.source"), (s) => h("span", { class: `tag ${s.source}` }, word(`source.${s.source}`))],
    ], chosen));
  }
  return async () => {
    all = (await call("GET", "/api/admin/settings")).settings;
    show();
  };
}

const value = (found) => (typeof found === "string" ? found || "—" : JSON.stringify(found));

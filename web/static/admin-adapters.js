// The Admin page's tab about adapters: which one answers, its versions, what is tried and done with them.
import { acting, because, button, call, clock, dialog, field, h, newest, note, onChange, word } from "./admin-kit.js";
import { activation, named, shapes, title } from "./admin-adapters-work.js";
import { versions } from "./admin-adapters-store.js";
import { collections, records } from "./admin-adapters-own.js";
import { comparison } from "./admin-compare.js";
import { trainings } from "./admin-training.js";

export function adapters(panel) {
  const { complaint, act } = acting(() => refresh());
  const parts = [inUse(act), quoting(act), activation(act), versions(act), comparison(), collections(act), trainings(act), records("adapters")];
  panel.append(complaint, ...parts.map((part) => part.section));

  const refresh = newest(() => call("GET", "/api/adapters"), (found) => Promise.all(parts.map((part) => part.show(found))));

  return refresh;
}

// -- which one answers -------------------------------------------------------------------------------------

function inUse(act) {
  const alarm = h("div", { class: "alarms" });
  const summary = h("p", { class: "summary", role: "status" });
  const bar = h("div", { class: "bar" });
  const words = h("div", { class: "words" }, note(word("adapter.lead")));
  const section = h("section", { class: "use" }, alarm, summary, words, bar);

  const warn = onChange((notice) => {
    if (!notice) return alarm.replaceChildren();
    const { now, collections } = notice.detail;
    const values = {
      time: clock(notice.at), name: title(notice.object), now: now ? `“${title(now)}”` : word("adapter.plain"), collections: collections.join(", "),
    };
    const seen = button(word("adapter.seen"), () => act(() => call("POST", "/api/adapters/seen")), { key: "seen" });
    return alarm.replaceChildren(h("div", { class: "alarm", role: "alert" },
      h("p", {}, word(now === undefined ? "adapter.taken" : "adapter.withdrawn", values), " ", because(notice.reason)), seen));
  });

  const say = onChange(({ active, back, ready, all }) => {
    summary.textContent = active ? word("adapter.on", { name: named(active, all) }) : ready ? word("adapter.off") : "";
    words.replaceChildren(note(word("adapter.lead")), ...(ready ? [] : [h("p", { class: "problem" }, word("adapter.model"))]));
    const to = back === undefined ? "" : back ? named(back, all) : word("adapter.plain");
    const rollback = button(word("adapter.rollback.to", { name: to }), () => act(() => call("POST", "/api/adapters/rollback", {})), { key: "rollback" });
    const bare = button(word("adapter.bare"), () => leave(), { key: "bare" });
    bar.replaceChildren(...(back === undefined ? [] : [rollback]), ...(active && back !== "" ? [bare] : []));
  });

  async function leave() {
    const why = (id) => h("input", { id, name: "reason", maxlength: "1000", autocomplete: "off" });
    const content = [h("p", {}, word("adapter.bare.ask")), field(word("stage.reason"), why, word("adapter.rollback.ask"))];
    const submit = (form) => call("POST", "/api/adapters/deactivate", { reason: form.get("reason").trim() });
    if (await dialog(word("adapter.bare"), content, { accept: word("adapter.bare"), submit })) await act(() => {});
  }

  function show(found) {
    warn(found.notice);
    say({ active: found.active, back: found.earlier.at(-1), ready: found.model.state === "ready", all: found.adapters.map(({ key }) => ({ key })) });
  }

  return { section, show };
}

// -- which scorer chooses the quotes -----------------------------------------------------------------------

function quoting(act) {
  const summary = h("p", { role: "status" });
  const bar = h("div", { class: "bar" });
  const section = h("section", { class: "use", hidden: true }, summary, bar);

  const say = onChange(({ active, back, problem: wrong, all }) => {
    section.hidden = !all.length && back === undefined && !wrong;
    const name = active ? `“${named(active, all)}”` : word("adapter.scorer.built");
    summary.replaceChildren(word("adapter.scorer.on", { name }), " ", wrong && h("span", { class: "problem" }, because(wrong)));
    const post = (path) => act(() => call("POST", `/api/adapters/${path}`, { engine: "extractive" }));
    const to = back ? named(back, all) : word("adapter.scorer.built");
    bar.replaceChildren(
      ...(back === undefined ? [] : [button(word("adapter.rollback.to", { name: to }), () => post("rollback"), { key: "scorer back" })]),
      ...(active && back !== "" ? [button(word("adapter.scorer.bare"), () => post("deactivate"), { key: "scorer bare" })] : []));
  });

  const show = ({ scorer, adapters: all }) =>
    say({ ...scorer, back: scorer.earlier.at(-1), all: all.filter((a) => !shapes(a)).map(({ key }) => ({ key })) });
  return { section, show };
}

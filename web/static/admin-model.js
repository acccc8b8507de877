// The language model in use on the Admin page: how it stands, what it does now, in which number format it is loaded.
import { ask, because, button, call, dialog, h, note, number, onChange, replace, table, word } from "./admin-kit.js";

const LIGHT = { ready: "good", loading: "warn", failed: "bad", none: "" };

// GB are 10^9 bytes, as `ragbox plan` has them.
export function size(bytes) {
  const [unit, name, digits] = bytes >= 1e10 ? [1e9, "GB", 1] : bytes >= 1e9 ? [1e9, "GB", 2] : bytes >= 1e6 ? [1e6, "MB", 1] : [1e3, "kB", 0];
  return `${number(Number((bytes / unit).toFixed(digits)))} ${name}`;
}

// Asks before something is changed that can be changed back.
export const sure = (question, accept, submit) => dialog(accept, [h("p", {}, question)], { accept, submit });

// `act(run)` runs and then brings the tab up to date.
export function inUse(act) {
  const summary = h("p", { class: "summary", role: "status" });
  const words = h("div", { class: "words" });
  const bar = h("div", { class: "bar" });
  const figures = h("dl", { class: "figures" });
  const formats = h("div", {});
  const section = h("section", { class: "use" }, summary, words, bar, figures, formats);
  const load = (quantization) => call("POST", "/api/models/load", { quantization });

  const say = onChange(({ model, choice, active, any }) => {
    const { state, name } = model;
    summary.className = `summary ${LIGHT[state]}`;
    summary.textContent = state === "loading" && !name ? word("model.loading.some") : word(`model.${state}`, { name });
    const elsewhere = choice !== "store" && choice !== "none";
    words.replaceChildren(
      ...(state === "failed" ? [h("p", { class: "problem", role: "alert" }, because(model.reason))] : []),
      note(explain(state, choice, active, any)),
      ...(elsewhere ? [note(word("model.elsewhere"))] : []),
      ...(state === "loading" ? [h("progress", { "aria-label": word("model.load") })] : []));
    const startable = choice !== "none" && (elsewhere || active);
    const buttons = {
      ready: () => [button(word("model.unload"), () => ask(word("model.unload.ask", { name }), word("model.unload"), unload), { key: "unload" })],
      none: () => (startable ? [button(word("model.load"), () => act(() => load(null)), { key: "load", kind: "primary" })] : []),
      loading: () => [],
    };
    replace(bar, ...(buttons[state] ?? buttons.none)());
  });

  async function unload() {
    await call("POST", "/api/models/unload");
    await act(() => {});
  }

  const count = onChange((model) => figures.replaceChildren(...(model.state === "ready" ? live(model) : [])));

  const choose = onChange(({ version, model, free, choice }) => {
    if (!version || choice !== "store") return formats.replaceChildren();
    const name = `${version.name} ${version.version}`;
    const held = model.capabilities?.memory ?? 0;
    const ready = model.state === "ready";
    const lead = { where: word(free.device === "cpu" ? "format.main" : "format.gpu"), free: size(free.bytes) };
    const title = word("format.title", { name });
    const go = ({ format, need }) => {
      const key = ready ? "format.switch" : "format.load";
      const question = [word("format.ask", { name, format, need: size(need), free: size(free.bytes) }), ready && word("format.breaks")];
      const begin = async () => {
        await load(format);
        await act(() => {});
      };
      const made = button(word(key, { format }), () => sure(question.filter(Boolean).join(" "), word(key, { format }), begin), { key: `format ${format}` });
      made.disabled = model.state === "loading";
      return made;
    };
    const rows = Object.entries(version.memory).map(([format, need]) => ({ format, need }));
    const fits = ({ need }) => (need <= free.bytes + held
      ? word("format.fits") : h("span", { class: "tag off" }, word("format.full")));
    const columns = [
      [word("model.format"), ({ format }) => format],
      [word("format.need"), ({ need }) => size(need), "number"],
      [word("format.room"), fits],
    ];
    const now = ({ format }) => ready && model.name === name && model.quantization === format;
    const last = (row) => (now(row) ? h("span", { class: "tag" }, word("format.now")) : go(row));
    if (!("gguf" in version.memory)) columns.push([word("admin.actions"), last, "actions"]); // the file has the one it has
    return replace(formats, h("h2", {}, title), note(word("format.lead", lead)),
      ready && held ? note(word("format.freed", { held: size(held) })) : "", table(title, columns, rows));
  });

  function show(found) {
    const { model, choice, free } = found;
    const version = found.models.find((m) => m.active);
    const { state, name, reason, quantization } = model;
    say({ model: { state, name, reason }, choice, active: version && `${version.name} ${version.version}`, any: found.models.length > 0 });
    count(model);
    const rounded = { device: free.device, bytes: Math.round(free.bytes / 1e8) * 1e8 }; // or the table is drawn anew each time
    const capabilities = model.capabilities && { memory: model.capabilities.memory };
    choose({ version, model: { state, name, quantization, capabilities }, free: rounded, choice });
  }

  return { section, show };
}

function explain(state, choice, active, any) {
  if (state === "ready") return word("model.fallback");
  if (state === "loading") return word("model.meanwhile");
  const next = {
    failed: () => word("model.next.failed"),
    settings: () => word("model.next.settings"),
    off: () => word("model.next.none"),
    load: () => word("model.next.load", { name: active }),
    activate: () => word("model.next.activate"),
    add: () => word("model.next.add"),
  };
  const fromStore = active ? "load" : any ? "activate" : "add";
  const from = state === "failed" ? "failed" : choice === "none" ? "off" : choice === "store" ? fromStore : "settings";
  return `${word("model.quotes")} ${next[from]()}`;
}

function live({ capabilities, load, quantization }) {
  const { device, memory, context } = capabilities;
  const rounded = (value) => number(Number(value.toFixed(1)));
  const rows = [
    [word("model.device"), device || "—"],
    [word("model.format"), quantization || "—"],
    [word("model.memory"), memory ? size(memory) : "—"],
    [word("model.context"), number(context)],
    [word("model.pace"), rounded(load.tokens_per_second)],
    [word("model.first"), load.first_token_p50 ? `${load.first_token_p50.toFixed(2)} s` : "—"],
    [word("model.running"), `${number(load.running)} / ${number(load.rows)}`],
    [word("model.waiting"), number(load.waiting)],
    [word("model.served"), number(load.served)],
    [word("model.refused"), number(load.refused)],
  ];
  return rows.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)));
}

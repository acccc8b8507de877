// What the tabs of the Admin page are made of: elements, words, calls, tables, dialogs. Text goes in as text only.
import { h, language, learn, number, say as word } from "./kit.js";
import { teach, told } from "./reasons.js";

export { call, h, home, language, newest, number, say as word } from "./kit.js";

// A name's words in the table, or the name itself where it has none there.
export function worded(family, name) {
  const text = word(`${family}.${name}`);
  return text === `${family}.${name}` ? name : text;
}

let host;

export function start(element) {
  host = element;
  learn(JSON.parse(element.dataset.words));
  teach(JSON.parse(element.dataset.reasons));
}

export function svg(tag, props = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(props)) made.setAttribute(name, value);
  made.append(...children.flat());
  return made;
}

// Puts new children in the place of the old; what had the focus keeps it, known by its data-key.
export function replace(target, ...children) {
  const held = target.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  target.replaceChildren(...children);
  if (held) target.querySelector(`[data-key="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
}

// Calls `show(data)` only when the data is not what was shown last: a quiet page stays as it is.
export function onChange(show) {
  let last;
  return (data) => {
    const text = JSON.stringify(data);
    if (text !== last) show(data);
    last = text;
  };
}

export const count = (value) => h("span", { class: "count" }, number(value));

export function when(time) {
  const date = new Date(time);
  const text = date.toLocaleString(language, { dateStyle: "medium", timeStyle: "short" });
  return h("time", { datetime: time, title: date.toLocaleString(language) }, text);
}

export const clock = (time) => new Date(time).toLocaleTimeString(language, { timeStyle: "short" });

export const problem = (message) => h("p", { class: "problem", role: "alert" }, message);
// Why something is as it is: what the server says, in Chinese on a Chinese page where the table of reasons has it.
export function because(reason) {
  const text = told(reason);
  return h("span", { lang: text === reason && "en" }, text);
}
export const note = (text) => h("p", { class: "note" }, text);

// While what a press does is under way a further one does nothing: the second of two quick ones would do it twice.
export function button(text, click, { key, kind = "", label } = {}) {
  let busy = false;
  const once = async () => {
    if (busy) return;
    busy = true;
    try {
      await click();
    } finally {
      busy = false;
    }
  };
  return h("button", { type: "button", class: kind, "data-key": key, "aria-label": label, click: once }, text);
}

// columns: [heading, cell(row), class?]; on a narrow page each row is a card, its cells led by their headings.
export function table(caption, columns, rows) {
  const line = (row) =>
    h("tr", {}, columns.map(([head, cell, kind], at) => {
      const inner = [cell(row)].flat();
      return at ? h("td", { class: kind, "data-label": typeof head === "string" && head }, inner) : h("th", { scope: "row", class: kind }, inner);
    }));
  return h("table", {},
    h("caption", { class: "unseen" }, caption),
    h("thead", {}, h("tr", {}, columns.map(([head, , kind]) => h("th", { scope: "col", class: kind }, head)))),
    h("tbody", {}, rows.map(line)));
}

let fields = 0;

// A labelled control; `make(id)` returns it, `rules` say what may stand in it.
export function field(label, make, rules) {
  const id = `field-${(fields += 1)}`;
  const control = make(id);
  if (rules) control.setAttribute("aria-describedby", `${id}-rules`);
  return h("div", { class: "field" }, h("label", { for: id }, label), control, rules && h("p", { class: "note", id: `${id}-rules` }, rules));
}

export function check(label, props) {
  return h("label", { class: "check" }, h("input", { type: "checkbox", ...props }), h("span", {}, label));
}

// Opens a dialog; the promise has what `submit` returned, or undefined when it was cancelled. A failed submit stays open.
// What was cancelled after it was sent may still be done: then the tab hears of it.
export function dialog(title, content, { accept, danger = false, submit } = {}) {
  return new Promise((resolve) => {
    const id = `dialog-${(fields += 1)}`;
    const complaint = h("div", {});
    const ok = accept && h("button", { type: "submit", class: danger ? "danger" : "primary" }, accept);
    const cancel = h("button", { type: "button", click: () => box.close() }, word(accept ? "admin.cancel" : "admin.close"));
    const form = h("form", {}, h("h2", { id }, title), content, complaint, h("div", { class: "bar" }, ok, cancel));
    const box = h("dialog", { "aria-labelledby": id }, form);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (!submit) return box.close();
      ok.disabled = true;
      try {
        resolve((await submit(new FormData(form))) ?? true);
        if (box.open) box.close();
        else host.dispatchEvent(new Event("late"));
      } catch (error) {
        complaint.replaceChildren(problem(error.message));
        ok.disabled = false;
      }
    });
    box.addEventListener("close", () => {
      resolve(undefined);
      box.remove();
    });
    host.append(box);
    box.showModal();
  });
}

export const ask = (question, accept, submit) =>
  dialog(accept, [h("p", {}, question)], { accept, danger: true, submit });

// Shows a secret that is never shown again, with a button that copies it.
export function secret(title, lead, parts) {
  const rows = parts.map(([label, value]) => {
    const input = (id) => h("input", { id, readonly: true, value, class: "secret", click: (event) => event.target.select() });
    const row = field(label, input);
    const said = h("span", { role: "status", class: "note" });
    const take = async () => {
      row.querySelector("input").select();
      // Without https or this machine's own address a page has no clipboard; the old way still copies a selection.
      if (navigator.clipboard) await navigator.clipboard.writeText(value);
      else document.execCommand("copy");
      said.textContent = word("admin.copied");
    };
    row.append(h("div", { class: "bar" }, button(word("admin.copy"), take, { kind: "primary" }), said));
    return row;
  });
  return dialog(title, [h("p", {}, lead), ...rows]);
}

// Returns a place for complaints, and `act(run)`, which does something and shows what came of it at once, also that it
// failed.
export function acting(refresh) {
  const complaint = h("div", {});
  async function act(run) {
    complaint.replaceChildren();
    try {
      await run();
    } catch (error) {
      complaint.replaceChildren(problem(error.message));
    }
    await refresh();
  }
  return { complaint, act };
}

// One question to two adapters at the same time, on the Admin page: both answers are written side by side.
import { button, field, h, note, onChange, problem, word } from "./admin-kit.js";
import { named, shapes, title } from "./admin-adapters-work.js";
import { stream } from "./kit.js";

const BARE = "-";

export function comparison() {
  const chosen = new Set(); // what somebody chose stays; the rest follows what is there
  const select = (name) => (id) => h("select", { id, name, change: () => chosen.add(name) });
  const form = h("form", { class: "compare" },
    field(word("compare.question"), (id) => h("input", { id, name: "question", required: true, autocomplete: "off" })),
    h("div", { class: "choices" }, ["collection", "left", "right"].map((name) => field(word(`compare.${name}`), select(name)))));
  const go = h("button", { type: "submit", class: "primary" }, word("compare.go"));
  const stop = button(word("compare.stop"), () => under?.abort(), { key: "stop" });
  const sides = h("div", { class: "pair", hidden: true });
  const complaint = h("div", {});
  form.append(h("div", { class: "bar" }, go, stop));
  const section = h("section", { class: "comparison", hidden: true }, h("h2", {}, word("compare.title")), form, complaint, sides);
  let under;
  stop.hidden = true;

  const choose = onChange(({ all, active, collections }) => {
    section.hidden = !all.length;
    const fill = (name, options, first) => {
      const made = form.elements[name];
      const before = made.value;
      made.replaceChildren(...options.map(([value, text]) => h("option", { value }, text)));
      made.value = chosen.has(name) && options.some(([value]) => value === before) ? before : first;
    };
    const keys = [[BARE, word("adapter.plain")], ...all.map(({ key }) => [key, named(key, all)])];
    fill("collection", [["", word("compare.all")], ...collections.map((name) => [name, name])], "");
    fill("left", keys, active || BARE);
    fill("right", keys, all.map(({ key }) => key).findLast((key) => key !== active) ?? BARE);
  });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(form));
    const body = { ...given, collection: given.collection || null };
    under = new AbortController();
    go.disabled = true;
    stop.hidden = sides.hidden = false;
    complaint.replaceChildren();
    const shown = Object.fromEntries(["left", "right"].map((name) => [name, side(given[name])]));
    sides.replaceChildren(...Object.values(shown).map((each) => each.element));
    try {
      for await (const told of stream("/api/adapters/compare", body, under.signal)) shown[told.side].take(told);
    } catch (error) {
      if (error.name !== "AbortError") complaint.replaceChildren(problem(error.message));
    }
    for (const each of Object.values(shown)) each.end();
    go.disabled = false;
    stop.hidden = true;
  });

  function show(found) {
    choose({ all: found.adapters.filter(shapes).map(({ key }) => ({ key })), active: found.active, collections: found.collections.map((c) => c.name) });
  }

  return { section, show };
}

// One answer as it grows. `text` has the marks [n] as they come: who compares reads, and opens no page.
function side(key) {
  const words = h("p", { class: "said" });
  const foot = h("p", { class: "note", role: "status" }, word("compare.wait"));
  const notes = h("div", {});
  const element = h("article", { "aria-busy": "true" }, h("h3", {}, key === BARE ? word("adapter.plain") : title(key)), words, notes, foot);
  let finished = false;

  function take(event) {
    if (event.event === "text") words.append(event.text);
    if (event.event === "byline" && event.bare) notes.replaceChildren(note(event.bare));
    if (event.event === "done") done(event);
  }

  function done({ answer, refused, citations, unsupported, fallback, timings }) {
    finished = true;
    words.textContent = answer;
    const facts = [
      refused && word("compare.refused"),
      fallback && word("compare.quoted"),
      citations.length > 0 && word("compare.cites", { count: citations.length }),
      unsupported.length > 0 && word("compare.doubts", { count: unsupported.length }),
      word("compare.seconds", { seconds: timings.total.toFixed(1) }),
    ];
    foot.textContent = facts.filter(Boolean).join(" · ");
    element.removeAttribute("aria-busy");
  }

  function end() {
    element.removeAttribute("aria-busy");
    if (!finished) foot.textContent = "";
  }

  return { element, take, end };
}

// One question with its answer on the Ask page: it grows with the events of the stream, or stands whole from the history.
import { call, copy, h, icon, number, say, short, tool } from "./kit.js";
import { told } from "./reasons.js";
import { body, boxes, marked } from "./text.js";

const NEAREST = 5; // passages offered where there is no answer

export class Turn {
  // `again` asks the question once more.
  constructor(question, { scope = {}, again }) {
    Object.assign(this, { question, scope, again, id: "", citations: new Map(), hits: [], rated: {}, judging: undefined });
    // The answer as the server counts it, and the places in it; `text` is both in one.
    Object.assign(this, { raw: "", cited: [], doubts: [], text: "" });
    this.stages = h("p", { class: "stage", role: "status" }, h("span", { class: "pulse" }), say("ask.wait"));
    this.understood = h("p", { class: "understood" });
    this.thoughts = h("p");
    this.thinking = h("details", { class: "thinking", hidden: true }, h("summary", {}, say("ask.thinking")), this.thoughts);
    this.answer = h("div", { class: "text" });
    this.rest = h("div", { class: "rest" });
    this.element = h("article", { class: "turn busy", "aria-busy": "true" },
      h("h2", { class: "asked" }, question), this.understood, this.stages, this.thinking,
      h("div", { class: "answer", tabindex: "0", role: "group", "aria-label": say("ask.answer") }, this.answer, this.rest));
  }

  // -- while it is written --------------------------------------------------------------------------------

  take(event) {
    switch (event.event) {
      case "stage":
        this.id ||= event.turn ?? "";
        if (event.asked) this.understand(event.asked);
        this.empty ||= event.name === "search" && !event.count;
        if (!this.raw) this.stage(`${say(`ask.${event.name}`, { count: number(event.count) })}…`);
        break;
      case "hits":
        this.hits = event.hits;
        break;
      case "citation":
        this.citations.set(event.n, event);
        break;
      case "text":
        if (event.cites) this.cited.push({ offset: Array.from(this.raw).length + event.text.indexOf("["), n: event.cites });
        this.raw += event.text;
        this.draw();
        break;
      case "unsupported":
        this.doubts.push(event);
        this.draw();
        break;
      case "thought":
        this.think(this.thoughts.textContent + event.text);
        break;
      case "byline":
        Object.assign(this, { engine: event.engine, adapter: event.adapter });
        break;
      case "done":
        this.finish(event);
    }
  }

  // Said again, it would be read out again.
  stage(words) {
    if (this.stages.lastChild.data !== words) this.stages.lastChild.data = words;
  }

  think(words) {
    this.thoughts.textContent = words;
    this.thinking.hidden = !words;
  }

  // Once a frame is enough, however fast the words come.
  draw() {
    this.stages.remove();
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      if (!this.ended) this.write();
    });
  }

  write() {
    this.text = marked(this.raw, this.cited, this.doubts);
    this.answer.replaceChildren(...body(this.text, this.citations, this.doubts));
  }

  understand(question) {
    this.understood.textContent = say("ask.understood", { question });
  }

  // -- when it is whole -----------------------------------------------------------------------------------

  finish(kept) {
    this.end();
    const { answer, refused, citations, cited, unsupported, timings = {}, engine, adapter, conversation } = kept;
    Object.assign(this, { raw: answer, cited, doubts: unsupported, refused, conversation, timings, engine, adapter });
    Object.assign(this, { id: kept.turn || this.id, rated: kept.feedback ?? {} });
    this.citations = new Map(citations.map((c) => [c.n, c]));
    this.think(kept.thinking ?? "");
    if (kept.asked) this.understand(kept.asked);
    this.write();
    if (refused) this.refuse();
    if (kept.stopped) this.answer.append(h("p", { class: "stopped" }, say("ask.stopped")));
    this.rest.replaceChildren(...this.notes(kept), ...(refused ? [] : this.sources()), this.actions());
  }

  // What has to be known about the answer as a whole.
  notes({ incomplete, fallback, bare, cached }) {
    const doubts = this.doubts.map((d) => d.reason).filter(Boolean);
    return [
      incomplete && h("p", { class: "about" }, icon("alert"), say("ask.incomplete", { reason: told(incomplete) })),
      this.doubts.length > 0 && h("div", { class: "about" }, icon("alert"), h("div", {},
        h("p", {}, h("span", { class: "doubt" }, say("ask.doubts")), " ", say("ask.doubts.hint")),
        doubts.length > 0 && h("ul", {}, doubts.map((reason) => h("li", {}, reason))))),
      fallback && h("p", { class: "about" }, icon("alert"), say("ask.fallback", { reason: told(fallback) })),
      bare && h("p", { class: "about" }, icon("alert"), say("ask.bare", { reason: told(bare) })),
      cached && h("p", { class: "about" }, icon("again"), say("ask.cached")),
    ].filter(Boolean);
  }

  stop() {
    this.end();
    this.answer.append(h("p", { class: "stopped" }, say("ask.stopped")));
    this.rest.replaceChildren(...this.sources(), this.actions());
  }

  fail(error) {
    this.end();
    this.rest.replaceChildren(h("section", { class: "problem", role: "alert" }, icon("alert"),
      h("div", {}, h("strong", {}, say("ask.problem")), h("p", {}, error.message),
        h("button", { type: "button", class: "plain", click: this.again }, say("ask.again")))));
  }

  end() {
    this.ended = true;
    this.stages.remove();
    this.element.classList.remove("busy");
    this.element.removeAttribute("aria-busy");
    if (this.frame) this.write();
  }

  refuse() {
    const place = h("div", {});
    const show = h("button", { type: "button", class: "plain", click: () => this.nearest(place, show) }, say("ask.nearest"));
    this.answer.replaceChildren(h("section", { class: "refused" }, icon("none"), h("div", {},
      h("p", { class: "verdict" }, this.text),
      !this.empty && [h("p", { class: "hint" }, say("ask.refused")), show, place])));
  }

  async nearest(place, button) {
    button.disabled = true;
    try {
      const { collection, document } = this.scope;
      this.hits = this.hits.length ? this.hits
        : (await call("POST", "/api/search", { question: this.question, collection, document })).hits;
    } catch (error) {
      button.disabled = false;
      place.replaceChildren(h("p", { role: "alert" }, error.message));
      return;
    }
    button.remove();
    const near = this.hits.slice(0, NEAREST).map((hit) => ({ ...hit, quote: hit.text }));
    place.replaceChildren(...(near.length
      ? [h("h3", {}, say("ask.nearest.heading")), list(near)]
      : [h("p", {}, say("ask.nearest.none"))]));
    place.querySelector("button")?.focus();
  }

  sources() {
    return this.citations.size ? [h("h3", {}, say("ask.sources")), list([...this.citations.values()])] : [];
  }

  // -- what can be done with it ---------------------------------------------------------------------------

  actions() {
    const total = this.timings?.total;
    const copied = h("span", { class: "said", role: "status" });
    const copyIt = async () => {
      await copy(this.asText());
      copied.textContent = say("ask.copied");
      setTimeout(() => (copied.textContent = ""), 5000);
    };
    const thumbs = ["up", "down"].map((thumb) => tool(thumb, say(`ask.${thumb}`), async () => {
      await this.judge((rated) => ({ thumb: rated.thumb === thumb ? "" : thumb }));
      for (const each of thumbs) each.setAttribute("aria-pressed", this.rated.thumb === (each === thumbs[0] ? "up" : "down"));
    }, { "aria-pressed": `${this.rated.thumb === thumb}` }));
    const form = h("div", {});
    const right = h("button", { type: "button", class: "tool wide", click: () => this.correct(form) }, say("ask.right"));
    return h("div", {}, h("div", { class: "actions" },
      this.text && tool("copy", say("ask.copy"), copyIt), tool("again", say("ask.again"), this.again),
      this.id && [...thumbs, right], copied,
      h("span", { class: "took", title: [this.engine !== "extractive" && this.engine, this.adapter].filter(Boolean).join(" · ") }, [
        this.engine && (this.engine === "extractive" ? say("ask.quoted") : say("ask.engine", { engine: short(this.engine) })),
        this.adapter && say("ask.adapter", { adapter: this.adapter.split("@")[0] }),
        total !== undefined && say("ask.seconds", { seconds: total.toFixed(1) }),
      ].filter(Boolean).join(" · "))), form);
  }

  // One after the other: of two at once the box might keep the first.
  judge(change) {
    const next = async () => {
      const judged = { thumb: "", file: "", page: 0, ...this.rated, ...change(this.rated) };
      this.rated = await call("POST", `/api/turns/${this.id}/feedback`, judged);
    };
    this.judging = (this.judging ?? Promise.resolve()).then(next, next);
    return this.judging;
  }

  correct(place) {
    if (place.firstChild) return place.replaceChildren();
    const files = [...new Set([...this.citations.values(), ...this.hits].map((c) => c.file))];
    const list = `files-${this.id}`;
    const shown = globalThis.ragbox.viewer.shown(); // whoever puts an answer right has often just found the page
    const form = h("form", { class: "right" },
      h("label", {}, say("ask.right.file"), h("input", { name: "file", required: true, list, value: this.rated.file || shown?.file || files[0] })),
      h("datalist", { id: list }, files.map((value) => h("option", { value }))),
      h("label", {}, say("ask.right.page"),
        h("input", { name: "page", type: "number", min: 1, required: true, value: this.rated.page || shown?.page })),
      h("button", { class: "primary" }, say("ask.right.save")));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const given = new FormData(form);
      try {
        await this.judge(() => ({ file: given.get("file"), page: Number(given.get("page")) }));
        place.replaceChildren(h("p", { class: "said", role: "status" }, say("ask.thanks")));
      } catch (error) {
        place.append(h("p", { role: "alert" }, error.message));
      }
    });
    place.replaceChildren(form);
    form.querySelector("input").focus();
  }

  asText() {
    const said = this.text.replace(/\u0002(\d+)\u0003/g, " [$1]").replace(/\u0004\d+\u0005/g, "")
      .replace(/\u0006/g, ` (${say("ask.doubt")})`);
    const sources = [...this.citations.values()].map((c) => `[${c.n}] ${c.file}, ${say("ask.page", { page: c.page })}: “${c.quote}”`);
    return [said, sources.join("\n")].filter(Boolean).join("\n\n");
  }
}

// Where it is quoted from: the documents in the order of their first quote, each with its quotes.
function list(citations) {
  const groups = Map.groupBy(citations, (c) => c.document);
  return h("ul", { class: "sources" }, [...groups.values()].map((quotes) => h("li", {},
    h("p", { class: "file" }, icon("page"), quotes[0].file.split("/").at(-1)),
    h("ol", {}, quotes.map((c) => h("li", {}, source(c)))))));
}

function source(c) {
  const inner = [
    h("span", { class: "n" }, c.n ? `${c.n}` : ""),
    h("span", { class: "where" }, h("span", {}, say("ask.page", { page: c.page })), c.section && h("span", {}, c.section)),
    h("q", {}, c.gone ? say("ask.gone") : c.quote),
  ];
  if (c.gone) return h("div", { class: "source gone" }, inner);
  const open = () => globalThis.ragbox.viewer.open({
    document: c.document, page: c.page, boxes: JSON.parse(boxes(c)), quote: c.quote,
  });
  return h("button", { type: "button", class: "source", click: open }, inner);
}

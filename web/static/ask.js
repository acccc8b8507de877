// The Ask page: conversations at the left, questions and answers in the middle, the cited page at the right.
import { Failure, call, h, home, icon, learn, number, say, stream, tool } from "./kit.js";
import { rail } from "./chats.js";
import { teach } from "./reasons.js";
import { picker } from "./scope.js";
import { Turn } from "./turn.js";

const UNASKED = "ragbox.unasked"; // a question that met an ended session: kept in this tab for who typed it, until somebody signs in

class AskPage extends HTMLElement {
  connectedCallback() {
    if (this.built) return;
    this.built = true;
    learn(JSON.parse(this.dataset.words));
    teach(JSON.parse(this.dataset.reasons));
    this.chats = rail((id) => this.open(id, { move: true }));
    this.turns = h("div", { class: "turns" });
    this.scroller = h("div", { class: "scroller" }, this.turns);
    this.said = h("p", { class: "unseen", "aria-live": "polite" });
    const viewer = h("aside", { id: "viewer", "aria-label": say("viewer.label") }); // static/viewer.js docks there
    this.replaceChildren(this.chats.element, this.chats.veil,
      h("section", { class: "middle" }, this.chats.opener, this.scroller, this.composer(), this.said), viewer);
    document.addEventListener("keydown", (event) => this.key(event));
    document.addEventListener("signed-out", () => this.keep(this.question.value));
    addEventListener("popstate", () => this.open(this.asked()));
    this.chats.refresh();
    this.open(this.asked());
    const { name, question = "" } = JSON.parse(sessionStorage.getItem(UNASKED) ?? "{}");
    sessionStorage.removeItem(UNASKED);
    if (name !== home.name) return;
    this.question.value = question;
    this.fit();
  }

  keep(question) {
    if (question.trim()) sessionStorage.setItem(UNASKED, JSON.stringify({ name: home.name, question }));
  }

  asked() {
    return new URLSearchParams(location.search).get("c") ?? "";
  }

  // -- the question ---------------------------------------------------------------------------------------

  composer() {
    this.question = h("textarea", {
      id: "question", rows: 1, maxlength: home.longest, placeholder: say("ask.placeholder"), "aria-label": say("ask.question"),
      input: () => this.fit(), keydown: (event) => this.enter(event),
    });
    this.scope = picker();
    this.scope.element.addEventListener("chosen", () => this.question.focus());
    this.go = h("button", { class: "go", id: "ask", title: say("ask.button"), "aria-label": say("ask.button") }, icon("send"));
    this.halt = tool("stop", say("ask.stop"), () => this.stop(), { class: "go", id: "stop", hidden: true });
    const form = h("form", { class: "composer" }, this.question,
      h("div", { class: "row" }, this.scope.element, h("span", { class: "keys" }, say("ask.keys")), this.go, this.halt));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.ask(this.question.value);
    });
    return form;
  }

  fit() {
    this.question.style.height = "auto";
    this.question.style.height = `${Math.min(this.question.scrollHeight, 220)}px`;
  }

  enter(event) {
    const cite = event.key === "ArrowUp" && !this.question.value && this.turns.querySelector(".turn:last-child a.cite");
    if (cite) {
      event.preventDefault();
      cite.focus();
    }
    // While a Chinese word is being composed, Enter belongs to the input method.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.ask(this.question.value);
  }

  key(event) {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      this.question.focus();
    } else if (event.key === "Escape" && this.stopper && !event.defaultPrevented) {
      this.stop();
    }
  }

  // -- asking ---------------------------------------------------------------------------------------------

  async ask(text, scope = this.scope.scope()) {
    const question = text.trim();
    if (!question || this.stopper) return;
    const stopper = (this.stopper = new AbortController());
    const conversation = this.current;
    this.busy();
    const stopped = new Promise((resolve) => stopper.signal.addEventListener("abort", resolve));
    await Promise.race([this.opened, stopped]); // or what was asked before would come over it
    const left = stopper.signal.aborted || this.current !== conversation; // it was stopped, or could not be opened
    if (left) this.question.value ||= question;
    else if (this.question.value.trim() === question) this.question.value = "";
    this.fit();
    if (left) {
      if (this.stopper === stopper) this.stopper = undefined;
      return this.busy();
    }
    if (!this.turns.querySelector(".turn")) this.turns.replaceChildren();
    const turn = this.turn(question, scope);
    this.turns.append(turn.element);
    turn.element.scrollIntoView({ block: "start", behavior: "smooth" });
    this.busy();
    const { collection, document } = scope;
    const body = { question, collection, document, conversation: this.current || "new", stream: true };
    try {
      for await (const event of stream("/api/ask", body, stopper.signal)) {
        if (this.stopper !== stopper) break; // another conversation was opened meanwhile
        turn.take(event);
        if (event.conversation && !this.current) this.began(event.conversation);
        if (turn.ended) {
          const doubts = event.unsupported.length > 0 ? say("ask.doubts.count", { count: event.unsupported.length }) : "";
          this.said.textContent = `${event.answer} ${say("ask.done", { count: event.citations.length })} ${doubts}`;
        }
      }
      // Cut off without a word.
      if (!turn.ended && this.stopper === stopper) throw new Failure("Offline", say("error.Offline"));
    } catch (error) {
      if (error.name === "AbortError") turn.stop();
      else turn.fail(error);
      if (error.kind === "NotSignedIn") this.keep(question);
    }
    if (this.stopper !== stopper) return;
    this.stopper = undefined;
    this.busy();
    this.chats.refresh();
  }

  turn(question, scope) {
    return new Turn(question, { scope, again: () => this.ask(question, scope) });
  }

  stop() {
    this.stopper?.abort();
  }

  busy() {
    this.go.hidden = Boolean(this.stopper);
    this.halt.hidden = !this.stopper;
    this.question.placeholder = say(this.turns.querySelector(".turn") ? "ask.follow" : "ask.placeholder");
  }

  began(conversation) {
    this.current = conversation;
    this.chats.mark(conversation);
    history.replaceState({}, "", `?c=${conversation}`);
    this.chats.refresh();
  }

  // -- conversations --------------------------------------------------------------------------------------

  open(conversation, { move = false } = {}) {
    this.stop();
    this.stopper = undefined;
    this.current = conversation;
    this.chats.mark(conversation);
    if (move) history.pushState({}, "", conversation ? `?c=${conversation}` : location.pathname);
    if (matchMedia("(min-width: 1000px)").matches) this.question.focus();
    if (!conversation) this.turns.replaceChildren(this.welcome());
    this.busy();
    this.opened = conversation && this.read(conversation);
  }

  async read(conversation) {
    const mine = (this.reading = {});
    try {
      const { turns } = await call("GET", `/api/conversations/${encodeURIComponent(conversation)}`);
      if (this.reading !== mine || this.current !== conversation) return;
      this.turns.replaceChildren(...turns.map((kept) => {
        const turn = this.turn(kept.question, { collection: kept.collection ?? undefined });
        turn.finish(kept);
        return turn.element;
      }));
      this.turns.lastElementChild?.scrollIntoView({ block: "start" });
    } catch (error) {
      if (this.reading !== mine || this.current !== conversation) return; // of one that was left meanwhile
      this.current = "";
      this.turns.replaceChildren(this.welcome(), h("p", { class: "problem", role: "alert" }, icon("alert"), error.message));
    }
    this.busy();
  }

  welcome() {
    if (!home.documents) {
      const write = home.create || home.collections.some((c) => c.write);
      return h("section", { class: "welcome" }, h("h1", {}, say(write ? "ask.empty" : "ask.closed")),
        h("p", {}, say(write ? "ask.empty.write" : "ask.empty.read")),
        write && h("a", { class: "primary", href: "documents" }, icon("plus"), say("ask.add")));
    }
    const start = (question) => h("li", {}, h("button", { type: "button", click: () => this.ask(question) }, question));
    return h("section", { class: "welcome" }, h("h1", {}, say("ask.heading")),
      h("p", {}, say("ask.lead", { count: number(home.documents) })),
      home.starters.length > 0 && [h("h2", {}, say("ask.starters")), h("ul", { class: "starters" }, home.starters.map(start))]);
  }
}

customElements.define("ragbox-ask", AskPage);

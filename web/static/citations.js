// Citations in an answer, wherever one stands: <a class="cite" href="#" data-document data-page data-n
// data-boxes="[[page,l,t,r,b],...]" data-quote>. Hovering or reaching one shows its quote, a click opens the viewer.
import { h, say } from "./kit.js";

const CITE = 'a.cite[data-document]:not([data-document=""])';
const DELAY = 150; // ms of hovering before the card comes, and of leaving before it goes
const LONGEST = 420; // characters of a quote on the card
const EDGE = 8; // px kept free around the card

const quote = h("p");
const where = h("p", { class: "rv-where" });
const card = h("div", { id: "cite-card", class: "rv-card", role: "tooltip", hidden: true }, quote, where);
let shown = null;
let timer = 0;

const over = (event) => (event.target instanceof Element ? event.target.closest(CITE) : null);

function later(act, ...given) {
  clearTimeout(timer);
  timer = setTimeout(act, DELAY, ...given);
}

function show(cite) {
  if (!cite.isConnected || !cite.dataset.quote) return;
  hide();
  shown = cite;
  const said = cite.dataset.quote;
  quote.textContent = said.length > LONGEST ? `${said.slice(0, LONGEST)}…` : said;
  where.textContent = say("viewer.open", { page: cite.dataset.page });
  document.body.append(card); // anew each time: the page may have thrown it out
  card.hidden = false;
  cite.setAttribute("aria-describedby", card.id);
  const at = cite.getBoundingClientRect();
  const left = Math.min(at.left, document.documentElement.clientWidth - card.offsetWidth - EDGE);
  const below = at.bottom + EDGE + card.offsetHeight < innerHeight;
  card.style.left = `${Math.max(EDGE, left)}px`;
  card.style.top = `${below ? at.bottom + EDGE : Math.max(EDGE, at.top - EDGE - card.offsetHeight)}px`;
}

function hide() {
  clearTimeout(timer);
  shown?.removeAttribute("aria-describedby");
  shown = null;
  card.hidden = true;
}

// Lets citations call `open` of the viewer.
export function follow(open) {
  document.addEventListener("click", (event) => {
    const cite = over(event);
    if (!cite) return;
    event.preventDefault();
    cite.focus({ preventScroll: true }); // Safari does not, and the viewer gives the focus back
    hide();
    const { document: id, page, boxes, quote: said } = cite.dataset;
    // A script's click is the arrow keys walking on: the focus stays in the answer.
    open({ document: id, page: Number(page), boxes: JSON.parse(boxes || "[]"), quote: said, focus: event.isTrusted });
  });
  document.addEventListener("mouseover", (event) => {
    const cite = over(event);
    if (cite && cite !== shown) later(show, cite);
    else if (cite || card.contains(event.target)) clearTimeout(timer);
    else later(hide);
  });
  document.addEventListener("focusin", (event) => {
    const cite = over(event);
    if (cite?.matches(":focus-visible")) show(cite);
    else hide();
  });
  document.addEventListener("scroll", hide, true);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || card.hidden) return;
    hide();
    event.preventDefault(); // one press, one thing closed
  }, true);
}

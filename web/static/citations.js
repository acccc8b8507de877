// Citations in an answer, wherever one stands: <a class="cite" href="#" data-document data-page data-n
// data-boxes="[[page,l,t,r,b],...]" data-quote>. Hovering or reaching one shows its quote, a click opens the viewer, and
// the arrow keys walk from one to the next within an element of the class "answer".
import { h, say } from "./kit.js";

const CITE = 'a.cite[data-document]:not([data-document=""])';
const DELAY = 150; // ms of hovering before the card comes, and of leaving before it goes
const LONGEST = 420; // characters of a quote on the card
const EDGE = 8; // px kept free around the card
const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

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
    open(cited(cite));
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
  document.addEventListener("keydown", (event) => {
    const cite = walk(event);
    // An open viewer goes along, and the focus stays in the answer.
    if (cite && document.querySelector("#viewer.rv-open")) open({ ...cited(cite), focus: false });
  });
}

function cited({ dataset: { document: id, page, boxes, quote: said } }) {
  return { document: id, page: Number(page), boxes: JSON.parse(boxes || "[]"), quote: said };
}

// Returns the citation that a key moved the focus to.
function walk(event) {
  const step = STEPS[event.key];
  const answer = event.target instanceof Element && event.target.closest(".answer");
  if (!step || !answer || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return undefined;
  if (event.target.matches("input, textarea, select")) return undefined;
  const all = [...answer.querySelectorAll(CITE)];
  const at = all.indexOf(event.target);
  // Up and down scroll the page, unless a citation is reached already.
  if (!all.length || (at < 0 && /Up|Down/.test(event.key))) return undefined;
  event.preventDefault();
  const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1)];
  next.focus();
  return next;
}

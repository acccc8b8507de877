// What an older ragbox has read: a line that says how many, and reads all of them again by one click.
import { call, h, newest, number, say } from "./kit.js";
import { attempt, post, problem } from "./documents.js";

const LOOK = 3000; // milliseconds between two looks while they are read: a file that cannot be read changes no list
const PASSING = ["Offline", "Unavailable", "Busy", "RagboxError"];

export function older(box) {
  let timer;
  let under = false; // whether they were being read when it was last seen
  const element = h("section", { class: "older", "aria-label": say("older.label"), hidden: true });

  // While the box starts anew a look that failed ends nothing; what else is wrong is told once.
  const look = newest(() => call("GET", "/api/rereading").catch((error) => ({ error })), (found) => {
    clearTimeout(timer);
    if (!found.error) show(found);
    else if (!PASSING.includes(found.error.kind)) {
      under = false;
      problem(found.error);
    }
    if (under && element.isConnected) timer = setTimeout(look, LOOK);
  });
  const refresh = () => box.writable().length && look();

  function show({ older: count, waiting }) {
    under = waiting > 0;
    const held = element.contains(document.activeElement);
    element.hidden = !count;
    const turn = async () => {
      show(await (waiting ? call("DELETE", "/api/rereading") : post("/api/rereading", {})));
      await refresh();
    };
    element.replaceChildren(
      h("span", {}, say(waiting ? "older.waiting" : "older.count", { count: number(waiting || count) })),
      h("button", { type: "button", class: "plain", click: () => attempt(turn) }, say(waiting ? "older.stop" : "older.begin")));
    if (held && count) element.querySelector("button").focus({ preventScroll: true });
  }

  refresh();
  return { element, refresh };
}

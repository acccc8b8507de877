// What an older ragbox has read: a line that says how many, and reads all of them again by one click.
import { call, h, number, say } from "./kit.js";
import { attempt, post } from "./documents.js";

const LOOK = 3000; // milliseconds between two looks while they are read: a file that cannot be read changes no list

export function older(box) {
  let timer;
  const element = h("section", { class: "older", "aria-label": say("older.label"), hidden: true });

  async function refresh() {
    clearTimeout(timer);
    if (!box.writable().length) return;
    const found = await attempt(() => call("GET", "/api/rereading"));
    if (found) show(found);
    if (found?.waiting && element.isConnected) timer = setTimeout(refresh, LOOK);
  }

  function show({ older: count, waiting }) {
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

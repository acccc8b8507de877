// The Admin page: its tabs. Each tab is {name, every, build}: `build(panel)` fills the panel once and returns the
// function that brings it up to date, which is called when the tab opens and then every so many milliseconds.
// A further tab is one more entry in TABS.
import { h, home, problem, start, word } from "./admin-kit.js";
import { adapters } from "./admin-adapters.js";
import { audit } from "./admin-audit.js";
import { activity, health, settings } from "./admin-box.js";
import { glossary } from "./admin-glossary.js";
import { groups } from "./admin-groups.js";
import { models } from "./admin-models.js";
import { collections, people, tokens } from "./admin-people.js";
import { privacy } from "./admin-privacy.js";
import { quality } from "./admin-quality.js";

const TABS = [
  { name: "health", every: 5000, build: health },
  { name: "activity", every: 5000, build: activity },
  { name: "models", every: 2000, build: models },
  { name: "adapters", every: 2000, build: adapters },
  { name: "privacy", build: privacy },
  { name: "quality", build: quality },
  { name: "glossary", build: glossary },
  { name: "people", build: people },
  { name: "groups", build: groups },
  { name: "tokens", build: tokens },
  { name: "collections", build: collections },
  { name: "audit", build: audit },
  { name: "settings", build: settings },
];

const AUDITORS = ["health", "activity", "audit", "settings"];

export function mount(host) {
  if (!host || host.dataset.mounted) return;
  host.dataset.mounted = "yes";
  start(host);
  const list = h("div", { role: "tablist", class: "tabs", "aria-label": word("admin.tabs") });
  const shown = TABS.filter((tab) => home.role === "admin" || AUDITORS.includes(tab.name)).map((tab) => {
    const panel = h("section", {
      role: "tabpanel", id: `panel-${tab.name}`, "aria-labelledby": `tab-${tab.name}`, tabindex: "0", hidden: true,
    });
    const button = h("button", {
      type: "button", role: "tab", id: `tab-${tab.name}`, "aria-controls": panel.id, click: () => open(tab.name),
    }, word(`tab.${tab.name}`));
    list.append(button);
    return { ...tab, panel, button };
  });
  list.addEventListener("keydown", (event) => {
    const at = shown.findIndex((tab) => tab.button === event.target);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: shown.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    const tab = shown[(to + shown.length) % shown.length];
    open(tab.name);
    tab.button.focus();
  });
  host.replaceChildren(list, ...shown.map((tab) => tab.panel));

  let current;
  let timer;

  function open(name) {
    current = shown.find((tab) => tab.name === name) ?? shown[0];
    for (const tab of shown) {
      const chosen = tab === current;
      tab.panel.hidden = !chosen;
      tab.button.setAttribute("aria-selected", chosen);
      tab.button.tabIndex = chosen ? 0 : -1;
    }
    // The page has a <base>, so the address is given whole.
    history.replaceState(history.state, "", `${location.pathname}${location.search}#${current.name}`);
    refresh();
  }

  async function refresh() {
    clearTimeout(timer);
    const tab = current;
    try {
      tab.refresh ??= tab.build(tab.panel);
      await tab.refresh();
      tab.panel.querySelector(":scope > .problem")?.remove();
    } catch (error) {
      tab.panel.querySelector(":scope > .problem")?.remove();
      tab.panel.prepend(problem(word("admin.failed", { reason: error.message })));
    }
    if (tab.every && tab === current && host.isConnected) timer = setTimeout(tick, tab.every);
  }

  function tick() {
    if (document.hidden) timer = setTimeout(tick, 1000);
    else refresh();
  }

  open(location.hash.slice(1));
  host.addEventListener("late", refresh);
  window.addEventListener("hashchange", () => host.isConnected && open(location.hash.slice(1))); // a link, or typed
}

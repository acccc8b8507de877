// The bar at the top: language and theme are remembered in cookies, which the server reads; the menu closes by itself.
import { home, newest, short } from "./kit.js";

const THEMES = ["system", "light", "dark"];
const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");
const top = document.querySelector("#top");
const button = top.querySelector(".icon");
const menu = top.querySelector("details");

const keep = (name, value) => {
  document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax`;
};

// Gradio sets the language to the browser's, and a class for its own palettes to the system's: both are put right.
function mend() {
  if (root.lang !== top.lang) root.lang = top.lang;
  const want = root.dataset.theme ? root.dataset.theme === "dark" : dark.matches;
  for (const part of [root, document.body]) if (part.classList.contains("dark") !== want) part.classList.toggle("dark", want);
}

function show(theme) {
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
  top.dataset.theme = theme;
  button.title = `${button.dataset.label}: ${button.dataset[theme]}`;
  button.setAttribute("aria-label", button.title);
  mend();
}

button.addEventListener("click", () => {
  const next = THEMES[(THEMES.indexOf(top.dataset.theme) + 1) % THEMES.length];
  keep("ragbox_theme", next);
  show(next);
});
dark.addEventListener("change", mend);
const watch = new MutationObserver(mend);
watch.observe(document.body, { attributeFilter: ["class"] });
watch.observe(root, { attributeFilter: ["lang"] });
show(root.dataset.theme ?? "system");

const other = top.querySelector("[data-language]");
other.addEventListener("click", () => {
  keep("ragbox_language", other.dataset.language);
  other.href = other.href.split(/[?#]/)[0] + location.search + location.hash;
});

document.addEventListener("click", (event) => {
  if (!menu.contains(event.target)) menu.open = false;
});
menu.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !menu.open) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// What a page keeps of what was typed is nobody else's.
menu.querySelector("form").addEventListener("submit", () => sessionStorage.clear());

// Other scripts call this after they changed what the box holds, or which model answers.
export const count = newest(async () => {
  const reply = await fetch("/api/home").catch(() => undefined); // the box may be starting anew
  return reply?.ok ? reply.json() : undefined;
}, (found) => {
  if (!found) return;
  Object.assign(home, found);
  const facts = top.querySelector(".facts");
  const form = home.documents === 1 ? facts.dataset.one : facts.dataset.facts;
  const model = home.engine !== "extractive" && home.engine;
  const engine = model ? short(model) : facts.dataset.extractive;
  facts.title = [facts.dataset.title, model].filter(Boolean).join(" · ");
  facts.textContent = form.replace("{count}", home.documents.toLocaleString(root.lang)).replace("{engine}", () => engine);
});

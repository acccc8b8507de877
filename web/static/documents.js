// The Documents page: sends files to the API, two at a time, and deletes. All words come from the page.
"use strict";
(() => {
  const TOGETHER = 2;
  let running = 0;
  const queue = [];

  const collection = () => document.querySelector("#target input")?.value ?? "";
  const refresh = () => document.querySelector("#refresh")?.click();

  async function call(method, path, body) {
    const reply = await fetch(path, { method, body, credentials: "same-origin" });
    const json = await reply.json();
    if (!reply.ok) throw new Error(json.error.message);
    return json;
  }

  function add(files) {
    const zone = document.querySelector(".drop");
    for (const file of files) {
      const line = document.createElement("li");
      const name = Object.assign(document.createElement("span"), { className: "file", textContent: file.name });
      const outcome = Object.assign(document.createElement("span"), { className: "outcome" });
      outcome.textContent = zone.dataset.waiting;
      line.append(name, outcome);
      document.querySelector(".uploads").append(line);
      queue.push({ file, outcome, words: zone.dataset, collection: collection() });
    }
    while (running < TOGETHER && queue.length) next();
  }

  async function next() {
    const { file, outcome, words, collection } = queue.shift();
    running += 1;
    outcome.textContent = words.uploading;
    const form = new FormData();
    form.append("collection", collection);
    form.append("files", file, file.webkitRelativePath || file.name);
    try {
      const [result] = (await call("POST", "/api/documents", form)).results;
      outcome.textContent = [words[result.status], result.reason].filter(Boolean).join(" · ");
      outcome.classList.add(result.status);
    } catch (error) {
      outcome.textContent = error instanceof TypeError ? words.failed : error.message;
      outcome.classList.add("rejected");
    }
    running -= 1;
    if (queue.length) next();
    else if (!running) refresh();
  }

  document.addEventListener("change", (event) => {
    if (!event.target.matches(".drop input")) return;
    add([...event.target.files]);
    event.target.value = "";
  });
  for (const kind of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      const zone = document.querySelector(".drop");
      if (!zone) return;
      event.preventDefault(); // a file dropped beside the zone must not replace the page
      const inside = event.target instanceof Element && event.target.closest(".drop");
      zone.classList.toggle("over", kind === "dragover" && Boolean(inside));
      if (kind === "drop" && inside) add([...event.dataTransfer.files]);
    });
  }
  document.addEventListener("click", async (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-remove]");
    if (!button || !confirm(button.dataset.confirm)) return;
    button.disabled = true;
    try {
      await call("DELETE", `/api/documents/${button.dataset.remove}`);
    } catch (error) {
      alert(error.message);
    }
    refresh();
  });
})();

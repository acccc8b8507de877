// Puts a page's own part where Gradio has made room for it, and starts its script: of Gradio's parts each that takes
// HTML compiles it as a script, which the page's policy (web/guard.py) does not allow.
const content = document.querySelector("#content");
const starts = {
  documents: (room) => import("/static/documents.js").then((page) => page.mount(room.querySelector("#documents"))),
  admin: (room) => import("/static/admin.js").then((page) => page.mount(room.querySelector("#admin"))),
};

// Gradio makes the room anew where it builds the page anew: after the server was away, say.
function furnish() {
  const room = document.querySelector("#room");
  if (!room || room.dataset.page) return;
  room.dataset.page = content.dataset.page;
  room.append(content.content.cloneNode(true));
  starts[content.dataset.page]?.(room);
}

new MutationObserver(furnish).observe(document.querySelector("gradio-app"), { childList: true, subtree: true });
furnish();

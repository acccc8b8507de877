// The dialog by which an adapter comes in: sent piece by piece, checked, kept; each step is shown as it is done.
import { call, dialog, field, h, word } from "./admin-kit.js";
import { ladder, percent } from "./admin-adapters-work.js";
import { failure } from "./kit.js";

// `tell` says what came of it.
export async function add(act, tell) {
  const steps = h("div", {});
  const input = (name, more) => (id) => h("input", { id, name, autocomplete: "off", spellcheck: "false", ...more });
  const content = [
    field(word("adapter.file"), input("file", { type: "file", accept: ".zip,.gguf" }), word("adapter.file.rules")),
    field(word("adapter.path"), input("source", { maxlength: "4096" })),
    field(word("adapter.called"), input("name", { maxlength: "63" }), word("adapter.called.rules")),
    steps,
  ];

  async function submit(form) {
    const [file, source, name] = ["file", "source", "name"].map((key) => form.get(key));
    const show = (at, part) => steps.replaceChildren(ladder(
      ["send", "inspect", "keep"].map((step, place) =>
        [step === "send" && part !== undefined && at === 0 ? word("adapter.step.sent", { percent: percent(part) }) : word(`adapter.step.${step}`),
          place < at ? "done" : place > at ? "" : part === null ? "bad" : "now"]), word("adapter.add")));
    if (!file.size && !source.trim()) throw new Error(word("adapter.either"));
    try {
      const added = file.size ? await send(file, name.trim(), show) : await given(source.trim(), name.trim(), show);
      show(3);
      return added;
    } catch (error) {
      show(error.kind === "Rejected" ? 1 : 0, null);
      throw error;
    }
  }

  const added = await dialog(word("adapter.add"), content, { accept: word("adapter.go"), submit });
  if (!added) return;
  tell(word("adapter.added", { name: added.key }));
  await act(() => {});
}

function given(source, name, show) {
  show(1);
  return call("POST", "/api/adapters", { source, name });
}

// Not by fetch, which does not tell how much of a body is sent.
function send(file, name, show) {
  const form = new FormData();
  form.append("name", name);
  form.append("file", file);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", ({ loaded, total }) => show(0, loaded / total));
    request.upload.addEventListener("load", () => show(1));
    request.addEventListener("error", () => reject(new Error(word("error.Offline"))));
    request.addEventListener("load", () => {
      const { response, status } = request;
      if (status === 201 && response) resolve(response);
      else reject(failure(response ?? {}));
    });
    request.open("POST", "/api/adapters/upload");
    request.responseType = "json"; // null where it is none
    show(0);
    request.send(form);
  });
}

"""The main job of a box, done where there is no network.

`python -m ragbox.proof.job counted|hooked FOLDER ADAPTER... -- FILE...` starts a server over an empty data folder,
takes the files in, waits for the language model that the settings name, lets the adapters (folders of versions) answer,
asks, looks at pages, then has the libraries try to call home. Tells a line of JSON for each finding; `counted` says
that the kernel counts (`nowhere.py`).
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .. import helper, silence
from ..client import Client
from ..owner import Address, find
from . import homing, nowhere

MAIL, WORD = "ada.quill@example.com", "cobalt-heron"
NOTE = f"The word of this proof is {WORD}. Whoever wants to know more writes to {MAIL} before noon.\n"
STOP_SECONDS, PAGE_SECONDS, LOOK_SECONDS = 60, 60, 0.2
CHANGED = ("AttributeError", "ImportError", "ModuleNotFoundError", "NameError", "TypeError")
"""How a way ends that a new version has moved: its silence proves nothing."""
PAGES = ("/en/", "/zh/", "/en/documents", "/en/admin", "/zh/admin", "/api/models", "/api/adapters", "/v1/models")


def main() -> None:
    """Be the process."""
    counted, folder, end = sys.argv[1] == "counted", Path(sys.argv[2]), sys.argv.index("--")
    adapters, given = [Path(p) for p in sys.argv[3:end]], [Path(p) for p in sys.argv[end + 1 :]]
    silence.keep()
    if counted:
        nowhere.loopback()
        before = nowhere.counted()
        nowhere.attempt()
        made = nowhere.counted() - before
        _tell("counter", made > 0, f"One attempt made on purpose, {made} counted by the kernel.")
    before = nowhere.counted()
    for part, well, finding in _work(folder, adapters, given):
        _tell(part, well, finding)
    if counted:
        tried = nowhere.counted() - before
        _tell("main job", not tried, f"{tried} attempts of all its processes to get out, by the kernel's count.")
    for manner in ("kept", "loose")[: 1 + counted]:
        _ways(folder, manner, counted)


def _work(folder: Path, adapters: list[Path], given: list[Path]) -> Iterator[tuple[str, bool, str]]:
    """Yield part, whether it is well, and the finding."""
    note, picture = folder / "note.txt", folder / "picture.png"
    note.write_text(NOTE)
    _draw(picture)
    with _served(folder) as (client, address):
        client.create_collection("proof")
        found = [(path, path.name) for path in (note, picture, *given)]
        ended = list(client.ingest(found, collection="proof"))
        kinds = " ".join(sorted({Path(e["file"]).suffix for e in ended if e["status"] == "indexed"}))
        bad = "; ".join(f"{e['file']}: {e['reason']}" for e in ended if e["status"] != "indexed")
        yield "ingest", not bad, bad or f"{len(ended)} files read, encoded and indexed: {kinds}."
        model = yield from _model(client)
        for adapter in adapters:
            yield _adapter(client, adapter)
        answer = client.ask("What is the word of this proof?")
        said = json.dumps(answer, ensure_ascii=False)
        by = " with ".join(filter(None, (answer["engine"], answer.get("adapter"))))
        # A practice model need not find the word; it has to be the one that wrote.
        well = answer["engine"] == model if model else WORD in said
        yield "ask", well, f"{by} answered from {len(answer['citations'])} quotes."
        shown = json.dumps(client.ask("To whom does one write to know more?"), ensure_ascii=False)
        kept = MAIL not in shown
        yield "redact", kept, f"{MAIL} {'stayed out of' if kept else 'stands in'} the answer."
        states = {page: _state(address, page) for page in PAGES}
        failed = ", ".join(f"{page}: {state}" for page, state in states.items() if state != 200)
        yield "pages", not failed, failed or f"{len(PAGES)} pages and lists, those of models and adapters too."
        hook = next(c for c in client.doctor()["checks"] if c["part"] == "network")
        yield "audit hook", hook["well"], hook["finding"]


def _model(client: Client) -> Generator[tuple[str, bool, str], None, str]:
    """Wait until the language model is loaded, where there is one, and return its name."""
    while (model := client.models()["model"])["state"] == "loading":
        time.sleep(LOOK_SECONDS)
    if model["state"] != "none":
        ready = model["state"] == "ready"
        yield "model", ready, f"{model['name']} is loaded as {model['quantization']}." if ready else model["reason"]
    return str(model["name"])


def _adapter(client: Client, folder: Path) -> tuple[str, bool, str]:
    """Take an adapter in and let it answer."""
    added = client.add_adapter(str(folder), name=folder.parent.name)
    client.activate_adapter(added["name"], added["version"])
    while (work := client.adapters()["work"])["running"]:
        time.sleep(LOOK_SECONDS)
    answers = work["stage"] == "done"
    return "adapter", answers, f"{added['key']}, a {added['kind']}, answers." if answers else work["error"]


def _state(address: Address, page: str) -> int:
    """Return the HTTP status of a page; no proxy of the environment is asked for it."""
    wanted = urllib.request.Request(address.url + page, headers={"Authorization": f"Bearer {address.token}"})
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(wanted, timeout=PAGE_SECONDS) as reply:
            return int(reply.status)
    except urllib.error.HTTPError as error:
        return error.code


def _draw(path: Path) -> None:
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (640, 120), "white")
    ImageDraw.Draw(picture).text((20, 30), "PUMP ROOM 4711", fill="black", font_size=48)
    picture.save(path)


@contextmanager
def _served(folder: Path) -> Iterator[tuple[Client, Address]]:
    """Serve an empty data folder; yields a client of the server, and where it is."""
    data = folder / "data"
    where = ["--data", str(data), "--host", "127.0.0.1", "--port", "0"]
    serve = [sys.executable, "-P", "-m", "ragbox.cli", "serve", *where, "--json"]
    command = ["env", f"HOME={folder}", *serve]
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log)
        try:
            assert server.stdout is not None
            server.stdout.readline()  # comes once questions are answered, and at the end of a server that failed
            address = find(data)
            if address is None:
                raise SystemExit((folder / "server.log").read_text()[-1000:])
            with Client(address) as client:
                yield client, address
        finally:
            server.terminate()
            server.wait(STOP_SECONDS)


def _ways(folder: Path, manner: str, counted: bool) -> None:
    """Have the libraries call home, and tell what came of it."""
    home = folder / manner
    home.mkdir()
    done = subprocess.run(homing.command(manner, home), capture_output=True, text=True)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode or not lines:
        _tell("libraries", False, f"They could not be tried: {done.stderr.strip().splitlines()[-1:]}.")
    for way in lines:
        _tell(way["library"], *_judged(way, manner, counted))


def _judged(way: dict[str, Any], manner: str, counted: bool) -> tuple[bool, str]:
    """Return whether a way is closed, and the finding."""
    tried = bool(way["hosts"] or (counted and way["kernel"]))
    where = f" ({', '.join(way['hosts'])})" if way["hosts"] else ""
    if way["ended"] == homing.ABSENT:
        return True, f"{way['deed']}: the package that would is not installed."
    if not tried and way["ended"] in CHANGED:
        return False, f"{way['deed']}: cannot be tried with this version ({way['ended']}). Mend ragbox/proof/ways.py."
    if manner == "kept":
        return not tried, f"{way['deed']}: {'TRIED' + where if tried else 'silent'} with {way['switch']}."
    if tried and not way["switch"]:
        return True, f"{way['deed']}{where} if it is let; no switch, the box never goes this way."
    if not way["switch"]:
        return True, f"{way['deed']}: this version tries nothing."
    if tried:
        return True, f"{way['deed']}{where} without {way['switch']}: the switch is what stops it."
    return True, f"{way['deed']}: this version tries nothing without {way['switch']} either."


def _tell(part: str, well: bool, finding: str) -> None:
    helper.tell(part=part, well=well, finding=finding)


if __name__ == "__main__":
    main()

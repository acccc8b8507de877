"""The commands `ragbox adapter ...`."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .. import errors, show
from .adapter_train import adapter_train, adapter_trainings
from .common import AsJson, Data, connect

if TYPE_CHECKING:
    from ..client import Client

app = typer.Typer(no_args_is_help=True, help="LoRA adapters, and scorers of quotes: add, try, switch, take back.")
Name = Annotated[str, typer.Argument(help="As the list names it.")]
Which = Annotated[str, typer.Argument(help="A version; the newest if left out.")]
Why = Annotated[str, typer.Option("--reason", help="Why; is recorded.")]
Scorer = Annotated[bool, typer.Option("--scorer", help="Of the quotes, instead of the language model's adapter.")]
BARE = "-"
LOOK_SECONDS = 0.5


@app.command("add")
def adapter_add(
    source: Annotated[Path, typer.Argument(help="Folder, .zip or .gguf file.")],
    name: Annotated[str, typer.Option("--name", help="What to call it.")] = "",
    data: Data = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Check an adapter and copy it into the store; ends with 6 if it may not come in, and says why."""
    with connect(data, load=False) as client:
        added = client.add_adapter(str(source.expanduser().absolute()), name=name)
    if as_json:
        print(json.dumps(added, ensure_ascii=False))
    else:
        print(f"{added['key']} is in the store. `ragbox adapter activate {added['name']}` lets it answer.")


@app.command("list")
def adapter_list(data: Data = None, as_json: AsJson = False) -> None:
    """List the versions in the store, which one answers, and which collections have their own."""
    with connect(data, load=False) as client:
        found = client.adapters()
    if not as_json:
        own: dict[str, list[str]] = {}
        for collection in found["collections"]:
            own.setdefault(collection["adapter"], []).append(collection["name"])
        for row in found["adapters"]:
            row |= {"active": "yes" if row["active"] else "", "MB": f"{row['size'] / 1e6:.1f}"}
            row["collections"] = own.get(row["key"], [])
    show.rows(found, "adapters", ("key", "active", "kind", "rank", "MB", "collections"), as_json)


@app.command("show")
def adapter_show(name: Name, version: Which = "", data: Data = None, as_json: AsJson = False) -> None:
    """Tell all about a version, with its card and the figures of its last gate."""
    with connect(data, load=False) as client:
        found = client.adapter(*_pick(client, name, version))
    card = found.pop("card")
    if as_json:
        print(json.dumps(found | {"card": card}, ensure_ascii=False))
        return
    report = found.pop("report")
    show.values(found | {k: report[k] for k in ("passed", "reason") if k in report}, as_json)
    if card:
        print(f"\n{card.strip()}")


@app.command("activate")
def adapter_activate(
    name: Annotated[str, typer.Argument(help="As the list names it; - is the bare model.")], version: Which = "",
    reason: Annotated[str, typer.Option("--reason", help="Why; lets it through a gate that refuses.")] = "",
    scorer: Scorer = False, data: Data = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Check, load, probe and try a version, then let it answer; ends with 6 if the gate refuses it."""
    with connect(data) as client:
        if name == BARE:
            _active(client.deactivate_adapter(reason=reason, engine=_engine(scorer)), as_json, scorer)
            return
        client.activate_adapter(*_pick(client, name, version), reason=reason)
        with show.work(quiet=as_json) as advance:
            while (work := (told := client.adapters())["work"])["running"]:
                advance(work | {"name": work["key"]})
                time.sleep(LOOK_SECONDS)
    if work["stage"] != "done":
        more = " With --reason it goes through, and the reason is recorded." if work["stage"] == "refused" else ""
        raise errors.Rejected(f"{work['key']} was not activated ({work['reached']}): {work['error']}{more}")
    chooses = any(a["key"] == work["key"] and a["kind"] == "scorer" for a in told["adapters"])
    _active({"active": work["key"], "report": work["report"]}, as_json, chooses)


@app.command("rollback")
def adapter_rollback(reason: Why = "", scorer: Scorer = False, data: Data = None, as_json: AsJson = False) -> None:
    """Let the adapter answer again that did before."""
    with connect(data, load=False) as client:
        _active(client.rollback_adapter(reason=reason, engine=_engine(scorer)), as_json, scorer)


@app.command("compare")
def adapter_compare(
    question: Annotated[str, typer.Argument(help="What to ask.")],
    left: Annotated[str, typer.Option("--left", help="Key or name; - is the bare model.")] = BARE,
    right: Annotated[str, typer.Option("--right", help="Key or name; the active one if left out.")] = "",
    collection: Annotated[
        str | None, typer.Option("--collection", "-C", "-c", help="Collection; all if left out.")
    ] = None,
    data: Data = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Answer one question with two adapters, and print both answers."""
    with connect(data) as client:
        while (found := client.adapters())["model"]["state"] == "loading":
            time.sleep(LOOK_SECONDS)
        right = right or found["active"] or BARE
        told = client.compare_adapters(question, left=left, right=right, collection=collection)
        answers = {event.pop("side"): event for event in told if event["event"] == "done"}
    if as_json:
        print(json.dumps(answers, ensure_ascii=False))
        return
    for side, named in (("left", left), ("right", right)):
        answer = answers[side]
        print(f"--- {'the bare model' if named == BARE else named}\n{answer['answer']}")
        print("".join(f"{remark}\n" for remark in show.remarks(answer)))


@app.command("assign")
def adapter_assign(
    collection: Annotated[str, typer.Argument(help="Name of the collection.")],
    adapter: Annotated[str, typer.Argument(help="Key or name; left out: the collection has no own one.")] = "",
    data: Data = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Let an adapter write the answers over one collection."""
    with connect(data, load=bool(adapter)) as client:
        found = client.assign_adapter(collection, adapter)
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        print(f"{found['adapter'] or 'The active adapter'} writes the answers over {collection}.")


@app.command("questions")
def adapter_questions(
    file: Annotated[Path, typer.Argument(help="Question file, JSONL; an empty one for no gate.")],
    data: Data = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Save the question file that every new adapter is tried on before it answers."""
    try:
        lines = file.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise errors.BadInput(f"{file} cannot be read: {error}. Give a question file in UTF-8.") from error
    with connect(data, load=False) as client:
        show.values(client.gate_questions(lines), as_json)


app.command("train")(adapter_train)
app.command("trainings")(adapter_trainings)


@app.command("remove")
def adapter_remove(
    name: Annotated[str, typer.Argument(help="Key, or name with the version after it.")],
    version: Annotated[str, typer.Argument(help="The version.")] = "",
    data: Data = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Delete a version that is neither active nor a collection's own."""
    if not version and "@" not in name:
        raise errors.BadInput(f"{name} may have several versions. Give the key that `ragbox adapter list` shows.")
    name, _, version = name.partition("@") if "@" in name else (name, "", version)
    with connect(data, load=False) as client:
        show.values(client.remove_adapter(name, version), as_json)


def _pick(client: Client, name: str, version: str) -> tuple[str, str]:
    """Return a name and version, the newest where none is given; "name@version" is both."""
    name, _, version = name.partition("@") if "@" in name else (name, "", version)
    found = [a for a in client.adapters()["adapters"] if a["name"] == name and version in ("", a["version"])]
    return name, found[-1]["version"] if found else version or "any"


def _engine(scorer: bool) -> str:
    return "extractive" if scorer else "model"


def _active(found: dict[str, Any], as_json: bool, scorer: bool) -> None:
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
    elif scorer:
        print(f"{found['active'] or 'The built-in scorer'} chooses the quotes.")
    elif found["active"]:
        print(f"{found['active']} writes the answers.")
    else:
        print("The bare model writes the answers.")

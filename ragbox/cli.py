"""The command `ragbox`. Every command talks to the server that owns the data folder; where none runs, it starts
one inside itself for as long as it needs. Knows how to start things and how to print, nothing else."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from . import show
from .commands import (
    adapter,
    audit,
    bundle,
    compliance,
    document,
    evaluate,
    feedback,
    glossary,
    grant,
    group,
    label,
    mirror,
    model,
    plan,
    privacy,
    purge,
    reread,
    seal,
    user,
)
from .commands.common import AsJson, Data, Shelf, connect
from .commands.common import settings as settings_of
from .errors import RagboxError, Rejected
from .owner import from_elsewhere

SAMPLES = Path("data", "samples")
app = typer.Typer(no_args_is_help=True, add_completion=False)
app.add_typer(user.app, name="user")
app.add_typer(group.app, name="group")
app.add_typer(grant.app, name="grant")
app.add_typer(document.app, name="document")
app.add_typer(mirror.app, name="mirror")
app.add_typer(feedback.app, name="feedback")
app.add_typer(model.app, name="model")
app.add_typer(adapter.app, name="adapter")
app.add_typer(privacy.app, name="privacy")
app.add_typer(glossary.app, name="glossary")
app.add_typer(audit.app, name="audit")
app.add_typer(seal.app, name="seal")
app.command("plan")(plan.plan_model)
app.command("eval")(evaluate.evaluate)
app.command("label")(label.label)
app.command("reread")(reread.reread)
app.add_typer(compliance.app, name="compliance")
app.command("bundle")(bundle.bundle)
app.command("purge")(purge.purge)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"ragbox {version('ragbox')}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[bool, typer.Option("--version", is_eager=True, callback=_version, help="Print it.")] = False,
) -> None:
    """Private-document question answering in one box."""


@app.command()
def serve(data: Data = None, as_json: AsJson = False, host: str | None = None, port: int | None = None) -> None:
    """Start the server and print one URL that signs you in."""
    from .running import serve as start

    settings = settings_of(data, host=host, port=port)

    def ready(url: str, token: str, fingerprint: str) -> None:
        link = f"{url}/login?token={token}"
        if as_json:
            print(json.dumps({"url": url, "login": link, "fingerprint": fingerprint}), flush=True)
            return
        print(f"\n  ragbox is ready. Open this once to sign in:\n\n    {link}\n", flush=True)
        if fingerprint:
            print(f"  Browsers ask about its certificate, which has the fingerprint\n\n    {fingerprint}\n", flush=True)
        if there := from_elsewhere(url, settings.host):
            print(f"  Other machines reach it at {there}\n", flush=True)

    if not as_json:
        print("ragbox is starting: it loads its models first, some 20 seconds.", file=sys.stderr, flush=True)
    start(settings, ready)


@app.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files or folders.")],
    collection: Annotated[str, typer.Option("--collection", "-C", "-c", help="Made if it is not there.")] = "default",
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Take files in; the same bytes again write nothing. Fails if every file was rejected."""
    from ingest.walk import files

    settings = settings_of(data)
    found = list(files(paths, settings.ignore))
    counts: dict[str, int] = {}
    with connect(data) as client:
        if collection not in [c["name"] for c in client.collections()["collections"]]:
            client.create_collection(collection)
        with show.progress(len(found), quiet=as_json) as advance:

            def watch(jobs: list[dict[str, Any]]) -> None:
                advance(None, by=0, now=show.under_way(jobs))

            for result in client.ingest(found, collection=collection, watch=None if as_json else watch):
                counts[result["status"]] = counts.get(result["status"], 0) + 1
                if as_json:
                    print(json.dumps(result, ensure_ascii=False), flush=True)
                else:
                    advance(show.line(result))
    if not as_json:
        show.tally(counts)
    if found and counts.get("rejected") == len(found):
        raise Rejected(f"No file was taken in, {len(found)} of {len(found)} were rejected. Each has its reason above.")


@app.command()
def ask(question: str, collection: Shelf = None, data: Data = None, as_json: AsJson = False) -> None:
    """Ask, and get an answer that quotes its pages."""
    with connect(data) as client:
        if as_json:
            print(json.dumps(client.ask(question, collection=collection), ensure_ascii=False))
            return
        citations, remarks = [], list[str]()
        for event in client.ask_stream(question, collection=collection):
            if event["event"] == "text":
                print(event["text"], end="", flush=True)
            elif event["event"] == "citation":
                citations.append(event)
            elif event["event"] == "done":
                remarks = show.remarks(event)
        print()
        for c in citations:
            print(f"\n[{c['n']}] {show.place(c)}")
        for remark in remarks:
            print(f"\n{remark}")


@app.command()
def search(
    question: str, collection: Shelf = None, k: Annotated[int, typer.Option("-k", min=1, max=100)] = 8,
    data: Data = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Find passages."""
    with connect(data) as client:
        found = client.search(question, collection=collection, k=k)
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
        return
    for hit in found["hits"]:
        print(f"{hit['rank']:2}. {show.place(hit)}\n    {show.snippet(hit['text'], question)}")
    if not found["hits"]:
        print("Nothing found. `ragbox documents` lists what there is, `ragbox ingest` adds to it.")


@app.command()
def status(data: Data = None, as_json: AsJson = False) -> None:
    """Show what the box holds, and whether a server is ready to answer from it."""
    with connect(data, load=False) as client:
        found = client.status()
    show.values(found, as_json)
    if not as_json and not found["ready"]:
        print("No server runs on this data folder: this is its record. `ragbox serve` starts one.")


@app.command()
def documents(
    collection: Shelf = None, text: Annotated[str, typer.Option("--search", help="Part of a name or title.")] = "",
    limit: int = 100, offset: int = 0, data: Data = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """List documents, newest first."""
    with connect(data, load=False) as client:
        found = client.documents(collection=collection, search=text, limit=limit, offset=offset)
        older = client.rereading()["older"]
    marks = found if as_json else {**found, "documents": [{**d, **d["suspicion"]} for d in found["documents"]]}
    columns = ("id", "collection", "file", "pages", "status", "words", "orders", "reason")
    show.rows(marks, "documents", columns, as_json)
    if older and not as_json:
        print(f"{older} documents were read by an older ragbox: `ragbox reread` reads them again.")


@app.command()
def collections(
    create: Annotated[str, typer.Option("--create", help="Make this one.")] = "",
    drop: Annotated[str, typer.Option("--drop", help="Delete this one with all its documents.")] = "",
    data: Data = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """List collections, make or delete one."""
    with connect(data, load=bool(drop)) as client:
        if create:
            client.create_collection(create)
        if drop:
            client.drop_collection(drop)
        show.rows(client.collections(), "collections", ("name", "documents", "chunks", "encoder"), as_json)


@app.command()
def remove(
    document: Annotated[str, typer.Argument(help="A document's id.")], data: Data = None, as_json: AsJson = False
) -> None:
    """Delete a document from the record, the indexes and the disk."""
    with connect(data) as client:
        show.values(client.remove(document), as_json)


@app.command()
def rebuild(
    encode: Annotated[bool, typer.Option("--encode", help="The vectors too, with the present encoder.")] = False,
    data: Data = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Build both indexes anew from the record."""
    with connect(data) as client:
        show.values(client.rebuild(encode=encode), as_json)


@app.command()
def doctor(
    offline_proof: Annotated[bool, typer.Option("--offline-proof", help="Do the main job without a network.")] = False,
    samples: Annotated[Path, typer.Option("--samples", help="Folder with a file of each kind for it.")] = SAMPLES,
    data: Data = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Look the box over: processor, memory, disk, encoder, indexes, network silence."""
    if offline_proof:
        from .proof.prove import prove

        checks = list(show.checks((asdict(check) for check in prove(settings_of(data), samples)), quiet=as_json))
    else:
        with connect(data) as client:
            checks = list(show.checks(client.doctor()["checks"], quiet=as_json))
    if as_json:
        print(json.dumps({"checks": checks}))
    if not all(c["well"] for c in checks):
        raise typer.Exit(1)


def main() -> None:
    """Run the command; known errors end as one line and their exit code."""
    try:
        app()
    except RagboxError as error:
        print(f"ragbox: {error}", file=sys.stderr)
        raise SystemExit(error.exit_code) from None


if __name__ == "__main__":
    main()

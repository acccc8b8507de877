"""The commands `ragbox audit ...`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from ..errors import BadInput
from .common import AsJson, Data, connect

app = typer.Typer(no_args_is_help=True, help="Who did what, and whether that record still holds.")
FAULTS = {
    "changed": "entry {seq} does not say what it said when it was written",
    "missing": "entries before {seq} are missing",
    "order": "entry {seq} does not follow the one before it",
    "start": "the entries before {seq} went without a note",
    "end": "after {seq} entries are missing, or audit.head beside the record does not fit",
    "gap": "as entry {seq} says, the box found entries missing, or put in by another hand",
    "noted": "no entry has the hash that you noted: the chain was made anew, or that entry was pruned",
}


@app.command("verify")
def audit_verify(
    head: Annotated[str, typer.Option("--head", help="Hash of an entry, as an earlier check printed it.")] = "",
    data: Data = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Read the whole audit trail and say whether it holds; fails if not. Note the hash that it prints, elsewhere."""
    with connect(data, load=False) as client:
        found = client.check_audit(head)
    if as_json:
        print(json.dumps(found))
    else:
        at = f"{found['entries']:,} entries, checked at {found['checked_at'][:19]} UTC"
        print(f"Whole: {at}." if found["whole"] else f"NOT WHOLE: {at}.")
        for fault in found["faults"]:
            print(f"  {FAULTS[fault['fault']].format(seq=fault['seq'])}")
        print(f"Head: {found['head']['hash']} (entry {found['head']['count']})")
    if not found["whole"]:
        raise typer.Exit(1)


@app.command("export")
def audit_export(
    file: Annotated[Path, typer.Argument(help="File to write; - is stdout.")],
    since: Annotated[str, typer.Option("--since", help="From this day or time on, as 2026-01-31.")] = "",
    until: Annotated[str, typer.Option("--until", help="To the end of this day, or before this time.")] = "",
    actor: Annotated[str, typer.Option("--actor", help="Who did it.")] = "",
    act: Annotated[str, typer.Option("--act", help="What was done; a group of acts ends in a dot: user.")] = "",
    csv: Annotated[bool, typer.Option("--csv", help="As a table: the default.")] = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="As a JSON object a line, to check hashes by.")] = False,
    data: Data = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Write entries of the audit trail, oldest first; a file that is there is left as it is."""
    if csv and jsonl:
        raise BadInput("--csv and --jsonl exclude each other. Give one of them.")
    wanted = {"since": since, "until": until, "actor": actor, "act": act, "form": "jsonl" if jsonl else "csv"}
    with connect(data, load=False) as client:
        pieces = client.export_audit(wanted)
        if str(file) == "-":
            for piece in pieces:
                print(piece.removeprefix("\ufeff"), end="")
            return
        try:
            with file.open("x", encoding="utf-8", newline="") as made:
                size = sum(made.write(piece) for piece in pieces)
        except OSError as error:
            raise BadInput(f"{file} cannot be written: {error.strerror}. Choose another file.") from error
    print(json.dumps({"file": str(file), "characters": size}) if as_json else f"{file}: {size:,} characters")

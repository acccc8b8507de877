"""The command `ragbox label`."""

from __future__ import annotations

import json
from time import sleep
from typing import Annotated

import typer

from ..profiles import FIELDS
from .common import AsJson, Data, connect

BY_RULES = "-"
POLL_SECONDS = 0.2


def label(
    document: Annotated[str, typer.Argument(help="A document's id.")],
    title: Annotated[str | None, typer.Option("--title")] = None,
    company: Annotated[str | None, typer.Option("--company", help="Whose it is.")] = None,
    aliases: Annotated[list[str] | None, typer.Option("--alias", help="Another name of the company.")] = None,
    form: Annotated[str | None, typer.Option("--form", help="Which kind of paper: 10-Q, contract.")] = None,
    period: Annotated[str | None, typer.Option("--period", help="Of when: Q3 2022, 2022, 2022-06.")] = None,
    ends: Annotated[str | None, typer.Option("--ends", help="Last day of that: 2022-06-25.")] = None,
    language: Annotated[str | None, typer.Option("--language", help="en or zh.")] = None,
    data: Data = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Say what a document is; "-" leaves a field to the rules. Without options, show what is known."""
    given = {"title": title, "company": company, "aliases": aliases or None, "form": form, "period": period,
             "ends": ends, "language": language}  # fmt: skip
    said = {k: None if v in (BY_RULES, [BY_RULES]) else v for k, v in given.items() if v is not None}
    with connect(data) as client:
        found = client.label(document, **said)
        made = {job["id"] for job in found["jobs"]}
        while any(job["id"] in made and job["stage"] != "end" for job in client.jobs()["jobs"]):
            sleep(POLL_SECONDS)
        if made:  # what the rules say by now
            found["document"] = client.label(document)["document"]
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
        return
    known = found["document"] | found["document"]["profile"]
    for name in FIELDS:
        value = ", ".join(known[name]) if name == "aliases" else known[name]
        print(f"{name:9} {value or '-'}{' (by hand)' if name in known['edited'] else ''}")

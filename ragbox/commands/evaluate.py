"""The command `ragbox eval`: asks a question file's questions, keeps runs, compares two."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from .. import show
from ..client import Client
from ..errors import BadInput
from ..evaluation.questions import load
from ..evaluation.run import Outcome, run
from ..evaluation.runs import check_name, shape
from ..evaluation.sheet import sheet
from ..evaluation.words import figure
from .common import AsJson, Data, Shelf, connect


def evaluate(
    files: Annotated[list[Path] | None, typer.Argument(help="Questions, JSONL.")] = None,
    collection: Shelf = None,
    save: Annotated[str, typer.Option("--save", help="Keep the run under this name.")] = "",
    compare: Annotated[tuple[str, str], typer.Option("--compare", help="Two kept runs, in place of FILES.")] = ("", ""),
    html: Annotated[Path | None, typer.Option("--html", help="Write a report here.")] = None,
    language: Annotated[Literal["en", "zh"], typer.Option("--language", help="The report's language.")] = "en",
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Run question files: right page, quote, refusal, latency; or compare two kept runs."""
    if bool(files) == any(compare) or (save and any(compare)):
        raise BadInput("Give question files to run, or --compare with the names of two kept runs.")
    if html and not html.parent.is_dir():
        raise BadInput(f"There is no folder {html.parent} for the report. Make it first.")
    runs = _compared(*compare, data, as_json) if any(compare) else [_made(files or [], collection, save, data, as_json)]
    if html:
        html.write_text(sheet(runs, language), encoding="utf-8")


def _made(files: list[Path], collection: str | None, save: str, data: Path | None, as_json: bool) -> dict[str, Any]:
    if save:
        check_name(save)
    questions = [question for file in files for question in load(file)]
    outcomes = list[Outcome]()
    with connect(data) as client, show.progress(len(questions), quiet=as_json) as advance:

        def find(question: str, k: int) -> list[dict[str, Any]]:
            hits: list[dict[str, Any]] = client.search(question, collection=collection, k=k)["hits"]
            return hits

        for outcome in run(questions, find, lambda q: client.ask(q, collection=collection), _pages(client)):
            outcomes.append(outcome)
            advance(None)
        about: dict[str, Any] = {"file": ", ".join(file.name for file in files), "collection": collection or ""}
        made = about | shape(outcomes)
        if save:
            made |= client.save_run(save, made)
    show.figures(made["figures"], as_json)
    return made


def _pages(client: Client) -> Any:
    """Return how a page's text is looked up: all of it, with the page before, whose last paragraph may run over."""

    @cache
    def text(document: str, page: int) -> str:
        found = client.passages(document, page)["passages"]
        return "\n".join(part for p in found for part in (p["text"], *(cell for row in p["rows"] for cell in row)))

    return lambda document, page: "\n".join(text(document, n) for n in (page - 1, page) if n)


def _compared(left: str, right: str, data: Path | None, as_json: bool) -> list[dict[str, Any]]:
    with connect(data, load=False) as client:
        found = client.compare_runs(left, right)
        runs = [client.run(name) for name in (left, right)]
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        rows = [
            {
                "figure": figure("en", d["figure"]), left: d["left"], right: d["right"], "questions": d["questions"],
                "difference": f"{d['right'] - d['left']:+.3f}{' *' if d['sure'] else ''}",
                "95 %": f"{d['low']:+.3f} … {d['high']:+.3f}",
            }
            for d in found["differences"]
        ]  # fmt: skip
        show.rows({"rows": rows}, "rows", ("figure", left, right, "difference", "95 %", "questions"), as_json)
    return runs

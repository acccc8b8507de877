"""The command `ragbox eval`: asks a question file's questions, keeps runs, compares two."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from .. import show
from ..errors import BadInput
from ..evaluation.border import check
from ..evaluation.figures import judged
from ..evaluation.questions import load
from ..evaluation.run import Outcome, page_text, run
from ..evaluation.runs import check_name, shape, taken
from ..evaluation.sheet import sheet
from ..evaluation.words import figure
from .common import AsJson, Data, Shelf, connect

OFF = "off"


def evaluate(
    files: Annotated[list[Path] | None, typer.Argument(help="Questions, JSONL.")] = None,
    collection: Shelf = None,
    save: Annotated[str, typer.Option("--save", help="Keep the run under this name.")] = "",
    compare: Annotated[tuple[str, str], typer.Option("--compare", help="Two kept runs, in place of FILES.")] = ("", ""),
    html: Annotated[Path | None, typer.Option("--html", help="Write a report here.")] = None,
    language: Annotated[Literal["en", "zh"], typer.Option("--language", help="The report's language.")] = "en",
    calibrate: Annotated[str, typer.Option("--calibrate", help="Most wrong answers, as 0.05; off for none.")] = "",
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Run question files: right page, quote, refusal, latency; compare two kept runs; choose where to refuse."""
    if calibrate:
        if any(compare) or save or html or not collection or bool(files) == (calibrate == OFF):
            raise BadInput("To calibrate, give question files and --collection alone; for off, --collection alone.")
        _calibrated(files or [], collection, calibrate, data, as_json)
        return
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
    with connect(data) as client:
        if save and any(run["name"] == save for run in client.quality()["runs"]):  # before an hour of questions
            raise taken(save)

        def find(question: str, k: int) -> list[dict[str, Any]]:
            hits: list[dict[str, Any]] = client.search(question, collection=collection, k=k)["hits"]
            return hits

        def pages(document: str, page: int) -> list[dict[str, Any]]:
            passages: list[dict[str, Any]] = client.passages(document, page)["passages"]
            return passages

        with show.progress(len(questions), quiet=as_json) as advance:
            for outcome in run(questions, find, lambda q: client.ask(q, collection=collection), page_text(pages)):
                outcomes.append(outcome)
                advance(None)
        about: dict[str, Any] = {"file": ", ".join(file.name for file in files), "collection": collection or ""}
        made = about | shape(outcomes)
        if save:
            made |= client.save_run(save, made)
        borders = [c for c in client.calibrations()["calibrations"] if collection in (None, c["collection"])]
    show.figures(made["figures"], as_json)
    for c in () if as_json else borders:
        print(show.border(c))
    return made


def _calibrated(files: list[Path], collection: str, calibrate: str, data: Path | None, as_json: bool) -> None:
    questions = [question for file in files for question in load(file)]
    try:
        asked = 0.0 if calibrate == OFF else float(calibrate)
    except ValueError:
        raise BadInput(f"{calibrate!r} is no share of wrong answers. Give one as 0.05, or off.") from None
    if calibrate != OFF:  # before an hour of questions is asked in vain
        check(asked, sum(q.unanswerable or bool(q.answers) for q in questions), len(questions))
    bases = set[str]()
    with connect(data, load=calibrate != OFF) as client, show.progress(len(questions), quiet=as_json) as advance:

        def ask(question: str) -> dict[str, Any]:
            answer: dict[str, Any] = client.ask_unrefused(question, collection)
            bases.add(answer["basis"])
            return answer

        if calibrate == OFF:
            found = client.remove_calibration(collection)
        else:
            outcomes = list[Outcome]()
            for outcome in run(questions, lambda *_: [], ask):
                outcomes.append(outcome)
                advance(None)
            rows = [{"risk": risk, "wrong": wrong} for risk, wrong in judged(outcomes)]
            names = ", ".join(file.name for file in files)
            found = client.calibrate(collection, asked, rows, bases=sorted(bases), file=names)
    show.values(found, as_json)


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

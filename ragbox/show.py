"""How the command prints: a progress bar, one line a file, tables, JSON. Knows the API's shapes, calls nothing."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from .text import HAN

SNIPPET = 200
"""Characters shown of a passage: two lines of a wide terminal."""
SHORT = 12
"""Characters of a cell that is not worth a second line."""
ENDLESS = 10_000
"""Columns of what is no screen."""
_WORDS = re.compile(rf"(?=([{HAN}]{{2}}))|([^\W_{HAN}]{{2,}})")


@contextmanager
def progress(total: int, *, quiet: bool) -> Iterator[Any]:
    """Show a bar over `total` files; yields a function that prints a line above it and moves it on.

    That takes too `by` how many, and what is under way `now`. There is no bar over nothing.
    """
    from rich.markup import escape
    from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn

    with Progress(
        *Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeRemainingColumn(), disable=quiet or not total
    ) as bar:
        task = bar.add_task("", total=total)

        def advance(text: str | None, *, by: int = 1, now: str = "") -> None:
            if text:
                bar.console.print(text, markup=False, highlight=False, soft_wrap=True)
            bar.update(task, advance=by, description=escape(now))

        yield advance


@contextmanager
def work(*, quiet: bool) -> Iterator[Any]:
    """Show a bar for work on models or files; yields a function that takes how far it is, in the API's shape.

    The bar stands from its first call on, so that work which is refused shows none.
    """
    from rich.progress import Progress, TextColumn

    with ExitStack() as shown:
        bar = Progress(TextColumn("{task.description}"), *Progress.get_default_columns()[1:], disable=quiet)
        task = bar.add_task("", total=None)

        def advance(found: dict[str, Any]) -> None:
            if not bar.live.is_started and not quiet:
                shown.enter_context(bar)
            bar.update(
                task, description=f"{found['stage']} {found['name']}", completed=found["done"],
                total=found["total"] or None,
            )  # fmt: skip

        yield advance


def under_way(jobs: Iterable[dict[str, Any]]) -> str:
    """Return how far the job is that has the most before it, in words; "" where none can say."""
    known = [job for job in jobs if job["stage"] in ("read", "encode") and job["total"]]
    if not known:
        return ""
    job = max(known, key=lambda job: (job["left"], job["total"] - job["done"]))
    if job["stage"] == "read":
        said, unit = f"page {job['done'] + 1:,} of {job['total']:,}", "pages/s"
    else:
        said, unit = f"{job['done']:,} of {job['total']:,} passages", "passages/s"
    if rate := job["rate"]:
        said += f", {rate:.{0 if rate >= 10 else 1 if rate >= 1 else 2}f} {unit}, about {_span(job['left'])} left"
    return f"{Path(job['file']).name}: {said}"


def _span(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def line(result: dict[str, Any]) -> str:
    """Return how one file ended, in words."""
    if result["status"] == "rejected":
        return f"rejected   {result['file']}: {result['reason']}"
    size = f"{_many(result['pages'], 'page')}, {_many(result['chunks'], 'passage')}, {result['seconds']:.1f} s"
    warning = f". {result['reason']}" if result["reason"] else ""
    return f"{result['status']:10} {result['file']}: {size}{warning}"


def _many(count: int, thing: str) -> str:
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


def tally(counts: dict[str, int]) -> None:
    """Print how many files ended how, and plainly if some were not taken in."""
    print(", ".join(f"{n} {status}" for status, n in sorted(counts.items())) or "No files found.")
    if rejected := counts.get("rejected"):
        print(f"{rejected} of {sum(counts.values())} files NOT taken in: the lines that begin with `rejected` say why.")


def checks(found: Iterable[dict[str, Any]], *, quiet: bool) -> Iterator[dict[str, Any]]:
    """Pass findings of the doctor on, each printed as it comes."""
    for check in found:
        if not quiet:
            print(f"{'ok  ' if check['well'] else 'BAD '} {check['part']:10} {check['finding']}", flush=True)
        yield check


def place(found: dict[str, Any]) -> str:
    """Return where a hit or citation stands."""
    return f"{found['file']}, page {found['page']}" + (f" ({found['section']})" if found["section"] else "")


def remarks(answer: dict[str, Any]) -> list[str]:
    """Return what has to be known about an answer besides its words and sources."""
    said = []
    if reason := answer.get("incomplete"):
        said.append(f"The answer breaks off here. {reason}")
    for doubt in answer["unsupported"]:
        said.append(
            f"No passage supports “{answer['answer'][doubt['start'] : doubt['end']]}” {doubt['reason']}".strip()
        )
    if reason := answer.get("fallback"):
        said.append(f"The language model could not answer, so passages are quoted instead. {reason}")
    return said


def snippet(text: str, question: str) -> str:
    """Return the stretch of a passage that has most of the question's words, on one line.

    A longer word counts for more, and by its first five letters, so that "notices" finds "notice".
    """
    text = " ".join(text.split())
    words = {(pair or word[:5]).casefold() for pair, word in _WORDS.findall(question)}
    places = [(m.start(), m.end(), w) for w in words for m in re.finditer(re.escape(w), text, re.IGNORECASE)]
    best, middle = 0, 0
    for start, _, _ in places:
        inside = [p for p in places if start <= p[0] and p[1] <= start + SNIPPET]
        worth = sum(map(len, {word for _, _, word in inside}))
        if worth > best:
            best, middle = worth, (start + max(end for _, end, _ in inside)) // 2
    first = min(max(0, middle - SNIPPET // 2), max(0, len(text) - SNIPPET))
    space = text.find(" ", first, first + SNIPPET // 10) if first else -1  # so that it begins with a whole word
    shown = text[max(first, space + 1) : first + SNIPPET]
    return ("…" if first else "") + shown + ("…" if first + SNIPPET < len(text) else "")


def border(found: dict[str, Any]) -> str:
    """Return where a collection refuses, in words."""
    stale = "" if found["holds"] else " It does not hold: scorer or encoder are others now. Calibrate again."
    parts = found.get("held_parts")  # not counted in borders of before
    had = f", as {parts} of five had" if parts else ""
    return (
        f"{found['collection']}: refuses beyond a risk of {found['risk']:.3f}, for at most {found['asked']:.1%} of "
        f"wrong answers. Of {found['questions']} questions {found['answered']} were answered, {found['wrong']} of them "
        f"wrong; by parts, each with a border made without it{had}: {found['held_wrong']} of {found['held_answered']}. "
        f"{found['file']}, {found['at'][:10]}, {found['by']}.{stale}"
    )


def figures(found: dict[str, dict[str, Any]], as_json: bool) -> None:
    """Print a table of figures, a column a group."""
    names = dict.fromkeys(name for group in found.values() for name in group)
    lines = [{"": name} | {key: group.get(name) for key, group in found.items()} for name in names]
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        rows({"figures": lines}, "figures", ("", *found), as_json)


def values(found: dict[str, Any], as_json: bool) -> None:
    """Print a flat answer, a line a value."""
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
        return
    for name, value in found.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            print(f"{name}:")
            for item in value:
                print("  " + ", ".join(f"{k}: {_plain(v)}" for k, v in item.items() if v not in (None, "", 0, [])))
        else:
            print(f"{name}: {_plain(value)}")


def _plain(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def rows(found: dict[str, Any], key: str, columns: tuple[str, ...], as_json: bool) -> None:
    """Print a list of an answer as a table; the first column is whole however narrow the screen, to be pasted.

    So are those of short cells. What is no screen, but a file or another program, gets each row on one line.
    """
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE)
    lines = [[_cell(row[c]) for c in columns] for row in found[key]]
    for number, column in enumerate(columns):
        longest = max((len(line[number]) for line in lines), default=0)
        table.add_column(column, no_wrap=number == 0 or longest <= SHORT, overflow="fold")
    for line in lines:
        table.add_row(*line)
    Console(width=None if sys.stdout.isatty() else ENDLESS).print(table)


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.3f}"
    return ", ".join(value) if isinstance(value, list) else "-" if value is None else str(value)

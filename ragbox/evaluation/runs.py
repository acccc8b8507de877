"""Kept runs: what was asked, found and said, with what it rests on. One JSON file each, whole or not at all."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .. import sealed
from ..errors import BadInput, Conflict, NotFound
from ..sealing.stream import Broken
from ..sealing.vault import PLAIN, RUN, Vault
from ..turns import WITHDRAWN
from .figures import fails, measures, report, risks
from .run import Outcome

Json = dict[str, Any]
VERSION = 1
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")


def shape(outcomes: Sequence[Outcome]) -> Json:
    """Return a run as plain JSON: figures, calibration curve, and a row a question."""
    return {
        "version": VERSION, "engine": next((o.engine for o in outcomes if o.engine), ""),
        "figures": report(outcomes), "curve": [asdict(b) for b in risks(outcomes)], "rows": [_row(o) for o in outcomes],
    }  # fmt: skip


def _row(o: Outcome) -> Json:
    q, counted = o.question, measures(o)
    gold = [{"file": file, "page": page} for file, page in q.gold] + [{"file": file, "page": 0} for file in q.others]
    return {
        "id": q.id, "question": q.question, "answers": list(q.answers), "gold": gold, "unanswerable": q.unanswerable,
        "measures": {name: round(value, 6) for name, value in counted.items()}, "fails": fails(counted),
        "refused": o.refused, "said": o.said, "risk": o.risk,
        "found": [{"file": file, "page": page} for file, page in o.found],
        "quotes": [
            {"document": c.document, "file": c.file, "page": c.page, "quote": c.text, "true": c.true} for c in o.quotes
        ],
    }  # fmt: skip


def taken(name: str) -> Conflict:
    """Return what is said where there is a run of this name."""
    return Conflict(f"There is a run {name!r} already. Choose another name, or delete it first.")


def check_name(name: str) -> None:
    """Raise BadInput unless a run may be called so."""
    if not _NAME.fullmatch(name):
        raise BadInput(
            f"{name!r} is no name for a run. Take up to 63 small letters, digits, dots, - and _, "
            "a letter or digit first."
        )


class Runs:
    """The runs of one box."""

    def __init__(self, folder: Path, vault: Vault = PLAIN) -> None:
        self._folder = folder
        self._vault = vault

    def check(self, name: str) -> None:
        """Look whether a run can be kept under this name.

        Raises:
            BadInput: it may not be called so.
            Conflict: there is one of this name.
        """
        check_name(name)
        if self._file(name).exists():
            raise taken(name)

    def save(self, name: str, run: Json) -> None:
        """Keep a run. Raises what `check` raises."""
        self.check(name)
        self._folder.mkdir(parents=True, exist_ok=True)
        sealed.write(self._file(name), {"name": name} | run, self._vault, RUN)

    def replace(self, name: str, run: Json) -> None:
        """Write another content into the file of a run; one that was deleted meanwhile stays so."""
        if self._file(name).exists():
            sealed.write(self._file(name), run, self._vault, RUN)

    def get(self, name: str) -> Json:
        """Return a run.

        Raises:
            NotFound: there is none of this name.
        """
        try:
            check_name(name)
            found: Json = json.loads(self._vault.get(self._file(name), RUN))
        except (OSError, ValueError, BadInput, Broken):
            raise NotFound(f"There is no run {name!r}. `ragbox eval FILE --save NAME` keeps one.") from None
        return found

    def all(self) -> list[Json]:
        """Return all runs without their rows, newest first; one that cannot be read is left out."""
        made = []
        for path in self._folder.glob("*.json"):
            try:
                found = self.get(path.stem)
            except NotFound:
                continue
            made.append({k: v for k, v in found.items() if k != "rows"} | {"failing": failing(found)})
        return sorted(made, key=lambda run: str(run.get("made_at", "")), reverse=True)

    def remove(self, name: str) -> None:
        """Delete a run.

        Raises:
            NotFound: there is none of this name.
        """
        self.get(name)
        self._file(name).unlink()

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.json"


def quoted(run: Json) -> set[str]:
    """Return the ids of the documents that a run quotes; of a quote that does not say, nothing can be known."""
    return {q["document"] for row in run["rows"] for q in row["quotes"] if q.get("document")}


def without(run: Json, gone: Collection[str]) -> Json:
    """Return a run without the words of these documents (ids): quotes, answers made of them, file names.

    The rows that lack something by this have `withdrawn`; questions and figures stay.
    """
    if not gone:
        return run
    files = {q["file"] for row in run["rows"] for q in row["quotes"] if q.get("document") in gone}

    def named(place: Json) -> Json:
        return place | {"file": WITHDRAWN} if place["file"] in files else place

    rows = []
    for row in run["rows"]:
        left = row | {"found": [named(place) for place in row["found"]]}
        if any(q.get("document") in gone for q in row["quotes"]):
            quotes = [named(q) | {"quote": WITHDRAWN} if q.get("document") in gone else named(q) for q in row["quotes"]]
            left |= {"said": WITHDRAWN, "quotes": quotes, "withdrawn": True}
        rows.append(left)
    return run | {"rows": rows}


def failing(run: Json) -> int:
    """Return how many questions of a run lack something they need."""
    return sum(bool(row["fails"]) for row in run["rows"])

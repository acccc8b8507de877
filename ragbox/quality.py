"""What an admin does with runs of question files: keep them, look at them, compare two, add questions of real use.

What is kept was shown to whoever ran it; who looks at it later sees it as they may see such texts then, and nothing of
documents that were deleted meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Protocol

from .auth import Auth
from .errors import BadInput
from .evaluation.comparison import compare, paired
from .evaluation.runs import Runs, quoted, without
from .types import Actor

Json = dict[str, Any]
MATTER = (
    "encoder", "encoder_precision", "reranker", "hits", "candidates", "engine", "quantization", "temperature", "redact",
)  # fmt: skip
"""Settings that figures depend on."""
TEXTS = "question", "answer", "answers", "said", "quote", "file"
"""Fields of a row that may hold personal data."""


class Clean(Protocol):
    """What is needed of `ragbox/privacy.py`."""

    def __call__(self, actor: Actor, collections: None, text: str, /) -> str:
        """Return a text as it may be shown to an actor."""


class GateQuestions(Protocol):
    """What is needed of `ragbox/adapters/questions.py`."""

    def ids(self) -> set[str]:
        """Return the ids of the questions in the file."""

    def add(self, rows: Sequence[Json]) -> int:
        """Put lines behind those in the file, return how many it has then."""


class Quality:
    """The runs of one box, and the questions that new adapters are tried on. All for admins."""

    def __init__(
        self, auth: Auth, runs: Runs, questions: GateQuestions, *, judged: Callable[[], list[Json]],
        stamp: Callable[[], Json], clean: Clean, present: Callable[[set[str]], Mapping[str, bool]],
    ) -> None:  # fmt: skip
        """`judged` returns the answers people judged as lines of a question file, `stamp` what a run rests on.

        `present` returns those of the documents (ids) that there are, each with whether it is shown.
        """
        self._auth = auth
        self._runs = runs
        self._questions = questions
        self._judged = judged
        self._stamp = stamp
        self._clean = clean
        self._present = present

    def overview(self, actor: Actor) -> Json:
        """Return the runs without their rows, the judged answers that are not in the question file, and its size."""
        self._auth.require(actor, "manage", None)
        known = self._questions.ids()
        judged = [self._shown(actor, row) for row in self._judged() if row["id"] not in known]
        runs = [self._shown(actor, run) for run in self._runs.all()]
        return {"runs": runs, "judged": judged, "questions": len(known)}

    def save(self, actor: Actor, name: str, run: Json) -> Json:
        """Keep a run as `ragbox/evaluation/runs.py` shapes it; returns it without its rows.

        Raises:
            BadInput: it may not be called so.
            Conflict: there is one of this name.
        """
        self._auth.require(actor, "manage", None)
        stamped = {"made_at": datetime.now(UTC).isoformat(timespec="seconds"), "by": actor.name} | run | self._stamp()
        self._runs.save(name, stamped)
        return dict(self._shown(actor, {"name": name} | {k: v for k, v in stamped.items() if k != "rows"}))

    def run(self, actor: Actor, name: str, *, failing: bool = False) -> Json:
        """Return a run, all its rows or those that fail.

        Raises:
            NotFound: there is none of this name.
        """
        self._auth.require(actor, "manage", None)
        found = self._kept(name)
        rows = [row for row in found["rows"] if row["fails"] or not failing]
        return self._shown(actor, found | {"rows": rows})

    def compare(self, actor: Actor, left: str, right: str) -> Json:
        """Return the differences of two runs, and the questions that fail in either, side by side.

        Raises:
            NotFound: there is none of this name.
            BadInput: they share no question.
        """
        self._auth.require(actor, "manage", None)
        one, two = self._kept(left), self._kept(right)
        differences = [asdict(d) | {"sure": d.sure} for d in compare(one["rows"], two["rows"])]
        pairs = [pair for pair in paired(one["rows"], two["rows"]) if any(row["fails"] for row in pair)]
        shown = [{"left": self._shown(actor, a), "right": self._shown(actor, b)} for a, b in pairs]
        return {"left": left, "right": right, "differences": differences, "failing": shown}

    def remove(self, actor: Actor, name: str) -> None:
        """Delete a run. Raises NotFound where there is none of this name."""
        self._auth.require(actor, "manage", None)
        self._runs.remove(name)

    def add(self, actor: Actor, ids: Sequence[str]) -> int:
        """Put judged answers (ids of turns) into the question file of the gate; return how many it has then.

        Raises:
            BadInput: none of them is a judged answer that can be scored and is not there yet.
        """
        self._auth.require(actor, "manage", None)
        known = self._questions.ids()
        rows = [row for row in self._judged() if row["id"] in set(ids) - known]
        if not rows:
            raise BadInput("None of these is a judged answer that is not in the file yet. Load the page again.")
        return self._questions.add(rows)

    def _kept(self, name: str) -> Json:
        """Return a run without what it quotes of documents that are gone; that is cut out of its file as well."""
        run = self._runs.get(name)
        known = self._present(quoted(run))
        left = without(run, quoted(run) - known.keys())
        if left != run:
            self._runs.replace(name, left)
        return without(left, {document for document, shown in known.items() if not shown})

    def _shown(self, actor: Actor, found: Any, key: str = "") -> Any:
        if isinstance(found, dict):
            return {name: self._shown(actor, value, name) for name, value in found.items()}
        if isinstance(found, list):
            return [self._shown(actor, value, key) for value in found]
        return self._clean(actor, None, found) if key in TEXTS and isinstance(found, str) else found

"""What an admin does with runs of question files: begin, keep, look at, compare, delete; add questions of real use.

What is kept was shown to whoever ran it; who looks at it later sees it as they may see such texts then, and nothing of
documents and conversations that were deleted meanwhile. What is done is recorded beside what is done with adapters,
whose gate asks the questions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from .adapters.pointer import BARE
from .auth import Auth
from .errors import BadInput
from .evaluation.asking import Asking
from .evaluation.background import Background, Work
from .evaluation.comparison import compare, paired
from .evaluation.files import GATE, JUDGED, SAMPLES, QuestionFiles, samples
from .evaluation.questions import Question, question
from .evaluation.runs import Runs, quoted, without
from .sealing.vault import PLAIN, Vault
from .types import Actor

Json = dict[str, Any]
TEXTS = "question", "answer", "answers", "said", "quote", "file"
"""Fields of a row that may hold personal data."""


class Clean(Protocol):
    """What is needed of `ragbox/privacy.py`."""

    def __call__(self, actor: Actor, collections: None, text: str, /) -> str:
        """Return a text as it may be shown to an actor."""


class GateQuestions(Protocol):
    """What is needed of `ragbox/adapters/questions.py`."""

    def load(self) -> list[Question]:
        """Return the questions in the file."""

    def add(self, rows: Sequence[Json]) -> int:
        """Put lines behind those in the file, return how many it has then."""


class Record(Protocol):
    """What is needed of `ragbox/adapters/records.py`."""

    def __call__(
        self, actor: str, act: str, object_: str, *, result: str = "done", reason: str = "",
        detail: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        """Keep an act."""


class Quality:
    """The runs of one box, and the questions that new adapters are tried on. All for admins."""

    def __init__(
        self, data: Path, auth: Auth, asking: Asking, questions: GateQuestions, *, judged: Callable[[], list[Json]],
        clean: Clean, present: Callable[[set[str]], Mapping[str, bool]], turns: Callable[[set[str]], set[str]],
        record: Record, vault: Vault = PLAIN,
    ) -> None:  # fmt: skip
        """Runs lie in `data`/quality, an admin's question files in `data`/questions.

        `judged` returns the answers people judged as lines of a question file, `present` those of the documents (ids)
        that there are, each with whether it is shown, `turns` those of the turns (ids) that there are.
        """
        self._auth = auth
        self._asking = asking
        self._runs = Runs(data / "quality", vault)
        self._questions = questions
        self._judged = judged
        self._clean = clean
        self._present = present
        self._turns = turns
        self._record = record
        self._background = Background(data / "quality" / "work", asking, self._ended)
        self._files = QuestionFiles(
            data / "questions",
            {
                GATE: questions.load, JUDGED: lambda: [question(row, row["id"]) for row in self._lean()],
                SAMPLES: lambda: samples() if asking.has(SAMPLES) else (),
            },
        )  # fmt: skip

    def load(self) -> None:
        """Read how the last run in the background ended."""
        self._background.load()

    def close(self) -> None:
        """Break off the run that is under way; waits at most 20 s."""
        self._background.close()

    def overview(self, actor: Actor) -> Json:
        """Return runs without rows, question files, judged answers that are not in the gate's file, and its size."""
        self._auth.require(actor, "manage", None)
        known = {q.id for q in self._questions.load()}
        judged = [self._shown(actor, row) for row in self._lean() if row["id"] not in known]
        runs = [self._shown(actor, run) for run in self._runs.all()]
        files = [{"name": name, "questions": count} for name, count in self._files.list().items()]
        return {"runs": runs, "files": files, "judged": judged, "questions": len(known)}

    def work(self, actor: Actor) -> Work:
        """Return how far the run in the background is, or how the last one ended."""
        self._auth.require(actor, "manage", None)
        return self._background.work()

    def start(self, actor: Actor, name: str, *, file: str, collection: str = "") -> Work:
        """Begin to ask a question file's questions of a collection, "" of all, in the background; returns at once.

        Raises:
            NotPermitted: no right to manage the box.
            BadInput: the run may not be called so, the file is no question file, or a question is too long.
            NotFound: no such file or collection.
            Conflict: there is a run of this name, or another is under way.
        """
        self._auth.require(actor, "manage", None)
        self._runs.check(name)
        questions = self._files.load(file)
        self._asking.check(collection, questions)
        work = Work(name=name, file=file, collection=collection, by=actor.name)
        return self._background.start(work, questions, partial(self._save, actor, name))

    def cancel(self, actor: Actor) -> Work:
        """Break off the run that is under way, if any; nothing of it is kept. Raises NotPermitted."""
        self._auth.require(actor, "manage", None)
        return self._background.cancel()

    def save(self, actor: Actor, name: str, run: Json) -> Json:
        """Keep a run as `ragbox/evaluation/runs.py` shapes it; returns it without its rows.

        Raises:
            BadInput: it may not be called so.
            Conflict: there is one of this name.
        """
        self._auth.require(actor, "manage", None)
        stamped = self._save(actor, name, run)
        self._record(actor.name, "evaluate", name)
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
        self._record(actor.name, "discard", name)

    def add(self, actor: Actor, ids: Sequence[str]) -> int:
        """Put judged answers (ids of turns) into the question file of the gate; return how many it has then.

        Raises:
            BadInput: none of them is a judged answer that can be scored and is not there yet.
        """
        self._auth.require(actor, "manage", None)
        wanted = set(ids) - {q.id for q in self._questions.load()}
        rows = [row for row in self._lean() if row["id"] in wanted]
        if not rows:
            raise BadInput("None of these is a judged answer that is not in the file yet. Load the page again.")
        count = self._questions.add(rows)
        self._record(actor.name, "questions", BARE, detail={"questions": count})
        return count

    def sweep(self) -> None:
        """Take out of all kept runs what they hold of documents and conversations that are gone."""
        for run in self._runs.all():
            self._kept(run["name"])

    def _lean(self) -> list[Json]:
        """Return the judged answers as questions with their pages: what they quote would outlive its document."""
        return [{name: value for name, value in row.items() if name != "answer"} for row in self._judged()]

    def _save(self, actor: Actor, name: str, run: Json) -> Json:
        about = {"made_at": datetime.now(UTC).isoformat(timespec="seconds"), "by": actor.name}
        stamped = about | run | self._asking.stamp()
        self._runs.save(name, stamped)
        return stamped

    def _ended(self, work: Work) -> None:
        result = {"done": "done", "cancelled": "refused"}.get(work.stage, "failed")
        self._record(work.by, "evaluate", work.name, result=result, reason=work.error)

    def _kept(self, name: str) -> Json:
        """Return a run without what is gone, quotes of documents and users' questions; its file loses both as well."""
        run = self._runs.get(name)
        known = self._present(quoted(run))
        left = without(run, quoted(run) - known.keys())
        if run.get("file") == JUDGED:
            there = self._turns({row["id"] for row in run["rows"]})
            left = left | {"rows": [row for row in left["rows"] if row["id"] in there]}
        if left != run:
            self._runs.replace(name, left)
        return without(left, {document for document, shown in known.items() if not shown})

    def _shown(self, actor: Actor, found: Any, key: str = "") -> Any:
        if isinstance(found, dict):
            return {name: self._shown(actor, value, name) for name, value in found.items()}
        if isinstance(found, list):
            return [self._shown(actor, value, key) for value in found]
        return self._clean(actor, None, found) if key in TEXTS and isinstance(found, str) else found

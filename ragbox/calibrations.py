"""Where each collection's answers are refused, so that at most a stated share of those given is wrong; in the record.

A border is made from questions with known answers (`evaluation/border.py`) and holds for the engine that quotes, with
the scorer and the encoder that it was made with. Who lays one down or takes it back is recorded. Knows no route.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Protocol

from . import wire
from .auth import Auth
from .db import Database
from .engines.evidence import BUILT_IN, EVIDENCE, FEATURES, RECKONED
from .errors import Conflict, NotFound, Unavailable
from .evaluation.border import Judged, fit
from .events import Done, Event
from .library import Library
from .types import Actor

Json = dict[str, Any]
BUILT_IN_KEY = "built-in-" + hashlib.sha256(repr((RECKONED, FEATURES, EVIDENCE, BUILT_IN)).encode()).hexdigest()[:12]
"""Stands for the built-in scorer: with other weights or features, as of another release, it states other risks."""


class Asks(Protocol):
    """What is needed of `ragbox/answer.py`, with the engine that quotes and refuses as good as nothing."""

    def ask(self, actor: Actor, question: str, *, collection: str | None = None) -> Iterable[Event]:
        """Yield the events of an answer, the last of them Done."""


class Record(Protocol):
    """What is needed of `ragbox/adapters/records.py`."""

    def __call__(self, actor: str, act: str, object_: str, *, detail: Mapping[str, Any] | None = None) -> None:
        """Keep an act."""


class Calibrations:
    """The borders of one box. Safe to call from several threads."""

    def __init__(
        self, db: Database, auth: Auth, library: Library, scorer: Callable[[], str], asks: Asks, record: Record
    ) -> None:
        """`scorer` returns the key of who chooses now, "" for the built-in one; `asks` answers without a border."""
        self._db = db
        self._auth = auth
        self._library = library
        self._chooses = scorer
        self._asks = asks
        self._record = record

    def ask(self, actor: Actor, question: str, collection: str) -> Json:
        """Return an answer in the API's shape that no border has refused; it counts nowhere.

        Its `risk` is not rounded: a border made of rounded ones would refuse the answers it was made of. `basis` names
        the scorer and the encoder that state it.

        Raises:
            NotFound: there is no such collection.
            BadInput: the question is empty or too long.
        """
        self._auth.require(actor, "manage", None)
        basis = self._basis(self._library.collection(collection).encoder)  # before: a switch meanwhile is told by `fit`
        for event in self._asks.ask(actor, question, collection=collection):
            if isinstance(event, Done):
                risk = event.answer.risk
                return wire.answer(event.answer) | {"basis": basis} | ({} if risk is None else {"risk": risk})
        raise Unavailable("The answer broke off. Ask again.")

    def fit(
        self, actor: Actor, collection: str, asked: float, judged: Judged, *, bases: Collection[str], file: str = ""
    ) -> Json:
        """Choose the border of a collection (its name), keep it in the place of the one before and return it.

        Args:
            asked: most wrong answers among those given, 0 to 1.
            judged: what came of questions that `ask` answered.
            bases: each `basis` that these answers have.
            file: the question file, to be told later.

        Raises:
            NotFound: there is no such collection.
            Conflict: scorer or encoder are others now, or were during the questions.
            BadInput: there are too few questions, or no border keeps the share; nothing is kept then.
        """
        self._auth.require(actor, "manage", None)
        shelf = self._library.collection(collection)
        if set(bases) != {self._basis(shelf.encoder)}:
            raise Conflict("Scorer or encoder changed since the questions were asked. Ask them again.")
        made = asdict(fit(judged, asked)) | {
            "file": file, "at": datetime.now(UTC).isoformat(timespec="seconds"), "by": actor.name,
            "scorer": self._scorer(), "encoder": shelf.encoder,
        }  # fmt: skip
        with self._db.write() as db:
            db.execute("INSERT OR REPLACE INTO calibrations VALUES (?, ?)", (shelf.id, json.dumps(made)))
        self._record(actor.name, "calibrate", collection, detail={"asked": asked, "risk": made["risk"]})
        return self._shown(collection, shelf.encoder, made)

    def all(self, actor: Actor) -> list[Json]:
        """Return the borders by collection; one that was made with another scorer or encoder does not hold."""
        self._auth.require(actor, "manage", None)
        rows = self._db.read("SELECT c.name, c.encoder, k.calibration FROM calibrations k JOIN collections c "
                             "ON c.id = k.collection ORDER BY c.name")  # fmt: skip
        return [self._shown(r["name"], r["encoder"], json.loads(r["calibration"])) for r in rows]

    def remove(self, actor: Actor, collection: str) -> None:
        """Let the built-in border hold again in a collection (its name).

        Raises:
            NotFound: there is no such collection, or it has none of its own.
        """
        self._auth.require(actor, "manage", None)
        shelf = self._library.collection(collection)
        with self._db.write() as db:
            found = db.execute("DELETE FROM calibrations WHERE collection = ? RETURNING 1", (shelf.id,)).fetchone()
        if not found:
            raise NotFound(f"The collection {collection!r} has no calibrated border. `ragbox eval` shows which have.")
        self._record(actor.name, "uncalibrate", collection)

    def border(self, collection: str) -> float | None:
        """Return the risk beyond which nothing of a collection (its id) is quoted; None for the built-in one."""
        for r in self._db.read(
            "SELECT c.encoder, k.calibration FROM calibrations k JOIN collections c ON c.id = k.collection "
            "WHERE c.id = ?", collection,
        ):  # fmt: skip
            made = json.loads(r["calibration"])
            if self._holds(made, r["encoder"]):
                return float(made["risk"])
        return None

    def _shown(self, collection: str, encoder: str, made: Json) -> Json:
        return {"collection": collection, "holds": self._holds(made, encoder)} | {
            name: value for name, value in made.items() if name != "encoder"
        }

    def _scorer(self) -> str:
        return self._chooses() or BUILT_IN_KEY

    def _basis(self, encoder: str) -> str:
        return f"{self._scorer()} {encoder}"

    def _holds(self, made: Json, encoder: str) -> bool:
        return made["scorer"] == self._scorer() and made["encoder"] == encoder

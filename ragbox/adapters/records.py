"""What was done with adapters, in the record: who, what, to which, when, with what result and why. Does none of it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ..db import Database

ABOUT = {"glossary": ("term", "unterm", "terms"), "quality": ("evaluate", "discard", "calibrate", "uncalibrate")}
"""Acts that are none on adapters, by the page that they are done on."""
BOX = ""
"""Stands for the actor where the box itself acted: no user has an empty name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """One act. `object` is an adapter's key, or of "assign" the collection; `result` is "done", "refused" or "failed".

    `detail` is plain JSON: of "gate" its report, of "assign" the adapter.
    """

    seq: int
    at: datetime
    actor: str
    act: str
    object: str
    result: str
    reason: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict, repr=False)


class Records:
    """The records of one box. They are added to and never changed."""

    def __init__(self, db: Database, note: Callable[..., None] = lambda *_, **__: None) -> None:
        """`note` puts an act into the audit trail too, in the transaction that is open (`ragbox/audit.py`)."""
        self._db = db
        self._note = note

    def add(
        self, actor: str, act: str, object_: str, *, result: str = "done", reason: str = "",
        detail: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        """Keep an act, at the present time."""
        row = (_now(), actor, act, object_, result, reason, json.dumps(detail or {}, ensure_ascii=False))
        with self._db.write() as db:
            made = db.execute(
                "INSERT INTO adapter_records (at, actor, act, object, result, reason, detail) VALUES (?,?,?,?,?,?,?)",
                row,
            )
            self._note(actor, f"adapter.{act}", object_, result=result, record=made.lastrowid)

    def list(self, *, limit: int = 100, before: int = 0, about: str = "") -> list[Record]:
        """Return records, newest first; `before` is the `seq` of the last one of the page before.

        `about` is "adapters" or a key of ABOUT; all if empty.
        """
        others = [act for acts in ABOUT.values() for act in acts]
        rows = self._db.read(
            """SELECT * FROM adapter_records WHERE (?1 = 0 OR seq < ?1) AND (?2 = ''
                OR (act IN (SELECT value FROM json_each(?3))) = (?2 <> 'adapters')) ORDER BY seq DESC LIMIT ?4""",
            before, about, json.dumps(ABOUT.get(about, others)), limit,
        )  # fmt: skip
        return [_record(r) for r in rows]

    def last(self, *acts: str, object_: str = "") -> Record | None:
        """Return the newest record of any of these acts, of one object where it is named."""
        rows = self._db.read(
            """SELECT * FROM adapter_records WHERE act IN (SELECT value FROM json_each(?1))
                AND (?2 = '' OR object = ?2) ORDER BY seq DESC LIMIT 1""",
            json.dumps(acts), object_,
        )  # fmt: skip
        return _record(rows[0]) if rows else None


def _record(r: sqlite3.Row) -> Record:
    return Record(
        seq=r["seq"], at=datetime.fromisoformat(r["at"]), actor=r["actor"], act=r["act"], object=r["object"],
        result=r["result"], reason=r["reason"], detail=json.loads(r["detail"]),
    )  # fmt: skip


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")

"""The audit trail: who did what to which, and when, each entry hashed over the one before, never changed.

Knows the record and the chain, not who may read it (`audit_trail.py`) nor which deeds there are (`web/deeds.py`). A
deed is recorded in its own transaction, or before it: one that cannot be recorded does not happen. What is only read is
recorded within a second by one writer, so that nobody waits for the disk; a crash loses at most that second of it.
"""

from __future__ import annotations

import hashlib
import json
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import astuple, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from . import hidings, sealed
from .audit_chain import GAP, PRUNE, TOLD, Head, said
from .audit_event import Event, entry, gathered, now
from .audit_refusals import EVERY_SECONDS, Refusals
from .db import Database
from .errors import Unavailable
from .settings import Settings

ANCHOR = "audit.head"
"""The file beside the record that says how many entries there are, and the hash of the last."""
FLUSH_SECONDS = 1.0
"""How long what was read waits to be recorded, and the anchor to be written: a crash loses no more."""
WAITING = 10_000
"""Events of reading that may wait while the disk is full, some 10 MB where they are usual ones; after them nothing is
shown any more."""
TEXTS = frozenset({"question", "file"})
"""Parts of a detail that may hold personal data: it is taken out of them."""
LONGEST = 1000
"""Most characters of such a text."""
START, STOP = "box.start", "box.stop"
STARTED = ("settings.change", START)
"""What a box records before the anchor is written for the first time."""
_log = logging.getLogger(__name__)


_carried: ContextVar[list[Event] | None] = ContextVar("carried", default=None)


class Audit:
    """The trail of one box, at work from `open` to `close`. Safe to call from several threads."""

    def __init__(self, settings: Settings, db: Database, clean: Callable[[str], str]) -> None:
        """`clean` takes personal data out of a text; it is called by the writer alone, in no transaction."""
        self._db = db
        self._clean = clean
        self._settings = settings
        self._anchor = settings.data / ANCHOR
        self._seen: list[Event] = []
        self._own: set[str] = set()  # hashes written since the anchor, those of undone deeds too
        self.refusals = Refusals(self.seen)
        self._flushing = threading.Lock()
        self._wake, self._stop = threading.Event(), threading.Event()
        self._writer: threading.Thread | None = None
        self._pruned = ""

    def open(self) -> None:
        """Note whether entries went while the box was down, that it starts, and which settings it has."""
        self._db.before_commit = self._before_commit
        self._stop.clear()
        self._look()
        last = self._db.read("SELECT detail FROM audit WHERE act = ? ORDER BY seq DESC LIMIT 1", START)
        given = _digests(self._settings)
        if last and (was := said(last[0]["detail"]).get("settings", {})) != given:
            names = sorted(name for name in was.keys() | given.keys() if was.get(name) != given.get(name))
            self.note("", "settings.change", names=[f"RAGBOX_{name.upper()}" for name in names])
        self.note("", START, settings=given)
        self._look()  # killed before the writer's first second, the box left its start to be found
        self._writer = threading.Thread(target=self._run, name="audit", daemon=True)
        self._writer.start()

    def close(self) -> None:
        """Record what waits, and that the box stops."""
        if self._writer is None:
            return
        self._stop.set()
        self._wake.set()
        self._writer.join()
        self._writer = None
        try:
            self.refusals.close()
            self.flush()
            self.note("", STOP)
            self.flush()
        except Exception:  # a full disk must not keep the rest from being closed
            _log.exception("the end of the audit trail could not be written")

    # -- what is recorded ----------------------------------------------------------------------------------

    def note(self, actor: str, act: str, object_: str = "", **detail: Any) -> None:
        """Record an event now, in the transaction that is open, or else in one of its own.

        Raises:
            Unavailable: it cannot be recorded; then what it tells of must not happen.
        """
        self.record([Event(actor=actor, act=act, object=object_, detail=detail)])

    def record(self, events: Sequence[Event]) -> None:
        """Record events as `note` does. Raises what it raises."""
        with self._db.write() as db:
            self._append(db, events)

    @contextmanager
    def carried(self, events: Sequence[Event]) -> Iterator[list[Event]]:
        """Record events in the first transaction that is made in this context; the list empties when they are."""
        due = list(events)
        token = _carried.set(due)
        try:
            yield due
        finally:
            _carried.reset(token)

    def require(self) -> None:
        """Return if what is read now can be recorded.

        Raises:
            Unavailable: too much waits to be.
        """
        if len(self._seen) >= WAITING:
            raise Unavailable(
                f"The audit trail cannot be written: {WAITING:,} events wait. Look at the server's disk and log."
            )

    def seen(self, actor: str, act: str, object_: str = "", **detail: Any) -> None:
        """Record within a second that something was read or refused; personal data is taken out of its texts.

        Raises:
            Unavailable: as `require` does.
        """
        self.require()
        kept = {k: self._bounded(v) if k in TEXTS else v for k, v in detail.items()}
        self._seen.append(Event(actor=actor, act=act, object=object_, detail=kept))
        self._wake.set()

    def flush(self) -> None:
        """Record what waits, write the anchor, and let go what is too old."""
        with self._flushing:
            count = len(self._seen)
            due = self._db.read("SELECT * FROM audit_due ORDER BY seq LIMIT ?", WAITING)
            events = [*gathered(self._seen[:count]), *(self._entered(r) for r in due)]
            cleaned = [self._cleaned(event) for event in events]
            if cleaned:
                with self._db.write() as db:
                    self._append(db, cleaned)
                    db.execute("DELETE FROM audit_due WHERE seq <= ?", (due[-1]["seq"] if due else 0,))
            del self._seen[:count]
            self.refusals.settle()
            self._look()
            if self._prune():
                self._look()

    # -- inside --------------------------------------------------------------------------------------------

    def _before_commit(self, db: sqlite3.Connection) -> None:
        if due := _carried.get():
            self._append(db, due)
            due.clear()
        if threading.current_thread() is not self._writer:
            self._wake.set()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.wait(EVERY_SECONDS)  # who was turned away and then gave up is recorded too
            self._stop.wait(FLUSH_SECONDS)
            self._wake.clear()
            try:
                self.flush()
            except Exception:  # a full disk: what waits is tried again
                _log.exception("the audit trail could not be written")
                self._wake.set()

    def _look(self) -> None:
        """Write the anchor, having noted if the chain lacks the entry that it names, or has some by another hand."""
        kept, head = anchor(self._anchor.parent), self._head()
        if kept == head:
            return
        if found := self._amiss(kept, head):
            self.note("", GAP, entries=head.count, **found)
            head = self._head()
        sealed.write(self._anchor, {"count": head.count, "hash": head.hash})

    def _amiss(self, kept: Head | None, head: Head) -> dict[str, Any]:
        if kept is None:
            return {"anchor": "missing"} if head.count else {}
        row = self._db.read("SELECT hash, act FROM audit WHERE seq = ?", kept.count)
        if kept.count and (not row or row[0]["hash"] != kept.hash):
            return {"anchor": kept.count, "hash": kept.hash}
        # A crash leaves entries that the anchor does not know yet; a box that was closed leaves none.
        if self._writer is None and not (row and row[0]["act"] == STOP):
            return {}
        later = self._db.read("SELECT seq, hash, act FROM audit WHERE seq > ? AND seq <= ?", kept.count, head.count)
        # One killed while it started has left that it did, and no more.
        begun = STARTED if self._writer is None else ()
        strange = [r["seq"] for r in later if r["hash"] not in self._own and r["act"] not in begun]
        self._own.difference_update(r["hash"] for r in later)
        return {"strange": strange[:TOLD]} if strange else {}

    def _prune(self) -> bool:
        """Let go entries of more than RAGBOX_AUDIT_DAYS, once a day, having said up to where; tell whether any went."""
        today, kept = now().date().isoformat(), anchor(self._anchor.parent)
        if not self._settings.audit_days or self._pruned == today or kept is None:
            return False
        since = (now() - timedelta(days=self._settings.audit_days)).isoformat(timespec="microseconds")
        with self._db.write() as db:
            # Not the one that the anchor names, by which a missing end is found.
            row = db.execute(
                "SELECT seq, hash FROM audit WHERE seq < ?1 AND seq < "
                "ifnull((SELECT min(seq) FROM audit WHERE at >= ?2), ?1) ORDER BY seq DESC LIMIT 1",
                (kept.count, since),
            ).fetchone()  # fmt: skip
            if row is not None:
                self._append(db, [Event(actor="", act=PRUNE, detail={"to": row["seq"], "hash": row["hash"]})])
                db.execute("DELETE FROM audit WHERE seq <= ?", (row["seq"],))
            hidings.prune(db, since)
        self._pruned = today
        return row is not None

    def _append(self, db: sqlite3.Connection, events: Sequence[Event]) -> None:
        try:
            row = db.execute("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
            head = Head(count=row["seq"], hash=row["hash"]) if row else Head()
            for e in events:
                made = entry(e, head)
                head = Head(count=made.seq, hash=made.hash)
                self._own.add(made.hash)
                db.execute("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?)", astuple(made))
        except sqlite3.Error as error:
            raise Unavailable(
                f"The audit trail cannot be written: {error}. Nothing was done. Look at the server's disk and log."
            ) from error

    def _head(self) -> Head:
        rows = self._db.read("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
        return Head(count=rows[0]["seq"], hash=rows[0]["hash"]) if rows else Head()

    def _entered(self, r: sqlite3.Row) -> Event:
        """Return what the database noted of a document, with the name that it has by now."""
        named = self._db.read("SELECT file FROM files WHERE document = ? ORDER BY file LIMIT 1", r["object"])
        detail = json.loads(r["detail"]) | ({"file": named[0]["file"]} if named else {})
        return Event(at=r["at"], actor=r["actor"], act=r["act"], object=r["object"], detail=detail)

    def _cleaned(self, event: Event) -> Event:
        detail = {k: self._text(v) if k in TEXTS else v for k, v in event.detail.items()}
        return replace(event, detail=detail)

    def _bounded(self, text: object) -> str:
        # What is no text, or was too long to be asked, was refused and is not judged: a megabyte takes minutes.
        return text if isinstance(text, str) and len(text) <= self._settings.max_question_chars else ""

    def _text(self, text: object) -> str:
        return self._clean(self._bounded(text))[:LONGEST]


def anchor(folder: Path) -> Head | None:
    """Return what the file beside the record says; None where it is missing or damaged."""
    try:
        found = json.loads((folder / ANCHOR).read_text(encoding="utf-8"))
        return Head(count=int(found["count"]), hash=str(found["hash"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _digests(settings: Settings) -> dict[str, str]:
    """Return 16 bits of the hash of each setting that was given: they tell a change, and of a secret nothing."""
    fields = settings.model_dump(mode="json", exclude_defaults=True)
    return {name: hashlib.sha256(json.dumps(value).encode()).hexdigest()[:4] for name, value in sorted(fields.items())}

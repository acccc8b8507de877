"""The audit trail as it is read: entries by who, what, which and when, and whether the chain holds. Writes nothing."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from .audit import Audit, anchor
from .audit_chain import Check, Entry, check, said
from .auth import Auth
from .db import Database
from .errors import BadInput
from .types import Actor

FIELDS = ("seq", "at", "actor", "act", "object", "detail", "previous", "hash")
PAGE = 1000
"""Entries read at a time: about 1 MB."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """Which entries; what is empty matches all.

    `since` and `until` are ISO 8601, as dates or times, in UTC where they name no zone; a day is included to its end.
    `act` is one act, or a group of them up to its dot: "user." is all that was done to users.
    """

    since: str = ""
    until: str = ""
    actor: str = ""
    act: str = ""
    object: str = ""


class Trail:
    """The trail of one box, for those who may audit it."""

    def __init__(self, db: Database, auth: Auth, audit: Audit, folder: Path) -> None:
        """`folder` is the data folder, which has the anchor."""
        self._db = db
        self._auth = auth
        self._audit = audit
        self._folder = folder

    def page(self, actor: Actor, wanted: Wanted, *, before: int = 0, limit: int = 100) -> tuple[list[Entry], int]:
        """Return entries, newest first, and how many match in all; `before` is the last `seq` of the page before.

        Raises:
            NotPermitted: the actor may not audit the box.
            BadInput: a time is none.
        """
        self._auth.require(actor, "audit", None)
        self._audit.flush()
        where, values = _where(wanted)
        total = self._db.read(f"SELECT count(*) FROM audit WHERE {where}", *values)[0][0]
        newest = f"{where} AND (? = 0 OR seq < ?) ORDER BY seq DESC LIMIT ?"
        return self._read(newest, *values, before, before, limit), total

    def acts(self, actor: Actor) -> list[str]:
        """Return the acts that there are, by name. Raises NotPermitted."""
        self._auth.require(actor, "audit", None)
        return [r["act"] for r in self._db.read("SELECT DISTINCT act FROM audit ORDER BY act")]

    def names(self, actor: Actor, documents: Collection[str]) -> dict[str, str]:
        """Return what the trail last called these documents (ids), of those that it has named; gone ones too.

        Raises:
            NotPermitted: the actor may not audit the box.
        """
        self._auth.require(actor, "audit", None)
        # The plus keeps SQLite at the index by object: by act it would read the entries of all documents.
        rows = self._db.read(
            """SELECT object, detail FROM audit WHERE object IN (SELECT value FROM json_each(?))
                AND +act IN ('document.indexed', 'document.rejected') ORDER BY seq""",
            json.dumps(list(documents)),
        )
        found = {r["object"]: said(r["detail"]).get("file", "") for r in rows}
        return {document: file for document, file in found.items() if isinstance(file, str) and file}

    def check(self, actor: Actor, noted: str = "") -> Check:
        """Check the whole chain; `noted` is the hash of an entry that somebody kept. 100,000 entries take about 1 s.

        Raises:
            NotPermitted: the actor may not audit the box.
        """
        self._auth.require(actor, "audit", None)
        self._audit.flush()
        kept = anchor(self._folder)  # before the entries, which go on while they are read
        return check(self._all("1", ()), kept, noted.strip().lower())

    def export(self, actor: Actor, wanted: Wanted, form: str) -> Iterator[str]:
        """Return entries, oldest first, as "csv" or "jsonl", piece by piece.

        Raises:
            NotPermitted: the actor may not audit the box.
            BadInput: a time or the form is none.
        """
        self._auth.require(actor, "audit", None)
        if form not in ("csv", "jsonl"):
            raise BadInput(f"{form!r} is no form of the audit trail. Choose csv or jsonl.")
        self._audit.flush()
        found = self._all(*_where(wanted))
        return _table(found) if form == "csv" else (f"{json.dumps(e.plain(), ensure_ascii=False)}\n" for e in found)

    def _all(self, where: str, values: tuple[str, ...]) -> Iterator[Entry]:
        last = float("-inf")  # whoever puts entries in may give them any number
        while page := self._read(f"{where} AND seq > ? ORDER BY seq LIMIT ?", *values, last, PAGE):
            yield from page
            last = page[-1].seq

    def _read(self, where: str, *values: object) -> list[Entry]:
        return [_entry(r) for r in self._db.read(f"SELECT * FROM audit WHERE {where}", *values)]


def _where(wanted: Wanted) -> tuple[str, tuple[str, ...]]:
    until = _time(wanted.until, "until")
    with suppress(ValueError):
        until = f"{date.fromisoformat(wanted.until.strip())}T24"  # after the last moment of that day
    group = wanted.act.endswith(".")
    parts = {
        "at >= ?": _time(wanted.since, "since"), "at < ?": until,
        "actor = ?": wanted.actor, "object = ?": wanted.object,
        "act = ?": "" if group else wanted.act, "substr(act, 1, instr(act, '.')) = ?": wanted.act if group else "",
    }  # fmt: skip
    given = {sql: value for sql, value in parts.items() if value}
    return " AND ".join(given) or "1", tuple(given.values())


def _time(text: str, name: str) -> str:
    if not text:
        return ""
    try:
        found = datetime.fromisoformat(text.strip())
        found = (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):  # the first hours of the year 1 in a zone to the east
        raise BadInput(f"{name} is {text!r}, which is no time. Write 2026-01-31, or 2026-01-31T08:00.") from None
    return found.isoformat(timespec="microseconds")


def _table(entries: Iterator[Entry]) -> Iterator[str]:
    stream = io.StringIO()
    stream.write("\ufeff")  # or Excel takes it for Latin-1
    rows = csv.writer(stream)
    rows.writerow(FIELDS)
    for entry in entries:
        told = said(entry.detail)  # the record has it in ASCII, as it was hashed
        shown = asdict(entry) | ({"detail": json.dumps(told, ensure_ascii=False)} if told else {})
        # A spreadsheet computes what begins like a formula: an apostrophe makes it text.
        rows.writerow(f"'{v}" if isinstance(v, str) and v[:1] in "=+-@\t" and v else v for v in shown.values())
        if stream.tell() > 1 << 16:
            yield stream.getvalue()
            stream.seek(0)
            stream.truncate()
    yield stream.getvalue()


def _entry(r: sqlite3.Row) -> Entry:
    return Entry(**{name: r[name] for name in FIELDS})

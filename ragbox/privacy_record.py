"""The record of privacy: policies, additions to the rules, who changed them, and counts. Never a value, but in lists.

Knows its tables, not who may change them nor what a policy does.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from .db import Database
from .redact.policy import Style

ROLE, COLLECTION, CUSTOM = "role", "collection", "custom"
Removed = tuple[str, str, str]
"""(day, collection id, entity)"""
Open = tuple[str, str, str]
"""(day, collection id, role)"""


@dataclass(frozen=True, kw_only=True)
class Policies:
    """What was set: styles by role and by collection (id); who stands in neither has the default."""

    roles: Mapping[str, Style] = field(default_factory=dict)
    collections: Mapping[str, Style] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """Who changed what: `kind` is "role", "collection" or "custom"; a style is "" where none was or is set."""

    at: datetime
    actor: str
    kind: str
    name: str
    before: str
    after: str

    def plain(self) -> dict[str, str]:
        """Return it as JSON."""
        return asdict(self) | {"at": self.at.isoformat()}


class PrivacyRecord:
    """Reads and writes them."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def policies(self) -> Policies:
        """Return all policies."""
        found: dict[str, dict[str, Style]] = {ROLE: {}, COLLECTION: {}}
        for r in self._db.read("SELECT kind, name, style FROM privacy_policies"):
            found[r["kind"]][r["name"]] = Style(r["style"])
        return Policies(roles=found[ROLE], collections=found[COLLECTION])

    def name_of(self, collection: str) -> str:
        """Return the name of the collection of this id, "" where there is none."""
        return "".join(r["name"] for r in self._db.read("SELECT name FROM collections WHERE id = ?", collection))

    def set_policy(self, actor: str, kind: str, name: str, style: Style | None) -> None:
        """Set a policy, or take it away with None, and note who did."""
        with self._db.write() as db:
            row = db.execute("SELECT style FROM privacy_policies WHERE (kind, name) = (?, ?)", (kind, name)).fetchone()
            db.execute("DELETE FROM privacy_policies WHERE (kind, name) = (?, ?)", (kind, name))
            if style:
                db.execute("INSERT INTO privacy_policies VALUES (?, ?, ?)", (kind, name, style))
            self._note(actor, kind, name, row["style"] if row else "", style or "")

    def custom(self) -> dict[str, Any]:
        """Return the additions to the rules as `Custom.plain` made them; {} where there are none."""
        rows = self._db.read("SELECT custom FROM privacy_custom")
        found: dict[str, Any] = json.loads(rows[0]["custom"]) if rows else {}
        return found

    def set_custom(self, actor: str, custom: Mapping[str, Any]) -> None:
        """Replace the additions to the rules; of the change only how many there were and are is noted."""
        before = self.custom()
        with self._db.write() as db:
            db.execute("INSERT OR REPLACE INTO privacy_custom VALUES (1, ?)", (json.dumps(custom, ensure_ascii=False),))
            self._note(actor, CUSTOM, "", _sizes(before), _sizes(custom))

    def changes(self, limit: int = 100) -> list[Change]:
        """Return the last changes, newest first."""
        rows = self._db.read("SELECT * FROM privacy_changes ORDER BY seq DESC LIMIT ?", limit)
        return [
            Change(
                at=datetime.fromisoformat(r["at"]), actor=r["actor"], kind=r["kind"], name=r["name"],
                before=r["before"], after=r["after"],
            )
            for r in rows
        ]  # fmt: skip

    def add(self, removed: Counter[Removed], opened: Counter[Open]) -> None:
        """Add to the counts."""
        with self._db.write() as db:
            db.executemany(
                """INSERT INTO privacy_counts VALUES (?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET count = count + excluded.count""",
                [(*key, count) for key, count in removed.items()],
            )
            db.executemany(
                """INSERT INTO privacy_open VALUES (?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET answers = answers + excluded.answers""",
                [(*key, count) for key, count in opened.items()],
            )

    def removed(self, since: str) -> list[dict[str, Any]]:
        """Return how many values were taken out from a day (ISO) on, by day, collection (id) and entity."""
        rows = self._db.read("SELECT * FROM privacy_counts WHERE day >= ? ORDER BY day DESC, collection, entity", since)
        return [dict(r) for r in rows]

    def opened(self, since: str) -> list[dict[str, Any]]:
        """Return how many answers nothing was taken out of from a day (ISO) on, by day, collection (id) and role."""
        rows = self._db.read("SELECT * FROM privacy_open WHERE day >= ? ORDER BY day DESC, collection, role", since)
        return [dict(r) for r in rows]

    def _note(self, actor: str, kind: str, name: str, before: str, after: str) -> None:
        with self._db.write() as db:
            db.execute(
                "INSERT INTO privacy_changes (at, actor, kind, name, before, after) VALUES (?, ?, ?, ?, ?, ?)",
                (datetime.now(UTC).isoformat(timespec="microseconds"), actor, kind, name, before, after),
            )


def _sizes(custom: Mapping[str, Any]) -> str:
    """Return how long each list is: its words may be the very data that is to be kept from view."""
    return ", ".join(f"{len(custom.get(part, ()))} {part}" for part in ("patterns", "deny", "allow", "keep"))

"""The chain of the audit trail: how an entry is hashed over the one before, and whether all of it still holds.

Knows no database. Each hash stands for all entries up to it: whoever notes one down can tell later whether any of them
was changed, taken out, put in or moved. The chain has no key: who may write the data folder could compute it anew from
some entry on, and is found by a hash that is kept elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

GENESIS = "0" * 64
"""What stands before the first entry."""
PRUNE, GAP = "audit.prune", "audit.gap"
"""The acts by which old entries went (`to`, `hash`), and by which the box noted that some went or were put in."""
TOLD = 20
"""Most faults that are told of: one edit may break thousands of entries."""
Fault = Literal["changed", "missing", "order", "start", "end", "gap", "noted"]
"""`changed`: its hash is not that of what it says. `missing`: the entry before it is. `order`: it does not follow the
entry before it. `start`: the first ones went without a note. `end`: the last ones went, or the anchor did. `gap`: the
box found so itself, or entries that it did not write. `noted`: no entry has the hash that was noted down."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One event. `at` is ISO 8601 in UTC, `actor` a user ("" for the box), `detail` JSON as it was hashed."""

    seq: int
    at: str
    actor: str
    act: str
    object: str
    detail: str = field(repr=False)
    previous: str
    hash: str

    def plain(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {name: getattr(self, name) for name in self.__slots__} | {"detail": said(self.detail)}

    def sealed(self) -> str:
        """Return the SHA-256, in hex, that its fields should have: of a JSON list in ASCII, so of one form only."""
        fields = [self.seq, self.at, self.actor, self.act, self.object, self.detail, self.previous]
        return hashlib.sha256(json.dumps(fields, separators=(",", ":")).encode()).hexdigest()


def said(detail: str) -> dict[str, Any]:
    """Return an entry's detail; {} where somebody has made something else of it."""
    try:
        found = json.loads(detail)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """The last entry of a chain; of an empty one `count` is 0."""

    count: int = 0
    hash: str = GENESIS


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """What came of a check: entries read, the first and the last of them, and (seq, fault) of the first faults."""

    entries: int
    first: int
    head: Head
    faults: tuple[tuple[int, Fault], ...]

    @property
    def whole(self) -> bool:
        """Tell whether nothing is amiss."""
        return not self.faults


def check(entries: Iterable[Entry], anchor: Head | None, noted: str = "") -> Check:
    """Read a chain from its first entry to its last, beside the anchor kept outside of the record.

    `anchor` is None where the file is missing or damaged; `noted` is the hash of some entry, kept by an auditor.
    """
    faults: list[tuple[int, Fault]] = []
    first = count = 0
    head, begins, pruned, anchored = Head(), Head(), Head(), anchor is not None and anchor.count == 0
    found = noted in ("", GENESIS)
    for entry in entries:
        count += 1
        if count == 1:
            first, begins = entry.seq, Head(count=entry.seq - 1, hash=entry.previous)
        elif entry.seq != head.count + 1:
            faults.append((entry.seq, "missing"))
        elif entry.previous != head.hash:
            faults.append((entry.seq, "order"))
        if entry.sealed() != entry.hash:
            faults.append((entry.seq, "changed"))
        elif entry.act == PRUNE:
            told = said(entry.detail)
            pruned = Head(count=told.get("to", 0), hash=told.get("hash", ""))
        elif entry.act == GAP:
            faults.append((entry.seq, "gap"))
        head = Head(count=entry.seq, hash=entry.hash)
        anchored = anchored or anchor == head
        found = found or entry.hash == noted
    if begins not in (Head(), pruned):
        faults.insert(0, (first, "start"))
    if not anchored:
        faults.append((head.count, "end"))
    if not found:
        faults.append((head.count, "noted"))
    return Check(entries=count, first=first, head=head, faults=tuple(faults[:TOLD]))

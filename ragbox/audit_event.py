"""What is to be recorded in the audit trail, and how it becomes an entry of the chain. Writes nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from .audit_chain import Entry, Head

LONGEST = 64_000
"""Most characters of a detail: 1,000 grants. Of a longer one only its length is recorded."""


def now() -> datetime:
    """Return the present time in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """What is to be recorded; `detail` is plain JSON of small size, never text of a document."""

    actor: str
    act: str
    object: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict, repr=False)
    at: str = field(default_factory=lambda: now().isoformat(timespec="microseconds"))


def entry(e: Event, head: Head) -> Entry:
    """Return the entry that an event is after the last one."""
    # A lone surrogate in a name cannot be stored. Sorted and in ASCII, so that equal details are equal texts.
    actor, act, of = (part.encode("utf-8", "replace").decode() for part in (e.actor, e.act, e.object))
    detail = json.dumps(dict(e.detail), sort_keys=True, separators=(",", ":"), default=str)
    if len(detail) > LONGEST:
        detail = json.dumps({"characters": len(detail)}, separators=(",", ":"))
    blank = Entry(
        seq=head.count + 1, at=e.at, actor=actor, act=act, object=of, detail=detail, previous=head.hash, hash=""
    )
    return replace(blank, hash=blank.sealed())


def gathered(events: Sequence[Event]) -> list[Event]:
    """Return events with those that say the same counted as one: a guesser tries a thousand tokens a second."""
    found: dict[str, list[Event]] = {}
    for e in events:
        same = json.dumps([e.actor, e.act, e.object, dict(e.detail)], sort_keys=True, default=str)
        found.setdefault(same, []).append(e)
    return [
        replace(alike[0], detail={**alike[0].detail, "times": len(alike)}) if len(alike) > 1 else alike[0]
        for alike in found.values()
    ]

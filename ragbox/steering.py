"""Which documents a question means: a gain for each that it names, by company, title, period and kind of paper.

A soft prior: nothing is left out by it. Keeps the papers of each collection in memory, by the collection's state.
"""

from __future__ import annotations

import threading
from collections.abc import Collection as Ids
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic

from . import asked
from .db import Database
from .papers import FACETS, FAVOURED, Papers, Weights

WEIGHTS = Weights()
REST = 20
"""While documents come in, the map is built anew at most this many times its cost apart."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Course:
    """Where to look: documents' gains, what is searched on its own (collection, document), what takes turns; by ids."""

    gains: Mapping[str, float] = field(default_factory=dict)
    favoured: tuple[tuple[str, str], ...] = ()
    facets: tuple[frozenset[str], ...] = ()


class Steering:
    """Reads the record's profiles. Safe to call from several threads."""

    def __init__(self, db: Database, weights: Weights = WEIGHTS) -> None:
        self._db = db
        self._weights = weights
        self._maps: dict[str, tuple[int, float, float, Papers]] = {}  # version, when and how long it was built
        self._building = threading.Lock()

    def course(self, question: str, collections: Ids[str]) -> Course:
        """Return where to look for a question in collections (ids); nothing where it names no document."""
        wanted = asked.read(question)
        courses = [(c, self._map(c).course(wanted, self._weights)) for c in collections]
        gains = {d: g for _, (found, _, _) in courses for d, g in found.items()}
        alone = sorted(((c, d) for c, (_, found, _) in courses for d in found), key=lambda cd: -gains.get(cd[1], 0.0))
        facets = [f for _, (_, _, found) in courses for f in found]
        return Course(gains=gains, favoured=tuple(alone[:FAVOURED]), facets=tuple(facets[:FACETS]))

    def _map(self, collection: str) -> Papers:
        rows = self._db.read("SELECT version FROM versions WHERE collection = ?", collection)
        version = rows[0]["version"] if rows else 0
        with self._building:
            known = self._maps.get(collection)
            if known and (known[0] == version or (known[2] > 0.05 and monotonic() < known[1] + REST * known[2])):
                return known[3]
            started = monotonic()
            made = Papers(self._db, collection)
            self._maps[collection] = (version, started, monotonic() - started, made)
            return made

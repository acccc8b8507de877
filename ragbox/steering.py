"""Which documents a question means: a gain for each that it names, by company, title, period and kind of paper.

A soft prior: nothing is left out by it. Keeps the papers of each collection in memory, by the collection's state.
"""

from __future__ import annotations

import threading
from collections.abc import Collection as Ids
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from time import monotonic, thread_time
from types import MappingProxyType

from . import asked
from .db import Database
from .papers import FAVOURED, Found, Papers, Weights

WEIGHTS = Weights()
VIEWS = 32
"""Maps without what is hidden from some that are kept, beside the whole one of each collection."""
FACETS = 6
"""Documents or groups that a question is split for at most: of 8 passages each has one."""
REST = 20
"""While documents come in, the map is built anew at most this many times its cost apart."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Course:
    """Where to look: documents' gains, what is searched on its own (collection, document), what takes turns; by ids.

    `rest` is what the question asks of those that are searched on their own, without what only names them.
    """

    gains: Mapping[str, float] = field(default_factory=dict)
    favoured: tuple[tuple[str, str], ...] = ()
    facets: tuple[frozenset[str], ...] = ()
    rest: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Map:
    """The papers of a collection as of a version; when the building began and what work it took, seconds."""

    version: int
    started: float
    took: float
    papers: Papers


_Key = tuple[str, frozenset[str]]
"""A collection, and its documents that the map leaves out (ids)."""


class Steering:
    """Reads the record's profiles. Safe to call from several threads."""

    def __init__(self, db: Database, weights: Weights = WEIGHTS) -> None:
        self._db = db
        self._weights = weights
        self._maps: dict[_Key, _Map] = {}
        self._building: dict[_Key, threading.Lock] = {}

    def course(
        self, question: str, collections: Ids[str], others: Sequence[str] = (),
        hidden: Mapping[str, frozenset[str]] = MappingProxyType({}),
    ) -> Course:  # fmt: skip
        """Return where to look for a question in collections (ids); nothing where it names no document.

        `others` are further names of what it asks about, `hidden` the documents of each collection that there are not.
        """
        wanted = replace(asked.read(question), others=tuple(others))
        maps = {c: self._map(c, hidden.get(c, frozenset())) for c in collections}
        named = {c: papers.named(wanted) for c, papers in maps.items()}
        companies = len({key for groups in named.values() for key in groups})
        found = {c: papers.course(wanted, self._weights, named[c], companies) for c, papers in maps.items()}
        gains = {d: g for f in found.values() for d, g in f.gains.items()}
        facets = _joined(list(found.values()))
        shelf = {
            d: c for c, f in found.items() for d in (*f.clear, *(d for facet in f.facets for d in facet.documents))
        }
        clear = sorted((d for f in found.values() for d in f.clear), key=lambda d: -gains.get(d, 0.0))
        alone = [d for turn in zip_longest(*facets) for d in turn if d is not None] or clear
        return Course(
            gains=gains, favoured=tuple((shelf[d], d) for d in alone[:FAVOURED]), facets=tuple(map(frozenset, facets)),
            rest=_without(question, frozenset().union(*(f.naming for f in found.values()))),
        )  # fmt: skip

    def _map(self, collection: str, hidden: frozenset[str]) -> Papers:
        """Return a collection's map, where another thread builds a new one that of before; nobody waits but for the
        first."""
        key = (collection, hidden)
        versions = {r["collection"]: r["version"] for r in self._db.read("SELECT collection, version FROM versions")}
        version = versions.get(collection, 0)
        known = self._maps.get(key)
        if known and _holds(known, version):
            return known.papers
        building = self._building.setdefault(key, threading.Lock())
        if not building.acquire(blocking=known is None) and known:
            return known.papers
        try:
            known = self._maps.get(key)
            if known and _holds(known, version):  # made while this one waited
                return known.papers
            started, before = monotonic(), thread_time()  # work, not waiting: a busy machine makes no map dear
            made = Papers(self._db, collection, hidden)
            self._maps[key] = _Map(version=version, started=started, took=thread_time() - before, papers=made)
            maps = self._maps.copy()  # another thread may let one go meanwhile
            views = sorted((k for k in maps if k[1]), key=lambda k: maps[k].started)
            for gone in [*(k for k in maps if k[0] not in versions), *views[:-VIEWS]]:
                self._maps.pop(gone, None)
                self._building.pop(gone, None)
            return made
        finally:
            building.release()


def _holds(known: _Map, version: int) -> bool:
    late = monotonic() >= known.started + REST * known.took
    return known.version == version or (known.took > 0.05 and not late)


def _without(question: str, naming: frozenset[str]) -> str:
    """Return a question without these words and Chinese names; "" where there are none, or nothing else is left."""
    rest = asked.WORD.sub(lambda m: "" if m[0] in naming else m[0], question)
    for name in naming:
        rest = rest if name.isascii() else rest.replace(name, "")
    return rest if rest != question and asked.WORD.search(rest) else ""


def _joined(found: Sequence[Found]) -> list[tuple[str, ...]]:
    """Return the facets (document ids) of all collections; none where all would be one, or of a kind not asked for."""
    facets: dict[str, tuple[str, ...]] = {}
    for facet in (facet for f in found for facet in f.facets):
        facets[facet.label] = (*facets.get(facet.label, ()), *facet.documents)
    fitting = not any(f.fits for f in found) or any(facet.fits for f in found for facet in f.facets)
    return list(facets.values())[:FACETS] if len(facets) > 1 and fitting else []

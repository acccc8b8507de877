"""The papers of one collection by what they are: names, titles, periods, kinds; and how well a question means each.

Knows the record's profiles as they were when it was built, and no passage.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from . import periods
from .called import Called
from .db import Database
from .periods import Period
from .profile import spaced
from .rows import SHOWN, read_profile

if TYPE_CHECKING:
    import numpy as np

    from .asked import Asked
    from .called import Groups

    Array = np.ndarray[Any, Any]

FAVOURED = 6
"""Documents searched on their own at most, about 3 ms each."""
YEAR = 0.25
"""What a period counts where no company is named and a paper is not of the kind asked for."""
CALENDAR = 0.5
"""What a quarter counts that is the one asked for by the calendar, in a paper that names it otherwise."""
SECOND = 0.5
"""What a further company counts that a paper is of."""
MOST = 0.165
"""What a document gains at most, however many names, words and periods of the question it bears: with the rank of the
last of 50 candidates (0.017) it stays behind what is first in both legs (0.182), of whatever document that is."""
AHEAD = 12
"""Months from now: what lies further ahead (a plan, a budget) is no newest paper."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Weights:
    """What a document gains, on the scale of fused ranks, where first in both legs is 0.18."""

    name: float = 0.06
    period: float = 0.06
    form: float = 0.02
    title: float = 0.02
    both: float = 0.04
    """What is of the company and of the period gains besides: the company's other quarters look just like it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Facet:
    """Documents (ids) that take turns with other facets; of several collections those with one label are one facet."""

    label: str
    documents: tuple[str, ...]
    fits: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """Gains by document (id), those clearly meant, facets, and whether any document is of the kind asked for.

    `naming` is what of the question only says which papers are meant.
    """

    gains: dict[str, float]
    clear: tuple[str, ...] = ()
    facets: tuple[Facet, ...] = ()
    fits: bool = False
    naming: frozenset[str] = frozenset()


class Papers:
    """The documents of one collection, by what they are."""

    def __init__(self, db: Database, collection: str, hidden: frozenset[str] = frozenset()) -> None:
        """Read the documents of a collection (id) but for those that are hidden (ids)."""
        import numpy as np

        rows = db.read(
            f"""SELECT d.id, d.title, p.profile, (SELECT json_group_array(file) FROM files f WHERE f.document = d.id)
                AS files FROM {SHOWN} d LEFT JOIN profiles p ON p.document = d.id
                WHERE d.collection = ? AND d.status = 'indexed' AND d.id NOT IN (SELECT value FROM json_each(?))
                ORDER BY d.id""", collection, json.dumps(list(hidden)),
        )  # fmt: skip
        self._ids = [r["id"] for r in rows]
        profiles = [read_profile(r["profile"]) for r in rows]
        stems = [[PurePosixPath(f).stem for f in json.loads(r["files"])] for r in rows]
        # As written too: apart, GitHub and PayPal are no words that anybody asks for.
        titles = [(r["title"], *named, *map(spaced, named)) for r, named in zip(rows, stems, strict=True)]
        self._owned = np.array([bool(p.company) for p in profiles])
        self._called = Called([p.company for p in profiles], [p.aliases for p in profiles], titles)
        self._forms = [p.form for p in profiles]
        self._kinds = {form: n for n, form in enumerate(dict.fromkeys(self._forms))}
        self._kind = np.array([self._kinds[form] for form in self._forms])
        stated = [periods.parse(p.period or " ".join(named[:1])) for p, named in zip(profiles, stems, strict=True)]
        ends = [periods.parse(p.ends) for p in profiles]
        self._year = np.array([p.year for p in stated])
        self._part = np.array([p.part for p in stated], dtype=object)
        self._stated = np.array([p.order if p.year else 0 for p in stated])
        known = [e if e.end else s for s, e in zip(stated, ends, strict=True)]
        self._day = np.array([int(p.end.replace("-", "").ljust(8, "0") or 0) for p in known])
        self._order = np.array([p.order if p.year else 0 for p in known])

    def named(self, wanted: Asked) -> Groups:
        """Return the papers of each company that a question names; a contract's parties only where one is asked for."""
        return self._called.named(wanted)

    def course(self, wanted: Asked, weights: Weights, groups: Groups, companies: int) -> Found:
        """Return what the documents gain, by the groups that are named here of the companies named anywhere."""
        import numpy as np

        total = len(self._ids)
        if not total:
            return Found(gains={})
        name = np.zeros(total)
        # What a second firm adds tells an agreement of both from one's others; whoever compares two asks for none.
        second = SECOND if "contract" in wanted.forms else 0.0
        for papers, worth in groups.values():
            name[papers] = np.maximum(name[papers], worth) + second * np.minimum(name[papers], worth)
        form = np.isin(self._kind, [self._kinds[f] for f in wanted.forms if f in self._kinds]) * 1.0
        # Alone it says little: the report of 2025 has the figures of 2024, the minutes of November not the prices then.
        said = np.ones(total) if companies else np.where(form > 0, 1.0, YEAR)
        matches = [self._period(p) * said for p in wanted.periods]
        period = np.maximum.reduce(matches) if matches else np.zeros(total)
        if wanted.span and len(wanted.periods) > 1:
            period = np.maximum(period, self._within(wanted.periods) * said)
        if wanted.latest:
            period = np.maximum(period, self._latest(name, form))
        if companies:  # of others' papers of that time none is meant
            period = np.where(name > 0, period, 0.0)
        title = self._called.titled(wanted)
        sure = weights.name * name + weights.period * period + weights.form * form
        sure += weights.both * np.minimum(name, period)
        gain = sure + weights.title * title
        best = np.argsort(-gain, kind="stable")[:FAVOURED]
        meant = (name > 0) | (period > 0) | (title > 0.5)
        clear = [self._ids[n] for n in best if meant[n] and gain[n] > 0.5 * gain[best[0]]]
        if np.count_nonzero(gain >= gain[best[0]] - 1e-9) > FAVOURED:  # so many mean the same that none is meant
            clear = []
        facets = list[Facet]()
        for label, split in self._split(wanted, groups, companies, matches, period, sure):
            documents = tuple(self._ids[n] for n in split)
            if not any(set(documents) <= set(f.documents) for f in facets):
                facets.append(Facet(label=label, documents=documents, fits=bool(form[split].any())))
        gains = {self._ids[n]: min(MOST, float(gain[n])) for n in np.flatnonzero(gain > 0)}
        agreed = bool(clear) and name[best[0]] > 0 and not self._owned[best[0]] and "contract" in wanted.forms
        naming = self._called.naming(wanted, groups) if agreed else frozenset[str]()
        return Found(gains=gains, clear=tuple(clear), facets=tuple(facets), fits=bool(form.any()), naming=naming)

    def _period(self, wanted: Period) -> Array:
        """Return how well each document is of a period, 0 to 1."""
        import numpy as np

        if wanted.end:
            day = int(wanted.end.replace("-", "").ljust(8, "0"))
            return np.maximum((self._day == day) * 1.0, (self._day // 100 == day // 100) * 0.8)
        same, calendar = self._year == wanted.year, self._day // 10000 == wanted.year
        if not wanted.part:
            return np.maximum(same * np.where(self._part == "", 1.0, 0.8), calendar * CALENDAR)
        calendar &= self._order == Period(year=wanted.year, part=wanted.part).order
        return np.maximum((same & (self._part == wanted.part)) * 1.0, calendar * CALENDAR)

    def _within(self, ends: Sequence[Period]) -> Array:
        """Return 1 for each document that lies between the first and the last period by its own count."""
        first, last = min(p.order for p in ends), max(p.order for p in ends)
        inside: Array = ((self._stated >= first) & (self._stated <= last)) * 1.0
        return inside

    def _latest(self, name: Array, form: Array) -> Array:
        """Return 1 for the newest of those that are named or of the kind asked for; of all papers none is meant."""
        import numpy as np

        today = datetime.now(UTC)
        among = (name > 0 if name.any() else form > 0) & (self._order <= 12 * today.year + today.month + AHEAD)
        if (among & (form > 0)).any():
            among &= form > 0
        newest = np.max(np.where(among, self._order, 0))
        return (among & (self._order == newest) & (newest > 0)) * 1.0

    def _split(
        self, wanted: Asked, groups: Groups, companies: int, matches: Sequence[Array], period: Array, sure: Array
    ) -> Iterator[tuple[str, list[int]]]:
        """Yield (label, documents) that shall take turns: by company, by period, or one after the other in time."""
        for key, (found, _) in groups.items():
            if not self._owned[found].any():  # agreements: what two parties are named for is one paper, or theirs
                continue
            if wanted.span and len(matches) > 1:
                inside = [n for n in self._alike(found, wanted) if period[n] >= 0.8]
                yield from ((self._ids[n], [n]) for n in sorted(inside, key=lambda n: -self._order[n]))
            elif len(matches) > 1:
                of = [[int(n) for n in found if m[n] >= 0.8] for m in matches]
                yield from ((f"{key} {at}", f) for at, f in enumerate(of) if f)
            elif wanted.series and len(alike := self._alike(found, wanted)) > 1:
                yield from ((self._ids[n], [n]) for n in sorted(alike, key=lambda n: (-sure[n], -self._order[n])))
            elif companies > 1:
                best = max(sure[found])
                yield key, [int(n) for n in found if sure[n] == best]

    def _alike(self, found: Array, wanted: Asked) -> list[int]:
        """Return those of a company's documents that are one series: of one kind, of several times."""
        kinds = [(n, self._forms[n]) for n in map(int, found) if self._order[n] and self._forms[n]]
        kinds = [(n, form) for n, form in kinds if form in wanted.forms] or kinds
        most = Counter(form for _, form in kinds).most_common(1)
        return [n for n, form in kinds if form == most[0][0]] if most else []

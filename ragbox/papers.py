"""The papers of one collection by what they can be called: names, titles, periods, kinds; and which a question means.

Knows the record's profiles as they were when it was built, and no passage.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from math import log
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from . import asked, periods
from .db import Database
from .periods import Period
from .profile import core
from .rows import SHOWN, read_profile

if TYPE_CHECKING:
    import numpy as np

    from .asked import Asked

    Array = np.ndarray[Any, Any]

FACETS = 6
"""Documents or groups that a question is split for at most: of 8 passages each has one."""
FAVOURED = 6
"""Documents searched on their own at most, about 3 ms each."""
PART = 0.6
"""What the first word of a longer company name counts: JPMorgan for JPMorgan Chase."""
YEAR = 0.25
"""What a period counts where neither a company nor a kind of paper is named."""
QUIET = 0.4
"""What a word of a title counts that the question writes small: names are what tells papers apart."""
CALENDAR = 0.5
"""What a quarter counts that is the one asked for by the calendar, in a paper that names it otherwise."""
_COMMON = frozenset(
    "american general united first national international global new best great standard royal public advanced "
    "applied allied bank china central federal the university city state report annual quarterly".split()
)
_STOP = frozenset(
    "the and for are was were what which who whom whose how when where why did does has have had can could may "
    "much many any all its our their his her this that these those from with into over under than then them they "
    "you your not per via out off about between during after before each more most company document "
    "report question answer".split()
)

Found = tuple[dict[str, float], list[str], list[frozenset[str]]]
"""Gains by document (id), documents to be searched on their own, facets that take turns."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Weights:
    """What a document gains, on the scale of fused ranks, where first in both legs is 0.18."""

    name: float = 0.12
    period: float = 0.12
    form: float = 0.02
    title: float = 0.02


class Papers:
    """The documents of one collection, by what they can be called."""

    def __init__(self, db: Database, collection: str) -> None:
        import numpy as np

        rows = db.read(
            f"""SELECT d.id, d.title, p.profile, (SELECT json_group_array(file) FROM files f WHERE f.document = d.id)
                AS files FROM {SHOWN} d LEFT JOIN profiles p ON p.document = d.id
                WHERE d.collection = ? AND d.status = 'indexed' ORDER BY d.id""", collection,
        )  # fmt: skip
        self._ids = [r["id"] for r in rows]
        names: dict[str, dict[int, float]] = {}
        words: dict[str, set[int]] = {}
        forms, stated, ends = list[str](), list[Period](), list[Period]()
        for n, r in enumerate(rows):
            profile = read_profile(r["profile"])
            stems = [PurePosixPath(f).stem for f in json.loads(r["files"])]
            for called in filter(None, (profile.company, *profile.aliases)):
                for key, worth in _keys(called):
                    held = names.setdefault(key, {})
                    held[n] = max(worth, held.get(n, 0.0))
            for word in {w for text in (r["title"], *stems) for w in _words(text)}:
                words.setdefault(word, set()).add(n)
            forms.append(profile.form)
            stated.append(periods.parse(profile.period or " ".join(stems[:1])))
            ends.append(periods.parse(profile.ends))
        self._names = {k: (np.array(list(v)), np.array(list(v.values()))) for k, v in names.items()}
        self._words = {k: np.array(sorted(v)) for k, v in words.items()}
        self._forms = np.array(forms, dtype=object)
        self._year = np.array([p.year for p in stated])
        self._part = np.array([p.part for p in stated], dtype=object)
        self._stated = np.array([p.order if p.year else 0 for p in stated])
        known = [e if e.end else s for s, e in zip(stated, ends, strict=True)]
        self._day = np.array([int(p.end.replace("-", "").ljust(8, "0") or 0) for p in known])
        self._order = np.array([p.order if p.year else 0 for p in known])
        self._longest = max((len(k) for k in names), default=0)

    def course(self, wanted: Asked, weights: Weights) -> Found:
        """Return gains, documents to be searched on their own, facets."""
        import numpy as np

        total = len(self._ids)
        if not total:
            return {}, [], []
        groups = list(self._named(wanted))
        name = np.zeros(total)
        for found, worth in groups:
            name[found] = np.maximum(name[found], worth)
        # Alone it says little: the report of 2025 has the figures of 2024, the minutes of November not the prices then.
        matches = [self._period(p) * (1.0 if groups or wanted.forms else YEAR) for p in wanted.periods]
        period = np.maximum.reduce(matches) if matches else np.zeros(total)
        if wanted.span and len(wanted.periods) > 1:
            period = np.maximum(period, self._within(wanted.periods))
        form = np.array([f in wanted.forms for f in self._forms]) * 1.0
        if wanted.latest:
            period = np.maximum(period, self._latest(name, form))
        title = self._titled(wanted)
        gain = weights.name * name + weights.period * period + weights.form * form + weights.title * title
        if groups:  # of others' papers of that time none is meant
            gain = np.where(name > 0, gain, gain - weights.period * period)
        facets = self._facets(wanted, groups, matches, period, gain)
        best = np.argsort(-gain, kind="stable")[:FAVOURED]
        sure = (name > 0) | (period > 0) | (title > 0.5)
        clear = [int(n) for n in best if sure[n] and gain[n] > 0.5 * gain[best[0]]]
        if np.count_nonzero(gain >= gain[best[0]] - 1e-9) > FAVOURED:  # so many mean the same that none is meant
            clear = []
        alone = [n for turn in zip_longest(*facets) for n in turn if n is not None] or clear
        gains = {self._ids[n]: float(gain[n]) for n in np.flatnonzero(gain > 0)}
        return (
            gains, [self._ids[n] for n in alone[:FAVOURED]], [frozenset(self._ids[n] for n in f) for f in facets]
        )  # fmt: skip

    def _named(self, wanted: Asked) -> Iterator[tuple[Any, Any]]:
        """Yield (documents, worth) for each company that is named, the longest names first."""
        words = wanted.words
        cased = any(len(w) > 1 and w[0].isupper() for w in words[1:])
        taken: set[int] = set()
        seen: set[bytes] = set()
        for length in range(min(5, len(words)), 0, -1):
            for start in range(len(words) - length + 1):
                place = set(range(start, start + length))
                key = "".join(words[start : start + length]).casefold()
                found, first = self._names.get(key), words[start]
                # Tickers are words (IT, ALL, NOW), companies too (Apple, Target).
                loud = first.isupper() if len(key) <= 3 else first[0].isupper() or first[0].isdigit() or not cased
                if found is None or taken & place or not loud:
                    continue
                taken |= place
                if (whose := found[0].tobytes()) not in seen:
                    seen.add(whose)
                    yield found
        for run in (w for w in words if "\u3400" <= w[0] <= "\ufaff"):
            start = 0
            while start < len(run):
                reach = min(self._longest, len(run) - start)
                size = next((s for s in range(reach, 1, -1) if run[start : start + s] in self._names), 0)
                if size and (whose := (papers := self._names[run[start : start + size]])[0].tobytes()) not in seen:
                    seen.add(whose)
                    yield papers
                start += size or 1

    def _titled(self, wanted: Asked) -> Array:
        """Return how much of the rare words of titles in the question each document's title and names have, 0 to 1."""
        import numpy as np

        scores, most, total = np.zeros(len(self._ids)), 0.0, len(self._ids)
        loud = {
            w: 1.0 if n and written[0].isupper() else QUIET
            for n, written in enumerate(wanted.words)
            for w in _words(written)
        }
        for word, weight in loud.items():
            found = self._words.get(word)
            if found is not None and (rare := weight * log(total / len(found))) > 0:
                scores[found] += rare
                most += rare
        return scores / max(most, log(total)) if most else scores

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
        """Return 1 for the newest of those that are named, of the kind asked for if there are such."""
        import numpy as np

        among = name > 0 if name.any() else np.ones(len(self._ids), dtype=bool)
        if (among & (form > 0)).any():
            among = among & (form > 0)
        newest = np.max(np.where(among, self._order, 0))
        return (among & (self._order == newest) & (newest > 0)) * 1.0

    def _facets(
        self, wanted: Asked, groups: Sequence[tuple[Any, Any]], matches: Sequence[Any], period: Any, gain: Any
    ) -> list[list[int]]:
        """Return groups of documents that shall take turns: by company, by period, or one after the other in time."""
        split: list[list[int]] = []
        for found, _ in groups:
            if wanted.span and len(matches) > 1:
                inside = [n for n in self._alike(found, wanted) if period[n] >= 0.8]
                split += [[n] for n in sorted(inside, key=lambda n: -self._order[n])]
            elif len(matches) > 1:
                of = [[int(n) for n in found if m[n] >= 0.8] for m in matches]
                split += [f for f in of if f and f not in split]
            elif wanted.series and len(alike := self._alike(found, wanted)) > 1:
                split += [[n] for n in sorted(alike, key=lambda n: (-gain[n], -self._order[n]))]
            elif len(groups) > 1:
                best = max(gain[found])
                split.append([int(n) for n in found if gain[n] == best])
        return split[:FACETS] if len(split) > 1 else []

    def _alike(self, found: Any, wanted: Asked) -> list[int]:
        """Return those of a company's documents that are one series: of one kind, of several times."""
        kinds = [(n, self._forms[n]) for n in map(int, found) if self._order[n] and self._forms[n]]
        kinds = [(n, form) for n, form in kinds if not wanted.forms or form in wanted.forms]
        most = Counter(form for _, form in kinds).most_common(1)
        return [n for n, form in kinds if form == most[0][0]] if most else []


def _keys(called: str) -> Iterator[tuple[str, float]]:
    """Yield (what a question's words joined can be, worth) for a company's name."""
    for name in {called, core(called)}:
        yield "".join(_split(name)).casefold(), 1.0
    words = _split(core(called))
    if len(words) > 1 and len(words[0]) >= 4 and words[0].casefold() not in _COMMON:
        yield words[0].casefold(), PART


def _split(name: str) -> tuple[str, ...]:
    return tuple(asked.WORD.findall(name))


def _words(text: str) -> Iterator[str]:
    """Yield the words of a title or question, plural or not; Chinese as pairs of signs."""
    for word in _split(text.casefold()):
        if "\u3400" <= word[0] <= "\ufaff":
            yield from (word[n : n + 2] for n in range(len(word) - 1))
        elif len(word) > 2 and word not in _STOP:
            yield word[:-1] if len(word) > 3 and word.endswith("s") else word

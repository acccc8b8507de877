"""What the papers of one collection are called: companies and words of titles, and which of them a question names.

Knows names and titles by the papers' numbers, no profile and no period.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count, pairwise
from math import log
from typing import TYPE_CHECKING, Any

from . import asked
from .asked import Asked
from .profile import core

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]
    Groups = dict[str, tuple[Array, Array]]
    """Company as it is keyed -> (numbers of the papers that are its, what each counts, 0 to 1)."""

PART = 0.6
"""What the first word of a longer company name counts: JPMorgan for JPMorgan Chase."""
QUIET = 0.4
"""What a word of a title counts that the question writes small: names are what tells papers apart."""
SHORT = 4
"""Letters that a company's name has at least to be looked for in the titles of papers that are nobody's."""
_COMMON = frozenset(
    "american general united first national international global new best great standard royal public advanced "
    "applied allied bank china central federal the university city state report annual quarterly agreement contract "
    "this common second services".split()
)
_STOP = frozenset(
    "the and for are was were what which who whom whose how when where why did does has have had can could may "
    "much many any all its our their his her this that these those from with into over under than then them they "
    "you your not per via out off about between during after before each more most company document "
    "report question answer".split()
)


class Called:
    """The names and titles of papers, by number.

    Args:
        companies: for each paper the company it is of, "" for none.
        aliases: for each paper what its company is called besides.
        titles: for each paper its title and file names.
    """

    def __init__(
        self, companies: Sequence[str], aliases: Sequence[Sequence[str]], titles: Sequence[Sequence[str]]
    ) -> None:
        import numpy as np

        self._total = len(titles)
        names: dict[str, dict[int, float]] = {}
        parties: dict[str, dict[int, float]] = {}
        words: dict[str, set[int]] = {}
        firms: dict[str, float] = {}
        for n, company, others, texts in zip(count(), companies, aliases, titles, strict=False):
            for called in filter(None, (company, *others)):
                for key, worth in _keys(called):
                    held = (names if company else parties).setdefault(key, {})
                    held[n] = max(worth, held.get(n, 0.0))
                    if called is company and (len(key) >= SHORT or not key.isascii()):
                        firms[key] = max(worth, firms.get(key, 0.0))
            for word in {w for text in texts for w in _words(text)}:
                words.setdefault(word, set()).add(n)
        for held in parties.values():  # a firm that all contracts name tells none from another
            rare = log((self._total + 1) / len(held)) / log(self._total + 1)
            held.update({n: worth * rare for n, worth in held.items()})
        every = names.keys() | parties.keys()
        self._longest = max(map(len, every), default=0)
        # A contract is of two parties and so nobody's, but its title often says whose: it stands beside their reports.
        self._nobodys = frozenset(n for n in range(self._total) if not companies[n])
        for n in self._nobodys:
            for key in {k for text in titles[n] for k in _runs(text, self._longest) if k in firms}:
                names[key][n] = firms[key]
        self._firms = {k: _arrays(held) for k, held in names.items()}
        self._names = {k: _arrays(parties.get(k, {}) | names.get(k, {})) for k in every}
        self._words = {k: np.array(sorted(v)) for k, v in words.items()}

    def named(self, wanted: Asked) -> Groups:
        """Return the papers of each company that is named; one whose papers are all another's is that other.

        Not so where the papers are agreements: each party of them is a firm of its own. Parties are looked for only
        where a contract is asked for: else "Boeing Capital" of a lease hides what Boeing reports.
        """
        found = dict(self._found(wanted, self._names if "contract" in wanted.forms else self._firms))
        sets = {key: frozenset(papers.tolist()) for key, (papers, _) in found.items()}
        return {
            key: group for key, group in found.items()
            if sets[key] <= self._nobodys or not any(sets[key] < other for other in sets.values())
        }  # fmt: skip

    def naming(self, wanted: Asked, groups: Groups) -> frozenset[str]:
        """Return what of the question only says which papers it means: firms' names, words of titles written large."""
        words = wanted.words
        said = {w for n, w in enumerate(words) if n and w[0].isupper() and any(t in self._words for t in _words(w))}
        for length in range(1, min(5, len(words)) + 1):
            for start in range(len(words) - length + 1):
                if "".join(words[start : start + length]).casefold() in groups:
                    said.update(words[start : start + length])
        return frozenset(said) | {key for key in groups if _han(key)}

    def titled(self, wanted: Asked) -> Array:
        """Return how much of the rare words of titles in the question each paper's title and names have, 0 to 1."""
        import numpy as np

        scores, most = np.zeros(self._total), 0.0
        loud = {
            w: 1.0 if n and written[0].isupper() else QUIET
            for n, written in enumerate(wanted.words)
            for w in _words(written)
        }
        for word, weight in loud.items():
            found = self._words.get(word)
            if found is not None and (rare := weight * log(self._total / len(found))) > 0:
                scores[found] += rare
                most += rare
        return scores / max(most, log(self._total)) if most else scores

    def _found(self, wanted: Asked, names: Groups) -> Iterator[tuple[str, tuple[Array, Array]]]:
        """Yield (key, papers) for each of these names in the question, longest first, each set of papers once."""
        words = wanted.words
        cased = any(len(w) > 1 and w[0].isupper() for w in words[1:])
        taken: set[int] = set()
        seen: set[bytes] = set()
        for length in range(min(5, len(words)), 0, -1):
            for start in range(len(words) - length + 1):
                place = set(range(start, start + length))
                key = "".join(words[start : start + length]).casefold()
                found, first = names.get(key), words[start]
                # Tickers are words (IT, ALL, NOW), companies too (Apple, Target).
                loud = first.isupper() if len(key) <= 3 else first[0].isupper() or first[0].isdigit() or not cased
                if found is None or taken & place or not loud:
                    continue
                taken |= place
                if (whose := found[0].tobytes()) not in seen:
                    seen.add(whose)
                    yield key, found
        for run in filter(_han, words):
            start = 0
            while start < len(run):
                reach = min(self._longest, len(run) - start)
                size = next((s for s in range(reach, 1, -1) if run[start : start + s] in names), 0)
                if size and (whose := names[run[start : start + size]][0].tobytes()) not in seen:
                    seen.add(whose)
                    yield run[start : start + size], names[run[start : start + size]]
                start += size or 1
        for other in wanted.others:
            key = "".join(_split(other)).casefold()
            if key in names and (whose := names[key][0].tobytes()) not in seen:
                seen.add(whose)
                yield key, names[key]


def _arrays(held: dict[int, float]) -> tuple[Array, Array]:
    import numpy as np

    papers = sorted(held)  # two names of the same papers are told by it
    return np.array(papers), np.array([held[n] for n in papers])


def _keys(called: str) -> Iterator[tuple[str, float]]:
    """Yield (what a question's words joined can be, worth) for a company's name."""
    for name in {called, core(called)}:
        yield "".join(_split(name)).casefold(), 1.0
    words = _split(core(called))
    if len(words) > 1 and len(words[0]) >= 4 and words[0].casefold() not in _COMMON:
        yield words[0].casefold(), PART


def _runs(text: str, longest: int) -> Iterator[str]:
    """Yield what a name in a title can be: one to three words written large, joined; any run of Chinese signs."""
    words = _split(text)
    for word in filter(_han, words):
        yield from (word[a:b] for a in range(len(word)) for b in range(a + 2, min(len(word), a + longest) + 1))
    for start, word in enumerate(words):
        if word[0].isupper():
            yield from ("".join(words[start : start + n]).casefold() for n in (1, 2, 3))


def _han(word: str) -> bool:
    return "\u3400" <= word[0] <= "\ufaff"


def _split(name: str) -> tuple[str, ...]:
    return tuple(asked.WORD.findall(name))


def _words(text: str) -> Iterator[str]:
    """Yield the words of a title or question, plural or not; Chinese as pairs of signs."""
    for word in _split(text.casefold()):
        if _han(word):
            yield from (a + b for a, b in pairwise(word))
        elif len(word) > 2 and word not in _STOP:
            yield word[:-1] if len(word) > 3 and word.endswith("s") else word

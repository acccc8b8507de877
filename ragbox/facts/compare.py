"""What of a sentence stands in a passage, and what stands there otherwise. Knows no model and no index."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from ..engines.evidence import spans
from ..text import HAN, language
from ..types import Hit
from .claims import SCOPE, Name, Statement, Token, has, negations, refuses, statement, tokens, words
from .figures import Date, Figure, Figures
from .numerals import plain

NEAR = 0.5
"""Share of a sentence's words that has to stand in a passage's in the same order before the two are compared in place:
below, the same figure may well say something else."""
LIKE, COPIED = 0.65, 0.75
"""The same share, from which words in a name's place are taken for one, and from which all is that differs."""
WIDE = 6
"""Words (ideographs: twice as many) that may differ around a figure or name that stands in another's place."""
REACH = 40
"""Characters before a word in which a negation of it is looked for."""
JOINING = frozenset(
    "但是 不过 然而 可是 因为 由于 所以 因此 因而 并且 而且 以及 或者 如果 假如 虽然 尽管 目前 现在 如今 曾经 已经 "
    "后来 之后 其后 其中 此外 另外 同时 当时 位于 大约 主要 开始 成为 具有 拥有 建立 成立 创立 "
    "称为 通过 作为 根据 对于 关于".split()
)
"""Chinese words that are put for one another, or for nothing, when a sentence is worded anew."""
POINTING = frozenset("这那该此其他她它本两双前后")
"""How Chinese words begin that stand for a name told before."""
STOPS = frozenset(",.;:!?。、|\n")
_HAN = re.compile(f"[{HAN}]")
_SMALL = re.compile(r"\b[a-z]\w+")
_ALL_HAN = re.compile(f"[{HAN}·]{{2,}}")
Fact = Figure | Date | Name
Place = tuple[int, int]
"""Start and end in a plain text."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """A sentence or table row of a passage, taken apart: where it is quoted from, and what it says."""

    start: int
    end: int
    shown: str
    says: Statement
    tokens: tuple[Token, ...]
    terms: frozenset[str]
    own: frozenset[str]
    """Those without the header of a table."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """A hit's chunk with its title and context, taken apart. `signs` is its text without white space."""

    stretches: tuple[Stretch, ...]
    figures: Figures
    outside: Figures
    """Those of its title, section and file name."""
    words: frozenset[str]
    sure: frozenset[str]
    """Keys of the words that are names beyond doubt."""
    signs: str
    context: frozenset[str]
    """Index terms of its title, section and file name."""
    language: str


def passage_of(hit: Hit, terms: Callable[[str], Sequence[str]]) -> Passage:
    """Take a hit apart; `terms` cuts a text into index terms."""
    chunk, document = hit.chunk, hit.document
    around = f"{document.title}\n{document.file}\n{chunk.context}\n{chunk.section}\n{chunk.text[: chunk.head]}"
    stretches = tuple(
        Stretch(
            start=s.start, end=s.end, shown=s.shown, says=(says := statement(s.shown)),
            tokens=tuple(tokens(says.text)), terms=(own := frozenset(terms(says.text))),
            own=frozenset(terms(plain(chunk.text[s.start : s.end]))) if chunk.head else own,
        )
        for s in spans(hit)
    )  # fmt: skip
    outside = statement(around)
    said = [s.says for s in stretches] + [outside]
    small = {m[0] for m in _SMALL.finditer(chunk.text)}
    whole = f"{plain(chunk.text)}\n{outside.text}"
    return Passage(
        stretches=stretches, figures=sum((s.figures for s in said), Figures()), words=words(whole),
        outside=outside.figures,
        sure=frozenset(n.key for s in said for n in s.names if n.sure or n.key not in small),
        signs="".join(whole.split()).casefold(),
        context=frozenset(terms(outside.text)), language=language(chunk.text),
    )  # fmt: skip


def missing(says: Statement, passages: Sequence[Passage]) -> Iterator[str]:
    """Yield the dates, numbers and names of a statement, as written there, that none of the passages has.

    A name is not looked for in a passage of the other script.
    """
    found = sum((p.figures for p in passages), Figures())
    yield from uncounted(says.figures, found)
    latin = frozenset[str]().union(*(p.words for p in passages))
    sure = frozenset[str]().union(*(p.sure for p in passages))
    signs = "".join(p.signs for p in passages if p.language == "zh")
    english = language(says.text) != "en" or any(p.language != "zh" for p in passages)
    for name in says.names:
        if name.han:
            there = not signs or any(pair in signs for pair in map("".join, pairwise(name.key)))
        else:
            there = has(latin, name) or not (name.code or (english and (name.sure or name.key in sure)))
        if not there:
            yield name.written


def uncounted(asked: Figures, found: Figures) -> Iterator[str]:
    """Yield the dates and firm figures, as written, that are not among those found."""
    for date in asked.dates:
        if not any(_dated(date, d, found) for d in found.dates) if date.month else not _stands(date.year, found):
            yield date.written
    for figure in asked.figures:
        if figure.firm and not any(figure.same(f) for f in found.figures):
            yield figure.written


def _stands(year: int, found: Figures) -> bool:
    return any(float(year) in f.values for f in found.figures if not f.unit)


def _dated(date: Date, other: Date, found: Figures) -> bool:
    """Tell whether another date is this one; its year may stand elsewhere in the passages."""
    whole = other.month and (other.day or not date.day) and (other.year or not date.year or _stands(date.year, found))
    return bool(whole) and date.same(other)


@dataclass(frozen=True, kw_only=True, slots=True)
class Contradiction:
    """What the statement says, and what the stretch says in its place; "" where one denies what the other says."""

    said: str
    instead: str = ""


def contradiction(
    says: Statement, stretch: Stretch, other: Statement, passages: Sequence[Passage]
) -> Contradiction | None:
    """Return where a statement that is worded nearly like a stretch of the passages says otherwise.

    `other` is what the stretch says, with its Chinese names.
    """
    sure = frozenset[str]().union(*(p.sure for p in passages))
    signs = "".join(p.signs for p in passages)
    mine, its = tokens(says.text), stretch.tokens
    matcher = SequenceMatcher(None, [t.text for t in mine], [t.text for t in its], autojunk=False)
    blocks = [b for b in matcher.get_matching_blocks() if b.size]
    alike = sum(b.size for b in blocks) / max(1, len(mine))
    if alike < NEAR:
        return None
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "replace" and max(b - a, d - c) <= (2 * WIDE if _HAN.match(mine[a].text) else WIDE):
            left, right = (mine[a].start, mine[b - 1].end), (its[c].start, its[d - 1].end)
            found = _replaced(says.text, _facts(says, sure), left, other.text, _facts(other, sure), right)
            if found or (found := _renamed(says.text, left, other, right, signs, alike)):
                return found
    same = {b.a + n: b.b + n for b in blocks for n in range(b.size)}
    denied = _denied(says.text, mine, other.text, its, same) or _denied(
        other.text, its, says.text, mine, {v: k for k, v in same.items()}
    )
    return Contradiction(said=denied) if denied else None


def denial(says: Statement, stretches: Sequence[Stretch]) -> str:
    """Return a statement's negation, with what it turns round, where no stretch says no to anything; or ""."""
    if any(refuses(s.says.text) for s in stretches):
        return ""
    return next((says.text[start : start + REACH // 2] for start, _ in negations(says.text)), "")


def _facts(says: Statement, sure: Set[str]) -> list[Fact]:
    figures = [f for f in says.figures.figures if f.firm]
    names = [n for n in says.names if n.sure or n.key in sure]
    return [*figures, *says.figures.dates, *names]


def _replaced(
    text: str, mine: Sequence[Fact], left: Place, other: str, its: Sequence[Fact], right: Place
) -> Contradiction | None:
    """Return the fact within `left` in whose place, `right`, a different one of its kind stands.

    Where they stand among other words, one may be told elsewhere in the sentence, so both have to be told once only.
    """
    for here in _within(mine, left):
        there = [f for f in _within(its, right) if type(f) is type(here)]
        if not there or any(_same(here, f) for f in there):
            continue
        alone = _alone(text, left, mine, type(here)) and _alone(other, right, its, type(here))
        if alone or not (any(_same(here, f) for f in its) or any(_same(f, there[0]) for f in mine)):
            return Contradiction(said=here.written, instead=there[0].written)
    return None


def _renamed(text: str, left: Place, other: Statement, right: Place, signs: str, alike: float) -> Contradiction | None:
    """Return Chinese words that stand in the place of a name.

    The dictionary tells only some of the names: where the rest is copied, words from elsewhere in the passages are
    taken for one too, and those longer than the two signs of most other words.
    """
    here, there = text[slice(*left)], other.text[slice(*right)]
    if not (_ALL_HAN.fullmatch(here) and _ALL_HAN.fullmatch(there)) or here in JOINING or here in other.text:
        return None
    elsewhere = here in signs
    other_name = any(n.han and n.start < right[1] and n.end > right[0] and n.written not in text for n in other.names)
    named = alike >= LIKE and other_name and here[0] not in POINTING and (elsewhere or alike >= COPIED)
    copied = alike >= COPIED and there not in text and (elsewhere or max(len(here), len(there)) > 2)
    if named or copied:
        return Contradiction(said=here, instead=there)
    return None


def _within(facts: Sequence[Fact], place: Place) -> list[Fact]:
    return [f for f in facts if f.start < place[1] and f.end > place[0]]


def _alone(text: str, place: Place, facts: Sequence[Fact], kind: type) -> bool:
    """Tell whether nothing but facts of one kind stands in a place."""
    left = set(range(*place))
    for fact in facts:
        if isinstance(fact, kind):
            left -= set(range(fact.start, fact.end))
    return not any(text[n].isalnum() for n in left)


def _same(one: Fact, other: Fact) -> bool:
    if isinstance(one, Name) and isinstance(other, Name):
        return one.key == other.key or has(frozenset({other.key}), one)
    if isinstance(one, Figure) and isinstance(other, Figure):
        return one.same(other)
    return isinstance(one, Date) and isinstance(other, Date) and one.same(other)


def _denied(text: str, mine: Sequence[Token], other: str, its: Sequence[Token], same: Mapping[int, int]) -> str:
    """Return a negation, with the word it turns round, of the first text that the second says without one; or ""."""
    for start, end in negations(text):
        after = [n for n, t in enumerate(mine) if t.start >= end]
        scope = after[: SCOPE * (2 if _HAN.match(text, start) else 1)]
        stop = next((i for i, n in enumerate(scope) if mine[n].text in STOPS), len(scope))
        told = [n for n in scope[:stop] if n in same]
        if not told or len(told) < min(2, stop):
            continue
        place = its[same[told[0]]].start
        before = re.split(f"[{''.join(map(re.escape, STOPS))}]", other[max(0, place - REACH) : place])[-1]
        if not refuses(before[-REACH // 3 :] if _HAN.search(before) else before):
            return text[start : mine[told[-1]].end]
    return ""

"""What a company calls things: terms with their other names, checked, in CSV, and found in a question. Pure rules.

Knows neither who may edit them nor where they are kept (`ragbox/glossary.py`).
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from .errors import BadInput
from .text import HAN

SHARE = 0.6
"""What another name of a thing counts beside the words of the question."""
MOST, NAMES, LONGEST = 2000, 20, 100
"""Rows of a glossary, other names of a row, characters of a name."""
ASKED, SAID = 10, 60
"""Names of a question that are read, and their other names in sum: a long question full of names costs no more."""
HEAD = ("term", "other names")
_HEADS = frozenset({"term", "术语"})
_WORD = re.compile(rf"[{HAN}]|[^\W_{HAN}]+")
_FORMULA = "=+-@"


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One row: a term and its other names. Each of them stands for each."""

    term: str
    names: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Expansion:
    """A stretch of a question as it is written, and its other names."""

    written: str
    others: tuple[str, ...]


def key(name: str) -> str:
    """Return what two names share that are the same but for case, widths and white space."""
    return plain(name).casefold()


def plain(name: str) -> str:
    """Return a name as it is kept: no wide letters, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", name).split())


def checked(term: str, names: Iterable[str]) -> Entry:
    """Return a row as it is kept.

    Raises:
        BadInput: a name is empty, too long or no name, there is none or too many, or two are the same.
    """
    made = Entry(term=plain(term), names=tuple(map(plain, names)))
    for name in (made.term, *made.names):
        _check(name)
    if not made.names:
        raise BadInput(f"The term {made.term!r} has no other name. Give at least one.")
    if len(made.names) > NAMES:
        raise BadInput(f"The term {made.term!r} has {len(made.names)} other names, {NAMES} are the most. Drop some.")
    seen: set[str] = set()
    for name in made.names:
        if key(name) == key(made.term):
            raise BadInput(f"The term {made.term!r} names itself. Leave it out of its other names.")
        if key(name) in seen:
            raise BadInput(f"The term {made.term!r} has the name {name!r} twice. Leave one out.")
        seen.add(key(name))
    return made


def _check(name: str) -> None:
    if not _WORD.search(name):
        raise BadInput("A term or a name is empty. Write at least one letter or digit.")
    if len(name) > LONGEST:
        raise BadInput(f"The name {name[:30]!r} … has {len(name)} characters, {LONGEST} are the most. Shorten it.")
    if not name.isprintable():
        raise BadInput(f"The name {name!r} has a sign that cannot be shown. Write it anew.")
    if name[0] in _FORMULA:
        raise BadInput(f"The name {name!r} begins like a formula of a spreadsheet. Begin it with a letter or a digit.")
    if len(name) == 1 and re.match(f"[{HAN}]", name):
        raise BadInput(f"The name {name!r} is a single sign, which stands in many words. Write a longer one.")


# -- CSV ---------------------------------------------------------------------------------------------------


def read_csv(text: str) -> list[Entry]:
    """Return the rows of a CSV: the term, then its other names, a cell each; a line of heads and empty lines are none.

    Commas, semicolons or tabs part the cells: whichever the first line has most of.

    Raises:
        BadInput: a row is wrong or a term has two (names the line), there is none, or there are more than MOST.
    """
    text = text.removeprefix("\ufeff")
    first = text.strip().partition("\n")[0]
    made, seen = list[Entry](), dict[str, int]()
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
    try:
        for row in reader:
            if not any(map(str.strip, row)) or (not made and key(row[0]) in _HEADS):
                continue
            if len(made) == MOST:
                raise BadInput(f"This file has more than {MOST} terms. Leave out those that nobody asks for.")
            try:
                entry = checked(row[0], filter(str.strip, row[1:]))
            except BadInput as error:
                raise BadInput(f"Line {reader.line_num}: {error}") from None
            if key(entry.term) in seen:
                raise BadInput(
                    f"Line {reader.line_num}: The term {entry.term!r} stands in line {seen[key(entry.term)]} too. "
                    "Put the names of both into one line."
                )
            seen[key(entry.term)] = reader.line_num
            made.append(entry)
    except csv.Error as error:
        raise BadInput(f"Line {reader.line_num}: This is no CSV ({error}). Save the table as CSV again.") from None
    if not made:
        raise BadInput("There is no term in this file. Put one in each line, with its other names behind it.")
    return made


def write_csv(entries: Iterable[Entry]) -> str:
    """Return rows as a CSV that `read_csv` reads and a spreadsheet takes for UTF-8."""
    made = io.StringIO(newline="")
    writer = csv.writer(made)
    writer.writerows([HEAD, *((e.term, *e.names) for e in entries)])
    return "\ufeff" + made.getvalue()


# -- questions ---------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Node:
    """What follows a beginning of names, word by word; `others` of the name that ends here."""

    after: dict[str, _Node] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)


class Wording:
    """The names of a glossary as one tree of words: a question is gone through once, however many names there are."""

    def __init__(
        self, entries: Iterable[Entry], terms: Callable[[str], Sequence[str]], everyday: Callable[[str], bool]
    ) -> None:
        """`terms` cuts a text into index terms; `everyday` tells whether a name stands in almost any question."""
        self._terms = terms
        self._root = _Node()
        self._shouted: dict[str, list[str]] = {}
        """Abbreviations that are everyday words too, IT and US: they count as they are written."""
        for entry in entries:
            names = entry.term, *entry.names
            for name in names:
                held = self._shouted.setdefault(name, []) if everyday(name) else self._place(name).others
                if len(held) < NAMES:  # a name that all rows share would be compared rows times rows
                    held += [other for other in names if other != name and other not in held][: NAMES - len(held)]

    def find(self, question: str) -> tuple[Expansion, ...]:
        """Return the names in a question, the longest first where several begin at a word, each once.

        The first ASKED names, with the first SAID others in sum; of a name that stands in many rows, NAMES others.
        """
        if not self._root.after and not self._shouted:
            return ()
        text = unicodedata.normalize("NFKC", question)
        words = list(_WORD.finditer(text))
        keys = [self._key(word[0]) for word in words]
        made: dict[str, Expansion] = {}
        at, room = 0, SAID
        while at < len(words) and len(made) < ASKED and room:
            end, others = self._longest(keys, at)
            if not end and (others := self._shouted.get(words[at][0], [])):
                end = at + 1
            if end:
                written = text[words[at].start() : words[end - 1].end()]
                if key(written) not in made:
                    made[key(written)] = Expansion(written=written, others=tuple(others[:room]))
                    room -= len(made[key(written)].others)
            at = end or at + 1
        return tuple(made.values())

    def _longest(self, keys: Sequence[str], at: int) -> tuple[int, list[str]]:
        """Return where the longest name that begins at a word ends, 0 for none, and its other names."""
        node, end, others = self._root, 0, list[str]()
        for n, word in enumerate(islice(keys, at, None), start=at + 1):
            if word not in node.after:
                break
            node = node.after[word]
            if node.others:
                end, others = n, node.others
        return end, others

    def _place(self, name: str) -> _Node:
        node = self._root
        for word in self._keys(name):
            node = node.after.setdefault(word, _Node())
        return node

    def _keys(self, name: str) -> Iterator[str]:
        return (self._key(word) for word in _WORD.findall(name))

    def _key(self, word: str) -> str:
        """Return a word as it is compared: a Chinese sign as it is, other words by their stem."""
        word = word.casefold()
        if re.match(f"[{HAN}]", word):
            return word
        return next(iter(self._terms(word)), word)

"""The capitalised words of a folded text, and what the lists say of each. Knows no rule; `names_en.py` does."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import regex

from .words_en import BRANDS, COMPANY, MODIFIERS, NOT_NAMES, PARTICLES, PLACE, PLACES, ROADS, TITLES
from .words_given import GIVEN, UNSURE
from .words_names import PINYIN, SURNAMES

_LETTER = r"[\p{Latin}\p{Cyrillic}\p{Greek}\p{M}]"
WORD = regex.compile(
    rf"(?<![\p{{Latin}}\d_@./#&\\-])(\p{{Lu}}{_LETTER}*+(?:['’-]{_LETTER}++)*+)(?![\d_@/\\]|\.\p{{Ll}})"
)
_PARTICLES = regex.compile(rf" (?:(?:{'|'.join(sorted(PARTICLES))}) ){{1,3}}")
_NO_SURNAME = regex.compile(
    r".{3,}(?:tions?|sion|ments?|ness|ship|ity|ities|ance|ence|ical|able|[a-z]{2}ings?|ology|ware|ism|ists?)"
    rf"|.+(?:{'|'.join(regex.escape(road) for road in ROADS if road.isascii() and len(road) > 3)}|str)"
)
_NO_NAMES = (NOT_NAMES, COMPANY, PLACE, PLACES, TITLES)


class Word:
    """A capitalised word: where it stands, how it is looked up, and what joins it to the next one."""

    __slots__ = ("end", "initial", "joint", "key", "possessive", "start", "text")

    def __init__(self, match: regex.Match[str], text: str) -> None:
        word = match[1]
        self.start, self.end = match.span(1)
        self.possessive = word.endswith(("'s", "’s"))
        if self.possessive:
            word, self.end = word[:-2], self.end - 2
        self.text = word
        self.key = key_of(word)
        self.initial = len(word) == 1
        # A full stop belongs to initials and titles; after any other word it ends the sentence.
        stop = text[self.end : self.end + 1] == "." and (self.initial or self.key in TITLES)
        self.joint = self.end + stop


@lru_cache(maxsize=4096)
def key_of(word: str) -> str:
    """Return a word as the lists write it: lower case, without accents and apostrophes."""
    if not word.isascii():
        word = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    return word.lower().replace("'", "").replace("’", "")


@lru_cache(maxsize=4096)
def is_given(key: str) -> bool:
    """Tell whether the word is a known given name, or begins with one and a dash."""
    return key in GIVEN or ("-" in key and key.split("-")[0] in GIVEN)


def is_sure(key: str) -> bool:
    """Tell whether a word is a given name and hardly ever anything else."""
    return is_given(key) and key.split("-")[0] not in UNSURE


@lru_cache(maxsize=4096)
def is_surname(key: str) -> bool:
    """Tell whether the word is a known surname."""
    return key in SURNAMES or key in PINYIN or ("-" in key and any(part in SURNAMES for part in key.split("-")))


@lru_cache(maxsize=4096)
def likely(word: str, key: str, capitals: bool = False) -> bool:
    """Tell whether an unknown word could be a surname at all; one in capitals only where the whole name is."""
    if is_surname(key):
        return key not in COMPANY
    if len(key) < 2 or (word.isascii() and any(key in words for words in _NO_NAMES)):
        return False
    if "-" in key and any(part in words for part in key.split("-") for words in (NOT_NAMES, COMPANY)):
        return False
    if word.isupper():
        return capitals and len(word) > 4
    if "-" not in word and any(c.isupper() for c in word[3:]):  # JavaScript
        return False
    return not _NO_SURNAME.fullmatch(key)


def follows(words: list[Word], at: int, whole: str) -> bool:
    """Tell whether the next word belongs to the same chain."""
    if at + 1 >= len(words) or words[at].possessive:
        return False
    gap = whole[words[at].joint : words[at + 1].start]
    return gap == " " or (not gap and words[at].initial) or _PARTICLES.fullmatch(gap) is not None


def branded(words: list[Word], at: int, last: int, whole: str) -> bool:
    """Tell whether the name is a company's or a product's, or a part of it: Booz Allen Hamilton."""
    first, end = at, last
    while first and at - first < 2 and follows(words, first - 1, whole):
        first -= 1
    while end - last < 2 and follows(words, end, whole):
        end += 1
    return any(
        "_".join(word.key for word in words[one : other + 1]) in BRANDS
        for one in range(first, at + 1)
        for other in range(last, end + 1)
    )


def named_after(words: list[Word], last: int, whole: str) -> bool:
    """Tell whether a thing is named after whom the words name: Harvey Mudd College, James Webb Space Telescope."""
    while follows(words, last, whole):
        last += 1
        key = words[last].key
        if key in COMPANY or (key in PLACE and not is_surname(key)):
            return True
        if key not in MODIFIERS:
            return False
    return False

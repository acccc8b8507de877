"""People's names in Latin letters: a title, a known given name, a label or initials before capitalised words.

Knows no stream. A name is a chain of capitalised words; what is a heading, a company, a street or a month in it is no
name. A known given name alone counts where it is hardly ever another word; an unknown word counts after a title, a
known given name or a label only.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import regex

from .found import Found
from .words_en import BRANDS, COMPANY, LABELS, NOT_NAMES, PARTICLES, PLACE, PLACES, ROADS, STRONG_LABELS, TITLES
from .words_names import GIVEN, PINYIN, SURNAMES, UNSURE, WORDS

_LETTER = r"[\p{Latin}\p{Cyrillic}\p{Greek}\p{M}]"
_WORD = regex.compile(
    rf"(?<![\p{{Latin}}\d_@./#&\\-])(\p{{Lu}}{_LETTER}*+(?:['’-]{_LETTER}++)*+)(?![\d_@/\\]|\.\p{{Ll}})"
)
_PARTICLES = regex.compile(rf" (?:(?:{'|'.join(sorted(PARTICLES))}) ){{1,3}}")
_LABEL = regex.compile(
    rf"(?<![\p{{Latin}}])(?P<word>{'|'.join(sorted(LABELS, key=len, reverse=True))})"
    r"(?:'s)?(?: +(?:names?|person|manager|officer|to|was|with|as|of))*+"
    r"(?P<mark> *[:=?]| +(?:is|by|me|him|her)|)[ |>*\"']*$",
    regex.IGNORECASE,
)
_SYLLABLE = (
    "(?:[bpmfdtnlgkhjqxzcsryw]|[zcs]h)?(?:[iu]?a(?:ng?|o|i)?|[iu]?e(?:ng?|i|r)?|i(?:ng?|u|ong)?|ong?|ou?|u(?:i|n|o)?)"
)
_PINYIN = regex.compile(rf"{_SYLLABLE}(?:[-']?{_SYLLABLE})?")
_CELL_BEGINS, _CELL_ENDS = regex.compile(r"(?:^|[|\t>*])[ *`]*$"), regex.compile(r"[ *`]*(?:$|[|\t])")
_NO_SURNAME = regex.compile(
    r".{3,}(?:tions?|sion|ments?|ness|ship|ity|ities|ance|ence|ical|able|[a-z]{2}ings?|ology|ware|ism|ists?)"
    rf"|.+(?:{'|'.join(regex.escape(road) for road in ROADS if road.isascii() and len(road) > 3)}|str)"
)
_NO_NAMES = (NOT_NAMES, COMPANY, PLACE, PLACES, TITLES)
_LONGEST = 4
"""Words in a name, without particles."""


class _Word:
    """A capitalised word: where it stands, how it is looked up, and what joins it to the next one."""

    __slots__ = ("end", "initial", "joint", "key", "possessive", "start", "text")

    def __init__(self, match: regex.Match[str], text: str) -> None:
        word = match[1]
        self.start, self.end = match.span(1)
        self.possessive = word.endswith(("'s", "’s"))
        if self.possessive:
            word, self.end = word[:-2], self.end - 2
        self.text = word
        self.key = _key(word)
        self.initial = len(word) == 1
        # A full stop belongs to initials and titles; after any other word it ends the sentence.
        stop = text[self.end : self.end + 1] == "." and (self.initial or self.key in TITLES)
        self.joint = self.end + stop


def people(text: str, before: str = "") -> Iterator[Found]:
    """Yield the names in a folded text, without titles; `before` is what stands in front of it."""
    whole, offset = before + text, len(before)
    words = [_Word(m, whole) for m in _WORD.finditer(whole)]
    at = 0
    while at < len(words):
        last, score = _name(words, at, whole)
        if score:
            start, end = words[at].start, words[last].end
            if end > offset:
                yield Found(max(start, offset) - offset, end - offset, score)
            at = last
        at += 1


def alone(run: str) -> bool:
    """Tell whether a run's first capitalised word is a given name that counts by itself: Emma, not Grace."""
    word = _WORD.search(run)
    return word is not None and _sure(_key(word[1].removesuffix("'s")))


@lru_cache(maxsize=4096)
def _key(word: str) -> str:
    """Return a word as the lists write it: lower case, without accents and apostrophes."""
    if not word.isascii():
        word = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    return word.lower().replace("'", "").replace("’", "")


@lru_cache(maxsize=4096)
def _given(key: str) -> bool:
    return key in GIVEN or ("-" in key and key.split("-")[0] in GIVEN)


def _sure(key: str) -> bool:
    """Tell whether a word is a given name and hardly ever anything else."""
    return _given(key) and key.split("-")[0] not in UNSURE


@lru_cache(maxsize=4096)
def _surname(key: str) -> bool:
    """Tell whether the word is a known surname."""
    return key in SURNAMES or key in PINYIN or ("-" in key and any(part in SURNAMES for part in key.split("-")))


@lru_cache(maxsize=4096)
def _likely(word: str, key: str, capitals: bool = False) -> bool:
    """Tell whether an unknown word could be a surname at all; one in capitals only where the whole name is."""
    if _surname(key):
        return key not in COMPANY
    if len(key) < 2 or (word.isascii() and any(key in words for words in _NO_NAMES)):
        return False
    if word.isupper():
        return capitals and len(word) > 3
    if "-" not in word and any(c.isupper() for c in word[3:]):  # JavaScript
        return False
    return not _NO_SURNAME.fullmatch(key)


def _next(words: list[_Word], at: int, whole: str) -> bool:
    """Tell whether the next word belongs to the same chain."""
    if at + 1 >= len(words) or words[at].possessive:
        return False
    gap = whole[words[at].joint : words[at + 1].start]
    return gap == " " or (not gap and words[at].initial) or _PARTICLES.fullmatch(gap) is not None


def _name(words: list[_Word], at: int, whole: str) -> tuple[int, float]:
    """Return which word ends the name that begins at a word, and the score, 0 where none does."""
    word = words[at]
    titled = at > 0 and words[at - 1].key in TITLES and _next(words, at - 1, whole)
    if titled and words[at - 1].text.isupper() and not word.text.isupper():  # an MR is a merge request as well
        return at, 0
    if titled and (_likely(word.text, word.key) or word.initial or _given(word.key)):
        return _longest(words, at, whole), 0.85
    if titled or word.key in TITLES:
        return at, 0
    last, score = _by_lists(words, at, whole)
    if score < 0.6 and (label := _LABEL.search(whole, max(0, word.start - 40), word.start)):
        last, score = _labelled(words, at, whole, label, last, score)
    if score and not _is_name(words, at, last, whole):
        return at, 0
    return last, score


def _by_lists(words: list[_Word], at: int, whole: str) -> tuple[int, float]:
    """Return the name's last word and the score by its words: initials, a given name, pinyin, "Smith, John"."""
    word = words[at]
    if word.initial:
        return _initials(words, at, whole)
    if flipped := _flipped(words, at, whole):
        return flipped, 0.6
    last, score = _with_given(words, at, whole) if _given(word.key) else (at, 0.0)
    if score < 0.5 and (pinyin := _pinyin(words, at, whole)):
        return at + 1, pinyin
    return last, score


def _initials(words: list[_Word], at: int, whole: str) -> tuple[int, float]:
    """Return the last word of "J. R. Smith" and the score, 0 where it is none."""
    last = at
    while words[last].initial and last - at < 3 and _next(words, last, whole):
        last += 1
    surname = words[last]
    if surname.initial or whole[words[at].end : words[at].end + 1] != "." or not _likely(surname.text, surname.key):
        return at, 0
    if _given(surname.key) and surname.key not in UNSURE and last - at == 1:
        return last, 0.5
    return last, 0.65 if _surname(surname.key) or last - at > 1 else 0.4  # "B. Obtain" is a paragraph of a contract


def _with_given(words: list[_Word], at: int, whole: str) -> tuple[int, float]:
    """Return the last word of a name that begins with a known given name, and the score."""
    word, last = words[at], at
    sure = _sure(word.key)
    while last - at < 2 and _next(words, last, whole) and (words[last + 1].initial or _given(words[last + 1].key)):
        last += 1
    if _next(words, last, whole):
        family = last + 1
        while words[family].key in PARTICLES and _next(words, family, whole):
            family += 1
        surname = words[family]
        if _likely(surname.text, surname.key, capitals=word.text.isupper()):
            if _surname(surname.key):
                return _tail(words, family, whole), 0.8 if sure else 0.65
            return _tail(words, family, whole), 0.65 if sure else 0.3 if word.key in WORDS else 0.5
    if last > at:  # Thomas Martin: the second given name is a surname as well
        return last, (0.8 if sure else 0.6) if _surname(words[last].key) else 0.6 if sure else 0.3
    alone = not _next(words, at, whole) and not (at and _next(words, at - 1, whole) and _likely_head(words[at - 1]))
    return at, 0.5 if sure and alone and not word.text.isupper() else 0.3


def _likely_head(word: _Word) -> bool:
    """Tell whether a word before a lone given name makes another thing of it: Monte Carlo, but not Yesterday Carlo."""
    return word.key in PLACE or (word.key not in NOT_NAMES and word.key not in LABELS)


def _tail(words: list[_Word], last: int, whole: str) -> int:
    """Return the name's last word, with a second surname: a known one, or any after one that is not known."""
    if not _next(words, last, whole):
        return last
    second = words[last + 1]
    if not _likely(second.text, second.key) or (_surname(words[last].key) and not _surname(second.key)):
        return last
    company = _next(words, last + 1, whole) and words[last + 2].key in COMPANY  # Anna Lindqvistova Acme Ltd
    return last if company else last + 1


def _longest(words: list[_Word], at: int, whole: str) -> int:
    last = at
    while last - at + 1 < _LONGEST and _next(words, last, whole):
        following = words[last + 1]
        if not (following.initial or _likely(following.text, following.key, capitals=True) or _given(following.key)):
            break
        if _surname(words[last].key) and last > at and not _surname(following.key):
            break  # the next line of a letter head
        last += 1
    return last


def _labelled(
    words: list[_Word], at: int, whole: str, label: regex.Match[str], last: int, score: float
) -> tuple[int, float]:
    """Return the name after a label ("Contact: ", "signed by "), where the lists alone are not sure."""
    word, strong, marked = words[at], label["word"].lower() in STRONG_LABELS, label["mark"].strip().lower()
    if score:
        return last, 0.6 if strong or marked else score
    if not _likely(word.text, word.key) or word.text.isupper():
        return at, 0
    last = _longest(words, at, whole)
    if last > at:
        return last, 0.55 if strong or marked else 0
    greeting = label["word"].lower() in ("dear", "hi", "hello")
    return at, 0.5 if greeting or (marked not in ("", "by") and (strong or _surname(word.key))) else 0


def _pinyin(words: list[_Word], at: int, whole: str) -> float:
    """Return the score of a Chinese name in pinyin of two words: Zhang Wei, Xiaoming Li."""
    if not _next(words, at, whole) or whole[words[at].end] != " ":
        return 0
    one, two = words[at].key, words[at + 1].key
    if any(k in NOT_NAMES or k in PLACES or k in PLACE or k in TITLES for k in (one, two)):
        return 0
    family, given = (one, two) if one in PINYIN else (two, one)
    return 0.6 if family in PINYIN and len(one) + len(two) > 3 and _PINYIN.fullmatch(given) else 0


def _flipped(words: list[_Word], at: int, whole: str) -> int:
    """Return the last word of "Smith, John A.", 0 where there is none; in a cell of its own any surname will do."""
    word = words[at]
    if at + 1 >= len(words) or whole[word.end : words[at + 1].start] != ", " or not _likely(word.text, word.key):
        return 0
    if (at and _next(words, at - 1, whole)) or whole[max(0, word.start - 2) : word.start] == ", ":
        return 0
    last = at + 1
    while _next(words, last, whole) and words[last + 1].initial:
        last += 1
    if not _given(words[at + 1].key) or _next(words, last, whole):
        return 0
    cell = _CELL_BEGINS.search(whole, 0, word.start) and _CELL_ENDS.match(whole, words[last].joint)
    return last if cell or (_surname(word.key) and _sure(words[at + 1].key)) else 0


def _is_name(words: list[_Word], at: int, last: int, whole: str) -> bool:
    """Tell whether what stands around the words leaves them a name: no company, no street, no place."""
    if "_".join(w.key for w in words[at : last + 1]) in BRANDS:
        return False
    if last + 1 < len(words) and _next(words, last, whole):
        after = words[last + 1].key
        if after in COMPANY or (after in PLACE and not _surname(after)):
            return False
    if at and _next(words, at - 1, whole) and words[at - 1].key in PLACE and words[at - 1].key != "new":
        return False
    if whole[max(0, words[at].start - 6) : words[at].start].endswith(("St. ", "St ", "Saint ")):
        return False
    near = whole[words[last].end : words[last].end + 3], whole[max(0, words[at].start - 3) : words[at].start]
    return "&" not in near[0] and "&" not in near[1]

"""People's names in Latin letters: a title, a known given name, a label or initials before capitalised words.

Knows no stream. A name is a chain of capitalised words; what is a heading, a company, a street or a month in it is no
name. A known given name alone counts where it is hardly ever another word; an unknown word counts after a title, a
known given name or a label only.
"""

from __future__ import annotations

from collections.abc import Iterator

import regex

from .capitals import WORD, Word, branded, follows, is_given, is_sure, is_surname, key_of, likely, named_after
from .found import Found
from .words_en import (
    BRANDS,
    COMPANY,
    LABELS,
    LEADING,
    NOT_NAMES,
    PARTICLES,
    PLACE,
    PLACES,
    STRONG_LABELS,
    TITLES,
    UNITS,
)
from .words_given import UNSURE, WORDS
from .words_names import PINYIN

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
_LONGEST = 4
"""Words in a name, without particles."""


def people(text: str, before: str = "") -> Iterator[Found]:
    """Yield the names in a folded text, without titles; `before` is what stands in front of it."""
    whole, offset = before + text, len(before)
    if whole == whole.lower():
        return
    words = [Word(m, whole) for m in WORD.finditer(whole)]
    at = next((n for n, word in enumerate(words) if word.end > offset), len(words))
    while 0 < at < len(words) and (follows(words, at - 1, whole) or whole[words[at - 1].end : words[at].start] == ", "):
        at -= 1
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
    word = WORD.search(run)
    return word is not None and is_sure(key_of(word[1].removesuffix("'s")))


def _name(words: list[Word], at: int, whole: str) -> tuple[int, float]:
    """Return which word ends the name that begins at a word, and the score, 0 where none does."""
    word = words[at]
    titled = at > 0 and words[at - 1].key in TITLES and follows(words, at - 1, whole)
    if titled and words[at - 1].text.isupper() and not word.text.isupper():  # an MR is a merge request as well
        return at, 0
    if titled and f"{words[at - 1].key}_{word.key}" in BRANDS:  # Dr Pepper
        return at, 0
    if titled and (likely(word.text, word.key) or word.initial or is_given(word.key)):
        return _longest(words, at, whole), 0.85
    if titled or word.key in TITLES:
        return at, 0
    last, score = _by_lists(words, at, whole)
    if score < 0.6 and (label := _LABEL.search(whole, max(0, word.start - 40), word.start)):
        last, score = _labelled(words, at, whole, label, last, score)
    if score and not _is_name(words, at, last, whole):
        return at, 0
    return last, score


def _by_lists(words: list[Word], at: int, whole: str) -> tuple[int, float]:
    """Return the name's last word and the score by its words: initials, a given name, pinyin, "Smith, John"."""
    word = words[at]
    if word.initial:
        return _initials(words, at, whole)
    if flipped := _flipped(words, at, whole):
        return flipped, 0.6
    last, score = _with_given(words, at, whole) if is_given(word.key) else (at, 0.0)
    if score < 0.5 and (pinyin := _pinyin(words, at, whole)):
        return at + 1, pinyin
    return last, score


def _initials(words: list[Word], at: int, whole: str) -> tuple[int, float]:
    """Return the last word of "J. R. Smith" and the score, 0 where it is none."""
    last = at
    while words[last].initial and last - at < 3 and follows(words, last, whole):
        last += 1
    surname = words[last]
    if surname.initial or whole[words[at].end : words[at].end + 1] != "." or not likely(surname.text, surname.key):
        return at, 0
    if is_given(surname.key) and surname.key not in UNSURE and last - at == 1:
        return last, 0.5
    return last, 0.65 if is_surname(surname.key) or last - at > 1 else 0.4  # "B. Obtain" is a paragraph of a contract


def _with_given(words: list[Word], at: int, whole: str) -> tuple[int, float]:
    """Return the last word of a name that begins with a known given name, and the score."""
    word, last = words[at], at
    sure = is_sure(word.key)
    while last - at < 2 and follows(words, last, whole) and (words[last + 1].initial or is_given(words[last + 1].key)):
        last += 1
    if follows(words, last, whole):
        family = last + 1
        while words[family].key in PARTICLES and follows(words, family, whole):
            family += 1
        surname = words[family]
        shouted = word.text.isupper()
        if likely(surname.text, surname.key, capitals=shouted) and (surname.text.isupper() or not shouted):
            if is_surname(surname.key):
                return _tail(words, family, whole), 0.8 if sure else 0.65
            return _tail(words, family, whole), 0.65 if sure else 0.3 if word.key in WORDS else 0.5
    if last > at:  # Thomas Martin: the second given name is a surname as well
        return last, (0.8 if sure else 0.6) if is_surname(words[last].key) else 0.6 if sure else 0.3
    alone = not follows(words, at, whole) and not (at and follows(words, at - 1, whole) and _likely_head(words[at - 1]))
    return at, 0.5 if sure and alone and not word.text.isupper() else 0.3


def _likely_head(word: Word) -> bool:
    """Tell whether a word before a lone given name makes another thing of it: Monte Carlo, but not Yesterday Carlo."""
    return word.key in PLACE or (word.key not in NOT_NAMES and word.key not in LABELS)


def _tail(words: list[Word], last: int, whole: str) -> int:
    """Return the name's last word, with a second surname: a known one, or any after one that is not known."""
    if not follows(words, last, whole):
        return last
    second = words[last + 1]
    if not likely(second.text, second.key) or (is_surname(words[last].key) and not is_surname(second.key)):
        return last
    company = follows(words, last + 1, whole) and words[last + 2].key in COMPANY  # Anna Lindqvistova Acme Ltd
    return last if company else last + 1


def _longest(words: list[Word], at: int, whole: str) -> int:
    last = at
    while last - at + 1 < _LONGEST and follows(words, last, whole):
        following = words[last + 1]
        if not (following.initial or likely(following.text, following.key, capitals=True) or is_given(following.key)):
            break
        if is_surname(words[last].key) and last > at and not is_surname(following.key):
            break  # the next line of a letter head
        last += 1
    return last


def _labelled(
    words: list[Word], at: int, whole: str, label: regex.Match[str], last: int, score: float
) -> tuple[int, float]:
    """Return the name after a label ("Contact: ", "signed by "), where the lists alone are not sure."""
    word, strong, marked = words[at], label["word"].lower() in STRONG_LABELS, label["mark"].strip().lower()
    if score:
        return last, 0.6 if strong or marked else score
    if not likely(word.text, word.key) or word.text.isupper() or (word.key in LABELS and not is_surname(word.key)):
        return at, 0
    last = _longest(words, at, whole)
    if follows(words, last, whole) and words[last + 1].key in UNITS:  # Dear Hiring Manager, Contact: Investor Relations
        return at, 0
    if last > at:
        return last, 0.55 if strong or marked else 0
    greeting = label["word"].lower() in ("dear", "hi", "hello")
    return at, 0.5 if greeting or (marked not in ("", "by") and (strong or is_surname(word.key))) else 0


def _pinyin(words: list[Word], at: int, whole: str) -> float:
    """Return the score of a Chinese name in pinyin of two words: Zhang Wei, Xiaoming Li."""
    if not follows(words, at, whole) or whole[words[at].end] != " ":
        return 0
    one, two = words[at].key, words[at + 1].key
    if any(k in NOT_NAMES or k in PLACES or k in PLACE or k in TITLES for k in (one, two)):
        return 0
    family, given = (one, two) if one in PINYIN else (two, one)
    return 0.6 if family in PINYIN and len(one) + len(two) > 3 and _PINYIN.fullmatch(given) else 0


def _flipped(words: list[Word], at: int, whole: str) -> int:
    """Return the last word of "Smith, John A.", 0 where there is none; in a cell of its own any surname will do."""
    word = words[at]
    if at + 1 >= len(words) or whole[word.end : words[at + 1].start] != ", " or not likely(word.text, word.key):
        return 0
    if (at and follows(words, at - 1, whole)) or whole[max(0, word.start - 2) : word.start] == ", ":
        return 0
    last = at + 1
    while follows(words, last, whole) and words[last + 1].initial:
        last += 1
    if not is_given(words[at + 1].key) or follows(words, last, whole):
        return 0
    cell = _CELL_BEGINS.search(whole, 0, word.start) and _CELL_ENDS.match(whole, words[last].joint)
    return last if cell or (is_surname(word.key) and is_sure(words[at + 1].key)) else 0


def _is_name(words: list[Word], at: int, last: int, whole: str) -> bool:
    """Tell whether what stands around the words leaves them a name: no company, no street, no place."""
    if branded(words, at, last, whole) or named_after(words, last, whole):
        return False
    if at and follows(words, at - 1, whole) and words[at - 1].key in LEADING:
        return False
    if whole[max(0, words[at].start - 6) : words[at].start].endswith(("St. ", "St ", "Saint ")):
        return False
    near = whole[words[last].end : words[last].end + 3], whole[max(0, words[at].start - 3) : words[at].start]
    if "&" not in near[0] and "&" not in near[1]:
        return True
    beyond = words[last + 1].key if "&" in near[0] and last + 1 < len(words) else ""
    return last > at and beyond not in COMPANY and beyond not in NOT_NAMES  # Ernst & Young, Anna Smith & Sons

"""What an admin adds to the rules: patterns of their own, words that are always or never taken out. Knows no record."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from time import monotonic
from typing import Any

from ..errors import BadInput
from .findings import UNJUDGED
from .folding import fold
from .policy import WORDS

MOST_PATTERNS, MOST_WORDS = 100, 1000
LONGEST_REGEX, LONGEST_WORD = 500, 200
SHORTEST_WORD = 2
SLOW = 0.25
"""Seconds that a pattern may take on all probes together; a sound one takes under 0.005 s."""
PROBES = tuple(part * (2000 // len(part)) for part in ("a", "1", "aB3", "a@", "1 ", "1-", "a.", "号", "a1_-. "))
"""2,000 signs each: a pattern that backtracks without bound takes minutes on one of them."""
_NAME = re.compile(r"[A-Z][A-Z0-9_]{1,31}")
_NOT_PLAIN = re.compile(r"(\\*)([^\x00-\x7f])")


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomPattern:
    """A regular expression whose matches are shown as `[name]`.

    With a score under 0.5 it counts only where one of the context words stands before it.
    """

    name: str
    regex: str = field(repr=False)
    context: tuple[str, ...] = ()
    score: float = 0.6

    @property
    def folded(self) -> str:
        """The expression as it meets texts, in which a full-width colon is a plain one: 工号：\\d{6} as 工号:\\d{6}."""
        return _NOT_PLAIN.sub(_plain, self.regex)


@dataclass(frozen=True, kw_only=True, slots=True)
class Custom:
    """Patterns, words that are always taken out (`deny`), values (`allow`) and whole kinds (`keep`) that never are."""

    patterns: tuple[CustomPattern, ...] = ()
    deny: tuple[str, ...] = field(default=(), repr=False)
    allow: tuple[str, ...] = field(default=(), repr=False)
    keep: tuple[str, ...] = ()

    def __add__(self, other: Custom) -> Custom:
        return Custom(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)})

    def plain(self) -> dict[str, Any]:
        """Return it as JSON; `validated(**plain)` makes it again."""
        return asdict(self)


def validated(
    patterns: Sequence[Mapping[str, Any]] = (),
    deny: Sequence[str] = (),
    allow: Sequence[str] = (),
    keep: Sequence[str] = (),
) -> Custom:
    """Return what was given, if it is sound; each pattern has `name`, `regex` and perhaps `context` and `score`.

    Raises:
        BadInput: a name, regular expression, score, word or kind is wrong, or a pattern is too slow.
    """
    if len(patterns) > MOST_PATTERNS:
        raise BadInput(f"There are {len(patterns)} patterns, the most taken are {MOST_PATTERNS}. Join some.")
    if unknown := next((kind for kind in keep if kind not in WORDS), ""):
        raise BadInput(f"{unknown!r} is no kind of personal data. The kinds are {', '.join(WORDS)}.")
    return Custom(
        patterns=tuple(map(_pattern, patterns)), deny=_words("deny", deny), allow=_words("allow", allow),
        keep=tuple(dict.fromkeys(keep)),
    )  # fmt: skip


def _pattern(given: Mapping[str, Any]) -> CustomPattern:
    if strange := given.keys() - {"name", "regex", "context", "score"}:
        raise BadInput(f"A pattern has no field {min(strange)!r}. Its fields are name, regex, context and score.")
    name, regex = str(given.get("name", "")), str(given.get("regex", ""))
    if not _NAME.fullmatch(name) or name == UNJUDGED:
        raise BadInput(f"{name!r} cannot name a pattern. Use 2 to 32 capitals, digits and _, the first a letter.")
    try:
        score = float(given.get("score", 0.6))
    except (TypeError, ValueError):
        raise BadInput(f"The score of {name} is no number. Give one above 0 and up to 1.") from None
    if not 0 < score <= 1:
        raise BadInput(f"The score of {name} is {score}. Give one above 0 and up to 1.")
    context = _words(f"context of {name}", given.get("context", ()))
    made = CustomPattern(name=name, regex=regex, context=context, score=score)
    _try(name, made.folded)
    return made


def _try(name: str, text: str) -> None:
    import regex  # 0.03 s, and only where somebody has a pattern

    if not text or len(text) > LONGEST_REGEX:
        raise BadInput(f"The pattern {name} has {len(text)} characters. Give 1 to {LONGEST_REGEX}.")
    try:
        compiled = regex.compile(text)
    except (regex.error, RecursionError, OverflowError) as error:
        raise BadInput(f"The pattern {name} is no regular expression: {error}. Correct it.") from None
    end = monotonic() + SLOW
    for probe in PROBES:
        try:
            for match in compiled.finditer(probe, timeout=max(0.001, end - monotonic())):
                if not match.group():
                    raise BadInput(f"The pattern {name} matches nothing at all too. Let it ask for a sign at least.")
        except TimeoutError:
            raise BadInput(
                f"The pattern {name} takes more than {SLOW} s on 2,000 characters. Bound its repetitions: "
                "{1,40} for +, and none inside another."
            ) from None


def _plain(found: re.Match[str]) -> str:
    """Return a sign as texts are folded, so that it stands for itself."""
    slashes, sign = found.groups()
    plain = fold(sign).text
    if plain == sign:
        return found.group()
    return slashes[: len(slashes) // 2 * 2] + (plain if plain.isalnum() else re.escape(plain))


def _words(what: str, given: Any) -> tuple[str, ...]:
    if isinstance(given, str) or not all(isinstance(word, str) for word in given):
        raise BadInput(f"The {what} list is no list of words. Give a list of texts.")
    words = tuple(dict.fromkeys(word.strip() for word in given if word.strip()))
    if len(words) > MOST_WORDS:
        raise BadInput(f"The {what} list has {len(words)} words, the most taken are {MOST_WORDS}. Shorten it.")
    if wrong := next((w for w in words if not SHORTEST_WORD <= len(w) <= LONGEST_WORD), ""):
        raise BadInput(
            f"The {what} list has a word of {len(wrong)} characters. Give {SHORTEST_WORD} to {LONGEST_WORD}."
        )
    return words

"""What the generator's parts hand to each other: a value, a place in a text, a text."""

from __future__ import annotations

from dataclasses import dataclass

STRUCTURED = (
    *("EMAIL", "PHONE", "ID", "PASSPORT", "PERMIT", "CARD", "IBAN", "SSN", "COMPANY_CODE", "PLATE"),
    *("WECHAT", "QQ", "IP", "MAC", "URL", "SECRET", "PRIVATE_KEY", "BIRTH_DATE"),
)
FREE = ("PERSON", "ADDRESS")
"""Names and addresses, which no check digit proves."""


@dataclass(frozen=True, kw_only=True)
class Value:
    """One piece of personal data as it may be written; at least `inner` must be hidden ("Smith" of "Mr Smith")."""

    text: str
    inner: tuple[int, int]
    kind: str = ""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a value stands: characters [start, end), at least [least[0], least[1]) of which must be hidden."""

    start: int
    end: int
    entity: str
    least: tuple[int, int]
    disguise: str = ""
    kind: str = ""


@dataclass(frozen=True, kw_only=True)
class Text:
    """A text, where its personal data stands, its layout (sentence, table, list, letter), or what makes it none.

    `undecided` are stretches [start, end) of which it is not said whether they are personal data.
    """

    text: str
    language: str
    places: tuple[Place, ...] = ()
    layout: str = "sentence"
    negative: str = ""
    undecided: tuple[tuple[int, int], ...] = ()


def value(text: str, inner: str = "", kind: str = "") -> Value:
    """Return a value of which at least `inner` must be hidden, by default all."""
    start = text.index(inner) if inner else 0
    return Value(text=text, inner=(start, start + len(inner or text)), kind=kind)

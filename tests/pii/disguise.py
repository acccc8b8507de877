"""Ways of writing a value so that a person still reads it and a plain pattern does not. Each has a name.

A disguise changes a value only where people or programs write it so: nobody spaces the signs of a password.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from .shapes import Value, value

Disguise = Callable[[str, str, Random], str]
"""The text of a value, its entity, the draw -> the text as disguised."""

GROUPED = frozenset({"PHONE", "ID", "CARD", "IBAN", "SSN", "COMPANY_CODE"})
DOTTED = frozenset({"PHONE", "CARD", "SSN"})
DIGITS = GROUPED | {"QQ", "PASSPORT", "PERMIT", "PLATE", "BIRTH_DATE", "ADDRESS"}
HIDDEN = DIGITS | {"EMAIL", "WECHAT", "IP", "MAC", "PERSON"}
LINES = GROUPED | {"PERSON", "ADDRESS"}
WHITESPACE = {
    "no-break spaces": "\u00a0",
    "thin spaces": "\u2009",
    "narrow no-break spaces": "\u202f",
    "ideographic spaces": "\u3000",
    "figure spaces": "\u2007",
}
HYPHENS = {
    "dashes": "-",
    "en dashes": "\u2013",
    "no-break hyphens": "\u2011",
    "full-width hyphens": "\uff0d",
    "minus signs": "\u2212",
}
ZERO_WIDTH = {
    "zero-width spaces": "\u200b",
    "zero-width joiners": "\u200d",
    "zero-width non-joiners": "\u200c",
    "word joiners": "\u2060",
    "byte order marks": "\ufeff",
    "soft hyphens": "\u00ad",
    "direction marks": "\u200e",
}
BREAKS = {"line break": "\n", "line break and indent": "\n   ", "line break of Windows": "\r\n"}
SIZES = {"ID": (6, 8, 4), "SSN": (3, 2, 4), "COMPANY_CODE": (2, 6, 9, 1), "PHONE": (3, 4, 4)}


_SEPARATED = re.compile(r"[ \-.]")


def groups(text: str, entity: str) -> list[str]:
    """Return the parts in which people write a number: as it is separated, else as is the custom of its kind."""
    if entity in ("PERSON", "ADDRESS"):
        return text.split(" ") if " " in text else re.findall(r".+?[市区县镇路街巷号栋楼道]|.+$", text)
    parts = [p for p in _SEPARATED.split(text) if p]
    if len(parts) > 1:
        return parts
    if entity in ("CARD", "IBAN"):
        return [text[i : i + 4] for i in range(0, len(text), 4)]
    found, start = [], 0
    for size in SIZES[entity]:
        found.append(text[start : start + size])
        start += size
    return [p for p in (*found, text[start:]) if p]


def joined(by: str) -> Disguise:
    return lambda text, entity, _: by.join(groups(text, entity))


def spaced(text: str, _entity: str, _draw: Random) -> str:
    """Space every digit: 1 3 8 ..."""
    return " ".join(s for s in text if s.isalnum())


def broken(by: str) -> Disguise:
    """Break the text once, between two of its parts."""

    def disguise(text: str, entity: str, draw: Random) -> str:
        parts = groups(text, entity)
        if len(parts) < 2:
            return text
        at = draw.randint(1, len(parts) - 1)
        old = " " if " " in text else "-" if "-" in text else ""
        return old.join(parts[:at]) + by + old.join(parts[at:])

    return disguise


def hidden(sign: str) -> Disguise:
    """Put an invisible sign into the text, once to three times, between letters or digits."""

    def disguise(text: str, _entity: str, draw: Random) -> str:
        inside = [i for i in range(1, len(text)) if text[i].isalnum() and text[i - 1].isalnum()]
        for place in sorted(draw.sample(inside, min(len(inside), draw.randint(1, 3))), reverse=True):
            text = text[:place] + sign + text[place:]
        return text

    return disguise


def wide(signs: str, share: float = 1.0) -> Disguise:
    """Write those signs that match in full width."""
    return lambda text, _, draw: "".join(
        chr(ord(s) + 0xFEE0) if re.match(signs, s) and draw.random() < share else s for s in text
    )


def replaced(old: str, *new: str) -> Disguise:
    return lambda text, _, draw: text.replace(old, draw.choice(new))


def country_code(text: str, _entity: str, draw: Random) -> str:
    return draw.choice(("+86 ", "+86", "0086", "86-", "+86-", "(+86) ", "（+86）", "0086-", "+86 (0)")) + text


def with_dots(text: str, _entity: str, draw: Random) -> str:
    local, _, host = text.partition("@")
    return (
        f"{local}{draw.choice(('(at)', '[at]', ' at '))}{host.replace('.', draw.choice((' dot ', '[dot]', '(dot)')))}"
    )


def apart(text: str, entity: str, draw: Random) -> str:
    """Part the province of a plate from its number, a short Chinese name's signs from each other."""
    if entity == "PLATE":
        return text[:2] + draw.choice(("·", " ", "-", "•")) + text[2:]
    return text[0] + draw.choice((" ", "\u3000")) + text[1:]


def marked(by: str) -> Disguise:
    """Set the value apart as Markdown does: not in the value, and so not a part of it."""
    return lambda text, _entity, _draw: by + text + by


Rule = tuple[frozenset[str], Disguise, Callable[[str, str], bool]]
"""The entities, what is done, and whether it suits a value of a kind ("mobile") with a text."""


def always(_text: str, _kind: str) -> bool:
    return True


def is_mobile(_text: str, kind: str) -> bool:
    return kind == "mobile"


def is_short_han(text: str, _kind: str) -> bool:
    """Tell whether this is a name of two signs, as people space, or a plate."""
    return bool(re.fullmatch(r"[\u4e00-\u9fff](?:[\u4e00-\u9fff]|\w{6,7})", text))


def in_groups(text: str, kind: str) -> bool:
    """Tell whether one sees where the groups begin: not within +16175550132."""
    return "(" not in text and (kind not in ("international", "national") or bool(_SEPARATED.search(text)))


DISGUISES: dict[str, Rule] = {
    "spaces between groups": (GROUPED, joined(" "), in_groups),
    "every sign spaced": (GROUPED - {"COMPANY_CODE", "IBAN"}, spaced, lambda text, _: not re.search(r"ext|\+", text)),
    "double spaces": (GROUPED, joined("  "), in_groups),
    "dots between groups": (DOTTED, joined("."), in_groups),
    **{name: (GROUPED, joined(by), in_groups) for name, by in HYPHENS.items()},
    **{name: (GROUPED, joined(by), in_groups) for name, by in WHITESPACE.items()},
    **{name: (LINES, broken(by), in_groups) for name, by in BREAKS.items()},
    "full-width digits": (DIGITS, wide(r"\d"), always),
    "some digits full-width": (DIGITS, wide(r"\d", 0.5), always),
    "full-width letters and digits": (DIGITS | {"EMAIL", "WECHAT"}, wide(r"[0-9A-Za-z]"), always),
    "full-width brackets": (frozenset({"PHONE", "ID"}), wide(r"[()]"), lambda text, _: "(" in text),
    **{name: (HIDDEN, hidden(sign), always) for name, sign in ZERO_WIDTH.items()},
    "lower case": (
        frozenset({"IBAN", "PLATE", "COMPANY_CODE", "MAC", "PASSPORT"}),
        lambda text, _, __: text.lower(),
        lambda text, _: text != text.lower(),
    ),
    "upper case": (
        frozenset({"EMAIL", "PERSON", "MAC"}),
        lambda text, _, __: text.upper(),
        lambda text, _: text != text.upper(),
    ),
    "country code": (frozenset({"PHONE"}), country_code, is_mobile),
    "full-width at": (frozenset({"EMAIL"}), replaced("@", "＠"), always),
    "full-width at and dots": (frozenset({"EMAIL"}), wide(r"[@.]"), always),
    "(at)": (frozenset({"EMAIL"}), replaced("@", "(at)", "[at]", " (at) ", " [at] "), always),
    "at and dot as words": (frozenset({"EMAIL"}), with_dots, always),
    "spaces around at": (frozenset({"EMAIL"}), replaced("@", " @ ", " @", "@ "), always),
    "parted": (frozenset({"PLATE", "PERSON"}), apart, is_short_han),
    "bold": (frozenset({*HIDDEN, "IP", "SECRET"}), marked("**"), always),
    "code": (frozenset({*HIDDEN, "IP", "SECRET"}), marked("`"), always),
}  # fmt: skip


def suited(entity: str, kind: str, text: str) -> list[str]:
    """Return the names of the disguises in which this value would still be read."""
    return [name for name, (entities, _, suits) in DISGUISES.items() if entity in entities and suits(text, kind)]


def disguised(name: str, entity: str, plain: Value, draw: Random) -> tuple[Value, str]:
    """Return the value in a disguise, and what stands on both sides of it; only what must be hidden is disguised."""
    start, end = plain.inner
    inner = DISGUISES[name][1](plain.text[start:end], entity, draw)
    around = "**" if name == "bold" else "`" if name == "code" else ""
    inner = inner.removeprefix(around).removesuffix(around)
    text = plain.text[:start] + inner + plain.text[end:]
    return value(text, inner, kind=plain.kind), around

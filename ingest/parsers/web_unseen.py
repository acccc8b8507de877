"""Which elements of an HTML page no reader sees, by its attributes, its style and simple rules of its style sheets.

Knows single selectors (`.note`, `#note`, `p.note`) and no cascade; what a script shows later counts as hidden.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_AT = re.compile(r"@[^{};]*(?:;|\{(?:[^{}]|\{[^{}]*\})*\})")
_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_SELECTOR = re.compile(r"\w*[.#][\w-]+")
_WAYS = (
    ("marked", re.compile(r"display:none|visibility:(?:hidden|collapse)|(?<![\w-])opacity:0?\.?0*(?:%|;|!|$)")),
    ("tiny", re.compile(r"font-size:(?:0*[01]?(?:\.\d*)?(?:px|pt)|0*(?:\.0\d*)?(?:r?em|%)?)(?:;|!|$)")),
    (
        "outside",
        re.compile(
            r"(?:^|;)(?:left|right|top|bottom|text-indent|margin-left|margin-top):-\d{3,}(?:\.\d+)?(?:px|pt|em|rem|vw|%)"
            r"|(?:^|;)clip:rect\(0|transform:scale\(0\)"
        ),
    ),
    (
        "clipped",
        re.compile(r"(?:^|;)(?:max-)?(?:height|width):0(?:px)?(?:;|!).*overflow:hidden|clip-path:inset\((?:50|100)%"),
    ),
)
_COLOUR = re.compile(r"(?:^|;)color:([^;!]+)")
_BEHIND = re.compile(r"(?:^|;)background(?:-color)?:([^;!]+)")
_RGB = re.compile(r"rgba?\((\d{1,3}),(\d{1,3}),(\d{1,3})(?:,([\d.]+))?\)")
_NAMES = {"white": (255, 255, 255), "black": (0, 0, 0), "snow": (255, 250, 250), "ivory": (255, 255, 240)}
NEAR = 16
"""Steps of 256 by which two colours may differ and are still the same to the eye."""


class Hiding:
    """What the style sheets of one page hide."""

    def __init__(self, root: Any) -> None:
        self._rules: dict[str, str] = {}
        for sheet in root.iter("style"):
            text = _AT.sub("", _COMMENT.sub("", sheet.text or ""))
            for match in _RULE.finditer(text):
                for selector in match[1].split(","):
                    if _SELECTOR.fullmatch(selector.strip()):
                        key = selector.strip()
                        self._rules[key] = f"{self._rules.get(key, '')};{_plain(match[2])}"

    def of(self, node: Any) -> str:
        """Return how an element is hidden, "" if nothing says so."""
        if "hidden" in node.attrib or node.get("aria-hidden", "").lower() == "true":
            return "marked"
        if not (style := self._style(node)):
            return ""
        for how, pattern in _WAYS:
            if pattern.search(style):
                return how
        if colour := _COLOUR.findall(style):
            return "colour" if self._paper(node, colour[-1]) else ""
        return ""

    def _style(self, node: Any) -> str:
        """Return what is said of an element's look, the strongest last, in lower case and without blanks."""
        names = [f"#{node.get('id')}", *(f".{name}" for name in node.get("class", "").split())]
        keys = (key for name in reversed(names) for key in (name, f"{node.tag}{name}")) if self._rules else ()
        return ";".join(filter(None, [*(self._rules.get(key, "") for key in keys), _plain(node.get("style", ""))]))

    def _paper(self, node: Any, colour: str) -> bool:
        """Say whether a colour is that of what an element stands on; of a picture nobody can tell."""
        if colour == "transparent" or ((found := _RGB.match(colour)) and found[4] and float(found[4]) < 0.05):
            return True
        behind = next(self._behind(node), "white")
        one, other = _rgb(colour), _rgb(behind)
        return (
            one is not None and other is not None and all(abs(a - b) <= NEAR for a, b in zip(one, other, strict=True))
        )

    def _behind(self, node: Any) -> Iterator[str]:
        for above in (node, *node.iterancestors()):
            found = _BEHIND.findall(self._style(above)) or [above.get("bgcolor", "").lower()]
            if found[-1] and found[-1] not in ("transparent", "none", "inherit"):
                yield found[-1]


def _plain(style: str) -> str:
    return re.sub(r"\s+", "", style).lower()


def _rgb(colour: str) -> tuple[int, int, int] | None:
    if colour in _NAMES:
        return _NAMES[colour]
    if found := _RGB.match(colour):
        return int(found[1]), int(found[2]), int(found[3])
    digits = colour.removeprefix("#")
    digits = "".join(2 * c for c in digits) if len(digits) == 3 else digits
    if not colour.startswith("#") or not re.fullmatch(r"[\da-f]{6}", digits):
        return None
    red, green, blue = bytes.fromhex(digits)
    return red, green, blue

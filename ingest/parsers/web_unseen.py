"""Which words of an HTML page no reader sees, by its attributes, its style and simple rules of its style sheets.

When in doubt, they are seen: a page with scripts or linked style sheets hides no more than what it marks as not
displayed, and where a part may lie over another nothing is judged by its colour.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

_SCREEN = frozenset({"", "all", "screen"})
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.S)
_STATEMENT = re.compile(r"(?<![^\s;{}])@[^{};@]*;")  # not the @ of a picture's name
_SIMPLE = re.compile(r"[\w-]+|[.#][\w-]+")
_NAME = re.compile(r"(?<![\w.#-])[a-z][\w-]*|[.#][\w-]+")
_PSEUDO = re.compile(r":{1,2}[\w-]+")
_COMBINED = re.compile(r"[\s>+~]+")
_OF_USE = re.compile(
    r"display|visibility|opacity|font|font-size|color|background|background-color|background-image|position|left|top"
    r"|height|max-height|overflow|all|(min|margin|padding|flex|animation|transition|transform|translate)(?:-.*)?"
)
_LAID = re.compile(
    r"(?<!-)position\s{0,9}:|z-index|margin[a-z-]{0,12}\s{0,9}:[^;{}]{0,60}?-\d|grid-(?:area|row|column)|inset"
    r"|transform|translate|filter|blend|text-shadow|background-clip|text-stroke|text-fill",
    re.I,
)
"""What lays one part over another, or draws letters in more than their colour."""
_LENGTH = re.compile(r"(-?\d*\.?\d+)(px|pt|r?em|%)?")
_RGB = re.compile(r"rgb\((\d{1,3}),(\d{1,3}),(\d{1,3})\)")
_CLEAR = re.compile(r"transparent|rgba\(\d+,\d+,\d+,0?\.?0*\)")
_NAMES = {"white": (255, 255, 255), "black": (0, 0, 0), "snow": (255, 250, 250), "ivory": (255, 255, 240)}
_BLOCKS = frozenset({"div", "p", "section", "article", "aside", "ul", "ol", "li", "blockquote", "h1", "h2", "h3", "h4"})
_PAPERS = ("background", "background-color", "background-image")
_LAST = "!important"
_UNSURE = "?"
NEAR = 16
"""Steps of 256 by which two colours may differ and are still the same to the eye."""
TINY = 2
"""Pixels or points of a font below which nobody reads."""
AWAY = {"px": 1000, "pt": 1000, "em": 100, "rem": 100}
"""How far left of or above a page a part lies that no reader gets to."""
_Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Look:
    """How the words directly in an element look; what they stand on and are drawn in is None where nobody can tell."""

    whole: str = ""
    """How all of the element is hidden, whatever is said within it."""
    gone: bool = False
    tiny: bool = False
    ink: _Colour | None = None
    paper: _Colour | None = (255, 255, 255)

    @property
    def how(self) -> str:
        """Return how the words are hidden, "" if they are seen."""
        same = self.ink and self.paper and all(abs(a - b) <= NEAR for a, b in zip(self.ink, self.paper, strict=True))
        return self.whole or ("marked" if self.gone else "tiny" if self.tiny else "colour" if same else "")


class Hiding:
    """What one page hides."""

    def __init__(self, root: Any) -> None:
        self._told: dict[str, dict[str, str]] = {}
        linked = any("stylesheet" in link.get("rel", "").lower() for link in root.iter("link"))
        self._still = not linked and not any(_runs(node) for node in root.iter())
        styles = [node.get("style", "") for node in root.iter() if "style" in node.attrib]
        for sheet in root.iter("style"):
            styles.append(text := _COMMENT.sub("", sheet.text or ""))
            self._read(text, screen=sheet.get("media", "").strip().lower() in _SCREEN)
        columns = next(root.iter("col", "colgroup"), None) is not None  # fill cells that do not stand in them
        self._flat = self._still and not columns and not any(_LAID.search(style) for style in styles)

    def _read(self, text: str, *, screen: bool) -> None:
        if "@import" in text:
            self._still = False
        for selectors, declarations, top in _rules(_STATEMENT.sub("", text)):
            said = _declared(declarations)
            if not top and ";" in selectors:  # rules within rules
                self._still = False
            for selector in ["*"] if re.search(r"[(\[\\]", selectors) else selectors.split(","):
                plain = top and screen and _SIMPLE.fullmatch(selector.strip())
                for name in _names(selector):
                    known = self._told.setdefault(name, {})
                    for key, value in said.items():
                        unsure = not plain or known.get(key, value) != value
                        last = _LAST in known.get(key, "") + value
                        known[key] = (_UNSURE + _LAST * last) if unsure else value

    def of(self, node: Any, above: Look) -> Look:
        """Return how an element looks in one that looks so."""
        inline = _declared(node.get("style", ""))
        style = self._style(node, inline)
        marked = "hidden" in node.attrib and node.get("hidden").lower() != "until-found" and "display" not in style
        if marked or (style.get("display") == "none" and (self._still or "display" in inline)):
            return Look(whole="marked")
        if not self._still:
            return above
        if whole := _whole(node, style):
            return Look(whole=whole)
        look = replace(above, gone=_gone(style, above), tiny=_tiny(node, style, above))
        if not self._flat:
            return replace(look, ink=None, paper=None)
        paper = _paper(node, style, above)
        return replace(look, paper=paper, ink=_ink(node, style, above, paper))

    def _style(self, node: Any, inline: dict[str, str]) -> dict[str, str]:
        """Return what is said of an element's look; of what is said in two ways nobody can tell which holds."""
        classes = {f".{name}" for name in node.get("class", "").lower().split()}
        names = ("*", node.tag, f"#{node.get('id', '').lower()}", *classes)
        style: dict[str, str] = {}
        for known in filter(None, (self._told.get(name) for name in names)):
            for key, value in known.items():
                last = _LAST in style.get(key, "") + value
                style[key] = value if style.get(key, value) == value else _UNSURE + _LAST * last
        for key, value in inline.items():
            overruled = _LAST in style.get(key, "") and style[key] != value
            style[key] = _UNSURE if overruled else value
        return {key: value.removesuffix(_LAST) for key, value in style.items()}


def _runs(node: Any) -> bool:
    """Say whether a node makes a page that changes."""
    kind = node.get("type", "").lower()
    program = node.tag == "script" and (kind in ("", "module") or "script" in kind)  # the rest are data
    return program or any(key.startswith("on") for key in node.attrib)


def _rules(text: str) -> Iterator[tuple[str, str, bool]]:
    """Yield the selectors and declarations of a style sheet, and whether no other rule is around them."""
    around: list[str] = []
    for part in re.finditer(r"([^{}]*)([{}]|\Z)", text):
        if part[2] == "{":
            around.append(part[1].strip().lower())
        elif around:  # the end of a sheet ends its last rule
            selectors = around.pop()
            if not selectors.startswith("@"):
                yield selectors, part[1], not around


def _names(selector: str) -> set[str]:
    """Return the names of which an element has one if a selector means it; "*" is any element's."""
    last = _COMBINED.split(selector.strip())[-1]
    found = set(_NAME.findall(_PSEUDO.sub("", last)))
    strong = {name for name in found if name[0] in ".#"}
    return strong or found or {"*"}


def _declared(style: str) -> dict[str, str]:
    """Return what a style says of use here, in lower case and without blanks."""
    pairs = (one.partition(":") for one in re.sub(r"\s+", "", style).lower().split(";"))
    return {found[1] or key: value for key, _, value in pairs if value and (found := _OF_USE.fullmatch(key))}


def _whole(node: Any, style: dict[str, str]) -> str:
    said = " ".join(style)
    moves = any(word in said for word in ("animation", "transition", "transform", "translate", "all"))
    if _length(style.get("opacity")) == (0, "") and not moves:
        return "marked"
    if style.get("position") in ("absolute", "fixed") and not moves and "margin" not in said:
        far = (_length(style.get(side)) for side in ("left", "top"))
        if any(-size >= AWAY.get(unit, size * size + 1) for size, unit in far):
            return "outside"
    # A cell grows, a span has no height, and what bends or is padded is higher than it says.
    low = any(_length(style.get(key)) in ((0, ""), (0, "px")) for key in ("height", "max-height"))
    grows = moves or any(word in said for word in ("min", "padding", "flex"))
    block = node.tag in _BLOCKS and style.get("display", "block") == "block"
    return "clipped" if low and block and not grows and style.get("overflow") == "hidden" else ""


def _gone(style: dict[str, str], above: Look) -> bool:
    said = style.get("visibility", "inherit")
    return above.gone if said == "inherit" else said in ("hidden", "collapse")


def _tiny(node: Any, style: dict[str, str], above: Look) -> bool:
    if "font" in style or (node.tag in ("font", "table") and "font-size" not in style):  # tables may begin anew
        return False
    said = style.get("font-size", "inherit")
    size, unit = _length(said)
    return above.tiny if said == "inherit" else 0 <= size < (TINY if unit in ("px", "pt") else 1e-9)


def _paper(node: Any, style: dict[str, str], above: Look) -> _Colour | None:
    stated = [style.get(key, "") for key in _PAPERS] + [node.get(key, "") for key in ("bgcolor", "background")]
    said = {value.strip().lower() for value in stated} - {"", "none", "inherit"}
    if len(said) > 1 or node.tag in ("mark", "dialog"):
        return None
    colour = next(iter(said), "transparent")
    return above.paper if _CLEAR.fullmatch(colour) else _rgb(colour)


def _ink(node: Any, style: dict[str, str], above: Look, paper: _Colour | None) -> _Colour | None:
    said = style.get("color") or (node.get("color", "").lower() if node.tag == "font" else "")
    if _CLEAR.fullmatch(said):
        return paper
    if said and said != "inherit":
        return _rgb(said)
    return None if node.tag in ("a", "mark", "table", "dialog") else above.ink


def _length(value: str | None) -> tuple[float, str]:
    """Return a size and its unit, (-1, "") if it is none."""
    found = _LENGTH.fullmatch(value or "")
    return (float(found[1]), found[2] or "") if found else (-1, "")


def _rgb(colour: str) -> _Colour | None:
    if colour in _NAMES:
        return _NAMES[colour]
    if found := _RGB.fullmatch(colour):
        return int(found[1]), int(found[2]), int(found[3])
    digits = colour.removeprefix("#")
    digits = "".join(2 * c for c in digits) if len(digits) == 3 else digits
    if not colour.startswith("#") or not re.fullmatch(r"[\da-f]{6}", digits):
        return None
    red, green, blue = bytes.fromhex(digits)
    return red, green, blue

"""Which words of an HTML page no reader sees, by its attributes, its style and simple rules of its style sheets.

When in doubt, they are seen: where a part may lie over another nothing is judged by its colour, and of a page with
scripts or linked style sheets only what its elements themselves say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from .unseen import Colour, alike

_SCREEN = frozenset({"", "all", "screen"})
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.S)
_STATEMENT = re.compile(r"(?<![^\s;{}])@[^{};@]*;")  # not the @ of a picture's name
_SIMPLE = re.compile(r"[\w-]+|[.#][\w-]+")
_NAME = re.compile(r"(?<![\w.#-])[a-z][\w-]*|[.#][\w-]+")
_PSEUDO = re.compile(r":{1,2}[\w-]+")
_COMBINED = re.compile(r"[\s>+~]+")
_OF_USE = re.compile(
    r"display|visibility|opacity|font|font-size|color|background|background-color|background-image|position|left|top"
    r"|width|max-width|height|max-height|overflow|all|clip|clip-path|filter|text-indent|white-space"
    r"|margin-left|transform|(min|margin|padding|flex|animation|transition|transform|translate)(?:-.*)?"
)
_LAID = re.compile(
    r"(?<!-)position\s{0,9}:(?!\s{0,9}(?:relative|static))|(?<![\w-])(?:top|left|right|bottom|float)\s{0,9}:(?!\s{0,9}none)"
    r"|z-index|inset|margin[a-z-]{0,12}\s{0,9}:[^;{}]{0,60}?-\d|grid-(?:area|row|column)"
    r"|filter|blend|border-image|color-scheme\s{0,9}:[^;{}]{0,40}?dark|background-clip"
    r"|transform|translate|text-(?:shadow|stroke|fill)",
    re.I,
)
"""What lays one part over another, draws letters in more than their colour, or makes the page itself dark."""
_LENGTH = re.compile(r"(-?\d*\.?\d+)(px|pt|r?em|%)?")
_CLEAR = re.compile(r"transparent|(?:rgb|hsl)a\([^()]*,0?\.?0*\)|#(?:[\da-f]{3}0|[\da-f]{6}00)")
# Blanks are gone when these are asked: "rect(0 0 0 0)", "rect(1px, 1px, 1px, 1px)", "inset(50%)".
_CUT = re.compile(r"rect\((?:[01](?:px)?,?){4}\)|rect\(auto,?auto,?0(?:px)?,?0(?:px)?\)")
_CUT_PATH = re.compile(
    r"inset\((?:50|[6-9]\d|100)%\)|circle\(0(?:px|%)?(?:at.*)?\)|polygon\((?:0(?:px|%)?0(?:px|%)?,?)+\)"
)
_NOTHING = re.compile(r"scale(?:3d|[xy])?\(0(?:,[01.]+){0,2}\)")
_SHIFTED = re.compile(r"translate(?:3d|x|y)?\(-(\d+)(px|pt|r?em)?.*\)")
_BLOCKS = frozenset({"div", "p", "section", "article", "aside", "ul", "ol", "li", "blockquote", "h1", "h2", "h3", "h4"})
_COLOURED = frozenset({"a", "mark", "table", "dialog", "font"})
"""What is drawn in colours of its own, or says them by attributes of its own."""
_MOVED = ("position", "transform", "translate", "margin", "margin-left", "left", "top")
_PAPERS = ("background", "background-color", "background-image")
_NAMED = {"class", "id", "style"}
_SMALL = ((0, ""), (0, "px"), (1, "px"))
_LAST, _UNSURE = "!important", "?"
TINY = {"px": 2.0, "pt": 2.0, "em": 0.1, "rem": 0.1, "%": 10.0}
"""Below which a font is read by nobody; of the sizes about it, a tenth."""
FAINT = 0.05
"""How opaque a part is that nobody sees."""
AWAY = {"px": 1000, "pt": 1000, "em": 100, "rem": 100}
"""How far left of or above a page a part lies that no reader gets to."""
AWAY_MOVING = 9
"""Times so far where a script may bring it back, as it does the pictures of a row that slides by."""
_LETTER = 16  # pixels that a letter takes at most in text of the usual size


@dataclass(frozen=True)
class Look:
    """How the words directly in an element look; what they stand on and are drawn in is None where nobody can tell."""

    whole: str = ""
    """How all of the element is hidden, whatever is said within it."""
    gone: bool = False
    tiny: bool = False
    ink: Colour | None = None
    paper: Colour | None = (255, 255, 255)

    @property
    def how(self) -> str:
        """Return how the words are hidden, "" if they are seen."""
        same = self.ink and self.paper and alike(self.ink, self.paper)
        return self.whole or ("marked" if self.gone else "tiny" if self.tiny else "colour" if same else "")


_UNTOLD = Look(paper=None)


class Hiding:
    """What one page hides."""

    def __init__(self, root: Any) -> None:
        self._told: dict[str, dict[str, str]] = {}
        linked = any("stylesheet" in link.get("rel", "").lower() for link in root.iter("link"))
        self._still = not linked and not any(_runs(node) for node in root.iter())
        styles = [node.get("style", "") for node in root.iter() if "style" in node.attrib]
        styles += [f"color-scheme:{m.get('content')}" for m in root.iter("meta") if m.get("name") == "color-scheme"]
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
            return _said(node, inline, above)
        if whole := style and (_away(node, style, 1) or _whole(node, style)):
            return Look(whole=whole)
        look = replace(above, gone=_gone(style, above), tiny=_tiny(node, style, above))
        if not self._flat:
            return replace(look, ink=None, paper=None)
        paper = _paper(node, style, above)
        return replace(look, paper=paper, ink=_ink(node, style, above, paper))

    @property
    def first(self) -> Look:
        """Return how a page looks before its first element."""
        return Look() if self._still else _UNTOLD

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
            style[key] = _UNSURE if _LAST in style.get(key, "") and style[key] != value else value
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


def _said(node: Any, inline: dict[str, str], above: Look) -> Look:
    """Return how an element looks by what itself and those around it say, of which a style sheet may know no name."""
    base = _UNTOLD if above is _UNTOLD or "class" in node.attrib or "id" in node.attrib else above
    plain = not inline and not any(key in node.attrib for key in ("bgcolor", "background", "color"))
    if plain and (base is _UNTOLD or node.tag not in _COLOURED):
        return base
    if whole := _away(node, inline, AWAY_MOVING):
        return Look(whole=whole)
    if any(key in inline for key in _MOVED):
        base = replace(base, paper=None)  # it may lie on something else
    paper = _paper(node, inline, base)
    look = Look(tiny=_tiny(node, inline, base), paper=paper, ink=_ink(node, inline, base, paper))
    return _UNTOLD if look == _UNTOLD else look


def _away(node: Any, style: dict[str, str], times: int) -> str:
    """Return how a part is hidden that lies beside the page or is cut to nothing."""

    def far(key: str) -> bool:
        size, unit = _length(style.get(key))
        return unit in AWAY and -size >= AWAY[unit] * times

    said = " ".join(style)
    moves = any(word in said for word in ("animation", "transition", "transform", "translate", "all"))
    if style.get("position") in ("absolute", "fixed") and not moves:
        if "margin" not in said and (far("left") or far("top")):
            return "outside"
        if _CUT.fullmatch(style.get("clip", "")):
            return "clipped"
    if moves or "min" in said:
        return ""
    if _CUT_PATH.fullmatch(style.get("clip-path", "")):
        return "clipped"
    if far("margin-left"):
        return "outside"
    if far("text-indent"):
        size, unit = _length(style["text-indent"])
        room = -size * (_LETTER if "em" in unit else 1)
        # What does not fit into a line begins the next one, which is seen; parts of it may begin at the edge again.
        short = style.get("white-space") == "nowrap" or len(node.text_content()) * _LETTER <= room
        if short and not any(_NAMED & set(part.keys()) for part in node.iterdescendants()):
            return "outside"
    return ""


def _whole(node: Any, style: dict[str, str]) -> str:
    said = " ".join(style)
    still = not any(word in said for word in ("animation", "transition", "translate", "all"))
    moves = not still or "transform" in said
    clear = 0 <= _length(style.get("opacity"))[0] <= FAINT or style.get("filter") in ("opacity(0)", "opacity(0%)")
    if clear and not moves:
        return "marked"
    if still and _NOTHING.fullmatch(style.get("transform", "")):
        return "clipped"
    shift = _SHIFTED.fullmatch(style.get("transform", "")) if still else None
    if shift and float(shift[1]) >= AWAY.get(shift[2] or "px", 1000):
        return "outside"
    # A cell grows, a span has no height, and what bends or is padded is higher than it says.
    low, thin = (
        any(_length(style.get(key)) in _SMALL for key in (size, f"max-{size}")) for size in ("height", "width")
    )
    block = node.tag in _BLOCKS and style.get("display", "block") == "block"
    grows = moves or any(word in said for word in ("min", "padding", "flex"))
    # Words that do not fit run down out of what is thin alone.
    cut = low or (thin and style.get("white-space") == "nowrap")
    taken = block or style.get("position") in ("absolute", "fixed")
    return "clipped" if cut and taken and not grows and style.get("overflow") == "hidden" else ""


def _gone(style: dict[str, str], above: Look) -> bool:
    said = style.get("visibility", "inherit")
    return above.gone if said == "inherit" else said in ("hidden", "collapse")


def _tiny(node: Any, style: dict[str, str], above: Look) -> bool:
    if "font" in style or (node.tag in ("font", "table") and "font-size" not in style):  # tables may begin anew
        return False
    said = style.get("font-size", "inherit")
    size, unit = _length(said)
    return above.tiny if said == "inherit" else 0 <= size < TINY.get(unit, 1e-9)


def _paper(node: Any, style: dict[str, str], above: Look) -> Colour | None:
    stated = [style.get(key, "") for key in _PAPERS] + [node.get(key, "") for key in ("bgcolor", "background")]
    said = {value.strip().lower() for value in stated} - {"", "none", "inherit"}
    if len(said) > 1 or node.tag in ("mark", "dialog"):
        return None
    colour = next(iter(said), "transparent")
    return above.paper if _CLEAR.fullmatch(colour) else _rgb(colour)


def _ink(node: Any, style: dict[str, str], above: Look, paper: Colour | None) -> Colour | None:
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


@lru_cache(maxsize=1000)
def _rgb(colour: str) -> Colour | None:
    from PIL import ImageColor

    try:
        found = ImageColor.getrgb(colour)
    except ValueError:  # no colour, or one that is made of others
        return None
    return found if len(found) == 3 else None

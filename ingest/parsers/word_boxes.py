"""Text boxes of Word documents: which lie off the page or have no size, and what they are filled with.

Knows DrawingML (wps) and the older VML, not what is written in them.
"""

from __future__ import annotations

import re
from typing import Any

from .numbering import W
from .slides_ground import Fill, flat, stated
from .theme import WHITE, A, Theme, named_or_hex
from .unseen import Colour, whole

_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_SHAPE = "{http://schemas.microsoft.com/office/word/2010/wordprocessingShape}"
_VML = "{urn:schemas-microsoft-com:vml}"
_EMU_A_TWIP = 635
_LEAST = 2 * 12_700
"""EMU; a box that is lower or narrower, and does not grow with its words, shows none."""
_LENGTH = re.compile(r"(-?\d*\.?\d+)(pt|in|cm|mm|px)")  # a number without unit is one of the group that a shape is in
_UNITS = {"pt": 12_700.0, "in": 914_400.0, "cm": 360_000.0, "mm": 36_000.0, "px": 9_525.0}


class Boxes:
    """Those of one document."""

    def __init__(self, root: Any, theme: Theme, others: list[Any], *, papered: bool) -> None:
        """Take the document's XML, that of its headers and footers, and whether its pages have a background."""
        self._roots, self._theme, self._papered = [root, *others], theme, papered
        sizes = [*root.iter(W + "pgSz")]
        self._width = max((_twips(size, "w") for size in sizes), default=0) or 12_240 * _EMU_A_TWIP
        self._height = max((_twips(size, "h") for size in sizes), default=0) or 15_840 * _EMU_A_TWIP
        self._bare: bool | None = None

    def how(self, content: Any) -> str:
        """Return how a box is hidden as a whole, by its content (w:txbxContent)."""
        words = ""  # what is said of how they stand in the shape around them
        for above in content.iterancestors():
            if above.tag in (_DRAWING + "anchor", _DRAWING + "inline"):
                return self._drawn(above)
            if above.tag == _VML + "textbox":
                words = above.get("style", "")
            elif above.tag.startswith(_VML) and (how := self._old(above.get("style", ""), words)):
                return how
        return ""

    def fill(self, content: Any) -> Colour | None:
        """Return the colour on which a box's words stand, None if nobody can tell."""
        fill: Fill = None
        for above in content.iterancestors():
            if above.tag == _SHAPE + "wsp":
                fill = self._filled(above)
                break
            if above.tag.startswith(_VML) and above.tag != _VML + "textbox":
                clear = above.get("filled", "t") in ("f", "false") or above.find(_VML + "fill") is not None
                return None if clear else named_or_hex(above.get("fillcolor", "white").split(" ")[0])
        if fill == ():
            if self._bare is None:
                drawn = any(next(root.iter(A + "blip", W + "pict"), None) is not None for root in self._roots)
                shapes = (shape for root in self._roots for shape in root.iter(_SHAPE + "wsp"))
                self._bare = not (drawn or self._papered) and all(self._filled(shape) == () for shape in shapes)
            return WHITE if self._bare else None
        return fill or None

    def _drawn(self, anchor: Any) -> str:
        about, extent = anchor.find(_DRAWING + "docPr"), anchor.find(_DRAWING + "extent")
        if about is not None and about.get("hidden") in ("1", "true"):
            return "marked"
        if extent is None:
            return ""
        wide, high = _emu(extent.get("cx")), _emu(extent.get("cy"))
        for tag, size, page in (("positionH", wide, self._width), ("positionV", high, self._height)):
            place = anchor.find(_DRAWING + tag)
            offset = None if place is None else next(place.iter(_DRAWING + "posOffset"), None)
            if offset is None or place is None:
                continue
            at = _emu((offset.text or "").strip())
            # What it is counted from lies on the page; only of the page itself it is known where.
            slack = 0 if place.get("relativeFrom") == "page" else page
            if at > page or at + size + slack < 0:
                return "outside"
        grows = next(anchor.iter(A + "spAutoFit"), None) is not None
        return "clipped" if min(wide, high) < _LEAST and not grows else ""

    def _old(self, style: str, words: str) -> str:
        said, fits = _pairs(style), _pairs(words + ";" + style).get("mso-fit-shape-to-text") in ("t", "true")
        if said.get("visibility") == "hidden":
            return "marked"
        for side, size, page in (("left", "width", self._width), ("top", "height", self._height)):
            at = sum(_length(said.get(key, "")) or 0 for key in (side, f"margin-{side}"))
            far = at > page or at + (_length(said.get(size, "")) or 0) + page < 0
            if far and said.get("position") == "absolute":
                return "outside"
        sizes = [length for key in ("width", "height") if (length := _length(said.get(key, ""))) is not None]
        return "clipped" if sizes and min(sizes) < _LEAST and not fits else ""

    def _filled(self, shape: Any) -> Fill:
        about, reference = shape.find(_SHAPE + "spPr"), shape.find(f"{_SHAPE}style/{A}fillRef")
        fill = None if about is None else stated(about)
        if fill is not None:
            plain = fill.tag == A + "solidFill"
            return () if fill.tag == A + "noFill" else flat(self._theme.paint(fill)) if plain else None
        if reference is None or reference.get("idx", "0") in ("0", "1000"):
            return ()
        return flat(self._theme.style(reference))


def _pairs(style: str) -> dict[str, str]:
    pairs = (one.partition(":") for one in re.sub(r"\s+", "", style).lower().split(";"))
    return {key: value for key, _, value in pairs}


def _twips(node: Any, name: str) -> int:
    return max(0, whole(node.get(W + name)) or 0) * _EMU_A_TWIP


def _emu(text: str | None) -> int:
    number = whole(text)
    return _LEAST if number is None else number  # neither beside the page nor small


def _length(text: str) -> float | None:
    found = _LENGTH.fullmatch(text)
    return float(found[1]) * _UNITS[found[2]] if found else None

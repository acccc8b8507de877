"""The colours of Office files: what a theme calls its colours, and what a file makes of them.

Knows DrawingML's colours (ECMA-376, 20.1.2.3), neither shapes nor text.
"""

from __future__ import annotations

import colorsys
from collections.abc import Mapping
from typing import Any

from .unseen import Colour, whole

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)
_NAMES = {"white": WHITE, "black": BLACK, "window": WHITE, "windowText": BLACK}
_WHOLE = 100_000
"""What DrawingML writes for 100 %."""


class Theme:
    """A theme's colours under the names that a file has for them."""

    def __init__(self, root: Any, names: Mapping[str, str]) -> None:
        """Read a theme's XML, None where there is none; `names` says for a file's names what the theme calls them."""
        scheme = None if root is None else next(root.iter(A + "clrScheme"), None)
        self._names = names
        self._colours: dict[str, Colour] = {"lt1": WHITE, "dk1": BLACK}
        for entry in scheme if scheme is not None else ():
            if isinstance(entry.tag, str) and (found := self.paint(entry)):
                self._colours[entry.tag.removeprefix(A)] = found[0]
        self._fills = [*root.iter(A + "fillStyleLst")][:1] if root is not None else []
        self._backs = [*root.iter(A + "bgFillStyleLst")][:1] if root is not None else []

    def named(self, name: str) -> Colour | None:
        """Return the colour that a file calls so, None if it has none."""
        return self._colours.get(self._names.get(name, name))

    def paint(self, fill: Any) -> tuple[Colour, float] | None:
        """Return the colour in a fill, reference or entry and how opaque it is (0 to 1), None if it is not known."""
        node = next((child for child in fill if isinstance(child.tag, str)), None)
        if node is None:
            return None
        kind, value = node.tag.removeprefix(A), node.get("val", "")
        if kind == "srgbClr":
            colour = of_hex(value)
        elif kind == "sysClr":
            colour = of_hex(node.get("lastClr", "")) or _NAMES.get(value)
        else:
            colour = self.named(value) if kind == "schemeClr" else _NAMES.get(value) if kind == "prstClr" else None
        return None if colour is None else _changed(colour, node)

    def style(self, reference: Any) -> tuple[Colour, float] | None:
        """Return what a reference to one of the theme's fills (p:bgRef, a:fillRef) paints, None if no one colour."""
        number = whole(reference.get("idx")) or 0
        lists, number = (self._backs, number - 1001) if number > 1000 else (self._fills, number - 1)
        styles = [child for one in lists for child in one if isinstance(child.tag, str)]
        if not 0 <= number < len(styles) or styles[number].tag != A + "solidFill":
            return None
        plain = [child for child in styles[number] if child.get("val") == "phClr" and not len(child)]
        return self.paint(reference if plain else styles[number])


def of_hex(text: str) -> Colour | None:
    """Return the colour of six hexadecimal digits, None for anything else."""
    try:
        red, green, blue = bytes.fromhex(text)
    except ValueError:  # a name, or nonsense
        return None
    return red, green, blue


def named_or_hex(text: str) -> Colour | None:
    """Return the colour of a name that all formats know or of six digits behind a #."""
    return _NAMES.get(text) or of_hex(text.removeprefix("#"))


def lit(colour: Colour, times: float, plus: float = 0.0, deeper: float = 1.0) -> Colour:
    """Return a colour with its lightness (0 to 1) times a factor and plus a part, its saturation times a factor."""
    hue, light, deep = colorsys.rgb_to_hls(*(part / 255 for part in colour))
    red, green, blue = colorsys.hls_to_rgb(hue, min(1, max(0, light * times + plus)), min(1, max(0, deep * deeper)))
    return round(red * 255), round(green * 255), round(blue * 255)


def _changed(colour: Colour, node: Any) -> tuple[Colour, float] | None:
    opaque = 1.0
    for change in node:
        kind = change.tag.removeprefix(A) if isinstance(change.tag, str) else ""
        try:
            part = float(change.get("val", "").removesuffix("%")) / (100 if "%" in change.get("val") else _WHOLE)
        except ValueError:
            return None
        if kind == "alpha":
            opaque = part
        elif kind in ("lumMod", "shade"):
            colour = lit(colour, part)
        elif kind in ("lumOff", "tint"):
            colour = lit(colour, 1, part) if kind == "lumOff" else lit(colour, part, 1 - part)
        elif kind == "satMod":
            colour = lit(colour, 1, 0, part)
        else:
            return None
    return colour, opaque

"""Where the shapes of a slide lie: their boxes in EMU, groups opened, places taken from the layout and its master.

Works on the XML, because python-pptx asks layout and master anew for each number. Knows no colours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, hypot, inf, isfinite
from typing import Any

from .theme import A
from .unseen import whole

P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
Box = tuple[float, float, float, float]
"""Left, top, right and bottom."""
_POINT = 12_700
_MASTERS = {"ctrTitle": "title", "title": "title", "dt": "dt", "ftr": "ftr", "sldNum": "sldNum"}
"""Which of a master's placeholders one of a layout takes after; all others after its body."""
_LETTER, _LINE = 0.6, 1.2
"""How wide a letter is and how high a line, by the size of the letters."""
_Move = tuple[float, float, float, float]
"""What a group does to what is in it: factor and shift from left to right, and from top to bottom."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Part:
    """A shape; `after` are the placeholders of layout and master that it takes after, the nearest first."""

    node: Any
    box: Box
    turned: bool
    """Its sides are not those of the slide: the box is around it."""
    off: bool
    """It, or a group it is in, is switched off."""
    role: str | None
    """The type of a placeholder, None where it is none."""
    after: tuple[Any, ...]
    groups: tuple[str, ...]
    """The ids of the groups it is in."""

    def written(self, size: float) -> Box:
        """Return the box of its text in letters of so many points, which runs over its own where that is too small."""
        left, top, right, bottom = self.box
        letter = size * _LETTER * _POINT
        long = [letter * sum(len(t.text or "") for t in line.iter(A + "t")) for line in self.node.iter(A + "p")]
        if not long or right - left == inf or self.node.tag != P + "sp":
            return self.box
        frames = (node.find(f"{P}txBody/{A}bodyPr") for node in (self.node, *self.after))
        wraps = next((wrap for frame in frames if frame is not None and (wrap := frame.get("wrap"))), "") != "none"
        wide = max(right - left, letter, 1)
        lines = sum(max(1, ceil(one / wide)) for one in long) if wraps else len(long)
        across = 0 if wraps else max(0, max(long) - wide)
        down = max(0, lines * size * _LINE * _POINT - (bottom - top))
        return left - across, top - down, right + across, bottom + down


class Places:
    """Those of the slides of one deck."""

    def __init__(self) -> None:
        self._models: dict[str, list[tuple[Any, Any]]] = {}  # the placeholders of a layout or master
        self._under: dict[str, list[Part]] = {}

    def on(self, page: Any, above: list[Any]) -> list[Part]:
        """Return the shapes of a slide from the lowest to the highest; `above` are its layout and master."""
        return list(self._opened(page.shapes._spTree, (1, 0, 1, 0), None, off=False, above=above, groups=()))

    def under(self, page: Any) -> list[Part]:
        """Return what a layout or master draws on its slides: all but its placeholders."""
        key = str(page.part.partname)
        if key not in self._under:
            self._under[key] = [part for part in self.on(page, []) if part.role is None]
        return self._under[key]

    def _opened(
        self, tree: Any, move: _Move, around: Box | None, *, off: bool, above: list[Any], groups: tuple[str, ...]
    ) -> Iterator[Part]:
        for node in tree:
            tag = node.tag if isinstance(node.tag, str) else ""
            if tag in (P + "nvGrpSpPr", P + "grpSpPr", P + "extLst", ""):
                continue
            if tag.endswith("}AlternateContent"):  # what new programs draw, which python-pptx does not read
                chosen = [*node[0]] if len(node) else []
                yield from self._opened(chosen, move, around, off=off, above=above, groups=groups)
                continue
            about = next(node.iter("{*}cNvPr"), None)
            gone = off or (about is not None and about.get("hidden") in ("1", "true"))
            if tag == P + "grpSp":
                frame = node.find(f"{P}grpSpPr/{A}xfrm")
                box, turned = _box(frame, move)
                inner = (*groups, "" if about is None else about.get("id", ""))
                edge = around or (box if turned else None)
                yield from self._opened(node, _within(frame, move), edge, off=gone, above=above, groups=inner)
                continue
            place = next(node.iter(P + "ph"), None) if tag in (P + "sp", P + "pic", P + "graphicFrame") else None
            role = None if place is None else place.get("type", "")
            after = () if place is None else tuple(self._after(role or "", place.get("idx", "0"), above))
            frame = next((found for one in (node, *after) if (found := _frame(one)) is not None), None)
            box, turned = _box(frame, move)
            turned, box = turned or bool(around), around or box
            yield Part(node=node, box=box, turned=turned, off=gone, role=role, after=after, groups=groups)

    def _after(self, role: str, number: str, above: list[Any]) -> Iterator[Any]:
        for page in above:
            key = str(page.part.partname)
            if key not in self._models:
                every = ((shape, next(shape.iter(P + "ph"), None)) for shape in page.shapes._spTree.iter(P + "sp"))
                self._models[key] = [(shape, place) for shape, place in every if place is not None]
            wanted = _MASTERS.get(role, "body")
            for shape, place in self._models[key]:
                own = place.get("type", "")
                if own == wanted if page is above[-1] else place.get("idx", "0") == number:
                    yield shape
                    role = own or role
                    break


def inside(one: Box, other: Box) -> bool:
    """Say whether a box lies within another."""
    return one[0] >= other[0] and one[1] >= other[1] and one[2] <= other[2] and one[3] <= other[3]


def meet(one: Box, other: Box) -> bool:
    """Say whether two boxes share a place."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _frame(node: Any) -> Any:
    """Return what says where a shape lies, None where another says it."""
    return next((frame for path in (f"{P}spPr/{A}xfrm", P + "xfrm") if (frame := node.find(path)) is not None), None)


def _numbers(frame: Any, place: str, size: str) -> tuple[float, float, float, float] | None:
    at, wide = (None, None) if frame is None else (frame.find(A + place), frame.find(A + size))
    if at is None or wide is None:
        return None
    found = [whole(text) for text in (at.get("x"), at.get("y"), wide.get("cx"), wide.get("cy"))]
    known = [float(number) for number in found if number is not None]
    return (known[0], known[1], known[2], known[3]) if len(known) == len(found) else None


def _box(frame: Any, move: _Move) -> tuple[Box, bool]:
    """Return where a shape lies, everywhere if nothing says it, and whether that is only around it."""
    numbers = _numbers(frame, "off", "ext")
    if numbers is None:
        return (-inf, -inf, inf, inf), True
    x, y, wide, high = numbers
    left, right = sorted((move[0] * x + move[1], move[0] * (x + wide) + move[1]))
    top, bottom = sorted((move[2] * y + move[3], move[2] * (y + high) + move[3]))
    if not all(map(isfinite, (left, top, right, bottom))):  # a thousand groups, each of which makes it larger
        return (-inf, -inf, inf, inf), True
    if frame.get("rot", "0") == "0":
        return (left, top, right, bottom), False
    across, down, far = (left + right) / 2, (top + bottom) / 2, hypot(right - left, bottom - top) / 2
    return (across - far, down - far, across + far, down + far), True


def _within(frame: Any, move: _Move) -> _Move:
    """Return what a group does to what is in it."""
    outer, inner = _numbers(frame, "off", "ext"), _numbers(frame, "chOff", "chExt")
    if outer is None or inner is None:
        return move
    across, down = outer[2] / (inner[2] or outer[2] or 1), outer[3] / (inner[3] or outer[3] or 1)
    return (
        move[0] * across,
        move[0] * (outer[0] - inner[0] * across) + move[1],
        move[2] * down,
        move[2] * (outer[1] - inner[1] * down) + move[3],
    )

"""What lies behind and above the words of one slide: fills, pictures, layout and master, the background.

Knows colours and places, not letters.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from itertools import chain
from typing import Any

from .slides_places import Box, P, Part, Places, inside, meet
from .theme import WHITE, A, Theme
from .unseen import Colour, whole

MOST = 1000
"""Shapes on a slide up to which each is compared with those below and above it."""
FAINT = 1 / 16
"""How opaque letters and fills are that nobody sees, and how much less than wholly those that hide what is behind."""
Fill = Colour | tuple[()] | None
"""One colour, () where nothing is drawn, None where nobody can tell."""
_LARGEST_PICTURE = 20_000_000
"""Pixels up to which a picture is opened to see whether it lets light through."""
_FILLS = frozenset(A + tag for tag in ("noFill", "solidFill", "gradFill", "blipFill", "pattFill", "grpFill"))
_BARE = ("", "{2D5ABB26-0587-4C30-8999-92F81FD0307C}", "{5940675A-B579-460E-94D1-54222C63F5DA}")
"""Styles of tables that fill no cell."""
_THIN = ("alphaModFix", "alphaBiLevel", "alphaRepl", "clrChange", "softEdge")
"""What makes parts of a picture transparent."""
_SEEN_WHOLE = frozenset({"BMP", "GIF", "JPEG", "MPO", "PNG", "TIFF"})
"""What Pillow calls pictures of pixels; of drawings (EMF, WMF) it does not tell what they leave free."""
_THICK = 4 * 12_700
"""EMU; a line that is thicker is a stripe on which words may stand."""
_EMBED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}embed"


class Ground:
    """That of one slide; `parts` are its shapes from the lowest to the highest."""

    def __init__(self, slide: Any, places: Places, theme: Theme) -> None:
        layout, root = slide.slide_layout, slide._element
        master = layout.slide_master
        self._part, self._theme, self._pages = slide.part, theme, (slide, layout, master)
        self.parts = places.on(slide, [layout, master])
        drawn = [page for page in (root, layout._element) if page.get("showMasterSp") not in ("0", "false")]
        under = places.under(master) if len(drawn) == 2 else []
        self._under = [*under, *(places.under(layout) if root in drawn else [])]
        self._moving = {target.get("spid") for target in root.iter(P + "spTgt")}
        self._known: dict[Part, Fill] = {}
        self._lines: dict[Part, int] = {}
        self._opaque: dict[Part, bool] = {}

    def moves(self, part: Part) -> bool:
        """Say whether a shape, or a group it is in, comes, goes or moves while the slide is shown."""
        own = (about.get("id") for about in part.node.iter("{*}cNvPr"))
        return any(name in self._moving for name in chain(own, part.groups))

    def covers(self, part: Part, box: Box) -> bool:
        """Say whether something lies over a box of a shape that nothing shows through."""
        if self.moves(part) or len(self.parts) > MOST:
            return False
        above = self.parts[self.parts.index(part) + 1 :]
        return any(inside(box, other.box) and not other.off and self._hides(other) for other in above)

    def _hides(self, part: Part) -> bool:
        """Say whether nothing shows through a shape, up to its corners."""
        if self.moves(part) or not _square(part):
            return False
        if part.node.tag == P + "pic":
            if part not in self._opaque:
                self._opaque[part] = self._lets_nothing_through(part.node)
            return self._opaque[part]
        return part.node.tag == P + "sp" and bool(self.fill(part))

    def fill(self, part: Part) -> Fill:
        """Return what a shape is filled with."""
        if part not in self._known:
            fill = self._filled(part)
            self._known[part] = None if fill == () and self._line(part) else fill
        return self._known[part]

    def _line(self, part: Part) -> int:
        """Return how thick (EMU) a line or outline is drawn, 0 if no words find room on it."""
        if part not in self._lines:
            found = (node.find(f"{P}spPr/{A}ln") for node in (part.node, *part.after))
            line = next((line for line in found if line is not None), None)
            width = 0 if line is None or line.find(A + "noFill") is not None else whole(line.get("w")) or 0
            self._lines[part] = width if width > _THICK else 0
        return self._lines[part]

    def _reach(self, part: Part) -> Box:
        """Return the box of a shape with its outline."""
        half = self._line(part) / 2
        left, top, right, bottom = part.box
        return left - half, top - half, right + half, bottom + half

    def _filled(self, part: Part) -> Fill:
        if part.node.tag == P + "cxnSp":
            return ()
        if part.node.tag != P + "sp" or part.node.get("useBgFill") in ("1", "true"):
            return None
        if part.role is not None and not any(t.text for t in part.node.iter(A + "t")):
            return ()  # a placeholder without text is drawn for who edits
        for node in (part.node, *part.after):
            about = node.find(P + "spPr")
            fill = None if about is None else stated(about)
            if fill is not None:
                return () if fill.tag == A + "noFill" else flat(self._theme.paint(fill)) if _plain(fill) else None
            reference = node.find(f"{P}style/{A}fillRef")
            if reference is not None:
                return () if reference.get("idx", "0") in ("0", "1000") else flat(self._theme.style(reference))
        return ()

    def behind(self, part: Part, box: Box, cell: Any = None) -> Iterator[Fill]:
        """Yield all that may be behind a text in a box, of a shape or a cell in it, from what is nearest."""
        own = self.fill(part) if cell is None else self._cell(cell, part)
        if own != ():
            yield own
            if own is None or cell is not None or (inside(box, part.box) and _square(part)):
                return
        if self.moves(part) or len(self.parts) > MOST:
            yield None
            return
        for other in reversed([*self._under, *self.parts[: self.parts.index(part)]]):
            if meet(box, self._reach(other)) and (fill := None if self.moves(other) else self.fill(other)) != ():
                yield fill
                if fill is None or (inside(box, other.box) and _square(other)):
                    return
        yield self._back()

    def _back(self) -> Fill:
        """Return the slide's background."""
        for page in self._pages:
            about = page._element.find(f"{P}cSld/{P}bg")
            for one in about if about is not None else ():
                fill = stated(one)
                if one.tag == P + "bgRef":
                    return flat(self._theme.style(one))
                return flat(self._theme.paint(fill)) if fill is not None and _plain(fill) else None
        return WHITE

    def _cell(self, cell: Any, part: Part) -> Fill:
        about = cell.find(A + "tcPr")
        fill = None if about is None else stated(about)
        if fill is not None:
            return () if fill.tag == A + "noFill" else flat(self._theme.paint(fill)) if _plain(fill) else None
        for table in part.node.iter(A + "tblPr"):
            fill, named = stated(table), table.findtext(A + "tableStyleId", "")
            filled = fill is not None and fill.tag != A + "noFill"
            if filled or table.find(A + "tableStyle") is not None or named not in _BARE:
                return None
        return ()

    def _lets_nothing_through(self, node: Any) -> bool:
        """Say whether a picture fills its frame and is opaque all over."""
        blip = next(node.iter(A + "blip"), None)
        # A frame that is cut by less than nothing, or filled in part, has an edge around the picture.
        cut = [value.startswith("-") for frame in node.iter(A + "srcRect") for value in frame.attrib.values()]
        cut += [value.strip("0") != "" for frame in node.iter(A + "fillRect") for value in frame.attrib.values()]
        thin = next(node.iter(*(A + tag for tag in _THIN)), None)
        if blip is None or thin is not None or any(cut):
            return False
        from PIL import Image

        try:
            with Image.open(BytesIO(self._part.related_part(blip.get(_EMBED)).blob)) as image:
                if image.format not in _SEEN_WHOLE:
                    return False
                if "A" not in image.getbands() and "transparency" not in image.info:
                    return True
                if image.width * image.height > _LARGEST_PICTURE:
                    return False
                alpha = image.convert("RGBA").getchannel("A").histogram()
                return not any(alpha[: round(255 * (1 - FAINT))])
        except (KeyError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            return False


def stated(node: Any) -> Any:
    """Return the fill that a node states; a reference to a font is one."""
    if node.tag == A + "fontRef":
        return node
    return next((child for child in node if child.tag in _FILLS), None)


def _plain(fill: Any) -> bool:
    return bool(fill.tag == A + "solidFill")


def flat(painted: tuple[Colour, float] | None) -> Fill:
    """Return what is seen of a paint: its colour, nothing, or who knows."""
    if painted is None or FAINT < painted[1] < 1 - FAINT:
        return None
    return painted[0] if painted[1] > FAINT else ()


def _square(part: Part) -> bool:
    """Say whether a shape fills its box up to the corners."""
    shape = next(part.node.iter(A + "prstGeom", A + "custGeom"), None)
    return not part.turned and (shape is None or shape.get("prst") == "rect")

"""Which words of a Word document no reader sees: marked as hidden, in the colour of what is behind, too small, off.

When in doubt, they are seen: on pictures and patterns, and in letters with an outline or a shadow.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ragbox.types import Block

from .numbering import W, root_of, value
from .theme import WHITE, Theme, lit, of_hex
from .unseen import Colour, alike, hidden
from .word_boxes import Boxes

TINY = 4
"""Half points; smaller letters are there for programs, not for readers."""
NARROW = 10
"""Percent of their width below which letters are strokes."""
LOW = 40
"""Twips; a line or row of exactly so little shows no letter."""
FAR = 20_000
"""Twips, more than a page is wide or high: a frame so far from where it is counted from lies on none."""
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_VML = "{urn:schemas-microsoft-com:vml}"
_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_EFFECTS = tuple(W + tag for tag in ("outline", "shadow", "emboss", "imprint"))
_EDGES = ("/header", "/footer")
_PAPERED = W + "displayBackgroundShape"
_BYTE = re.compile(r"[\dA-Fa-f]{1,2}")
_OFF = ("0", "false", "off")
_TELLING = frozenset(
    [*_EFFECTS, _W14 + "textOutline", _W14 + "textFill"]
    + [W + tag for tag in ("rStyle", "vanish", "sz", "w", "color", "highlight", "shd")]
)
"""What of a run's look says whether it is seen; all else is fonts and languages."""
_FAINT = 94_000
"""Thousandths of a percent of transparency from which nobody sees letters."""
_NAMES = {
    "bg1": "lt1", "tx1": "dk1", "bg2": "lt2", "tx2": "dk2", "hyperlink": "hlink", "followedHyperlink": "folHlink",
}  # fmt: skip
_WORDS = {"background": "lt", "light": "lt", "text": "dk", "dark": "dk"}
"""What Word calls a theme's colours, as DrawingML does and as its own text does."""
Fill = Colour | tuple[()] | None
"""One colour, () where nothing is filled, None where nobody can tell."""


class Hiding:
    """What is hidden in one document; asked run by run, in order."""

    def __init__(self, document: Any, styles: Mapping[str | None, Any]) -> None:
        """Ask about a document of python-docx; `styles` are its styles' XML by their ids."""
        root = document.element
        self._styles = styles
        self._normal = next((i for i, s in styles.items() if _usual(s)), None)
        defaults = next(document.styles.element.iter(W + "rPrDefault"), None)
        self._defaults = {} if defaults is None else _children(defaults.find(W + "rPr"))
        self._looks: dict[tuple[str, str | None], dict[str, Any]] = {}
        own = [rel for rel in document.part.rels.values() if not rel.is_external]
        themes = (rel for rel in own if rel.reltype.endswith("/theme"))
        edges = [found for rel in own if rel.reltype.endswith(_EDGES) and (found := root_of(rel)) is not None]
        names = _NAMES | {f"{word}{n}": f"{kind}{n}" for word, kind in _WORDS.items() for n in (1, 2)}
        self._theme = Theme(root_of(next(themes, None)), names)
        page = root.find(W + "background") if _papered(document) else None
        self._boxes = Boxes(root, self._theme, edges, papered=page is not None)
        self._paper: Colour | None = WHITE if page is None else self._colour(page, "color", "theme") or WHITE
        if any(map(_behind_text, (root, *edges))):
            self._paper = None
        self._paragraph: Any = None
        self._form: dict[str, Any] = {}
        self._letters: dict[str, Any] = {}
        self._plain: str | None = None  # how runs of its paragraph are hidden that say nothing of themselves
        self._place: str | None = None
        self._last: Any = None
        self._taken: list[tuple[str, str, int]] = []  # how, words, page

    @property
    def found(self) -> list[Block]:
        """Return what was hidden."""
        return [made for taken in self._taken for made in hidden(*taken)]

    def takes(self, run: Any, page: int) -> bool:
        """Tell whether a run is hidden, and take its words.

        Of one that is marked Word shows nothing; of another all but the words is still to be read: breaks, pictures.
        """
        if not (how := self._how(run)):
            return False
        texts = list(run.iter(W + "t") if how == "marked" else run.iterchildren(W + "t"))
        words = "".join(t.text or "" for t in texts)
        if self._taken and self._last is run.getprevious() and self._taken[-1][0] == how:
            words = self._taken.pop()[1] + words
        self._taken.append((how, words, page))
        self._last = run
        if how == "marked":
            return True
        for text in texts:
            run.remove(text)
        return False

    def takes_box(self, content: Any, page: int) -> bool:
        """Tell whether a text box is hidden as a whole, and take its words."""
        if how := self._boxes.how(content):
            self._taken.append((how, " ".join(t.text or "" for t in content.iter(W + "t")), page))
        return bool(how)

    def _how(self, run: Any) -> str:
        own = run.find(W + "rPr")
        paragraph = next(run.iterancestors(W + "p"), None)
        if paragraph is not self._paragraph:
            self._paragraph, self._plain, self._place = paragraph, None, None
            about = None if paragraph is None else paragraph.find(W + "pPr")
            style = None if about is None else value(about, "pStyle")
            self._form = self._styled("pPr", style or self._normal) | _children(about)
            self._letters = self._defaults | self._tabled(run) | self._styled("rPr", style or self._normal)
        if own is not None and any(child.tag in _TELLING for child in own):
            look = self._letters | self._styled("rPr", value(own, "rStyle")) | _children(own)
            return self._judged(run, look)
        if self._plain is None:
            self._plain = self._judged(run, self._letters)
        return self._plain

    def _judged(self, run: Any, look: dict[str, Any]) -> str:
        """Return how a run of such a look is hidden."""
        if _on(look.get(W + "vanish")):
            return "marked"
        if run.find(W + "t") is None:
            return ""  # a break, a note's mark, a picture
        if _number(look.get(W + "sz"), "val", TINY) < TINY or _number(look.get(W + "w"), "val", NARROW) < NARROW:
            return "tiny"
        if self._place is None:
            self._place = self._placed(run)
        return self._place or self._coloured(run, look)

    def _placed(self, run: Any) -> str:
        """Return how the place of a run's paragraph hides it: beside the page, or in a line or row without height."""
        frame, spacing = self._form.get(W + "framePr"), self._form.get(W + "spacing")
        if frame is not None and any(abs(_number(frame, side, 0)) > FAR for side in "xy"):
            return "outside"
        if spacing is not None and spacing.get(W + "lineRule") == "exact" and _number(spacing, "line", LOW) < LOW:
            return "clipped"
        for row in run.iterancestors(W + "tr"):
            about = _children(row.find(W + "trPr"))
            high = about.get(W + "trHeight")
            if _on(about.get(W + "hidden")):
                return "marked"
            if high is not None and high.get(W + "hRule") == "exact" and _number(high, "val", LOW) < LOW:
                return "clipped"
        return ""

    def _coloured(self, run: Any, look: dict[str, Any]) -> str:
        highlight, outline = look.get(W + "highlight"), look.get(_W14 + "textOutline")
        if outline is not None and outline.find(_W14 + "noFill") is None:
            return ""
        if any(_on(look.get(effect)) for effect in _EFFECTS):
            return ""
        stated, filled = look.get(W + "color"), look.get(_W14 + "textFill")
        ink = None if stated is None else self._colour(stated, "val", "theme")
        if filled is not None:
            solid = filled.find(f"{_W14}solidFill/{_W14}srgbClr")
            clear = None if solid is None else solid.find(_W14 + "alpha")
            if filled.find(_W14 + "noFill") is not None or _number(clear, "val", 0, _W14) >= _FAINT:
                return "invisible"
            ink = None if solid is None else of_hex(solid.get(_W14 + "val", ""))
        if ink is None or (highlight is not None and highlight.get(W + "val") != "none"):
            return ""
        shades = (shade for node in (look, self._form) if (shade := self._shade(node.get(W + "shd"))) != ())
        behind = next(shades, ())
        paper = self._around(run) if behind == () else behind
        return "colour" if paper and alike(ink, paper) else ""

    def _around(self, run: Any) -> Colour | None:
        """Return the colour of the cell, box or page that a run stands on."""
        for above in run.iterancestors(W + "tc", W + "tr", W + "tbl", W + "txbxContent"):
            if above.tag == W + "txbxContent":
                return self._boxes.fill(above)
            if above.tag == W + "tc" and (fill := self._shaded(above.find(W + "tcPr"))) != ():
                return fill or None
            if above.tag == W + "tr" and self._shaded(above.find(W + "tblPrEx")) != ():
                return None
            if above.tag == W + "tbl":
                about = above.find(W + "tblPr")
                if self._shaded(about) != ():
                    return None
                styles = self._chain(None if about is None else value(about, "tblStyle"))
                if any(node.get(W + "fill", "auto") != "auto" for style in styles for node in style.iter(W + "shd")):
                    return None
        return self._paper

    def _tabled(self, run: Any) -> dict[str, Any]:
        """Return what the style of the table that a run stands in says of all its letters."""
        above = next(run.iterancestors(W + "tbl", W + "txbxContent"), None)
        about = None if above is None else above.find(W + "tblPr")
        style = None if about is None else value(about, "tblStyle")
        parts = (part for one in self._chain(style) for part in one.iter(W + "tblStylePr"))
        # What it says of some rows or columns alone may show them again.
        return {} if any(part.find(W + "rPr") is not None for part in parts) else self._styled("rPr", style)

    def _chain(self, style: str | None) -> list[Any]:
        """Return a style and those it is based on."""
        chain: list[Any] = []
        while style in self._styles and self._styles[style] not in chain:
            chain.append(self._styles[style])
            style = value(chain[-1], "basedOn")
        return chain

    def _styled(self, part: str, style: str | None) -> dict[str, Any]:
        """Return what a style says of letters (rPr) or paragraphs (pPr), by tag."""
        if (part, style) not in self._looks:
            said = [_children(one.find(W + part)) for one in reversed(self._chain(style))]
            self._looks[part, style] = {tag: node for one in said for tag, node in one.items()}
        return self._looks[part, style]

    def _shaded(self, about: Any) -> Fill:
        return self._shade(None if about is None else about.find(W + "shd"))

    def _shade(self, shade: Any) -> Fill:
        """Return the colour of a shading, () where it is none, None where it is a pattern."""
        if shade is None:
            return ()
        pattern = shade.get(W + "val", "clear")
        if pattern not in ("clear", "nil", "solid"):
            return None
        keys = ("color", "theme") if pattern == "solid" else ("fill", "themeFill")
        if shade.get(W + keys[0], "auto") == "auto" and pattern != "solid":
            return ()
        return self._colour(shade, *keys)

    def _colour(self, node: Any, plain: str, themed: str) -> Colour | None:
        """Return a colour that is stated, or named after the theme and then made lighter or darker."""
        name = node.get(f"{W}{themed}Color" if themed == "theme" else W + themed)
        found = None if name is None else self._theme.named(name)
        if found is None:
            return of_hex(node.get(W + plain, ""))
        for change in ("Tint", "Shade"):
            text = node.get(W + themed + change, "")
            part = int(text, 16) / 255 if _BYTE.fullmatch(text) else 1
            found = lit(found, part, 1 - part if change == "Tint" else 0)
        return found


def _papered(document: Any) -> bool:
    """Tell whether Word draws the page's colour: its settings say so, which in some files lie under no known kind."""
    try:
        return _on(document.settings.element.find(_PAPERED))
    except AttributeError:
        return False


def _children(node: Any) -> dict[str, Any]:
    return {} if node is None else {child.tag: child for child in node}


def _usual(style: Any) -> bool:
    return (style.get(W + "default"), style.get(W + "type")) == ("1", "paragraph")


def _on(switch: Any) -> bool:
    return switch is not None and switch.get(W + "val") not in _OFF


def _number(node: Any, name: str, other: float, space: str = W) -> float:
    """Return a number of a node, `other` where it states none."""
    text = "" if node is None else node.get(space + name, "")
    return float(text) if text.removeprefix("-").isdecimal() else other


def _behind_text(root: Any) -> bool:
    """Say whether a picture or shape lies behind the text, as on a cover, where white letters are seen."""
    return any(anchor.get("behindDoc") in ("1", "true") for anchor in root.iter(_DRAWING + "anchor")) or any(
        "z-index:-" in shape.get("style", "").replace(" ", "") for shape in root.iter(_VML + "*")
    )

"""Which words of a slide no reader sees: switched off, beside it, covered, too small, in the colour of what is behind.

When in doubt, they are seen: on pictures, patterns and what a table's style fills, and under what moves or lets light
through, nothing is taken for hidden.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, groupby
from typing import Any

from .slides_ground import FAINT, Fill, Ground, flat, stated
from .slides_places import Box, P, Part, Places, meet
from .theme import A, Theme
from .unseen import Colour, alike, whole

TINY = 2.0
"""Points; smaller letters are there for programs, not for readers."""
_LARGEST = 4000.0
"""Points of the largest letters that PowerPoint draws."""
DAMAGE = (KeyError, ValueError, AttributeError, TypeError, IndexError, ArithmeticError)
"""What is raised about damaged decks."""
_LEVELS = "0 1 2 3 4 5 6 7 8".split()
_USUAL = 18.0
"""Points of letters whose size nothing says."""
_THEME = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/theme"


class Hiding:
    """What is hidden in one deck; asked slide by slide."""

    def __init__(self, deck: Any, width: int, height: int) -> None:
        self._usual, self._size = deck.element.find(P + "defaultTextStyle"), (width, height)
        self._places = Places()
        self._themes: dict[tuple[str, ...], Theme] = {}

    def takes(self, slide: Any) -> list[tuple[str, str]]:
        """Take what is hidden out of a slide, and return how it is hidden and its words.

        Raises:
            KeyError, ValueError, AttributeError, TypeError, IndexError, ArithmeticError: more of the deck is damaged
                than single shapes or runs. These are hidden where they cannot be judged: whoever damages one on
                purpose must not get the words of the others read.
        """
        master = slide.slide_layout.slide_master
        theme = self._theme(slide, master)
        looked = _Slide(slide, Ground(slide, self._places, theme), theme, self._usual, self._size)
        return [*looked.shapes(), *looked.runs()]

    def _theme(self, slide: Any, master: Any) -> Theme:
        """Return the colours of a slide: those of its master, under the names that the nearest page gives them."""
        pages = (slide, slide.slide_layout)
        own = (next(page._element.iter(A + "overrideClrMapping"), None) for page in pages)
        names = next((dict(found.attrib) for found in own if found is not None), None)
        if names is None:
            found = master._element.find(P + "clrMap")
            names = {} if found is None else dict(found.attrib)
        key = (str(master.part.partname), *chain(*sorted(names.items())))
        if key not in self._themes:
            parts = (rel for rel in master.part.rels.values() if rel.reltype == _THEME and not rel.is_external)
            self._themes[key] = Theme(next((_read(rel.target_part.blob) for rel in parts), None), names)
        return self._themes[key]


class _Slide:
    """One slide, from its background up."""

    def __init__(self, slide: Any, ground: Ground, theme: Theme, usual: Any, size: tuple[int, int]) -> None:
        self._ground, self._theme, self._usual, self._size = ground, theme, usual, size
        self._styles = slide.slide_layout.slide_master._element.find(P + "txStyles")
        self._papers: dict[Part, list[Fill]] = {}
        self._judged: dict[tuple[Part, str], str] = {}  # of runs of which nothing is said themselves

    def shapes(self) -> Iterator[tuple[str, str]]:
        """Take shapes out whole."""
        found = [(part, self._hiding(part)) for part in self._ground.parts]
        for part, how in found:
            if how:
                yield how, " ".join(t.text or "" for t in part.node.iter(A + "t"))
                part.node.getparent().remove(part.node)
        self._ground.parts = [part for part, how in found if not how]

    def _hiding(self, part: Part) -> str:
        """Return how all of a shape is hidden."""
        try:
            return self._put_away(part)
        except DAMAGE:
            return "marked"

    def _put_away(self, part: Part) -> str:
        if part.off:
            return "marked"
        width, height = self._size
        if not self._ground.moves(part) and not meet(part.box, (0, 0, width, height)):
            left, top, right, bottom = self._written(part)
            # A frame without height that stands at the edge has its words below it, on the slide.
            if left >= width or top >= height or right < 0 or bottom < 0:
                return "outside"
        worded = next(part.node.iter(A + "t"), None) is not None
        # How far the words run is only asked of what is covered itself.
        covered = worded and self._ground.covers(part, part.box) and self._ground.covers(part, self._written(part))
        return "covered" if covered else ""

    def runs(self) -> Iterator[tuple[str, str]]:
        """Take runs out of what is left."""
        for part in self._ground.parts:
            for line in part.node.iter(A + "p"):
                runs = [(self._how(run, line, part), run) for run in line.iterchildren(A + "r", A + "fld")]
                for how, group in groupby(runs, lambda one: one[0]):
                    if how:
                        taken = [run for _, run in group]
                        yield how, "".join(run.findtext(A + "t") or "" for run in taken)
                        for run in taken:
                            line.remove(run)

    def _how(self, run: Any, line: Any, part: Part) -> str:
        """Return how a run is hidden, "" if it is seen."""
        about, frame = run.find(A + "rPr"), line.find(A + "pPr")
        level = "0" if frame is None or frame.get("lvl") not in _LEVELS else frame.get("lvl")
        if about is None or not (len(about) or about.get("sz")):
            if (part, level) not in self._judged:
                self._judged[part, level] = self._sure(None, line, part, level)
            return self._judged[part, level]
        return self._sure(about, line, part, level)

    def _sure(self, about: Any, line: Any, part: Part, level: str) -> str:
        try:
            return self._judge(about, line, part, level)
        except DAMAGE:
            return "marked"

    def _judge(self, about: Any, line: Any, part: Part, level: str) -> str:
        cell = next(line.iterancestors(A + "tc"), None)
        if cell is not None and about is None:
            return ""  # a table's style says what it looks like
        said = [*([] if about is None else [about]), *([] if cell is not None else self._said(part, level))]
        if _points(said) * (1 if cell is not None else _scale(part)) < TINY:
            return "tiny"
        if any(_drawn(node) for node in said):
            return ""  # outlined, with a shadow, or in the colour of links
        fill = next((found for node in said if (found := stated(node)) is not None), None)
        if fill is None:
            ink = None if cell is not None else self._theme.named("tx1")
        elif fill.tag == A + "noFill":
            return "invisible"
        elif painted := self._theme.paint(fill) if fill.tag in (A + "solidFill", A + "fontRef") else None:
            if painted[1] <= FAINT:
                return "invisible"
            ink = painted[0]
        else:
            ink = None
        return "colour" if ink and self._lost(ink, about, part, cell) else ""

    def _lost(self, ink: Colour, about: Any, part: Part, cell: Any) -> bool:
        """Say whether letters in a colour are lost on all that may be behind them."""
        marker = None if about is None else about.find(A + "highlight")
        if marker is not None:
            papers = [flat(self._theme.paint(marker))]
        elif cell is not None:
            papers = list(self._ground.behind(part, part.box, cell))
        else:
            if part not in self._papers:
                self._papers[part] = list(self._ground.behind(part, self._written(part)))
            papers = self._papers[part]
        return all(paper and alike(paper, ink) for paper in papers)

    def _said(self, part: Part, level: str) -> list[Any]:
        """Return what is said of the letters of a shape at a level, the nearest first."""
        path = f"{A}lvl{int(level) + 1}pPr/{A}defRPr"
        lists = [node.find(f"{P}txBody/{A}lstStyle") for node in (part.node, *part.after)]
        kind = {"title": "title", "ctrTitle": "title", "dt": "other", "ftr": "other", "sldNum": "other"}
        if part.role is not None and self._styles is not None:
            lists.append(self._styles.find(f"{P}{kind.get(part.role, 'body')}Style"))
        lists.append(self._usual)
        said = [node for one in lists if one is not None and (node := one.find(path)) is not None]
        reference = part.node.find(f"{P}style/{A}fontRef")
        if reference is not None and len(reference):
            own = lists[0] is not None and bool(said) and said[0].getparent().getparent() is lists[0]
            said.insert(int(own), reference)
        return said

    def _written(self, part: Part) -> Box:
        """Return the box of a shape's words, as wide as its largest letters need it."""
        own = [_points([node]) for node in part.node.iter(A + "rPr", A + "defRPr", A + "fld") if node.get("sz")]
        return part.written(max(own, default=0) or _points(self._said(part, "0")))


def _read(xml: bytes) -> Any:
    """Return a part of the file as XML, None where it is damaged: the colours are the usual ones then."""
    from pptx.oxml import parse_xml

    try:
        return parse_xml(xml)  # no entity is resolved
    except SyntaxError:
        return None


def _drawn(node: Any) -> bool:
    """Say whether letters have an outline, a shadow or the colour of links, and so are seen in any colour."""
    line, effects = node.find(A + "ln"), node.find(A + "effectLst")
    outlined = line is not None and (fill := stated(line)) is not None and fill.tag != A + "noFill"
    return outlined or (effects is not None and len(effects) > 0) or node.find(A + "hlinkClick") is not None


def _points(said: list[Any]) -> float:
    size = whole(next((text for node in said if (text := node.get("sz"))), ""))
    return _USUAL if size is None else min(max(size / 100, 0), _LARGEST)


def _scale(part: Part) -> float:
    """Return how much smaller a shape draws its letters to have room for them."""
    fits = (next(node.iter(A + "normAutofit"), None) for node in (part.node, *part.after))
    text = next((fit.get("fontScale", "") for fit in fits if fit is not None), "")
    number = whole(text.removesuffix("%"))
    return 1 if number is None else max(0, number) / (100 if text.endswith("%") else 100_000)

"""PowerPoint (.pptx) to blocks: a page a slide; titles, bullets, tables, charts, diagrams and speaker notes.

By python-pptx itself: unstructured puts the notes before the slide, guesses titles from short lines, and leaves out
charts and diagrams. Pictures and linked files are not opened.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from ragbox.errors import Rejected
from ragbox.types import Block, Kind, Parsed

from . import Options
from .blocks import alt, block, finish, header_like, sane_title, table
from .charts import chart_blocks
from .slides_unseen import DAMAGE, Hiding
from .unseen import hidden

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds"
_SAME_LINE = 0.02
"""Of the slide's height: shapes whose tops are nearer than this are read from left to right."""


def parse(path: Path, options: Options) -> Parsed:  # noqa: ARG001 - one signature for all parsers
    """Parse a PowerPoint presentation.

    Raises:
        Rejected: python-pptx finds no presentation in it.
    """
    import pptx
    from pptx.exc import PackageNotFoundError

    try:
        deck = pptx.Presentation(str(path))
    except (KeyError, ValueError, AttributeError, PackageNotFoundError) as error:
        raise Rejected("The presentation is damaged. Open it in PowerPoint and save it again.") from error
    blocks: list[Block] = []
    warnings: list[str] = []
    width, height = int(deck.slide_width or 9_144_000), int(deck.slide_height or 6_858_000)
    hiding = Hiding(deck, width, height)
    for page, slide in enumerate(deck.slides, start=1):
        try:
            for how, words in hiding.takes(slide):
                blocks += hidden(how, words, page)
        except DAMAGE as error:
            warnings.append(f"Slide {page} could not be searched for hidden words ({type(error).__name__}).")
        made = list(_slide(slide, page, height, warnings))
        unshown = slide._element.get("show") in ("0", "false")
        blocks += [replace(one, unseen="marked") if unshown and not one.unseen else one for one in made]
    return finish(blocks, pages=len(deck.slides), title=_property(deck), warnings=warnings)


def _property(deck: Any) -> str:
    try:
        return sane_title(deck.core_properties.title)
    except (KeyError, ValueError, AttributeError):  # a damaged property part is no reason to refuse the text
        return ""


def _slide(slide: Any, page: int, height: int, warnings: list[str]) -> Iterator[Block]:
    title = slide.shapes.title
    # Ids are doubled in decks that were pasted together: a shape is told by its element.
    own = None if title is None else title._element
    if title is not None:
        yield from block(Kind.TITLE, title.text_frame.text, page, 1)
    for shape in _ordered(_flat(slide.shapes), height):
        if shape._element is own:
            continue
        try:
            yield from list(_shape(shape, page))
        except (KeyError, ValueError, AttributeError, TypeError, IndexError) as error:
            # python-pptx knows neither every kind of chart nor every damage; the rest of the slide is still good.
            warnings.append(f"Slide {page}: {shape.name!r} could not be read ({type(error).__name__}).")
    if slide.has_notes_slide and (frame := slide.notes_slide.notes_text_frame) is not None:
        yield from block(Kind.NOTE, frame.text, page)
    for relation in slide.part.rels.values():
        if not relation.is_external and relation.reltype.endswith("/comments"):
            yield from _comments(relation.target_part.blob, page)


def _flat(shapes: Iterable[Any]) -> Iterator[Any]:
    from pptx.shapes.group import GroupShape

    for shape in shapes:
        if isinstance(shape, GroupShape):
            # A group stands where it stands, and is read as one.
            yield from _flat(shape.shapes)
        else:
            yield shape


def _ordered(shapes: Iterable[Any], height: int) -> list[Any]:
    """Sort from top to bottom, shapes on one line from left to right."""
    rows: list[list[Any]] = []
    for shape in sorted(shapes, key=lambda s: _side(s, "top")):
        if rows and _side(shape, "top") - _side(rows[-1][0], "top") < height * _SAME_LINE:
            rows[-1].append(shape)
        else:
            rows.append([shape])
    return [shape for row in rows for shape in sorted(row, key=lambda s: _side(s, "left"))]


def _side(shape: Any, side: str) -> int:
    try:
        return int(getattr(shape, side) or 0)
    except (ValueError, AttributeError, TypeError):  # no number, or one of 5,000 digits: its words are still read
        return 0


def _shape(shape: Any, page: int) -> Iterator[Block]:
    if getattr(shape, "has_table", False):
        rows = _rows(shape.table)
        yield from table(rows, page, int(bool(shape.table.first_row) or header_like(rows)))
    elif getattr(shape, "has_chart", False):
        yield from chart_blocks(shape.chart_part._element, page)
    elif shape.has_text_frame:
        yield from _text(shape, page)
    else:
        for named in shape._element.iterchildren("{*}nvPicPr"):
            about = named[0]
            for text in alt(about.get("descr") or about.get("title") or ""):
                yield from block(Kind.CAPTION, text, page)
        for ids in shape._element.iter(_DIAGRAM):
            data = shape.part.related_part(ids.get(_R + "dm"))
            yield from _diagram(data.blob, page)


def _rows(grid: Any) -> list[list[str]]:
    """Return a table's cells; one over several rows is said in each, one over several columns in the first."""
    rows: list[list[str]] = []
    for row in grid.rows:
        cells = []
        for n, cell in enumerate(row.cells):
            falls = cell.is_spanned and cell._tc.vMerge and n < len(rows[-1] if rows else ())
            cells.append(rows[-1][n] if falls else "" if cell.is_spanned else cell.text)
        rows.append(cells)
    return rows


def _text(shape: Any, page: int) -> Iterator[Block]:
    from pptx.enum.shapes import PP_PLACEHOLDER as P

    role = shape.placeholder_format.type if shape.is_placeholder else None
    if role in (P.FOOTER, P.DATE, P.SLIDE_NUMBER, P.HEADER):
        return
    listed = role in (P.BODY, P.OBJECT, P.VERTICAL_BODY, P.VERTICAL_OBJECT)
    plain: list[str] = []
    for paragraph in shape.text_frame.paragraphs:
        text = paragraph.text.strip()
        properties = paragraph._p.find(_A + "pPr")
        marks = {child.tag for child in properties} if properties is not None else set()
        # Body placeholders bullet their paragraphs unless told not to; text boxes do so only when told.
        bullet = _A + "buNone" not in marks and (listed or bool(marks & {_A + "buChar", _A + "buAutoNum"}))
        if bullet and text:
            yield from block(Kind.TEXT, "\n".join(plain), page)
            plain = []
            yield from block(Kind.LIST_ITEM, text, page)
        elif text:
            plain.append(text)
    yield from block(Kind.TEXT, "\n".join(plain), page)


def _comments(xml: bytes, page: int) -> Iterator[Block]:
    """Yield what reviewers wrote beside a slide, in the old form (p:text) and the new one (a:t)."""
    for comment in _parse(xml).iter("{*}cm"):
        yield from block(Kind.NOTE, " ".join(t.text or "" for t in comment.iter("{*}text", _A + "t")), page)


def _diagram(xml: bytes, page: int) -> Iterator[Block]:
    """Yield the texts of a SmartArt diagram, point by point."""
    for body in _parse(xml).iter("{http://schemas.openxmlformats.org/drawingml/2006/diagram}t"):
        yield from block(Kind.LIST_ITEM, "".join(t.text or "" for t in body.iter(_A + "t")), page)


def _parse(xml: bytes) -> Any:
    from pptx.oxml import parse_xml

    return parse_xml(xml)  # no entity is resolved

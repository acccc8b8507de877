"""Which cells of a workbook no reader sees: formats that show nothing, letters too small or in the colour of the cell.

Hidden rows, columns and sheets are seen: filters hide rows, and what a table is computed from is asked for too. But a
sheet that Excel offers to nobody ("very hidden") is there for programs alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from .sheet_rich import Letters, Rich
from .theme import BLACK, WHITE, Theme, lit, of_hex
from .unseen import Colour, alike

TINY = 2.0
"""Points; smaller letters are there for programs, not for readers."""
SENTENCE = 30
"""Characters from which words are no header that a table's style fills."""
_WORD = re.compile(r"[^\W\d_]{2}")
_PIECE = 1 << 20
_THEME = ("lt1", "dk1", "lt2", "dk2", *(f"accent{n}" for n in range(1, 7)), "hlink", "folHlink")
"""How workbooks number a theme's colours."""
_WRITTEN_WHITE = re.compile(r"\[(?:white|colou?r ?2)\]", re.I)
_RULE = re.compile(
    rb'<(?:\w+:)?conditionalFormatting\b[^<>]*?\bsqref="([^"<>]*)"'
    rb"|<(?:\w+:)?sqref>([^<]*)</(?:\w+:)?sqref>\s{0,9}</(?:\w+:)?conditionalFormatting"
)
_MOST_RULES = 200
"""Ranges of a sheet's rules and tables that are asked of each white text."""
Range = tuple[int, int, int, int]
"""First column and row, last column and row."""
# What colours cells by other means than their style; where there is one, nobody can tell how a cell looks.
_COLOURING = re.compile(rb"conditionalFormatting|<(?:\w+:)?(?:tablePart|picture)\b")


class Hiding:
    """What is hidden in one workbook; asked cell by cell, as a style's look is worked out once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._theme: Theme | None = None
        self._looks: dict[tuple[int, Letters | None], str] = {}
        self._coloured: dict[str, tuple[bool, list[Range]]] = {}

    def parted(self, cell: Any, text: str) -> tuple[str, list[tuple[str, str]]]:
        """Return what is seen of a cell's text, and how the rest of it is hidden with its words."""
        form = cell.number_format
        if form and ";" in form and _blank(form, cell.value):
            return "", [("marked", text)]
        if not isinstance(cell.value, Rich):
            return _parted(text, [(text, self._look(cell, None))], lambda words: self._spared(cell, words))
        runs = [(words, self._look(cell, letters)) for words, letters in cell.value.runs]
        return _parted(text, runs, lambda words: self._spared(cell, words))

    def _spared(self, cell: Any, text: str) -> bool:
        """Say whether words in the colour of their cell may be seen all the same."""
        # A header may be white on what a table's style fills or a rule of the sheet does; a figure tells nobody to do
        # anything, and many are put away so.
        if len(text) < SENTENCE:
            return not _WORD.search(text) or self._ruled(cell.parent)[0]
        places, at, row = self._ruled(cell.parent)[1], cell.column, cell.row
        return any(left <= at <= right and top <= row <= bottom for left, top, right, bottom in places)

    def _look(self, cell: Any, letters: Letters | None) -> str:
        """Return how a style hides what is in its cells, or what of it has letters of its own."""
        style = cell._style_id, letters
        if style not in self._looks:
            self._looks[style] = self._worked_out(cell, letters)
        return self._looks[style]

    def _worked_out(self, cell: Any, letters: Letters | None) -> str:
        from openpyxl.styles.colors import Color

        font, fill = cell.font, cell.fill
        if font is None or fill is None:
            return ""
        # A run that says how its letters look, and nothing of their colour, is black: the cell's is not handed down.
        size = letters.size if letters else font.sz
        said = (Color(**dict(letters.colour)) if letters.colour else None) if letters else font.color
        if size is not None and size < TINY:
            return "tiny"
        white = letters is None and _WRITTEN_WHITE.search(cell.number_format or "")
        ink = WHITE if white else self._colour(said)
        if fill.fill_type is None:
            paper: Colour | None = WHITE
        else:
            paper = self._colour(fill.fgColor) if fill.fill_type == "solid" else None
        return "colour" if ink and paper and alike(ink, paper) else ""

    def _colour(self, colour: Any) -> Colour | None:
        """Return a colour of a style, None where none is stated or nobody can tell."""
        if colour is None or colour.type == "auto":
            return None
        if colour.type == "rgb":
            found = of_hex(str(colour.rgb)[-6:])
        elif colour.type == "indexed":
            palette = self._book._colors
            known = {64: BLACK, 65: WHITE}
            number = colour.indexed
            found = known.get(number) or (of_hex(palette[number][-6:]) if 0 <= number < len(palette) else None)
        else:
            found = self._themed().named(_THEME[colour.theme]) if 0 <= colour.theme < len(_THEME) else None
        if found is None or not colour.tint:
            return found
        return lit(found, 1 - abs(colour.tint), max(0, colour.tint))

    def _themed(self) -> Theme:
        if self._theme is None:
            from openpyxl.xml.functions import fromstring

            try:
                root = fromstring(self._book.loaded_theme) if self._book.loaded_theme else None
            except SyntaxError:
                root = None  # its colours are the usual ones then
            self._theme = Theme(root, {})
        return self._theme

    def _ruled(self, sheet: Any) -> tuple[bool, list[Range]]:
        """Say whether anything but their styles colours the cells of a sheet, and where rules and headers do."""
        path = sheet._worksheet_path
        if path not in self._coloured:
            coloured, places, rest = False, list[str](), b""
            with self._book._archive.open(path) as stream:
                while piece := stream.read(_PIECE):
                    text = rest + piece
                    coloured = coloured or _COLOURING.search(text) is not None
                    for rule in _RULE.finditer(text) if coloured and len(places) < _MOST_RULES else ():
                        places += (rule[1] or rule[2] or b"").decode("utf-8", "replace").split()
                    rest = text[-_PIECE // 16 :]
            ranges = [found for place in places[:_MOST_RULES] if (found := _range(place)) is not None]
            headers = _headers(self._book._archive, path) if coloured else []
            self._coloured[path] = coloured, ranges + headers[:_MOST_RULES]
        return self._coloured[path]


def _range(text: str) -> Range | None:
    from openpyxl.utils import range_boundaries

    try:
        left, top, right, bottom = range_boundaries(text)
    except (ValueError, TypeError):
        return None
    return left or 1, top or 1, right or 1 << 14, bottom or 1 << 20  # all of its columns or rows where none is named


def _headers(archive: Any, path: str) -> list[Range]:
    """Return the ranges of the header rows of a sheet's tables."""
    from openpyxl.packaging.relationship import get_dependents, get_rels_path
    from openpyxl.xml.functions import fromstring

    found: list[Range] = []
    try:
        for link in get_dependents(archive, get_rels_path(path)):
            table = fromstring(archive.read(link.target)) if link.Type.endswith("/table") else {}
            around = _range(table.get("ref", ""))
            if around is not None and table.get("headerRowCount", "1") != "0":
                left, top, right, _ = around
                found.append((left, top, right, top))
    except (KeyError, ValueError, TypeError, SyntaxError):  # without its tables, a sheet is still read
        return found
    return found


class OldHiding:
    """What is hidden in one old workbook (.xls) as xlrd opens it."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._looks: dict[tuple[int, int | None], str] = {}

    def parted(
        self, style: int, value: Any, text: str, fonts: Sequence[tuple[int, int]]
    ) -> tuple[str, list[tuple[str, str]]]:  # fmt: skip
        """Return what is seen of a cell's text, and how the rest of it is hidden with its words.

        `style` is the cell's number, `fonts` says from which character on its letters are of another font's number.
        """
        form = self._book.format_map[self._book.xf_list[style].format_key].format_str or ""
        if ";" in form and _blank(form, value):
            return "", [("marked", text)]
        runs = [(text, self._look(style, None))]
        if fonts:
            units = text.encode("utf-16-le", "surrogatepass")  # as the file counts characters
            starts: list[tuple[int, int | None]] = [(0, None), *sorted(fonts, key=lambda run: run[0])]
            ends = [*(start for start, _ in starts[1:]), len(units)]
            runs = [
                (units[2 * at : 2 * end].decode("utf-16-le", "replace"), self._look(style, font))
                for (at, font), end in zip(starts, ends, strict=True)
                if at < end and 2 * at < len(units)
            ]
        return _parted(text, runs, lambda words: len(words) < SENTENCE)  # rules for colours are not read

    def _look(self, style: int, letters: int | None) -> str:
        """Return how a style hides what is in its cells, or what of it has letters of another font."""
        if (style, letters) not in self._looks:
            own, known = self._book.xf_list[style], self._book.font_list
            font = known[own.font_index if letters is None or letters >= len(known) else letters]
            back = own.background
            ink = self._book.colour_map.get(font.colour_index)
            paper = {0: WHITE, 1: self._book.colour_map.get(back.pattern_colour_index)}.get(back.fill_pattern)
            tiny = 0 < font.height < 20 * TINY  # twentieths of a point
            look = "tiny" if tiny else "colour" if ink and paper and alike(ink, paper) else ""
            self._looks[style, letters] = look
        return self._looks[style, letters]


def _parted(
    text: str, runs: Sequence[tuple[str, str]], spared: Callable[[str], bool]
) -> tuple[str, list[tuple[str, str]]]:  # fmt: skip
    """Return what is seen of a text, and how the rest is hidden with its words, by how each run of it is hidden.

    `spared` says whether words in the colour of their cell are seen all the same.
    """
    if not any(look for _, look in runs):
        return text, []
    gone = {how: "".join(words if look == how else " " for words, look in runs) for _, how in runs if how}
    if "colour" in gone and spared(gone["colour"].strip()):
        del gone["colour"]
    if not gone:
        return text, []
    return "".join(" " if look in gone else words for words, look in runs).strip(), list(gone.items())


def _blank(form: str, value: Any) -> bool:
    """Say whether a format shows nothing of a value; its parts are for more than 0, less, 0 and words."""
    parts = [part.replace('""', "").strip() for part in form.split(";")]
    if isinstance(value, str):
        return len(parts) > 3 and not parts[3]
    # Many formats leave zeros out, which are seen as such.
    return len(parts) > 2 and not any(parts[:3])

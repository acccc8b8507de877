"""Find tables that are drawn with cell borders, by their ruling lines. Knows words and rules, not pages."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence

from .pdf_lines import MARK, Line, glue, join, lines, numeric, rows, year
from .pdf_rows import Row, Table
from .pdf_words import Rule, Sheet, Word

_DIGIT = re.compile(r"\d")

_NEAR = 3.0  # points by which the ends of two rules may miss each other
_MAX_CROSSINGS = 250_000  # a drawing, not a table
_MAX_HEADER = 4  # rows
_MAX_CELL = 1500  # characters; a longer cell is a page's layout, not a table


def ruled(sheet: Sheet) -> tuple[list[Table], list[Word]]:
    """Return the bordered tables of a sheet, and the words outside of them."""
    across, down = _whole(sheet.across), _whole(sheet.down)
    if len(across) < 2 or not down or len(across) * len(down) > _MAX_CROSSINGS:
        return [], sheet.words
    tables, words = [], sheet.words
    for h_rules, v_rules in _connected(across, down):
        grid = _Grid(h_rules, v_rules)
        if len(grid.xs) < 3 or len(grid.ys) < 3:
            continue
        inside = [word for word in words if grid.holds(word)]
        if table := grid.table(inside):
            tables.append(table)
            words = [word for word in words if not grid.holds(word)]
    return tables, words


def _whole(rules: Iterable[Rule]) -> list[Rule]:
    """Return rules with the pieces that lie on one line and touch joined: borders are often drawn cell by cell."""
    merged: list[Rule] = []
    level: list[Rule] = []
    for rule in [*sorted(rules), Rule(float("inf"), 0, 0)]:
        if level and rule.at - level[0].at > 1.5:
            level.sort(key=lambda r: r.start)
            joined = [level[0]]
            for piece in level[1:]:
                if piece.start <= joined[-1].end + _NEAR:
                    joined[-1] = Rule(joined[-1].at, joined[-1].start, max(joined[-1].end, piece.end))
                else:
                    joined.append(piece)
            merged += joined
            level = []
        level.append(rule)
    return merged


def _connected(across: Sequence[Rule], down: Sequence[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Return the groups of rules that cross or touch."""
    group = list(range(len(across) + len(down)))

    def root(i: int) -> int:
        while group[i] != i:
            group[i] = group[group[i]]
            i = group[i]
        return i

    for i, h in enumerate(across):
        for j, v in enumerate(down):
            if h.start - _NEAR <= v.at <= h.end + _NEAR and v.start - _NEAR <= h.at <= v.end + _NEAR:
                group[root(len(across) + j)] = root(i)
    found: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for i, h in enumerate(across):
        found.setdefault(root(i), ([], []))[0].append(h)
    for j, v in enumerate(down):
        found.setdefault(root(len(across) + j), ([], []))[1].append(v)
    return [pair for pair in found.values() if pair[0] and pair[1]]


def _places(rules: Sequence[Rule], others: Sequence[Rule]) -> list[float]:
    """Return where the rules lie, with the others' ends as the missing outer borders."""
    places: list[float] = []
    for at in sorted([rule.at for rule in rules] + [min(o.start for o in others), max(o.end for o in others)]):
        if not places or at - places[-1] > _NEAR + 1:
            places.append(at)
    return places


class _Grid:
    """Connected rules as rows and columns of cells."""

    def __init__(self, across: Sequence[Rule], down: Sequence[Rule]) -> None:
        self._across, self._down = across, down
        self.xs, self.ys = _places(down, across), _places(across, down)
        self._roots: dict[tuple[int, int], tuple[int, int]] = {}

    def holds(self, word: Word) -> bool:
        """Return whether a word stands within the grid."""
        x, y = (word.left + word.right) / 2, (word.top + word.bottom) / 2
        return self.xs[0] < x < self.xs[-1] and self.ys[0] < y < self.ys[-1]

    def table(self, words: Sequence[Word]) -> Table | None:
        """Return the table of these words, or None where too few cells are filled for one."""
        n_rows, n_columns = len(self.ys) - 1, len(self.xs) - 1
        cells: dict[tuple[int, int], list[Word]] = {}
        for word in words:
            r = min(bisect_right(self.ys, (word.top + word.bottom) / 2), n_rows) - 1
            c = min(bisect_right(self.xs, (word.left + word.right) / 2), n_columns) - 1
            cells.setdefault(self._root(r, c), []).append(word)
        filled_columns = {c for _, c in cells}
        if len(filled_columns) < 2 or len({r for r, _ in cells}) < 2 or len(cells) < 0.3 * self._count():
            return None
        if any(sum(len(word.text) + 1 for word in cell) > _MAX_CELL for cell in cells.values()):
            return None
        columns = sorted(filled_columns)
        made: list[Row] = []
        for r in range(n_rows):
            row = {c: lines(cells[r, c]) for c in columns if (r, c) in cells}
            if any(sum(_cells(level) > 1 for level in rows(cell)) > 2 for cell in row.values()):
                return None  # a table within a cell: the borders are a form's or a page's layout
            made += [self._row(part, columns) for part in (not made and _titled(row)) or _split(row)]
        if len(made) < 2:
            return None
        extents = [(self.xs[c], self.xs[c + 1]) for c in columns]
        return Table(made, _headed(made, {w.bold for w in words if w.base < self.ys[1]}), extents)

    def _root(self, r: int, c: int) -> tuple[int, int]:
        """Return the upper left cell of the merged cell that (r, c) is part of."""
        if (r, c) not in self._roots:
            self._roots[r, c] = self._look(r, c)
        return self._roots[r, c]

    def _look(self, r: int, c: int) -> tuple[int, int]:
        y = (self.ys[r] + self.ys[r + 1]) / 2
        while c > 0 and not _covered(self._down, self.xs[c], y):
            c -= 1
        x = (self.xs[c] + self.xs[c + 1]) / 2
        while r > 0 and not _covered(self._across, self.ys[r], x):
            r -= 1
        return r, c

    def _count(self) -> int:
        return len({self._root(r, c) for r in range(len(self.ys) - 1) for c in range(len(self.xs) - 1)})

    def _row(self, row: dict[int, list[Line]], columns: Sequence[int]) -> Row:
        texts = []
        for c in columns:
            text = ""
            for line in (join(level) for level in rows(row.get(c, []))):
                text += glue(text, line.text) + line.text
            texts.append(text)
        found = [line for cell in row.values() for line in cell]
        return Row(
            texts,
            min(line.left for line in found),
            min(line.top for line in found),
            max(line.right for line in found),
            max(line.bottom for line in found),
        )


def _cells(level: Sequence[Line]) -> int:
    """Return how many cells a row of lines could be, the mark of a list item not counted."""
    return len(level) - bool(MARK.fullmatch(level[0].text))


def _covered(rules: Iterable[Rule], at: float, place: float) -> bool:
    """Return whether a rule at that position passes the place."""
    return any(abs(rule.at - at) <= _NEAR + 1 and rule.start - _NEAR <= place <= rule.end + _NEAR for rule in rules)


def _titled(row: dict[int, list[Line]]) -> list[dict[int, list[Line]]]:
    """Return the first band as two rows where bold heads of all columns stand in it, parted by a shade, not a rule."""
    levels = rows(line for cell in row.values() for line in cell)
    top = levels[0] if levels else []
    rest = {c: [line for line in cell if line not in top] for c, cell in row.items()}
    heads = {c: [line for line in cell if line in top] for c, cell in row.items()}
    plain = not any(line.bold for cell in rest.values() for line in cell)
    if len(row) < 2 or not all(line.bold for line in top) or not all(heads.values()) or not all(rest.values()):
        return []
    return [heads, rest] if plain else []


def _split(row: dict[int, list[Line]]) -> list[dict[int, list[Line]]]:
    """Return the rows of a band between two rules: several where its columns' lines agree in height."""
    if not row:
        return []
    levels = rows(line for cell in row.values() for line in cell)
    home = {id(line): c for c, cell in row.items() for line in cell}
    shared = sum(len({home[id(line)] for line in level}) > 1 for level in levels)
    if len(levels) < 3 or shared < 0.7 * len(levels) or shared < 3:
        return [row]
    if sum(any(numeric(line.text) for line in level) for level in levels) < 0.6 * len(levels):
        return [row]  # wrapped cells agree in height too, but have no figure on every line
    parts = []
    for level in levels:
        part: dict[int, list[Line]] = {}
        for line in level:
            part.setdefault(home[id(line)], []).append(line)
        parts.append(part)
    return parts


def _headed(made: Sequence[Row], bold: set[bool]) -> int:
    """Return how many rows are the header: one set in bold, or words over columns of figures, on several rows too."""
    first = made[0].cells
    if (several := _several(made)) > 1:
        return several
    if bold == {True}:
        return 1
    if len(first) < 2 or any(numeric(cell) and not year(cell) for cell in first):
        return 0
    for column in (c for c in range(1, len(first)) if first[c]):
        below = [row.cells[column] for row in made[1:]]
        # "8 hours" under "valid for" is as good as a bare figure, if all the column is like that.
        measured = len(below) > 1 and not _DIGIT.search(first[column]) and all(map(_DIGIT.search, below))
        if measured or any(map(numeric, below)):
            return 1
    return 0


def _several(made: Sequence[Row]) -> int:
    """Return how many rows of words stand over rows of figures, no more than one of them with a label; 0 for none."""
    figures = [any(numeric(cell) and not year(cell) for cell in row.cells[1:]) for row in made]
    first = figures.index(True) if True in figures else 0
    heads, body = made[:first], figures[first:]
    alone = any(row.label_only for row in heads) or sum(bool(row.cells[0]) for row in heads) > 1
    return 0 if alone or first > _MAX_HEADER or sum(body) < 0.5 * len(body) else first

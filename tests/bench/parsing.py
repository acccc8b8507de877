"""What parsing keeps of other converters' reference outputs: words, table cells and reading order, by format.

    python -m tests.bench.parsing --evaldata EVALDATA [--only SUBSTRING] [--ocr] [--misses] [--json]

The truth is what upstream converters wrote as Markdown, no transcription by people: its marks, addresses of links,
LaTeX commands, placeholders and numbers of list items are no text, a merged cell that it says in each column or row
counts once. `WRONG` names the files whose truth says other things than the file; their figures stand apart.

- text: share of the truth's words (ideographs one by one) that ours has as often, in any order
- cells: share of the truth's table cells that ours has as a table cell of the same words, as often
- order: of the words that stand once in both, the longest run that both read in one order, as a share
"""

from __future__ import annotations

import argparse
import html
import json
import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ingest.detect import detect
from ingest.parsers import Options, parse
from ragbox.errors import Rejected
from ragbox.text import HAN
from ragbox.types import Kind, Parsed

WRONG = {
    "docling/html/sources/wiki_duck.html": "The menus, and names of links as words.",
    "docling/html/sources/hyperlink_03.html": "The menu, which is most of the page.",
    "docling/html/sources/html_rich_table_cells.html": "A table within a cell as the words of that cell.",
    "docling/html/sources/table_05.html": "A table within a cell as the words of that cell.",
    "docling/html/sources/table_06.html": "A table within a cell as the words of that cell.",
    "docling/docx/sources/equations.docx": "LaTeX's own words and spacing; one formula is a placeholder.",
    "docling/pptx/sources/powerpoint_comments.pptx": "Labels, initials and times of comments.",
    "docling/pptx/sources/pptx_chart.pptx": "What kind of chart a chart is.",
    "docling/xlsx/sources/xlsx_comments.xlsx": "Labels, initials and times of comments.",
    "docling/xlsx/sources/xlsx_01.xlsx": "The values of charts, which the cells hold, once more; we lack their titles.",
    "docling/xlsx/sources/xlsx_03_chartsheet.xlsx": "As above.",
    "docling/xlsx/sources/xlsx_04_inflated.xlsx": "As above.",
    "docling/xlsx/sources/xlsx_07_gap_tolerance_.xlsx": "Merged figures in each of their columns.",
    "docling/pdf/sources/redp5110_sampled.pdf": "A list of contents as a table; a running foot as text.",
    "docling/pdf/sources/2305.03393v1-pg9.pdf": "Two printed rows as one, two figures in each cell.",
}
"""Source to what its truth gets wrong."""

_WORD = re.compile(rf"[{HAN}]|[^\W_{HAN}]+")
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_FIGURE = re.compile(r"[\W\d]*")
_MARKUP = (
    (re.compile(r"<!--.*?-->", re.S), " "),
    (re.compile(r"!\[([^\]]*)\]\([^)]*\)"), r"\1"),
    (re.compile(r"\[([^\[\]]*)\]\((?:[^()\s]|\([^()]*\))*\)"), r"\1"),
    (re.compile(r"(?m)^\s*```\w*\s*$"), ""),
    (re.compile(r"\[[ xX]\] "), " "),
    (re.compile(r"(?m)^(\s*)\d+[.)]\s"), r"\1"),
    (re.compile(r"\\(?:begin|end|operatorname|mathrm|text)\b\**"), " "),
)
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_LATEX = re.compile(r"\\[a-zA-Z]+")
_FORMULA = re.compile(r"\$\$.+?\$\$|\$[^$\n]+?\$", re.S)
_RULE = re.compile(r"[\s|:-]+")


@dataclass(frozen=True, kw_only=True)
class Text:
    """A text as it is compared: its words in order, its table cells as tuples of words."""

    words: list[str]
    cells: Counter[tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class Score:
    """How one file came out. `lost` and `lost_cells` hold what the truth has more often than ours."""

    source: str
    kind: str
    words: int
    cells: int
    lost: Counter[str] = field(repr=False)
    lost_cells: Counter[tuple[str, ...]] = field(repr=False)
    once: int
    ordered: int
    refused: str = ""


def words(text: str) -> list[str]:
    """Return the words of a text, ideographs one by one, folded."""
    plain = unicodedata.normalize("NFKC", _UNSEEN.sub("", text)).casefold()
    return _WORD.findall(_THOUSANDS.sub("", plain))


def counted(rows: Iterable[Sequence[str]]) -> Counter[tuple[str, ...]]:
    """Count a table's cells; words beside or under themselves are one merged cell, a row of one cell is a heading."""
    found: Counter[tuple[str, ...]] = Counter()
    above: list[tuple[str, ...]] = []
    for row in rows:
        cells = [tuple(words(cell)) for cell in row]
        for n, cell in enumerate(cells if len(set(filter(None, cells))) > 1 else ()):
            merged = (n and cells[n - 1] == cell) or (n < len(above) and above[n] == cell)
            found[cell] += bool(cell) and not (merged and not _FIGURE.fullmatch("".join(cell)))
        above = cells
    return +found


def truth(markdown: str) -> Text:
    """Return what a reference output says."""
    text = _FORMULA.sub(lambda m: _LATEX.sub(" ", m[0]), markdown)
    for pattern, plain in _MARKUP:
        text = pattern.sub(plain, text)
    text = html.unescape(text)
    lines: list[str] = []
    tables: list[list[list[str]]] = [[]]
    for line in text.splitlines():
        row = line.strip()
        if not (row.startswith("|") and row.endswith("|") and len(row) > 1):
            lines.append(line)
            tables.append([])
            continue
        if _RULE.fullmatch(row):
            continue
        cells = [c.replace("\\|", "|") for c in re.split(r"(?<!\\)\|", row)[1:-1]]
        above = tables[-1][-1] if tables[-1] else []
        lines += [c for n, c in enumerate(cells) if not _repeated(cells, n, above)]
        tables[-1].append(cells)
    return Text(words=words("\n".join(lines)), cells=sum(map(counted, tables), Counter()))


def _repeated(cells: Sequence[str], n: int, above: Sequence[str]) -> bool:
    same = (n and cells[n - 1] == cells[n]) or (n < len(above) and above[n] == cells[n])
    return bool(same) and not _FIGURE.fullmatch(cells[n])


def ours(parsed: Parsed) -> Text:
    """Return what we read."""
    tables = [block.rows for block in parsed.blocks if block.kind is Kind.TABLE]
    return Text(words=words("\n".join(b.text for b in parsed.blocks)), cells=sum(map(counted, tables), Counter()))


def lost(gold: Sequence[str], read: Sequence[str]) -> Counter[str]:
    """Return the truth's words that ours lacks; what one writes as one word and the other in parts is the same."""
    missing, more = Counter(gold) - Counter(read), Counter(read) - Counter(gold)
    _pair(gold, missing, more)
    _pair(read, more, missing)
    return +missing


def _pair(parts: Sequence[str], few: Counter[str], whole: Counter[str]) -> None:
    """Strike runs of words, all of them in `few`, that are one word of `whole`."""
    for start, first in enumerate(parts):
        run = [first] if few[first] > 0 else []
        for word in parts[start + 1 : start + 6] if run else ():
            run.append(word)
            if Counter(run) - few:
                break
            if whole[joined := "".join(run)] > 0:
                few.subtract(run)
                whole[joined] -= 1
                break


def in_order(gold: Sequence[str], read: Sequence[str]) -> tuple[int, int]:
    """Return how many words stand once in both, and how many of them at most are in one order in both."""
    once = {w for w, n in Counter(gold).items() if n == 1} & {w for w, n in Counter(read).items() if n == 1}
    place = {w: n for n, w in enumerate(read) if w in once}
    tails: list[int] = []
    for at in (place[w] for w in gold if w in once):
        n = bisect_left(tails, at)
        tails[n : n + 1] = [at]
    return len(once), len(tails)


def score(source: Path, gold: Text, name: str, ocr: bool) -> Score:
    """Parse one file and compare it."""
    kind = source.suffix[1:]
    try:
        kind = detect(source, source.name)
        read, refused = ours(parse(source, kind, Options(ocr=ocr))), ""
    except Rejected as error:
        read, refused = Text(words=[], cells=Counter()), str(error)
    once, ordered = in_order(gold.words, read.words)
    return Score(
        source=name, kind=kind, words=len(gold.words), cells=gold.cells.total(), refused=refused,
        lost=lost(gold.words, read.words), lost_cells=gold.cells - read.cells, once=once, ordered=ordered,
    )  # fmt: skip


def scores(folder: Path, only: str, ocr: bool) -> Iterator[Score]:
    """Yield each pair's score; outputs of OCR engines are compared only with `ocr`."""
    for line in (folder / "pairs.jsonl").read_text(encoding="utf-8").splitlines():
        pair = json.loads(line)
        if only in pair["source"] and (ocr or not pair["ocr_variant"]):
            gold = truth((folder / pair["groundtruth"]).read_text(encoding="utf-8"))
            yield score(folder / pair["source"], gold, pair["source"], ocr)


def figures(found: Sequence[Score]) -> dict[str, float | int | None]:
    """Return the figures of some files: shares over all their words and cells, and the lowest text recall of one."""
    count, cells, once = (sum(getattr(s, name) for s in found) for name in ("words", "cells", "once"))
    return {
        "files": len(found), "words": count, "cells": cells,
        "text": _share(count - sum(s.lost.total() for s in found), count),
        "lowest": min((r for s in found if (r := _share(s.words - s.lost.total(), s.words)) is not None), default=None),
        "table_cells": _share(cells - sum(s.lost_cells.total() for s in found), cells),
        "order": _share(sum(s.ordered for s in found), once),
    }  # fmt: skip


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def show(found: Sequence[Score], misses: bool) -> None:
    """Print the table, and with `misses` every word and cell that is not in ours."""
    print("| format | files | words | text | lowest file | cells | table cells | order |\n" + 8 * "|---" + "|")
    for kind, group in grouped(found).items():
        f = figures(group)
        values = [f[n] for n in ("files", "words", "text", "lowest", "cells", "table_cells", "order")]
        print(f"| {kind} | {' | '.join('-' if v is None else str(v) for v in values)} |")
    for s in found if misses else []:
        if s.lost or s.lost_cells or s.refused:
            counts = f"{s.lost.total()} of {s.words} words, {s.lost_cells.total()} of {s.cells} cells"
            print(f"\n{s.source} ({s.kind}): {counts}. {WRONG.get(s.source, '')} {s.refused}")
            print("  words:", " ".join(f"{w}*{n}" if n > 1 else w for w, n in s.lost.items()))
            print("  cells:", " | ".join(" ".join(cell) for cell in s.lost_cells))


def grouped(found: Sequence[Score]) -> dict[str, list[Score]]:
    """Return the files by kind, those with a wrong truth apart."""
    groups: dict[str, list[Score]] = {}
    for s in found:
        groups.setdefault("wrong truth" if s.source in WRONG else s.kind, []).append(s)
    return dict(sorted(groups.items()))


def main() -> None:
    """Measure and print."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--evaldata", type=Path, required=True)
    ask.add_argument("--only", default="")
    ask.add_argument("--ocr", action="store_true")
    ask.add_argument("--misses", action="store_true")
    ask.add_argument("--json", action="store_true")
    given = ask.parse_args()
    found = list(scores(given.evaldata / "parsing", given.only, given.ocr))
    if given.json:
        print(json.dumps({kind: figures(group) for kind, group in grouped(found).items()}, indent=2))
    else:
        show(found, given.misses)


if __name__ == "__main__":
    main()

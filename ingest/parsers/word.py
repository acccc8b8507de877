"""Word (.docx) to blocks: headings with levels and numbers, lists, tables, notes, comments, text boxes, pages.

Walks the XML that python-docx loads, because python-docx's paragraphs (and so unstructured's) leave out tracked
insertions, content controls, text boxes, foot- and endnotes, and count no page break but the rendered ones.
Headers and footers stay out of the body. Nothing that a relationship points to outside the file is opened.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from ragbox.errors import Rejected
from ragbox.types import Block, Kind, Mark, Parsed

from . import Options
from .blocks import alt, block, captioned, finish, header_like, high, line, raised_after, table
from .charts import chart_blocks
from .numbering import Numbering, W, root_of, value
from .word_unseen import Hiding

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_PICTURE = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
# Deleted and moved-away text, properties, field codes, the fallback copy of a text box, phonetic guides.
_SKIPPED = frozenset(
    [W + tag for tag in ("del", "moveFrom", "pPr", "rPr", "sdtPr", "sdtEndPr", "instrText", "delText", "rt")]
    + [_MC + "Fallback"]
)
_SHOWN = {W + "tab": " ", W + "ptab": " ", W + "cr": "\n", W + "noBreakHyphen": "-"}
_NOTES = {W + "footnoteReference": "footnotes", W + "endnoteReference": "endnotes", W + "commentReference": "comments"}
_PSEUDO_HEADING = 60
"""Characters; a shorter paragraph all in bold heads what follows."""


def parse(path: Path, options: Options) -> Parsed:  # noqa: ARG001 - one signature for all parsers
    """Parse a Word document.

    Raises:
        Rejected: python-docx finds no document in it.
    """
    import docx
    from docx.opc.exceptions import PackageNotFoundError

    try:
        document = docx.Document(str(path))
    except (KeyError, ValueError, PackageNotFoundError) as error:
        raise Rejected(
            "The Word document is damaged, or saved as Strict Open XML. Save it again as Word Document (.docx)."
        ) from error
    walk = _Walk(document)
    blocks = [*walk.body(document.element.body), *walk.hiding.found]
    return finish(blocks, pages=walk.page, title=_property(document))


def _property(document: Any) -> str:
    try:
        return str(document.core_properties.title or "")
    except (KeyError, ValueError, AttributeError):  # a damaged property part is no reason to refuse the text
        return ""


@dataclass(kw_only=True)
class _Text:
    """A paragraph being read: its text, where its pages begin in it, and what hangs on it."""

    text: str = ""
    pages: list[tuple[int, int]] = field(default_factory=list)
    boxes: list[Any] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    charts: list[str] = field(default_factory=list)
    alts: list[str] = field(default_factory=list)


class _Walk:
    """One pass over a document; `page` is where it stands."""

    def __init__(self, document: Any) -> None:
        self.page = 1
        self._styles = {s.get(W + "styleId"): s for s in document.styles.element.findall(W + "style")}
        self._default = next(
            (i for i, s in self._styles.items() if s.get(W + "type") == "paragraph" and s.get(W + "default") == "1"), ""
        )
        self._chains: dict[str, list[Any]] = {}
        self._relations = {key: rel for key, rel in document.part.rels.items() if not rel.is_external}
        parts = {rel.reltype.rsplit("/", 1)[-1]: rel for rel in self._relations.values()}
        self._numbering = Numbering(root_of(parts.get("numbering")))
        self._notes = {
            kind: {n.get(W + "id"): n for n in root}
            for kind in _NOTES.values()
            if (root := root_of(parts.get(kind))) is not None
        }
        # Word writes rendered breaks beside the explicit ones: where it did, only those count.
        self._rendered = next(document.element.body.iter(W + "lastRenderedPageBreak"), None) is not None
        sections = document.element.body.iter(W + "sectPr")
        self._sections = iter([value(section, "type") for section in sections][1:])
        self.hiding = Hiding(document, self._styles)
        self._heading = 0
        self._marks: dict[tuple[str, str], str] = {}

    def body(self, parent: Any) -> Iterator[Block]:
        """Yield the blocks of a body, cell, note, text box or content control."""
        for node in parent:
            if node.tag == W + "p":
                yield from self._paragraph(node)
            elif node.tag == W + "tbl":
                yield from self._table(node)
            elif node.tag in (W + "sdt", W + "sdtContent", W + "customXml", W + "ins", W + "moveTo", W + "smartTag"):
                yield from self.body(node)

    def _paragraph(self, node: Any) -> Iterator[Block]:
        chain = self._chain(value(node, "pPr/pStyle"))
        if not self._rendered and _on(node.find(f"{W}pPr/{W}pageBreakBefore")):
            self.page += 1
        label = self._numbering.label(*self._number(node, chain))
        read = _Text(pages=[(0, self.page)])
        self._read(node, read)
        name = self._name(chain)
        # A table of contents repeats the headings with numbers of pages: it would be found instead of them.
        if not name.startswith("toc "):
            yield from self._made(node, chain, name, label, read)
        for box in read.boxes:
            yield from self.body(box)
        for chart in read.charts:
            if (root := root_of(self._relations.get(chart))) is not None:
                yield from chart_blocks(root, self.page)
        for text in read.alts:
            yield from block(Kind.CAPTION, text, self.page)
        for kind, number in read.notes:
            yield from self._note(kind, number)
        if not self._rendered and node.find(f"{W}pPr/{W}sectPr") is not None:
            # A section's type says how it begins, so the next one's says what stands between the two.
            self.page += next(self._sections, None) != "continuous"

    def _made(self, node: Any, chain: list[Any], name: str, label: str | None, read: _Text) -> list[Block]:
        level = self._outline(node, chain, name)
        prefix = f"{label} " if label and read.text.strip() else ""
        if level:
            kind = Kind.TITLE
            self._heading = level
        elif label is not None or name.startswith("list "):
            kind = Kind.LIST_ITEM
        elif name == "caption" or captioned(read.text.strip()):
            kind = Kind.CAPTION
        elif self._bold(node, chain, read.text):
            kind, level = Kind.TITLE, self._heading + 1
        else:
            kind = Kind.TEXT
        pages = [page for at, page in read.pages if at < len(read.text.rstrip())] or [read.pages[0][1]]
        if len(pages) == 1 or kind is Kind.TITLE:
            return block(kind, prefix + read.text, pages[0], level)
        # The paragraph runs over a page's end: each part keeps its page.
        borders = [at for at, _ in read.pages[: len(pages)]] + [len(read.text)]
        parts = [line(read.text[s:e]) for s, e in pairwise(borders)]
        parts[0] = prefix + parts[0]
        text, marks = "", []
        for part, page in zip(parts, pages, strict=True):
            if part:
                text += " " if text and part[0].isascii() else ""
                marks.append(Mark(start=len(text), end=len(text) + len(part), page=page))
                text += part
        return [Block(kind=kind, text=text, page=marks[0].page, marks=tuple(marks))] if marks else []

    def _read(self, node: Any, into: _Text) -> None:
        for child in node:
            tag = child.tag
            if tag in (W + "t", _M + "t"):
                into.text += child.text or ""
            elif tag in _SHOWN:
                into.text += _SHOWN[tag]
            elif tag == W + "br" and child.get(W + "type") not in ("page", "column"):
                into.text += "\n"
            elif tag == W + "lastRenderedPageBreak" or (tag == W + "br" and not self._rendered):
                if child.get(W + "type") != "column":
                    self.page += 1
                    into.pages.append((len(into.text), self.page))
            elif tag in _NOTES:
                into.notes.append((_NOTES[tag], child.get(W + "id") or ""))
                if child.get(W + "customMarkFollows") is None and (mark := self._mark(*into.notes[-1])):
                    into.text += raised_after(into.text, mark)
            elif tag == W + "txbxContent":
                into.boxes += [] if self.hiding.takes_box(child, self.page) else [child]
            elif tag == _PICTURE:
                into.alts += alt(child.get("descr") or child.get("title") or "")
            elif tag == _CHART:
                into.charts.append(child.get(_R + "id") or "")
            elif tag not in _SKIPPED and not (tag == W + "r" and self.hiding.takes(child, self.page)):
                self._read(child, into)

    def _mark(self, kind: str, number: str) -> str:
        """Return the number that a note is printed with, counted as Word does; "" for a comment, or where it lacks."""
        if kind != "comments" and number in self._notes.get(kind, {}):
            self._marks.setdefault((kind, number), str(len(self._marks) + 1))
        return self._marks.get((kind, number), "")

    def _note(self, kind: str, number: str) -> list[Block]:
        # Taken out, so that a note that refers to itself ends.
        node = self._notes.get(kind, {}).pop(number, None)
        if node is None:
            return []
        page = self.page
        text = " ".join(b.text for b in self.body(node))
        self.page = page
        author = node.get(W + "author")
        sign = high(self._marks.get((kind, number), ""))
        return block(Kind.NOTE, f"{author}: {text}" if author and text else f"{sign} {text}" if text else "", page)

    def _table(self, node: Any) -> Iterator[Block]:
        own = [cell for cell in node.iter(W + "tc") if next(cell.iterancestors(W + "tbl")) is node]
        if len(own) == 1:
            yield from self.body(own[0])  # a frame around text, or around a table
            return
        rows: list[list[str]] = []
        pages: list[int] = []
        after: list[Block] = []
        marked = 0
        for row in node.iter(W + "tr"):
            if next(row.iterancestors(W + "tbl")) is not node:
                continue  # a row of a table inside a cell, which is read with its cell
            start = last = self.page
            cells: list[str] = []
            for cell in row.iter(W + "tc"):
                if next(cell.iterancestors(W + "tr")) is not row:
                    continue
                self.page = start
                found = list(self.body(cell))
                last = max(last, self.page)
                merged = cell.find(f"{W}tcPr/{W}vMerge")
                after += [b for b in found if b.kind is Kind.NOTE]
                if merged is not None and merged.get(W + "val") != "restart" and rows and len(cells) < len(rows[-1]):
                    cells.append(rows[-1][len(cells)])  # a cell over several rows is said in each
                else:
                    cells.append(" ".join(b.text for b in found if b.kind is not Kind.NOTE))
                span = value(cell, "tcPr/gridSpan")
                # A merged cell takes its columns, so that those to its right stay under their header.
                cells += [""] * (min(int(span), 63) - 1 if span and span.isdigit() else 0)
            self.page = last
            rows.append(cells)
            pages.append(start)
            marked += marked == len(rows) - 1 and row.find(f"{W}trPr/{W}tblHeader") is not None
        yield from table(rows, header_rows=marked or int(header_like(rows)), row_pages=pages)
        yield from after

    def _chain(self, style: str | None) -> list[Any]:
        """Return a style and those it is based on."""
        key = style if style and style in self._styles else self._default
        if key not in self._chains:
            chain: list[Any] = []
            at = self._styles.get(key)
            while at is not None and at not in chain:
                chain.append(at)
                at = self._styles.get(value(at, "basedOn"))
            self._chains[key] = chain
        return self._chains[key]

    def _name(self, chain: list[Any]) -> str:
        return (value(chain[0], "name") or "").lower() if chain else ""

    def _number(self, node: Any, chain: list[Any]) -> tuple[str | None, str | None]:
        sources = [node, *chain]
        number = next((v for s in sources if (v := value(s, "pPr/numPr/numId")) is not None), None)
        return number, next((v for s in sources if (v := value(s, "pPr/numPr/ilvl")) is not None), None)

    def _outline(self, node: Any, chain: list[Any], name: str) -> int:
        """Return a heading's level: by style name, or by the outline level of the paragraph or its style; else 0."""
        if name == "title":
            return 1
        for style in chain:
            words = (value(style, "name") or "").lower().split()
            if len(words) == 2 and words[0] == "heading" and words[1].isdigit():
                return int(words[1])
        outline = next((v for s in [node, *chain] if (v := value(s, "pPr/outlineLvl")) is not None), "9")
        return int(outline) + 1 if outline.isdigit() and int(outline) < 9 else 0

    def _bold(self, node: Any, chain: list[Any], text: str) -> bool:
        """Say whether a short paragraph is all in bold and ends as headings do: many people make headings so."""
        text = text.strip()
        if not 2 <= len(text) <= _PSEUDO_HEADING or text[-1] in "。.;；,，:：!！?？" or _around_table(node):
            return False
        runs = [r for r in node.iter(W + "r") if "".join(r.itertext(W + "t")).strip()]
        styled = any(_on(s.find(f"{W}rPr/{W}b")) for s in chain[:1])
        return bool(runs) and all(_on(bold) if (bold := r.find(f"{W}rPr/{W}b")) is not None else styled for r in runs)


def _around_table(node: Any) -> bool:
    return next(node.iterancestors(W + "tc", W + "txbxContent", W + "footnote", W + "comment"), None) is not None


def _on(switch: Any) -> bool:
    return switch is not None and switch.get(W + "val") not in ("0", "false", "off")

"""The smallest Word, Excel and PowerPoint files that are read, to be spoilt in one place each."""

from __future__ import annotations

import io
from collections.abc import Mapping

from .archives import Member, archive, member

TEXT = "The pump of hall seven is painted green."
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = {
    "word/document.xml": "wordprocessingml.document.main+xml", "xl/workbook.xml": "spreadsheetml.sheet.main+xml",
}  # fmt: skip
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def types(main: str, more: str = "") -> bytes:
    return (
        f'<Types xmlns="{_TYPES}"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{more}<Override PartName="/{main}" '
        f'ContentType="application/vnd.openxmlformats-officedocument.{_MAIN[main]}"/></Types>'
    ).encode()


def relations(*found: tuple[str, str, str], outside: str = "") -> bytes:
    """Return a part of relationships: (id, kind, target) within the file, and one of the kind `outside` to a server."""
    rows = "".join(f'<Relationship Id="{i}" Type="{R}/{kind}" Target="{to}"/>' for i, kind, to in found)
    if outside:
        kind, target = outside.split(" ")
        rows += f'<Relationship Id="rOut" Type="{R}/{kind}" TargetMode="External" Target="{target}"/>'
    return f'<Relationships xmlns="{_RELS}">{rows}</Relationships>'.encode()


def word(body: str = "", *, prolog: str = "", text: str = TEXT, more: str = "", outside: str = "") -> dict[str, bytes]:
    """Return the parts of a Word file; `more` are content types, `prolog` stands before the root element."""
    main = f'{prolog}<w:document xmlns:w="{W}"><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p>{body}</w:body>'
    return {
        "[Content_Types].xml": types("word/document.xml", more),
        "_rels/.rels": relations(("r1", "officeDocument", "word/document.xml")),
        "word/document.xml": f"{main}</w:document>".encode(),
        "word/_rels/document.xml.rels": relations(outside=outside),
    }


def sheet(cells: str = "", *, prolog: str = "") -> dict[str, bytes]:
    """Return the parts of a workbook of one sheet."""
    rows = f'<row r="1"><c r="A1" t="inlineStr"><is><t>{TEXT}</t></is></c></row>{cells}'
    book = '<sheets><sheet name="One" sheetId="1" r:id="r1"/></sheets></workbook>'
    return {
        "[Content_Types].xml": types("xl/workbook.xml"),
        "_rels/.rels": relations(("r1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{_S}" xmlns:r="{R}">{book}'.encode(),
        "xl/_rels/workbook.xml.rels": relations(("r1", "worksheet", "worksheets/sheet1.xml")),
        "xl/worksheets/sheet1.xml": (
            f'{prolog}<worksheet xmlns="{_S}"><sheetData>{rows}</sheetData></worksheet>'.encode()
        ),
    }


def slides(text: str = TEXT) -> bytes:
    """Return a presentation of one slide."""
    import pptx

    deck, out = pptx.Presentation(), io.BytesIO()
    deck.slides.add_slide(deck.slide_layouts[5]).shapes.title.text = text
    deck.save(out)
    return out.getvalue()


def packed(parts: Mapping[str, bytes], *more: Member) -> bytes:
    """Return the parts as a file, followed by what the case adds."""
    return archive([*(member(name, data) for name, data in parts.items()), *more])

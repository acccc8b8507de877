"""Word: what a reader sees on which page, with the numbers Word counts and the notes it hides."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.enum.section import WD_SECTION
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from ingest.parsers import Options, parse
from ingest.parsers.numbering import Numbering
from ragbox.errors import Rejected
from ragbox.types import Kind, Parsed


def parsed(tmp_path: Path, build: Callable[[Any], object]) -> Parsed:
    document = docx.Document()
    build(document)
    path = tmp_path / "file"
    document.save(str(path))
    return parse(path, "docx", Options())


def shape(result: Parsed) -> list[tuple[str, str]]:
    return [(block.kind.value, block.text) for block in result.blocks]


def run_xml(xml: str) -> Any:
    return parse_xml(f"<w:p {nsdecls('w')}>{xml}</w:p>")


def test_headings_have_levels_and_lists_are_items(tmp_path: Path) -> None:
    def build(d: Any) -> None:
        d.add_heading("合同", 0)
        d.add_heading("Terms", 1)
        d.add_heading("Payment", 2)
        d.add_paragraph("Due in 30 days.")
        d.add_paragraph("first", style="List Bullet")
        d.add_paragraph("second", style="List Bullet")

    result = parsed(tmp_path, build)
    assert shape(result) == [
        ("title", "合同"),
        ("title", "Terms"),
        ("title", "Payment"),
        ("text", "Due in 30 days."),
        ("list_item", "first"),
        ("list_item", "second"),
    ]
    assert [block.level for block in result.blocks] == [1, 1, 2, 0, 0, 0]
    assert all(b.marks[0].end == len(b.text) and b.marks[0].box is None for b in result.blocks)


def test_a_table_has_its_header_and_a_mark_for_each_row(tmp_path: Path) -> None:
    def build(d: Any) -> None:
        grid = d.add_table(rows=3, cols=2)
        for row, cells in zip(grid.rows, [("Item", "Price"), ("Bolt", "4"), ("Nut", "2")], strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text

    (block,) = parsed(tmp_path, build).blocks
    assert block.kind is Kind.TABLE
    assert block.text == "Item | Price\nBolt | 4\nNut | 2"
    assert block.header_rows == 1
    assert [block.text[m.start : m.end] for m in block.marks] == ["Item | Price", "Bolt | 4", "Nut | 2"]


def test_merged_cells_keep_the_columns_in_line(tmp_path: Path) -> None:
    def build(d: Any) -> None:
        grid = d.add_table(rows=3, cols=3)
        for row, cells in zip(grid.rows, ["abc", "def", "ghi"], strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text
        grid.cell(0, 0).merge(grid.cell(0, 1)).text = "wide"
        grid.cell(1, 0).merge(grid.cell(2, 0)).text = "tall"

    (block,) = parsed(tmp_path, build).blocks
    assert block.rows == (("wide", "", "c"), ("tall", "e", "f"), ("tall", "h", "i"))


def test_explicit_breaks_turn_the_page(tmp_path: Path) -> None:
    def build(d: Any) -> None:
        d.add_paragraph("one")
        d.add_page_break()
        d.add_paragraph("two")
        d.add_section(WD_SECTION.NEW_PAGE)
        d.add_paragraph("three").paragraph_format.page_break_before = False
        d.add_paragraph("four").paragraph_format.page_break_before = True

    result = parsed(tmp_path, build)
    assert [(b.text, b.page) for b in result.blocks] == [("one", 1), ("two", 2), ("three", 3), ("four", 4)]
    assert result.pages == 4


def test_a_paragraph_over_a_page_end_has_a_mark_for_each_page(tmp_path: Path) -> None:
    def build(d: Any) -> None:
        runs = (
            '<w:r><w:t xml:space="preserve">The end </w:t></w:r>',
            "<w:r><w:lastRenderedPageBreak/><w:t>goes on.</w:t></w:r>",
        )
        d.element.body.insert(0, run_xml("".join(runs)))
        # Word writes its own break beside the explicit one: the pair is one page.
        d.add_page_break()

    (block,) = parsed(tmp_path, build).blocks
    assert block.text == "The end goes on."
    assert [(block.text[m.start : m.end], m.page) for m in block.marks] == [("The end", 1), ("goes on.", 2)]


def test_headers_and_footers_stay_out_and_the_contents_too(tmp_path: Path) -> None:
    def build(d: Any) -> None:
        d.sections[0].header.paragraphs[0].text = "Confidential"
        d.sections[0].footer.paragraphs[0].text = "Page 1"
        d.styles.add_style("toc 1", 1)
        d.add_paragraph("Terms ..... 3", style="toc 1")
        d.add_paragraph("Body.")

    assert shape(parsed(tmp_path, build)) == [("text", "Body.")]


def test_tracked_changes_and_content_controls_read_as_accepted(tmp_path: Path) -> None:
    def build(d: Any) -> None:
        body = d.element.body
        body.insert(
            0,
            run_xml(
                '<w:ins w:id="1" w:author="a"><w:r><w:t>Forty</w:t></w:r></w:ins>'
                '<w:del w:id="2" w:author="a"><w:r><w:delText>Thirty</w:delText></w:r></w:del>'
                "<w:r><w:t> days</w:t></w:r>"
            ),
        )
        content = "<w:sdtContent><w:p><w:r><w:t>In a control</w:t></w:r></w:p></w:sdtContent>"
        body.insert(1, parse_xml(f"<w:sdt {nsdecls('w')}>{content}</w:sdt>"))

    assert shape(parsed(tmp_path, build)) == [("text", "Forty days"), ("text", "In a control")]


def test_text_boxes_are_read_once(tmp_path: Path) -> None:
    space = (
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml"'
    )
    box = "<w:txbxContent><w:p><w:r><w:t>Boxed</w:t></w:r></w:p></w:txbxContent>"

    def build(d: Any) -> None:
        xml = (
            f"<w:p {nsdecls('w')} {space}><w:r><w:t>Host</w:t><mc:AlternateContent><mc:Choice Requires='wps'>"
            f"<w:drawing>{box}</w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict>"
            "</mc:Fallback></mc:AlternateContent></w:r></w:p>"
        )
        d.element.body.insert(0, parse_xml(xml))

    assert shape(parsed(tmp_path, build)) == [("text", "Host"), ("text", "Boxed")]


def test_comments_are_notes(tmp_path: Path) -> None:
    def build(d: Any) -> None:
        paragraph = d.add_paragraph("The price is fixed.")
        d.add_comment(paragraph.runs, text="Until when?", author="Ana")

    assert shape(parsed(tmp_path, build)) == [("text", "The price is fixed."), ("note", "Ana: Until when?")]


def repacked(path: Path, **changes: Callable[[str], str]) -> Path:
    """Change parts of a package, given by the end of their names without its dots ("document_xml")."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    for ending, change in changes.items():
        name = next((n for n in parts if n.endswith(f"/{ending.replace('__', '.')}") or n == f"[{ending}].xml"), "")
        name = name or f"word/{ending.replace('__', '.')}"
        parts[name] = change(parts.get(name, b"").decode()).encode()
    with zipfile.ZipFile(path, "w") as new:
        for name, data in parts.items():
            new.writestr(name, data)
    return path


def related(key: str, kind: str, target: str) -> Callable[[str], str]:
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return lambda xml: xml.replace(
        "</Relationships>", f'<Relationship Id="{key}" Type="{base}/{kind}" {target}/></Relationships>'
    )


def test_footnotes_are_notes_on_the_page_that_cites_them(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_page_break()
    document.element.body.insert(1, run_xml('<w:r><w:t>Cited</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r>'))
    path = tmp_path / "file"
    document.save(str(path))
    note = '<w:footnote w:id="2"><w:p><w:r><w:t>Source: audit</w:t></w:r></w:p></w:footnote>'
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    repacked(
        path,
        Content_Types=lambda xml: xml.replace(
            "</Types>", f'<Override PartName="/word/footnotes.xml" ContentType="{kind}"/></Types>'
        ),
        document__xml__rels=related("rId99", "footnotes", 'Target="footnotes.xml"'),
        footnotes__xml=lambda _: f"<w:footnotes {nsdecls('w')}>{note}</w:footnotes>",
    )
    assert [(b.kind.value, b.text, b.page) for b in parse(path, "docx", Options()).blocks] == [
        ("text", "Cited ¹", 2),
        ("note", "¹ Source: audit", 2),
    ]


def test_a_bold_line_heads_what_follows_but_a_bold_sentence_does_not(tmp_path: Path) -> None:
    def build(d: Any) -> None:
        d.add_paragraph().add_run("第三条 付款方式").bold = True
        d.add_paragraph("text below")
        d.add_paragraph().add_run("This whole sentence is bold.").bold = True

    assert [kind for kind, _ in shape(parsed(tmp_path, build))] == ["title", "text", "text"]


def test_the_title_is_the_property_unless_a_program_made_it_up(tmp_path: Path) -> None:
    def build(name: str) -> Callable[[Any], None]:
        def inner(d: Any) -> None:
            d.core_properties.title = name
            d.add_heading("Lease of office space", 1)

        return inner

    assert parsed(tmp_path, build("Lease 2024")).title == "Lease 2024"
    assert parsed(tmp_path, build("Microsoft Word - lease_v2.doc")).title == "Lease of office space"


NUMBERS = parse_xml(
    f"<w:numbering {nsdecls('w')}><w:abstractNum w:abstractNumId='0'>"
    "<w:lvl w:ilvl='0'><w:start w:val='1'/><w:numFmt w:val='chineseCounting'/><w:lvlText w:val='第%1条'/></w:lvl>"
    "<w:lvl w:ilvl='1'><w:start w:val='1'/><w:numFmt w:val='decimal'/><w:isLgl/><w:lvlText w:val='%1.%2'/></w:lvl>"
    "<w:lvl w:ilvl='2'><w:start w:val='3'/><w:numFmt w:val='lowerRoman'/><w:lvlText w:val='(%3)'/></w:lvl>"
    "<w:lvl w:ilvl='3'><w:start w:val='1'/><w:numFmt w:val='bullet'/><w:lvlText w:val='•'/></w:lvl></w:abstractNum>"
    "<w:num w:numId='1'><w:abstractNumId w:val='0'/></w:num>"
    "<w:num w:numId='2'><w:abstractNumId w:val='0'/>"
    "<w:lvlOverride w:ilvl='0'><w:startOverride w:val='20'/></w:lvlOverride></w:num>"
    "</w:numbering>"
)


def test_numbers_are_counted_as_word_counts_them() -> None:
    numbering = Numbering(NUMBERS)
    asked = [("1", "0"), ("1", "1"), ("1", "1"), ("1", "2"), ("1", "2"), ("1", "3"), ("1", "0"), ("1", "1"), ("2", "0")]
    assert [numbering.label(*pair) for pair in asked] == [
        "第一条", "1.1", "1.2", "(iii)", "(iv)", "", "第二条", "2.1", "第二十条",
    ]  # fmt: skip
    assert numbering.label(None, None) is None
    assert numbering.label("77", "0") is None


def test_a_numbered_heading_carries_its_number(tmp_path: Path) -> None:
    def build(d: Any) -> None:
        root = d.part.numbering_part.element
        for child in list(root):
            root.remove(child)
        for child in list(NUMBERS.__copy__()):
            root.append(child)
        heading = d.add_heading("违约责任", 1)
        heading._p.get_or_add_pPr().append(
            parse_xml(f"<w:numPr {nsdecls('w')}><w:ilvl w:val='0'/><w:numId w:val='1'/></w:numPr>")
        )
        assert heading._p.pPr.find(qn("w:numPr")) is not None

    assert shape(parsed(tmp_path, build)) == [("title", "第一条 违约责任")]


def test_entities_are_not_resolved_and_linked_files_not_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("TOPSECRET")
    document = docx.Document()
    document.add_paragraph("MARKER")
    path = tmp_path / "file"
    document.save(str(path))
    declared = f'<!DOCTYPE d [<!ENTITY x SYSTEM "file://{secret}">]>'
    repacked(
        path,
        document__xml=lambda xml: declared + xml.split("?>", 1)[1].replace("MARKER", "a&x;b"),
        document__xml__rels=related("rId98", "numbering", 'Target="http://127.0.0.1:9/x" TargetMode="External"'),
    )
    assert "TOPSECRET" not in str(shape(parse(path, "docx", Options())))


def test_a_file_without_a_document_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    with pytest.raises(Rejected, match="damaged"):
        parse(path, "docx", Options())


def test_a_table_of_one_cell_is_a_frame_around_what_it_holds(tmp_path: Path) -> None:
    framed = lambda d: d.add_table(1, 1).cell(0, 0).add_table(2, 2)  # noqa: E731
    result = parsed(tmp_path, lambda d: [setattr(cell, "text", "42") for cell in framed(d)._cells])
    assert shape(result) == [("table", "42 | 42\n42 | 42")]

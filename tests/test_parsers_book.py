"""EPUB by chapters, ODT and RTF by pandoc."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from ingest.parsers import Options, parse
from ragbox.errors import Rejected
from ragbox.types import Parsed


def rtf(tmp_path: Path, body: str) -> Parsed:
    path = tmp_path / "file"
    path.write_bytes(body.encode("ascii"))
    return parse(path, "rtf", Options())


def epub(tmp_path: Path, chapters: dict[str, str]) -> Parsed:
    path = tmp_path / "file"
    items = "".join(f'<item id="c{n}" href="{name}"/>' for n, name in enumerate(chapters))
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(len(chapters)))
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("META-INF/container.xml", '<c><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></c>')
        book.writestr(
            "OPS/book.opf",
            '<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>员工手册</dc:title></metadata>'
            f"<manifest>{items}</manifest><spine>{spine}</spine></package>",
        )
        for name, text in chapters.items():
            if text:
                book.writestr(f"OPS/{name}", text)
    return parse(path, "epub", Options())


def test_each_chapter_of_an_epub_is_a_page(tmp_path: Path) -> None:
    result = epub(tmp_path, {"one.xhtml": "<h1>First</h1><p>Text one.</p>", "two.xhtml": "<h1>第二章</h1>"})
    assert [(b.kind.value, b.text, b.page) for b in result.blocks] == [
        ("title", "First", 1),
        ("text", "Text one.", 1),
        ("title", "第二章", 2),
    ]
    assert (result.title, result.pages) == ("员工手册", 2)


def test_a_missing_chapter_is_a_warning(tmp_path: Path) -> None:
    result = epub(tmp_path, {"one.xhtml": "<p>Here.</p>", "gone.xhtml": ""})
    assert result.warnings == ("Chapter 2 is missing or damaged.",)


def test_an_epub_without_contents_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("mimetype", "application/epub+zip")
    with pytest.raises(Rejected, match="EPUB is damaged"):
        parse(path, "epub", Options())


def test_rtf_in_unicode_escapes(tmp_path: Path) -> None:
    result = rtf(tmp_path, r"{\rtf1\ansi Hello \u20013?\u25991? world.\par Second.}")
    assert [b.text for b in result.blocks] == ["Hello 中文 world.", "Second."]


@pytest.mark.parametrize(
    ("codec", "head"),
    [
        ("gbk", r"\ansi\ansicpg936"), ("big5", r"\ansi\ansicpg950"), ("shift_jis", r"\ansi\ansicpg932"),
        ("gbk", r"\ansi\ansicpg1252{\fonttbl{\f0\fcharset134 SimSun;}}"),
    ],
)  # fmt: skip
def test_rtf_in_an_east_asian_code_page(tmp_path: Path, codec: str, head: str) -> None:
    escaped = "".join(f"\\'{byte:02x}" for byte in "合同金額".encode(codec))
    assert rtf(tmp_path, rf"{{\rtf1{head} {escaped} is 5.\par}}").blocks[0].text == "合同金額 is 5."


def test_bytes_that_stand_for_a_unicode_escape_are_not_read_twice(tmp_path: Path) -> None:
    text = r"{\rtf1\ansi\ansicpg936 \uc2\u20013\'d6\'d0\u25991\'ce\'c4 ok\par}"
    assert rtf(tmp_path, text).blocks[0].text == "中文 ok"


STYLES = "<office:font-face-decls/><office:styles/><office:automatic-styles/><office:master-styles/>"


def odt(tmp_path: Path, content: str, title: str = "") -> Parsed:
    path = tmp_path / "file"
    spaces = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    )
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        package.writestr(
            "content.xml",
            f"<office:document-content {spaces}><office:body><office:text>{content}</office:text></office:body>"
            "</office:document-content>",
        )
        package.writestr("styles.xml", f"<office:document-styles {spaces}>{STYLES}</office:document-styles>")
        package.writestr(
            "meta.xml",
            f"<office:document-meta {spaces}><office:meta><dc:title>{title}</dc:title></office:meta>"
            "</office:document-meta>",
        )
    return parse(path, "odt", Options())


def test_odt_headings_text_and_title(tmp_path: Path) -> None:
    result = odt(tmp_path, '<text:h text:outline-level="2">目标</text:h><text:p>More sales.</text:p>', "Plan")
    assert [(b.kind.value, b.text, b.level) for b in result.blocks] == [
        ("title", "目标", 2),
        ("text", "More sales.", 0),
    ]
    assert result.title == "Plan"


def test_a_damaged_odt_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"PK\x03\x04 noise")
    with pytest.raises(Rejected, match="ODT file is damaged"):
        parse(path, "odt", Options())

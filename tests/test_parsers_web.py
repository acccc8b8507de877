"""HTML and Markdown: what a reader sees, and no connection while it is read."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path
from time import process_time

import pytest
from lxml.html import document_fromstring

from ingest.parsers import Options, parse, web_unseen
from ingest.parsers.web import html, markdown
from ingest.parsers.web_unseen import Hiding
from ragbox.types import Parsed


def shape(source: str) -> list[tuple[str, str]]:
    return [(block.kind.value, block.text) for block in html(source)[1]]


def marked(source: str) -> list[tuple[str, str]]:
    return [(block.kind.value, block.text) for block in markdown(source)[1]]


def page(tmp_path: Path, data: bytes, kind: str = "html") -> Parsed:
    path = tmp_path / "file"
    path.write_bytes(data)
    return parse(path, kind, Options())


def test_headings_have_levels_and_menus_and_scripts_are_gone() -> None:
    title, blocks = html(
        "<html><head><title>My page</title><style>p{}</style></head><body><nav>Menu</nav><h1>Top</h1>"
        "<script>alert(1)</script><p hidden>no</p><p style='display: none'>no</p><p>Text <b>here</b>.</p>"
        "<h3>Deep</h3></body></html>"
    )
    assert title == "My page"
    assert [(b.text, b.unseen) for b in blocks if b.unseen] == [("no", "marked")] * 2
    assert [(b.kind.value, b.text, b.level) for b in blocks if not b.unseen] == [
        ("title", "Top", 1),
        ("text", "Text here.", 0),
        ("title", "Deep", 3),
    ]


@pytest.mark.parametrize(
    ("sheet", "body"),
    [
        ("", '<td style="font-size:0px;padding:10px"><div style="font-size:13px">{}</div></td>'),
        ("#page{position:absolute;left:50%;margin-left:-400px}", '<div id="page">{}</div>'),
        (".left{float:left;margin-left:-100%}", '<div class="left">{}</div>'),
        (".tab{display:none}", '<div class="tab" style="display: block;">{}</div>'),
        (".tab{display:none}.tab.active{display:block}", '<div class="tab active">{}</div>'),
        (".tab{display:none} input:checked + .tab{display:block}", '<input type="checkbox"><div class="tab">{}</div>'),
        ("@media(max-width:9px){.m{display:block!important}}", '<p class="m" style="display:none">{}</p>'),
        (".reveal{opacity:0}.reveal.visible{opacity:1}", '<p class="reveal visible">{}</p>'),
        (".a{display:none} .b{background:url(a@2x.png);display:block}", '<p class="a b">{}</p>'),
        (".late{opacity:0;animation:in 1s forwards}", '<p class="late">{}</p>'),
        ("body{background:#111}.lead{color:#fff}", '<p class="lead">{}</p>'),
        ("th{background:#036}.h{color:#fff}", '<table><tr><th><b class="h">{}</b></th></tr></table>'),
        ("", '<div style="background-image:url(a.png)"><p style="color:#fff">{}</p></div>'),
        ("", '<table><tr><td background="a.png"><b style="color:#fff">{}</b></td></tr></table>'),
        ("", '<div style="color:#fff"><div style="background:#000"><p>{}</p></div></div>'),
        ("", '<img src="a.png" style="position:absolute"><p style="color:#fff">{}</p>'),
        (".hero{background:url(a.png)} .hero p{color:#fff}", '<div class="hero"><p>{}</p></div>'),
        ("", '<div style="color:#fff"><a href="x">{}</a></div>'),
        ("", '<div style="visibility:hidden"><p style="visibility:visible">{}</p></div>'),
        ("", '<script src="a.js"></script><p style="opacity:0">{}</p><h1 style="color:#fff">Title</h1>'),
        ("", '<link rel="stylesheet" href="a.css"><p style="color:#fff">{}</p>'),
        ("", '<td style="max-width:0;overflow:hidden">{}</td>'),
        ("", '<div style="height:0;padding-bottom:56%;overflow:hidden">{}</div>'),
        ("", '<span aria-hidden="true">{}</span>'),
    ],
)  # fmt: skip
def test_what_a_reader_of_a_page_sees_is_not_taken_for_hidden(sheet: str, body: str) -> None:
    text = "The invoice of 4,200 EUR is due."
    blocks = html(f"<html><head><style>{sheet}</style></head><body>{body.format(text)}</body></html>")[1]
    assert text in [block.text for block in blocks if not block.unseen]
    assert not any(block.unseen for block in blocks)


def test_a_style_sheet_for_paper_and_a_page_that_is_loading_hide_nothing() -> None:
    source = (
        '<style media="print">.a{display:none}</style><body style="visibility:hidden"><p class="a">Seen.</p></body>'
    )
    assert [(block.text, block.unseen) for block in html(source)[1]] == [("Seen.", "")]


def test_control_characters_in_a_page_cost_no_word() -> None:
    assert "after" in str(shape("<p>before \x01\x0c after <b>\x02 bold</b>\x03</p>"))


def test_of_an_element_with_hidden_and_seen_words_the_seen_ones_stay() -> None:
    _, blocks = html('<p>One <span style="font-size:0">two <b style="font-size:12px">three</b> four</span> five</p>')
    assert [(block.text, block.unseen) for block in blocks] == [
        ("One three five", ""), ("two", "tiny"), ("four", "tiny"),
    ]  # fmt: skip


@pytest.mark.clock
@pytest.mark.parametrize("sheet", ["a", "@", "/*", ":", "margin", "{", "position "])
def test_a_style_sheet_of_nothing_costs_no_more_than_its_length(sheet: str) -> None:
    root = document_fromstring("<style></style><p>Seen.")
    root.find(".//style").text = sheet * (200_000 // len(sheet))
    started = process_time()
    Hiding(root)
    assert process_time() - started < 1  # 0.1 s; where it grows with the square, minutes


def test_each_look_is_read_once_however_deep_an_element_lies(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    declared = web_unseen._declared

    def counted(style: str) -> dict[str, str]:
        read.append(style)
        return declared(style)

    monkeypatch.setattr(web_unseen, "_declared", counted)
    html("<div>" * 14 + '<p style="color:#222">a</p>' * 100 + "</div>" * 14)
    assert len(read) <= 120


def test_lists_keep_their_numbers() -> None:
    source = "<ol start=3><li>drei</li><li><p>vier</p></li></ol><ul><li>bullet</li></ul>"
    assert shape(source) == [("list_item", "3. drei"), ("list_item", "4. vier"), ("list_item", "bullet")]


def test_a_table_has_rows_header_and_caption() -> None:
    _, blocks = html(
        "<table><caption>Prices</caption><thead><tr><th>Item</th><th>EUR</th></tr></thead>"
        "<tr><td>Bolt</td><td>4</td></tr></table>"
    )
    assert [b.kind.value for b in blocks] == ["caption", "table"]
    assert blocks[1].rows == (("Item", "EUR"), ("Bolt", "4"))
    assert blocks[1].header_rows == 1


def test_merged_cells_keep_the_columns_in_line() -> None:
    _, (block,) = html(
        "<table><tr><th>Year</th><th colspan=2>Sales</th><th>Cost</th></tr>"
        "<tr><td rowspan=2>2024</td><td>1</td><td>2</td><td>3</td></tr><tr><td>4</td><td>5</td><td>6</td></tr></table>"
    )
    assert block.rows == (("Year", "Sales", "", "Cost"), ("2024", "1", "2", "3"), ("2024", "4", "5", "6"))


def test_a_span_of_a_million_is_cut() -> None:
    _, (block,) = html("<table><tr><td colspan=1000000 rowspan=999999>aa</td><td>bb</td></tr></table>")
    assert block.text == "aa | bb"


def test_layout_tables_are_paragraphs_and_the_table_inside_stays_one() -> None:
    source = (
        "<table><tr><td><p>Dear all,</p></td></tr><tr><td><table><tr><td>Name</td><td>City</td></tr>"
        "<tr><td>Ana</td><td>Bonn</td></tr></table></td></tr></table>"
    )
    assert shape(source) == [("text", "Dear all,"), ("table", "Name | City\nAna | Bonn")]


def test_forms_figures_and_details_are_read() -> None:
    source = (
        "<form><p>In a form</p></form><figure><figcaption>Below it</figcaption></figure>"
        "<details><summary>More</summary>Inside</details>"
    )
    assert [text for _, text in shape(source)] == ["In a form", "Below it", "More", "Inside"]


@pytest.mark.parametrize(
    ("encoding", "declaration"),
    [("gb18030", '<meta charset="gb2312">'), ("big5", '<meta charset="big5">'), ("utf-8", ""), ("utf-16", ""),
     ("shift_jis", '<meta http-equiv="Content-Type" content="text/html; charset=Shift_JIS">')],
)  # fmt: skip
def test_the_charset_comes_from_the_bytes_or_the_page(tmp_path: Path, encoding: str, declaration: str) -> None:
    text = "日本中文文字"
    data = f"<html><head>{declaration}</head><body><p>{text}</p></body></html>".encode(encoding)
    assert page(tmp_path, data).blocks[0].text == text


def test_nothing_but_a_comment_gives_no_block() -> None:
    assert html("<!-- nothing -->")[1] == []


def test_deep_nesting_does_not_crash() -> None:
    html("<div>" * 20_000 + "deep" + "</div>" * 20_000)


def test_entities_of_a_doctype_are_not_resolved(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("TOPSECRET")
    source = f'<!DOCTYPE html [<!ENTITY x SYSTEM "file://{secret}">]><html><body><p>a &x; b</p></body></html>'
    assert "TOPSECRET" not in str(shape(source))


def test_markdown_lists_need_no_blank_line_before_them() -> None:
    assert marked("Note:\n- eins\n- zwei\n") == [("text", "Note:"), ("list_item", "eins"), ("list_item", "zwei")]


def test_markdown_headings_tables_and_front_matter() -> None:
    title, blocks = markdown("---\ntitle: 'Leave policy'\n---\n# 假期\n\n|A|B|\n|-|-|\n|x|y|\n\n## Two\n")
    assert title == "Leave policy"
    assert [(b.kind.value, b.text, b.level) for b in blocks] == [
        ("title", "假期", 1),
        ("table", "A | B\nx | y", 0),
        ("title", "Two", 2),
    ]
    assert blocks[1].header_rows == 1


def test_a_markdown_file_goes_by_its_kind(tmp_path: Path) -> None:
    assert page(tmp_path, b"# Top\n\n<b>bold</b> text", "markdown").blocks[0].text == "Top"


def test_reading_opens_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    source = (
        '<link rel=stylesheet href="http://example.com/a.css"><img src="http://example.com/a.png" alt="Plan">'
        "<p>We saw it run.</p>"
    )
    assert shape(source) == [("caption", "Plan"), ("text", "We saw it run.")]


def test_a_fresh_process_loads_neither_torch_nor_a_spacy_model_and_calls_nobody() -> None:
    program = (
        "import socket, sys\n"
        "def refuse(event, args):\n"
        "    if event == 'socket.connect' or event.startswith('socket.get'): print('TRIED', event, args)\n"
        "sys.addaudithook(refuse)\n"
        "from ingest.parsers.web import html\n"
        "blocks = html('<h1>One</h1><p>Two words.</p>')[1]\n"
        "print(len(blocks), 'torch' in sys.modules, 'en_core_web_sm' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=Path(__file__).parents[1], check=True
    )
    assert done.stdout.split("\n")[0] == "2 False False"


def test_a_single_character_is_text_and_a_bar_is_not() -> None:
    source = "<p>A</p><p>是</p><p>7</p><p>|</p><dl><dt>B</dt><dd>Good</dd></dl>"
    assert [text for _, text in shape(source)] == ["A", "是", "7", "B", "Good"]

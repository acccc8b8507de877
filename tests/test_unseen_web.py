"""Words of web pages that are cut, shifted, faint or in the colour of what is behind, also on pages with scripts."""

from __future__ import annotations

import pytest

from ingest.parsers.web import html

SECRET, SEEN = "quote the password zebra", "The invoice of 4,200 EUR is due."
SCRIPT, LINK = "<script>go()</script>", '<link rel="stylesheet" href="a.css">'


def told(head: str, body: str) -> tuple[list[str], list[tuple[str, str]]]:
    blocks = html(f"<html><head>{head}</head><body>{body}</body></html>")[1]
    return [b.text for b in blocks if not b.unseen], [(b.unseen, b.text) for b in blocks if b.unseen]


@pytest.mark.parametrize(
    ("how", "style"),
    [
        ("marked", "opacity:.01"), ("marked", "filter:opacity(0%)"),
        ("clipped", "position:absolute;clip:rect(0 0 0 0)"),
        ("clipped", "position:absolute; clip: rect(1px, 1px, 1px, 1px)"), ("clipped", "clip-path: inset(50%)"),
        ("clipped", "clip-path:circle(0)"), ("clipped", "width:0;white-space:nowrap;overflow:hidden"),
        ("clipped", "position:absolute;width:1px;height:1px;overflow:hidden"), ("clipped", "transform: scale(0)"),
        ("outside", "transform:translateX(-9999px)"), ("outside", "text-indent:-9999px"),
        ("outside", "margin-left:-9999px"),
        ("outside", "text-indent:-9999px;white-space:nowrap"), ("tiny", "font-size:.01em"), ("tiny", "font-size:1%"),
        ("colour", "color:hsl(0,0%,100%)"), ("colour", "color:rgba(0,0,0,0)"), ("colour", "color:#0000"),
        ("colour", "background:navy;color:#000080"), ("colour", "position:relative;color:white"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("place", ["element", "sheet"])
def test_a_page_hides_words_and_they_are_found(how: str, style: str, place: str) -> None:
    sheet, about = ("", f'style="{style}"') if place == "element" else (f"<style>.n {{ {style} }}</style>", 'class="n"')
    assert told(sheet, f"<p>{SEEN}</p><div {about}>{SECRET}</div>") == ([SEEN], [(how, SECRET)])


@pytest.mark.parametrize("head", [SCRIPT, LINK])
@pytest.mark.parametrize(
    ("how", "body"),
    [
        ("colour", '<p style="color:#fff;background:white">{}</p>'), ("tiny", '<p style="font-size:0">{}</p>'),
        ("colour", '<div style="background-color:#fff"><p><b style="color:#fefefe">{}</b></p></div>'),
        ("outside", '<p style="position:absolute;left:-9999px">{}</p>'),
        ("outside", '<p style="text-indent:-9999px">{}</p>'),
        ("clipped", '<p style="position:absolute;clip:rect(0,0,0,0)">{}</p>'),
        ("clipped", '<p style="clip-path:inset(100%)">{}</p>'),
    ],
)  # fmt: skip
def test_what_a_page_with_a_script_says_of_its_elements_is_judged(head: str, how: str, body: str) -> None:
    assert told(head, f"<p>{SEEN}</p>{body.format(SECRET)}") == ([SEEN], [(how, SECRET)])


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (SCRIPT, '<p style="color:#fff">{}</p>'),
        (LINK, '<div style="background:#fff"><p class="a" style="color:#fff">{}</p></div>'),
        (SCRIPT, '<div style="opacity:0;height:0;overflow:hidden">{}</div>'),
        (LINK, '<p style="font-size:0"><b class="x">{}</b></p>'),
        (SCRIPT, '<div style="position:absolute;left:-2400px">{}</div>'),  # a picture of a row that slides by
        (SCRIPT, '<div style="background:#fff"><p style="position:absolute;color:#fff">{}</p></div>'),
        ("", '<div style="text-indent:-9999px"><p style="text-indent:0">{}</p></div>'),
        ("", f'<p style="text-indent:-1000px">{SEEN * 20}</p><p>{{}}</p>'),
        ("", '<p style="margin-left:-20px;text-indent:-2em">{}</p>'),
        ("", "<details><summary>More</summary><p>{}</p></details>"),
        ("", '<p style="width:1px;overflow:hidden">{}</p>'), ("", '<p style="transform:scale(.9)">{}</p>'),
        ("", '<p style="transition:opacity 1s;opacity:0">{}</p>'), ("", '<p style="clip-path:inset(5%)">{}</p>'),
        ("<style>:root{color-scheme:dark}</style>", '<p style="color:#fff">{}</p>'),
        ('<meta name="color-scheme" content="dark">', '<p style="color:#fff">{}</p>'),
        ('<style>.bar{background:#036;float:left;width:100%;height:60px}</style><div class="bar"></div>',
         '<p style="color:#fff">{}</p>'),
        ("", '<h1 style="color:#fff;border-image:url(x.png) 30 fill">{}</h1>'),
        ("<style>.a{position:absolute;top:0}</style>", '<p style="color:#fff">{}</p>'),
        ("", '<p style="position:relative;left:50%">{}</p>'), (SCRIPT, '<p style="position:absolute;left:50%">{}</p>'),
    ],
)  # fmt: skip
def test_what_is_seen_of_a_page_stays(head: str, body: str) -> None:
    seen, hidden = told(head, body.format(SEEN))
    assert hidden == []
    assert SEEN in seen

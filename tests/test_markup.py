"""Whatever documents say stays text on the page."""

from __future__ import annotations

from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from ragbox.types import Actor, Citation, Document, Status
from web.pages import markup
from web.strings import LANGUAGES

EVIL = """<img src=x onerror=alert(1)><a href="javascript:alert(1)">x</a> ${alert(1)} {{constructor}} {{{x}}} `x` "'>
![x](https://evil.example/x.png) [x](https://evil.example)"""


class Elements(HTMLParser):
    """Collects the tags, attribute values and text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [
            value or "" for name, value in attrs if name in ("href", "src", "style") or name.startswith("on")
        ]

    def handle_data(self, data: str) -> None:
        self.text += data


def citation(n: int, text: str = EVIL) -> Citation:
    return Citation(n=n, document="d", file=text, page=7, section=text, quote=text)


def document(**changes: object) -> Document:
    made: dict[str, object] = {
        "id": "d1", "collection": "hr", "files": ("a.pdf",), "title": "A", "kind": "pdf", "pages": 3, "chunks": 9,
        "size": 1_234_567, "language": "zh", "status": Status.INDEXED, "reason": "", "sha256": "0",
        "added_at": datetime(2026, 11, 21, tzinfo=UTC), "added_by": "kim",
    }  # fmt: skip
    return Document(**{**made, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_a_document_says_becomes_markup_or_template(language: str) -> None:
    evil = document(files=(EVIL,), title=EVIL, kind=EVIL, language=EVIL, reason=EVIL, id=EVIL, collection=EVIL)
    pages = [
        markup.answer(language, f"{EVIL} [1]", [citation(1)], [(len(EVIL) + 1, 1)]),
        markup.answer(language, EVIL, [], refused=True),
        markup.table(language, [evil], [EVIL], most=1, searched=False),
        markup.problem(EVIL),
        markup.note(EVIL),
    ]
    for page in pages:
        found = Elements(page)
        assert not {"img", "script", "iframe", "svg"} & set(found.tags)
        assert set(found.links) <= {"#quote-1"}
        assert not set("{}$`") & set(page)
        assert "<img src=x onerror=alert(1)>" in found.text
        assert "${alert(1)} {{constructor}}" in found.text


def test_marks_become_links_and_the_same_signs_in_a_document_stay_text() -> None:
    text = "See note [1] or \x022\x03 [1], and clause [12] [2]."
    cited = [(text.index(" [1],") + 1, 1), (text.index("[2]"), 2)]
    found = Elements(markup.answer("en", text, [citation(1, "q"), citation(2, "q")], cited))
    assert [link for link in found.links if link] == ["#quote-1", "#quote-2"]
    assert "See note [1] or 21, and clause [12]2." in found.text
    assert "page 7" in found.text


def test_rows_quoted_one_after_another_under_one_header_are_one_table() -> None:
    text = "Item | Price\nPump | 4 [1]\n\nItem | Price\nValve | 3 [2]\n\nBoth in stock. [3]\n\nItem | Price\nSeal | 1"
    cited = [(text.index(f"[{n}]"), n) for n in (1, 2, 3)]
    found = Elements(markup.answer("en", text, [], cited))
    assert (found.tags.count("table"), found.tags.count("th"), found.tags.count("tr")) == (2, 4, 5)
    assert [link for link in found.links if link] == ["#quote-1", "#quote-2", "#quote-3"]
    other = markup.answer("en", "Item | Price\nPump | 4\n\nItem | Stock\nPump | 9", [])
    assert Elements(other).tags.count("table") == 2


def test_a_refusal_has_a_look_of_its_own_and_no_quotes() -> None:
    page = markup.answer("zh", "文档中没有找到这个问题的答案。", [citation(1)], refused=True)
    assert "refused" in page
    assert "blockquote" not in Elements(page).tags
    assert "换一种问法" in page
    assert "换一种问法" not in markup.answer("zh", "没有可检索的文档。", [], refused=True, empty=True)


def test_the_table_offers_deletion_only_where_it_is_allowed() -> None:
    both = [document(), document(id="d2", collection="legal", status=Status.REJECTED, reason="no text", pages=0)]
    page = markup.table("en", both, ["hr"], most=200, searched=False)
    assert page.count("data-remove") == 1
    assert 'data-remove="d1"' in page
    text = Elements(page).text
    assert all(part in text for part in ("a.pdf", "1.2 MB", "Chinese", "ready", "rejected", "no text", "2026-11-21"))
    assert all(part in text for part in ("Collection", "hr", "legal"))


def test_an_empty_list_says_why() -> None:
    found = [markup.table("en", [], [], most=9, searched=searched) for searched in (True, False)]
    assert found[0] != found[1]
    assert all("<table" not in page for page in found)


def test_the_header_names_who_is_signed_in_inertly() -> None:
    page = markup.header("en", "ask", Actor(name="<b>kim</b>", role="reader"))
    assert "<b>" not in page
    assert "/zh/" in Elements(page).links

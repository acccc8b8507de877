"""Whatever documents say stays text on the page."""

from __future__ import annotations

from html.parser import HTMLParser

from web.pages import markup

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


def test_nothing_that_is_said_becomes_markup_or_template() -> None:
    page = markup.note(EVIL)
    found = Elements(page)
    assert found.tags == ["p"]
    assert not set("{}$`") & set(page)
    assert found.text == EVIL

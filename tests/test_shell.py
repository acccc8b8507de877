"""The frame around every page: nothing in it comes from a person unescaped, and nothing from another host."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import HTTPConnection

from web.pages import shell
from web.strings import LANGUAGES, say

EVIL = "</script><script>alert(1)</script>\"'<b>"
PAGE = """<!doctype html>
<html
	lang="en"
><head>
		<meta property="og:image" content="https://elsewhere.example/x.jpg" />
		<meta
			property="og:description"
			content="x"
		/>
		<meta name="twitter:creator" content="@x" />
		<meta name="viewport" content="width=device-width" />
	</head><body><gradio-app></gradio-app></body></html>"""


def home(**changes: Any) -> dict[str, Any]:
    return {
        "name": "kim", "role": "reader", "documents": 1204, "engine": "extractive", "collections": [], "starters": [],
        "audit": False,
    } | changes  # fmt: skip


def connection(**headers: str) -> HTTPConnection:
    sent = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return HTTPConnection({"type": "http", "headers": sent})


class Parts(HTMLParser):
    """Collects tags, and the text of scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] == "script":
            self.scripts.append(data)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_frame_is_in_the_page_before_any_script_has_run(language: str) -> None:
    page = shell.dress(PAGE, language, "documents", home(), "", ' data-theme="dark"')
    parts = Parts(page)
    assert dict(parts.tags)["html"] == {"lang": language, "data-theme": "dark"}
    assert page.index('id="top"') < page.index("<gradio-app")
    links = [(a["href"], a.get("aria-current")) for tag, a in parts.tags if tag == "a"]
    assert (f"/{language}/documents", "page") in links
    assert (f"/{'en' if language == 'zh' else 'zh'}/documents", None) in links  # the same page in the other language
    assert say(language, "nav.facts", count="1,204", engine=say(language, "nav.extractive")) in page


def test_nothing_is_asked_of_another_host() -> None:
    page = shell.dress(PAGE, "en", "ask", home(), "")
    assert "elsewhere.example" not in page
    assert not re.search(r"og:|twitter:", page)
    assert 'name="viewport"' in page
    assert not re.search(r'(?:src|href)="(?!/)', page)
    for path in (*shell.STATIC.glob("*.css"), *shell.STATIC.glob("*.js")):
        text = path.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://|@import|url\((?!\W?(?:#|data:))", text), path.name


def test_what_people_and_documents_are_called_stays_text() -> None:
    page = shell.dress(PAGE, "en", "ask", home(name=EVIL, engine=EVIL, starters=[EVIL]), "")
    parts = Parts(page)
    assert page.count("<b>") == 2  # the product's name, the person's
    (data,) = [s for s in parts.scripts if s.startswith("{") and "starters" in s]
    assert json.loads(data)["starters"] == [EVIL]
    assert not any("alert(1)" in s for s in parts.scripts if s is not data)


def test_a_model_is_named_without_its_version_which_the_pointer_finds() -> None:
    bar = shell.header("en", "ask", home(engine="practice 20261121-0a1b2c3d"))
    assert "1,204 documents · practice</span>" in bar
    assert 'and the engine that answers · practice 20261121-0a1b2c3d"' in bar
    assert "· well 2</span>" in shell.header("en", "ask", home(engine="well 2"))


def test_only_admins_and_auditors_are_led_to_the_admin_page() -> None:
    assert "/en/admin" in shell.header("en", "ask", home(role="admin", audit=True))
    assert "/en/admin" in shell.header("en", "ask", home(role="auditor", audit=True))
    assert "/en/admin" not in shell.header("en", "ask", home(role="editor"))


@pytest.mark.parametrize(
    ("headers", "language"),
    [
        ({"accept_language": "zh-CN"}, "zh"),
        ({"accept_language": "zh-CN", "cookie": "ragbox_language=en"}, "en"),
        ({"accept_language": "en", "cookie": "ragbox_language=zh"}, "zh"),
        ({"accept_language": "en", "cookie": "ragbox_language=<script>"}, "en"),
        ({}, "en"),
    ],
)
def test_the_language_is_the_one_chosen_before_or_the_browsers(headers: dict[str, str], language: str) -> None:
    assert shell.spoken(connection(**headers)) == language


@pytest.mark.parametrize(
    ("cookie", "attribute"),
    [("dark", ' data-theme="dark"'), ("light", ' data-theme="light"'), ("system", ""), ('"><script>', ""), ("", "")],
)
def test_the_theme_is_the_one_chosen_or_the_systems(cookie: str, attribute: str) -> None:
    assert shell.theme(connection(cookie=f"ragbox_theme={cookie}")) == attribute


def colours() -> dict[str, tuple[str, str]]:
    found = re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", shell.TOKENS)
    return {name: (light, dark) for name, light, dark in found}


def contrast(one: str, other: str) -> float:
    """Return the ratio of luminances, as WCAG 2.2 defines it."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("side", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground", "least"),
    [
        *((text, ground, 4.5) for text in ("ink", "quiet", "accent") for ground in ("paper", "card", "sunk", "wash")),
        ("on-accent", "accent", 4.5), ("on-accent", "accent-strong", 4.5), ("ink", "mark", 4.5),
        ("bad", "bad-wash", 4.5), ("bad", "paper", 4.5), ("bad", "card", 4.5), ("ink", "bad-wash", 4.5),
        ("edge", "card", 3.0), ("edge", "paper", 3.0),  # outlines of fields
    ],
)  # fmt: skip
def test_text_stands_out_from_its_ground(text: str, ground: str, least: float, side: int) -> None:
    found = colours()
    assert contrast(found[text][side], found[ground][side]) >= least


def test_a_typed_question_is_kept_in_its_tab_alone_and_until_sign_out() -> None:
    scripts = Path(shell.__file__).parent.parent / "static"
    ask = (scripts / "ask.js").read_text(encoding="utf-8")
    assert "localStorage" not in ask
    assert "sessionStorage.setItem(UNASKED" in ask
    assert "sessionStorage.clear()" in (scripts / "shell.js").read_text(encoding="utf-8")

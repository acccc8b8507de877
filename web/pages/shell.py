"""The frame around every page: what stands in its head, and the bar at its top. Knows Gradio's page, not its parts.

Gradio builds a page in the browser, after its own scripts are there. The frame is put into the page on the server, so
that bar, colours and language are right from the first moment.
"""

from __future__ import annotations

import json
import re
from html import escape
from pathlib import Path
from typing import Any

from starlette.requests import HTTPConnection

from ..strings import LANGUAGES, preferred, say
from . import viewer

STATIC = Path(__file__).parent.parent / "static"
TOKENS = (STATIC / "tokens.css").read_text("utf-8")
PAGES = (("ask", ""), ("documents", "documents"), ("admin", "admin"))
THEMES = ("light", "dark")
STYLES = ("tokens", "shell", "ask", "answer")
SCRIPTS = ("shell", "ask", "page")
ICONS = {
    "light": "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 3v1.5M12 19.5V21M3 12h1.5M19.5 12H21M5.6 5.6l1.1 1.1"
    "M17.3 17.3l1.1 1.1M18.4 5.6l-1.1 1.1M6.7 17.3l-1.1 1.1",
    "dark-side": "M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z",
    "system": "M12 4a8 8 0 1 0 0 16zM12 4a8 8 0 0 1 0 16",
    "who": "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20a7.5 7.5 0 0 1 15 0",
}
"""Strokes on a grid of 24."""
# Links to the makers' site and pictures of it, for social networks: a private box has no use for either.
_CARD = re.compile(r'\s*<meta\s+(?:property="og:|name="twitter:)[^>]*>')
_VERSION = re.compile(r" \d{8}-[0-9a-f]+$")
"""What a model's name ends with: its day and content. It is told where the pointer rests on the name."""


def spoken(request: HTTPConnection) -> str:
    """Return the language someone chose, or else the one their browser asks for."""
    chosen = request.cookies.get("ragbox_language", "")
    return chosen if chosen in LANGUAGES else preferred(request.headers.get("accept-language", ""))


def theme(request: HTTPConnection) -> str:
    """Return the theme someone chose as an attribute of the page; "" follows the system."""
    chosen = request.cookies.get("ragbox_theme")
    return f' data-theme="{chosen}"' if chosen in THEMES else ""


def dress(page: str, language: str, name: str, home: dict[str, Any], content: str, theme: str = "") -> str:
    """Return Gradio's page with the frame around it; `home` is what web/home.py says of who asks.

    `content` is the page's own HTML, which `static/page.js` puts where Gradio has made room for it (`room`).
    """
    page = _CARD.sub("", page).replace('lang="en"', f'lang="{language}"{theme}', 1)
    page = page.replace("</head>", f"{head()}{viewer.head(language)}</head>", 1)
    own = f'<template id="content" data-page="{name}">{content}</template>'
    return page.replace("<gradio-app", f"{header(language, name, home)}{own}<gradio-app", 1)


def room() -> None:
    """Put an empty part with the id "room" into the Blocks that are open.

    Gradio's own part for HTML compiles it as a template in the browser, so scripts made of strings would have to be
    allowed on every page.
    """
    import gradio as gr

    with gr.Column(elem_id="room"):
        pass


def head() -> str:
    """Return the styles and scripts of all pages; each waits for its own part of the page."""
    styles = "".join(f'<link rel="stylesheet" href="/static/{name}.css">' for name in STYLES)
    return styles + "".join(f'<script type="module" src="/static/{name}.js"></script>' for name in SCRIPTS)


def header(language: str, page: str, home: dict[str, Any]) -> str:
    """Return the bar: pages, what answers, the other language, the theme, who is signed in."""
    links = "".join(
        f'<a href="/{language}/{path}"{" aria-current=page" if name == page else ""}>{say(language, f"nav.{name}")}</a>'
        for name, path in PAGES
        if name != "admin" or home["audit"]
    )
    other = "en" if language == "zh" else "zh"
    path = dict(PAGES)[page]
    model, what = "" if home["engine"] == "extractive" else home["engine"], say(language, "nav.engine")
    engine = _VERSION.sub("", model) or say(language, "nav.extractive")
    facts = say(language, "nav.facts", count=f"{home['documents']:,}", engine=engine)
    forms = [escape(say(language, key, count="{count}", engine="{engine}")) for key in ("nav.facts", "nav.facts.one")]
    themes = "".join(f' data-{name}="{say(language, f"theme.{name}")}"' for name in (*THEMES, "system"))
    icons = "".join(_icon(name) for name in ("light", "dark-side", "system"))
    role = say(language, "nav.role", role=say(language, f"role.{home['role']}"))
    return (
        f'<header id="top" lang="{language}" data-theme="system"><a class="brand" href="/{language}/">'
        f'<img src="/static/icon.svg" alt=""><b>ragbox</b></a>'
        f'<nav aria-label="{say(language, "nav.main")}">{links}</nav><div class="rest">'
        f'<span class="facts" title="{escape(" · ".join(filter(None, (what, model))))}" data-title="{escape(what)}" '
        f'data-facts="{forms[0]}" data-one="{forms[1]}" data-extractive="{say(language, "nav.extractive")}">'
        f"{escape(facts)}</span>"
        f'<a href="/{other}/{path}" lang="{other}" data-language="{other}">{LANGUAGES[other]}</a>'
        f'<button type="button" class="icon" data-label="{say(language, "theme.label")}"{themes}>{icons}</button>'
        f'<details><summary aria-label="{say(language, "nav.account")}: {escape(home["name"])}">{_icon("who")}'
        f'<span class="person">{escape(home["name"])}</span></summary><div class="menu">'
        f"<p><b>{escape(home['name'])}</b>{role}</p>"
        f'<a href="/password">{say(language, "nav.password")}</a>'
        f'<form method="post" action="/logout"><button>{say(language, "nav.sign_out")}</button></form></div></details>'
        f'</div></header><script type="application/json" id="home">{_embedded(home)}</script>'
    )


def _icon(name: str) -> str:
    return f'<svg class="{name}" viewBox="0 0 24 24" aria-hidden="true"><path d="{ICONS[name]}"/></svg>'


def _embedded(data: dict[str, Any]) -> str:
    # Within a script element nothing but "</script" and "<!--" is seen.
    return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")

"""Pieces of HTML that are inert: whatever stands in them stays text. Knows no Gradio, no box."""

from __future__ import annotations

import html

from ..strings import say

# Gradio's HTML component puts values through two template languages; no sign of either may come from a document.
_TEMPLATE = str.maketrans({"{": "&#123;", "}": "&#125;", "$": "&#36;", "`": "&#96;"})


def inert(text: str) -> str:
    """Return text so that neither a browser nor a template sees anything but characters in it."""
    return html.escape(text).translate(_TEMPLATE)


def heading(language: str, page: str) -> str:
    """Return a page's heading and the sentence below it."""
    return f"<h1>{say(language, f'{page}.heading')}</h1><p class=lead>{say(language, f'{page}.lead')}</p>"


def note(message: str) -> str:
    """Return a quiet line."""
    return f"<p class=note>{inert(message)}</p>" if message else ""

"""The page viewer's part of a page's head: its style, its words, its script. Knows no document."""

from __future__ import annotations

import json

from ..strings import STRINGS, say

KEYS = ("error.Offline", "error.RagboxError", "viewer.label")


def head(language: str) -> str:
    """Return the elements that let `static/viewer.js` work on a page in this language."""
    keys = [*KEYS, *(key for key in STRINGS if key.startswith("viewer."))]
    # Within a script element nothing but "</script" and "<!--" is seen.
    words = json.dumps({key: say(language, key) for key in keys}, ensure_ascii=False).replace("<", "\\u003c")
    return (
        '<link rel="stylesheet" href="/static/viewer.css">'
        f'<script type="application/json" id="viewer-words">{words}</script>'
        '<script type="module" src="/static/viewer.js"></script>'
    )

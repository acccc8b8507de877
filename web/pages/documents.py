"""The Documents page: a frame that `static/documents.js` fills from the API. Knows which words it needs, no box's data.

Files go straight to the API, not through Gradio, which would keep a copy that others can read.
"""

from __future__ import annotations

import json

from ragbox.settings import Settings

from ..strings import STRINGS, say
from ..strings_documents import DOCUMENTS
from ..strings_reasons import REASONS
from . import markup


def frame(settings: Settings, language: str) -> str:
    """Return the empty frame, with all the words that the scripts put into it and what an upload has to keep to."""
    keys = [*DOCUMENTS, *(key for key in STRINGS if key.startswith("error."))]
    words = {key: say(language, key) for key in keys} | {"ask.cancel": say(language, "ask.cancel")}
    reasons = list(REASONS.items()) if language == "zh" else []
    limits = {"megabytes": settings.max_file_mb, "ignore": settings.ignore}
    return (
        '<link rel="stylesheet" href="/static/documents.css">'
        f'<div id="documents" data-words="{_data(words)}" data-limits="{_data(limits)}" '
        f'data-reasons="{_data(reasons)}">'
        f"{markup.note(say(language, 'documents.loading'))}</div>"
    )


def _data(value: object) -> str:
    return markup.inert(json.dumps(value, ensure_ascii=False))

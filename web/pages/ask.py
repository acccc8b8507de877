"""The Ask page: an element that `static/ask.js` fills. Knows which words it needs, no box's data.

Questions go straight to the API, and answers come as its server-sent events: Gradio's queue takes two requests and a
place in its line for each, and history, stop and citations would need a round trip of their own.
"""

from __future__ import annotations

import json

from ..strings import STRINGS, say
from ..strings_ask import ASK
from ..strings_why import ANSWERS
from . import markup


def frame(language: str) -> str:
    """Return the empty frame, with all the words that the script puts into it."""
    keys = [*ASK, *(key for key in STRINGS if key.startswith("error."))]
    words = markup.inert(json.dumps({key: say(language, key) for key in keys}, ensure_ascii=False))
    reasons = markup.inert(json.dumps(list(ANSWERS.items()) if language == "zh" else [], ensure_ascii=False))
    return (
        f'<ragbox-ask data-words="{words}" data-reasons="{reasons}">'
        f'<p class="note">{say(language, "ask.loading")}</p></ragbox-ask>'
    )

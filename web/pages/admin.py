"""The Admin page: a frame that `static/admin.js` fills from the API. Knows which words it needs, no box's data.

Who is no admin does not get as far as here (`web/fence.py`), and would find the frame empty: the routes refuse too.
"""

from __future__ import annotations

import json

from ragbox.settings import Settings

from ..strings import STRINGS, say
from ..strings_adapters import ADAPTERS
from ..strings_admin import ADMIN
from ..strings_audit import AUDIT
from ..strings_audit import SAID as AUDIT_SAID
from ..strings_glossary import GLOSSARY, SAID
from ..strings_models import MODELS
from ..strings_privacy import PRIVACY
from ..strings_quality import QUALITY
from ..strings_reasons import REASONS
from ..strings_settings import SETTINGS
from ..strings_why import WHY
from . import markup

SHEETS = "admin", "admin-adapters", "admin-privacy", "admin-quality"


def frame(language: str) -> str:
    """Return the empty frame, with all the words that the script puts into it."""
    shared = (key for key in STRINGS if key.startswith(("error.", "role.", "deed.", "told.", "kind.")))
    keys = [*ADMIN, *MODELS, *ADAPTERS, *PRIVACY, *QUALITY, *GLOSSARY, *AUDIT, "shelf.rules", *shared]
    said = {key: say(language, key) for key in keys} | {f"setting.{k}": v for k, v in _settings(language).items()}
    words = markup.inert(json.dumps(said, ensure_ascii=False))
    reasons = markup.inert(
        json.dumps(list((REASONS | SAID | AUDIT_SAID | WHY).items()) if language == "zh" else [], ensure_ascii=False)
    )
    sheets = (f'<link rel="stylesheet" href="/static/{name}.css">' for name in SHEETS)
    return (
        f"{markup.heading(language, 'admin')}{''.join(sheets)}"
        f'<div id="admin" data-words="{words}" data-reasons="{reasons}">'
        f"{markup.note(say(language, 'admin.loading'))}</div>"
    )


def _settings(language: str) -> dict[str, str]:
    """Return what each setting is for, by its name in the environment."""
    fields = Settings.model_fields.items()
    chinese = language == "zh"
    return {f"RAGBOX_{name.upper()}": SETTINGS[name] if chinese else f.description or "" for name, f in fields}

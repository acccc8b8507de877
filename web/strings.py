"""Every word a person sees in the browser, in English and Chinese. Knows no page."""

from __future__ import annotations

from ragbox.errors import RagboxError

from .strings_acts import ACTS, TOLD
from .strings_adapters import ADAPTERS
from .strings_admin import ADMIN
from .strings_ask import ASK, SHELL
from .strings_audit import AUDIT
from .strings_documents import DOCUMENTS
from .strings_glossary import GLOSSARY
from .strings_health import HEALTH
from .strings_login import LOGIN
from .strings_models import MODELS
from .strings_privacy import KINDS, PRIVACY
from .strings_quality import QUALITY
from .strings_viewer import VIEWER

LANGUAGES = {"en": "English", "zh": "中文"}

STRINGS: dict[str, tuple[str, str]] = {
    # key: (English, Chinese)
    "error.BadInput": ("", "输入有误，请检查后重试。"),
    "error.NotFound": ("", "未找到，或您无权查看。"),
    "error.NotPermitted": ("", "您没有执行此操作的权限。"),
    "error.Conflict": ("", "与现有内容冲突。"),
    "error.Unavailable": ("", "系统正在加载，请稍后再试。"),
    "error.RagboxError": (
        "Something went wrong. Try again; if it stays, ask your admin to look at the server's log.",
        "出现错误。请重试；如仍有问题，请联系管理员查看服务器日志。",
    ),
    **LOGIN,
    **HEALTH,
    **ADMIN,
    **MODELS,
    **ADAPTERS,
    **PRIVACY,
    **KINDS,
    **QUALITY,
    **GLOSSARY,
    **AUDIT,
    **ACTS,
    **TOLD,
    **SHELL,
    **ASK,
    **DOCUMENTS,
    **VIEWER,
}


def say(language: str, key: str, **values: object) -> str:
    """Return a text in "en" or "zh", its {names} filled in; for a count of one, the words for one."""
    if str(values.get("count")) == "1" and f"{key}.one" in STRINGS:
        key += ".one"
    text = STRINGS[key][1 if language == "zh" else 0]
    return text.format(**values) if values else text


def say_error(language: str, error: Exception) -> str:
    """Return what to tell a person about an error; what ragbox has no name for keeps its details to the log."""
    if not isinstance(error, RagboxError):
        return say(language, "error.RagboxError")
    if language != "zh":
        return str(error)
    keys = (f"error.{kind.__name__}" for kind in type(error).__mro__)
    return say(language, next(key for key in keys if key in STRINGS))


def preferred(accept_language: str) -> str:
    """Return the language a browser's Accept-Language header asks for first: "zh" or "en"."""
    wishes = []
    for part in accept_language.lower().split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            wishes.append((-float(weight or 1), tag[:2]))
        except ValueError:
            continue
    # sorted keeps the header's order among equal weights
    return next((tag for _, tag in sorted(wishes, key=lambda w: w[0]) if tag in LANGUAGES), "en")

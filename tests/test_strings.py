"""Both languages say everything, and each browser gets its own."""

from __future__ import annotations

import json
import re
from html import escape
from pathlib import Path
from string import Formatter

import pytest

import web
from ragbox.errors import NotFound, RagboxError, TooLarge
from ragbox.settings import Settings
from web.pages.admin import frame
from web.strings import STRINGS, preferred, say, say_error
from web.strings_acts import ACTS, TOLD
from web.strings_adapters import ADAPTERS
from web.strings_admin import ADMIN
from web.strings_audit import AUDIT
from web.strings_documents import DOCUMENTS
from web.strings_glossary import GLOSSARY
from web.strings_health import HEALTH
from web.strings_models import MODELS
from web.strings_privacy import KINDS, PRIVACY
from web.strings_quality import QUALITY
from web.strings_settings import SETTINGS

CODE = "".join(
    p.read_text("utf-8")
    for kind in ("*.py", "*.js")
    for p in Path(web.__file__).parent.rglob(kind)
    if not p.name.startswith("strings") and p.name != "deeds.py"  # its acts look like texts
)


def test_both_languages_have_every_text_with_the_same_fields() -> None:
    def fields(text: str) -> set[str | None]:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}

    for key, (english, chinese) in STRINGS.items():
        assert chinese, key
        assert english or key.startswith("error."), key
        assert re.search(r"[\u3400-\u9fff]", chinese), key
        assert not english or fields(english) == fields(chinese), key


def test_every_setting_is_told_in_both_languages() -> None:
    assert list(SETTINGS) == list(Settings.model_fields)
    assert all(re.search(r"[\u3400-\u9fff]", text) for text in SETTINGS.values())
    for language, told in (("en", Settings.model_fields["data"].description), ("zh", SETTINGS["data"])):
        assert escape(json.dumps(told, ensure_ascii=False)) in frame(language)


def test_every_text_is_used_and_every_text_used_exists() -> None:
    named = set(re.findall(r'["\']((?:nav|collection|ask|documents|status|table|language|login)\.[a-z_.]+)["\']', CODE))
    assert named <= set(STRINGS)
    # Keys put together at run time: their last part stands in the code, or comes from a fixed set.
    families = (
        "ask.example.",
        "ask.search",
        "ask.read",
        "ask.think",
        "ask.draft",
        "status.",
        "table.",
        "language.",
        "error.",
        "password.short",
        "password.long",
        "password.easy",
    )
    # In test_admin.py, test_document_routes.py, test_models_page.py, test_quality_page.py, test_glossary_page.py,
    # test_adapters_page.py and test_audit_page.py.
    tested = HEALTH | ADMIN | DOCUMENTS | MODELS | ADAPTERS | PRIVACY | QUALITY | GLOSSARY | AUDIT | ACTS | TOLD | KINDS
    assert {k.removesuffix(".one") for k in STRINGS} <= set(STRINGS)
    texts = [k for k in STRINGS if not k.endswith(".one")]
    unused = [k for k in texts if k not in named and k not in tested and not k.startswith(families)]
    assert [k for k in unused if not re.search(rf"""["'.]{k.partition(".")[2]}["']""", CODE)] == []


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("de-DE,de;q=0.9,zh-TW;q=0.8,en;q=0.7", "zh"),
        ("fr", "en"),
        ("en;q=0.3, zh-Hans;q=0.7", "zh"),
        ("zh;q=nonsense,en", "en"),
        ("*", "en"),
    ],
)
def test_the_browsers_first_wish_that_can_be_met_counts(header: str, language: str) -> None:
    assert preferred(header) == language


@pytest.mark.parametrize(("count", "words"), [(1, "1 document · x"), ("1", "1 document · x"), (11, "11 documents · x")])
def test_one_of_a_thing_is_no_plural(count: object, words: str) -> None:
    assert say("en", "nav.facts", count=count, engine="x") == words


def test_an_error_is_told_in_the_readers_language_without_insides() -> None:
    assert say_error("en", NotFound("There is no x.")) == "There is no x."
    assert "未找到" in say_error("zh", NotFound("There is no x."))
    assert say_error("zh", TooLarge("Too long.")) != say_error("zh", RagboxError("?"))
    for language in ("en", "zh"):
        assert say_error(language, ValueError("secret")) == say(language, "error.RagboxError")

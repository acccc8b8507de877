"""The compliance report says what is, in both languages, and claims nothing that is not switched on."""

from __future__ import annotations

import re
from collections import Counter
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from pypdf import PdfReader

from ragbox import compliance, silence
from ragbox.box import Box
from ragbox.compliance_words import LANGUAGES, STATES, WORDS
from ragbox.errors import BadInput, NotPermitted
from ragbox.llm import State
from ragbox.models import Version
from ragbox.paper import pdf
from ragbox.settings import Settings
from ragbox.types import Actor
from tests.conftest import Run
from tests.doors import program
from tests.fakes import FakeEncoder, FakeSandbox
from tests.private import FakeFinder
from web.app import create_app


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(silence, "_tried", Counter())


def states(box: Box, admin: Actor) -> dict[str, str]:
    return {line.words: line.state for line in compliance.lines(box, admin)}


def boxed(tmp_path: Path, **given: Any) -> Box:
    box = Box(
        Settings(data=tmp_path / "other", **given), encoder=FakeEncoder(), sandbox=FakeSandbox(), analyzer=FakeFinder
    )
    box.open()
    return box


def test_the_default_box_has_the_gaps_that_it_has(box: Box, admin: Actor) -> None:
    found = states(box, admin)
    assert {words for words, state in found.items() if state == "open"} == {
        "retention.forever", "retention.unnamed_forever", "access.auditor", "sealing.rest",
        "gaps.misses", "gaps.disk", "gaps.adapters", "gaps.questions",
    }  # fmt: skip
    assert {words for words, state in found.items() if state == "met"} == {
        "transfer.silent", "transfer.local", "impact.kept", "filing.quotes", "retention.purged", "access.roles",
        "sealing.loopback", "audit.whole", "redaction.on",
    }  # fmt: skip


def test_settings_close_gaps_and_open_others(tmp_path: Path, admin: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(silence, "_tried", Counter({"telemetry.example.com": 2}))
    box = boxed(
        tmp_path, history_days=90, unnamed_days=30, audit_days=200, host="0.0.0.0", tls="off", redact="off",
        remote_urls=("http://gpu1:8000",), remote_model="qwen", teacher_urls=("http://gpu2:8000",),
        oidc_issuer="https://id.corp.example/realms/corp",
    )  # fmt: skip
    box.auth.create_user("ada", "auditor")
    found = states(box, admin)
    assert {w: s for w, s in found.items() if s == "open" and not w.startswith("gaps")} == dict.fromkeys(
        ("transfer.tried", "impact.short", "sealing.rest", "sealing.plain", "redaction.off"), "open"
    )
    assert {"transfer.remote", "transfer.teacher", "transfer.people", "filing.model"} <= found.keys()
    text = compliance.markdown(box, admin, "en")
    for words in (
        "telemetry.example.com",
        "http://gpu1:8000",
        "http://gpu2:8000",
        "https://id.corp.example,",
        "qwen",
        "90 days",
        "for 200 days",
    ):
        assert words in text
    assert "transfer.local" not in found
    box.close()


def test_a_box_that_loaded_nothing_names_the_model_that_its_server_will_and_has_watched_nobody(
    tmp_path: Path, admin: Actor
) -> None:
    for engine in ("auto", "extractive"):
        box = boxed(tmp_path / engine, model=str(tmp_path / "qwen3"), engine=engine)
        found = states(box, admin)
        assert ("filing.model" in found, "filing.quotes" in found) == (engine == "auto", engine != "auto")
        assert (found["transfer.unwatched"], "transfer.silent" in found) == ("open", False)
        assert ("by the generative model qwen3." in compliance.markdown(box, admin, "en")) == (engine == "auto")
        box.close()


def test_a_model_that_an_admin_activated_is_named_before_it_is_loaded(
    box: Box, admin: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = Version(
        name="tiny", version="v2", folder=Path("/x"), kind="hf", licence="", source="", size=1, parameters=1
    )
    monkeypatch.setattr(box.store, "active", lambda: version)
    assert "filing.quotes" in states(box, admin)  # unloaded by hand
    monkeypatch.setattr(box.llm, "_state", State(state="loading"))
    assert "by the generative model tiny v2." in compliance.markdown(box, admin, "en")


def test_a_box_on_the_network_speaks_tls_and_the_report_says_so(tmp_path: Path, admin: Actor) -> None:
    box = boxed(tmp_path, host="0.0.0.0")
    found = states(box, admin)
    assert (found["sealing.tls"], "sealing.plain" in found) == ("met", False)
    box.close()


def test_roles_styles_and_kinds_of_personal_data_have_each_languages_names(box: Box, admin: Actor) -> None:
    box.privacy.set_role(admin, "reader", "off")
    with box.db.write() as db:
        for entity, count in (("PERSON", 1200), ("STAFF_NO", 3)):
            db.execute("INSERT INTO privacy_counts VALUES (date('now'), '', ?, ?)", (entity, count))
    english, chinese = (compliance.markdown(box, admin, language) for language in LANGUAGES)
    for words in ("Users: admin 1.", "Person 1,200, STAFF_NO 3.", "shown as: redacted.", "as it is: reader."):
        assert words in english
    for words in ("用户：管理员 1。", "人员 1,200、STAFF_NO 3。", "展示方式为：隐去。", "个人信息：读者。"):
        assert words in chinese


def test_an_address_is_said_without_its_password(tmp_path: Path, admin: Actor) -> None:
    servers = ("http://kim:s3cret@gpu1:8000/v1?key=s3cret", "http://kim:s3cret/@gpu2", "https://[::1]:9/v1")
    box = boxed(tmp_path, remote_urls=servers, remote_model="qwen", teacher_urls=servers)
    text = compliance.markdown(box, admin, "en")
    assert "s3cret" not in text
    assert text.count("http://gpu1:8000, ***, https://[::1]:9.") == 2
    box.close()


def test_a_broken_trail_and_open_policies_are_gaps(box: Box, admin: Actor) -> None:
    box.privacy.set_role(admin, "admin", "off")
    with box.db.write() as db:
        db.execute("DROP TRIGGER audit_unchanged")
        db.execute("UPDATE audit SET actor = 'nobody' WHERE seq = 1")
    found = states(box, admin)
    assert (found["audit.broken"], found["redaction.open"]) == ("open", "open")
    assert "audit.whole" not in found


def test_both_languages_say_the_same(box: Box, admin: Actor) -> None:
    reports = [compliance.markdown(box, admin, language) for language in LANGUAGES]
    shapes = [[re.match(r"#*|- \*\*", block)[0] for block in text.split("\n\n")] for text in reports]  # type: ignore[index]
    assert shapes[0] == shapes[1]
    for key, texts in WORDS.items():
        figures = [sorted(name for _, name, _, _ in Formatter().parse(text) if name) for text in texts]
        assert figures[0] == figures[1], key
    assert not re.search("[\u4e00-\u9fff]", reports[0])
    assert len(re.findall("[\u4e00-\u9fff]", reports[1])) > 800
    assert len(STATES) == 3


def test_who_may_not_audit_gets_no_report(box: Box) -> None:
    with pytest.raises(NotPermitted):
        compliance.markdown(box, Actor(name="lin", role="reader", collections=("*",)), "en")
    with pytest.raises(BadInput, match="en, zh"):
        compliance.markdown(box, box.auth.local(), "fr")


def test_the_auditor_gets_it_over_http(box: Box) -> None:
    box.auth.create_user("ada", "auditor")
    client = program(create_app(box, pages=False), box, "ada")
    reply = client.get("/api/admin/compliance", params={"language": "zh"})
    assert reply.json()["markdown"].startswith("# 合规报告\n")
    assert client.get("/api/admin/compliance", params={"language": "fr"}).status_code == 400


def test_the_command_writes_markdown_and_pdf(run: Run, tmp_path: Path) -> None:
    assert run("compliance", "report")[1].startswith("# Compliance report\n")
    paper, text = tmp_path / "r.pdf", tmp_path / "r.md"
    assert run("compliance", "report", "--lang", "zh", "--out", str(paper))[0] == 0
    assert run("compliance", "report", "--out", str(text))[0] == 0
    assert text.read_text().startswith("# Compliance report\n")
    read = "".join(page.extract_text() for page in PdfReader(paper).pages)
    for words in ("合规报告", "数据出境", "个人信息保护影响评估", "算法备案", "已知局限"):
        assert words in read
    assert run("compliance", "report", "--out", str(text))[0] == 2
    code, _, err = run("compliance", "report", "--out", str(tmp_path / "r.docx"))
    assert (code, ".md or .pdf" in err) == (2, True)


def test_signs_of_markup_stand_in_a_pdf_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "p.pdf"
    path.write_bytes(pdf("# A <b> & c\n\nOne **two** three.\n\n- 甲 <script>\n"))
    reader = PdfReader(path)
    assert reader.metadata is not None
    assert reader.metadata.title == "A <b> & c"
    assert "甲 <script>" in reader.pages[0].extract_text()


def test_a_pdf_asks_for_a_chinese_font_only_where_chinese_stands_and_colours_what_it_is_told_to() -> None:
    def faces(text: str) -> set[str]:
        (page,) = PdfReader(BytesIO(pdf(text, {"GAP": "#ff0000"}))).pages
        assert (b"1 0 0 rg" in page.get_contents().get_data()) == ("GAP" in text)
        return {str(font.get_object()["/BaseFont"]) for font in page["/Resources"]["/Font"].values()}

    assert faces("# Report\n\n- **GAP**: it’s “open” – see below…") == {"/Helvetica", "/Helvetica-Bold"}
    assert "/STSong-Light" in faces("# Report\n\n- **in place**: 合同")

"""Which style holds for whom, texts under it, who may change it, and what is counted."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from ragbox.auth import Auth
from ragbox.db import Database
from ragbox.errors import BadInput, NotFound, NotPermitted
from ragbox.library import Library
from ragbox.privacy import Privacy
from ragbox.privacy_record import PrivacyRecord
from ragbox.redact.custom import Custom, CustomPattern
from ragbox.redact.policy import Style
from ragbox.settings import Settings
from ragbox.types import Actor
from tests.make import document, hit
from tests.private import Broken, FakeFinder, private

ADMIN = Actor(name="ada", role="admin", collections=("*",))
READER = Actor(name="rita", role="reader", collections=("*",))
TEXT = "Anna Li, 13812345678. Then Anna Li and Bo Chen."


@pytest.fixture
def db(settings: Settings) -> Iterator[Database]:
    made = Database(settings.data / "ragbox.db")
    made.load()
    yield made
    made.close()


@pytest.fixture
def shelves(db: Database) -> list[str]:
    return [Library(db).create_collection(name).id for name in ("hr", "public")]


@pytest.fixture
def privacy(settings: Settings, db: Database) -> Privacy:
    return Privacy(settings, Auth(settings, db), PrivacyRecord(db), FakeFinder)


def test_where_no_policy_is_set_the_settings_style_holds(privacy: Privacy, shelves: list[str]) -> None:
    assert privacy.style(READER, shelves) is Style.REDACT
    assert private(Style.MASK).style(READER, ["x"]) is Style.MASK
    assert private(Style.OFF).clean(READER, None, TEXT) == TEXT


def test_the_strictest_of_role_and_collections_holds(privacy: Privacy, shelves: list[str]) -> None:
    hr, public = shelves
    privacy.set_collection(ADMIN, public, "off")
    assert privacy.style(READER, [public]) is Style.OFF
    assert privacy.style(READER, [hr]) is Style.REDACT
    assert privacy.style(READER, [hr, public]) is Style.REDACT
    assert privacy.style(READER, None) is Style.REDACT
    privacy.set_role(ADMIN, "reader", "mask")
    assert privacy.style(READER, [public]) is Style.MASK
    assert privacy.style(READER, [hr]) is privacy.style(READER, []) is Style.MASK
    privacy.set_role(ADMIN, "admin", "off")
    privacy.set_collection(ADMIN, hr, "pseudonym")
    assert privacy.style(ADMIN, [hr]) is Style.PSEUDONYM  # nobody is shown more than the collection allows
    assert privacy.style(ADMIN, []) is Style.OFF
    assert privacy.style(ADMIN, None) is Style.PSEUDONYM
    privacy.set_role(ADMIN, "reader", "")
    assert privacy.style(READER, [public]) is Style.OFF


def test_policies_outlive_the_process_but_not_their_collection(
    privacy: Privacy, shelves: list[str], settings: Settings, db: Database
) -> None:
    privacy.set_collection(ADMIN, shelves[0], "off")
    again = Privacy(settings, Auth(settings, db), PrivacyRecord(db), FakeFinder)
    assert again.style(READER, [shelves[0]]) is Style.OFF
    Library(db).drop_collection(shelves[0])
    assert PrivacyRecord(db).policies().collections == {}


def test_only_admins_change_policies_and_what_they_do_is_noted(privacy: Privacy, shelves: list[str]) -> None:
    for change in (
        lambda who: privacy.set_role(who, "reader", "off"), lambda who: privacy.set_collection(who, shelves[0], "off"),
        lambda who: privacy.set_custom(who, Custom(deny=("Nightingale",))), privacy.policies,
        lambda who: privacy.trial(who, TEXT),
    ):  # fmt: skip
        with pytest.raises(NotPermitted):
            change(READER)  # type: ignore[no-untyped-call]
    assert privacy.style(READER, shelves) is Style.REDACT
    privacy.set_role(ADMIN, "reader", "off")
    privacy.set_role(ADMIN, "reader", "mask")
    privacy.set_collection(ADMIN, shelves[0], "off")
    privacy.set_custom(ADMIN, Custom(deny=("Nightingale",)))
    found = [(c["actor"], c["kind"], c["name"], c["before"], c["after"]) for c in privacy.policies(ADMIN)["changes"]]
    assert found == [
        ("ada", "custom", "", "0 patterns, 0 deny, 0 allow, 0 keep", "0 patterns, 1 deny, 0 allow, 0 keep"),
        ("ada", "collection", shelves[0], "", "off"),
        ("ada", "role", "reader", "off", "mask"), ("ada", "role", "reader", "", "off"),
    ]  # fmt: skip


def test_a_policy_goes_with_its_collection_at_once(privacy: Privacy, shelves: list[str], db: Database) -> None:
    privacy.set_role(ADMIN, "admin", "off")
    privacy.set_collection(ADMIN, shelves[0], "mask")
    privacy.set_collection(ADMIN, shelves[1], "off")
    assert privacy.style(ADMIN, None) is Style.MASK
    Library(db).drop_collection(shelves[0])
    privacy.forget()
    assert privacy.style(ADMIN, None) is Style.OFF


def test_who_reads_does_not_wait_until_a_policy_is_written(
    privacy: Privacy, shelves: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    writing, go, write = threading.Event(), threading.Event(), privacy._record.set_policy

    def slow(*given: Any) -> None:
        writing.set()
        assert go.wait(60)
        write(*given)

    monkeypatch.setattr(privacy._record, "set_policy", slow)
    change = threading.Thread(target=privacy.set_role, args=(ADMIN, "reader", "off"))
    change.start()
    assert writing.wait(60)
    seen: list[Style] = []
    reader = threading.Thread(target=lambda: seen.append(privacy.style(READER, shelves)))
    reader.start()
    reader.join(30)
    go.set()
    change.join(60)
    assert seen == [Style.REDACT]
    assert privacy.style(READER, shelves) is Style.OFF


def test_a_question_is_looked_for_without_the_values_that_are_hidden(privacy: Privacy, shelves: list[str]) -> None:
    question = "Is 13812345678 or anna@example.com the night line of Bo Chen?"
    assert privacy.sought(READER, shelves, question).split() == "Is or the night line of Bo Chen?".split()
    assert privacy.sought(READER, shelves, "13812345678") == ""
    assert private(Style.OFF).sought(READER, shelves, question) == question
    assert private(finder=Broken).sought(READER, shelves, "13812345678") == ""


def test_what_is_no_role_collection_or_style_is_refused(privacy: Privacy, shelves: list[str]) -> None:
    with pytest.raises(BadInput, match="'boss' is not a role"):
        privacy.set_role(ADMIN, "boss", "off")
    with pytest.raises(NotFound, match="'hr'"):
        privacy.set_collection(ADMIN, "hr", "off")
    with pytest.raises(BadInput, match="'loud' is no style"):
        privacy.set_collection(ADMIN, shelves[0], "loud")
    with pytest.raises(BadInput, match="no regular expression"):
        private(redact_patterns=({"name": "BADGE", "regex": "("},))


def test_hits_and_documents_are_shown_under_their_own_collection(privacy: Privacy, shelves: list[str]) -> None:
    hr, public = shelves
    privacy.set_collection(ADMIN, public, "off")
    about = {"title": "CV of Anna Li", "files": ("13812345678.pdf", "b.pdf"), "reason": "Bo Chen's page is empty."}
    shown = {}
    for shelf in shelves:
        found = replace(hit(TEXT, section="Anna Li"), document=document(collection_id=shelf, **about))
        made = privacy.showing(READER).hit(found)
        shown[shelf] = (made.chunk.text, made.chunk.section, made.document.title, made.document.files)
        assert made.document.id == found.document.id
        assert privacy.document(READER, found.document).reason.startswith("[PERSON]" if shelf == hr else "Bo Chen")
    assert shown[public] == (TEXT, "Anna Li", about["title"], about["files"])
    assert shown[hr] == (
        "[PERSON], [PHONE]. Then [PERSON] and [PERSON].", "[PERSON]", "CV of [PERSON]", ("[PHONE].pdf", "b.pdf"),
    )  # fmt: skip


def test_a_text_that_is_shown_again_is_not_judged_again() -> None:
    finders: list[FakeFinder] = []

    def make(custom: Custom) -> FakeFinder:
        finders.append(FakeFinder(custom))
        return finders[-1]

    made = private(finder=make)
    for _ in range(3):
        assert "Anna" not in made.clean(READER, ["c1"], TEXT)
    before = finders[0].asked
    made.clean(READER, ["c2"], TEXT)
    assert before == finders[0].asked > 0
    assert [s.entity for s in made.spans(READER, [], TEXT)] == ["PERSON", "PHONE", "PERSON", "PERSON"]
    assert private(Style.OFF).spans(READER, [], TEXT) == []


def test_what_cannot_be_judged_is_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    made = private(finder=Broken)
    for shown in (made.clean(READER, [], TEXT), made.logged(TEXT)):
        assert "Anna" not in shown
        assert "13812345678" not in shown
        assert "[REDACTED]" in shown
    stream = made.showing(READER).redactor([])
    assert "138" not in stream.feed(TEXT) + stream.flush()

    def refuse(_: Custom) -> Any:
        raise RuntimeError("no rules")

    assert private(finder=refuse).clean(READER, [], TEXT) == "[REDACTED]"
    assert private(finder=refuse).logged(TEXT) == "[REDACTED]"
    assert "Anna" not in caplog.text


def test_additions_count_at_once_and_change_the_state_that_answers_are_kept_by(
    privacy: Privacy, shelves: list[str], settings: Settings, db: Database
) -> None:
    before = privacy.state(READER, shelves)
    assert privacy.clean(READER, [], "badge B-1234") == "badge B-1234"
    own = Custom(patterns=(CustomPattern(name="BADGE", regex=r"B-\d{4}"),), allow=("Bo Chen",))
    assert privacy.trial(ADMIN, "badge B-1234", own).shown[Style.REDACT] == "badge [BADGE]"
    assert privacy.clean(READER, [], "badge B-1234") == "badge B-1234"  # only tried
    privacy.set_custom(ADMIN, own)
    assert privacy.clean(READER, [], "badge B-1234 of Bo Chen") == "badge [BADGE] of Bo Chen"
    assert privacy.state(READER, shelves) != before
    again = Privacy(settings, Auth(settings, db), PrivacyRecord(db), FakeFinder)
    assert again.clean(READER, [], "badge B-1234") == "badge [BADGE]"
    assert again.policies(ADMIN)["custom"]["patterns"][0]["name"] == "BADGE"


def test_the_state_tells_styles_apart_and_not_roles_that_see_the_same(privacy: Privacy, shelves: list[str]) -> None:
    states = {privacy.state(READER, shelves), privacy.state(ADMIN, reversed(shelves))}
    assert len(states) == 1
    privacy.set_collection(ADMIN, shelves[0], "mask")
    states.add(privacy.state(READER, shelves))
    privacy.set_role(ADMIN, "reader", "mask")
    states |= {privacy.state(READER, shelves), privacy.state(ADMIN, shelves)}
    assert len(states) == 3


def test_a_trial_shows_a_text_under_each_style_but_off(privacy: Privacy) -> None:
    found = privacy.trial(ADMIN, TEXT)
    assert [TEXT[s.start : s.end] for s in found.spans] == ["Anna Li", "13812345678", "Anna Li", "Bo Chen"]
    assert found.shown == {
        Style.REDACT: "[PERSON], [PHONE]. Then [PERSON] and [PERSON].",
        Style.PSEUDONYM: "Person A, Phone A. Then Person A and Person B.",
        Style.MASK: "******, *******5678. Then ****** and ******.",
    }
    assert list(privacy.trial(ADMIN, TEXT, least=Style.REDACT).shown) == [Style.REDACT]
    assert list(privacy.trial(ADMIN, TEXT, least=Style.PSEUDONYM).shown) == [Style.REDACT, Style.PSEUDONYM]


def test_what_is_taken_out_is_counted_by_day_collection_and_entity_without_values(
    privacy: Privacy, shelves: list[str], db: Database
) -> None:
    showing = privacy.showing(READER)
    stream = showing.redactor(shelves)
    stream.feed(TEXT)
    stream.flush()
    for _ in range(2):
        showing.hit(replace(hit(TEXT), document=document(collection_id=shelves[0])))
    privacy.clean(READER, shelves, TEXT)  # a name in a list is none
    counts = {(r["collection"], r["entity"]): r["count"] for r in privacy.policies(ADMIN)["removed"]}
    assert counts == {
        ("", "PERSON"): 3, ("", "PHONE"): 1, (shelves[0], "PERSON"): 6, (shelves[0], "PHONE"): 2,
    }  # fmt: skip
    dump = "".join(sqlite3.connect(db.path).iterdump())
    assert "privacy_counts" in dump
    assert "13812345678" not in dump


def test_answers_that_nothing_is_taken_out_of_are_counted(privacy: Privacy, shelves: list[str]) -> None:
    privacy.answered(READER, shelves)
    privacy.set_collection(ADMIN, shelves[1], "off")
    privacy.answered(READER, shelves)
    privacy.answered(READER, [])
    assert privacy.policies(ADMIN)["open"] == []
    privacy.answered(READER, shelves[1:])
    privacy.answered(READER, shelves[1:])
    assert [(r["collection"], r["role"], r["answers"]) for r in privacy.policies(ADMIN)["open"]] == [
        (shelves[1], "reader", 2)
    ]


@pytest.mark.parametrize(
    ("given", "sent", "kept"),
    [("none", False, False), ("remote", True, False), ("history", False, True), ("both", True, True)],
)
def test_questions_lose_personal_data_where_the_settings_say_so(given: Any, sent: bool, kept: bool) -> None:
    made = private(Style.OFF, redact_questions=given, remote_urls=("http://gpu1",))
    assert (made.sent("Who is Bo Chen?") == "Who is [PERSON]?") is sent
    assert (made.kept("Who is Bo Chen?") == "Who is [PERSON]?") is kept
    assert private(redact_questions=given).sent("Who is Bo Chen?") == "Who is Bo Chen?"  # a model in this process


@pytest.mark.parametrize(
    ("given", "style"), [(True, "redact"), ("false", "off"), ("TRUE", "redact"), ("0", "off"), ("mask", "mask")]
)
def test_the_setting_takes_the_switch_that_it_was(given: Any, style: str) -> None:
    assert Settings(redact=given).redact is Style(style)


def test_a_style_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="redact"):
        Settings(redact="loud")  # type: ignore[arg-type]

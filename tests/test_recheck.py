"""Who leaves the directory, or a group there, is out of the box at the next look: OpenLDAP's slapd, run by the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest

from ragbox.box import Box
from ragbox.errors import NotPermitted, NotSignedIn, Unavailable
from tests.directory_people import PASSWORD, Person, boxes
from tests.directory_server import GROUPS, MOST, STAFF, DirectoryServer, directory, person
from tests.test_deeds import entries

pytestmark = pytest.mark.slow
LEFT = "(&(uid={name})(!(employeeType=left)))"
ACTIVE = "(&(uid={name})(!(userAccountControl:1.2.840.113556.1.4.803:=2)))"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DirectoryServer]:
    with directory(tmp_path_factory.mktemp("ldap") / "slapd") as made:
        yield made


@pytest.fixture
def make(server: DirectoryServer, tmp_path: Path) -> Iterator[Callable[..., Box]]:
    yield from boxes(server, tmp_path)


HERE, OUT = (True, True, ("staff",)), (False, False, ())


def test_who_left_is_out_and_the_trail_says_so(make: Callable[..., Box], server: DirectoryServer) -> None:
    box = make()
    who, other = Person(server, box), Person(server, box)
    link = box.auth.new_login(who.name)
    box.directory.recheck.look()
    assert (who.may(box), other.may(box)) == (HERE, HERE)
    before = len(entries(box))
    who.leave()
    box.directory.recheck.look()
    assert (who.may(box), other.may(box)) == (OUT, HERE)
    account = box.accounts.get(who.name)
    assert (account.source, account.bound, account.gone, account.disabled) == ("ldap", True, True, True)
    assert [(e.actor, e.act, e.object) for e in entries(box)[before:]] == [
        ("", "user.gone", who.name), ("", "user.groups", who.name),
    ]  # fmt: skip
    with pytest.raises(NotSignedIn):
        box.signin.by_link(link, address="")
    with pytest.raises(NotSignedIn):
        box.signin.by_password(who.name, PASSWORD, address="")
    box.directory.recheck.look()
    assert len(entries(box)) == before + 2 + 1  # and the password that was refused, nothing twice
    ((part, well, finding),) = box.directory.check()
    assert (part, well) == ("directory", True)
    assert "looked up 2, gone 1" in finding


def test_whom_the_filter_finds_no_longer_is_gone_and_comes_back(
    make: Callable[..., Box], server: DirectoryServer
) -> None:
    box = make(ldap_filter=LEFT)
    who = Person(server, box)
    who.change("employeeType", "left")
    box.directory.recheck.look()
    assert who.may(box) == OUT
    who.change("employeeType")
    box.directory.recheck.look()
    assert who.may(box) == (False, True, ("staff",))  # the session has ended for good
    assert not box.accounts.get(who.name).gone
    who.change("employeeType", "left")
    box.directory.recheck.look()
    who.change("employeeType")
    assert box.signin.by_password(who.name, PASSWORD, address="").name == who.name  # which is as good as a look
    assert who.may(box) == (False, True, ("staff",))
    acts = [e.act for e in entries(box) if e.object == who.name and e.act in ("user.gone", "user.back")]
    assert acts == ["user.gone", "user.back"] * 2


def test_groups_follow_without_a_sign_in(make: Callable[..., Box], server: DirectoryServer) -> None:
    box = make()
    who = Person(server, box)
    server.change(STAFF, who.name, take=True)
    box.directory.recheck.look()
    assert who.may(box) == (True, True, ())
    server.change(STAFF, who.name, take=False)
    box.directory.recheck.look()
    assert who.may(box) == HERE


def test_a_directory_that_is_down_changes_nothing(tmp_path: Path, make: Callable[..., Box]) -> None:
    (tmp_path / "other").mkdir()
    with directory(tmp_path / "other" / "slapd") as server:
        box = make(**server.settings(tmp_path / "other"))
        who = Person(server, box)
    with pytest.raises(Unavailable):
        box.directory.recheck.look()
    assert who.may(box) == HERE
    ((_, well, finding),) = box.directory.check()
    assert not well
    assert "nobody's session, tokens or groups end" in finding


def test_the_doctor_tells_of_a_look_that_failed_though_the_directory_answers(
    make: Callable[..., Box], server: DirectoryServer
) -> None:
    who = Person(server, make())
    with server.connect() as root:
        for number in range(MOST + 1):
            root.add(f"cn=many{number},{GROUPS}", "groupOfNames", {"member": person(who.name)})
    box = make(ldap_group_base=GROUPS)
    assert next(box.directory.check())[1]
    box.directory.recheck.start()
    until = monotonic() + 60
    while next(box.directory.check())[1] and monotonic() < until:
        sleep(0.05)
    (part, well, finding) = next(box.directory.check())
    assert (part, well) == ("directory", False)
    assert "sizeLimitExceeded. Correct RAGBOX_LDAP_GROUP_BASE or RAGBOX_LDAP_GROUP_FILTER" in finding
    assert who.may(box) == HERE


@pytest.mark.parametrize(
    "lost", [{"ldap_filter": "(&(uid={name})(employeeType=none))"}, {"ldap_bind_dn": "", "ldap_password_file": None}]
)
def test_a_directory_that_shows_nobody_any_more_changes_nothing(
    make: Callable[..., Box], server: DirectoryServer, lost: dict[str, Any]
) -> None:
    who = Person(server, make())
    box = make(**lost)
    with pytest.raises(Unavailable):
        box.directory.recheck.look()
    assert who.may(box) == HERE
    assert [well for _, well, _ in box.directory.check()] == [False]


def test_people_known_by_bytes_are_found_and_a_bit_says_who_is_disabled(
    make: Callable[..., Box], server: DirectoryServer
) -> None:
    box = make(ldap_subject="objectGUID", ldap_filter=ACTIVE)
    raw = Person(server, box, objectGUID=bytes(range(240, 256)), userAccountControl=512)
    text = Person(server, box, objectGUID=b"a1b2c3d4a1b2c3d4", userAccountControl=512)  # bytes that happen to be words
    box.directory.recheck.look()
    assert (raw.may(box), text.may(box)) == (HERE, HERE)
    raw.change("userAccountControl", 514)
    box.directory.recheck.look()
    assert (raw.may(box), text.may(box)) == (OUT, HERE)


def test_an_admins_word_counts_beside_the_directorys(make: Callable[..., Box], server: DirectoryServer) -> None:
    box = make(ldap_filter=LEFT)
    who = Person(server, box)
    box.accounts.change(who.name, disabled=True)
    box.directory.recheck.look()
    assert box.accounts.get(who.name).disabled  # though the directory has them
    box.accounts.change(who.name, disabled=False)
    who.change("employeeType", "left")
    box.directory.recheck.look()
    box.accounts.change(who.name, disabled=True)  # twice: by the directory, now by the admin too
    who.change("employeeType")
    box.directory.recheck.look()
    assert box.accounts.get(who.name).disabled
    with pytest.raises(NotPermitted):
        box.auth.active(who.name)
    who.change("employeeType", "left")
    box.accounts.change(who.name, disabled=False)
    box.directory.recheck.look()
    assert box.accounts.get(who.name).gone  # who is bound is the directory's
    box.directory.expect(who.name, "")
    box.accounts.change(who.name, disabled=False)
    box.directory.recheck.look()
    assert who.may(box)[1]


def test_the_thread_looks_at_once_and_only_where_the_settings_say_so(
    make: Callable[..., Box], server: DirectoryServer
) -> None:
    who = Person(server, make())
    who.leave()
    box = make(ldap_recheck_minutes=0)
    box.directory.recheck.start()
    assert "RAGBOX_LDAP_RECHECK_MINUTES=0" in next(box.directory.check())[2]
    box.directory.recheck.close()
    assert who.may(box) == HERE
    box = make()
    box.directory.recheck.start()
    until = monotonic() + 60
    while who.may(box) != OUT and monotonic() < until:
        sleep(0.05)
    box.directory.recheck.close()
    assert who.may(box) == OUT

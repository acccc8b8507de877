"""With another base of the directory nobody becomes somebody else, and a wrong one is mended: OpenLDAP's slapd."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ragbox.box import Box
from ragbox.directory.identities import MANY
from ragbox.errors import NotSignedIn, Unavailable
from tests.directory_people import PASSWORD, Person, boxes
from tests.directory_server import BASE, GROUPS, PEOPLE, DirectoryServer, directory, person
from tests.test_deeds import entries

pytestmark = pytest.mark.slow
GUESTS, HIDDEN, WRONG, NAMESAKES = (f"ou={name},{BASE}" for name in ("guests", "hidden", "wrong", "namesakes"))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DirectoryServer]:
    with directory(tmp_path_factory.mktemp("ldap") / "slapd") as made:
        yield made


@pytest.fixture
def make(server: DirectoryServer, tmp_path: Path) -> Iterator[Callable[..., Box]]:
    yield from boxes(server, tmp_path)


def test_who_is_outside_a_narrower_base_is_out_and_back_with_the_wider_one(
    make: Callable[..., Box], server: DirectoryServer
) -> None:
    box = make(ldap_base=BASE)
    inside, guest = Person(server, box), Person(server, box)
    with server.connect() as root:
        root.add(GUESTS, "organizationalUnit")
        root.modify_dn(person(guest.name), f"uid={guest.name}", new_superior=GUESTS)
    box.directory.recheck.look()
    assert (inside.may(box)[:2], guest.may(box)[:2]) == ((True, True), (True, True))
    box = make(ldap_base=PEOPLE.upper())
    before = len(entries(box))
    box.directory.recheck.look()
    assert (inside.may(box)[:2], guest.may(box)[:2]) == ((True, True), (False, False))
    assert box.signin.by_password(inside.name, PASSWORD, address="").name == inside.name
    ((_, well, finding),) = box.directory.check()
    assert (well, "looked up 2, gone 1" in finding) == (True, True)
    told = {(e.act, e.object) for e in entries(box)[before:]}
    assert {("user.bind", inside.name), ("user.gone", guest.name)} <= told
    assert ("user.bind", guest.name) not in told  # by whom else they are known there, nobody has seen
    box = make(ldap_base=BASE)
    box.directory.recheck.look()
    assert (inside.may(box)[:2], guest.may(box)[:2]) == ((True, True), (False, True))


def test_a_base_with_which_most_would_be_gone_at_once_shuts_nobody_out(
    make: Callable[..., Box], server: DirectoryServer
) -> None:
    box = make(ldap_base=BASE)
    people = [Person(server, box) for _ in range(MANY)]
    with server.connect() as root:
        root.add(HIDDEN, "organizationalUnit")
        root.add(f"uid=other,{HIDDEN}", "inetOrgPerson", {"cn": "x", "sn": "x"})
    box = make(ldap_base=HIDDEN)
    with pytest.raises(Unavailable, match="RAGBOX_LDAP_BASE"):
        box.directory.recheck.look()
    assert {who.may(box)[:2] for who in people} == {(True, True)}
    box = make(ldap_base=PEOPLE)  # beside the wrong one: nobody may be bound to that
    assert box.signin.by_password(people[0].name, PASSWORD, address="").name == people[0].name
    box.directory.recheck.look()
    assert {who.may(box)[:2] for who in people} == {(True, True)}
    assert next(box.directory.check())[1]


def test_few_whom_a_wrong_base_shut_out_are_back_with_the_right_one(
    make: Callable[..., Box], server: DirectoryServer
) -> None:
    who = Person(server, make(ldap_base=BASE))
    with server.connect() as root:
        root.add(WRONG, "organizationalUnit")
        root.add(f"uid=other,{WRONG}", "inetOrgPerson", {"cn": "x", "sn": "x"})
    box = make(ldap_base=WRONG)
    box.directory.recheck.look()
    assert who.may(box)[:2] == (False, False)
    box = make(ldap_base=PEOPLE)
    box.directory.recheck.look()
    assert who.may(box)[:2] == (False, True)
    assert box.signin.by_password(who.name, PASSWORD, address="").name == who.name


def test_a_name_that_two_branches_have_is_not_one_person(make: Callable[..., Box], server: DirectoryServer) -> None:
    anna = Person(server, make(ldap_base=BASE, ldap_subject="uid"))
    other = "another sentence of another anna"
    with server.connect() as root:
        root.add(NAMESAKES, "organizationalUnit")
        facts = {"cn": "x", "sn": "x", "userPassword": other}
        root.add(f"uid={anna.name},{NAMESAKES}", "inetOrgPerson", facts)
    for base in (NAMESAKES, BASE, NAMESAKES):
        box = make(ldap_base=base, ldap_subject="uid")
        box.directory.recheck.look()
        with pytest.raises(NotSignedIn):
            box.signin.by_password(anna.name, other, address="")
    assert anna.may(box)[:2] == (True, True)  # nobody's to end: an admin's word
    assert "1 are bound below another RAGBOX_LDAP_BASE" in box.directory.recheck.check()[1]


def test_below_a_base_beside_it_nobody_is_the_same_person(make: Callable[..., Box], server: DirectoryServer) -> None:
    who = Person(server, make())
    box = make(ldap_base=GROUPS)
    box.directory.recheck.look()
    assert who.may(box)[:2] == (True, True)
    with pytest.raises(NotSignedIn):
        box.signin.by_password(who.name, PASSWORD, address="")
    assert "1 are bound below another RAGBOX_LDAP_BASE" in box.directory.recheck.check()[1]

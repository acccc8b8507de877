"""Sign-in by a directory: OpenLDAP's slapd, run by the test on this machine, plain with StartTLS and over TLS."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from ragbox import silence
from ragbox.box import Box
from ragbox.directory.ldap import Ldap
from ragbox.errors import BadInput, Unavailable
from ragbox.settings import Settings
from tests.directory_server import (
    BASE,
    PASSWORDS,
    PEOPLE,
    SERVICE_PASSWORD,
    STAFF,
    DirectoryServer,
    certify,
    directory,
)
from tests.doors import nobody
from tests.private import FakeFinder
from web.app import create_app

pytestmark = pytest.mark.slow
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
RITA = PASSWORDS["rita"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DirectoryServer]:
    with directory(tmp_path_factory.mktemp("ldap") / "slapd") as made:
        yield made


@pytest.fixture
def given(server: DirectoryServer, tmp_path: Path) -> dict[str, Any]:
    """The settings by which a box finds its people in the directory."""
    return server.settings(tmp_path)


def find(given: dict[str, Any], name: str, password: str) -> Any:
    return Ldap(Settings(**given), None).find(name, password)  # type: ignore[arg-type]


@pytest.mark.parametrize("secure", [True, False], ids=["ldaps", "StartTLS"])
def test_people_are_known_by_name_and_password(given: dict[str, Any], server: DirectoryServer, secure: bool) -> None:
    given["ldap_url"] = server.secure if secure else server.plain
    found = {name: find(given, name, password) for name, password in PASSWORDS.items()}
    assert {name: who.groups for name, who in found.items()} == {
        "rita": {"staff"}, "edda": set(), "李娜": {"staff", "研发"},
    }  # fmt: skip
    assert {who.name for who in found.values()} == set(PASSWORDS)
    assert {who.issuer for who in found.values()} == {f"ldap:{PEOPLE}"}
    assert len({who.subject for who in found.values()}) == 3
    assert find(given, "RITA", RITA) == found["rita"]  # the directory's rule; it is the same person


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("rita", "wrong"), ("rita", ""), ("rita", RITA + "\0"), ("", RITA), ("nobody", RITA), ("*", RITA),
        ("*)(uid=*", RITA), ("rita)(|(uid=*", RITA), ("r*", RITA), ("rita\0", RITA), ("\\72ita", RITA),
        ("rita)(objectClass=*", RITA), ("uid=rita," + PEOPLE, RITA), ("x" * 5000, RITA), ("rita", "x" * 5000),
        ("rita", PASSWORDS["edda"]), ("rita", "*"), ("ragbox", SERVICE_PASSWORD), ("\ud800", RITA),
        ("ri\u00adta", RITA), ("ri\u200bta", RITA), (" rita", RITA), ("rita  ", RITA),
        ("rita", "tab\there"), ("rita", "\u00ad"), ("rita", RITA + "\x01"),
    ],
)  # fmt: skip
def test_nobody_else_is(given: dict[str, Any], name: str, password: str) -> None:
    assert find(given, name, password) is None


def test_an_empty_password_is_refused_though_the_directory_takes_it(
    given: dict[str, Any], server: DirectoryServer
) -> None:
    import ldap3

    anonymous = ldap3.Connection(server.plain, authentication=ldap3.ANONYMOUS)
    assert anonymous.bind()
    anonymous.unbind()
    assert find(given, "rita", "") is None


def test_who_is_found_twice_is_nobody(given: dict[str, Any]) -> None:
    given["ldap_filter"] = "(|(uid={name})(uid=edda))"
    assert find(given, "rita", RITA) is None
    assert find(given, "rita", PASSWORDS["edda"]) is None


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        ({"ldap_ca": None}, "CERTIFICATE_VERIFY_FAILED"),
        ({"ldap_base": "dc=none"}, "RAGBOX_LDAP_BASE"),
        ({"ldap_bind_dn": f"cn=none,{BASE}"}, "refuses RAGBOX_LDAP_BIND_DN"),
        ({"ldap_bind_dn": ""}, "RAGBOX_LDAP_BASE"),
        ({"ldap_url": "ldap://127.0.0.1:1"}, "does not answer"),
        ({"ldap_subject": "employeeNumber"}, "employeeNumber"),
        ({"ldap_password_file": None}, "RAGBOX_LDAP_PASSWORD_FILE"),
        ({"ldap_ca": Path("/none")}, "RAGBOX_LDAP_CA"),
        ({"ldap_filter": "(uid={name}"}, "does not answer as it should"),
        ({"ldap_url": "ldap://ldap.corp.example", "ldap_starttls": False}, "ldaps://"),
    ],
)
def test_what_is_wrong_is_named(given: dict[str, Any], wrong: dict[str, Any], match: str) -> None:
    with pytest.raises((Unavailable, BadInput), match=match) as raised:
        find({**given, **wrong}, "rita", RITA)
    assert RITA not in str(raised.value)
    assert SERVICE_PASSWORD not in str(raised.value)


def test_another_certificate_is_none_of_the_directory(
    given: dict[str, Any], server: DirectoryServer, tmp_path: Path
) -> None:
    certify(tmp_path)
    with pytest.raises(Unavailable, match="CERTIFICATE_VERIFY_FAILED"):
        find({**given, "ldap_ca": tmp_path / "ca.pem"}, "rita", RITA)
    for url in (server.secure, server.plain):  # signed by the authority, for another name
        with pytest.raises(Unavailable, match="certificate"):
            find({**given, "ldap_url": url.replace("127.0.0.1", "localhost")}, "rita", RITA)


def test_without_encryption_on_this_machine_alone(given: dict[str, Any], server: DirectoryServer) -> None:
    given |= {"ldap_url": server.plain, "ldap_starttls": False, "ldap_ca": None}
    assert find(given, "rita", RITA).name == "rita"


def test_the_box_means_to_call_the_directory_and_goes_on_counting(given: dict[str, Any]) -> None:
    silence.keep()
    before = silence.tried()
    find(given, "rita", RITA)
    assert silence.tried() == before
    assert not getattr(silence._meant, "it", False)


@pytest.fixture
def house(given: dict[str, Any], tmp_path: Path) -> Iterator[Box]:
    box = Box(Settings(data=tmp_path / "data", **given), analyzer=FakeFinder)
    box.open()
    yield box
    box.close()


def enter(app: FastAPI, name: str, password: str) -> tuple[TestClient, int]:
    browser = nobody(app)
    reply = browser.post("/login", data={"name": name, "password": password}, headers=SAME_SITE)
    return browser, reply.status_code


def test_people_sign_in_by_the_same_form_and_groups_follow(house: Box, server: DirectoryServer) -> None:
    app = create_app(house, pages=False)
    browser, status = enter(app, "李娜", PASSWORDS["李娜"])
    assert status == 303
    assert browser.get("/api/status").status_code == 200
    assert house.accounts.get("李娜").groups == ("staff", "研发")
    server.change(STAFF, "李娜", take=True)
    try:
        assert enter(app, "李娜", PASSWORDS["李娜"])[1] == 303
        assert house.accounts.get("李娜").groups == ("研发",)
    finally:
        server.change(STAFF, "李娜", take=False)


def test_who_is_disabled_or_has_anothers_name_is_told_what_a_wrong_password_is(house: Box) -> None:
    app = create_app(house, pages=False)
    assert enter(app, "rita", "wrong")[1] == 401
    assert enter(app, "rita", RITA)[1] == 303
    house.accounts.change("rita", disabled=True)
    assert enter(app, "rita", RITA)[1] == 401
    house.auth.create_user("edda", "admin")
    assert enter(app, "edda", PASSWORDS["edda"])[1] == 401
    house.directory.expect("edda", "ldap")
    assert enter(app, "edda", PASSWORDS["edda"])[1] == 303
    assert house.auth.user("edda").role == "admin"


def test_whom_the_directory_knows_has_no_password_here(house: Box) -> None:
    app = create_app(house, pages=False)
    house.auth.create_user("edda", "reader")
    house.signin.set("edda", "seven quiet lanterns")
    assert enter(app, "edda", "seven quiet lanterns")[1] == 303
    house.directory.expect("edda", "ldap")
    assert enter(app, "edda", "seven quiet lanterns")[1] == 401


def test_the_doctor_says_how_the_directory_is(house: Box, given: dict[str, Any], tmp_path: Path) -> None:
    assert [(part, well) for part, well, _ in house.directory.check()] == [("directory", True)]
    other = Box(Settings(data=tmp_path / "other", **{**given, "ldap_url": "ldaps://127.0.0.1:1"}))
    ((part, well, finding),) = other.directory.check()
    assert (part, well) == ("directory", False)
    assert "ldaps://127.0.0.1:1" in finding

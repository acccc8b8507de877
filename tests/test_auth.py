"""Who may do what, and how long a secret works."""

from __future__ import annotations

import pytest

from ragbox import credentials
from ragbox.auth import Auth
from ragbox.db import Database
from ragbox.decisions import Place
from ragbox.errors import BadInput, Conflict, NotFound, NotPermitted, NotSignedIn
from ragbox.library import Library
from ragbox.settings import Settings
from ragbox.types import Actor


@pytest.fixture
def db(tmp_path):
    database = Database(tmp_path / "ragbox.db")
    database.load()
    yield database
    database.close()


@pytest.fixture
def auth(tmp_path, db):
    made = Auth(Settings(data=tmp_path), db)
    made.load()
    return made


@pytest.fixture
def shelves(db):
    for name in ("hr", "legal"):
        Library(db).create_collection(name)


def person(role, *collections, level="read"):
    return Actor(
        name="kim", role=role, collections=collections, writable=collections if level != "read" else (),
        managed=collections if level == "manage" else (),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("actor", "action", "resource", "allowed"),
    [
        (person("admin"), "manage", None, True),
        (person("admin"), "write", "hr", True),
        (person("admin"), "invent", "hr", False),
        (person("admin"), "audit", None, True),
        (person("editor", "hr", level="write"), "write", "hr", True),
        (person("editor", "hr", level="write"), "create", "hr", True),
        (person("editor", "hr"), "write", "hr", False),
        (person("editor", "hr"), "create", "hr", False),
        (person("editor", "hr", level="manage"), "manage", "hr", True),
        (person("editor", "hr", level="manage"), "manage", "legal", False),
        (person("editor", "hr", level="manage"), "audit", "hr", False),
        (person("editor", "hr", level="write"), "read", "legal", False),
        (person("editor", "*", level="write"), "write", "legal", True),
        (person("editor", "*", level="write"), "manage", "legal", False),
        (person("editor", "*", level="manage"), "manage", None, False),
        (person("editor", "*", level="manage"), "audit", None, False),
        (person("editor", "*", level="manage"), "read", None, False),
        (person("reader", "hr"), "read", "hr", True),
        (person("reader", "hr", level="manage"), "write", "hr", False),
        (person("reader", "hr", level="manage"), "manage", "hr", False),
        (person("reader", "*"), "audit", None, False),
        (person("reader"), "read", "hr", False),
        (person("reader"), "read", "", False),
        (person("auditor"), "audit", None, True),
        (person("auditor"), "read", "hr", False),
        (person("auditor"), "read", None, False),
        (person("auditor", "hr", level="manage"), "read", "hr", True),
        (person("auditor", "hr", level="manage"), "write", "hr", False),
        (person("auditor", "*", level="manage"), "manage", None, False),
        (person("owner", "*"), "read", "hr", False),
        (person("", "*"), "read", "hr", False),
    ],
)
def test_decides_by_role_and_grant_and_denies_by_default(auth, actor, action, resource, allowed):
    decision = auth.decide(actor, action, resource)
    assert decision.allowed is allowed
    assert decision.reason


def test_what_may_not_be_read_looks_exactly_like_what_is_not_there(auth, db):
    library, stranger = Library(db), person("reader", "hr")
    with pytest.raises(NotFound) as missing:
        library.collection("legal")
    for action in ("read", "write", "manage"):
        with pytest.raises(NotFound) as hidden:
            auth.require(stranger, action, "legal")
        assert str(hidden.value) == str(missing.value)
    with pytest.raises(NotFound) as missing:
        library.document("abc")
    with pytest.raises(NotFound) as hidden:
        auth.require(stranger, "read", Place(id="abc", collection="legal"))
    assert str(hidden.value) == str(missing.value)


def test_what_may_be_read_but_not_changed_is_not_permitted(auth):
    for action, resource in [("write", "hr"), ("manage", "hr"), ("manage", None), ("create", "legal")]:
        with pytest.raises(NotPermitted):
            auth.require(person("reader", "hr"), action, resource)


@pytest.mark.usefixtures("shelves")
def test_a_new_box_has_the_admin_and_loading_again_keeps_the_users(auth):
    auth.create_user("kim", "reader", ["hr", "hr", "legal"])
    auth.load()
    assert [(u.name, u.role, u.collections) for u in auth.users()] == [
        ("admin", "admin", ()),
        ("kim", "reader", ("hr", "legal")),
    ]
    assert auth.local().role == "admin"


@pytest.mark.usefixtures("shelves")
def test_refuses_names_and_roles_that_are_none(auth):
    for name in ("", "../x", " kim", "k" * 64, "a b", "<i>"):
        with pytest.raises(BadInput):
            auth.create_user(name, "reader")
    with pytest.raises(BadInput):
        auth.create_user("kim", "root")
    with pytest.raises(Conflict):
        auth.create_user("admin", "reader")
    with pytest.raises(NotFound, match="'hrr', 'leagl' to grant to kim"):
        auth.create_user("kim", "reader", ["hrr", "hr", "leagl", "hrr"])
    auth.create_user("王芳", "editor", ["*"])
    assert auth.user("王芳").collections == ("*",)


@pytest.mark.usefixtures("shelves")
def test_a_token_names_its_user_until_the_user_is_removed(auth):
    auth.create_user("kim", "reader", ["hr"])
    first, second = auth.new_token("kim"), auth.new_token("kim")
    assert first != second
    assert auth.by_token(first) == auth.by_token(second) == person("reader", "hr")
    auth.remove_user("kim")
    with pytest.raises(NotSignedIn):
        auth.by_token(first)
    with pytest.raises(NotFound):
        auth.new_token("kim")
    with pytest.raises(Conflict):
        auth.remove_user("admin")


def test_a_login_secret_signs_in_once_and_each_time_to_a_new_session(auth):
    login = auth.new_login("admin")
    session = auth.sign_in(login)
    assert auth.by_session(session).name == "admin"
    with pytest.raises(NotSignedIn):
        auth.sign_in(login)
    other = auth.sign_in(auth.new_login("admin"))
    assert other not in (session, login)
    auth.sign_out(session)
    with pytest.raises(NotSignedIn):
        auth.by_session(session)
    assert auth.by_session(other).name == "admin"


def test_one_kind_of_secret_does_not_pass_for_another(auth):
    token, login = auth.new_token("admin"), auth.new_login("admin")
    session = auth.sign_in(auth.new_login("admin"))
    for wrong in (login, session, "", "\ud800"):
        with pytest.raises(NotSignedIn):
            auth.by_token(wrong)
    for wrong in (login, token):
        with pytest.raises(NotSignedIn):
            auth.by_session(wrong)
    for wrong in (session, token):
        with pytest.raises(NotSignedIn):
            auth.sign_in(wrong)
    auth.sign_out(token)
    assert auth.by_token(token).name == "admin"


def test_the_local_token_is_the_owners_and_ends_with_the_process(tmp_path, db, auth):
    assert auth.by_token(auth.local_token()) == auth.local()
    with pytest.raises(NotSignedIn):
        Auth(Settings(data=tmp_path), db).by_token(auth.local_token())
    assert db.read("SELECT * FROM secrets") == []


def test_no_secret_is_kept_in_the_clear(auth, db, tmp_path):
    made = [auth.new_token("admin"), auth.new_login("admin"), auth.sign_in(auth.new_login("admin"))]
    db.close()
    kept = b"".join(p.read_bytes() for p in tmp_path.iterdir())
    assert not any(secret.encode() in kept for secret in made)
    assert all(len(secret) >= 43 for secret in made)  # 256 bits in base 64


def test_expired_secrets_fail_and_are_purged(tmp_path, db, auth, monkeypatch):
    brief = Auth(Settings(data=tmp_path, login_hours=1e-9), db)
    session = brief.sign_in(brief.new_login("admin"))
    with pytest.raises(NotSignedIn):
        brief.by_session(session)
    monkeypatch.setattr(credentials, "LOGIN_LINK", -credentials.LOGIN_LINK)
    with pytest.raises(NotSignedIn):
        auth.sign_in(auth.new_login("admin"))
    auth.new_token("admin")
    auth.purge()
    assert [r["kind"] for r in db.read("SELECT kind FROM secrets")] == ["token"]

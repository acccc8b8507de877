"""An admin changes, disables and resets users, and sees and revokes tokens; each counts from the next request on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ragbox.accounts import Accounts
from ragbox.auth import Auth
from ragbox.box import Box
from ragbox.credentials import PREFIX
from ragbox.errors import BadInput, Conflict, NotFound, NotSignedIn


@pytest.fixture
def auth(box: Box) -> Auth:
    for name in ("hr", "legal"):
        box.library.create_collection(name)
    box.auth.create_user("kim", "reader", ["hr"])
    return box.auth


@pytest.fixture
def accounts(box: Box, auth: Auth) -> Accounts:
    assert auth is box.auth
    return box.accounts


def session(auth: Auth, name: str) -> str:
    return auth.sign_in(auth.new_login(name))


def test_an_account_counts_what_works_now(accounts: Accounts, auth: Auth) -> None:
    auth.new_token("kim")
    session(auth, "kim")
    auth.new_login("kim")
    kim = accounts.get("kim")
    assert (kim.role, kim.collections, kim.disabled, kim.sessions, kim.tokens) == ("reader", ("hr",), False, 1, 1)
    assert [a.name for a in accounts.all()] == ["admin", "kim"]
    assert abs(datetime.now(UTC) - kim.created_at) < timedelta(minutes=1)
    with pytest.raises(NotFound):
        accounts.get("nobody")


def test_a_disabled_user_is_out_at_once_and_comes_back_with_tokens_alone(accounts: Accounts, auth: Auth) -> None:
    token, open_, link = auth.new_token("kim"), session(auth, "kim"), auth.new_login("kim")
    assert auth.by_token(token).name == auth.by_session(open_).name == "kim"
    assert accounts.change("kim", disabled=True).disabled
    with pytest.raises(NotSignedIn):
        auth.by_token(token)
    with pytest.raises(NotSignedIn):
        auth.by_session(open_)
    with pytest.raises(NotSignedIn):
        auth.sign_in(link)
    for make in (auth.new_token, auth.new_login, accounts.reset):
        with pytest.raises(Conflict, match="disabled"):
            make("kim")
    assert not accounts.change("kim", disabled=False).disabled
    assert auth.by_token(token).name == "kim"
    with pytest.raises(NotSignedIn):
        auth.by_session(open_)


def test_grants_count_for_sessions_that_are_open_and_another_role_ends_them(accounts: Accounts, auth: Auth) -> None:
    open_, token = session(auth, "kim"), auth.new_token("kim")
    assert accounts.change("kim", role="reader", collections=["legal", "legal"]).collections == ("legal",)
    assert auth.by_session(open_).collections == ("legal",)
    assert accounts.change("kim", role="editor").role == "editor"
    with pytest.raises(NotSignedIn):
        auth.by_session(open_)
    assert auth.by_token(token).role == "editor"
    assert accounts.change("kim", collections=["*"]).role == "editor"
    assert accounts.change("kim", collections=[]).collections == ()


def test_a_level_that_somebody_named_stays_with_roles_there_and_back(accounts: Accounts, box: Box) -> None:
    accounts.change("kim", role="editor")
    for level, writes in (("read", False), ("write", True)):
        box.access.grant(box.auth.local(), "hr", level, user="kim")
        for role in ("reader", "auditor", "editor", "admin", "editor"):
            assert accounts.change("kim", role=role, collections=["hr"]).grants == {"hr": level}
        assert box.auth.decide(box.auth.user("kim"), "write", "hr").allowed == writes


def test_a_change_that_is_wrong_changes_nothing(accounts: Accounts) -> None:
    with pytest.raises(NotFound, match="'hrr'"):
        accounts.change("kim", role="admin", collections=["hrr"])
    with pytest.raises(BadInput):
        accounts.change("kim", collections=["legal"], role="root")
    with pytest.raises(NotFound):
        accounts.change("nobody", role="reader")
    kim = accounts.get("kim")
    assert (kim.role, kim.collections) == ("reader", ("hr",))


def test_the_admin_of_every_box_cannot_be_locked_out(accounts: Accounts) -> None:
    for wrong in ({"disabled": True}, {"role": "reader"}):
        with pytest.raises(Conflict):
            accounts.change("admin", **wrong)
    assert not accounts.change("admin", role="admin", disabled=False).disabled


def test_a_reset_ends_sessions_and_former_links_and_keeps_tokens(accounts: Accounts, auth: Auth) -> None:
    token, open_, former = auth.new_token("kim"), session(auth, "kim"), auth.new_login("kim")
    link = accounts.reset("kim")
    with pytest.raises(NotSignedIn):
        auth.by_session(open_)
    with pytest.raises(NotSignedIn):
        auth.sign_in(former)
    assert auth.by_session(auth.sign_in(link)).name == auth.by_token(token).name == "kim"
    with pytest.raises(NotFound):
        accounts.reset("nobody")


def test_tokens_are_listed_by_their_first_characters_with_their_last_use(accounts: Accounts, auth: Auth) -> None:
    first, second = auth.new_token("kim", days=None), auth.new_token("admin", days=30, scope="ask")
    newest, oldest = accounts.tokens()
    assert (newest.user, newest.prefix, newest.scope) == ("admin", second[:PREFIX], "ask")
    assert (oldest.user, oldest.prefix, oldest.used_at, oldest.expires_at) == ("kim", first[:PREFIX], None, None)
    assert newest.expires_at is not None
    assert newest.expires_at - newest.created_at == pytest.approx(timedelta(days=30), abs=timedelta(seconds=1))
    auth.by_token(first)
    used = accounts.tokens()[1].used_at
    assert used is not None
    assert abs(datetime.now(UTC) - used) < timedelta(minutes=1)
    assert not any(first[PREFIX:] in repr(t) for t in accounts.tokens())


def test_a_token_ends_when_it_expires_or_is_revoked(accounts: Accounts, auth: Auth) -> None:
    old, token = auth.new_token("kim", days=-1), auth.new_token("kim")
    with pytest.raises(NotSignedIn):
        auth.by_token(old)
    (listed,) = accounts.tokens()
    accounts.revoke(listed.id)
    with pytest.raises(NotSignedIn):
        auth.by_token(token)
    assert accounts.tokens() == []
    with pytest.raises(NotFound):
        accounts.revoke(listed.id)


def test_only_tokens_can_be_revoked_by_id(accounts: Accounts, auth: Auth, box: Box) -> None:
    open_ = session(auth, "kim")
    row = box.db.read("SELECT hash FROM secrets WHERE kind = 'session'")[0]
    with pytest.raises(NotFound):
        accounts.revoke(row["hash"][:16])
    assert auth.by_session(open_).name == "kim"


def test_the_last_use_survives_a_restart_and_costs_no_write_at_the_request(box: Box, auth: Auth) -> None:
    token = auth.new_token("kim")
    auth.by_token(token)
    assert box.db.read("SELECT used_at FROM secrets")[0]["used_at"] is None
    auth.note_use()
    auth.note_use()
    assert box.db.read("SELECT used_at FROM secrets")[0]["used_at"]

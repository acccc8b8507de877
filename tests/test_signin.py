"""Signing in by a password: the same words and bounds for everybody, sessions of its own, and an entry of each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ragbox import credentials, passwords
from ragbox.audit_trail import Wanted
from ragbox.box import Box
from ragbox.errors import BadInput, Busy, Conflict, NotFound, NotSignedIn, Unavailable
from ragbox.settings import Settings
from ragbox.signin import WAITING, SignIn
from ragbox.throttle import account

GOOD, BETTER = "four lamps beside windows", "five chairs under clouds"


@pytest.fixture
def box(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Box]:
    """An open box in which a hash costs nothing, with lin, who has a password, and kim, who has none."""
    monkeypatch.setattr(passwords, "MEMORY_KIB", 64)
    made = Box(settings)
    made.open()
    for name in ("lin", "kim"):
        made.auth.create_user(name, "reader")
    made.signin.set("lin", GOOD)
    yield made
    made.close()


@pytest.fixture
def signin(box: Box) -> SignIn:
    return box.signin


def recorded(box: Box, *acts: str) -> list[tuple[str, str, str, str]]:
    box.audit.refusals.close()
    box.audit.flush()
    found, _ = box.trail.page(box.auth.local(), Wanted(), limit=1000)
    return [(e.actor, e.act, e.object, e.detail) for e in reversed(found) if e.act in acts]


def test_the_right_password_opens_a_session_of_its_own_and_ends_the_former_one(box: Box, signin: SignIn) -> None:
    first = signin.by_password("lin", GOOD, address="10.0.0.1")
    second = signin.by_password(" lin ", GOOD, address="10.0.0.1", former=first.session)
    assert first.session != second.session
    assert box.auth.by_session(second.session).name == second.name == "lin"
    with pytest.raises(NotSignedIn):
        box.auth.by_session(first.session)
    assert first.session not in repr(first)
    assert recorded(box, "session.open") == [
        ("lin", "session.open", "", '{"address":"10.0.0.1","how":"password"}')
    ] * 2  # fmt: skip


def test_whatever_is_wrong_is_said_in_the_same_words(box: Box, signin: SignIn) -> None:
    box.auth.create_user("dora", "reader")
    signin.set("dora", GOOD)
    box.accounts.change("dora", disabled=True)
    said = set()
    for name, tried in (("lin", "wrong"), ("kim", GOOD), ("dora", GOOD), ("nobody", GOOD), ("../x", GOOD)):
        with pytest.raises(NotSignedIn) as refused:
            signin.by_password(name, tried, address="10.0.0.1")
        said.add(str(refused.value))
    assert len(said) == 1


def test_a_throttled_account_hears_so_whether_it_exists_and_a_link_still_opens(box: Box, signin: SignIn) -> None:
    def guess(name: str) -> list[str]:
        heard = []
        for n in range(12):
            with pytest.raises((NotSignedIn, Busy)) as refused:
                signin.by_password(name, f"guess {n}", address="10.0.0.1")
            heard.append(str(refused.value))
        return heard

    assert guess("lin") == guess("nobody")
    with pytest.raises(Busy) as late:
        signin.by_password("lin", GOOD, address="10.0.0.2")
    assert 0 < late.value.retry_after <= 900
    assert signin.by_link(box.auth.new_login("lin"), address="10.0.0.1").name == "lin"
    hidden = f"#{account('nobody')[:8]}"
    assert recorded(box, "password.refused", "password.throttled") == [
        ("", "password.refused", "lin", '{"address":"10.0.0.1"}'),
        ("", "password.throttled", "lin", '{"address":"10.0.0.1"}'),
        ("", "password.refused", hidden, '{"address":"10.0.0.1"}'),
        ("", "password.throttled", hidden, '{"address":"10.0.0.1"}'),
        ("", "password.throttled", "lin", '{"address":"10.0.0.2"}'),
        ("", "password.refused", "lin", '{"address":"10.0.0.1","more":9}'),
        ("", "password.throttled", "lin", '{"address":"10.0.0.1","more":1}'),
        ("", "password.refused", hidden, '{"address":"10.0.0.1","more":9}'),
        ("", "password.throttled", hidden, '{"address":"10.0.0.1","more":1}'),
    ]


def test_signing_in_clears_the_tries_of_the_account(signin: SignIn) -> None:
    for _ in range(3):
        for _ in range(9):
            with pytest.raises(NotSignedIn):
                signin.by_password("lin", "wrong", address="10.0.0.1")
        assert signin.by_password("lin", GOOD, address="10.0.0.1").name == "lin"


def test_another_password_ends_all_sessions_and_links_and_keeps_tokens(box: Box, signin: SignIn) -> None:
    here, there = (signin.by_password("lin", GOOD, address="10.0.0.1").session for _ in range(2))
    link, token = box.auth.new_login("lin"), box.auth.new_token("lin")
    with pytest.raises(NotSignedIn):
        signin.change("lin", "wrong", BETTER, address="10.0.0.1", session=here)
    with pytest.raises(BadInput):
        signin.change("lin", GOOD, "short", address="10.0.0.1", session=here)
    assert box.auth.by_session(there).name == "lin"
    opened = signin.change("lin", GOOD, BETTER, address="10.0.0.1", session=here)
    for over in (here, there):
        with pytest.raises(NotSignedIn):
            box.auth.by_session(over)
    with pytest.raises(NotSignedIn):
        signin.by_link(link, address="10.0.0.1")
    assert box.auth.by_session(opened.session).name == box.auth.by_token(token).name == "lin"
    with pytest.raises(NotSignedIn):
        signin.by_password("lin", GOOD, address="10.0.0.1")
    assert signin.by_password("lin", BETTER, address="10.0.0.1").name == "lin"
    assert [r[:3] for r in recorded(box, "password.change")] == [("lin", "password.change", "lin")]


def test_the_old_password_is_guessed_no_more_often_than_at_the_door(signin: SignIn) -> None:
    session = signin.by_password("lin", GOOD, address="10.0.0.1").session
    for _ in range(10):
        with pytest.raises(NotSignedIn):
            signin.change("lin", "wrong", BETTER, address="10.0.0.1", session=session)
    with pytest.raises(Busy):
        signin.change("lin", GOOD, BETTER, address="10.0.0.1", session=session)


def test_after_a_link_of_within_the_hour_and_only_then_the_old_one_is_not_asked_for(
    box: Box, signin: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = signin.by_link(box.auth.new_login("kim"), address="10.0.0.1").session
    with monkeypatch.context() as later:
        later.setattr(credentials, "LOGIN_LINK", 0 * credentials.LOGIN_LINK)
        with pytest.raises(NotSignedIn):
            signin.change("kim", "", BETTER, address="10.0.0.1", session=session)
    opened = signin.change("kim", "", BETTER, address="10.0.0.1", session=session)
    assert signin.by_password("kim", BETTER, address="10.0.0.1").name == "kim"
    with pytest.raises(NotSignedIn):
        signin.change("kim", "", GOOD, address="10.0.0.1", session=opened.session)


def test_a_link_of_somebody_else_does_not_stand_in_for_the_old_password(box: Box, signin: SignIn) -> None:
    session = signin.by_link(box.auth.new_login("kim"), address="10.0.0.1").session
    assert signin.may_set("kim", session)
    assert not signin.may_set("lin", session)
    with pytest.raises(NotSignedIn):
        signin.change("lin", "", BETTER, address="10.0.0.1", session=session)
    assert signin.by_password("lin", GOOD, address="10.0.0.1").name == "lin"


def test_who_is_bound_while_a_password_is_hashed_gets_none(
    box: Box, signin: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = signin.by_link(box.auth.new_login("kim"), address="10.0.0.1").session
    hashed = signin.passwords.hashed

    def slow(name: str, password: str) -> str:
        box.directory.expect("kim", "ldap")
        return hashed(name, password)

    monkeypatch.setattr(signin.passwords, "hashed", slow)
    with pytest.raises(Conflict, match="directory"):
        signin.change("kim", "", BETTER, address="10.0.0.1", session=session)
    box.directory.expect("kim", "")
    with pytest.raises(Conflict, match="directory"):
        signin.set("kim", BETTER)
    assert not signin.passwords.has("kim")


def test_who_had_an_account_is_out_once_it_is_bound_to_another(box: Box, signin: SignIn) -> None:
    session, link = signin.by_password("lin", GOOD, address="10.0.0.1").session, box.auth.new_login("lin")
    box.directory.expect("lin", "oidc")
    with pytest.raises(NotSignedIn):
        box.auth.by_session(session)
    with pytest.raises(NotSignedIn):
        signin.by_link(link, address="10.0.0.1")


def test_a_removed_users_password_is_gone_with_the_user(box: Box, signin: SignIn) -> None:
    box.auth.remove_user("lin")
    box.auth.create_user("lin", "reader")
    with pytest.raises(NotSignedIn):
        signin.by_password("lin", GOOD, address="10.0.0.1")
    with pytest.raises(NotFound):
        signin.set("nobody", GOOD)


class Directory:
    """A directory that knows one password of one person."""

    source = "directory"

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.down = False

    def verify(self, name: str, password: str) -> str | None:
        self.asked.append(name)
        if self.down:
            raise Unavailable("The directory does not answer.")
        return "kim" if (name, password) == ("kim@corp", BETTER) else None


def test_a_directory_is_asked_after_the_box_for_every_name_alike(box: Box, signin: SignIn) -> None:
    directory = Directory()
    signin.verifiers.append(directory)
    assert signin.by_password("lin", GOOD, address="10.0.0.1").name == "lin"
    assert directory.asked == []
    assert signin.by_password("kim@corp", BETTER, address="10.0.0.1").name == "kim"
    for name in ("lin", "kim", "nobody"):
        with pytest.raises(NotSignedIn):
            signin.by_password(name, "wrong", address="10.0.0.1")
    assert directory.asked == ["kim@corp", "lin", "kim", "nobody"]
    assert recorded(box, "session.open")[-1][3] == '{"address":"10.0.0.1","how":"directory"}'
    box.accounts.change("kim", disabled=True)
    with pytest.raises(NotSignedIn):
        signin.by_password("kim@corp", BETTER, address="10.0.0.1")
    directory.down = True
    for name in ("lin", "nobody", "dora"):
        with pytest.raises(Unavailable):
            signin.by_password(name, "wrong", address="10.0.0.7")
    refused = [o for _, _, o, detail in recorded(box, "password.refused") if detail == '{"address":"10.0.0.7"}']
    assert refused == ["lin", *(f"#{account(name)[:8]}" for name in ("nobody", "dora"))]


def test_the_old_password_is_the_boxs_own_and_no_directorys(box: Box, signin: SignIn) -> None:
    directory = Directory()
    signin.verifiers.append(directory)
    session = signin.by_password("lin", GOOD, address="10.0.0.1").session
    box.auth.create_user("kim@corp", "reader")
    with pytest.raises(NotSignedIn):  # it is kim's, at the directory
        signin.change("kim@corp", BETTER, "six doors behind clouds", address="10.0.0.1", session=session)
    assert directory.asked == []


def test_who_belongs_to_a_directory_gets_no_password_here(signin: SignIn) -> None:
    signin.belongs = lambda name: name == "kim"
    with pytest.raises(Conflict, match="directory"):
        signin.set("kim", GOOD)
    with pytest.raises(Conflict, match="directory"):
        signin.change("kim", "", GOOD, address="10.0.0.1", session="")


def test_a_flood_is_turned_away_before_it_holds_the_threads_of_others(signin: SignIn) -> None:
    for _ in range(WAITING):
        assert signin._room.acquire(blocking=False)
    with pytest.raises(Busy) as refused:
        signin.by_password("lin", GOOD, address="10.0.0.1")
    assert refused.value.retry_after == 5
    signin._room.release()
    assert signin.by_password("lin", GOOD, address="10.0.0.1").name == "lin"

"""A person of a directory or provider is one user of the box for good, and a name alone opens nobody's account."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ragbox.auth import Auth
from ragbox.db import Database
from ragbox.directory.external import External, read_secret
from ragbox.directory.identities import Identities, Rules
from ragbox.directory.ldap import Ldap
from ragbox.errors import BadInput, Conflict, NotFound, NotPermitted, NotSignedIn, Unavailable
from ragbox.settings import Settings

GROUPS = frozenset({"staff", "board"})


@pytest.fixture
def auth(settings: Settings) -> Iterator[Auth]:
    db = Database(settings.data / "ragbox.db")
    db.load()
    made = Auth(settings, db)
    made.load()
    yield made
    db.close()


@pytest.fixture
def known(auth: Auth) -> Callable[..., Identities]:
    """Return a function that gives the identities of the box; what is noted goes to `noted`."""

    def make(**given: Any) -> Identities:
        rules = Rules(role=given.get("role", "reader"), create=given.get("create", True), groups=GROUPS)
        return Identities(auth._db, auth, {"ldap": rules, "oidc": rules}, lambda *_, **__: None)

    return make


def who(name: str, subject: str = "", *, source: str = "oidc", issuer: str = "https://idp", **more: Any) -> External:
    groups = frozenset(more.get("groups", ()))
    return External(source=source, issuer=issuer, subject=subject or f"of {name}", name=name, groups=groups)


def members(auth: Auth) -> set[tuple[str, str]]:
    return {(r["group_name"], r["user"]) for r in auth._db.read("SELECT * FROM members")}


def test_the_first_sign_in_makes_a_user_and_the_next_finds_it_by_the_subject(known: Any, auth: Auth) -> None:
    people = known(role="editor")
    made = people.admit(who("李娜", "7"))
    assert (made.name, made.role, made.collections) == ("李娜", "editor", ())
    assert people.admit(who("li.na", "7")).name == "李娜"
    assert [u.name for u in auth.users()] == ["admin", "李娜"]
    assert people.source("李娜") == "oidc"
    assert people.source("admin") == ""


@pytest.mark.parametrize(
    "other",
    [
        who("rita", "another"), who("rita", "7", issuer="https://elsewhere"),
        who("rita", "7", source="ldap", issuer="ldap:dc=corp"), who("RITA", "another"), who("ｒｉｔａ", "another"),
    ],
)  # fmt: skip
def test_somebody_else_who_is_called_the_same_stays_out(known: Any, other: External) -> None:
    people = known()
    people.admit(who("rita", "7"))
    with pytest.raises(NotPermitted, match="another account's"):
        people.admit(other)
    assert people.admit(who("rita", "7")).name == "rita"


@pytest.mark.parametrize("name", ["edda", "EDDA", "admin", "Admin", "ＡＤＭＩＮ"])
def test_nobody_takes_over_a_user_of_the_boxs_own(known: Any, auth: Auth, name: str) -> None:
    auth.create_user("edda", "admin")
    people = known()
    with pytest.raises(NotPermitted, match="another account's"):
        people.admit(who(name))
    assert [u.name for u in auth.users()] == ["admin", "edda"]


def test_an_admin_binds_a_user_to_the_next_who_is_called_so(known: Any, auth: Auth) -> None:
    auth.create_user("edda", "editor")
    people = known(create=False)
    people.expect("edda", "oidc")
    with pytest.raises(NotPermitted):
        people.admit(who("edda", source="ldap", issuer="ldap:dc=corp"))
    assert people.admit(who("edda", "9")).role == "editor"
    with pytest.raises(NotPermitted):
        people.admit(who("edda", "10"))
    people.expect("edda", "")
    assert people.source("edda") == ""
    with pytest.raises(NotPermitted):
        people.admit(who("edda", "9"))


def test_only_a_user_who_is_there_is_bound_and_never_the_admin(known: Any, auth: Auth) -> None:
    auth.create_user("edda", "editor")
    people = known()
    with pytest.raises(NotFound):
        people.expect("none", "oidc")
    with pytest.raises(Conflict, match="stays the box's own"):
        people.expect("admin", "oidc")
    with pytest.raises(BadInput, match="no source"):
        people.expect("edda", "kerberos")


def test_where_nobody_is_made_only_those_who_are_expected_come_in(known: Any, auth: Auth) -> None:
    with pytest.raises(NotPermitted, match="ragbox user bind rita oidc"):
        known(create=False).admit(who("rita"))
    assert [u.name for u in auth.users()] == ["admin"]


def test_who_is_disabled_stays_out_and_who_is_removed_begins_anew(known: Any, auth: Auth) -> None:
    people = known()
    people.admit(who("rita", groups=["staff"]))
    with auth._db.write() as db:
        db.execute("UPDATE users SET disabled = 1 WHERE name = 'rita'")
    with pytest.raises(NotPermitted, match="disabled"):
        people.admit(who("rita"))
    assert members(auth) == {("staff", "rita")}
    auth.remove_user("rita")
    assert people.admit(who("rita")).collections == ()


def test_groups_follow_the_source_and_the_boxs_own_stay(known: Any, auth: Auth) -> None:
    with auth._db.write() as db:
        db.execute("INSERT INTO groups VALUES ('own', ''), ('board', '')")
    people = known()
    people.admit(who("rita", groups=["staff", "elsewhere"]))
    with auth._db.write() as db:
        db.execute("INSERT INTO members VALUES ('own', 'rita')")
    assert members(auth) == {("staff", "rita"), ("own", "rita")}
    people.admit(who("rita", groups=["board"]))
    assert members(auth) == {("board", "rita"), ("own", "rita")}
    people.admit(who("rita"))
    assert members(auth) == {("own", "rita")}


def test_who_is_gone_is_out_until_the_source_has_them_again(known: Any, auth: Auth) -> None:
    people = known()
    for name in ("rita", "edda"):
        people.admit(who(name, name, groups=["staff"]))
    assert people.asking("https://idp") == []  # nobody has anything to ask with
    token, session = auth.new_token("rita"), auth.open_session("rita", "oidc")
    assert (people.asking("https://idp"), people.asking("https://other")) == (["rita"], [])
    people.settle("oidc", "https://idp", {"rita": None, "nobody": None})
    for whose, secret in ((auth.by_token, token), (auth.by_session, session)):
        with pytest.raises(NotSignedIn):
            whose(secret)
    assert members(auth) == {("staff", "edda")}
    assert people.asking("https://idp") == ["rita"]  # by the token, should they come back
    people.settle("oidc", "https://idp", {"rita": frozenset({"board"})})
    assert auth.by_token(token).name == "rita"
    assert members(auth) == {("staff", "edda"), ("board", "rita")}
    people.settle("oidc", "https://idp", {"rita": None})
    people.admit(who("rita", "rita", groups=["staff"]))
    assert auth.by_token(token).name == "rita"


def test_whom_an_admin_has_disabled_is_nobodys_to_enable(known: Any, auth: Auth) -> None:
    people = known()
    people.admit(who("rita", "7"))
    auth.new_token("rita")
    with auth._db.write() as db:
        db.execute("UPDATE users SET disabled = 1")
    assert people.asking("https://idp") == []
    for found in (None, frozenset[str]()):
        people.settle("oidc", "https://idp", {"7": found})
        with pytest.raises(NotPermitted, match="disabled"):
            auth.active("rita")


@pytest.mark.parametrize("name", ["", "a b", "../x", "<script>", "x" * 64, "_x", "a\n"])
def test_a_name_that_cannot_be_one_is_refused(known: Any, name: str) -> None:
    with pytest.raises(NotPermitted):
        known().admit(who(name, "1"))


@pytest.mark.parametrize("subject", ["", "x" * 256])
def test_who_has_no_subject_is_nobody(known: Any, subject: str) -> None:
    nobody = External(source="oidc", issuer="https://idp", subject=subject, name="rita", groups=frozenset())
    with pytest.raises(NotPermitted, match="for good"):
        known().admit(nobody)


def test_a_secret_is_read_from_a_file_that_nobody_else_may_read(tmp_path: Any) -> None:
    path = tmp_path / "secret"
    with pytest.raises(BadInput, match="cannot be read"):
        read_secret(path, "RAGBOX_OIDC_SECRET_FILE")
    path.write_text("hush\n")
    for mode in (0o644, 0o640, 0o604):
        path.chmod(mode)
        with pytest.raises(BadInput, match="chmod 600"):
            read_secret(path, "RAGBOX_OIDC_SECRET_FILE")
    path.chmod(0o600)
    assert read_secret(path, "RAGBOX_OIDC_SECRET_FILE") == "hush"
    path.write_text("\n")
    with pytest.raises(BadInput, match="empty"):
        read_secret(path, "RAGBOX_OIDC_SECRET_FILE")


def test_no_secret_shows_in_a_repr() -> None:
    assert "of rita" not in repr(who("rita"))


LDAP = {"source": "ldap", "issuer": "ldap:dc=corp"}


def disabled(auth: Auth) -> list[str]:
    return [r["name"] for r in auth._db.read("SELECT name FROM users WHERE disabled ORDER BY name")]


def test_most_people_gone_at_once_shuts_nobody_out(known: Any, auth: Auth) -> None:
    people = known()
    for n in range(6):
        auth.open_session(people.admit(who(f"lin{n}", str(n), **LDAP)).name, "password")
    gone: dict[str, Any] = {str(n): None if n < 4 else frozenset() for n in range(6)}
    with pytest.raises(Unavailable, match=r"Of 6 people 5 .* RAGBOX_LDAP_SUBJECT"):
        people.settle("ldap", "ldap:dc=corp", gone | {"4": None})
    assert disabled(auth) == []
    people.settle("ldap", "ldap:dc=corp", gone | {"3": frozenset()})
    assert disabled(auth) == ["lin0", "lin1", "lin2"]
    people.settle("ldap", "ldap:dc=corp", {"0": None, "1": None, "2": None, "3": None})  # three were gone before
    assert disabled(auth) == ["lin0", "lin1", "lin2", "lin3"]


def test_who_signed_in_while_the_directory_was_asked_stays(known: Any, auth: Auth) -> None:
    people = known()
    for name in ("early", "late"):
        people.admit(who(name, name, **LDAP))
    auth.open_session("early", "password")
    began = datetime.now(UTC).isoformat()
    auth.open_session("late", "password")
    people.settle("ldap", "ldap:dc=corp", {"early": None, "late": None}, since=began)
    assert disabled(auth) == ["early"]


def test_people_below_another_base_are_counted(known: Any) -> None:
    people = known()
    people.admit(who("old", "1", source="ldap", issuer="ldap:dc=before"))
    people.admit(who("new", "2", **LDAP))
    people.admit(who("far", "3"))
    assert people.elsewhere("ldap", "ldap:dc=corp") == 1


def test_one_person_below_two_bases_keeps_the_user_and_nobody_else_is_moved(known: Any, auth: Auth) -> None:
    people = known()
    for name in ("rita", "edda", "lin"):
        people.admit(who(name, name, source="ldap", issuer="ldap:dc=before"))
        auth.new_token(name)
    before = ("ldap:dc=before",)
    assert people.admit(who("Rita", "rita", **LDAP), also=before).name == "rita"
    assert sorted(people.asking("ldap:dc=corp", *before)) == ["edda", "lin", "rita"]
    people.settle("ldap", "ldap:dc=corp", {"rita": frozenset(), "edda": frozenset(), "lin": None}, also=before)
    assert disabled(auth) == ["lin"]
    bound = auth._db.read("SELECT user FROM identities WHERE issuer = 'ldap:dc=corp' ORDER BY user")
    assert [r["user"] for r in bound] == ["edda", "rita"]
    assert (people.elsewhere("ldap", "ldap:dc=corp"), people.elsewhere("ldap", "ldap:dc=corp", *before)) == (1, 0)
    people.settle("ldap", "ldap:dc=other", {"lin": frozenset()}, also=before)
    assert disabled(auth) == []


@pytest.mark.parametrize(
    ("base", "subject", "kept"),
    [
        ("ou=A,dc=x", "entryUUID", True), ("", "ObjectGuid", True), ("DC=X", "objectGUID", True),
        ("ou=b,dc=x", "entryUUID", False), ("ou=a,dc=x", "uid", False), ("", "employeeNumber", False),
    ],
)  # fmt: skip
def test_only_what_a_directory_gives_to_one_entry_is_one_person_below_another_base(
    known: Any, tmp_path: Path, base: str, subject: str, kept: bool
) -> None:
    people = known()
    people.admit(who("rita", source="ldap", issuer="ldap:ou=c,ou=a,dc=x"))
    asked = Ldap(Settings(data=tmp_path / "other", ldap_base=base, ldap_subject=subject), people)
    assert asked.before() == ["ldap:ou=c,ou=a,dc=x"] * kept

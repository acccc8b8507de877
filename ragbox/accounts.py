"""What an admin does with users and tokens beyond making them. Knows the tables, not who may: `web/admin.py` asks."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from .auth import Auth
from .db import Database
from .errors import Conflict, NotFound
from .users import ADMIN, check_role, grant, natural

_ACCOUNT = """
    SELECT u.name, u.role, u.disabled, u.created_at, coalesce(i.source, '') AS source,
        i.subject IS NOT NULL AS bound, i.gone_at IS NOT NULL AS gone, p.user IS NOT NULL AS password,
        (SELECT json_group_object(collection, level) FROM grants WHERE user = u.name) AS granted,
        (SELECT json_group_array(group_name) FROM members WHERE user = u.name) AS groups,
        (SELECT count(*) FROM secrets WHERE user = u.name AND kind = 'session' AND expires_at > ?) AS sessions,
        (SELECT count(*) FROM secrets WHERE user = u.name AND kind = 'token'
            AND (expires_at IS NULL OR expires_at > ?)) AS tokens
    FROM users u LEFT JOIN identities i ON i.user = u.name LEFT JOIN passwords p ON p.user = u.name
"""
ID_CHARS = 16
"""Characters of a token's hash by which it is revoked: 64 bits, which tell nothing of the token."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """A user as an admin sees one; `sessions` and `tokens` count those that work now.

    `grants` are those of the user's own, the level of each by collection; more may come from the `groups`. `source` is
    "ldap" or "oidc" for who comes from elsewhere, `bound` says that somebody there is this user already, `gone` that
    the directory has them no more, `password` that there is one here.
    """

    name: str
    role: str
    collections: tuple[str, ...]
    grants: dict[str, str]
    groups: tuple[str, ...]
    disabled: bool
    created_at: datetime
    sessions: int
    tokens: int
    source: str
    bound: bool
    gone: bool
    password: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Token:
    """A token as it is listed: its id, first characters, user and times; `prefix` is empty for tokens of before 0.1."""

    id: str
    prefix: str
    user: str
    scope: str
    created_at: datetime
    used_at: datetime | None
    expires_at: datetime | None


class Accounts:
    """The users of one box, for its admins."""

    def __init__(self, db: Database, auth: Auth) -> None:
        self._db = db
        self._auth = auth

    def all(self) -> list[Account]:
        """Return all users by name."""
        now = datetime.now(UTC).isoformat(timespec="microseconds")
        return [_account(r) for r in self._db.read(f"{_ACCOUNT} ORDER BY u.name", now, now)]

    def get(self, name: str) -> Account:
        """Return the user of this name.

        Raises:
            NotFound: there is none.
        """
        self._auth.user(name)
        return next(a for a in self.all() if a.name == name)

    def change(
        self, name: str, *, role: str | None = None, collections: Sequence[str] | None = None,
        disabled: bool | None = None,
    ) -> Account:  # fmt: skip
        """Change what is given of a user; it counts from the next request on.

        Who is disabled, or has another role now, loses sessions and sign-in links; tokens are kept, and work again with
        the user. A collection that is granted anew is so at the level of the role, and has the level of the next one;
        a level that somebody named stays.

        Raises:
            NotFound: there is no such user, or no collection of a name that is to be granted.
            BadInput: the role is none.
            Conflict: it is the admin that every box has, who keeps the role and cannot be disabled.
        """
        before = self._auth.user(name).role
        if name == ADMIN and (role not in (None, "admin") or disabled):
            raise Conflict(
                f"The user {ADMIN!r} stays an admin and cannot be disabled: every box has one. Use another user."
            )
        with self._db.write() as db:
            if role is not None:
                check_role(role)
                db.execute("UPDATE users SET role = ? WHERE name = ?", (role, name))
                db.execute("UPDATE grants SET level = ? WHERE user = ? AND follows", (natural(role), name))
            if collections is not None:
                db.execute(
                    "DELETE FROM grants WHERE user = ? AND collection NOT IN (SELECT value FROM json_each(?))",
                    (name, json.dumps(list(collections))),
                )
                grant(db, collections, natural(role or before), user=name, follows=True)
            if disabled is not None:
                db.execute("UPDATE users SET disabled = ? WHERE name = ?", (disabled, name))
                db.execute("UPDATE identities SET gone_at = NULL WHERE user = ?", (name,))  # an admin has decided
            if disabled or role not in (None, before):
                self._auth.end_sessions(name)
        return self.get(name)

    def reset(self, name: str) -> str:
        """End a user's sessions and unused sign-in links; return a new secret that signs the user in once.

        Raises:
            NotFound: there is no such user.
            Conflict: the user is disabled.
        """
        with self._db.write():
            self._auth.end_sessions(name)
            return self._auth.new_login(name)

    def tokens(self) -> list[Token]:
        """Return all tokens that work or could, newest first."""
        self._auth.purge()
        rows = self._db.read("SELECT * FROM secrets WHERE kind = 'token' ORDER BY created_at DESC")
        return [
            Token(
                id=r["hash"][:ID_CHARS], prefix=r["prefix"], user=r["user"], scope=r["scope"],
                created_at=_time(r["created_at"]),
                used_at=_time(r["used_at"]) if r["used_at"] else None,
                expires_at=_time(r["expires_at"]) if r["expires_at"] else None,
            )
            for r in rows
        ]  # fmt: skip

    def revoke(self, token: str) -> None:
        """Delete the token of this id; it fails from the next request on.

        Raises:
            NotFound: there is none.
        """
        with self._db.write() as db:
            gone = db.execute(
                f"DELETE FROM secrets WHERE kind = 'token' AND substr(hash, 1, {ID_CHARS}) = ?", (token,)
            ).rowcount
        if not gone:
            raise NotFound(f"There is no token {token}. It has expired or was revoked: look at the list again.")


def _account(r: sqlite3.Row) -> Account:
    granted = json.loads(r["granted"])
    return Account(
        name=r["name"], role=r["role"], collections=tuple(sorted(granted)), grants=granted,
        groups=tuple(json.loads(r["groups"])), disabled=bool(r["disabled"]), created_at=_time(r["created_at"]),
        sessions=r["sessions"], tokens=r["tokens"], source=r["source"], bound=bool(r["bound"]), gone=bool(r["gone"]),
        password=bool(r["password"]),
    )  # fmt: skip


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)

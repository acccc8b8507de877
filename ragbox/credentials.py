"""Secrets that tell who asks: tokens of programs, login links, sessions of browsers. Knows not what one may do.

A secret is handed out once and kept only as its SHA-256: a token calls the API until it expires or its user is removed,
a login secret starts one browser session, a session lasts `settings.login_hours`.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from .db import Database
from .decisions import SCOPES
from .errors import BadInput, Conflict, NotSignedIn
from .settings import Settings
from .types import Actor
from .users import ACTOR, ADMIN, Users, read_actor

LOGIN_LINK = timedelta(hours=1)
"""How long an unused login link works: long enough to reach a colleague, too short to be found in old mail."""
TOKEN_DAYS = 90
"""How long a token works where nothing else is said: one that nobody knows of any more ends by itself."""
PREFIX = 6
"""Characters of a token by which it is known in lists: 36 of its 256 bits."""


class Credentials:
    """The secrets of one box."""

    def __init__(self, settings: Settings, db: Database, users: Users) -> None:
        self._login_hours = settings.login_hours
        self._local = secrets.token_urlsafe(32)
        self._db = db
        self._users = users
        self._used: dict[str, str] = {}

    def local(self) -> Actor:
        """Return who commands on the machine itself: whoever can read the data folder owns the box."""
        return Actor(name=ADMIN, role="admin", collections=("*",), writable=("*",), managed=("*",))

    def local_token(self) -> str:
        """Return a token of the machine's owner that works as long as this process runs."""
        return self._local

    def new_token(self, name: str, *, days: int | None = TOKEN_DAYS, scope: str = "admin") -> str:
        """Return a new token with which the user's programs call the API, for so many days or (None) for good.

        It may do what both its user and its `scope` may (`decisions.SCOPES`).

        Raises:
            NotFound: there is no such user.
            Conflict: the user is disabled.
            BadInput: the scope is none.
        """
        if scope not in SCOPES:
            raise BadInput(f"{scope!r} is not a scope. Choose one of {', '.join(SCOPES)}.")
        return self._new("token", name, None if days is None else timedelta(days=days), scope=scope)

    def new_login(self, name: str) -> str:
        """Return a new secret that signs the user in once.

        Raises:
            NotFound: there is no such user.
            Conflict: the user is disabled.
        """
        return self._new("login", name, LOGIN_LINK)

    def sign_in(self, login: str) -> str:
        """Trade a login secret, which is then used up, for a new session.

        Raises:
            NotSignedIn: it is unknown, used or too old.
        """
        self.purge()
        with self._db.write() as db:
            user = self.by_login(login)
            db.execute("DELETE FROM secrets WHERE hash = ?", (_hash(login),))
            return self.open_session(user.name, "link")

    def open_session(self, name: str, how: str) -> str:
        """Return a new session of a user who signed in by `how`: a link, a password, a directory.

        Raises:
            NotFound: there is no such user.
            Conflict: the user is disabled.
        """
        return self._new("session", name, timedelta(hours=self._login_hours), how=how)

    def opened(self, session: str, name: str) -> str:
        """Return how a session of this user was opened if that is less than `LOGIN_LINK` ago and it lasts, else ""."""
        rows = self._db.read(
            "SELECT how FROM secrets WHERE hash = ? AND user = ? AND kind = 'session' "
            "AND expires_at > ? AND created_at > ?",
            _hash(session), name, _after(), _after(-LOGIN_LINK),
        )  # fmt: skip
        return rows[0]["how"] if rows else ""

    def end_sessions(self, name: str) -> None:
        """End a user's sessions and unused login links; tokens stay."""
        with self._db.write() as db:
            db.execute("DELETE FROM secrets WHERE user = ? AND kind IN ('session', 'login')", (name,))

    def sign_out(self, session: str) -> None:
        """End a session; one that is over is no error."""
        with self._db.write() as db:
            db.execute("DELETE FROM secrets WHERE hash = ? AND kind = 'session'", (_hash(session),))

    def by_token(self, token: str) -> Actor:
        """Return whose token this is.

        Raises:
            NotSignedIn: nobody's.
        """
        if secrets.compare_digest(_hash(token), _hash(self._local)):
            return self.local()
        return self._whose("token", token, "The token is not valid. Make a new one: `ragbox user token NAME`.")

    def by_login(self, login: str) -> Actor:
        """Return whom a login secret signs in. Raises what `sign_in` raises."""
        return self._whose("login", login, "The login link is used or too old. Make another: `ragbox user login NAME`.")

    def by_session(self, session: str) -> Actor:
        """Return who opened this session.

        Raises:
            NotSignedIn: it is over.
        """
        return self._whose("session", session, "The session is over. Sign in again: `ragbox user login NAME`.")

    def purge(self) -> None:
        """Delete secrets that have expired, and record when tokens were last used."""
        self.note_use()
        with self._db.write() as db:
            db.execute("DELETE FROM secrets WHERE expires_at <= ?", (_after(),))

    def note_use(self) -> None:
        """Record when tokens were last used. Not done at each request, which must not wait for a writer."""
        used, self._used = self._used, {}
        if rows := [(at, token) for token, at in list(used.items())]:
            with self._db.write() as db:
                db.executemany("UPDATE secrets SET used_at = ? WHERE hash = ?", rows)

    def _new(self, kind: str, name: str, life: timedelta | None, *, scope: str = "admin", how: str = "") -> str:
        self._users.user(name)
        secret = secrets.token_urlsafe(32)
        shown = secret[:PREFIX] if kind == "token" else ""
        with self._db.write() as db:
            if db.execute("SELECT 1 FROM users WHERE name = ? AND disabled", (name,)).fetchone():
                raise Conflict(f"The user {name!r} is disabled. Enable {name} first, on the Admin page.")
            db.execute(
                "INSERT INTO secrets (hash, user, kind, created_at, expires_at, prefix, scope, how) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (_hash(secret), name, kind, _after(), None if life is None else _after(life), shown, scope, how),
            )
        return secret

    def _whose(self, kind: str, secret: str, otherwise: str) -> Actor:
        rows = self._db.read(
            f"""SELECT a.*, s.scope FROM secrets s JOIN ({ACTOR} WHERE NOT u.disabled) a ON a.name = s.user
                WHERE s.hash = ? AND s.kind = ? AND (s.expires_at IS NULL OR s.expires_at > ?)""",
            _hash(secret), kind, _after(),
        )  # fmt: skip
        if not rows:
            raise NotSignedIn(otherwise)
        if kind == "token":
            self._used[_hash(secret)] = _after()
        return replace(read_actor(rows[0]), scope=rows[0]["scope"])


def _hash(secret: str) -> str:
    # A fast hash will do: the secrets are 256 random bits, not passwords.
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _after(life: timedelta = timedelta()) -> str:
    return (datetime.now(UTC) + life).isoformat(timespec="microseconds")

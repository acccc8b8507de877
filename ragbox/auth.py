"""Who may do what: users, grants, secrets, and the one function that decides. Knows nothing of HTTP.

A secret is handed out once and kept only as its SHA-256: a token calls the API until its user is removed, a
login secret starts one browser session, a session lasts `settings.login_hours`.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from .db import Database
from .errors import BadInput, Conflict, NotFound, NotPermitted, NotSignedIn
from .settings import Settings
from .types import Actor

RIGHTS = {
    "admin": frozenset({"read", "write", "create", "manage"}),
    "editor": frozenset({"read", "write", "create"}),
    "reader": frozenset({"read"}),
}
"""What each role may do; all but the admin only to the collections that were granted."""
ADMIN = "admin"
"""The user that every box has: neither removed nor disabled, so nobody is locked out."""
ALL = "*"
LOGIN_LINK = timedelta(hours=1)
"""How long an unused login link works: long enough to reach a colleague, too short to be found in old mail."""
PREFIX = 6
"""Characters of a token by which it is known in lists: 36 of its 256 bits."""

_USERS = """
    SELECT u.name, u.role, (SELECT json_group_array(collection) FROM grants WHERE user = u.name) AS granted FROM users u
"""
_NAME = re.compile(r"[^\W_][\w.@-]{0,62}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """Whether the actor may, and why (not)."""

    allowed: bool
    reason: str


class Auth:
    """The users of one box."""

    def __init__(self, settings: Settings, db: Database) -> None:
        self._login_hours = settings.login_hours
        self._local = secrets.token_urlsafe(32)
        self._db = db
        self._used: dict[str, str] = {}

    def load(self) -> None:
        """Make sure that there is an admin, and forget what has expired."""
        with self._db.write() as db:
            db.execute("INSERT OR IGNORE INTO users (name, role, created_at) VALUES (?, 'admin', ?)", (ADMIN, _after()))
        self.purge()

    # -- decisions -----------------------------------------------------------------------------------------

    def decide(self, actor: Actor, action: str, resource: str | None) -> Decision:
        """Decide on "read", "write", "create" or "manage" of the collection of this name; None is the whole box."""
        if action not in RIGHTS.get(actor.role, frozenset()):
            return Decision(allowed=False, reason=f"the role {actor.role!r} may not {action}")
        if actor.role == ADMIN:
            return Decision(allowed=True, reason="an admin may")
        if resource is None:
            return Decision(allowed=False, reason=f"only an admin may {action} the whole box")
        if ALL in actor.collections or resource in actor.collections:
            return Decision(allowed=True, reason=f"granted to {actor.name}")
        return Decision(allowed=False, reason=f"the collection {resource!r} is not granted to {actor.name}")

    def require(self, actor: Actor, action: str, resource: str | None, *, document: str = "") -> None:
        """Return if the actor may; what may not even be read is said not to exist, in the record's own words.

        Raises:
            NotFound: the actor may not read the collection; the message speaks of `document` where one is named.
            NotPermitted: the actor may read it, but not do this.
        """
        decision = self.decide(actor, action, resource)
        if decision.allowed:
            return
        if resource is not None and action != "create" and not self.decide(actor, "read", resource).allowed:
            if document:
                raise NotFound(f"There is no document {document}. `ragbox documents` lists them.")
            raise NotFound(f"There is no collection {resource!r}. `ragbox collections` lists them.")
        raise NotPermitted(f"{actor.name} may not do this: {decision.reason}. Ask an admin of this box.")

    # -- users ---------------------------------------------------------------------------------------------

    def local(self) -> Actor:
        """Return who commands on the machine itself: whoever can read the data folder owns the box."""
        return Actor(name=ADMIN, role="admin", collections=(ALL,))

    def local_token(self) -> str:
        """Return a token of the machine's owner that works as long as this process runs."""
        return self._local

    def user(self, name: str) -> Actor:
        """Return the user of this name.

        Raises:
            NotFound: there is none.
        """
        rows = self._db.read(f"{_USERS} WHERE u.name = ?", name)
        if not rows:
            raise NotFound(f"There is no user {name!r}. `ragbox user list` lists them.")
        return _actor(rows[0])

    def active(self, name: str) -> Actor:
        """Return the user of this name, who is not disabled.

        Raises:
            NotFound: there is none.
            NotPermitted: the user is disabled.
        """
        if self._db.read("SELECT 1 FROM users WHERE name = ? AND disabled", name):
            raise NotPermitted(f"The user {name!r} is disabled. Enable {name} first, on the Admin page.")
        return self.user(name)

    def users(self) -> list[Actor]:
        """Return all users by name."""
        return [_actor(r) for r in self._db.read(f"{_USERS} ORDER BY u.name")]

    def create_user(self, name: str, role: str, collections: Sequence[str] = ()) -> Actor:
        """Make a user with grants on these collections ("*" for all, also those to come).

        Raises:
            BadInput: the name or the role is not one.
            NotFound: there is no collection of a name that is to be granted.
            Conflict: there is a user of that name.
        """
        if not _NAME.fullmatch(name):
            raise BadInput(
                f"{name!r} cannot name a user. Use up to 63 letters, digits, dots, dashes, underscores and @, "
                "the first a letter or digit."
            )
        check_role(role)
        try:
            with self._db.write() as db:
                db.execute("INSERT INTO users (name, role, created_at) VALUES (?, ?, ?)", (name, role, _after()))
                grant(db, name, collections)
        except sqlite3.IntegrityError as error:
            raise Conflict(f"There is a user {name!r} already. Choose another name.") from error
        return self.user(name)

    def remove_user(self, name: str) -> None:
        """Delete a user; tokens and sessions end with it.

        Raises:
            NotFound: there is no such user.
            Conflict: it is the admin that every box has.
        """
        self.user(name)
        if name == ADMIN:
            raise Conflict(f"The user {ADMIN!r} cannot be removed: every box has one. Remove another user.")
        with self._db.write() as db:
            db.execute("DELETE FROM users WHERE name = ?", (name,))

    # -- secrets -------------------------------------------------------------------------------------------

    def new_token(self, name: str, *, days: int | None = None) -> str:
        """Return a new token with which the user's programs call the API, for so many days or for good.

        Raises:
            NotFound: there is no such user.
            Conflict: the user is disabled.
        """
        return self._new("token", name, None if days is None else timedelta(days=days))

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
            return self._new("session", user.name, timedelta(hours=self._login_hours))

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

    def _new(self, kind: str, name: str, life: timedelta | None) -> str:
        self.user(name)
        secret = secrets.token_urlsafe(32)
        shown = secret[:PREFIX] if kind == "token" else ""
        with self._db.write() as db:
            if db.execute("SELECT 1 FROM users WHERE name = ? AND disabled", (name,)).fetchone():
                raise Conflict(f"The user {name!r} is disabled. Enable {name} first, on the Admin page.")
            db.execute(
                "INSERT INTO secrets (hash, user, kind, created_at, expires_at, prefix) VALUES (?, ?, ?, ?, ?, ?)",
                (_hash(secret), name, kind, _after(), None if life is None else _after(life), shown),
            )
        return secret

    def _whose(self, kind: str, secret: str, otherwise: str) -> Actor:
        rows = self._db.read(
            f"""{_USERS} JOIN secrets s ON s.user = u.name
                WHERE s.hash = ? AND s.kind = ? AND (s.expires_at IS NULL OR s.expires_at > ?) AND NOT u.disabled""",
            _hash(secret), kind, _after(),
        )  # fmt: skip
        if not rows:
            raise NotSignedIn(otherwise)
        if kind == "token":
            self._used[_hash(secret)] = _after()
        return _actor(rows[0])


def check_role(role: str) -> None:
    """Return if there is such a role.

    Raises:
        BadInput: there is none.
    """
    if role not in RIGHTS:
        raise BadInput(f"{role!r} is not a role. Choose one of {', '.join(RIGHTS)}.")


def grant(db: sqlite3.Connection, name: str, collections: Sequence[str]) -> None:
    """Grant collections to a user, within the transaction that is open.

    Raises:
        NotFound: there is no collection of one of the names.
    """
    known = {ALL, *(r["name"] for r in db.execute("SELECT name FROM collections"))}
    if unknown := [c for c in dict.fromkeys(collections) if c not in known]:
        raise NotFound(
            f"There is no collection {', '.join(map(repr, unknown))} to grant to {name}. "
            "`ragbox collections` lists them; make the collection first."
        )
    db.executemany("INSERT OR IGNORE INTO grants VALUES (?, ?)", [(name, c) for c in collections])


def _actor(r: sqlite3.Row) -> Actor:
    return Actor(name=r["name"], role=r["role"], collections=tuple(json.loads(r["granted"])))


def _hash(secret: str) -> str:
    # A fast hash will do: the secrets are 256 random bits, not passwords.
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _after(life: timedelta = timedelta()) -> str:
    return (datetime.now(UTC) + life).isoformat(timespec="microseconds")

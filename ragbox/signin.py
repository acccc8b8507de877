"""Signing in: by a password, which the box or a directory verifies, or by a link; each opens a new session.

Knows what was typed and where it came from, not the page that it was typed into.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Protocol

from .audit import Audit
from .auth import Auth
from .db import Database
from .errors import Busy, Conflict, NotFound, NotPermitted, NotSignedIn, RagboxError
from .passwords import Passwords
from .settings import Settings
from .throttle import Throttle, account

WAITING = 16
"""Tries under way at a time: they hold threads that answer others, 40 in all."""


class Verifier(Protocol):
    """Who can tell whether a password is somebody's: the box itself, or a directory. Called from several threads."""

    source: str
    """Names it in the audit trail."""

    def verify(self, name: str, password: str) -> str | None:
        """Return the name of the box's user whose password this is, None if it is not.

        It takes as long for a name that it does not know.

        Raises:
            Unavailable: it cannot tell now.
        """


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """A session that was opened, and whose it is."""

    name: str
    session: str = field(repr=False)


class SignIn:
    """The front door of one box."""

    def __init__(self, settings: Settings, db: Database, auth: Auth, audit: Audit) -> None:
        self._db = db
        self._auth = auth
        self._audit = audit
        self._throttle = Throttle(settings, db)
        self._room = threading.BoundedSemaphore(WAITING)
        self.passwords = Passwords(settings, db)
        self.verifiers: list[Verifier] = [self.passwords]
        """Are asked one after the other until one knows the password."""
        self.belongs: Callable[[str], bool] = lambda _: False
        """Tells whether a user belongs to a directory: such a one has no password here."""

    def by_password(self, name: str, password: str, *, address: str, former: str = "") -> Opened:
        """Open a session for whom the password names, and end the `former` one of the same browser.

        Raises:
            NotSignedIn: it is wrong, or the user is none, disabled or without a password: in the same words.
            Busy: there were too many tries, or there are too many now.
            Unavailable: a directory does not answer.
        """
        user, how = self._known(name.strip(), password, address, self.verifiers)
        return self.open(user, how, address=address, former=former)

    def by_link(self, secret: str, *, address: str, former: str = "") -> Opened:
        """Trade a one-time secret for a session, and end the `former` one of the same browser.

        Raises:
            NotSignedIn: it is unknown, used or too old.
        """
        with self._db.write():
            name = self._auth.by_login(secret).name
            session = self._auth.sign_in(secret)
            return self._opened(name, session, "link", address, former)

    def open(self, name: str, how: str, *, address: str, former: str = "") -> Opened:
        """Open a session for a user, recorded with how they signed in, and end the `former` one of the same browser.

        Raises:
            NotFound: there is no such user.
            Conflict: the user is disabled.
        """
        with self._db.write():
            return self._opened(name, self._auth.open_session(name, how), how, address, former)

    def may_set(self, name: str, session: str) -> bool:
        """Tell whether a user may set a password without the old one: after a link, used within the hour."""
        return self._auth.opened(session, name) == "link"

    def change(self, name: str, old: str, new: str, *, address: str, session: str) -> Opened:
        """Give a user another password, end all their sessions and links, and open a new one in place of `session`.

        The old one is not asked for where `may_set` says so.

        Raises:
            NotSignedIn: the old one is wrong.
            BadInput: the new one cannot be one.
            Conflict: the user belongs to a directory.
            Busy: there were too many tries.
        """
        self._own(name)
        if not self.may_set(name, session):
            self._known(name, old, address, [self.passwords])
        hashed = self.passwords.hashed(name, new)
        with self._db.write():
            self._replace(name, hashed)
            self._audit.note(name, "password.change", name, address=address)
            return self.open(name, "password", address=address)

    def set(self, name: str, password: str) -> None:
        """Give a user a password, and end all their sessions and links.

        Raises:
            NotFound: there is no such user.
            BadInput: it cannot be one.
            Conflict: the user belongs to a directory.
        """
        self._auth.user(name)
        self._own(name)
        hashed = self.passwords.hashed(name, password)
        with self._db.write():
            self._replace(name, hashed)

    def _opened(self, name: str, session: str, how: str, address: str, former: str) -> Opened:
        self._audit.note(name, "session.open", address=address, how=how)
        self._auth.sign_out(former)
        return Opened(name=name, session=session)

    def _own(self, name: str) -> None:
        if self.belongs(name):
            raise Conflict(f"The user {name!r} belongs to a directory and has no password here. Change it there.")

    def _replace(self, name: str, hashed: str) -> None:
        # Hashing takes 0.1 s, in which the user may have been removed, or bound to a directory.
        self._auth.user(name)
        self._own(name)
        self.passwords.keep(name, hashed)
        self._auth.end_sessions(name)
        self._throttle.forget(name)

    def _known(self, name: str, password: str, address: str, verifiers: Sequence[Verifier]) -> tuple[str, str]:
        """Return whose password this is, and who said so; each try counts, and each wrong one is recorded."""
        try:
            self._throttle.look(name, address)
            with self._turn():
                self._throttle.count(name, address)
                for verifier in verifiers:
                    user = verifier.verify(name, password)
                    with suppress(NotFound, NotPermitted):
                        if user is not None and self._auth.active(user):
                            self._throttle.forget(name)
                            return user, verifier.source
        except RagboxError as error:  # where a directory cannot tell, the box itself has said no
            self._refused("password.throttled" if isinstance(error, Busy) else "password.refused", name, address)
            raise
        self._refused("password.refused", name, address)
        raise NotSignedIn("The name or the password is wrong. Try again, or ask an admin for a sign-in link.")

    def _refused(self, act: str, name: str, address: str) -> None:
        # What is no user's name may be a password, typed into the wrong field.
        with suppress(NotFound):
            self._audit.refusals.add(act, address, self._auth.user(name).name)
            return
        self._audit.refusals.add(act, address, f"#{account(name)[:8]}")

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._room.acquire(blocking=False):
            raise Busy("Many sign in at this moment. Try again in some seconds.", retry_after=5)
        try:
            yield
        finally:
            self._room.release()

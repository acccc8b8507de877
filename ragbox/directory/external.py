"""Somebody whom a directory or provider vouches for, and the file that a secret stands in. Knows no protocol."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import BoundedSemaphore

from ..errors import BadInput, Busy

AT_ONCE = 4
"""Sign-ins that wait for a directory or provider at once: a slow one must not take the threads of all others."""
SECONDS = 5.0
"""How long a directory or provider may be silent, and how long a sign-in waits for its turn."""
ANSWER_SECONDS = 2 * SECONDS
"""How long a directory or provider may take over one answer, which may come byte by byte."""


@dataclass(frozen=True, kw_only=True, slots=True)
class External:
    """A person as the `source` ("ldap" or "oidc") vouches for.

    `issuer` and `subject` say for good who it is, `name` what the person would like to be called. `groups` are the
    box's, as the settings translate those of the source.
    """

    source: str
    issuer: str
    subject: str = field(repr=False)
    name: str
    groups: frozenset[str]


class Turns:
    """Lets so many at a time in."""

    def __init__(self) -> None:
        self._free = BoundedSemaphore(AT_ONCE)

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Hold one of the places.

        Raises:
            Busy: none became free in time.
        """
        if not self._free.acquire(timeout=SECONDS):
            raise Busy("Too many people sign in at this moment. Try again in a few seconds.", retry_after=int(SECONDS))
        try:
            yield
        finally:
            self._free.release()


def read_secret(path: Path, setting: str) -> str:
    """Return the secret in a file, without the line's end.

    Raises:
        BadInput: it cannot be read, is empty, or others may read it.
    """
    try:
        mode = path.stat().st_mode
        secret = path.read_text("utf-8").strip("\r\n")
    except (OSError, ValueError) as error:
        raise BadInput(f"The file {path} of {setting} cannot be read: {error}. Correct the setting.") from None
    if mode & 0o077:
        raise BadInput(f"Others may read the file {path} of {setting}. Keep it to yourself: chmod 600 {path}")
    if not secret:
        raise BadInput(f"The file {path} of {setting} is empty. Write the secret into it.")
    return secret

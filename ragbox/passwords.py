"""Passwords of the box's own users: what may be one, how it is kept, whether it is right. Counts no tries.

Kept is argon2id alone. A name that is no user's, has no password or is disabled costs the same work as one that has.
"""

from __future__ import annotations

import os
import re
import threading
import unicodedata
from base64 import b64encode
from datetime import UTC, datetime
from itertools import pairwise

from .db import Database
from .errors import BadInput
from .settings import Settings

MEMORY_KIB, PASSES, LANES = 47_104, 2, 1
"""Of argon2id: twice the passes of OWASP's least (46 MiB, 1 pass, 1 lane); with it a refused try takes 123 ms."""
AT_ONCE = 2
"""Passwords that are hashed at the same time: 92 MiB, however many try."""
MOST_BYTES = 1024
COMMON = ("password", "passwort", "passw0rd", "p@ssw0rd", "welcome", "letmein", "iloveyou", "woaini", "ragbox", "mima")
"""Words that count for nothing; there is no list of a million, the tries are bounded."""
ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm")
_LANE = threading.BoundedSemaphore(AT_ONCE)


class Passwords:
    """The passwords of one box: the first of those who verify (`ragbox/signin.py`)."""

    source = "password"

    def __init__(self, settings: Settings, db: Database) -> None:
        self._least = settings.password_length
        self._db = db

    def fault(self, name: str, password: str) -> str:
        """Return what keeps this from being a password of the user: "short", "long", "easy", or "" for nothing."""
        if len(password) > MOST_BYTES or len(_bytes(password)) > MOST_BYTES:
            return "long"
        if len(unicodedata.normalize("NFKC", password)) < self._least:
            return "short"
        return "easy" if _left(name, password) < self._least // 2 else ""

    def hashed(self, name: str, password: str) -> str:
        """Return what is kept of a new password of the user; about 0.1 s, one of `AT_ONCE` at a time.

        Raises:
            BadInput: it cannot be one.
        """
        if fault := self.fault(name, password):
            raise BadInput(
                {
                    "short": f"The password is too short. Use at least {self._least} characters.",
                    "long": f"The password is too long. Use at most {MOST_BYTES:,} bytes.",
                    "easy": "The password is easy to guess: beside the name, common words and runs such as 1234 too "
                    "little is left. Use four words that have nothing to do with each other.",
                }[fault]
            )
        return _hash(password)

    def keep(self, name: str, hashed: str) -> None:
        """Let this be what is kept of the user's password."""
        now = datetime.now(UTC).isoformat(timespec="microseconds")
        with self._db.write() as db:
            db.execute("INSERT OR REPLACE INTO passwords VALUES (?, ?, ?)", (name, hashed, now))

    def has(self, name: str) -> bool:
        """Tell whether the user has a password."""
        return bool(self._db.read("SELECT 1 FROM passwords WHERE user = ?", name))

    def remove(self, name: str) -> None:
        """Forget the user's password; one that is none is no error."""
        with self._db.write() as db:
            db.execute("DELETE FROM passwords WHERE user = ?", (name,))

    def verify(self, name: str, password: str) -> str | None:
        """Return the user's name if this is the password, else None; about 0.1 s either way."""
        from argon2 import PasswordHasher, low_level
        from argon2.exceptions import VerificationError

        rows = self._db.read("SELECT hash FROM passwords WHERE user = ?", name)
        kept = rows[0]["hash"] if rows else _nobodys()
        typed = _bytes(password) if len(password) <= MOST_BYTES else b""  # too long to be one, and too long to look at
        with _LANE:
            try:
                low_level.verify_secret(kept.encode(), typed, low_level.Type.ID)
            except VerificationError:
                return None
        if not rows:
            return None
        if PasswordHasher(PASSES, MEMORY_KIB, LANES).check_needs_rehash(kept):
            renewed = _hash(password)
            with self._db.write() as db:  # unless another password was set meanwhile
                db.execute("UPDATE passwords SET hash = ? WHERE user = ? AND hash = ?", (renewed, name, kept))
        return name


def _hash(password: str) -> str:
    from argon2 import low_level

    with _LANE:
        return low_level.hash_secret(
            _bytes(password), os.urandom(16), time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES, hash_len=32,
            type=low_level.Type.ID,
        ).decode()  # fmt: skip


def _nobodys() -> str:
    """Return a hash that is none of any password, yet costs what others cost."""
    salt, made = (b64encode(os.urandom(size)).rstrip(b"=").decode() for size in (16, 32))
    return f"$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${salt}${made}"


def _bytes(password: str) -> bytes:
    # The same characters are typed in several ways: full width, or an accent by itself.
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


def _left(name: str, password: str) -> int:
    """Return how many characters of a password one has to guess: without the name, common words, runs, repetition."""
    text = unicodedata.normalize("NFKC", password).casefold()
    for word in (unicodedata.normalize("NFKC", name).casefold(), *COMMON):
        text = text.replace(word, "") if word else text
    text = re.sub(r"(.{2,}?)\1+", r"\1", text)
    pairs = {a + b for row in ROWS for way in (row, row[::-1]) for a, b in zip(way, way[1:] + way[0], strict=True)}
    steps = sum(a + b in pairs or abs(ord(a) - ord(b)) <= 1 for a, b in pairwise(text))
    return min(len(text) - steps, len(set(text)) + 1)

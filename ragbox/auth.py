"""Who may do what: users, their grants and secrets, and the one function that decides. Knows nothing of HTTP.

Each of the three stands in a file of its own; all else asks `box.auth`.
"""

from __future__ import annotations

from datetime import UTC, datetime

from .credentials import Credentials
from .db import Database
from .decisions import Decisions
from .settings import Settings
from .users import ADMIN, Users


class Auth(Decisions, Users, Credentials):
    """The users of one box, their secrets, and what is decided on them."""

    def __init__(self, settings: Settings, db: Database) -> None:
        Decisions.__init__(self, db)
        Users.__init__(self, db)
        Credentials.__init__(self, settings, db, self)

    def load(self) -> None:
        """Make sure that there is an admin, and forget what has expired."""
        now = datetime.now(UTC).isoformat(timespec="microseconds")
        with self._db.write() as db:
            db.execute("INSERT OR IGNORE INTO users (name, role, created_at) VALUES (?, 'admin', ?)", (ADMIN, now))
        self.purge()

"""The record's database: one SQLite file, write-ahead log, numbered migrations. Knows SQL, not what rows mean.

Of a sealed data folder the file is SQLCipher's: every page of it and of its log is encrypted and authenticated.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import Conflict
from .schema import MIGRATIONS
from .sealing import record
from .sealing.vault import PLAIN, Vault

WAIT_SECONDS = 30
"""How long one statement waits for another process."""


class Database:
    """One file; each thread reads through its own connection, one thread at a time writes."""

    def __init__(self, path: Path, vault: Vault = PLAIN) -> None:
        self.path = path
        self._vault = vault
        self._local = threading.local()
        self._writing = threading.RLock()
        self._open: list[tuple[threading.Thread, sqlite3.Connection]] = []
        self._opening = threading.Lock()
        self.before_commit: Callable[[sqlite3.Connection], None] = lambda _: None
        """Is called in each transaction before it ends, and may add to it; what it raises undoes the transaction."""

    def load(self) -> None:
        """Create the file or bring its schema up to date.

        Raises:
            Conflict: the file was written by a newer ragbox.
            Broken: it is sealed, and not by this key.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        version = self.version()
        if version > len(MIGRATIONS):
            raise Conflict(
                f"{self.path} has schema {version}, this ragbox knows {len(MIGRATIONS)}: "
                "it was written by a newer version. Install that version, or restore a backup."
            )
        for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
            # executescript commits first, so the BEGIN has to stand inside the script.
            self._connection().executescript(f"BEGIN IMMEDIATE; {script}; PRAGMA user_version = {number}; COMMIT;")

    def version(self) -> int:
        """Return the number of the last migration applied; 0 for a blank file."""
        return int(self._connection().execute("PRAGMA user_version").fetchone()[0])

    def close(self) -> None:
        """Close every thread's connection."""
        with self._writing:
            while self._open:
                self._open.pop()[1].close()
            self._local = threading.local()

    def read(self, sql: str, *values: object) -> list[sqlite3.Row]:
        """Run one query and return all its rows."""
        return self._connection().execute(sql, values).fetchall()

    def truncate(self) -> bool:
        """Write the write-ahead log into the file and empty it; False if somebody was reading or writing meanwhile."""
        connection = self._connection()
        connection.execute("PRAGMA busy_timeout=0")  # it would wait for readers with all writers shut out
        try:
            return not connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        finally:
            connection.execute(f"PRAGMA busy_timeout={WAIT_SECONDS * 1000}")

    def teach(self, name: str, function: Callable[[str, str], str]) -> None:
        """Let SQL of this thread call a function of two texts."""
        self._connection().create_function(name, 2, function)

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Open a transaction: all of it is kept when the block ends, none of it if the block raises."""
        with self._writing:
            connection = self._connection()
            if connection.in_transaction:  # a nested block belongs to the outer transaction
                yield connection
                return
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                self.before_commit(connection)
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = record.connect(self.path, self._vault.key, wait=WAIT_SECONDS)
            connection.executescript(
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;"
            )
            self._local.connection = connection
            with self._opening:
                # Pools come and go: without this, 300 uploads would use up the 1,024 files a process may open.
                for entry in [e for e in self._open if not e[0].is_alive()]:
                    entry[1].close()
                    self._open.remove(entry)
                self._open.append((threading.current_thread(), connection))
        return connection

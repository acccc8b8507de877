"""Opens the record's file, plain or sealed, and writes it anew under another key. Knows no table.

Sealed it is SQLCipher 4: pages of 4,096 bytes by AES-256-CBC with an HMAC-SHA512 each, the write-ahead log too. There
is no other SQLite for Python that encrypts a log, joins and indexes; fields that are sealed one by one would leave
names, times and lengths open, and nothing could be looked up by them.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .keys import flush
from .stream import Broken, Key

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

RECORD = "ragbox.db"
PLAIN_BEGINS = b"SQLite format 3\0"
_LOGS = "-wal", "-shm"
_PAGE, _VECTOR, _RESERVED = 4096, 16, 80
"""Bytes of a page as SQLCipher 4 writes it; at its end the initialization vector and an HMAC-SHA512."""
_LOG_HEAD, _FRAME_HEAD = 32, 24


def connect(path: Path, key: Key | None, *, wait: float) -> sqlite3.Connection:
    """Open the record, whose statements wait up to so many seconds for another process's.

    Raises:
        Broken: a key is given and the file is plain or sealed by another.
    """
    if key is None:
        plain = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=wait)
        plain.row_factory = sqlite3.Row
        return plain
    connection = _sealed(path, key, wait)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        connection.close()
        raise Broken(
            f"{path} cannot be opened: it was changed, or was not sealed by the key of this data folder. Put it back "
            "from a backup."
        ) from None
    return connection


def is_sealed(data: Path) -> bool:
    """Tell whether a data folder has a record that is not plain; an empty file is none yet."""
    try:
        with (data / RECORD).open("rb") as stream:
            return stream.read(len(PLAIN_BEGINS)) not in (PLAIN_BEGINS, b"")
    except (FileNotFoundError, IsADirectoryError):
        return False


def sealed_by(path: Path, keys: list[Key]) -> Key | None:
    """Return the key of these that opens the record; None if it is plain.

    Raises:
        Broken: none of them does.
    """
    with path.open("rb") as stream:
        if stream.read(len(PLAIN_BEGINS)) == PLAIN_BEGINS:
            return None
    for key in keys:
        try:
            connect(path, key, wait=1).close()
        except Broken:
            continue
        return key
    raise Broken(f"{path} is sealed by another key than those of this data folder. Put it back from a backup.")


def rewrite(path: Path, before: Key | None, after: Key | None) -> None:
    """Write the record anew under another key (None: plain), the whole of it or nothing; nobody else has it open.

    It takes as much disk again while it lasts.
    """
    draft = path.with_name(f".{path.name}.new")
    draft.unlink(missing_ok=True)
    connection = connect(path, before, wait=1) if before else _sealed(path, None, 1)
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        connection.execute(f"ATTACH DATABASE ? AS draft KEY {_literal(after)}", (str(draft),))
        connection.execute("SELECT sqlcipher_export('draft')").fetchone()
        connection.execute(f"PRAGMA draft.user_version = {int(version)}")
        connection.execute("DETACH DATABASE draft")
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    finally:
        connection.close()  # its log goes with the last connection
    draft.chmod(path.stat().st_mode & 0o777)
    with draft.open("rb") as stream:
        os.fsync(stream.fileno())
    for log in _LOGS:
        path.with_name(path.name + log).unlink(missing_ok=True)
    draft.replace(path)
    flush(path.parent)


def pages(stream: Iterable[bytes], key: Key, *, log: bool) -> Generator[bytes]:
    """Yield the opened pages of a sealed record's file or, with `log`, of its write-ahead log: freed ones too.

    Nothing is authenticated, and the file's first 32 bytes are not opened: it is for looking through what is there.
    """
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    secret = algorithms.AES256(key.derive(b"ragbox record"))
    head, skip = (_LOG_HEAD, _FRAME_HEAD) if log else (0, 0)
    waiting = bytearray()
    for piece in stream:
        waiting += piece
        if head:
            head -= (gone := min(head, len(waiting)))
            del waiting[:gone]
        opened = []
        whole = len(waiting) // (skip + _PAGE) * (skip + _PAGE)
        for at in range(skip, whole, skip + _PAGE):
            text, rest = waiting[at : at + _PAGE - _RESERVED], at + _PAGE - _RESERVED
            vector = bytes(waiting[rest : rest + _VECTOR])
            opened.append(Cipher(secret, modes.CBC(vector)).decryptor().update(bytes(text)))
        del waiting[:whole]
        yield b"".join(opened)


def _sealed(path: Path, key: Key | None, wait: float) -> sqlite3.Connection:
    from sqlcipher3 import dbapi2

    def translated(call: Callable[..., Any]) -> Callable[..., Any]:
        def made(*given: Any) -> Any:
            try:
                return call(*given)
            except dbapi2.Error as error:  # callers know the errors of sqlite3
                raise getattr(sqlite3, type(error).__name__)(*error.args) from error

        return made

    class Connection(dbapi2.Connection):  # type: ignore[misc]
        """Raises what sqlite3 raises."""

        execute = translated(dbapi2.Connection.execute)
        executemany = translated(dbapi2.Connection.executemany)
        executescript = translated(dbapi2.Connection.executescript)
        commit = translated(dbapi2.Connection.commit)

    opened = dbapi2.connect(
        str(path), isolation_level=None, check_same_thread=False, timeout=wait, factory=Connection
    )  # fmt: skip
    opened.execute("PRAGMA cipher_log_level = NONE")  # it would tell stderr of each wrong key
    if key is not None:
        opened.execute(f"PRAGMA key = {_literal(key)}")
    opened.row_factory = dbapi2.Row
    connection: sqlite3.Connection = opened
    return connection


def _literal(key: Key | None) -> str:
    """Return a key as SQLCipher takes it, not stretched: it is no passphrase."""
    return "''" if key is None else f"\"x'{key.derive(b'ragbox record').hex()}'\""

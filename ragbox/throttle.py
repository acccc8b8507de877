"""How often one may try a password: bounds for each name and for each address, kept in the record over restarts.

Names need not be users': they are bounded alike. Of a name its hash is kept, for it may be a password typed amiss.
"""

from __future__ import annotations

import hashlib
import ipaddress
import sqlite3
import time
import unicodedata
from collections.abc import Callable

from .db import Database
from .errors import Busy
from .settings import Settings

SECONDS = 900
"""Over how long tries are counted, and kept."""
MOST = 10_000
"""Tries of all addresses together, some 1 MB: beyond, nobody signs in by a password for a while, by a link all do."""
PASSED_OVER = "\u115f\u1160\u1806\ufffc"
"""Signs that directories pass over in a name (RFC 4518, 2.2), and that are neither marks nor controls."""


class Throttle:
    """Counts the tries of one box. Safe to call from several threads."""

    def __init__(self, settings: Settings, db: Database, clock: Callable[[], float] = time.time) -> None:
        """`clock` tells the time in seconds."""
        self._bounds = (("account", settings.login_tries), ("address", settings.login_tries_address))
        self._db = db
        self._clock = clock

    def look(self, name: str, address: str) -> None:
        """Return if one more try is free; writes nothing, so that guessing at it costs the disk nothing.

        Raises:
            Busy: there were as many as may be; says in how many seconds there is room for another.
        """
        self._check(self._db.read, name, address)

    def count(self, name: str, address: str) -> None:
        """Count a try, before it is made: many at a time are no more than one after the other.

        Raises:
            Busy: as `look` does.
        """
        with self._db.write() as db:
            db.execute("DELETE FROM tries WHERE at <= ?", (self._clock() - SECONDS,))
            self._check(lambda sql, *values: db.execute(sql, values).fetchall(), name, address)
            db.execute("INSERT INTO tries VALUES (?, ?, ?)", (account(name), network(address), self._clock()))

    def forget(self, name: str) -> None:
        """Let the name's tries count no more: it was the right one."""
        with self._db.write() as db:
            db.execute("DELETE FROM tries WHERE account = ?", (account(name),))

    def _check(self, read: Callable[..., list[sqlite3.Row]], name: str, address: str) -> None:
        since = self._clock() - SECONDS
        values = {"account": account(name), "address": network(address)}
        for column, most in self._bounds:
            sql = f"SELECT at FROM tries WHERE {column} = ? AND at > ? ORDER BY at DESC LIMIT 1 OFFSET ?"
            if rows := read(sql, values[column], since, most - 1):
                raise _refused(rows[0]["at"] - since)
        if read("SELECT count(*) AS n FROM tries WHERE at > ?", since)[0]["n"] >= MOST:
            raise _refused(SECONDS / 15)


def account(name: str) -> str:
    """Return by what the tries of a name are known: 64 bits of its hash, however it is spelt."""
    kept = (c for c in unicodedata.normalize("NFKD", name) if c not in PASSED_OVER)
    spelt = "".join(c for c in kept if unicodedata.category(c) not in ("Mn", "Me", "Cc", "Cf")).casefold().strip()
    return hashlib.sha256(b"ragbox sign-in\0" + spelt.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def network(address: str) -> str:
    """Return by what the tries of an address are known: of IPv6 the first 64 bits, which one machine has at least."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False))


def _refused(seconds: float) -> Busy:
    left = min(SECONDS, max(1, round(seconds + 0.5)))
    return Busy(
        f"Too many tries to sign in. Try again in {-(-left // 60)} minutes, or ask an admin for a sign-in link.",
        retry_after=left,
    )

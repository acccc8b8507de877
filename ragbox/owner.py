"""One process owns a data folder: a lock that the system frees when the process dies, and where to find the owner."""

from __future__ import annotations

import fcntl
import json
import os
import socket
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from .errors import Conflict

LOCK, ADDRESS = "owner.lock", "server.json"
EVERYWHERE = ("", "0.0.0.0")
"""Hosts to listen on that stand for every address of the machine; no browser can open them."""


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where the owner's server answers, and a token that it takes from whoever may read the data folder."""

    url: str
    token: str = field(repr=False)
    certificate: str = ""
    """The file of the certificate by which it speaks TLS, "" where it does not or any other is as good."""


class Owner:
    """Holds the lock of a data folder from `acquire` to `release`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = -1

    def acquire(self) -> None:
        """Take the lock.

        Raises:
            Conflict: another process holds it.
        """
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # whoever reads it reads every document
        lock = os.open(self._folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(lock)
            raise Conflict(
                f"The data folder {self._folder} belongs to a running ragbox: a server, perhaps still starting, or a "
                "command. Wait for it, stop it, or give another folder with --data."
            ) from error
        self._lock = lock
        (self._folder / ADDRESS).unlink(missing_ok=True)  # a killed owner left it

    def announce(self, address: Address) -> None:
        """Tell other processes of this user where the server is."""
        temporary = self._folder / f"{ADDRESS}.part"
        temporary.unlink(missing_ok=True)
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
            json.dump(asdict(address), stream)
        temporary.replace(self._folder / ADDRESS)

    def release(self) -> None:
        """Give the lock back."""
        if self._lock >= 0:
            (self._folder / ADDRESS).unlink(missing_ok=True)
            os.close(self._lock)
            self._lock = -1


def on_this_machine(host: str, port: int, *, https: bool = False) -> str:
    """Return the URL by which a browser on this machine reaches a server that listens on `host`."""
    return f"http{'s' if https else ''}://{'127.0.0.1' if host in EVERYWHERE else host}:{port}"


def from_elsewhere(url: str, host: str) -> str | None:
    """Return a URL of this machine with the machine's name, None where the server does not listen everywhere."""
    parts = urlsplit(url)
    if host not in EVERYWHERE or parts.hostname != "127.0.0.1":
        return None
    return parts._replace(netloc=f"{socket.gethostname()}:{parts.port}").geturl()


def find(folder: Path) -> Address | None:
    """Return the address of the server that owns the folder, None if no server does."""
    try:
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        try:
            return Address(**json.loads((folder / ADDRESS).read_text()))
        except FileNotFoundError:
            return None  # the owner is a command or still starting: it has no address
    finally:
        os.close(lock)
    return None

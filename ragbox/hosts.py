"""The names and addresses that a box may be called by, and which a Host header says. Knows no server, no settings."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Hosts:
    """Tells the box's own names from foreign ones."""

    def __init__(self, listening: str, given: Iterable[str] = ()) -> None:
        """`listening` is the address the server listens on; `given` are names beside the machine's own."""
        self._here = is_loopback(listening)
        self._names = {plain(name) for name in given}
        self._listening = listening

    def all(self) -> list[str]:
        """Return the names and addresses as of now, for a certificate."""
        machine = set() if self._here else own()
        return sorted({*LOOPBACK, *self._names, *machine})

    def known(self, header: str) -> bool:
        """Tell whether a Host header says one of them."""
        name = hostname(header)
        if is_loopback(name) or name in self._names:
            return True
        # Only where it is another one, 0.1 ms: a machine gets new addresses while it runs.
        return not self._here and name != "" and name in own()

    def foreign(self, header: str) -> str:
        """Return the sentence that turns a foreign name away."""
        if self._here:
            return (
                f"This box answers on this machine only, not as {header!r}. "
                "Open it as 127.0.0.1, or let it listen on the network's address (RAGBOX_HOST)."
            )
        return (
            f"This box is not called {header!r}. Open it by the machine's own name or address, "
            "or add the name to RAGBOX_HOSTS."
        )


def own() -> set[str]:
    """Return this machine's name, with and without its domain, and the addresses of its network cards."""
    import psutil

    name = plain(socket.gethostname())  # not getfqdn, which asks a name server
    found = {name, name.partition(".")[0], f"{name.partition('.')[0]}.local"}
    for card in psutil.net_if_addrs().values():
        found |= {plain(a.address) for a in card if a.family in (socket.AF_INET, socket.AF_INET6)}
    return found - {"", ".local"}


def hostname(header: str) -> str:
    """Return the name in a Host header, without its port; "" where it has none."""
    if any(sign in header for sign in "/?#@\\ \t"):  # a URL's other parts, which would hide the name
        return ""
    try:
        return plain(urlsplit(f"//{header}").hostname or "")
    except ValueError:
        return ""


def plain(name: str) -> str:
    """Return a name as it is compared: lower case, in ASCII (IDNA), an address in its shortest form without a zone."""
    name = name.strip().strip("[]").partition("%")[0].rstrip(".").lower()
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        pass
    try:
        return name.encode("idna").decode()
    except UnicodeError:  # longer than a name can be, or with an empty part: nobody is called so
        return ""


def given(name: str) -> str:
    """Return a name that the operator gave.

    Raises:
        ValueError: no Host header can say it.
    """
    said = plain(name)
    if not said or "*" in said or hostname(f"[{said}]" if ":" in said else said) != said:
        raise ValueError(
            f"{name!r} is no name or address of a machine; write it without https://, port, path and *, "
            "such as papers.example"
        )
    return name


def is_loopback(host: str) -> bool:
    """Tell whether a name or address is reached on this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

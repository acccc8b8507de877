"""A place without a network: namespaces of Linux, in which the kernel counts what wants to leave. Knows no box."""

from __future__ import annotations

import fcntl
import re
import socket
import struct
import subprocess
from pathlib import Path

RESOLVER = "192.0.2.53"
"""An address that belongs to nobody (RFC 5737): in there names are asked for at it, so that a lookup is counted too."""
ENTER = ("unshare", "--user", "--map-root-user", "--net", "--mount", "--")
BOUND = """\
set -e
mount --bind "$0/resolv.conf" /etc/resolv.conf
[ ! -e /etc/nsswitch.conf ] || mount --bind "$0/nsswitch.conf" /etc/nsswitch.conf
exec "$@"
"""
FILES = {
    "resolv.conf": f"nameserver {RESOLVER}\noptions timeout:1 attempts:1\n",
    # A machine may have names looked up by a service that is reached by a file, and stands outside: not counted.
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
}
TRY_SECONDS = 20
_UP, _FLAGS_OF = 0x1, 0x8914  # IFF_UP, SIOCSIFFLAGS


def inside(command: list[str], folder: Path) -> list[str]:
    """Return the command that runs another one in there; `folder` is given the files that name the resolver."""
    for name, text in FILES.items():
        (folder / name).write_text(text)
    return [*ENTER, "sh", "-c", BOUND, str(folder), *command]


def refused(folder: Path) -> str:
    """Return why there is no such place here, "" where there is."""
    try:
        tried = subprocess.run(inside(["true"], folder), capture_output=True, text=True, timeout=TRY_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return "" if tried.returncode == 0 else (tried.stderr.strip() or f"exit code {tried.returncode}")


def loopback() -> None:
    """Let this machine be reached in there: browser, commands and server of a box speak over 127.0.0.1."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        fcntl.ioctl(handle, _FLAGS_OF, struct.pack("16sh14x", b"lo", _UP))


def counted() -> int:
    """Return how often any process in there, in whatever language, wanted to send to an address without a route.

    A connection over TCP, a datagram and the lookup of a name each count; one that the caller repeats counts again.
    """
    net = Path("/proc/self/net")
    names, figures, *_ = [line.split() for line in (net / "snmp").read_text().splitlines()]
    sixth = re.search(r"^Ip6OutNoRoutes\s+(\d+)", _text(net / "snmp6"), re.MULTILINE)
    return int(figures[names.index("OutNoRoutes")]) + (int(sixth[1]) if sixth else 0)


def attempt() -> None:
    """Try to reach a machine that there is not: what counts must count this."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        try:
            handle.sendto(b"?", (RESOLVER, 9))
        except OSError:
            return


def _text(path: Path) -> str:
    return path.read_text() if path.exists() else ""  # a kernel without IPv6

"""A directory that answers byte by byte: a sign-in and a look end in time, as with one that does not answer."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain, repeat
from time import monotonic
from typing import Any

import pytest

from ragbox.directory.external import AT_ONCE
from ragbox.directory.ldap import Ldap
from ragbox.errors import Unavailable
from ragbox.settings import Settings

ENOUGH = bytes([0x30, 0x84, 0x00, 0x10, 0x00, 0x00])
"""How an answer of a megabyte begins."""
BOUND = bytes.fromhex("61070a010004000400")
"""What a directory says to whom it lets in."""
HANDSHAKE = bytes([0x16, 0x03, 0x03, 0x40, 0x00])
"""How a long record of TLS begins, which may be its first."""
PATIENCE, STEP, LONGEST = 0.2, 0.02, 20.0
"""Seconds: what an answer may take, what is between two bytes, and after which the server gives up."""


@contextmanager
def dripping(first: bytes, then: bytes) -> Iterator[int]:
    """Run a server that answers the first thing it is told with `first`, all others with `then` and drops; its port."""
    over = threading.Event()

    def answer(one: socket.socket) -> None:
        with one, suppress(OSError):
            if first:
                asked = one.recv(4096)
                said = asked[2 : 4 + asked[3]] + first  # the number of the question, of one byte or more, comes before
                one.sendall(bytes([0x30, len(said)]) + said)
            one.recv(4096)
            until = monotonic() + LONGEST
            for byte in chain(then, repeat(0)):
                if over.wait(STEP) or monotonic() > until:
                    return
                one.sendall(bytes([byte]))

    def serve() -> None:
        with suppress(OSError):
            while True:
                threads.append(threading.Thread(target=answer, args=(listener.accept()[0],)))
                threads[-1].start()

    threads: list[threading.Thread] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        accepting = threading.Thread(target=serve)
        accepting.start()
        try:
            yield listener.getsockname()[1]
        finally:
            over.set()
            listener.shutdown(socket.SHUT_RDWR)  # closing alone does not wake who waits for a caller
            for thread in (accepting, *threads):
                thread.join(LONGEST)


def slow(port: int, **more: Any) -> Ldap:
    """Return a directory at a port of which each answer has to be there in 0.2 s."""
    given = {"ldap_url": f"ldap://127.0.0.1:{port}", "ldap_base": "dc=corp", "ldap_starttls": False, **more}
    return Ldap(Settings(**given), None, patience=PATIENCE)  # type: ignore[arg-type]


ASKED: list[Callable[[Ldap], object]] = [
    lambda ldap: ldap.verify("rita", "a long sentence"),
    lambda ldap: list(ldap.again(["1"])),
    lambda ldap: ldap.check(),
]


@pytest.mark.parametrize("ask", ASKED, ids=["sign-in", "look", "doctor"])
@pytest.mark.parametrize("first", [b"", BOUND], ids=["bind", "search"])
def test_a_directory_that_drips_is_one_that_does_not_answer(ask: Callable[[Ldap], object], first: bytes) -> None:
    # After 20 s the server hangs up, and nothing would have timed out.
    told = r"does not answer as it should: .* timed out"
    with dripping(first, ENOUGH) as port, pytest.raises(Unavailable, match=told):
        ask(slow(port))


def test_an_answer_that_drips_before_the_line_is_encrypted_ends_too() -> None:
    with dripping(b"", ENOUGH) as port, pytest.raises(Unavailable, match="timed out"):
        slow(port, ldap_starttls=True).check()


def test_who_waited_leaves_the_place_to_others() -> None:
    with dripping(b"", ENOUGH) as port:
        ldap = slow(port)
        for _ in range(AT_ONCE + 1):
            with pytest.raises(Unavailable):
                ldap.verify("rita", "a long sentence")


def test_so_does_a_handshake() -> None:
    with dripping(b"", HANDSHAKE) as port, pytest.raises(Unavailable, match="timed out"):
        slow(port, ldap_url=f"ldaps://127.0.0.1:{port}").check()

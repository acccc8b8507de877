"""A box behind the server that `ragbox serve` starts, in this process, and raw words to it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from ragbox import running
from ragbox.box import Box
from ragbox.certificate import Certificate

PATIENCE = 60.0
"""Seconds until the server has started or ended; it takes a tenth of one."""


@contextmanager
def listening(box: Box, secure: Certificate | None = None) -> Iterator[int]:
    """Serve the API of a box on 127.0.0.1; yields the port."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    server = running._server(box, pages=False, secure=secure)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    until = time.monotonic() + PATIENCE
    while not server.started and time.monotonic() < until:
        time.sleep(0.01)
    try:
        assert server.started
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
        listener.close()
    assert not thread.is_alive()


def connected(port: int, patience: float = PATIENCE) -> socket.socket:
    """Return a connection to the server."""
    return socket.create_connection(("127.0.0.1", port), patience)


def reply(raw: socket.socket) -> bytes:
    """Return all that comes until the other side hangs up."""
    said = b""
    with suppress(ConnectionResetError):
        while piece := raw.recv(65536):
            said += piece
    return said


def told(port: int, words: bytes, patience: float = PATIENCE) -> int:
    """Send words, with nothing after them; return the status of the reply, 0 where there is none."""
    with connected(port, patience) as raw:
        with suppress(BrokenPipeError, ConnectionResetError):  # refused before all was said
            raw.sendall(words)
        return status(reply(raw))


def status(said: bytes) -> int:
    """Return the status in a reply, 0 where there is none."""
    return int(said.split(b" ", 2)[1]) if said.startswith(b"HTTP/1.1 ") else 0

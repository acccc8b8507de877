"""Ports for servers that cannot be told to choose one."""

from __future__ import annotations

import random
import socket

chance = random.SystemRandom()


def unused() -> int:
    """Return a port of 127.0.0.1 at which nobody listens.

    The system gives it to nobody else meanwhile: those it chooses from itself begin at 32,768.
    """
    while True:
        with socket.socket() as tried:
            port = chance.randrange(20_000, 32_000)
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port

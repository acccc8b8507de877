"""The parser child: limits itself, refuses the network, parses one file after the other. Knows nothing of the pool.

Started by `ingest/sandbox.py` as `python -m ingest.worker SOCKET LIFE FUNCTION LIMITS`. It reads requests from the
socket and answers each with one message; it imports the parsers only when the first file comes.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from ragbox.errors import Rejected

from . import wire
from .parsers import Options

NICENESS = 10
"""Parsing gives way to answering."""


def main() -> None:
    """Serve requests until the pool hangs up."""
    channel = socket.socket(fileno=int(sys.argv[1]))
    channel.set_inheritable(False)
    _guard(int(sys.argv[2]), channel)
    limits = json.loads(sys.argv[4])
    _limit(limits["memory"])
    sys.addaudithook(_refuse_network)
    module, _, name = sys.argv[3].partition(":")
    while header := channel.recv(wire.LENGTH.size, socket.MSG_WAITALL):
        request = wire.decode(channel.recv(wire.LENGTH.unpack(header)[0], socket.MSG_WAITALL))
        _grant_cpu(limits["cpu"])
        reply, usable = _serve(lambda: getattr(import_module(module), name), request)
        channel.sendall(wire.LENGTH.pack(len(reply)) + reply)
        if not usable:
            return


def _serve(function: Callable[[], Callable[..., Any]], request: dict[str, Any]) -> tuple[bytes, bool]:
    """Return the answer to a request, and whether this process is fit for another."""
    try:
        parsed = function()(Path(request["path"]), request["kind"], Options(**request["options"]))
        return wire.encode({"parsed": wire.dump(parsed)}), True
    except Rejected as error:
        return wire.encode({"rejected": str(error)}), True
    except MemoryError:
        # The heap may be in pieces now: a fresh process is cheaper than a puzzling second failure.
        return wire.encode({"memory": True}), False
    except Exception as error:  # the parsers call libraries that raise anything on damaged files
        return wire.encode({"failed": f"{type(error).__name__}: {error}"[:200]}), True


def _guard(life: int, channel: socket.socket) -> None:
    """Fork a process that kills this whole group once the pool's process is gone, however it went.

    The parent-death signal would do for this process, but not for what it starts (LibreOffice, pandoc), and a thread
    would wait for whatever holds the interpreter lock. Nothing is imported yet, so the fork costs about a megabyte.
    """
    if os.fork() == 0:
        channel.close()
        os.read(life, 1)
        os.killpg(0, signal.SIGKILL)
    os.close(life)


def _limit(memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    os.nice(NICENESS)
    with suppress(OSError):  # where memory runs out all the same, the kernel shall take this process, not the server
        Path("/proc/self/oom_score_adj").write_text("500")


def _grant_cpu(seconds: int) -> None:
    """Allow this process that many more processor seconds; over them the kernel ends it by SIGXCPU."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def _refuse_network(event: str, args: tuple[Any, ...]) -> None:
    """Audit hook: no socket but a local one, no look-up of names. A hook cannot be taken off again."""
    if event == "socket.__new__" and args[1] not in (socket.AF_UNIX, -1):
        raise PermissionError("a parser opens no network connection")
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"):
        raise PermissionError("a parser looks up no network name")


if __name__ == "__main__":
    main()

"""The parser child: limits itself, refuses the network, parses one file after the other. Knows nothing of the pool.

Started by `ingest/sandbox.py` as `python -m ingest.worker SOCKET LIFE FUNCTION LIMITS`. It reads requests from the
socket and answers each with one message; it imports the parsers only when the first file comes.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from ragbox.errors import Rejected
from ragbox.types import Parsed

from . import wire
from .detect import detect
from .parsers import Options
from .wire import LENGTH, PAGE

_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of Linux
NICENESS = 15
"""Parsing gives way to answering: two parsers take 3 to 7 % of a core that an answer wants, at 10 they would take 10 to
18 %; at 19 a file of 20 processor seconds would not end within `parse_wall_seconds` beside a model that never rests."""
TELL_SECONDS = 0.25
"""Between two words of how far a file is; pages of plain text come faster."""
FULL, WORN = 0.9, 0.75
"""Parts of the memory limit: a failure above the first is for want of memory; above the second a worker is replaced.

Native libraries do not raise MemoryError: onnxruntime and the dynamic loader have errors of their own.
"""


def main() -> None:
    """Serve requests until the pool hangs up."""
    channel = socket.socket(fileno=int(sys.argv[1]))
    channel.set_inheritable(False)
    _guard(int(sys.argv[2]), channel)
    limits = json.loads(sys.argv[4])
    _limit(limits["memory"])
    sys.addaudithook(_refuse_network)
    module, _, name = sys.argv[3].partition(":")
    told = 0.0

    def send(message: dict[str, Any]) -> None:
        data = wire.encode(message)
        channel.sendall(LENGTH.pack(len(data)) + data)

    def begin(page: int, pages: int) -> None:
        _grant_cpu(limits["cpu"])
        channel.sendall(LENGTH.pack(0) + PAGE.pack(page, pages, True))

    def reach(page: int, pages: int) -> None:
        nonlocal told
        if (now := time.monotonic()) - told >= TELL_SECONDS:
            told = now
            channel.sendall(LENGTH.pack(0) + PAGE.pack(page, pages, False))

    def early(parsed: Parsed) -> None:
        send({"early": wire.dump(parsed)})

    while header := channel.recv(LENGTH.size, socket.MSG_WAITALL):
        request = wire.decode(channel.recv(LENGTH.unpack(header)[0], socket.MSG_WAITALL))
        _grant_cpu(limits["cpu"])
        hears = {"begin": begin, "reach": reach, "early": early if request["early"] else None}
        answer = _serve(lambda: getattr(import_module(module), name), request, hears)
        used = _address_space() / limits["memory"]
        if "failed" in answer:
            answer["memory"] = used > FULL or answer["failed"].startswith("MemoryError")
        # How a library is after it failed is anybody's guess, so such a worker is replaced too.
        answer["worn"] = "failed" in answer or used > WORN
        send(answer)


def _serve(
    function: Callable[[], Callable[..., Any]], request: dict[str, Any], hears: dict[str, Any]
) -> dict[str, Any]:
    path = Path(request["path"])
    try:
        if not request["kind"]:
            return {"kind": detect(path, request["file"])}
        if request["width"]:
            given = request["page"], request["width"], request["patches"]
            return {"picture": wire.text(function()(path, request["kind"], *given))}
        parsed = function()(path, request["kind"], Options(**request["options"], **hears))
        return {"parsed": wire.dump(parsed)}
    except Rejected as error:
        return {"rejected": str(error)}
    except Exception as error:  # the parsers call libraries that raise anything on damaged files
        return {"failed": " ".join(f"{type(error).__name__}: {error}".split())[:150]}


def _address_space() -> int:
    """Return the most address space this process ever had, in bytes: after a failure most of it is free again."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmPeak:")[1].split()[0]) << 10


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
    # Daemons that a parser leaves become children of this process, not of the system's first: so they are found.
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
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

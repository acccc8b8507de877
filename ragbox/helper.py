"""Runs a module of ours in a child process that tells its progress in lines of JSON. Knows no module.

A child keeps long work off the server: it runs at low priority, and can be ended.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from typing import Any

from . import errors

LOOK_SECONDS = 0.5
"""How soon a child is ended that is to stop."""
NICENESS = 10


def work(module: str, *arguments: str, stop: threading.Event) -> Iterator[dict[str, Any]]:
    """Run `python -m module arguments` and yield what it tells.

    Raises:
        RagboxError: it told an error, of that class.
        Conflict: `stop` was set, and the child was killed.
        Unavailable: it died.
    """
    with tempfile.TemporaryFile() as complaints:
        child = subprocess.Popen(
            [sys.executable, "-P", "-m", module, *arguments], stdout=subprocess.PIPE, stderr=complaints,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        assert child.stdout is not None
        try:
            for line in _lines(child.stdout.fileno(), stop):
                told = json.loads(line)
                if "error" in told:
                    raise getattr(errors, told["error"])(told["message"])
                yield told
            if code := child.wait():
                complaints.seek(0)
                last = complaints.read()[-2000:].decode("utf-8", "replace").strip().splitlines()[-1:]
                why = "".join(last) or f"exit code {code}"
                raise errors.Unavailable(
                    f"The child process {module} died: {why}. Look at the server's memory and log."
                )
        finally:
            child.kill()
            child.wait()
            child.stdout.close()


def _lines(handle: int, stop: threading.Event) -> Iterator[bytes]:
    rest = b""
    while True:
        if stop.is_set():
            raise errors.Conflict("It was broken off. Start it again: a download goes on where it ended.")
        if select.select([handle], [], [], LOOK_SECONDS)[0]:
            if not (piece := os.read(handle, 1 << 16)):
                return
            *whole, rest = (rest + piece).split(b"\n")
            yield from whole


def begin() -> None:
    """Lower this process's priority; a child's first act."""
    os.nice(NICENESS)


def tell(**said: Any) -> None:
    """Print a line of progress, as a child."""
    print(json.dumps(said, ensure_ascii=True), flush=True)


def fail(error: errors.RagboxError) -> None:
    """Tell an error, as a child."""
    tell(error=type(error).__name__, message=str(error))

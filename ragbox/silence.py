"""Keeps the box from calling home: switches telemetry and downloads off, and counts what tries all the same."""

from __future__ import annotations

import ipaddress
import os
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

SWITCHES = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "ANONYMIZED_TELEMETRY": "False",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "ORT_DISABLE_TELEMETRY": "1",  # onnxruntime's native threads look up Microsoft's event hosts otherwise
    "SCARF_NO_ANALYTICS": "true",
    "LANGCHAIN_TRACING_V2": "false",
    "LANGSMITH_TRACING": "false",
    "LANGSMITH_TRACING_V2": "false",  # wins over the two above where somebody's environment has it
    "OTEL_SDK_DISABLED": "true",  # traces of Chroma and FastAPI, which an environment can have sent to a collector
    "TOKENIZERS_PARALLELISM": "true",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",  # transformers' "Loading weights" would stand among a command's own lines
}
_tried: Counter[str] = Counter()
_meant = threading.local()
_watching = threading.Lock()
_watched = False


def keep() -> None:
    """Switch off what would call home, before the libraries that read the switches are imported, and start to count."""
    os.environ.update(SWITCHES)
    watch()


def watch() -> None:
    """Count alone: for a proof that the switches are what keeps the libraries quiet."""
    global _watched
    with _watching:
        if not _watched:
            sys.addaudithook(_note)
            _watched = True


def mean() -> None:
    """Let this thread reach what it likes from now on: it speaks to a server that the admin named."""
    _meant.it = True


@contextmanager
def meant() -> Iterator[None]:
    """Let this thread reach what it likes until the block ends: a thread that goes on to do other things."""
    before, _meant.it = getattr(_meant, "it", False), True
    try:
        yield
    finally:
        _meant.it = before


def tried() -> dict[str, int]:
    """Return the hosts outside this machine that this process tried to reach, and how often."""
    return dict(_tried)


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if getattr(_meant, "it", False):
        return
    if event in ("socket.connect", "socket.sendto") and isinstance(arguments[1], tuple):
        _count(str(arguments[1][0]))
    elif event in ("socket.getaddrinfo", "socket.gethostbyname") and arguments[0]:
        _count(str(arguments[0]))


def _count(host: str) -> None:
    if host in ("localhost", "::", "0.0.0.0", "None"):
        return
    try:
        if ipaddress.ip_address(host).is_loopback:
            return
    except ValueError:
        pass  # a name: looking it up is a call already
    _tried[host] += 1

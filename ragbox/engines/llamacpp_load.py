"""llama.cpp's library: opens a model, tries one in a child process, puts adapters on it. Knows no request."""

from __future__ import annotations

import io
import logging
import os
import sys
import threading
import time
from collections import deque
from contextlib import redirect_stderr
from functools import cache
from pathlib import Path
from typing import Any

from .. import helper
from ..errors import BadInput, RagboxError, Unavailable
from ..generation import Message
from .llamacpp_chat import GgufChat

log = logging.getLogger(__name__)
PIECE_SECONDS = 0.5
SHORTEST_PIECE, LONGEST_PIECE = 16, 512
TRIAL = 32
"""Tokens put through at loading, to see that the model works here and how fast it is."""
ERROR_LEVEL = 3
"""GGML_LOG_LEVEL_ERROR"""
ENOUGH_LINES = 3
"""Of llama.cpp's own words of an error that a message repeats."""


def try_out(file: Path, context: int) -> int:
    """Return how many tokens of a prompt go through in PIECE_SECONDS, having tried it in a child process.

    The library aborts the process on a bad file, and the system kills the one that takes too much memory.
    """
    try:
        told = list(helper.work(__name__, str(file), str(context), stop=threading.Event()))
    except Unavailable as error:
        raise Unavailable(
            f"The model in {file} does not work here: {error} Get the file again; if it is whole, take a smaller one, "
            "a smaller RAGBOX_CONTEXT, or more memory."
        ) from error
    return int(told[-1]["piece"])


def try_adapter(file: Path, adapter: Path) -> None:
    """Put an adapter on the model in a child process.

    Raises:
        BadInput: the library does not take it, or ends the process on it.
    """
    try:
        list(helper.work(__name__, str(file), str(2 * TRIAL), str(adapter), stop=threading.Event()))
    except Unavailable as error:
        raise BadInput(f"llama.cpp does not take the adapter {adapter}: {error} Convert it again.") from error


def put_on(llama: Any, adapter: Path) -> Any:
    """Return an adapter as the library's object, beside the model and not in use yet.

    Raises:
        BadInput: the library does not take it.
    """
    import llama_cpp

    said, _ = _listen()
    said.clear()
    found = llama_cpp.llama_adapter_lora_init(llama.model, str(adapter).encode())
    if not found:
        why = " ".join(list(said)[-ENOUGH_LINES:]) or "it says no more"
        raise BadInput(f"llama.cpp does not take the adapter {adapter}: {why}. Convert it again for this model.")
    return found


def use(llama: Any, adapter: Any) -> None:
    """Let the next tokens be those of this adapter, None for the model alone; what was kept of the last text goes.

    Raises:
        RuntimeError: the library fails.
    """
    import ctypes

    import llama_cpp

    count = 0 if adapter is None else 1
    handles = (llama_cpp.llama_adapter_lora_p_ctypes * 1)(ctypes.cast(adapter, llama_cpp.llama_adapter_lora_p_ctypes))
    if llama_cpp.llama_set_adapters_lora(llama.ctx, handles, count, (ctypes.c_float * 1)(1.0)):
        raise RuntimeError("it could not switch to the adapter")
    llama.reset()


def free(adapter: Any) -> None:
    """Give back an adapter that is not in use."""
    import llama_cpp

    llama_cpp.llama_adapter_lora_free(adapter)


def open_model(file: Path, context: int) -> Any:
    """Return the model as the library's object."""
    import llama_cpp

    said, _ = _listen()
    said.clear()
    # Threads wait for each other by spinning, some hundred times a token: two on two cores that others used as well
    # took 300 ms for a token of a tiny model, one took 0.6 ms.
    cores = len(os.sched_getaffinity(0))
    try:
        # Not verbose, the library would point the whole process's output at /dev/null meanwhile; verbose, it prints.
        with redirect_stderr(io.StringIO()):
            llama = llama_cpp.Llama(
                str(file), n_ctx=context, n_gpu_layers=-1, n_threads=max(1, cores // 2), n_threads_batch=cores,
                verbose=True,
            )  # fmt: skip
    except Exception as error:
        raise Unavailable((" ".join(list(said)[-ENOUGH_LINES:]) or str(error)) + ".") from error
    llama.verbose = False
    return llama


def pace(llama: Any) -> int:
    """Return how many tokens of a prompt go through in PIECE_SECONDS, having put some through."""
    tokens = list(range(min(TRIAL, llama.n_ctx() - 1, llama.n_vocab())))
    llama.eval(tokens)  # the first step of a process is slow
    llama.reset()
    start = time.perf_counter()
    llama.eval(tokens)
    pace = (time.perf_counter() - start) / len(tokens)
    llama.reset()
    return max(SHORTEST_PIECE, min(LONGEST_PIECE, int(PIECE_SECONDS / pace)))


def main() -> None:
    """Load a model, with an adapter if one is named, and put a prompt through, as the child of those who try."""
    file, context, *adapter = sys.argv[1:]
    os.environ.update(GGML_NO_BACKTRACE="1")  # where it aborts it would call a debugger, which has the last word
    try:
        llama = open_model(Path(file), int(context))
        GgufChat(llama).encode([Message(role="user", content="a")])
        for path in adapter:
            use(llama, put_on(llama, Path(path)))
        helper.tell(piece=pace(llama))
    except RagboxError as error:
        helper.fail(error)
    except Exception as error:  # whatever the library raises
        helper.fail(Unavailable(f"{error}."))


@cache
def _listen() -> tuple[deque[str], object]:
    """Take llama.cpp's words for our log, once; return where its last errors stand, and what C code calls."""
    import ctypes

    import llama_cpp

    errors: deque[str] = deque(maxlen=ENOUGH_LINES)

    def note(level: int, text: bytes, _: object) -> None:
        words = text.decode(errors="replace").strip()
        log.debug("%s", words)
        if level == ERROR_LEVEL and words:
            errors.append(words.rstrip("."))

    called = llama_cpp.llama_log_callback(note)
    llama_cpp.llama_log_set(called, ctypes.c_void_p(0))
    return errors, called


if __name__ == "__main__":
    main()

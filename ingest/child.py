"""One parser process as the server sees it: started, asked, killed. Knows limits and the wire, no pool.

What the process may do is in `ingest/worker.py`, which runs in it.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ragbox import silence
from ragbox.errors import Rejected, Unavailable
from ragbox.settings import Settings
from ragbox.types import Parsed

from . import wire
from .pace import Pace, Reading
from .parsers import MODULES
from .wire import LENGTH, PAGE, Patch

PIECE = 1 << 20
"""Bytes read from a worker at a time."""
VALUES_A_MB = 1 << 16
"""Values for each MB of an answer: up to 100 bytes each, once read. 619 pages of PDF are 3 MB and 234,000 values."""
REPAIR = "Open it in its program, save it again, or drop it as PDF."


@dataclass(frozen=True, kw_only=True)
class Order:
    """What a child shall do: tell a file's kind, parse one of a known kind or, given a `page`, look at that or draw it.

    `file` is the name it was dropped under, for messages; `early` asks for the first pages of a long file before all of
    it; `width` is that of the drawing, in pixels, and 0 if a page is to be looked at; `patches` are painted over.
    """

    path: Path
    file: str
    kind: str = ""
    early: bool = False
    page: int = 0
    width: int = 0
    patches: tuple[Patch, ...] = field(default=(), repr=False)

    @property
    def what(self) -> str:
        """Return what a message is about."""
        name = Path(self.file).name
        return f"Page {self.page} of {name}" if self.page else name

    @property
    def repair(self) -> str:
        """Return the remedy for a file that is at fault."""
        return "Open the original instead." if self.page else REPAIR


class Child:
    """One child process in its own session, with a temporary folder that goes when it goes."""

    def __init__(self, settings: Settings, function: str, prefix: str) -> None:
        self.files = 0
        self.worn = False
        self.reading: Reading | None = None
        self.asker: threading.Thread | None = None
        self._ending = threading.Lock()
        self._ended = False
        self._talking = threading.Lock()
        self._pace = Pace()
        self._deadline = self._end = 0.0  # of the answer that is waited for, and of all pages of a file together
        self._settings = settings
        self._folder = tempfile.mkdtemp(prefix=prefix)
        self._channel, theirs = socket.socketpair()
        life, self._life = os.pipe()
        limits = json.dumps({"memory": settings.parse_memory_mb << 20, "cpu": settings.parse_cpu_seconds})
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "ingest.worker", str(theirs.fileno()), str(life), function, limits],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=self._folder,
                env=_environment(self._folder),
                pass_fds=(theirs.fileno(), life),
                start_new_session=True,
            )
        except OSError as error:
            self._channel.close()
            os.close(self._life)
            shutil.rmtree(self._folder, ignore_errors=True)
            raise Unavailable(f"A parser process cannot be started: {error.strerror}. Free some memory.") from error
        finally:
            theirs.close()
            os.close(life)

    def running(self) -> bool:
        """Say whether the process is there to be asked."""
        return self._process.poll() is None

    def kill(self) -> None:
        """End the process with everything it started, and take its temporary files away."""
        with self._ending:
            if self._ended:
                return
            self._ended = True
            _end(self._process)
            # Who waits for an answer hears the end of it before the descriptor goes: closed under him and given out
            # anew, its number would let him wait for somebody else's answer.
            with suppress(OSError):
                self._channel.shutdown(socket.SHUT_RDWR)
            with self._talking:
                self._channel.close()
            os.close(self._life)
            shutil.rmtree(self._folder, ignore_errors=True)

    def ask(self, order: Order, hear: Callable[[Parsed], None] | None = None) -> Parsed | bytes | str:
        """Send an order and rebuild the answer: the file's kind, what was parsed of it, or the drawing of its page.

        `hear` is given the first pages of a long file, once, if the order wants them early; meanwhile the child reads
        on, and its time stands still. What `hear` raises ends the child.

        Raises:
            Rejected: it cannot be done, or broke a limit; unless the child itself says so, it is dead now.
        """
        self.files += bool(order.kind)
        answer, whole = self._talk(order, send=True)
        if hear and not whole and isinstance(answer, Parsed):
            begun = time.monotonic()
            try:
                hear(answer)
            except BaseException:
                self.kill()
                raise
            spent = time.monotonic() - begun
            self._deadline, self._end = self._deadline + spent, self._end + spent
            answer, _ = self._talk(order, send=False)
        return answer

    def _talk(self, order: Order, *, send: bool) -> tuple[Parsed | bytes | str, bool]:
        """Return what the child answers next, and whether that is all it has to say of the order."""
        name, settings = Path(order.file).name, self._settings
        seconds, setting = self._patience(order)
        try:
            with self._talking:
                if send:
                    self._send(order)
                reply = self._receive(order)
            if send and order.early and "early" in reply:
                return wire.load(reply["early"]), False
            if "rejected" not in reply and "failed" not in reply:
                return _answer(order, reply), True
        except TimeoutError:
            failure = self._over(order, f"{seconds:g} seconds", setting)
        except (EOFError, OSError):
            failure = self._death(order)
        except ValueError as error:
            failure = f"{order.what} made its parser answer with nonsense ({error}). {order.repair}"
        except Rejected as error:
            failure = str(error)
        else:
            if "rejected" in reply:
                # Parsers know the path at most, which may be a copy named by its hash.
                reason = str(reply["rejected"]).replace(order.path.name, name)
                raise Rejected(reason if name in reason else f"{order.what}: {reason}")
            if not reply.get("memory"):
                found = reply.get("failed")
                raise Rejected(f"{order.what} is damaged or unusual and cannot be read ({found}). {order.repair}")
            failure = self._over(order, f"{settings.parse_memory_mb} MB of memory", "parse_memory_mb")
        finally:
            self.reading = None
        self.kill()
        raise Rejected(failure)

    def _patience(self, order: Order) -> tuple[float, str]:
        """Return the seconds that a page, or a file without any, may take, and the setting that says so."""
        setting = "page_seconds" if order.width else "parse_wall_seconds"
        return getattr(self._settings, setting), setting

    def _send(self, order: Order) -> None:
        """Give the order out; each page that OCR begins has the seconds of a file, up to those past all of OCR's."""
        settings, now = self._settings, time.monotonic()
        seconds, _ = self._patience(order)
        until = now + (0 if order.width else settings.ocr_seconds)
        self._end = until + seconds
        self._deadline = min(now + seconds, self._end)
        self._pace = Pace()
        options = {"ocr": settings.ocr, "ocr_max_pages": settings.ocr_max_pages, "ocr_until": until}
        request = wire.encode(
            {
                "path": str(order.path.absolute()), "file": Path(order.file).name, "kind": order.kind,
                "options": options | {"page": order.page}, "early": order.early, "page": order.page,
                "width": order.width, "patches": order.patches,
            }
        )  # fmt: skip
        self._channel.settimeout(max(0.001, self._deadline - time.monotonic()))
        self._channel.sendall(LENGTH.pack(len(request)) + request)

    def _receive(self, order: Order) -> dict[str, Any]:
        """Return the child's next message; what it says of its pages until then is noted."""
        while not (size := LENGTH.unpack(self._read(LENGTH.size))[0]):
            page, pages, ocr = PAGE.unpack(self._read(PAGE.size))
            now = time.monotonic()
            self.reading = Reading(file=order.file, page=page, pages=pages, rate=self._pace.rate(page, ocr, now))
            if ocr:
                self._deadline = min(now + self._patience(order)[0], self._end)
        most = self._settings.parse_output_mb
        if size > most << 20:
            raise Rejected(self._over(order, f"{most} MB of output", "parse_output_mb"))
        data = self._read(size)
        if wire.crowded(data, most * VALUES_A_MB):
            raise Rejected(self._over(order, f"{most * VALUES_A_MB:,} cells and sides of boxes", "parse_output_mb"))
        reply = wire.decode(data)
        self.worn = bool(reply.get("worn"))
        return reply

    def _read(self, size: int) -> bytearray:
        data = bytearray()
        while len(data) < size:
            self._channel.settimeout(max(0.001, self._deadline - time.monotonic()))
            piece = self._channel.recv(min(PIECE, size - len(data)))
            if not piece:
                raise EOFError
            data += piece
        return data

    def _over(self, order: Order, limit: str, setting: str) -> str:
        verb, remedy = (
            ("draw", "or open the original") if order.width else ("parse", "split the file, or drop it as PDF")
        )
        return (
            f"{order.what} took more than {limit} to {verb}, and was stopped. Raise RAGBOX_{setting.upper()}, {remedy}."
        )

    def _death(self, order: Order) -> str:
        """Say why the process went: the kernel's signal tells."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=5)
        code = self._process.returncode
        if code == -signal.SIGXCPU:
            return self._over(order, f"{self._settings.parse_cpu_seconds} processor seconds", "parse_cpu_seconds")
        if code is not None and code < 0:
            end = f"was ended by {signal.Signals(-code).name}"
        else:
            end = f"ended with exit status {code}"
        return (
            f"{order.what} crashed its parser, which {end}: the file is damaged, or "
            f"{self._settings.parse_memory_mb} MB of memory (RAGBOX_PARSE_MEMORY_MB) are too few for it. {order.repair}"
        )


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill a process with its group, and what it started that went to a session of its own, as daemons do."""
    import psutil

    below: list[psutil.Process] = []
    with suppress(psutil.Error):
        if process.poll() is None:  # its number may be another's by now
            below = psutil.Process(process.pid).children(recursive=True)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    for left in below:
        with suppress(psutil.Error):
            left.kill()
    process.wait()


def _answer(order: Order, reply: dict[str, Any]) -> Parsed | bytes | str:
    if order.width:
        return wire.picture(reply.get("picture"))
    return wire.load(reply.get("parsed")) if order.kind else wire.known(reply.get("kind"), MODULES)


def _environment(folder: str) -> dict[str, str]:
    """Return what a worker sees: nothing of the server's own environment, which may hold secrets."""
    return silence.SWITCHES | {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": folder,
        "TMPDIR": folder,
        "LANG": "C.UTF-8",
        "PYTHONUTF8": "1",
        "PYTHONPATH": str(Path(__file__).parents[1]),
        # Each thread's arena reserves 64 MB of the address space that is limited.
        "MALLOC_ARENA_MAX": "2",
    }

"""Parses files in child processes that can be killed: a bad file costs a worker, never the server.

Knows processes, limits and the wire; no file format. What a worker may do is in `ingest/worker.py`.
"""

from __future__ import annotations

import hashlib
import json
import os
import queue
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ragbox import silence
from ragbox.errors import Rejected, Unavailable
from ragbox.settings import Settings
from ragbox.types import Parsed

from . import wire
from .parsers import MODULES
from .wire import LENGTH, PAGE

FILES_PER_WORKER = 100
"""Files after which a worker is replaced: parsers keep memory. A new one costs about 1.5 s of imports."""
PIECE = 1 << 20
"""Bytes read from a worker at a time."""
VALUES_A_MB = 1 << 16
"""Values for each MB of an answer: up to 100 bytes each, once read. 619 pages of PDF are 3 MB and 234,000 values."""
REPAIR = "Open it in its program, save it again, or drop it as PDF."


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How far OCR is with a file: the page it reads (counted among those it reads, from 1), and how many it shall."""

    file: str
    page: int
    pages: int


class Sandbox:
    """A pool of `parse_workers` processes. Safe to call from several threads; each call has a worker to itself."""

    def __init__(self, settings: Settings, *, parse: str = "ingest.parsers:parse") -> None:
        """Take the settings, and as "module:function" what a worker calls with (path, kind, options)."""
        self._settings = settings
        self._function = parse
        # In the system's folder, where the disk of the record cannot be filled; named after the data folder.
        owner = hashlib.sha256(str(settings.data.absolute()).encode()).hexdigest()[:12]
        self._prefix = f"ragbox-parse-{owner}-"
        # Last in, first out: one busy thread keeps one warm worker. None stands for a worker not started.
        self._free: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        self._live: set[_Worker] = set()
        self._lock = threading.Lock()
        self._open = False

    def load(self) -> None:
        """Make the pool ready; workers start when files come."""
        with self._lock:
            if not self._open:
                self._open = True
                # A data folder has one owner: what bears its mark was left by one that was killed.
                for stale in Path(tempfile.gettempdir()).glob(f"{self._prefix}*"):
                    shutil.rmtree(stale, ignore_errors=True)
                self._free = queue.LifoQueue()
                for _ in range(self._settings.parse_workers):
                    self._free.put(None)

    def close(self) -> None:
        """Kill all workers; a file being parsed ends as Unavailable."""
        with self._lock:
            self._open = False
            live, self._live = self._live, set()
        for worker in live:
            worker.kill()
        # Threads that wait for a worker wake up and see that there is none.
        for _ in range(self._settings.parse_workers):
            self._free.put(None)

    def detect(self, path: Path, file: str) -> str:
        """Return the kind of a file, a key of `ingest.parsers.MODULES`; `file` is the name it was dropped under.

        Raises:
            Rejected: it is nothing that is read, or broke a limit; the message says which.
            Unavailable: the pool is closed.
        """
        kind: str = self._ask(path, "", file)
        return kind

    def parse(self, path: Path, kind: str, file: str) -> Parsed:
        """Parse a file of a known kind; `file` is the name it was dropped under, for messages.

        Raises:
            Rejected: it cannot be read or broke a limit; the message says which, and which setting raises it.
            Unavailable: the pool is closed.
        """
        parsed: Parsed = self._ask(path, kind, file)
        return parsed

    def reading(self) -> list[Reading]:
        """Return the files that OCR is at just now."""
        with self._lock:
            return [reading for worker in self._live if (reading := worker.reading)]

    def _ask(self, path: Path, kind: str, file: str) -> Any:
        if not self._open:
            raise Unavailable("The parsers are not running. Start the box first.")
        free = self._free
        worker = free.get()
        try:
            if worker and not worker.running():
                self._retire(worker)
                worker = None
            worker = worker or self._start()
            return worker.ask(path, kind, file)
        except Rejected as error:
            if self._open:
                raise
            # The worker was killed by `close`: that says nothing about the file.
            raise Unavailable("The parsers are shutting down. Start the box again.") from error
        finally:
            if worker and (worker.worn or worker.files >= FILES_PER_WORKER or not worker.running()):
                self._retire(worker)
                worker = None
            free.put(worker)

    def _start(self) -> _Worker:
        worker = _Worker(self._settings, self._function, self._prefix)
        with self._lock:
            if self._open:
                self._live.add(worker)
                return worker
        worker.kill()
        raise Unavailable("The parsers are shutting down. Start the box again.")

    def _retire(self, worker: _Worker) -> None:
        worker.kill()
        with self._lock:
            self._live.discard(worker)


class _Worker:
    """One child process in its own session, with a temporary folder that goes when it goes."""

    def __init__(self, settings: Settings, function: str, prefix: str) -> None:
        self.files = 0
        self.worn = False
        self.reading: Reading | None = None
        self._ending = threading.Lock()
        self._ended = False
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
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._channel.close()
            os.close(self._life)
            shutil.rmtree(self._folder, ignore_errors=True)

    def ask(self, path: Path, kind: str, file: str) -> Parsed | str:
        """Send a request and rebuild the answer: the parsed file, or the kind of one whose kind is ""."""
        self.files += bool(kind)
        name, settings = Path(file).name, self._settings
        until = time.monotonic() + settings.ocr_seconds
        options = {"ocr": settings.ocr, "ocr_max_pages": settings.ocr_max_pages, "ocr_until": until}
        request = wire.encode({"path": str(path.absolute()), "file": name, "kind": kind, "options": options})
        try:
            reply = self._exchange(request, file, until + settings.parse_wall_seconds)
            if "rejected" not in reply and "failed" not in reply:
                return wire.load(reply.get("parsed")) if kind else wire.known(reply.get("kind"), MODULES)
        except TimeoutError:
            failure = self._over(name, f"{settings.parse_wall_seconds:g} seconds", "parse_wall_seconds")
        except (EOFError, OSError):
            failure = self._death(name)
        except ValueError as error:
            failure = f"{name} made its parser answer with nonsense ({error}). {REPAIR}"
        except Rejected as error:
            failure = str(error)
        else:
            if "rejected" in reply:
                # Parsers know the path at most, which may be a copy named by its hash.
                reason = str(reply["rejected"]).replace(path.name, name)
                raise Rejected(reason if name in reason else f"{name}: {reason}")
            if not reply.get("memory"):
                raise Rejected(f"{name} is damaged or unusual and cannot be read ({reply.get('failed')}). {REPAIR}")
            failure = self._over(name, f"{settings.parse_memory_mb} MB of memory", "parse_memory_mb")
        finally:
            self.reading = None
        self.kill()
        raise Rejected(failure)

    def _exchange(self, request: bytes, file: str, end: float) -> dict[str, Any]:
        """Return what the worker answers; each page it begins has the seconds of a file, until `end`."""
        deadline = min(time.monotonic() + self._settings.parse_wall_seconds, end)
        self._channel.settimeout(max(0.001, deadline - time.monotonic()))
        self._channel.sendall(LENGTH.pack(len(request)) + request)
        while not (size := LENGTH.unpack(self._receive(LENGTH.size, deadline))[0]):
            page, pages = PAGE.unpack(self._receive(PAGE.size, deadline))
            self.reading = Reading(file=file, page=page, pages=pages)
            deadline = min(time.monotonic() + self._settings.parse_wall_seconds, end)
        name, most = Path(file).name, self._settings.parse_output_mb
        if size > most << 20:
            raise Rejected(self._over(name, f"{most} MB of output", "parse_output_mb"))
        data = self._receive(size, deadline)
        if wire.crowded(data, most * VALUES_A_MB):
            raise Rejected(self._over(name, f"{most * VALUES_A_MB:,} cells and sides of boxes", "parse_output_mb"))
        reply = wire.decode(data)
        self.worn = bool(reply.get("worn"))
        return reply

    def _receive(self, size: int, deadline: float) -> bytearray:
        data = bytearray()
        while len(data) < size:
            self._channel.settimeout(max(0.001, deadline - time.monotonic()))
            piece = self._channel.recv(min(PIECE, size - len(data)))
            if not piece:
                raise EOFError
            data += piece
        return data

    def _over(self, name: str, limit: str, setting: str) -> str:
        return (
            f"{name} took more than {limit} to parse, and was stopped. "
            f"Raise RAGBOX_{setting.upper()}, split the file, or drop it as PDF."
        )

    def _death(self, name: str) -> str:
        """Say why the process went: the kernel's signal tells."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=5)
        code = self._process.returncode
        if code == -signal.SIGXCPU:
            return self._over(name, f"{self._settings.parse_cpu_seconds} processor seconds", "parse_cpu_seconds")
        if code is not None and code < 0:
            end = f"was ended by {signal.Signals(-code).name}"
        else:
            end = f"ended with exit status {code}"
        return (
            f"{name} crashed its parser, which {end}: the file is damaged, or {self._settings.parse_memory_mb} MB of "
            f"memory (RAGBOX_PARSE_MEMORY_MB) are too few for it. {REPAIR}"
        )


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

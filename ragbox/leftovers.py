"""Looks through the files of a data folder for pieces of what was deleted. Wipes nothing, and knows no collection.

Sealed files are opened in this process's memory for it, the sealed record page by page, the freed ones too.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import threading
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from .db import Database
from .sealing import record
from .sealing.stream import Broken
from .sealing.vault import ORIGINAL, PIECE, RUN, Vault

NOT_LOOKED_AT = frozenset({
    "inbox", "uploads", "queue", "models", "adapters", "trainings", "questions", "tantivy", "tls",
})  # fmt: skip
"""In the data folder what may hold the same words by right, as files that come in, or holds no two words together."""
LEAST_BYTES, LEAST_KINDS = 16, 8
"""Bytes, and different ones among them, below which a piece is too common to tell of one document."""
MOST = 20_000
"""Pieces that are looked for at most; of more, as after a large collection went, these many by chance."""
AT_ONCE = 2000
"""Chunks that are looked through at once: 4 MB."""
_SPREAD = 0x9E3779B97F4A7C15
"""2^64 over the golden ratio, for Knuth's multiplicative hashing."""
_BITS, _SPARSE = 20, 128
"""Fewest bits that are hashed to: a table of 1 MB, which caches hold; and how many times the beginnings it holds."""
_SQLITE = "ragbox.db", "chroma.sqlite3"


@dataclass(frozen=True, kw_only=True)
class Looked:
    """What was looked for and where; `opened`: files that are sealed; `shared`: pieces that stay elsewhere by right.

    `found` are the files that still hold a piece, `unopened` those that did not open.
    """

    pieces: int
    shared: int
    files: int
    opened: int
    megabytes: float
    found: tuple[str, ...]
    unopened: tuple[str, ...]


class Pieces:
    """What is looked for, all at once: at 4 to 9 ns a byte, be it 10 pieces or MOST."""

    def __init__(self, traces: Iterable[str]) -> None:
        """Take what the record kept of deletions: of words "t" and UTF-8, of vectors "v" and float32, in hex."""
        import numpy as np

        raw = {trace: bytes.fromhex(trace[1:]) for trace in traces}
        self.known = [t for t, b in raw.items() if len(b) >= LEAST_BYTES and len(set(b)) >= LEAST_KINDS]
        forms = [(form, n) for n, trace in enumerate(self.known) for form in _forms(trace, raw[trace])]
        self.longest = max((len(form) for form, _ in forms), default=0)
        self._begun: dict[bytes, list[tuple[bytes, int]]] = {}
        for form, n in forms:
            self._begun.setdefault(form[:8], []).append((form, n))
        self._beginnings = np.sort(np.frombuffer(b"".join(self._begun), "<u8"))
        bits = max(_BITS, (len(self._begun) * _SPARSE).bit_length())
        self._shift = np.uint64(64 - bits)
        self._marked = np.zeros(1 << bits, bool)
        self._marked[(self._beginnings * np.uint64(_SPREAD)) >> self._shift] = True

    def within(self, data: bytes) -> set[int]:
        """Return the numbers of the pieces that are in some bytes."""
        import numpy as np

        found: set[int] = set()
        for shift in range(min(8, max(0, len(data) - 7))):
            words = np.frombuffer(data, "<u8", count=(len(data) - shift) // 8, offset=shift)
            maybe = np.flatnonzero(self._marked[(words * np.uint64(_SPREAD)) >> self._shift])
            near = np.searchsorted(self._beginnings, words[maybe])
            for place in maybe[self._beginnings.take(near, mode="clip") == words[maybe]] if len(maybe) else ():
                begins = int(place) * 8 + shift
                found.update(n for form, n in self._begun[data[begins : begins + 8]] if data.startswith(form, begins))
        return found


def _forms(trace: str, raw: bytes) -> set[bytes]:
    """Return a piece as it may be written: words also in UTF-16 and as JSON in ASCII."""
    if trace[0] != "t":
        return {raw}
    words = raw.decode("utf-8", "replace")
    return {raw, words.encode("utf-16-le"), json.dumps(words)[1:-1].encode()}


class Leftovers:
    """What looks for them in one box."""

    def __init__(self, data: Path, indexes: Path, db: Database, vault: Vault) -> None:
        self._data = data
        self._indexes = indexes
        self._db = db
        self._vault = vault

    def look(self, traces: Sequence[str], stop: threading.Event) -> Looked | None:
        """Look for these pieces everywhere; None if `stop` was set meanwhile."""
        pieces = Pieces(random.sample(traces, min(MOST, len(traces))))
        holding: dict[str, set[int]] = {}
        unopened: list[str] = []
        files = opened = size = 0
        for path in self._files() if pieces.known else ():
            name = os.fspath(path.relative_to(self._data if path.is_relative_to(self._data) else self._indexes))
            try:
                with suppress(FileNotFoundError):  # it went meanwhile
                    sealed, parts = self._read(path)
                    with closing(parts):
                        found, length = _search(parts, pieces, stop)
                    files, opened, size = files + 1, opened + sealed, size + length
                    if found:
                        holding[name] = found
            except (Broken, OSError):
                unopened.append(name)
            if stop.is_set():
                return None
        # Last: what is taken in anew meanwhile is found in files before it is in the record.
        shared = self._shared(pieces, set().union(*holding.values())) if holding else set()
        return Looked(
            pieces=len(pieces.known), shared=len(shared), files=files, opened=opened, megabytes=round(size / 1e6, 1),
            found=tuple(name for name, found in holding.items() if found - shared), unopened=tuple(unopened),
        )  # fmt: skip

    def _files(self) -> Iterator[Path]:
        """Yield all but what may hold pieces by right, the originals of documents that the record has among it."""
        stays = {row["sha256"] for row in self._db.read("SELECT DISTINCT sha256 FROM documents")}
        originals = self._data / "originals"
        roots = [self._data, *([] if self._indexes.is_relative_to(self._data) else [self._indexes / "chroma"])]
        for root in roots:
            for folder, folders, names in os.walk(root):
                here = Path(folder)
                if here in (self._data, self._indexes):
                    folders[:] = sorted(f for f in folders if f not in NOT_LOOKED_AT)
                for path in (here / name for name in sorted(names)):
                    named = here.parent == originals and path.name in stays
                    if named or path.name.endswith(".part") or path.is_symlink() or not path.is_file():
                        continue
                    if path.stat().st_size:
                        yield path

    def _read(self, path: Path) -> tuple[bool, Generator[bytes]]:
        """Return whether a file is sealed, and its bytes as they are when it is opened."""
        if path.name.startswith(_SQLITE):
            raw = _elsewhere(path)
            if path.parent == self._data and self._vault.key is not None and not path.name.endswith("-shm"):
                return True, record.pages(raw, self._vault.key, log=path.name.endswith("-wal"))
            return False, raw
        inside = self._vault.sealed and path.is_relative_to(self._data)
        if inside and (name := _sealed_as(path.relative_to(self._data))):
            return True, _pieces(self._vault.read(path, name))
        return False, _pieces(path.open("rb"))

    def _shared(self, pieces: Pieces, found: set[int]) -> set[int]:
        """Return which of the pieces found are in passages of documents that the record has."""
        shared: set[int] = set()
        last = 0
        while found - shared:
            rows = self._db.read(
                "SELECT rowid AS at, text, vector FROM chunks WHERE rowid > ? ORDER BY rowid LIMIT ?", last, AT_ONCE
            )
            if not rows:
                break
            last = rows[-1]["at"]
            shared |= pieces.within(b"\n".join(part for r in rows for part in (r["text"].encode(), r["vector"])))
        return shared & found


def _search(parts: Iterator[bytes], pieces: Pieces, stop: threading.Event) -> tuple[set[int], int]:
    """Return the pieces in the bytes of a file, and how many bytes it has."""
    found: set[int] = set()
    size, before = 0, b""
    for part in parts:
        found |= pieces.within(before + part)
        size += len(part)
        before = (before + part)[-pieces.longest :]
        if stop.is_set():
            break
    return found, size


def _sealed_as(path: Path) -> str:
    """Return the name that a file of the data folder is sealed under, "" if it is not."""
    match path.parts:
        case ("originals", _, _) | ("unnamed", _):
            return ORIGINAL
        case ("cache", "pages", sha256, name):
            return f"{sha256}/{name}"
        case ("quality", name) if name.endswith(".json"):
            return RUN
    return ""


def _pieces(stream: BinaryIO) -> Generator[bytes]:
    with stream:
        while piece := stream.read(PIECE):
            yield piece


def _elsewhere(path: Path) -> Generator[bytes]:
    """Yield a file's bytes as another process reads it.

    SQLite's locks of a process end when any of its descriptors of the file is closed: were it opened here, Chroma's
    and the record's own connections would be without theirs.
    """
    try:
        process = subprocess.Popen(
            ["cat", "--", os.fspath(path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )  # fmt: skip
    except FileNotFoundError as error:  # of the program: a file that went meanwhile is passed over
        raise OSError(f"{path} could not be read: there is no `cat` in PATH") from error
    with process:
        try:
            yield from _pieces(cast(BinaryIO, process.stdout))
            process.wait()
        finally:
            process.kill()
    if process.returncode and path.exists():
        raise OSError(f"{path} could not be read")

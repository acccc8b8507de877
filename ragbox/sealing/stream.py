"""The format of a sealed file: a header, then chunks of AES-256-GCM. Knows bytes and keys, no folder.

    header   magic with version (8 bytes), id of the data key (8), log2 of the chunk size (1), salt (32)
    chunks   each 64 KiB of the file, the last one 0 to 64 KiB, and 16 bytes of tag behind each

A file has a key of its own, HKDF-SHA256 of data key, salt and header, so chunks of another file do not open. The nonce
is the chunk's number and whether it is the last, so none can be moved, left out, cut off or appended (the STREAM
construction: Hoang, Reyhanitabar, Rogaway, Vizar, "Online Authenticated-Encryption and its Nonce-Reuse
Misuse-Resistance", 2015). The header and the name the file is sealed under are authenticated with each chunk.
"""

from __future__ import annotations

import io
import os
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO

from ..errors import Unavailable

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC = b"RBXSEAL1"
CHUNK_BITS = 16
TAG = 16
HEADER = struct.Struct(">8s8sB32s")
_LARGEST_BITS = 24
"""Of a chunk that is read: what a damaged header can make a reader take of memory is 16 MiB."""


class Broken(Unavailable):
    """Something sealed cannot be opened: it was changed, or the key is another."""


@dataclass(frozen=True, kw_only=True)
class Key:
    """A data key: 32 bytes, named by 8 others."""

    id: bytes
    secret: bytes = field(repr=False)

    @classmethod
    def new(cls) -> Key:
        """Return a random key."""
        return cls(id=os.urandom(8), secret=os.urandom(32))

    def derive(self, purpose: bytes, salt: bytes = b"") -> bytes:
        """Return 32 bytes for one purpose, by HKDF-SHA256."""
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        return HKDF(SHA256(), 32, salt or None, purpose).derive(self.secret)


Keys = Mapping[bytes, Key]
"""Data keys by their ids."""


def sealed_by(header: bytes) -> bytes | None:
    """Return the id of the key that sealed a file which begins with these bytes; None if it is not sealed."""
    return header[8:16] if header.startswith(MAGIC) and len(header) >= HEADER.size else None


class Writer(io.RawIOBase):
    """Seals what is written into a stream; only after `close` is it whole. A stream that is not closed never opens."""

    def __init__(self, target: BinaryIO, key: Key, name: str) -> None:
        """Write the header; `name` is what the file has to be opened under."""
        super().__init__()
        header = HEADER.pack(MAGIC, key.id, CHUNK_BITS, os.urandom(32))
        self._target = target
        self._cipher = _cipher(key, header)
        self._about = header + name.encode("utf-8", "surrogatepass")
        self._waiting = b""
        self._number = 0
        target.write(header)

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        """Take bytes of the file."""
        waiting = memoryview(self._waiting + data)
        size = 1 << CHUNK_BITS
        done = 0
        while len(waiting) - done > size:  # one is held back: it may be the last
            self._put(waiting[done : done + size], last=False)
            done += size
        self._waiting = bytes(waiting[done:])
        return len(data)

    def fileno(self) -> int:
        return self._target.fileno()

    def flush(self) -> None:
        """Pass on what is sealed; the last chunk waits for `close`."""
        if not self._target.closed:
            self._target.flush()

    def close(self) -> None:
        """Write the last chunk, force all to disk and close the stream."""
        if not self.closed:
            try:
                self._put(self._waiting, last=True)
                self._target.flush()
                os.fsync(self._target.fileno())
            finally:
                self._target.close()
                super().close()

    def abandon(self) -> None:
        """Close the stream without its last chunk: what was written cannot be opened."""
        self._target.close()
        super().close()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.close()
        else:
            self.abandon()

    def __del__(self) -> None:
        self.abandon()

    def _put(self, chunk: bytes | memoryview, *, last: bool) -> None:
        self._target.write(self._cipher.encrypt(_nonce(self._number, last), chunk, self._about))
        self._number += 1


class Reader(io.RawIOBase):
    """Reads a sealed stream, at any place; keeps one chunk. Each read gives what was sealed or raises `Broken`."""

    def __init__(self, source: BinaryIO, keys: Keys, name: str) -> None:
        """Read the header; `name` is what the file was sealed under.

        Raises:
            Broken: it is not sealed, or by a key that is not there, or its length cannot be.
        """
        super().__init__()
        self._source = source
        self._name = name
        header = source.read(HEADER.size)
        if (by := sealed_by(header)) is None:
            raise self._broken("it is not sealed")
        if by not in keys:
            raise self._broken(f"it was sealed by another key ({by.hex()})")
        bits = header[16]
        size = source.seek(0, os.SEEK_END) - HEADER.size
        if not 0 < bits <= _LARGEST_BITS:
            raise self._broken("its header was changed")
        self._chunk = 1 << bits
        self._count, rest = divmod(size, self._chunk + TAG)
        if rest:
            self._count += 1
        if size < TAG or 0 < rest < TAG:
            raise self._broken("it is cut off")
        self.size = size - self._count * TAG
        """Bytes of the file that was sealed."""
        self._cipher = _cipher(keys[by], header)
        self._about = header + name.encode("utf-8", "surrogatepass")
        self._place = 0
        self._held = -1
        self._data = b""
        self._get(self._count - 1)  # one that is cut off or has something behind it is told before the first byte

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place and return it."""
        place = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: self.size}[whence]
        if place < 0:
            raise ValueError("a place before the file")
        self._place = place
        return place

    def readinto(self, buffer: Any) -> int:
        """Read up to the end of a chunk."""
        if self._place >= self.size:
            return 0
        number, start = divmod(self._place, self._chunk)
        self._get(number)
        piece = self._data[start : start + len(buffer)]
        buffer[: len(piece)] = piece
        self._place += len(piece)
        return len(piece)

    def close(self) -> None:
        """Close the stream."""
        self._source.close()
        super().close()

    def _get(self, number: int) -> None:
        from cryptography.exceptions import InvalidTag

        if number == self._held:
            return
        self._source.seek(HEADER.size + number * (self._chunk + TAG))
        found = self._source.read(self._chunk + TAG)
        try:
            self._data = self._cipher.decrypt(_nonce(number, number == self._count - 1), found, self._about)
        except (InvalidTag, ValueError):
            self._held = -1
            raise self._broken("it was changed") from None
        self._held = number

    def _broken(self, why: str) -> Broken:
        where = getattr(self._source, "name", self._name)
        return Broken(f"{where} cannot be opened: {why}. Put it back from a backup, or drop the file again.")


def _cipher(key: Key, header: bytes) -> AESGCM:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key.derive(b"ragbox file " + header, header[-32:]))


def _nonce(number: int, last: bool) -> bytes:
    return struct.pack(">7xI?", number, last)

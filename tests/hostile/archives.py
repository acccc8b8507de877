"""ZIP files byte by byte, as no program writes them: each field says what the case wants it to say."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

MB = 1 << 20
LINK = 0o120777 << 16
"""The outer attributes of a symbolic link."""


@dataclass(frozen=True, kw_only=True)
class Member:
    """One entry: `packed` are its bytes, `size` what it says they unpack to; `at` where it says that it begins."""

    name: bytes
    packed: bytes
    size: int
    crc: int = 0
    method: int = zlib.DEFLATED
    flags: int = 0x800
    attributes: int = 0
    at: int | None = None
    wide: bool = False
    """Say the sizes in a ZIP64 field."""


def member(name: str | bytes, data: bytes, **given: int) -> Member:
    """Return an honest entry, but for what is given."""
    coded = name.encode() if isinstance(name, str) else name
    values = {"size": len(data), "crc": zlib.crc32(data)} | given
    return Member(name=coded, packed=deflated(data), **values)


def deflated(data: bytes) -> bytes:
    """Return bytes packed as ZIP files have them."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def inflating(megabytes: int, before: bytes = b"", after: bytes = b"", unit: bytes = b" ") -> bytes:
    """Return packed bytes of that many MB of one unit, made in no time: one block of 1 MB, over and over."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    head = packer.compress(before) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(unit * (MB // len(unit))) + packer.flush(zlib.Z_FULL_FLUSH)
    return head + block * megabytes + packer.compress(after) + packer.flush()


def archive(
    members: Sequence[Member], *, directory: int | None = None, zip64: bool = False, tail: bytes = b""
) -> bytes:
    """Return a ZIP file; `directory` is the length it says its directory has, in the ZIP64 record if that is asked for.

    `tail` is the archive's comment.
    """
    out, entries = bytearray(), bytearray()
    for one in members:
        at = len(out) if one.at is None else one.at
        stated = 0xFFFFFFFF if one.wide or one.size > 0xFFFFFFFF else one.size
        extra = struct.pack("<HHQ", 1, 8, one.size) if stated == 0xFFFFFFFF else b""
        shared = one.flags, one.method, 0, 33, one.crc, len(one.packed), stated, len(one.name), len(extra)
        if one.at is None:
            out += struct.pack("<4s5H3L2H", b"PK\3\4", 20, *shared) + one.name + extra + one.packed
        entries += struct.pack("<4s6H3L5H2L", b"PK\1\2", 0x314, 20, *shared, 0, 0, 0, one.attributes, at)
        entries += one.name + extra
    start, size = len(out), len(entries) if directory is None else directory
    out += entries
    count = len(members)
    if zip64:
        place = len(out)
        out += struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, start)
        out += struct.pack("<4sLQL", b"PK\6\7", 0, place, 1)
        count, size, start = 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF
    few = min(count, 0xFFFF)
    return bytes(out) + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, few, few, size, start, len(tail)) + tail

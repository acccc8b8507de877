"""What Chroma leaves on disk of what was deleted from it. Knows its files, not its client."""

from __future__ import annotations

import os
import shutil
import struct
import sys
import threading
from contextlib import closing
from pathlib import Path
from uuid import UUID

from .. import helper

FILE = "chroma.sqlite3"
HEADER = struct.Struct("<iQQQQ")
"""How a graph's header begins, version 1: offset, room for how many vectors, how many there are, bytes of each."""
PIECE = 1 << 20
WAIT_SECONDS = 10.0
"""How long Chroma itself may be writing."""


def wipe(folder: Path, stop: threading.Event) -> None:
    """Delete the graphs of collections that are gone, with all their vectors, and the freed pages of SQLite's file.

    Chroma 1.5.9 deletes a collection's rows and leaves its graph's folder there for ever. In a new graph it writes room
    for 100 vectors as it finds it in memory, where deleted ones may have been. Vectors tell of the text that they were
    made of. No collection may be made meanwhile; it may be searched, for a process of its own does the work:
    Chroma has its own copy of SQLite, and the file's locks do not keep two copies in one process from each other.

    Raises:
        Conflict: `stop` was set; some may be deleted.
        Unavailable: it could not be done, for want of disk or since Chroma wrote for longer than 10 s.
    """
    if (folder / FILE).is_file():
        for _ in helper.work(__name__, str(folder), stop=stop):
            pass


def main() -> None:
    """Be the child."""
    folder = Path(sys.argv[1]).absolute()
    # VACUUM writes a second copy of the file first. Of a sealed box TMPDIR is in memory, in a container 64 MB.
    os.environ.update(SQLITE_TMPDIR=str(folder))
    import sqlite3  # reads it when it is imported, here and nowhere else

    path = folder / FILE
    with closing(sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None)) as connection:
        named = {row[0] for row in connection.execute("SELECT id FROM segments")}
        for graph in [p for p in folder.iterdir() if p.is_dir() and _is_uuid(p.name) and p.name not in named]:
            shutil.rmtree(graph)
        for graph in named:
            _blank(folder / graph)
        connection.execute("PRAGMA secure_delete=ON")
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _blank(graph: Path) -> None:
    """Write zeros into the room that a graph has for more vectors, which is not read before one is there."""
    header, vectors = graph / "header.bin", graph / "data_level0.bin"
    if not header.is_file() or not vectors.is_file() or header.stat().st_size < HEADER.size:
        return
    version, _, room, count, size = HEADER.unpack(header.read_bytes()[: HEADER.size])
    if version != 1 or count > room or room * size != vectors.stat().st_size:
        return
    with vectors.open("r+b") as stream:
        stream.seek(count * size)
        for left in range((room - count) * size, 0, -PIECE):
            stream.write(bytes(min(left, PIECE)))
        stream.flush()
        os.fsync(stream.fileno())


def _is_uuid(name: str) -> bool:
    try:
        return str(UUID(name)) == name
    except ValueError:
        return False


if __name__ == "__main__":
    main()

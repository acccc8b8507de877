"""What Chroma leaves on disk of what was deleted from it. Knows its files, not its client."""

from __future__ import annotations

import shutil
import sqlite3
import sys
import threading
from contextlib import closing
from pathlib import Path
from uuid import UUID

from .. import helper

FILE = "chroma.sqlite3"
WAIT_SECONDS = 10.0
"""How long Chroma itself may be writing."""


def wipe(folder: Path, stop: threading.Event) -> None:
    """Delete the graphs of collections that are gone, with all their vectors, and the freed pages of SQLite's file.

    Chroma 1.5.9 deletes a collection's rows and leaves its graph's folder there for ever. Vectors tell of the text that
    they were made of. No collection may be made meanwhile; it may be searched, for a process of its own does the work:
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
    folder = Path(sys.argv[1])
    path = folder / FILE
    with closing(sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None)) as connection:
        named = {row[0] for row in connection.execute("SELECT id FROM segments")}
        for graph in [p for p in folder.iterdir() if p.is_dir() and _is_uuid(p.name) and p.name not in named]:
            shutil.rmtree(graph)
        connection.execute("PRAGMA secure_delete=ON")
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _is_uuid(name: str) -> bool:
    try:
        return str(UUID(name)) == name
    except ValueError:
        return False


if __name__ == "__main__":
    main()

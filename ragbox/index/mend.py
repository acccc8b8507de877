"""Opens an index, over an empty folder where a crash or a disk left it unreadable. Knows neither Chroma nor tantivy."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from ..errors import Unavailable

T = TypeVar("T")
log = logging.getLogger("ragbox")


def private(folder: Path) -> None:
    """Make a folder that only its owner can enter: it may lie where others may look, as in /dev/shm.

    One that belongs to another uid (a volume of a cluster, a share) is left as it is, with a warning if it is open.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        folder.chmod(0o700)
    except PermissionError:
        if (mode := folder.stat().st_mode & 0o777) & 0o077:
            log.warning(
                "The index in %s belongs to another user, and others may enter it (%o). Have its owner close it: "
                "chmod 700, or set RAGBOX_INDEXES to a folder of your own.", folder, mode,
            )  # fmt: skip


def opened(folder: Path, attempt: Callable[[], T]) -> T:
    """Return what `attempt` opens in a folder; if it fails, the folder is deleted first, for the record has it all.

    Raises:
        Unavailable: nor can it be opened anew.
    """
    try:
        return attempt()
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # both are written in Rust, and a panic there is no Exception here
        log.warning("The index in %s is damaged (%s) and is built anew from the record.", folder, error)
    try:
        shutil.rmtree(folder)
        return attempt()
    except Exception as error:
        raise Unavailable(f"The index in {folder} cannot be opened: {error}. Check the disk and its rights.") from error

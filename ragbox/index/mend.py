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

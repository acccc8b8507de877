"""Old .doc and .ppt through LibreOffice, where it is installed: converted, then parsed as the new format.

LibreOffice runs with a profile of its own that goes away with the conversion, as does what it left running; macros are
off by default there.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ragbox.errors import Rejected
from ragbox.types import Parsed

from . import Options
from . import parse as parse_kind

if TYPE_CHECKING:
    import psutil

SECONDS = 300
"""Longest conversion; the sandbox's own limit ends a longer one together with this process."""


def parse(path: Path, options: Options) -> Parsed:
    """Convert a file and parse what comes out.

    Raises:
        Rejected: LibreOffice is not installed or cannot read it.
    """
    program = shutil.which("soffice") or shutil.which("libreoffice")
    new = f"{options.kind}x"
    if program is None:
        raise Rejected(
            f"Old .{options.kind} files need LibreOffice on the server: install it, or save the file as .{new}."
        )
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / f"document.{options.kind}"
        shutil.copyfile(path, source)
        command = [
            program, "--headless", "--norestore", "--nolockcheck", f"-env:UserInstallation=file://{folder}/profile",
            "--convert-to", new, "--outdir", folder, str(source),
        ]  # fmt: skip
        nothing = subprocess.DEVNULL  # a pipe would be waited for as long as any of its children holds it
        before = _below()
        try:
            subprocess.run(command, check=True, timeout=SECONDS, stdin=nothing, stdout=nothing, stderr=nothing)
        except (subprocess.SubprocessError, OSError) as error:
            raise Rejected(f"LibreOffice cannot convert it. Save the file as .{new} in Office.") from error
        finally:
            _end(_below() - before)
        converted = source.with_suffix(f".{new}")
        if not converted.exists():
            raise Rejected(f"LibreOffice cannot read it. Save the file as .{new} in Office.")
        return parse_kind(converted, new, replace(options))


def _below() -> set[psutil.Process]:
    """Return all processes that this one started, directly or not; `ingest.worker` sees to it that orphans are too."""
    import psutil

    return set(psutil.Process().children(recursive=True))


def _end(left: set[psutil.Process]) -> None:
    import psutil

    for process in left:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(left, timeout=5)  # or what they write comes back into the folder that is deleted

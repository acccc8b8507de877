"""Unpacks an adapter's .zip, which anybody may have made, into a folder of its own. Knows no adapter's content."""

from __future__ import annotations

import errno
import re
import shutil
import stat
import unicodedata
import uuid
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from ..errors import NotFound, Rejected, Unavailable
from . import check
from .config import NAME
from .scorer import NAME as SCORER

MOST_FILES = 1000
DIRECTORY = 1 << 20
"""Bytes of the list of files: 1,000 names of 200 characters take a quarter of it."""
RATIO = 100
"""How many times its packed size a file may have. Weights shrink by a tenth; zeros by a thousand, which is the most."""
PIECE = 1 << 20
_AGAIN = "Pack the adapter's folder again with zip."
_DRIVE = re.compile(r"[A-Za-z]:")


@contextmanager
def opened(source: Path, beside: Path) -> Iterator[Path]:
    """Yield the adapter's folder: of a .zip what is unpacked meanwhile in the folder `beside`, else the source itself.

    The caller sees that no two of one `beside` run at once: what a crash left is deleted first.

    Raises:
        NotFound: there is nothing at the path.
        Rejected: the .zip is damaged, a bomb, or has names that leave it, links, doubles or passwords.
        Unavailable: the disk has no room.
    """
    if not source.exists() and not source.is_symlink():
        raise NotFound(f"There is no adapter at {source}. Give a folder, a .zip or a .gguf file on the server.")
    for path in [source, *(source.iterdir() if source.is_dir() else ())]:
        if path.is_file() and not path.is_symlink() and path.stat().st_nlink > 1:
            raise _refuse(
                path.name, "is a hard link: another name may change it", "Copy the adapter with `cp -r`, without -l."
            )
    if not (source.is_file() and source.suffix.lower() == ".zip") or source.is_symlink():
        yield source
        return
    beside.mkdir(parents=True, exist_ok=True)
    for left in beside.glob(".unpacking-*"):
        shutil.rmtree(left, ignore_errors=True)
    folder = beside / f".unpacking-{uuid.uuid4().hex}" / source.stem
    try:
        folder.mkdir(parents=True)
        _unpack(source, folder)
        yield folder
    finally:
        shutil.rmtree(folder.parent, ignore_errors=True)


def _unpack(source: Path, folder: Path) -> None:
    _look_at_end(source)
    try:
        with zipfile.ZipFile(source) as archive:
            listed = archive.infolist()
            _check(source.name, listed)
            wanted = _of_adapter(source.name, listed)
            size, free = sum(i.file_size for i in wanted), shutil.disk_usage(folder).free
            if free < size:
                need = f"it needs {size / 1e9:.2f} GB and {free / 1e9:.2f} GB are free"
                raise Unavailable(f"{folder.parent.parent} has no room for {source.name}: {need}. Remove an adapter.")
            for info in wanted:
                place = folder / PurePosixPath(info.filename).name
                with archive.open(info) as packed, place.open("xb") as plain:
                    shutil.copyfileobj(packed, plain, PIECE)  # zipfile ends at the size that was checked
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise _refuse(source.name, f"is a damaged .zip ({str(error)[:200]})") from error
    except OSError as error:
        if error.errno == errno.EINVAL:  # it says that a file begins before the first byte
            raise _refuse(source.name, "is a damaged .zip (it names places outside itself)") from error
        raise Unavailable(f"{source.name} cannot be unpacked: {error.strerror}. See to the disk.") from error


def _look_at_end(source: Path) -> None:
    """Refuse a list of files that is too long before zipfile reads it whole."""
    with source.open("rb") as stream:
        stream.seek(max(0, source.stat().st_size - (1 << 16) - 22))
        end = stream.read()
    at = end.rfind(b"PK\5\6")
    if at < 0 or len(end) - at < 22:
        raise _refuse(source.name, "is no .zip, or is cut off")
    count, length = int.from_bytes(end[at + 10 : at + 12], "little"), int.from_bytes(end[at + 12 : at + 16], "little")
    if count > MOST_FILES or length > DIRECTORY:
        raise _refuse(source.name, f"has more than {MOST_FILES} files, or a list of {length} bytes")


def _check(file: str, listed: list[zipfile.ZipInfo]) -> None:
    seen, total = set[str](), 0
    for info in listed:
        name, shown = info.filename, info.orig_filename[:200]
        parts = PurePosixPath(name).parts
        if "\0" in info.orig_filename or "\\" in info.orig_filename or _DRIVE.match(name) or name.startswith("/"):
            raise _refuse(file, f"has the name {shown!r}, which leaves the folder it is unpacked to")
        if ".." in parts or not parts:
            raise _refuse(file, f"has the name {shown!r}, which leaves the folder it is unpacked to")
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise _refuse(
                file, f"has {shown!r}, which is a link or device", "Pack it again without links (zip follows them)."
            )
        if info.flag_bits & 1:
            raise _refuse(file, f"has {shown!r} under a password", "Pack it again without one.")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _refuse(file, f"packs {shown!r} by method {info.compress_type}, which is neither stored nor deflated")
        plain = unicodedata.normalize("NFC", name.rstrip("/")).casefold()
        if plain in seen:
            raise _refuse(file, f"has {shown!r} twice")
        seen.add(plain)
        total += info.file_size
        if info.file_size > max(PIECE, RATIO * info.compress_size) or total > check.LARGEST:
            cause = f"unpacks {shown!r} to {info.file_size} bytes, {total} so far, as a zip bomb does"
            raise _refuse(file, cause, "Pack the adapter alone; it may have 4 GiB.")


def _of_adapter(file: str, listed: list[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    """Return the files of the one folder that holds an adapter; what lies beside or below it is not unpacked."""
    plain = [i for i in listed if not i.is_dir() and not i.filename.startswith("__MACOSX/")]
    found = {str(PurePosixPath(i.filename).parent) for i in plain if _tells(PurePosixPath(i.filename))}
    if len(found) != 1:
        cause = "holds no adapter" if not found else f"holds {len(found)} adapters ({', '.join(sorted(found)[:3])})"
        raise _refuse(file, cause, f"Pack one folder with {NAME} and its weights, or with {SCORER}, or one .gguf file.")
    return [i for i in plain if str(PurePosixPath(i.filename).parent) in found]


def _tells(path: PurePosixPath) -> bool:
    return path.name in (NAME, SCORER) or path.suffix.lower() == ".gguf"


def _refuse(file: str, cause: str, remedy: str = _AGAIN) -> Rejected:
    return Rejected(f"{file} {cause}. {remedy}")

"""What a mirrored folder holds, and what differs from what was seen of it before. Changes nothing, follows no link."""

from __future__ import annotations

import fcntl
import os
import signal
import stat
import unicodedata
from collections.abc import Container, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ragbox.errors import BadInput
from ragbox.mirrors import Entry, Stamp

from .walk import clean, ignored

ALARMING = 2
"""Files that are gone at once and leave the folder empty: an alarm. A single one may well be a deletion."""
VANISHED, EMPTY, REPLACED, UNREADABLE = "vanished", "empty", "replaced", "unreadable"
"""Why nothing is deleted: no folder, a folder without files, another folder in its place, one that cannot be listed."""
MISSING, DROPPED = "missing", "dropped"
"""Why nothing is taken in: no folder yet, or somebody deleted the collection."""
_STAY = "Its files ({files}) stay in the answers. "
ALARMS = {
    VANISHED: f"The folder {{folder}} is gone. {_STAY}Mount or put it back, or confirm that they are to be deleted.",
    EMPTY: f"The folder {{folder}} is empty at once. {_STAY}Put them back, or confirm that they are to be deleted.",
    REPLACED: f"Another folder is at {{folder}}. {_STAY}Mount the right one, or confirm that they are to be deleted.",
    UNREADABLE: f"The folder {{folder}} cannot be listed. {_STAY}Check its rights and its disk.",
    MISSING: "There is no folder {folder}. Make or mount it, or take it out of RAGBOX_MIRRORS.",
    DROPPED: "The collection of {folder} was deleted, so nothing is taken from there. Delete the folder too, or "
    "confirm that it is to be taken in anew.",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A regular file: the name it is kept under, where it lies, its stamp."""

    name: str
    path: Path
    stamp: Stamp


@dataclass(kw_only=True)
class Scan:
    """A folder as it is. `identity` is its device and inode, empty if there is none.

    `refused` are links, special files and names that cannot be kept; `unread` starts the names of what could not be
    listed, which is not to say that it is gone; `folders` are all folders in it with their identities.
    """

    identity: str = ""
    files: dict[str, Found] = field(default_factory=dict)
    refused: dict[str, Entry] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)
    folders: dict[Path, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What is to be done: names to forget, refusals to note; or why none is forgotten."""

    alarm: str
    gone: tuple[str, ...]
    refused: tuple[Entry, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A folder that is mirrored, its key in the record, and what its collection is called."""

    folder: Path
    key: str
    name: str


def places(inbox: Path, others: Mapping[Path, str], recorded: Set[str], ignore: Sequence[str]) -> tuple[
    list[Place], dict[str, str]
]:  # fmt: skip
    """Return the folders to mirror, recorded ones of the inbox also if they are gone; and what else lies in the inbox.

    The second is a reason by name: a link or file beside the folders, a folder named as another but for encoding.
    """
    found: dict[str, Place] = {}
    loose: dict[str, str] = {}
    try:
        with os.scandir(inbox) as listing:
            entries = sorted((e for e in listing if not ignored(e.name, ignore)), key=lambda e: e.name)
    except OSError:
        entries = []
    for entry in entries:
        name = unicodedata.normalize("NFC", entry.name)
        if not entry.is_dir(follow_symlinks=False):
            loose[name] = f"{name} lies beside the collections' folders. Move it to inbox/COLLECTION/{name}."
        elif f"inbox/{name}" in found:
            loose[name] = f"Another folder has the name {name} too, but for how it is encoded. Rename one."
        else:
            found[f"inbox/{name}"] = Place(folder=inbox / entry.name, key=f"inbox/{name}", name=name)
    for key in recorded - found.keys():
        if key.startswith("inbox/"):
            name = key.removeprefix("inbox/")
            found[key] = Place(folder=inbox / name, key=key, name=name)
    for folder, name in others.items():
        found[str(folder.absolute())] = Place(folder=folder.resolve(), key=str(folder.absolute()), name=name)
    return list(found.values()), loose


def identity(folder: Path) -> str:
    """Return a folder's device and inode, empty if there is none: a share that comes or goes changes them."""
    try:
        found = folder.stat()
    except OSError:
        return ""
    return f"{found.st_dev}:{found.st_ino}" if stat.S_ISDIR(found.st_mode) else ""


def listed(folder: Path) -> frozenset[str]:
    """Return the names in a folder, none if it cannot be listed."""
    try:
        return frozenset(os.listdir(folder))  # noqa: PTH208 - names, not paths: this runs twice a second
    except OSError:
        return frozenset()


def scan(folder: Path, ignore: Sequence[str]) -> Scan:
    """List a folder and all in it, but for what `ignore` names."""
    seen = Scan(identity=identity(folder))
    waiting = [(folder, "")] if seen.identity else []
    while waiting:
        place, prefix = waiting.pop()
        seen.folders[place] = identity(place)
        try:
            with os.scandir(place) as listing:
                entries = sorted(listing, key=lambda e: e.name)
        except FileNotFoundError:
            continue
        except OSError:
            seen.unread.append(_kept(prefix))
            continue
        for entry in entries:
            if ignored(entry.name, ignore):
                continue
            name = prefix + entry.name
            try:
                status = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            except OSError:
                seen.unread.append(_kept(name))
                continue
            if stat.S_ISDIR(status.st_mode):
                waiting.append((Path(entry.path), f"{name}/"))
            else:
                _sort(seen, name, Path(entry.path), status)
    if identity(folder) != seen.identity:  # it came or went meanwhile: neither here nor there
        return Scan(identity=seen.identity, unread=[""])
    return seen


def _kept(prefix: str) -> str:
    """Return the beginning of names as it is kept: a folder made on a Mac is listed as NFD, and known as NFC."""
    try:
        return clean(prefix) + "/" * prefix.endswith("/")
    except BadInput:
        return prefix


def _sort(seen: Scan, name: str, path: Path, status: os.stat_result) -> None:
    stamp = stamp_of(status)
    try:
        kept = clean(name)
    except BadInput as error:
        shown = name.encode("utf-8", "replace").decode()
        seen.refused[shown] = Entry(file=shown, stamp=stamp, reason=str(error))
        return
    if stat.S_ISREG(status.st_mode):
        if kept not in seen.files:
            seen.files[kept] = Found(name=kept, path=path, stamp=stamp)
            return
        kept, reason = f"{kept} (2)", f"Another file has the name {kept} too, but for how it is encoded. Rename one."
    elif stat.S_ISLNK(status.st_mode):
        reason = f"{kept} is a link, and links are not followed. Put the file itself there."
    else:
        reason = f"{kept} is no regular file. Put a file there."
    seen.refused[kept] = Entry(file=kept, stamp=stamp, reason=reason)


def differing(seen: Scan, known: Mapping[str, Entry], again: Container[str] = ()) -> list[Found]:
    """Return the files that are new or changed, and of those that were not taken in the ones named in `again`."""
    return [
        f for n, f in seen.files.items()
        if n not in known or known[n].stamp != f.stamp or (not known[n].sha256 and n in again)
    ]  # fmt: skip


def plan(
    seen: Scan, known: Mapping[str, Entry], before: str = "", alarm: str = "", moved: Set[str] = frozenset(), *,
    confirmed: bool = False,
) -> Plan:  # fmt: skip
    """Compare a folder with what is known of it, `before` being its identity and `alarm` its state till now.

    `moved` are the hashes of known files that turned up under new names or in other folders: they are not lost. With
    `confirmed`, what an alarm would keep goes.
    """
    hidden = tuple(p for p in seen.unread if p)
    unlisted = "" in seen.unread

    def unseen(name: str) -> bool:
        return unlisted or name.startswith(hidden)

    held = [n for n, entry in known.items() if entry.sha256]
    left = [n for n in held if n in seen.files or unseen(n)]
    lost = [n for n in held if n not in seen.files and not unseen(n) and known[n].sha256 not in moved]
    now = _alarm(seen, bool(before) and before != seen.identity, len(left), len(lost))
    if alarm and held and len(left) * 2 < len(held):  # of a share that comes back in pieces, wait for the half
        now = now or alarm
    if confirmed:
        now = ""
    if unlisted:
        now = UNREADABLE if held else ""
    gone = () if now else tuple(n for n in known if n not in seen.files and n not in seen.refused and not unseen(n))
    if not now:
        gone += tuple(n for n in seen.refused if n in known and known[n].sha256)
    refused = () if now else tuple(e for n, e in seen.refused.items() if known.get(n) != e)
    return Plan(alarm=now, gone=gone, refused=refused)


def _alarm(seen: Scan, other: bool, left: int, lost: int) -> str:
    if left or not lost:
        return ""
    if not seen.identity:
        return VANISHED
    if not seen.files and (other or lost >= ALARMING):
        return EMPTY
    return REPLACED if other else ""


@contextmanager
def opened(found: Found) -> Iterator[tuple[Path, Stamp]]:
    """Yield a path to exactly this file and its stamp now, whatever is put in its place meanwhile.

    Raises:
        OSError: it is gone, may not be read, or is no longer a regular file reached without a link.
    """
    handle = os.open(found.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        path = Path(f"/proc/self/fd/{handle}")
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode) or path.readlink() != found.path:
            raise FileNotFoundError(f"{found.path} is no longer the file that was seen")
        yield path, stamp_of(status)
    finally:
        os.close(handle)


def being_written(found: Found) -> bool:
    """Tell whether a process has the file open for writing; False too where the system does not tell.

    A read lease is refused while there is a writer, whoever it is. The system grants leases on files of our own user,
    on all to root, and on local disks: elsewhere the file's standing still has to do.
    """
    try:
        with opened(found) as (path, _):
            handle = int(path.name)
            fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)  # a writer that comes now sends this, which is ignored
            fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
            fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def stamp_of(status: os.stat_result) -> Stamp:
    """Return what tells a file from a later state of it."""
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns

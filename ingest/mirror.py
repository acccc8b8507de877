"""Makes collections follow folders: `inbox/COLLECTION/` in the data folder, and those of RAGBOX_MIRRORS.

Knows when to look: at the start, at events, when a file has stood still, every hour. `follow.py` knows what to do then.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Generator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing
from pathlib import Path
from time import monotonic
from typing import Any

from ragbox.auth import Auth
from ragbox.errors import BadInput, NotFound
from ragbox.mirrors import Mirror, Mirrors
from ragbox.settings import Settings
from ragbox.types import Actor

from .follow import Follower
from .scan import ALARMS, DROPPED, MISSING, identity, listed

TICK = 0.5
"""Seconds between looks at what waits; each costs one `stat` a mirror."""
BLIND_SECONDS = 60.0
"""Seconds between scans where the system gives no events."""
ALL = "*"
"""Stands for every mirror among those to look at."""
SHOWN = 20
"""Files that were not taken in and are named in the status, of each folder."""
STOP_SECONDS = 20.0
_log = logging.getLogger(__name__)


class FolderMirror:
    """The mirrors of one box, at work from `start` to `stop`."""

    def __init__(self, settings: Settings, auth: Auth, record: Mirrors, follower: Follower) -> None:
        self._settings = settings
        self._auth = auth
        self._record = record
        self._follower = follower
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Scan all, then follow what happens, in a thread of its own.

        Raises:
            BadInput: a folder of the settings holds the data folder or lies in it: the box would take in its own files.
        """
        data = self._settings.data.resolve()
        for folder in map(Path.resolve, self._settings.mirrors):
            if folder.is_relative_to(data) or data.is_relative_to(folder):
                raise BadInput(
                    f"The folder {folder} of RAGBOX_MIRRORS and the data folder {data} lie in one another, so the box "
                    f"would take in its own files. Choose another one, or use {self._follower.inbox}."
                )
        self._follower.inbox.mkdir(parents=True, exist_ok=True)
        self._follower.pool = ThreadPoolExecutor(self._settings.parse_workers + 1, thread_name_prefix="mirror")
        self._thread = threading.Thread(target=self._run, name="mirror", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take in nothing more; what is under way goes on. Twice is as good as once."""
        self._follower.stopped.set()
        if self._follower.pool is not None:
            self._follower.pool.shutdown(wait=False, cancel_futures=True)
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)

    def close(self) -> None:
        """Stop, and wait for what is under way."""
        self.stop()
        wait([f for f in self._follower.taking().values() if not f.cancelled()], STOP_SECONDS)

    def status(self) -> list[dict[str, Any]]:
        """Return each mirrored folder as plain JSON: counts, what was not taken in and why, its alarm."""
        follower = self._follower
        busy = [key for key, _ in follower.taking()]
        configured = {str(path.absolute()): name for path, name in self._settings.mirrors.items()}
        rows = {(m.folder, m.name): m for m in self._record.all()}
        found = []
        for folder, name in sorted(rows.keys() | {(p.key, p.name) for p in follower.places.values()}):
            if not folder.startswith("inbox/") and configured.get(folder) != name:
                continue  # no longer in the settings
            mirror = rows.get((folder, name))
            count, first = self._record.refused(mirror.id, SHOWN) if mirror else (0, [])
            reasons = {e.file: e.reason for e in first}
            if folder in follower.failed:
                count, reasons = count + 1, {"": follower.failed[folder]} | reasons
            shown = _shape(folder, mirror.collection_name if mirror else name, count, reasons)
            shown |= {"files": mirror.files if mirror else 0, "alarm": self._alarm(folder, mirror)}
            found.append(shown | {"waiting": len(follower.waiting.get(folder, ())), "taking": busy.count(folder)})
        if loose := dict(sorted(follower.loose.items())):
            found.append(_shape("inbox", "", len(loose), loose))
        return found

    def confirm(self, actor: Actor, folder: str) -> int:
        """Let what an alarm keeps be deleted, or a folder whose collection was deleted be mirrored anew.

        Returns how many files the folder has lost.

        Raises:
            NotPermitted: no right to manage the box.
            NotFound: no such folder is mirrored.
        """
        self._auth.require(actor, "manage", None)
        mirrors = [m for m in self._record.all() if m.folder == folder]
        if not mirrors:
            raise NotFound(f"The folder {folder!r} is not mirrored. `ragbox status` lists those that are.")
        before = sum(m.files for m in mirrors)
        for mirror in mirrors:
            if not mirror.collection:
                self._record.forget(mirror.id)
        self._follower.look({folder}, confirmed=True)
        return before - sum(m.files for m in self._record.all() if m.folder == folder)

    def _alarm(self, folder: str, mirror: Mirror | None) -> dict[str, str] | None:
        if mirror is None:
            place = self._follower.places.get(folder)
            kind = MISSING if place is not None and not identity(place.folder) else ""
        else:
            kind = mirror.alarm if mirror.collection else DROPPED
        if not kind:
            return None
        text = ALARMS[kind].format(folder=folder, files=mirror.files if mirror else 0)
        return {"kind": kind, "text": text, "since": mirror.alarm_at if mirror else ""}

    # -- when to look --------------------------------------------------------------------------------------

    def _run(self) -> None:
        self._look(None, retry=True)
        full = monotonic() + self._settings.mirror_scan_seconds
        rest = 0.0
        while not self._follower.stopped.is_set():
            watched = self._folders()
            with closing(self._changes(list(watched))) as changes:
                touched: set[str] = set()
                for paths in changes:
                    touched |= self._touched(paths)
                    if (now := monotonic()) >= full:
                        self._look(None, retry=True)
                        full = monotonic() + self._settings.mirror_scan_seconds
                        break  # a new watch once an hour: one that broke is whole again
                    touched |= self._follower.due() | self._swapped(watched)
                    if not touched or now < rest:
                        continue
                    self._look(None if ALL in touched else touched)
                    touched = set()
                    # A folder in constant change is scanned half of the time at most.
                    rest = 2 * monotonic() - now
                    if self._folders() != watched:
                        break

    def _touched(self, paths: set[Path]) -> set[str]:
        inbox = self._follower.inbox
        if inbox in paths or any(path.parent == inbox for path in paths):
            return {ALL}
        near = paths | {path.parent for path in paths}
        return {key for key, folders in self._follower.folders.items() if not near.isdisjoint(folders)}

    def _swapped(self, watched: Mapping[Path, str]) -> set[str]:
        """Return the mirrors whose folder is another one than that which is watched, or gone.

        All, where the inbox holds other names than at the last scan: no event tells of what came before the watch.
        """
        inbox = self._follower.inbox
        if identity(inbox) != watched[inbox] or listed(inbox) != self._follower.names:
            return {ALL}
        return {k for k, p in self._follower.places.items() if identity(p.folder) != watched.get(p.folder, "")}

    def _look(self, keys: set[str] | None, *, retry: bool = False) -> None:
        try:
            self._follower.look(keys, retry=retry)
        except Exception:
            _log.exception("The mirrored folders could not be scanned")

    def _folders(self) -> dict[Path, str]:
        """Return all folders to watch with their identities: one that was mounted anew needs a new watch."""
        found = {path: known for folders in self._follower.folders.values() for path, known in folders.items()}
        return found | {self._follower.inbox: identity(self._follower.inbox)}

    def _changes(self, folders: list[Path]) -> Generator[set[Path]]:
        """Yield what changed, at each tick at least an empty set."""
        from watchfiles import watch

        try:
            # Not recursive: that would follow links, out of the folder and over the whole disk.
            for changed in watch(
                *folders, recursive=False, watch_filter=None, debounce=400, step=100, rust_timeout=int(TICK * 1000),
                yield_on_timeout=True, stop_event=self._follower.stopped, raise_interrupt=False,
                ignore_permission_denied=True,
            ):  # fmt: skip
                yield {Path(path) for _, path in changed}
            return
        except FileNotFoundError:
            self._follower.stopped.wait(TICK)  # a folder that went since the scan
        except (OSError, RuntimeError) as error:
            _log.warning(
                "No events of mirrored folders: %s. They are scanned every %d s instead; for 10,000s of folders raise "
                "fs.inotify.max_user_watches.", error, BLIND_SECONDS,
            )  # fmt: skip
            until = monotonic() + BLIND_SECONDS
            while not self._follower.stopped.wait(TICK) and monotonic() < until:
                yield set()
        if not self._follower.stopped.is_set():
            self._look(None)


def _shape(folder: str, collection: str, refused: int, reasons: Mapping[str, str]) -> dict[str, Any]:
    return {
        "folder": folder, "collection": collection, "files": 0, "waiting": 0, "taking": 0, "refused": refused,
        "reasons": [{"file": file, "reason": reason} for file, reason in list(reasons.items())[:SHOWN]], "alarm": None,
    }  # fmt: skip

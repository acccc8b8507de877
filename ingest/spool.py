"""Uploads that wait for their turn, on disk: each a file, and a note for those that outlive a crash. Knows no queue."""

from __future__ import annotations

import json
import logging
import os
from datetime import datetime
from pathlib import Path

from .jobs import Task

_log = logging.getLogger(__name__)


class Spool:
    """A folder of waiting files, named by their tasks."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, task: Task) -> Path:
        """Return where a task's file lies."""
        return self._folder / task.id

    def take(self, task: Task, source: Path, *, keep: bool) -> None:
        """Move a file in; with `keep` it and a note of its task are on disk on return, whatever happens then."""
        self._folder.mkdir(parents=True, exist_ok=True)
        source.replace(self.path(task))
        if not keep:
            return
        _flush(self.path(task))
        note = self._note(task)
        draft = note.with_suffix(".part")
        names = ("id", "file", "collection", "by", "size")
        text = {name: getattr(task, name) for name in names} | {"added_at": task.added_at.isoformat()}
        draft.write_text(json.dumps(text), encoding="utf-8")
        _flush(draft)
        draft.replace(note)
        _flush(self._folder)

    def drop(self, task: Task) -> None:
        """Delete a task's file and note; one that has none is no error."""
        self._note(task).unlink(missing_ok=True)
        self.path(task).unlink(missing_ok=True)

    def leave(self, task: Task) -> None:
        """Let a task's file and note lie for the next `load`; one without the other is deleted."""
        if not (self._note(task).exists() and self.path(task).exists()):
            self.drop(task)

    def load(self) -> list[Task]:
        """Return the tasks with notes, oldest first, and delete what belongs to none."""
        if not self._folder.is_dir():
            return []
        tasks, known = [], set()
        for note in self._folder.glob("*.json"):
            known |= {note, note.with_suffix("")}
            try:
                values = json.loads(note.read_text(encoding="utf-8"))
                tasks.append(Task(**values | {"added_at": datetime.fromisoformat(values["added_at"])}))
            except (ValueError, TypeError, KeyError):
                _log.exception("%s is damaged. Drop the file beside it again, then delete both", note)
        for path in set(self._folder.iterdir()) - known:
            path.unlink()
        return sorted((t for t in tasks if self.path(t).is_file()), key=lambda t: t.added_at)

    def _note(self, task: Task) -> Path:
        return self._folder / f"{task.id}.json"


def _flush(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)

"""What people say of documents: title, company, kind of paper, period; read anew where its passages must follow."""

from __future__ import annotations

from collections.abc import Mapping

from ragbox.auth import Auth
from ragbox.library import Library
from ragbox.profiles import Profiles
from ragbox.types import Actor

from .jobs import Job
from .queue import Queue


class Labels:
    """The labels of one box's documents."""

    def __init__(self, auth: Auth, library: Library, profiles: Profiles, queue: Queue) -> None:
        self._auth = auth
        self._library = library
        self._profiles = profiles
        self._queue = queue

    def edit(self, actor: Actor, document: str, said: Mapping[str, str | tuple[str, ...] | None]) -> list[Job]:
        """Say what a document is; None leaves a field to the rules. Searches go by it at once.

        Returns the job that reads it anew, where its passages are to be indexed under other words.

        Raises:
            NotFound, NotPermitted: no such document for this actor, or no right to write to its collection.
            BadInput: a field, period or language that there is not, or too long a text.
            Busy: too many files wait; what was said is kept.
        """
        known = self._library.document(document)
        self._auth.require(actor, "write", known)
        anew = self._profiles.edit(document, said)
        return [job for job, _ in self._queue.reread(actor, [document])] if anew else []

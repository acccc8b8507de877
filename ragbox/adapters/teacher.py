"""Who writes lessons out of documents: the model in use, or a stronger one on a server in the company."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ..engines.remote import RemoteModel
from ..errors import BadInput, Unavailable
from ..generation import Delta, Request
from ..llm import Llm
from ..settings import Settings
from .distil import Teacher


class _Server:
    """A server as a teacher."""

    def __init__(self, model: RemoteModel) -> None:
        self._model = model

    def submit(self, request: Request) -> Iterator[Delta]:
        """Yield the pieces of one text."""
        return self._model.generate([request], lambda _: ())


@contextmanager
def teacher(settings: Settings, llm: Llm) -> Iterator[Teacher]:
    """Give the teacher that the settings name, else the model in use.

    Raises:
        Unavailable: no server answers, or no model is loaded.
        BadInput: an address, the key or the model's name is wrong.
    """
    if not settings.teacher_urls:
        if not llm.name:
            raise Unavailable(
                "There is no model to write lessons with. Load one, or name a server in RAGBOX_TEACHER_URLS."
            )
        yield llm
        return
    if not settings.teacher_model:
        raise BadInput("A teacher needs RAGBOX_TEACHER_URLS and RAGBOX_TEACHER_MODEL. Set both.")
    model = RemoteModel(
        settings.teacher_urls, model=settings.teacher_model, key=settings.teacher_key, timeout=settings.remote_timeout
    )  # fmt: skip
    try:
        model.load()
        yield _Server(model)
    finally:
        model.close()

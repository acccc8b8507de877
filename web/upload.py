"""Receives a multipart form: its files go to disk piece by piece while they arrive. Knows nothing of collections.

Starlette's own form parser spools to the system's temporary folder and has no limit for one file; here a file that
grows too large is cut off and named as such, and the others of the form go on.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import BinaryIO

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from ragbox.errors import BadInput

MOST_FILES = 1000
MOST_FIELDS = 10
FIELD_BYTES = 1000
"""A form field is a collection's name."""
PIECE = 1 << 20
"""Bytes written at once: small enough for memory, large enough that the hop to a thread costs nothing."""


@dataclass(frozen=True, kw_only=True)
class Received:
    """A file of the form: its name as sent, where it lies now, hash and size; `too_large` if it was cut off."""

    file: str
    path: Path
    sha256: str
    size: int
    too_large: bool


@dataclass(frozen=True, kw_only=True)
class Form:
    """A received form. Of a field that came twice the first is kept."""

    fields: dict[str, str]
    files: tuple[Received, ...]


@contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """Yield an empty folder inside `folder` that is gone afterwards."""
    folder.mkdir(parents=True, exist_ok=True)
    path = Path(mkdtemp(dir=folder))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _create(path: Path) -> BinaryIO:
    return path.open("wb")


async def receive(
    request: Request, folder: Path, admit: Callable[[dict[str, str]], None], *, max_file_bytes: int,
    limiter: CapacityLimiter, create: Callable[[Path], BinaryIO] = _create,
) -> Form:  # fmt: skip
    """Read the request's form, files into `folder`, in the threads of `limiter`; `create` opens each.

    `admit` is called once with the fields that stand before the first file; what it raises ends the form there.

    Raises:
        BadInput: it is not a multipart form, or has too many files or fields, or a field that is too long.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"multipart/form-data" or b"boundary" not in options:
        raise BadInput("The request is not a form. Send multipart/form-data with `collection` and `files`.")
    parts = _Parts(folder, admit, max_file_bytes, create)
    try:
        parser = MultipartParser(options[b"boundary"], parts.callbacks())  # type: ignore[arg-type]
        waiting = bytearray()
        async for piece in request.stream():
            waiting += piece
            if len(waiting) >= PIECE:
                await run_sync(parser.write, bytes(waiting), limiter=limiter)
                waiting.clear()
        await run_sync(parser.write, bytes(waiting), limiter=limiter)
    except FormParserError as error:
        raise BadInput(f"The form is damaged: {error}. Send it again.") from error
    finally:
        parts.close()
    if not parts.complete:
        raise BadInput("The form breaks off in the middle. Send it again.")
    await run_sync(parts.admit_once, limiter=limiter)
    return Form(fields=parts.fields, files=tuple(parts.files))


class _Parts:
    """What the parser calls: headers, pieces and end of each part."""

    def __init__(
        self, folder: Path, admit: Callable[[dict[str, str]], None], max_file_bytes: int,
        create: Callable[[Path], BinaryIO],
    ) -> None:  # fmt: skip
        self.fields: dict[str, str] = {}
        self.files: list[Received] = []
        self.complete = False
        self._folder = folder
        self._admit = admit
        self._admitted = False
        self._counts = {"fields": 0, "files": 0}
        self._max = max_file_bytes
        self._create = create
        self._stream: BinaryIO | None = None

    def callbacks(self) -> dict[str, object]:
        return {
            "on_part_begin": self._begin, "on_header_field": self._header_name, "on_header_value": self._header_value,
            "on_header_end": self._header_end, "on_headers_finished": self._headers_end, "on_part_data": self._data,
            "on_part_end": self._end, "on_end": self._finish,
        }  # fmt: skip

    def admit_once(self) -> None:
        if not self._admitted:
            self._admit(self.fields)
            self._admitted = True

    def close(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def _begin(self) -> None:
        self._name, self._value, self._disposition = b"", b"", ""
        self._size, self._field = 0, b""

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        if self._name.lower() == b"content-disposition":
            self._disposition = self._value.decode("latin-1")  # the parser's way to pass bytes through
        self._name, self._value = b"", b""

    def _headers_end(self) -> None:
        _, options = parse_options_header(self._disposition)
        self._key = options.get(b"name", b"").decode("utf-8", "replace")
        name = options.get(b"filename")
        self._file = None if name is None else name.decode("utf-8", "replace").replace("%22", '"')
        if self._file is None:
            self._count("fields", MOST_FIELDS)
            return
        self._count("files", MOST_FILES)
        self.admit_once()
        self._path = self._folder / str(self._counts["files"])
        self._stream = self._create(self._path)
        self._cut = False
        self._digest = hashlib.sha256()

    def _count(self, kind: str, most: int) -> None:
        self._counts[kind] += 1
        if self._counts[kind] > most:
            raise BadInput(f"The form has more than {most} {kind}. Send several forms.")

    def _data(self, data: bytes, start: int, end: int) -> None:
        self._size += end - start
        if self._stream is None:
            self._field += data[start:end]
            if len(self._field) > FIELD_BYTES:
                raise BadInput(f"The field {self._key!r} is longer than {FIELD_BYTES} bytes. Shorten it.")
            return
        self._digest.update(data[start:end])  # of a file that is cut off this is all that will be known
        if self._size <= self._max:
            self._stream.write(data[start:end])
        elif not self._cut:
            self._cut = True
            self._stream.close()
            self._stream = self._path.open("wb")  # its disk space is free again while the rest passes by

    def _end(self) -> None:
        if self._file is None:
            self.fields.setdefault(self._key, self._field.decode("utf-8", "replace"))
        elif self._file or self._size:  # a browser sends an empty, nameless part for "no file chosen"
            self.files.append(
                Received(
                    file=self._file, path=self._path, sha256=self._digest.hexdigest(), size=self._size,
                    too_large=self._size > self._max,
                )
            )  # fmt: skip
        self.close()

    def _finish(self) -> None:
        self.complete = True

"""Fetches a model from the Hugging Face hub, in a child process: `python -m ragbox.hub OWNER/NAME FOLDER [FILE]`.

The one place that reaches out of the company, and only when an admin names a model of the hub. The server's own process
stays offline (`ragbox/silence.py`); the child alone has HF_HUB_OFFLINE lifted. HF_ENDPOINT (a mirror in the company),
HF_TOKEN and HTTPS_PROXY count as the hub's library reads them.

A file that broke off goes on where it ended, also after a restart, which `snapshot_download` of huggingface_hub 2.4
does not do; so the library is asked for the list of files and for each by `http_get`. Every file is checked against
the hub's hash.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from . import helper
from .errors import BadInput, NotFound, NotPermitted, RagboxError, Rejected, Unavailable
from .weights import KEPT, PAPERS

NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}")
TELL_SECONDS = 0.2
Report = Callable[[int, int], None]


def fetch(name: str, downloads: Path, *, file: str = "", stop: threading.Event) -> Iterator[dict[str, Any]]:
    """Download a model in a child; yields `{"done", "total"}` in bytes, at last `{"folder", "commit"}`.

    `file` names the one .gguf file that is wanted. What is there from a download that broke off is not fetched again.

    Raises:
        BadInput: it is no name of the hub.
        NotFound: the hub has no such model, or not this file.
        NotPermitted: the model's licence must be accepted first.
        Rejected: it has no weights that may come in, or a file is not what the hub says.
        Unavailable: the hub cannot be reached, or the disk is full.
        Conflict: `stop` was set.
    """
    if not NAME.fullmatch(name):
        raise BadInput(f"{name!r} is no name of the hub. Give OWNER/NAME, as in Qwen/Qwen3-8B, or a path there is.")
    folder = downloads / name.replace("/", "--")
    folder.mkdir(parents=True, exist_ok=True)
    yield from helper.work("ragbox.hub", name, str(folder), file, stop=stop)


def wanted(name: str, files: list[str], file: str = "") -> list[str]:
    """Return which of a model's files to fetch: safetensors, config and tokenizer, or one .gguf, and the card.

    Raises:
        NotFound: there is no such file.
        Rejected: there are no safetensors.
    """
    top = [f for f in files if "/" not in f and not f.startswith(".")]
    cards = [f for f in top if f.lower() == "readme.md" or PAPERS.match(f)]
    offered = ", ".join(f for f in top if f.endswith(".gguf"))
    if file:
        if file not in top or not file.endswith(".gguf"):
            raise NotFound(f"{name} has no file {file!r}. Choose one of: {offered or 'it has no .gguf file'}.")
        return [file, *cards]
    kept = [f for f in top if Path(f).suffix in KEPT - {".gguf"} or f in cards]
    if not any(f.endswith(".safetensors") for f in kept):
        remedy = f"Name one file with --file: {offered}." if offered else "Choose a model that has."
        raise Rejected(f"{name} has no .safetensors files. {remedy}")
    return kept


def download(name: str, folder: Path, file: str, report: Report) -> dict[str, str]:
    """Download a model to a folder beneath, named by the commit; see `fetch`, whose child this is."""
    from huggingface_hub import HfApi, hf_hub_url
    from huggingface_hub.file_download import http_get
    from huggingface_hub.utils._headers import build_hf_headers

    info = HfApi().model_info(name, files_metadata=True)
    commit = str(info.sha)
    found = {s.rfilename: s for s in info.siblings or ()}
    files = wanted(name, list(found), file)
    for other in folder.iterdir():
        if other.name != commit:
            shutil.rmtree(other)  # begun before the model changed on the hub
    place = folder / commit
    place.mkdir(exist_ok=True)
    total = sum(found[f].size or 0 for f in files)
    done = 0
    for each in files:
        about, path, part = found[each], place / each, place / f".{each}.part"
        size = about.size or 0
        if not path.exists():
            with _Counted(part, lambda n, done=done: report(done + n, total)) as stream:  # type: ignore[misc]
                there = stream.seek(0, io.SEEK_END)
                url = hf_hub_url(name, each, revision=commit)
                http_get(url, stream, resume_size=there, headers=build_hf_headers(), expected_size=size)
            kind, right = ("sha256", about.lfs.sha256) if about.lfs else ("sha1", about.blob_id)
            if _hash(part, kind) != right:
                part.unlink()
                raise Rejected(f"{each} of {name} is not what the hub says (its {kind} differs). Add the model again.")
            part.rename(path)
        done += size
        report(done, total)
    return {"folder": str(place), "commit": commit}


class _Counted(io.FileIO):
    """A file that tells how many bytes it has, and is gone on with where it ends."""

    def __init__(self, path: Path, told: Callable[[int], None]) -> None:
        super().__init__(path, "ab+")
        self._told = told

    def write(self, data: Any) -> int:
        written = super().write(data)
        self._told(self.tell())
        return written


def _hash(path: Path, kind: str) -> str:
    """Return a file's hash as the hub gives it: SHA-256 of large files, git's SHA-1 of the rest."""
    digest = hashlib.new(kind)
    if kind == "sha1":
        digest.update(f"blob {path.stat().st_size}\0".encode())
    with path.open("rb") as stream:
        while piece := stream.read(1 << 22):
            digest.update(piece)
    return digest.hexdigest()


def translated(name: str, error: Exception) -> RagboxError:
    """Return an error of the hub's library as one of ours."""
    from huggingface_hub import constants, errors

    if isinstance(error, RagboxError):
        return error
    hub = constants.ENDPOINT
    first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    if isinstance(error, errors.GatedRepoError):
        return NotPermitted(
            f"{name} is for signed-in users only. Accept its licence at {hub}/{name}, and set HF_TOKEN."
        )
    if isinstance(error, errors.RepositoryNotFoundError):
        return NotFound(f"{hub} has no model {name}. Look at the spelling; a private model needs HF_TOKEN.")
    return Unavailable(
        f"{name} could not be downloaded from {hub}: {first}. What there is already is kept: try again, "
        "or copy the model's folder to the server and add its path."
    )


def main() -> None:
    """Be the child."""
    name, folder, file = sys.argv[1:]
    os.environ.update(HF_HUB_OFFLINE="0")  # read when huggingface_hub is imported, here and nowhere else
    helper.begin()
    last = 0.0

    def report(done: int, total: int) -> None:
        nonlocal last
        if done == total or time.monotonic() - last > TELL_SECONDS:
            last = time.monotonic()
            helper.tell(done=done, total=total)

    try:
        helper.tell(**download(name, Path(folder), file, report))
    except Exception as error:
        helper.fail(translated(name, error))


if __name__ == "__main__":
    main()

"""What may come in as an adapter, and what its files say of it. Judged before a model is touched; runs nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from .. import sealed
from ..errors import NotFound, Rejected
from ..weights import CODE, PAPERS, PICKLES
from . import config, gguf, reading, scorer, tensors
from .refusal import read_json, refuse

CARD = "README.md"
LARGEST = 4 << 30
"""Bytes of all files: rank 256 on every matrix of an 8 B model takes 1.3 GB in bf16."""
_LARGEST_PAPER = 4 << 20
_TRAINING = "It is left from the training: delete it and add the folder again."


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What an adapter that was found sound says of itself; see `store.Adapter`."""

    kind: Literal["lora", "gguf", "scorer"]
    base: str
    base_digest: str
    rank: int
    alpha: float
    targets: tuple[str, ...]
    parameters: int
    size: int
    figures: Mapping[str, float] = field(default_factory=dict)


def files(source: Path) -> list[Path]:
    """Return the files at this path that are an adapter's: a GGUF file, or a folder's config, weights and papers.

    A scorer is weights too, and may have a reader beside it. Others (tokenizers, folders below) are left out.

    Raises:
        NotFound: there is nothing at the path.
        Rejected: a file can run code or is a link; weights are missing, doubled or too large.
    """
    if source.is_symlink():
        raise Rejected(f"{source} is a link. Give the path that it points to.")
    if not source.exists():
        raise NotFound(f"There is no adapter at {source}. Give a folder, a .zip or a .gguf file on the server.")
    found = [source] if source.is_file() else sorted(p for p in source.iterdir() if p.is_symlink() or p.is_file())
    for path in found:
        suffix = path.suffix.lower()
        if path.is_symlink():
            raise refuse(
                path.name, "is a link", "Copy the adapter with `cp -rL`, which follows links, and add the copy."
            )
        if suffix in PICKLES:
            raise refuse(path.name, "is a pickle or the like, which can run code when it is loaded", _TRAINING)
        if suffix in CODE:
            raise refuse(path.name, "is code, which is never run here", "Delete it and add the folder again.")
    read = [p for p in found if p.name == reading.NAME and any(other.name == scorer.NAME for other in found)]
    weights = [p for p in found if p.suffix.lower() in (".safetensors", ".gguf") or p.name == scorer.NAME]
    weights = [p for p in weights if p not in read]
    if len(weights) != 1:
        listed = ", ".join(p.name for p in weights[:3]) or "none"
        raise Rejected(
            f"{source.name} must hold one file of weights, and has {len(weights)} ({listed}). Give a folder with "
            f"{config.NAME} and {tensors.NAME} as peft saves them, with {scorer.NAME}, or one .gguf file."
        )
    names = {p.name for p in found}
    if weights[0].suffix.lower() == ".safetensors" and not {config.NAME, tensors.NAME} <= names:
        missing = ", ".join(sorted({config.NAME, tensors.NAME} - names))
        raise Rejected(f"{source.name} lacks {missing}. Give the whole folder that peft's save_pretrained wrote.")
    papers = [p for p in found if p.suffix.lower() == ".md" or PAPERS.match(p.name)]
    for path, most in [(weights[0], LARGEST), *((p, _LARGEST_PAPER) for p in papers)]:
        if (size := path.stat().st_size) > most:
            raise refuse(path.name, f"has {size} bytes, and {most} are allowed", "Save a smaller one.")
    config_file = [p for p in found if p.name == config.NAME and weights[0].name == tensors.NAME]
    return [*config_file, weights[0], *read, *papers]


def inspect(folder: Path, base: Path | None = None, base_digest: str = "", encoder: str = "") -> Facts:
    """Check a folder and say what is in it. Takes memory for a header and 4 MB of weights, whatever their size.

    Args:
        base: folder or GGUF file of the model that it must fit; not compared where None.
        base_digest: that model's digest; "" where unknown.
        encoder: the identity of the encoder in use, which a scorer must be fitted for; "" where unknown.

    Raises:
        NotFound: there is nothing at the path.
        Rejected: the adapter may not be used, on this base or at all; names the file, the cause and the remedy.
    """
    kept = files(folder)
    size = sum(p.stat().st_size for p in kept)
    digest = made_for(folder, base_digest)
    if any(p.name == scorer.NAME for p in kept):
        read = scorer.read(folder)
        read.fit(encoder)
        return Facts(
            kind="scorer", base=read.data, base_digest="", rank=read.rank, alpha=0.0, targets=(),
            parameters=read.parameters, size=size, figures={"questions": read.count, **read.figures},
        )  # fmt: skip
    weights = next(p for p in kept if p.suffix.lower() in (".safetensors", ".gguf"))
    if weights.name != tensors.NAME:
        rank, alpha, targets, parameters = gguf.check(weights, base)
        return Facts(
            kind="gguf", base="", base_digest=digest, rank=rank, alpha=alpha, targets=targets, parameters=parameters,
            size=size,
        )  # fmt: skip
    said = config.read(folder)
    rank, parameters = tensors.check(weights, said, base)
    targets = tuple(sorted({name.rpartition(".")[2] for name in said.targets}))
    return Facts(
        kind="lora", base=said.base, base_digest=digest, rank=rank, alpha=said.alpha, targets=targets,
        parameters=parameters, size=size,
    )  # fmt: skip


def made_for(folder: Path, base_digest: str) -> str:
    """Return the digest of the model that a store's manifest in the folder names, else the one given.

    Raises:
        Rejected: both are known, and are not the same.
    """
    path = folder / sealed.MANIFEST
    said = str(read_json(path).get("base_digest") or "") if path.is_file() and not path.is_symlink() else ""
    if said and base_digest and said != base_digest:
        raise refuse(
            path.name, f"says that it was made for the model {said[:80]}, and the model in use is {base_digest}",
            "Activate the model that it was made for, or train it for this one.",
        )  # fmt: skip
    return said or base_digest

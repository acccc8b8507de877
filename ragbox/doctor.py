"""Looks a box over: what it runs on, whether its parts agree, whether it is silent. Changes nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from . import certificate, silence
from .box import Box
from .errors import BadInput
from .hosts import is_loopback
from .readings import Readings
from .sealing.memory import KINDS, kind_of, open_swap
from .settings import Settings

GIB = 1 << 30
FEATURES = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16")


@dataclass(frozen=True, kw_only=True)
class Check:
    """One finding: the part, whether it is well, and a sentence with the figure and, if not well, the remedy."""

    part: str
    well: bool
    finding: str


def examine(box: Box) -> Iterator[Check]:
    """Yield one finding after the other; takes a few seconds."""
    yield _processor()
    yield _memory()
    yield _disk(box)
    yield _seal(box)
    yield _encoder(box)
    yield from _indexes(box)
    yield _reading(box)
    yield _wire(box.settings)
    yield from (Check(part=part, well=well, finding=finding) for part, well, finding in box.directory.check())
    yield _network()


def _processor() -> Check:
    info = Path("/proc/cpuinfo")
    flags = set(info.read_text().split()) if info.exists() else set()
    has = [f for f in FEATURES if f in flags]
    missing = (
        ""
        if "avx512_bf16" in has or "amx_bf16" in has
        else " Without bf16 the encoder runs in fp32, about 2.5 times slower."
    )
    return Check(
        part="processor", well=True, finding=f"{os.cpu_count()} cores with {', '.join(has) or 'no AVX'}.{missing}"
    )


def _memory() -> Check:
    import psutil

    memory = psutil.virtual_memory()
    well = memory.available > 3 * GIB
    remedy = "" if well else " Less than 3 GB is free: stop something else, or set RAGBOX_PARSE_WORKERS=1."
    return Check(
        part="memory", well=well, finding=f"{memory.available / GIB:.1f} of {memory.total / GIB:.1f} GB free.{remedy}"
    )


def _disk(box: Box) -> Check:
    free = box.originals.free_bytes()
    well = free > 5 * GIB
    remedy = "" if well else " Less than 5 GB: make room, or move the data folder (RAGBOX_DATA)."
    return Check(part="disk", well=well, finding=f"{free / GIB:.1f} GB free under {box.settings.data}.{remedy}")


def _seal(box: Box) -> Check:
    if not box.vault.sealed:
        finding = "Nothing is sealed: who reads the disk reads the documents, unless it is encrypted. `ragbox seal on`."
        return Check(part="sealing", well=True, finding=finding)
    folder = box.settings.index_folder
    finding = f"Sealed by a {box.vault.lock}; "
    if kind_of(folder) in KINDS:
        finding += f"the index files in {folder} lie in memory."
    else:
        finding += f"the index files in {folder} are not, and hold words of documents: put them on an encrypted disk, "
        finding += "or in memory (RAGBOX_INDEXES)."
    if swap := open_swap():
        finding += f" What is opened in memory may be swapped out to {', '.join(swap)}: encrypt that, or switch it off."
    else:
        finding += " There is no swap that is not encrypted."
    return Check(part="sealing", well=True, finding=finding)


def _encoder(box: Box) -> Check:
    texts = ["The agreement may be terminated by either party with ninety days' notice in writing. " * 8] * 32
    started = perf_counter()
    box.encoder.encode(texts)
    rate = len(texts) / (perf_counter() - started)
    other = [c.name for c in box.library.collections() if c.encoder not in ("", box.encoder.identity)]
    remedy = f" Vectors of {', '.join(other)} were made by another encoder: `ragbox rebuild --encode`." if other else ""
    return Check(part="encoder", well=not other, finding=f"{box.encoder.identity}, {rate:.0f} chunks/s.{remedy}")


def _indexes(box: Box) -> Iterator[Check]:
    wrong = box.indexer.disagreements()
    documents, chunks = box.library.count()
    pending = len(box.library.pending())
    finding = f"{documents} documents, {chunks} chunks, {pending} changes not yet applied."
    if wrong:
        finding = " ".join(wrong) + " Run `ragbox rebuild`."
    yield Check(part="indexes", well=not wrong, finding=finding)


def _reading(box: Box) -> Check:
    older = Readings(box.db).older([c.id for c in box.library.collections()])
    finding = "No document was read by an older ragbox."
    if older:
        finding = f"{older} documents were read by an older ragbox, which `ragbox reread` reads again."
    return Check(part="reading", well=True, finding=finding)


def _wire(settings: Settings) -> Check:
    if not settings.https:
        well = is_loopback(settings.host)
        finding = "Plain http, which does not leave this machine."
        if not well:
            finding = (
                f"Plain http on {settings.host}: whoever is on the way reads passwords and answers. Unless only a "
                "proxy with TLS reaches it, take RAGBOX_TLS=off away."
            )
        return Check(part="wire", well=well, finding=finding)
    try:
        used = certificate.of(settings)
        facts = used.facts()
    except BadInput as error:
        return Check(part="wire", well=False, finding=str(error))
    well = facts.until > datetime.now(UTC)
    whose = "of its own" if used.own else str(used.path)
    finding = f"TLS 1.3 by a certificate {whose}, until {facts.until:%Y-%m-%d}, SHA-256 {facts.fingerprint}."
    return Check(part="wire", well=well, finding=finding if well else f"{finding} It has ended: renew it.")


def _network() -> Check:
    tried = silence.tried()
    if not tried:
        return Check(part="network", well=True, finding="No attempt to reach another machine since the start.")
    hosts = ", ".join(f"{host} ({n})" for host, n in sorted(tried.items()))
    return Check(part="network", well=False, finding=f"Tried to reach {hosts}. Find out which part did, and report it.")

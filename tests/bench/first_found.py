"""How soon a dropped file can be asked about: a long PDF in parts, and a 10-page Word file.

    python -m tests.bench.first_found FOLDER_OF_PDFS [--pages 500] [--json]

A real box, default settings, loaded as the server loads it: parsers, tokenizer and index start with the file, as they
do in use. The PDF is the first `--pages` pages of those in the folder, by name, in one file. `first` is when a
search with words of its first page finds that page of it, `whole` when all of it is recorded. The Word file is ten
pages of the same text and one sentence with a figure, on its last page; `answer` is when the box answers with that
figure. All are seconds from the moment the file is given to the queue; every 0.1 s it is looked whether anything of it
is recorded, and from then on the box is asked. `others_cores` is how many cores the rest of the machine kept busy.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

import pypdfium2 as pdfium

from ragbox.box import Box
from ragbox.events import Done
from ragbox.settings import Settings
from ragbox.types import Actor, IngestResult, Status
from tests.bench.ingest import busy, cpu

EVERY = 0.1
STATED = "6,417"
ASKED = "How many boxes does the archive in Harwich have?"
PAGES = 10
WORDS = 400
"""Words of a page of the Word file."""


def joined(folder: Path, pages: int, target: Path) -> list[str]:
    """Write the first pages of a folder's PDFs into one file; return the text of the first of them."""
    made, texts = pdfium.PdfDocument.new(), []
    for path in sorted(folder.rglob("*.pdf")):
        source = pdfium.PdfDocument(path)
        if not (wanted := list(range(min(len(source), pages - len(made))))):
            break  # given none, it would take all
        made.import_pages(source, wanted)
        texts += [source[n].get_textpage().get_text_range() for n in wanted[: 2 * PAGES - len(texts)]]
    if len(made) != pages:
        raise SystemExit(f"The PDFs in {folder} have {len(made)} pages, {pages} are wanted. Name another.")
    made.save(target)
    return texts


def word_file(texts: list[str], target: Path) -> None:
    """Write ten pages of text and the sentence that is asked for."""
    from docx import Document

    words = "".join(c if c.isprintable() else " " for c in " ".join(texts)).split()
    made = Document()
    for page in range(PAGES):
        made.add_heading(f"Part {page + 1}")
        made.add_paragraph(" ".join(words[page * WORDS : (page + 1) * WORDS]))
        if page < PAGES - 1:
            made.add_page_break()
    made.add_paragraph(f"The archive in Harwich has {STATED} boxes.")
    made.save(str(target))


def drop(box: Box, actor: Actor, path: Path, found: Callable[[], bool]) -> tuple[float, float]:
    """Give a file to the queue; return after how many seconds it was found, and when it was recorded whole."""
    work = path.with_suffix(".given")
    shutil.copy(path, work)
    started = time.perf_counter()
    done: Future[IngestResult]
    _, done = box.queue.add(actor, work, file=path.name, collection="bench", size=work.stat().st_size)
    shelf = box.library.collection("bench").id
    first = 0.0
    while not (first and done.done()):
        if not first and (known := box.library.find(shelf, path.name)) and known.chunks and found():
            first = time.perf_counter() - started
            print(f"{path.name:16} {first:.2f}", flush=True)
        elif done.done() and done.result().status is not Status.INDEXED:
            raise SystemExit(f"{path.name} was not taken in: {done.result().reason}")
        else:
            time.sleep(EVERY)
    return first, time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=500, help="of the long PDF")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pdf, docx = folder / "long.pdf", folder / "short.docx"
        texts = joined(options.folder, options.pages, pdf)
        word_file(texts, docx)
        box = Box(Settings(data=folder / "data"))
        box.open()
        box.load()
        box.privacy.load()
        box.library.create_collection("bench")
        actor = box.auth.local()
        opening = " ".join(texts[0].split()[:12])

        def answered() -> bool:
            *_, last = box.answers.ask(actor, ASKED)
            assert isinstance(last, Done)
            return STATED in last.answer.text or any(STATED in c.quote for c in last.answer.citations)

        def found() -> bool:
            return any(h.chunk.page == 1 and h.document.file == pdf.name for h in box.answers.search(actor, opening))

        rest, started = busy() - used(), time.perf_counter()
        answer, _ = drop(box, actor, docx, answered)
        first, whole = drop(box, actor, pdf, found)
        others = (busy() - used() - rest) / (time.perf_counter() - started)
        box.close()
    figures = {
        "docx:answer": answer, "pdf:first": first, "pdf:whole": whole, "pdf:pages_per_s": options.pages / whole,
        "others_cores": max(0.0, others),
    }  # fmt: skip
    for key, value in figures.items():
        print(f"{key:16} {value:.2f}")
    if options.json:
        print(json.dumps({key: round(value, 3) for key, value in figures.items()}))


def used() -> float:
    """Return the processor seconds of this process and of its children that have ended."""
    own = os.times()
    return own.user + own.system + cpu()


if __name__ == "__main__":
    main()

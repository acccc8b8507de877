"""Parse pictures of pages (PNG, JPEG, TIFF and what else Pillow opens) by OCR. Does not know PDF."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ragbox.errors import Rejected
from ragbox.types import Parsed

from . import Options, ocr
from .pdf_pages import Page, assemble

_LONG_SIDE = 3000  # pixels; an A4 page at 250 dpi


def parse(path: Path, options: Options) -> Parsed:
    """Parse one picture, each of its frames as a page.

    Raises:
        Rejected: it is broken, far too large, shows no text, or OCR is off.
    """
    if not options.ocr:
        raise Rejected(f"{path.name} is a picture and OCR is switched off. Switch it on (RAGBOX_OCR) and drop it again.")
    pages, notes, frames = [], [], 0
    for frames, pixels in enumerate(_frames(path), start=1):
        if frames > options.ocr_max_pages:
            notes.append(f"Only the first {options.ocr_max_pages} pages were read (RAGBOX_OCR_MAX_PAGES).")
            break
        pages.append(Page.of(frames, [ocr.read(pixels)]))
    parsed = assemble(pages, count=frames, warnings=notes)
    if not parsed.blocks:
        raise Rejected(f"{path.name} shows no text that can be read. Scan it again, larger or sharper.")
    return parsed


def _frames(path: Path) -> Iterator[Any]:
    """Yield each frame as BGR pixels, upright by its EXIF and no larger than OCR can use."""
    from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

    import numpy as np

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of odd tags; of bombs, see below
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as image:
                image.draft("RGB", (_LONG_SIDE, _LONG_SIDE))
                frames = [image] if image.format == "GIF" else ImageSequence.Iterator(image)
                for frame in frames:
                    upright = ImageOps.exif_transpose(frame)
                    if upright.mode in ("RGBA", "LA", "P", "PA"):  # text on nothing is meant to be seen on white
                        upright = Image.alpha_composite(Image.new("RGBA", upright.size, "white"), upright.convert("RGBA"))
                    if upright.mode.startswith("I;16"):
                        upright = upright.point(lambda v: v / 256).convert("L")
                    upright = upright.convert("RGB")
                    upright.thumbnail((_LONG_SIDE, _LONG_SIDE))
                    yield np.ascontiguousarray(np.asarray(upright)[:, :, ::-1])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Rejected(f"{path.name} has too many pixels to read safely. Scale it down and drop it again.") from error
    except UnidentifiedImageError as error:
        raise Rejected(f"{path.name} is no picture that can be opened. Save it as PNG and drop it again.") from error
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError) as error:  # what Pillow's readers raise on bad data
        raise Rejected(f"{path.name} is damaged ({error}). Save or scan it again and drop it.") from error

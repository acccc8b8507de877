"""Parse pictures of pages (PNG, JPEG, TIFF and what else Pillow opens) by OCR. Does not know PDF."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ragbox.errors import Rejected
from ragbox.types import Parsed

from . import Options, ocr
from .pdf_pages import Page, assemble, ranges, readable

if TYPE_CHECKING:
    from PIL.Image import Image

_LONG_SIDE = 3000  # pixels; an A4 page at 250 dpi
_MOVING = ("GIF", "WEBP", "PNG", "MPO")  # formats whose further frames are no further pages


def parse(path: Path, options: Options) -> Parsed:
    """Parse one picture, each page of a TIFF as a page.

    Raises:
        Rejected: it is broken, far too large, shows no text, or OCR is off.
    """
    if not options.ocr:
        raise Rejected(
            f"{path.name} is a picture and OCR is switched off (RAGBOX_OCR). Switch it on and drop it again."
        )
    pages: list[Page] = []
    bad: list[int] = []
    notes: list[str] = []
    with opened(path) as image:
        frames = count(image)
        for number in readable(range(1, frames + 1), options, notes, lambda _: assemble(pages, count=frames)):
            try:
                pages.append(Page.of(number, [ocr.read(pixels(image, number))], scanned=True))
            except (OSError, EOFError, ValueError, SyntaxError):
                if frames == 1:
                    raise
                bad.append(number)
    notes += [f"{ranges(bad)} could not be opened."] if bad else []
    parsed = assemble(pages, count=frames, warnings=notes)
    if not parsed.blocks:
        left = "".join(f" {note}" for note in notes)
        raise Rejected(f"{path.name} shows no text that can be read.{left} Scan it again, larger or sharper.")
    return parsed


@contextmanager
def opened(path: Path) -> Iterator[Image]:
    """Open a picture; what goes wrong with it inside the block is told in words.

    Raises:
        Rejected: it is broken or far too large.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd tags
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as image:
                yield image
    except Rejected:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Rejected(f"{path.name} has too many pixels to read safely. Scale it down and drop it again.") from error
    except UnidentifiedImageError as error:
        raise Rejected(f"{path.name} is no picture that can be opened. Save it as PNG and drop it again.") from error
    except Exception as error:  # Pillow's readers raise whatever bad bytes lead them to
        raise Rejected(f"{path.name} is damaged ({error}). Save or scan it again and drop it.") from error


def count(image: Image) -> int:
    """Return how many pages a picture has."""
    return 1 if image.format in _MOVING else getattr(image, "n_frames", 1)


def upright(image: Image, number: int, size: tuple[int, int]) -> Image:
    """Return a frame (from 1) in RGB, upright by its EXIF, no larger than `size` (width, height) in pixels."""
    from PIL import Image, ImageOps

    if number > 1:
        image.seek(number - 1)
    image.draft("RGB", (min(size), min(size)))  # a JPEG is unpacked at half size or less if that is enough
    turned = ImageOps.exif_transpose(image)
    if turned.mode.startswith("I"):  # 16 bits of grey
        turned = turned.point(lambda value: value / 256).convert("L")
    elif turned.mode in ("1", "P", "PA"):  # else every other pixel would be dropped, not blended
        turned = turned.convert("L" if turned.mode == "1" else "RGBA")
    turned.thumbnail(size)
    if turned.mode in ("RGBA", "LA"):  # print on nothing is meant to be seen on white
        clear = turned.convert("RGBA")
        turned = Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear)
    return turned.convert("RGB")


def pixels(image: Image, number: int) -> ocr.Pixels:
    """Return a frame as BGR pixels, no larger than OCR can use."""
    import numpy as np

    return np.ascontiguousarray(np.asarray(upright(image, number, (_LONG_SIDE, _LONG_SIDE)))[:, :, ::-1])

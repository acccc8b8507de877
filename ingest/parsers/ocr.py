"""Read the text of a picture: an image in, a sheet of words with boxes out. The only file that knows rapidocr.

The models (Chinese and English) come in the package; nothing is fetched. About 4.5 s a page on two cores.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from .pdf_words import Sheet, Word, clean, turned

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

_LONG_SIDE = 842.0  # points: sizes and distances are then those of an A4 page, which the layout is tuned for
_THREADS = 2  # of the parser's child; other children read other files at the same time
_MAX_RATIO = 3  # of the long to the short side
_SAMPLE = 9  # lines whose direction is asked, the longest


def read(pixels: Pixels) -> Sheet:
    """Return what stands on a picture, of shape (height, width, 3) in BGR; a line is one word of the sheet."""
    height, width = pixels.shape[:2]
    scale = _LONG_SIDE / max(height, width)
    pixels = _padded(pixels)
    result = _engine()(pixels)
    boxes, texts = getattr(result, "boxes", None), getattr(result, "txts", None)
    if boxes is None or texts is None or not len(texts):
        return Sheet(width * scale, height * scale)
    corners = [
        (float(box[:, 0].min()), float(box[:, 1].min()), float(box[:, 0].max()), float(box[:, 1].max()))
        for box in boxes
    ]
    turn = _turn(pixels, corners, texts)
    across, down = (height, width) if turn % 2 else (width, height)
    sheet = Sheet(across * scale, down * scale, turn)
    found = []
    for corner, text in zip(corners, texts, strict=True):
        left, top, right, bottom = (v * scale for v in turned(turn, width, height, corner))
        # The detector's boxes are about a third taller than the letters.
        size = 0.75 * (bottom - top)
        found.append(Word(clean(text).strip(), left, top, right, bottom, bottom - 0.2 * (bottom - top), size, False))
    sheet.words = _evened([word for word in found if word.text])
    return sheet


@cache
def _engine() -> Any:
    import onnxruntime
    import rapidocr

    onnxruntime.set_default_logger_severity(3)  # warnings about the machine, which no reader of a log can act on
    models = Path(rapidocr.__file__).parent / "models"
    return rapidocr.RapidOCR(
        params={
            "Global.log_level": "critical",
            # Paths, because without them the package looks its models up and may download.
            "Det.model_path": str(models / "PP-OCRv6_det_small.onnx"),
            "Rec.model_path": str(models / "PP-OCRv6_rec_small.onnx"),
            "Cls.model_path": str(models / "ch_ppocr_mobile_v2.0_cls_mobile.onnx"),
            "EngineConfig.onnxruntime.intra_op_num_threads": _THREADS,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )


def _padded(pixels: Pixels) -> Pixels:
    """Return the picture with white added to the right or below, so that it is no narrow strip.

    The detector blows the short side up to 736 pixels: a strip of 3,000 by 30 would take 20 times a page's memory.
    """
    import numpy as np

    height, width = pixels.shape[:2]
    least = -(-max(height, width) // _MAX_RATIO)
    missing = (max(0, least - height), max(0, least - width))
    return np.pad(pixels, ((0, missing[0]), (0, missing[1]), (0, 0)), constant_values=255) if any(missing) else pixels


def _turn(pixels: Pixels, corners: list[tuple[float, float, float, float]], texts: tuple[str, ...]) -> int:
    """Return by how many quarter turns, clockwise, the text stands rotated on the picture."""
    import numpy as np

    longest = sorted(range(len(texts)), key=lambda i: -len(texts[i]))[:_SAMPLE]
    longest = [i for i in longest if len(texts[i]) > 2] or longest
    tall = sum(corners[i][3] - corners[i][1] > 1.5 * (corners[i][2] - corners[i][0]) for i in longest)
    upright = 2 * tall <= len(longest)
    lean = 0.0  # towards upside down
    for i in longest:
        left, top, right, bottom = (max(0, int(v)) for v in corners[i])
        crop = pixels[top:bottom, left:right]
        if not crop.size:
            continue
        if not upright:
            crop = np.ascontiguousarray(np.rot90(crop))
        found = _engine()(crop, use_det=False, use_cls=True, use_rec=False)
        label, score = found.cls_res[0] if getattr(found, "cls_res", None) else ("0", 0.0)
        lean += float(score) if label == "180" else -float(score)
    _engine().update_params(use_det=True, use_cls=True, use_rec=True)  # the call above keeps its switches
    return (2 if lean > 0 else 0) if upright else (3 if lean > 0 else 1)


def _evened(words: list[Word]) -> list[Word]:
    """Return the words with about equal sizes made equal: a box's height varies with its letters by a quarter."""
    if not words:
        return words
    usual = median(word.size for word in words)
    return [word._replace(size=usual) if 0.7 < word.size / usual < 1.3 else word for word in words]

"""pdfium's C functions as they are called for each word or object: with plain addresses for arguments."""

from __future__ import annotations

import ctypes
from functools import cache
from types import SimpleNamespace
from typing import Any


@cache
def calls() -> SimpleNamespace:
    """Return the functions.

    pypdfium2's own prototypes make a pointer object for every handle: 1.2 instead of 0.3 microseconds a call.
    """
    import pypdfium2.raw as pdfium

    handle, integer = ctypes.c_void_p, ctypes.c_int
    prototypes = {
        "FPDFText_GetTextObject": (handle, handle, integer),
        "FPDFText_GetLooseCharBox": (integer, handle, integer, handle),
        "FPDFText_GetCharOrigin": (integer, handle, integer, handle, handle),
        "FPDFText_GetMatrix": (integer, handle, integer, handle),
        "FPDFText_GetFontSize": (ctypes.c_double, handle, integer),
        "FPDFTextObj_GetFont": (handle, handle),
        "FPDFTextObj_GetTextRenderMode": (integer, handle),
        "FPDFFont_GetBaseFontName": (ctypes.c_ulong, handle, handle, ctypes.c_ulong),
        "FPDFPage_CountObjects": (integer, handle),
        "FPDFPage_GetObject": (handle, handle, integer),
        "FPDFFormObj_CountObjects": (integer, handle),
        "FPDFFormObj_GetObject": (handle, handle, ctypes.c_ulong),
        "FPDFPageObj_GetMatrix": (integer, handle, handle),
        "FPDFPageObj_GetType": (integer, handle),
        "FPDFPageObj_GetBounds": (integer, handle, handle, handle, handle, handle),
        "FPDFPageObj_GetFillColor": (integer, handle, handle, handle, handle, handle),
        "FPDFPageObj_SetIsActive": (integer, handle, integer),
        "FPDFPageObj_GetClipPath": (handle, handle),
        "FPDFClipPath_CountPaths": (integer, handle),
        "FPDFClipPath_CountPathSegments": (integer, handle, integer),
        "FPDFClipPath_GetPathSegment": (handle, handle, integer, integer),
        "FPDFPathSegment_GetPoint": (integer, handle, handle, handle),
        "FPDFPath_GetDrawMode": (integer, handle, handle, handle),
    }
    found = {name: ctypes.CFUNCTYPE(*types)(address(getattr(pdfium, name))) for name, types in prototypes.items()}
    return SimpleNamespace(**found)


def address(handle: Any) -> int:
    """Return where something of pdfium's lies."""
    return ctypes.cast(handle, ctypes.c_void_p).value or 0

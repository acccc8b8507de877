"""Makes Office files come out the same on every run: fixed dates in the package and its properties."""

import re
import zipfile
from datetime import datetime
from pathlib import Path

DATE = datetime(2026, 1, 15, 9, 0, 0)
STAMP = (2026, 1, 15, 9, 0, 0)


def freeze(path: Path) -> None:
    """Rewrite a zip package with a fixed date for every entry and for its last change."""
    with zipfile.ZipFile(path) as package:
        entries = [(name, package.read(name)) for name in package.namelist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in entries:
            if name == "docProps/core.xml":
                data = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2026-01-15T09:00:00Z", data)
            entry = zipfile.ZipInfo(name, STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, data)

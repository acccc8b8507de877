"""Which files a dropped path holds, and under which names. Reads no file."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from fnmatch import translate
from functools import cache
from pathlib import Path, PurePosixPath

from ragbox.errors import BadInput, NotFound

_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def files(paths: Sequence[Path], ignore: Sequence[str]) -> Iterator[tuple[Path, str]]:
    """Yield (path, name) of each regular file: a file under its own name, a folder's under paths relative to it.

    Of several folders the names start with the folder's own. Links are not followed; names that match `ignore` are
    passed over inside folders, not when named themselves. A folder that may not be read stands for what is in it.

    Raises:
        NotFound: a path does not exist.
        BadInput: two paths hold a file of the same name.
    """
    several = sum(path.is_dir() for path in paths) > 1
    known: dict[str, Path] = {}
    for path in paths:
        for found, name in _given(path, several, ignore):
            # Under one name the second file would take the place of the first without a word.
            if (other := known.setdefault(name, path)) != path:
                raise BadInput(f"{other} and {path} both hold {name!r}. Give the folder that they lie in.")
            yield found, name


def clean(name: str) -> str:
    """Return a dropped file's name as it is kept: NFC, forward slashes, relative, no control characters.

    Nor those that turn the direction of what follows, by which "exe.txt" is shown for "txt.exe".

    Raises:
        BadInput: nothing is left, or it climbs out of its folder.
    """
    text = unicodedata.normalize("NFC", name.replace("\\", "/"))
    text = "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cs") and c not in _TURNS)
    parts = [p for p in PurePosixPath(text).parts if p not in ("/", ".")]
    if not parts or ".." in parts:
        raise BadInput(f"{name!r} is no name for a file. Give a path relative to the dropped folder.")
    return "/".join(parts)


def ignored(name: str, ignore: Sequence[str]) -> bool:
    """Tell whether the name of a file or folder matches a pattern, in any case: Windows writes `THUMBS.DB` too."""
    return _any_of(tuple(ignore)).match(name.casefold()) is not None


@cache
def _any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(translate(p.casefold()) for p in patterns) or r"(?!)")


def _given(path: Path, several: bool, ignore: Sequence[str]) -> Iterator[tuple[Path, str]]:
    if path.is_dir():
        folder = path.resolve() if several else path  # "." has no name of its own
        yield from _inside(folder, folder.parent if several else folder, ignore)
    elif path.is_file():
        yield path, clean(path.name)
    else:
        raise NotFound(f"There is no file or folder {path}. Check the path.")


def _inside(folder: Path, root: Path, ignore: Sequence[str]) -> Iterator[tuple[Path, str]]:
    try:
        within = sorted(folder.iterdir())
    except PermissionError:
        yield folder, clean(folder.relative_to(root).as_posix())  # who opens it tells why, and the others go on
        return
    for path in within:
        if path.is_symlink() or ignored(path.name, ignore):
            continue
        if path.is_dir():
            yield from _inside(path, root, ignore)
        elif path.is_file():
            yield path, clean(path.relative_to(root).as_posix())

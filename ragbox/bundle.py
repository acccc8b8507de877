"""Collects what a machine without a network needs: wheels, models, samples, a list of hashes and what installs them.

The one command that asks a package index, and only when an admin runs it. Knows pip, not the box.
"""

from __future__ import annotations

import glob
import hashlib
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import tomllib
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from .errors import Conflict, NotFound, Unavailable

SUMS, WHEELS, NAMED = "SHA256SUMS", "wheels", "named"
KINDS = "model", "adapter"
PAPERS = ("constraints.txt", "README.md", "LICENSE", "CHANGELOG.md", "docs", "data/samples")
"""What goes along of the source folder, where it is there."""
INSTALL = """\
#!/bin/sh
# Installs {name} from this folder alone: sh install.sh [VENV]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
venv=${{1:-"$here/.venv"}}
python=${{PYTHON:-python3}}
"$python" -c 'import sys, sysconfig
fits = (sys.version_info[:2], sysconfig.get_platform()) == ({version}, "{platform}")
sys.exit(not fits or sys.version_info[2] < {micro})' || {{
    echo "These wheels are for Python {dotted}, {dotted}.{micro} or later, on {platform}." \\
        "Try: PYTHON=python{dotted} sh install.sh" >&2
    exit 1
}}
(cd "$here" && sha256sum --check --quiet {sums})
"$python" -m venv "$venv"
# Only what is listed: its hash was checked above. The names of wheels have no blanks.
set --
for wheel in $(sed -n 's|^[0-9a-f]*  \\({wheels}/[^/]*[.]whl\\)$|\\1|p' "$here/{sums}"); do
    set -- "$@" "$here/$wheel"
done
# All that is needed is here, so nothing is resolved. --isolated: no environment and no pip.conf brings an index back.
"$venv/bin/python" -m pip --isolated --disable-pip-version-check install --quiet --no-index --no-deps "$@"
"$venv/bin/python" -m pip --isolated --disable-pip-version-check check
echo "{name} is installed: $venv/bin/{name}"
for kind in {kinds}; do
    for folder in "$here/${{kind}}s"/*/*; do
        [ -d "$folder" ] || continue
        name=$(basename "$(dirname "$folder")")
        echo "To add the $kind that came along: $venv/bin/{name} $kind add '$folder' --name '$name'"
    done
done
for folder in "$here"/{named}/*; do
    [ -d "$folder" ] || continue
    echo "The box that this is from had $(basename "$folder"); set it with: export $(basename "$folder")='$folder'"
done
"""


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """What was collected; `size` is in bytes."""

    folder: Path
    wheels: int
    models: int
    adapters: int
    files: int
    size: int


def bundle(
    out: Path, source: Path, models: Iterable[Path] = (), adapters: Iterable[Path] = (), *,
    named: Mapping[str, Path] | None = None, extras: Sequence[str] = (),
) -> Bundle:  # fmt: skip
    """Collect into a new folder, whole or not at all: for machines of this one's platform and version of Python.

    Args:
        source: the checkout that is installed elsewhere, with its constraints.
        models: folders of versions; each is copied before the next is asked for.
        adapters: the same.
        named: folders or files that settings name, by the variables of the settings.
        extras: what is installed beside the least, as the checkout calls it.

    Raises:
        Conflict: `out` is there already.
        NotFound: `source` is no checkout.
        Unavailable: pip could not get a package.
    """
    if out.exists():
        raise Conflict(f"{out} is there already. Name a new folder, or delete this one first.")
    project, constraints = source / "pyproject.toml", source / "constraints.txt"
    if not (project.is_file() and constraints.is_file()):
        raise NotFound(f"{source} has no pyproject.toml and constraints.txt. Give the checkout with --source.")
    name = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["name"]
    beside: Path | None = None
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f"{out.name}.", dir=out.parent))
        part = beside / out.name  # inside, for only its owner may read what mkdtemp makes
        (part / WHEELS).mkdir(parents=True)
        for paper in PAPERS:
            _copy(source / paper, part / paper)
        counts = [_versions(part / f"{kind}s", of) for kind, of in zip(KINDS, (models, adapters), strict=True)]
        for variable, path in (named or {}).items():
            for piece in _split(path):
                _copy(piece, part / NAMED / variable / (piece.name if piece.is_file() else ""))
        for kind in KINDS:
            _close(part / f"{kind}s")
        # Last: it takes minutes, and what may fail has not.
        _wheels(part / WHEELS, source, constraints, extras, scratch=beside)
        (part / "install.sh").write_text(_script(name, _micro(part / WHEELS)))
        files = sorted(path for path in part.rglob("*") if path.is_file())
        lines = [f"{_digest(path)}  {path.relative_to(part).as_posix()}\n" for path in files]
        (part / SUMS).write_text("".join(lines), encoding="utf-8")
        size = sum(path.stat().st_size for path in files)
        part.rename(out)
    except OSError as error:
        raise Unavailable(f"{out} could not be written: {error}. Look at the disk and its rights.") from error
    finally:
        if beside is not None:
            shutil.rmtree(beside, ignore_errors=True)
    wheels = len(list((out / WHEELS).iterdir()))
    return Bundle(
        folder=out, wheels=wheels, models=counts[0], adapters=counts[1], files=len(files), size=size
    )  # fmt: skip


def _wheels(folder: Path, source: Path, constraints: Path, extras: Sequence[str], *, scratch: Path) -> None:
    """Build or fetch the wheel of the project and of all it needs: of some packages there is a source alone.

    pip unpacks in `scratch`: while a sealed data folder is open, TMPDIR is in memory, where torch has no room.
    """
    if find_spec("pip") is None:
        raise Unavailable(f"{sys.executable} has no pip, which collects the wheels. Run it with `-m ensurepip` first.")
    room = ["env", f"TMPDIR={scratch.absolute()}"]
    pip = [*room, sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet"]
    of = f"[{','.join(extras)}]" if extras else ""
    wanted = ["--wheel-dir", str(folder), "--constraint", str(constraints), str(source.absolute()) + of]
    left = source / "build"
    theirs = left.exists()
    done = subprocess.run([*pip, *wanted], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if not theirs:  # setuptools would pack files that are gone from the checkout by then into the next wheel
        shutil.rmtree(left, ignore_errors=True)
    if done.returncode:
        why = " ".join(done.stderr.split())[-400:]
        raise Unavailable(f"pip could not collect the wheels: {why}. Look at pip's configuration and the network.")


def _versions(folder: Path, versions: Iterable[Path]) -> int:
    """Copy folders of versions and return how many there were."""
    count = 0
    for version in versions:
        _copy(version, folder / version.parent.name / version.name)
        count += 1
    return count


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target)
    elif source.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)


def _split(path: Path) -> list[Path]:
    """Return all parts of a GGUF file of which the first is named, as a-00001-of-00003.gguf; else what is named."""
    if path.is_file() and (name := re.fullmatch(r"(.*-)\d{5}(-of-\d{5}\.gguf)", path.name)):
        return sorted(path.parent.glob(f"{glob.escape(name[1])}[0-9]*{name[2]}"))
    return [path]


def _close(folder: Path) -> None:
    """Leave what lies in a folder to its owner alone: models and adapters may have learnt what stands in documents."""
    for path in [folder, *folder.rglob("*")] if folder.is_dir() else ():
        path.chmod(0o700 if path.is_dir() else 0o600)


def _micro(wheels: Path) -> int:
    """Return the third number of the least version of this Python that all wheels run on."""
    least = 0
    for path in wheels.glob("*.whl"):
        with zipfile.ZipFile(path) as wheel:
            about = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
            said = re.search(r"^Requires-Python:(.*)$", wheel.read(about).decode(), re.M)
        for major, minor, micro in re.findall(r">=\s*(\d+)\.(\d+)\.(\d+)", said[1] if said else ""):
            if (int(major), int(minor)) == sys.version_info[:2]:
                least = max(least, int(micro))
    return least


def _script(name: str, micro: int) -> str:
    major, minor = sys.version_info[:2]
    return INSTALL.format(
        name=name, version=(major, minor), micro=micro, dotted=f"{major}.{minor}", platform=sysconfig.get_platform(),
        sums=SUMS, wheels=WHEELS, kinds=" ".join(KINDS), named=NAMED,
    )  # fmt: skip


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()

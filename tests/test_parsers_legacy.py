"""Old Office files need LibreOffice; where it is, they read as the new format."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest

from ingest.parsers import Options, parse
from ragbox.errors import Rejected


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder


def program(folder: Path, script: str) -> None:
    path = folder / "soffice"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_without_libreoffice_the_reason_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Rejected, match=r"Old \.ppt files need LibreOffice on the server: install it, or .* \.pptx"):
        parse(tmp_path / "file", "ppt", Options())


def test_what_it_converts_to_is_parsed(tmp_path: Path, programs: Path) -> None:
    document = docx.Document()
    document.add_heading("Converted", 1)
    document.save(str(tmp_path / "ready.docx"))
    (tmp_path / "file").write_bytes(b"old")
    # The last arguments are --outdir FOLDER SOURCE; the profile must be a folder of its own.
    program(programs, f'case "$*" in *UserInstallation=file:///*) cp {tmp_path}/ready.docx "$8/document.docx";; esac')
    assert parse(tmp_path / "file", "doc", Options()).blocks[0].text == "Converted"


@pytest.mark.parametrize("script", ["exit 1", "exit 0"])
def test_a_file_it_cannot_convert_is_rejected(tmp_path: Path, programs: Path, script: str) -> None:
    (tmp_path / "file").write_bytes(b"old")
    program(programs, script)
    with pytest.raises(Rejected, match="LibreOffice cannot"):
        parse(tmp_path / "file", "doc", Options())

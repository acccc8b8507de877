"""A bundle installs without any index, is whole or not there, and notices a changed byte."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import pytest

from ragbox import bundle as bundles
from ragbox.adapters.store import AdapterStore
from ragbox.bundle import bundle
from ragbox.errors import Conflict, NotFound, Rejected, Unavailable
from ragbox.models import Store
from ragbox.proof import nowhere
from ragbox.sealing import keys, whole
from ragbox.sealing.keys import Secret
from tests.adapter_files import lora_folder
from tests.conftest import Run
from tests.model_files import hf_folder

BACKEND = '''
import os, zipfile

def build_wheel(folder, config=None, metadata=None):
    """Write a wheel by hand: a real backend would have to be fetched."""
    os.makedirs("build/lib", exist_ok=True)
    name = "NAME-1.0"
    files = {
        "NAME.py": "def main(): print('tiny')",
        f"{name}.dist-info/METADATA": "Metadata-Version: 2.1\\nName: NAME\\nVersion: 1.0\\nREQUIRES",
        f"{name}.dist-info/WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
        f"{name}.dist-info/entry_points.txt": "[console_scripts]\\nNAME = NAME:main\\n",
    }
    record = "".join(f"{path},,\\n" for path in files) + f"{name}.dist-info/RECORD,,\\n"
    with zipfile.ZipFile(f"{folder}/{name}-py3-none-any.whl", "w") as wheel:
        for path, text in (files | {f"{name}.dist-info/RECORD": record}).items():
            wheel.writestr(path, text)
    return f"{name}-py3-none-any.whl"
'''


def project(folder: Path, name: str, requires: str = "") -> Path:
    """Write a checkout whose wheel needs no build tool; it requires another by path, as no index is there."""
    folder.mkdir(parents=True)
    (folder / "pyproject.toml").write_text(
        textwrap.dedent(
            f"""
            [build-system]
            requires = []
            build-backend = "backend"
            backend-path = ["."]
            [project]
            name = "{name}"
            version = "1.0"
            """
        )
    )
    (folder / "backend.py").write_text(BACKEND.replace("NAME", name).replace("REQUIRES", requires))
    (folder / "constraints.txt").write_text("tinypart==1.0\n")
    samples = folder / "data" / "samples"
    samples.mkdir(parents=True)
    (samples / "a.txt").write_text("a sample")
    return folder


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    part = project(tmp_path / "part", "tinypart")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "links"))
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--wheel-dir", str(tmp_path / "links"), str(part)]
    subprocess.run(pip, check=True, timeout=300)
    return project(tmp_path / "tiny", "tinybox", "Requires-Dist: tinypart\\n")


def furnished(folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Fill a sealed data folder with a model and an adapter; returns their sources."""
    keys.make(folder / "key")
    monkeypatch.setenv("RAGBOX_SEAL_KEY_FILE", str(folder / "key"))
    model, adapter = hf_folder(folder / "small"), lora_folder(folder / "style")
    Store(folder / "data" / "models").add(model)
    AdapterStore(folder / "data" / "adapters").add(adapter)
    for _ in whole.on(folder / "data", Secret(key_file=folder / "key")):
        pass
    return model, adapter


@pytest.mark.slow
def test_a_bundle_installs_without_an_index_and_notices_a_changed_byte(
    tiny: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    sources = furnished(tmp_path, monkeypatch)
    monkeypatch.setenv("RAGBOX_RERANKER", str(hf_folder(tmp_path / "cross")))
    code, said, err = run(
        "bundle", str(out), "--source", str(tiny), "--models", "--adapters", "--unsealed", "--json"
    )  # fmt: skip
    assert (code, err) == (0, "")
    told = json.loads(said)
    assert (told["wheels"], told["models"], told["adapters"]) == (2, 1, 1)
    assert not (tiny / "build").exists(), "what setuptools leaves there goes into the next wheel"
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith("out")] == ["out"]
    kept = [next((out / kind).glob("*/*")) for kind in ("models", "adapters")]
    for source, folder in zip(sources, kept, strict=True):
        assert all((folder / p.name).read_bytes() == p.read_bytes() for p in source.iterdir())
    monkeypatch.delenv("PIP_FIND_LINKS")
    (out / "wheels" / "stray-1.0-py3-none-any.whl").write_text("of this no hash is listed")
    installing = ["sh", str(out / "install.sh"), str(tmp_path / "venv")]
    if not nowhere.refused(tmp_path):
        installing = nowhere.inside(installing, tmp_path)
    environment = {"PATH": os.environ["PATH"], "PYTHON": sys.executable, "HOME": str(tmp_path)}
    done = subprocess.run(installing, capture_output=True, text=True, timeout=400, env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"model add '{kept[0]}' --name 'small'" in done.stdout
    assert f"adapter add '{kept[1]}' --name 'style'" in done.stdout
    assert f"export RAGBOX_RERANKER='{out}/named/RAGBOX_RERANKER'" in done.stdout
    assert subprocess.check_output([tmp_path / "venv" / "bin" / "tinybox"], text=True) == "tiny\n"
    (out / "data" / "samples" / "a.txt").write_text("a Sample")
    spoilt = subprocess.run(installing, capture_output=True, text=True, timeout=400, env=environment)
    assert spoilt.returncode != 0
    assert "data/samples/a.txt: FAILED" in spoilt.stdout + spoilt.stderr


def test_what_is_sealed_does_not_lie_open_in_a_bundle_unless_somebody_says_so(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    furnished(tmp_path, monkeypatch)
    tiny = project(tmp_path / "tiny", "tinybox")
    before = sorted(p.name for p in tmp_path.iterdir())
    for kind in ("--models", "--adapters"):
        code, _, said = run("bundle", str(tmp_path / "out"), "--source", str(tiny), kind)
        assert (code, "Say --unsealed" in said) == (Conflict.exit_code, True)
    assert sorted(p.name for p in tmp_path.iterdir()) == before


def test_a_model_that_was_changed_goes_into_no_bundle(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = Store(tmp_path / "data" / "models").add(hf_folder(tmp_path / "small"))
    (added.folder / "config.json").chmod(0o644)
    (added.folder / "config.json").write_text("{}")
    monkeypatch.setattr(bundles, "_wheels", lambda *_, **__: None)
    source = project(tmp_path / "tiny", "tinybox")
    code, _, said = run("bundle", str(tmp_path / "out"), "--source", str(source), "--models")
    assert (code, "not as it was added" in said) == (Rejected.exit_code, True)
    assert not [p for p in tmp_path.iterdir() if p.name.startswith("out")]


def test_models_and_adapters_are_their_owners_alone_and_a_split_file_comes_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundles, "_wheels", lambda *_, **__: None)
    parts = [tmp_path / "big" / f"a-0000{n}-of-00002.gguf" for n in (1, 2)]
    version = hf_folder(tmp_path / "models" / "small" / "1")
    parts[0].parent.mkdir()
    for path in (*parts, tmp_path / "big" / "ab-00001-of-00002.gguf"):
        path.write_text(path.name)
    out = tmp_path / "out"
    bundle(
        out, project(tmp_path / "tiny", "tinybox"), [version], [lora_folder(tmp_path / "style" / "1")],
        named={"RAGBOX_MODEL": parts[0]},
    )  # fmt: skip
    assert [p.name for p in sorted((out / "named" / "RAGBOX_MODEL").iterdir())] == [p.name for p in parts]
    kept = [p for kind in ("models", "adapters") for p in (out / kind, *(out / kind).rglob("*"))]
    assert {(p.is_dir(), p.stat().st_mode & 0o777) for p in kept} == {(True, 0o700), (False, 0o600)}


def test_pip_unpacks_beside_the_bundle_for_memory_may_have_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pip = tmp_path / "python"
    pip.write_text('#!/bin/sh\ntest -d "$TMPDIR" && echo "in $TMPDIR" >&2\nexit 1\n')
    pip.chmod(0o755)
    monkeypatch.setattr(bundles.sys, "executable", str(pip))
    with pytest.raises(Unavailable, match=rf"wheels: in {re.escape(str(tmp_path))}/out\.\w+\. Look"):
        bundle(tmp_path / "out", project(tmp_path / "tiny", "tinybox"))


def test_what_pip_cannot_get_is_told_and_nothing_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failed = subprocess.CompletedProcess([], 1, "", "ERROR: No matching distribution found for tinypart==2.0\n")
    monkeypatch.setattr(bundles.subprocess, "run", lambda *_, **__: failed)
    with pytest.raises(Unavailable, match=r"for tinypart==2\.0\. Look at pip's configuration"):
        bundle(tmp_path / "out", project(tmp_path / "tiny", "tinybox"))
    assert not [p for p in tmp_path.iterdir() if p.name.startswith("out")]


def test_a_folder_of_the_users_beside_it_stays_and_a_missing_pip_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = tmp_path / "out.part" / "a.txt"
    theirs.parent.mkdir()
    theirs.write_text("mine")
    monkeypatch.setattr(bundles, "find_spec", lambda _: None)
    with pytest.raises(Unavailable, match="has no pip"):
        bundle(tmp_path / "out", project(tmp_path / "tiny", "tinybox"))
    assert theirs.read_text() == "mine"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out.part", "tiny"]


def test_what_is_there_is_left_alone_and_a_checkout_is_needed(tmp_path: Path, run: Run) -> None:
    with pytest.raises(Conflict, match="Name a new folder"):
        bundle(tmp_path, tmp_path)
    with pytest.raises(NotFound, match="--source"):
        bundle(tmp_path / "out", tmp_path)
    assert run("bundle", str(tmp_path / "out"), "--source", str(tmp_path))[0] == NotFound.exit_code


def test_another_python_or_platform_is_refused(tmp_path: Path) -> None:
    script = bundles._script("tinybox", 0)
    for other in (script.replace(str(sys.version_info[:2]), "(3, 1)"), bundles._script("tinybox", 99)):
        (tmp_path / "install.sh").write_text(other)
        done = subprocess.run(
            ["sh", str(tmp_path / "install.sh")],
            capture_output=True,
            text=True,
            env=os.environ | {"PYTHON": sys.executable},
        )
        assert (done.returncode, "These wheels are for Python" in done.stderr) == (1, True)


def test_the_wheels_say_which_version_of_this_python_they_need_at_least(tmp_path: Path) -> None:
    now = f"{sys.version_info[0]}.{sys.version_info[1]}"
    for name, needs in {"a": f">={now}.2,<4", "b": f"!=3.0.*,>= {now}.5", "c": ">=2.7.18", "d": ""}.items():
        with zipfile.ZipFile(tmp_path / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
            said = f"Requires-Python: {needs}\n" if needs else ""
            wheel.writestr(f"{name}-1.0.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\n{said}\nText")
    assert bundles._micro(tmp_path) == 5


def test_every_paper_that_goes_along_is_there() -> None:
    root = Path(__file__).parent.parent
    assert [paper for paper in bundles.PAPERS if not (root / paper).exists()] == []

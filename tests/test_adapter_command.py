"""The commands `ragbox adapter ...`: the same life cycle without a page, and exit codes that say how it ended."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ragbox import llm
from ragbox.adapters.store import AdapterStore
from ragbox.encoders import make_encoder
from ragbox.settings import Settings
from tests.adapter_box import LEAVE, LINES, QUESTION, TRAINS, archive, say
from tests.adapter_files import scorer_folder
from tests.doors import HANDBOOK
from tests.fake_model import FakeModel

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(llm, "make_model", lambda *_: FakeModel(say))
    return run


def test_the_life_of_an_adapter_from_the_command_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "handbook.txt").write_bytes(HANDBOOK)
    assert run("ingest", "in", "--collection", "hr")[0] == 0
    archive(tmp_path, "rich"), archive(tmp_path, "poor")
    code, out, _ = run("adapter", "add", "rich.zip")
    rich = AdapterStore(tmp_path / "data" / "adapters").get("rich")
    assert (code, out) == (0, f"{rich.key} is in the store. `ragbox adapter activate rich` lets it answer.\n")
    assert run("adapter", "add", "poor.zip", "--name", "poor")[0] == 0
    (tmp_path / "questions.jsonl").write_text(LINES)
    assert run("adapter", "questions", "questions.jsonl")[1] == "questions: 2\n"

    code, _, err = run("adapter", "activate", "poor")
    assert (code, "was not activated (gate)" in err, "With --reason it goes through" in err) == (6, True, True)
    code, out, _ = run("adapter", "activate", rich.key)
    assert (code, out.splitlines()[-1]) == (0, f"{rich.key} writes the answers.")
    assert json.loads(run("ask", QUESTION, "--json")[1])["adapter"] == rich.key
    code, out, _ = run("adapter", "compare", QUESTION)
    assert (code, out.splitlines()[0], out.count(LEAVE), out.count(TRAINS)) == (0, "--- the bare model", 2, 1)

    assert run("adapter", "assign", "hr", "rich")[1] == f"{rich.key} writes the answers over hr.\n"
    listed = run("adapter", "list")[1]
    assert (rich.key in listed, "yes" in listed, "hr" in listed) == (True, True, True)
    shown = run("adapter", "show", "rich")[1]
    assert ("passed: True" in shown, "# A card" in shown) == (True, True)
    assert run("adapter", "remove", "rich", rich.version)[0] == 5
    assert run("adapter", "assign", "hr")[1] == "The active adapter writes the answers over hr.\n"
    assert run("adapter", "rollback")[1] == "The bare model writes the answers.\n"
    assert run("adapter", "activate", "poor", "--reason", "a test")[0] == 0
    assert run("adapter", "activate", "-")[1] == "The bare model writes the answers.\n"
    assert run("adapter", "remove", "rich")[0] == 2
    assert run("adapter", "remove", rich.key)[0] == 0


def test_what_goes_wrong_is_said_with_its_exit_code(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.zip").write_bytes(b"nothing")
    for words, code, said in (
        (("add", "bad.zip"), 6, "bad.zip is no .zip"), (("add", "nothing.zip"), 3, "nothing.zip"),
        (("activate", "nothing"), 3, "no adapter 'nothing'"), (("show", "nothing"), 3, "no adapter 'nothing'"),
        (("rollback",), 5, "No other adapter was active before"), (("questions", "bad.jsonl"), 2, "bad.jsonl"),
        (("assign", "nothing"), 3, "no collection 'nothing'"),
    ):  # fmt: skip
        ended, _, err = run("adapter", *words)
        assert (ended, said in err) == (code, True), (words, err)


def test_a_scorer_is_activated_and_taken_back_from_the_command_line(run: Run, tmp_path: Path) -> None:
    folder, words = scorer_folder(tmp_path / "mine", cosine=3.0), make_encoder(Settings())
    words.load()
    said = json.loads((folder / "scorer.json").read_text()) | {"encoder": words.identity}
    (folder / "scorer.json").write_text(json.dumps(said))
    assert run("adapter", "add", str(folder))[0] == 0
    key = AdapterStore(tmp_path / "data" / "adapters").get("mine").key
    assert run("adapter", "activate", "mine")[1].splitlines()[-1] == f"{key} chooses the quotes."
    assert run("adapter", "rollback", "--scorer")[1] == "The built-in scorer chooses the quotes.\n"
    assert run("adapter", "rollback", "--scorer")[0] == 5
    assert run("adapter", "activate", "-", "--scorer")[1] == "The built-in scorer chooses the quotes.\n"

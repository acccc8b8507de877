"""The routes and commands for models: admins only, long work in a thread with progress, one version answering."""

from __future__ import annotations

import json
import re
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from ragbox import cli, helper, hub, registry
from ragbox.box import Box
from ragbox.errors import Unavailable
from ragbox.llm import Llm
from ragbox.models import Store
from ragbox.settings import Settings
from tests.doors import failure, nobody, program
from tests.fake_model import FakeModel
from tests.fakes import FakeEncoder, FakeSandbox
from tests.model_files import gguf, hf_folder
from web.models import router

ROUTES = sorted((method, route.path) for route in router.routes for method in route.methods)  # type: ignore[attr-defined]
PATIENCE = 60.0
As = Callable[[str], TestClient]


@pytest.fixture
def box(settings: Settings) -> Iterator[Box]:
    """A loaded box whose language model is a fake, named by the store's active version."""
    store = Store(settings.data / "models")

    def make(_: Settings, there: Store) -> FakeModel | None:
        return FakeModel(name=found.name) if (found := there.active()) else None

    made = Box(settings, encoder=FakeEncoder(), sandbox=FakeSandbox(), llm=Llm(settings, store, make=make))
    made.open()
    made.load()
    yield made
    made.close()


@pytest.fixture
def admin(app: FastAPI, box: Box) -> TestClient:
    return program(app, box)


def ended(client: TestClient) -> Any:
    until = time.monotonic() + PATIENCE
    while (work := client.get("/api/models").json()["work"])["running"]:
        assert time.monotonic() < until
        time.sleep(0.02)
    return work


def add(client: TestClient, path: Path, **more: str) -> str:
    reply = client.post("/api/models", json={"source": str(path)} | more)
    assert reply.status_code == 202, reply.text
    work = ended(client)
    assert work["error"] == ""
    return str(work["version"])


@pytest.mark.parametrize("name", ["edda", "rita", "leo"])
@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_every_route_refuses_who_is_no_admin(as_: As, name: str, method: str, path: str) -> None:
    for body in (None, {}, {"source": "/x"}):
        reply = as_(name).request(method, re.sub(r"\{\w+\}", "x", path), json=body)
        assert failure(reply) == (403, "NotPermitted")


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_every_route_refuses_who_is_nobody(app: FastAPI, method: str, path: str) -> None:
    assert failure(nobody(app).request(method, path)) == (401, "NotSignedIn")


def test_a_model_is_added_checked_activated_and_removed(admin: TestClient, box: Box, tmp_path: Path) -> None:
    empty = admin.get("/api/models").json()
    assert (empty["models"], empty["work"]["stage"], empty["model"]["state"]) == ([], "", "none")
    first = add(admin, gguf(tmp_path / "one.gguf"))
    second = add(admin, gguf(tmp_path / "one.gguf", **{"llama.context_length": 1024}))
    listed = admin.get("/api/models").json()["models"]
    assert [(m["name"], m["version"], m["active"]) for m in listed] == [("one", first, False), ("one", second, False)]
    assert listed[0]["memory"].keys() == {"gguf"}
    assert admin.post(f"/api/models/one/{first}/verify").json() == {
        "name": "one", "version": first, "well": True, "problems": [],
    }  # fmt: skip
    assert admin.post(f"/api/models/one/{first}/activate").json()["active"]["version"] == first
    assert box.llm.wait(PATIENCE).state == "ready"
    now = admin.get("/api/models").json()
    assert (now["model"]["name"], now["models"][0]["active"]) == ("one", True)
    assert now["model"]["capabilities"]["rows"] == 8
    assert failure(admin.delete(f"/api/models/one/{first}")) == (409, "Conflict")
    assert admin.delete(f"/api/models/one/{second}").json() == {"removed": f"one {second}"}
    assert admin.post("/api/models/rollback").json() == {"active": None}
    assert box.llm.wait(PATIENCE).state == "none"
    assert failure(admin.post("/api/models/rollback")) == (409, "Conflict")
    assert failure(admin.post("/api/models/one/none/activate")) == (404, "NotFound")


def test_damage_is_told_and_does_not_answer(admin: TestClient, box: Box, tmp_path: Path) -> None:
    version = add(admin, gguf(tmp_path / "one.gguf"))
    (box.store.get("one").folder / "evil.py").write_text("x")
    found = admin.post(f"/api/models/one/{version}/verify").json()
    assert (found["well"], found["problems"]) == (False, ["evil.py was put there later."])
    assert failure(admin.post(f"/api/models/one/{version}/activate")) == (422, "Rejected")


def test_an_active_version_whose_folder_is_gone_does_not_take_the_page_with_it(
    admin: TestClient, box: Box, tmp_path: Path
) -> None:
    version = add(admin, gguf(tmp_path / "one.gguf"))
    admin.post(f"/api/models/one/{version}/activate")
    other = add(admin, gguf(tmp_path / "two.gguf", **{"llama.context_length": 1024}))
    box.llm.wait(PATIENCE)
    shutil.rmtree(box.store.get("one").folder)
    assert [(m["name"], m["active"]) for m in admin.get("/api/models").json()["models"]] == [("two", False)]
    assert admin.post(f"/api/models/two/{other}/activate").json()["active"]["name"] == "two"


def test_the_model_is_loaded_and_unloaded(admin: TestClient, box: Box, tmp_path: Path) -> None:
    version = add(admin, gguf(tmp_path / "one.gguf"), name="two")
    box.store.activate("two", version)
    assert admin.post("/api/models/load", json={"quantization": "int8"}).status_code == 202
    assert box.llm.wait(PATIENCE).state == "ready"
    assert admin.post("/api/models/unload").json() == {"state": "none"}
    assert failure(admin.post("/api/models/load", json={"quantization": "q4"})) == (400, "BadInput")


def test_the_memory_that_a_model_will_need_is_computed(box: Box, tmp_path: Path) -> None:
    version = box.store.add(hf_folder(tmp_path / "tiny"))
    need = box.registry.needs(version)
    assert list(need) == ["nf4", "int8", "bf16", "fp32"]
    # 640 parameters in 16 bits; 2 x 1 layer x 2 heads x 2 wide x 2 bytes, of 2048 tokens for 8 answers at a time
    assert (need["bf16"].weights, need["bf16"].cache) == (1280, 16 * 2048 * 8)


def test_failure_is_told(admin: TestClient, tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"x")
    admin.post("/api/models", json={"source": str(tmp_path / "model.bin")})
    work = ended(admin)
    assert (work["stage"], work["version"]) == ("failed", "")
    assert "is a pickle" in work["error"]
    admin.post("/api/models", json={"source": str(hf_folder(tmp_path / "tiny", model_type="none"))})
    assert "does not know as a causal language model" in ended(admin)["error"]


@pytest.mark.parametrize("source", ["tiny", "../up", "a/b/c", "https://example.com/x"])
def test_a_source_is_an_absolute_path_or_a_name_of_the_hub(admin: TestClient, source: str) -> None:
    assert failure(admin.post("/api/models", json={"source": source})) == (400, "BadInput")
    path = {"source": "/nothing", "file": "x.gguf"}
    assert failure(admin.post("/api/models", json=path)) == (400, "BadInput")


def test_the_hub_is_asked_only_for_a_name_of_the_hub(
    admin: TestClient, box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str]] = []
    go = threading.Event()

    def fetch(name: str, downloads: Path, *, file: str, stop: threading.Event) -> Iterator[dict[str, Any]]:
        asked.append((name, file))
        yield {"done": 1, "total": 10}
        assert go.wait(PATIENCE)
        assert not stop.is_set()
        folder = downloads / "acme--small" / "c0ffee"
        folder.mkdir(parents=True)
        gguf(folder / "small-q4.gguf")
        yield {"folder": str(folder), "commit": "c0ffee"}

    monkeypatch.setattr(hub, "fetch", fetch)
    add(admin, gguf(tmp_path / "one.gguf"))
    assert asked == []
    work = admin.post("/api/models", json={"source": "acme/small", "file": "small-q4.gguf"}).json()
    assert (work["stage"], work["running"]) == ("download", True)
    assert failure(admin.post("/api/models", json={"source": "acme/other"})) == (409, "Conflict")
    go.set()
    work = ended(admin)
    assert (asked, work["name"], work["stage"]) == ([("acme/small", "small-q4.gguf")], "small-q4", "done")
    assert box.store.get("small-q4").source == "acme/small at c0ffee"
    assert not (box.store.folder / ".downloads" / "acme--small").exists()


def test_a_download_that_ends_without_a_model_takes_nothing_from_the_folder_the_server_runs_in(
    admin: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    gguf(here / "own.gguf")
    monkeypatch.chdir(here)
    monkeypatch.setattr(hub, "fetch", lambda *_, **__: iter([{"done": 1, "total": 10}]))
    admin.post("/api/models", json={"source": "acme/small"})
    assert "ended without a model" in ended(admin)["error"]
    assert [path.name for path in here.iterdir()] == ["own.gguf"]


def test_work_is_broken_off(admin: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fetch(*_: Any, stop: threading.Event, **__: Any) -> Iterator[dict[str, Any]]:
        assert stop.wait(PATIENCE)
        raise Unavailable("stopped")
        yield {}

    monkeypatch.setattr(hub, "fetch", fetch)
    admin.post("/api/models", json={"source": "acme/small"})
    assert admin.post("/api/models/cancel").json()["running"]
    assert (ended(admin)["stage"], ended(admin)["error"]) == ("failed", "stopped")


def test_the_practice_model_is_taught_from_the_collection(
    admin: TestClient, box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lessons, modules = list[dict[str, Any]](), list[str]()

    def work(module: str, path: str, folder: str = "", seconds: str = "", **_: Any) -> Iterator[dict[str, Any]]:
        modules.append(module)
        if module == "ragbox.engines.lora_train":
            raise Unavailable("no memory for adapters")  # which takes nothing from the model
        assert (module, seconds) == ("ragbox.engines.practice", "1.0")
        lessons.extend(map(json.loads, Path(path).read_text().splitlines()))
        yield {"done": 500, "total": 1000, "loss": 2.0}
        hf_folder(Path(folder))
        yield {"figures": {"taught": 0.5}}

    monkeypatch.setattr(helper, "work", work)
    gold = {"file": "handbook.txt", "page": 1}
    asked = [
        {"question": "How many days of annual leave do staff get?", "answer": "30 days", "gold": [gold]},
        {"question": "Who is the king?", "unanswerable": True},
    ]
    file = tmp_path / "questions.jsonl"
    file.write_text("\n".join(map(json.dumps, asked)))
    body = {"collection": "hr", "questions": str(file), "seconds": 1}
    assert admin.post("/api/models/practice", json=body).status_code == 202
    work_done = ended(admin)
    assert (work_done["error"], work_done["name"], work_done["figures"]) == ("", "practice", {"taught": 0.5})
    assert box.store.get("practice").source == registry.ORIGIN
    assert modules == ["ragbox.engines.practice", "ragbox.engines.lora_train"]
    refusal = "The documents do not answer this question."
    taught = [lesson["answer"] for lesson in lessons]
    assert taught == [*["Staff get 30 days of annual leave. [1]"] * 2, refusal, refusal]
    system, user = lessons[0]["messages"]
    assert system["role"] == "system"
    assert "Staff get 30 days" in user["content"]
    assert user["content"].rfind(lessons[0]["question"]) > user["content"].rfind("Staff get 30 days")
    assert lessons[0]["messages"] != lessons[1]["messages"]  # another code
    assert not (box.store.folder / ".practice").exists()
    admin.post("/api/models/practice", json=body | {"collection": "nothing"})
    assert "no collection 'nothing'" in ended(admin)["error"]


def test_the_command_does_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RAGBOX_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    gguf(tmp_path / "one.gguf")

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["ragbox", "model", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        shown = capsys.readouterr()
        return int(ended.value.code or 0), shown.out, shown.err

    code, out, _ = run("add", "one.gguf")
    version = Store(tmp_path / "data" / "models").get("one").version
    assert (code, out.splitlines()[-1]) == (
        0,
        f"one {version} is in the store. `ragbox model activate one` lets it answer.",
    )
    assert "mit" in run("list")[1]
    assert run("activate", "one")[1] == f"one {version} is active.\n"
    assert json.loads(run("list", "--json")[1])["models"][0]["active"]
    assert run("verify", "one")[0] == 0
    (tmp_path / "data" / "models" / "one" / version / "evil.py").write_text("x")
    code, out, err = run("verify", "one", version)
    assert (code, "evil.py" in out, "not as it was added" in err) == (6, True, True)
    assert run("remove", "one", version)[0] == 5
    assert run("rollback")[1] == "No model is active: answers are quotes.\n"
    assert run("remove", "one", version)[0] == 0
    code, _, err = run("activate", "one")
    assert (code, "no model 'one'" in err) == (3, True)
    code, _, err = run("add", "nothing.gguf")
    assert (code, "neither an absolute path" in err) == (2, True)
    (tmp_path / "x.bin").write_bytes(b"x")
    code, _, err = run("add", "x.bin")
    assert (code, "is a pickle" in err) == (6, True)

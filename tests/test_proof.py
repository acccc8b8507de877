"""The proof of silence: what counts counts, what is tried is told, and the whole job tries nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ragbox.adapters.store import AdapterStore
from ragbox.models import Store
from ragbox.proof import homing, job, nowhere, prove
from ragbox.sealing import keys, whole
from ragbox.sealing.keys import Secret
from ragbox.settings import Settings
from ragbox.versions import digest_of
from tests.conftest import Run
from tests.tiny_lm import tiny_lm
from tests.tiny_lora import tiny_lora

WAY = {"library": "lib", "deed": "reports", "switch": "LIB_OFF", "hosts": [], "kernel": 0, "ended": ""}
COUNT = """
import socket
from ragbox.proof import nowhere
nowhere.loopback()
before = nowhere.counted()
nowhere.attempt()
datagram = nowhere.counted() - before
try:
    socket.create_connection(("192.0.2.7", 80), 1)
except OSError:
    pass
connection = nowhere.counted() - before - datagram
try:
    socket.getaddrinfo("example.com", 80)
except OSError:
    pass
lookup = nowhere.counted() - before - datagram - connection
with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
    pass
print(datagram, connection, lookup > 0, nowhere.counted() - before - datagram - connection - lookup)
"""


def namespaced(folder: Path) -> None:
    if why := nowhere.refused(folder):
        pytest.skip(f"no namespaces here: {why}")


def test_the_kernel_counts_datagrams_connections_and_lookups_but_not_this_machine(tmp_path: Path) -> None:
    namespaced(tmp_path)
    command = nowhere.inside([sys.executable, "-c", COUNT], tmp_path)
    done = subprocess.run(command, capture_output=True, text=True, timeout=200, check=True)
    assert done.stdout.split() == ["1", "1", "True", "0"]


@pytest.mark.parametrize(
    ("manner", "changes", "well", "words"),
    [
        ("kept", {}, True, "silent with LIB_OFF"),
        ("kept", {"hosts": ["a.example"]}, False, "TRIED (a.example)"),
        ("kept", {"kernel": 2}, False, "TRIED"),
        ("loose", {"kernel": 2}, True, "without LIB_OFF: the switch is what stops it"),
        ("loose", {}, True, "tries nothing without LIB_OFF either"),
        ("loose", {"switch": "", "hosts": ["a.example"]}, True, "the box never goes this way"),
        ("loose", {"switch": ""}, True, "this version tries nothing."),
        ("kept", {"ended": "AttributeError"}, False, "cannot be tried with this version (AttributeError)"),
        ("kept", {"ended": "OfflineModeIsEnabled"}, True, "silent with LIB_OFF"),
        ("loose", {"ended": homing.ABSENT}, True, "is not installed"),
    ],
)
def test_a_way_home_is_judged(manner: str, changes: dict[str, object], well: bool, words: str) -> None:
    found = job._judged(WAY | changes, manner, True)
    assert (found[0], words in found[1]) == (well, True)


def test_what_the_kernel_counts_of_others_is_nothing_where_there_is_no_namespace() -> None:
    assert job._judged(WAY | {"kernel": 2}, "kept", False)[0]


def test_of_each_kind_the_smallest_sample_is_taken(settings: Settings, tmp_path: Path) -> None:
    for name, size in {"a.txt": 9, "b.txt": 3, "c.PDF": 5, "questions.jsonl": 1, "d/e.md": 2}.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x" * size)
    chosen = {Path(path).name for path in prove._chosen(settings, tmp_path)}
    assert chosen == {"b.txt", "c.PDF", "e.md"}
    assert prove._chosen(settings, tmp_path / "nothing") == []


def test_a_job_that_fails_or_hangs_is_told(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nowhere, "refused", lambda _: "not allowed")
    monkeypatch.setattr(prove, "MAIN", "ragbox.nothing")
    hooked, failed = prove.prove(settings, tmp_path)
    assert "None is to be had (not allowed)" in hooked.finding
    assert (failed.well, "No module named ragbox.nothing" in failed.finding) == (False, True)
    _, hung = prove.prove(settings, tmp_path, seconds=0.0)
    assert (hung.well, hung.finding) == (False, "It was not done after 0 s. Try when less runs.")


def test_the_job_has_the_settings_but_neither_data_nor_servers() -> None:
    words = prove._environment(None)
    env = {
        "RAGBOX_DATA": "x",
        "RAGBOX_SEAL_KEY_FILE": "key",
        "RAGBOX_REMOTE_URLS": '["http://gpu"]',
        "RAGBOX_OCR": "false",
        "HTTPS_PROXY": "http://127.0.0.1:3128",
        "PATH": os.environ["PATH"],
    }
    left = subprocess.check_output([*words, "env"], text=True, env=env)
    assert "RAGBOX_OCR=false" in left
    assert "RAGBOX_DATA" not in left
    assert "RAGBOX_SEAL" not in left
    assert "RAGBOX_REMOTE_URLS" not in left
    assert "PROXY" not in left, "what goes to a proxy on this machine would not be counted"


def furnish(folder: Path) -> str:
    """Fill a data folder with a real model and an adapter for it, both active, seal it; returns the adapter's key."""
    data = folder / "data"
    store, adapters = Store(data / "models"), AdapterStore(data / "adapters")
    base = tiny_lm(folder / "lm")
    model = store.add(base, name="tiny")
    adapter = adapters.add(
        tiny_lora(base, folder / "lora"), name="style", base=base, base_digest=digest_of(model.folder)
    )
    store.activate("tiny")
    adapters.activate(adapter.key)
    keys.make(folder / "key")
    for _ in whole.on(data, Secret(key_file=folder / "key")):
        pass
    return adapter.key


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_the_whole_job_tries_to_reach_nobody(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """About 60 s of processor time: a server with its pages, OCR and model, and the libraries loaded twice."""
    namespaced(tmp_path)
    adapter = furnish(tmp_path)
    monkeypatch.setenv("RAGBOX_SEAL_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("RAGBOX_QUANTIZATION", "nf4")
    samples = tmp_path / "in"
    samples.mkdir()
    (samples / "a.html").write_text("<h1>Pumps</h1><p>The pump needs oil.</p>")
    monkeypatch.delenv("RAGBOX_ENCODER")  # the real one
    monkeypatch.setenv("CI", "true")  # a library that is silent on build servers must not pass for silent
    code, out, err = run("doctor", "--offline-proof", "--samples", str(samples), "--json")
    checks = json.loads(out)["checks"]
    assert (code, err, [c for c in checks if not c["well"]]) == (0, "", [])
    told = {c["part"]: c["finding"] for c in checks}
    assert told["main job"].startswith("0 attempts")
    assert ".html .png .txt" in told["ingest"]
    assert told["model"].endswith("is loaded as nf4.")
    assert told["adapter"] == f"{adapter}, a lora, answers."
    assert f" with {adapter} answered" in told["ask"]
    findings = "\n".join(c["finding"] for c in checks)
    switches = {"HF_HUB_OFFLINE", "HF_HUB_DISABLE_TELEMETRY", "TRANSFORMERS_OFFLINE", "GRADIO_ANALYTICS_ENABLED",
                "LANGSMITH_TRACING_V2", "SCARF_NO_ANALYTICS", "ORT_DISABLE_TELEMETRY"}  # fmt: skip
    for switch in switches:
        assert f"silent with {switch}" in findings
        assert f"without {switch}: the switch is what stops it" in findings
    assert "chromadb" in told
    assert "silent with OTEL_SDK_DISABLED" in findings
    assert findings.count("the box never goes this way") == 8

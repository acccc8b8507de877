"""A model behind a real OpenAI-compatible server: `transformers serve` with a tiny model, on this machine."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from ragbox.engines.remote import RemoteModel
from ragbox.errors import Unavailable

from ..model_contract import LanguageModelContract, ask, said, write
from ..ports import unused
from ..tiny_lm import tiny_lm

START_SECONDS = 180.0
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a tiny model under the name company/tiny, as if it had come from the hub."""
    hub = tmp_path_factory.mktemp("hub")
    kept = hub / "models--company--tiny"
    (kept / "refs").mkdir(parents=True)
    (kept / "refs" / "main").write_text("0" * 40)
    tiny_lm(kept / "snapshots" / ("0" * 40))
    port = unused()
    command = shutil.which("transformers", path=Path(sys.executable).parent)
    assert command
    log = hub / "log"
    with log.open("wb") as stream:
        server = subprocess.Popen(
            [command, "serve", "company/tiny", "--host", "127.0.0.1", "--port", str(port), "--device", "cpu"],
            env=os.environ | {"HF_HUB_CACHE": str(hub), "HF_HUB_OFFLINE": "1"}, stdout=stream, stderr=stream,
        )  # fmt: skip
    until = time.monotonic() + START_SECONDS
    try:
        while server.poll() is None and time.monotonic() < until:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.2)
        else:
            pytest.fail(f"the server did not start: {log.read_text(errors='replace')[-2000:]}")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        try:
            server.wait(60)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@pytest.fixture
def model(url: str) -> Iterator[RemoteModel]:
    model = RemoteModel([url], model="company/tiny", timeout=60.0)
    model.load()
    yield model
    model.close()


class TestContract(LanguageModelContract):
    pass


def test_the_server_counts_the_tokens(model: RemoteModel) -> None:
    deltas = write(model, ask("the order of March", max_new_tokens=9))
    assert sum(d.tokens for d in deltas) == 9
    assert 20 < deltas[-1].prompt_tokens < 100


def test_with_one_replica_that_is_down_the_other_answers(url: str) -> None:
    down = f"http://127.0.0.1:{unused()}"
    model = RemoteModel([down, url], model="company/tiny")
    model.load()
    assert len({said(write(model, ask("the order"))) for _ in range(3)}) == 1
    model.close()
    with pytest.raises(Unavailable, match="cannot be reached"):
        RemoteModel([down], model="company/tiny").load()

"""A running box for browsers: the command as a process, the same in this process, or a box of the test's own."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from ragbox.box import Box
from ragbox.client import Client
from ragbox.owner import Address, find
from ragbox.settings import Settings
from tests.lasting import ENCODER, rules
from web.app import create_app

SAMPLES = Path(__file__).parents[2] / "data" / "samples"


@dataclass(frozen=True)
class Server:
    """A running box; `url` is its address, without a path."""

    url: str
    data: Path
    address: Address
    client: Client

    def link(self, name: str) -> str:
        """Return a one-time sign-in link of a user."""
        url: str = self.client.login_link(name)["url"]
        return url


@contextmanager
def serving(data: Path) -> Iterator[Server]:
    """Run a box on a free port until the block ends."""
    command = [sys.executable, "-c", "from ragbox.cli import main; main()"]
    arguments = ["serve", "--data", str(data), "--port", "0", "--json"]
    with subprocess.Popen([*command, *arguments], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = json.loads(process.stdout.readline())["url"]
            address = find(data)
            assert address is not None
            with Client(address) as client:
                yield Server(url, data, address, client)
        finally:
            process.terminate()
            try:
                process.wait(60)
            finally:
                process.kill()  # or one that does not end holds up all tests after it


@contextmanager
def hosting(data: Path) -> Iterator[Server]:
    """Run a box in this process until the block ends.

    It has all that the command's has, without the 25 s of processor time in which that imports and loads it anew.
    """
    box = Box(Settings(data=data), encoder=ENCODER, analyzer=rules)
    box.open()
    try:
        box.load()
        box.privacy.load()
        box.mirror.start()
        with inside(box) as url:
            address = Address(url=url, token=box.auth.local_token())
            with Client(address) as client:
                yield Server(url, data, address, client)
    finally:
        box.close()


@contextmanager
def inside(box: Box) -> Iterator[str]:
    """Serve a box of this process on a free port; yields the address."""
    made: list[uvicorn.Server] = []
    started = threading.Event()

    async def serve() -> None:
        # Built in here: outside of an event loop Gradio would make some that nobody closes.
        config = uvicorn.Config(create_app(box), port=0, log_level="warning", timeout_graceful_shutdown=2)
        made.append(uvicorn.Server(config))
        serving = asyncio.create_task(made[0].serve())
        while not made[0].started:
            await asyncio.sleep(0.05)
        started.set()
        await serving

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert started.wait(60)
    yield f"http://127.0.0.1:{made[0].servers[0].sockets[0].getsockname()[1]}"
    made[0].should_exit = True
    thread.join(20)


def load(server: Server, papers: Sequence[str]) -> None:
    """Take the named samples in as the collection "samples"; ["*"] for all."""
    server.client.create_collection("samples")
    found = [p for name in papers for p in sorted(SAMPLES.rglob(name)) if p.suffix not in (".jsonl", "")]
    named = [(p, str(p.relative_to(SAMPLES))) for p in found]
    assert {r["status"] for r in server.client.ingest(named, collection="samples")} == {"indexed"}

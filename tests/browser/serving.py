"""A running box for browsers: the command as a process and a client at its door, or a box of the test's own."""

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
def inside(box: Box) -> Iterator[str]:
    """Serve a box of this process on a free port; yields the address."""
    server = uvicorn.Server(uvicorn.Config(create_app(box), port=0, log_level="warning", timeout_graceful_shutdown=2))
    started = threading.Event()

    async def serve() -> None:
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.05)
        started.set()
        await serving

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert started.wait(60)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(20)


def load(server: Server, papers: Sequence[str]) -> None:
    """Take the named samples in as the collection "samples"; ["*"] for all."""
    server.client.create_collection("samples")
    found = [p for name in papers for p in sorted(SAMPLES.rglob(name)) if p.suffix not in (".jsonl", "")]
    named = [(p, str(p.relative_to(SAMPLES))) for p in found]
    assert {r["status"] for r in server.client.ingest(named, collection="samples")} == {"indexed"}

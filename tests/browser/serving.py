"""A running box for browsers: the command as a process, and a client at its door."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ragbox.client import Client
from ragbox.owner import Address, find

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


def load(server: Server, papers: Sequence[str]) -> None:
    """Take the named samples in as the collection "samples"; ["*"] for all."""
    server.client.create_collection("samples")
    found = [p for name in papers for p in sorted(SAMPLES.rglob(name)) if p.suffix not in (".jsonl", "")]
    named = [(p, str(p.relative_to(SAMPLES))) for p in found]
    assert {r["status"] for r in server.client.ingest(named, collection="samples")} == {"indexed"}

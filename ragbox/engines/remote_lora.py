"""LoRA adapters on the servers of a model, by vLLM's run-time API: on all that answer, or on none. Knows no HTTP.

A server that does not answer is left out, and brought up to date before it gets a request that names an adapter; so is
one that was started again and has forgotten them.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..errors import BadInput, Unavailable
from .trouble import Trouble

log = logging.getLogger(__name__)
Post = Callable[[str, dict[str, Any]], Awaitable[tuple[int, str]]]
"""Posts JSON to an address; returns status and words, raises Trouble where there is no answer."""


class RemoteAdapters:
    """The adapters that servers at these addresses have. One event loop uses it."""

    def __init__(self, post: Post, addresses: Sequence[str]) -> None:
        self._post = post
        self._there: dict[str, set[str]] = {address: set() for address in addresses}
        self.folders: dict[str, Path] = {}
        """Where each attached adapter lies, by its name; the servers see it under the same path."""

    async def attach(self, name: str, folder: Path) -> None:
        """Load an adapter on all servers.

        Raises:
            BadInput: one refuses it, and none has it now.
            Unavailable: none answers.
        """
        if name in self.folders:
            return
        done = await asyncio.gather(*(self._load(a, name, folder) for a in self._there), return_exceptions=True)
        failed = [found for found in done if found is not None]
        bad = [found for found in failed if not (isinstance(found, Trouble) and found.again)]
        if not bad and len(failed) < len(self._there):
            self.folders[name] = folder
            return
        await self._unload(name)
        raise (BadInput if bad else Unavailable)(str((bad or failed)[0]))

    async def detach(self, name: str) -> None:
        """Take an adapter off all servers; one that does not answer keeps it, and nobody asks for it."""
        if self.folders.pop(name, None) is not None:
            await self._unload(name)

    async def bring(self, name: str, address: str) -> None:
        """Let a server have an adapter before it is asked for it.

        Raises:
            Trouble: it does not take it; another server may have it.
        """
        if name and name not in self._there[address]:
            try:
                await self._load(address, name, self.folders[name])
            except Trouble as trouble:
                trouble.again = True
                raise

    def forget(self, address: str) -> None:
        """Take in that a server may have been started again, without adapters."""
        self._there[address].clear()

    async def _load(self, address: str, name: str, folder: Path) -> None:
        asked = {"lora_name": name, "lora_path": str(folder.resolve())}
        status, words = await self._post(f"{address}/load_lora_adapter", asked)
        if status != 200 and "already" not in words:
            raise Trouble(
                f"The model server {address} does not take the adapter {name}: {status}, {words}. It must be vLLM with "
                f"--enable-lora and VLLM_ALLOW_RUNTIME_LORA_UPDATING=True, and see {folder} under the same path.",
                again=False,
                well=True,
            )
        self._there[address].add(name)

    async def _unload(self, name: str) -> None:
        async def one(address: str) -> None:
            self._there[address].discard(name)
            with suppress(Trouble):
                status, words = await self._post(f"{address}/unload_lora_adapter", {"lora_name": name})
                if status != 200:
                    log.info("%s does not unload the adapter %s: %s", address, name, words)

        await asyncio.gather(*map(one, self._there))

"""Proves that a box is silent: has the main job done where there is no network. Touches no box that exists."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from ingest.walk import files

from ..adapters.pointer import EXTRACTIVE, MODEL
from ..adapters.store import AdapterStore
from ..doctor import Check
from ..models import Store
from ..sealing.vault import Vault
from ..settings import Settings
from . import nowhere

MOST_SECONDS = 1200.0
"""About a minute and a half on two free cores; a language model of the box takes what it takes to load."""
MAIN = "ragbox.proof.job"
ELSEWHERE = (
    "RAGBOX_DATA", "RAGBOX_MIRRORS", "RAGBOX_ENGINE", "RAGBOX_REMOTE_URLS", "RAGBOX_LANGCHAIN_MODEL",
    "RAGBOX_TEACHER_URLS", "RAGBOX_SEAL_KEY_FILE", "RAGBOX_SEAL_PASSPHRASE_FILE", "RAGBOX_INDEXES",
)  # fmt: skip
"""Settings that name data or its key, or servers which the box reaches on purpose."""
PROXIES = tuple(f(name) for name in ("http_proxy", "https_proxy", "all_proxy") for f in (str.lower, str.upper))
"""What goes to a proxy on this machine is not counted: without them it wants to get out itself."""


def prove(settings: Settings, samples: Path, *, seconds: float = MOST_SECONDS) -> Iterator[Check]:
    """Yield a finding for each part of the job and each way home, in a folder that is gone afterwards.

    `samples` is a folder of which a file of each kind is taken in; where there is none, a note and a picture are. The
    active model of the box answers with its active adapter, if it has any. Where namespaces are not allowed, the
    process's own hook counts, which native threads pass by, and no switch is lifted to see whether it is what helps.
    """
    with tempfile.TemporaryDirectory(prefix="ragbox-proof-") as name, _language(settings) as (model, adapters):
        folder = Path(name)
        why = nowhere.refused(folder)
        yield Check(
            part="namespace", well=True,
            finding=f"None is to be had ({why}): attempts are counted by a hook in each Python process."
            if why
            else "All processes run without a route to anywhere; the kernel counts what wants out.",
        )  # fmt: skip
        command = [sys.executable, "-P", "-m", MAIN, "hooked" if why else "counted", name, *map(str, adapters)]
        command += ["--", *_chosen(settings, samples)]
        command = [*_environment(model), *(command if why else nowhere.inside(command, folder))]
        yield from _run(command, folder / "job.log", seconds)


@contextmanager
def _language(settings: Settings) -> Iterator[tuple[Path | None, list[Path]]]:
    """Yield the folders of the box's active model and adapters, opened in memory where they are sealed."""
    with closing(Vault(settings.data, settings.secret, settings.seal_memory)) as vault, ExitStack() as lent:
        vault.open()
        store, adapters = Store(settings.data / "models", vault), AdapterStore(settings.data / "adapters", vault)
        active = None if settings.model else store.active()
        engines = (MODEL, EXTRACTIVE) if active or settings.model else (EXTRACTIVE,)
        chosen = [found for engine in engines if (found := adapters.active(engine))]
        yield (
            lent.enter_context(store.lend(active)) if active else None,
            [lent.enter_context(adapters.versions.lend(adapter.folder)) for adapter in chosen],
        )


def _environment(model: Path | None) -> list[str]:
    """Return the words that give the job the settings and this model, but not the box's data or servers."""
    named = [f"RAGBOX_MODEL={model}"] if model else []
    return ["env", *(word for name in (*ELSEWHERE, *PROXIES) for word in ("-u", name)), *named]


def _chosen(settings: Settings, samples: Path) -> list[str]:
    """Return the smallest file of each suffix in a folder."""
    found = [path for path, _ in files([samples], settings.ignore)] if samples.is_dir() else []
    found.sort(key=lambda path: path.stat().st_size, reverse=True)
    return [str(path.absolute()) for path in {path.suffix.lower(): path for path in found}.values()]


def _run(command: list[str], log: Path, seconds: float) -> Iterator[Check]:
    until = time.monotonic() + seconds
    with log.open("wb") as complaints:
        job = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=complaints, stdin=subprocess.DEVNULL, start_new_session=True
        )
    assert job.stdout is not None
    try:
        rest = b""
        while select.select([job.stdout], [], [], max(0.0, until - time.monotonic()))[0]:
            if not (piece := os.read(job.stdout.fileno(), 1 << 16)):
                if job.wait():
                    last = log.read_text(errors="replace").strip()[-500:]
                    yield Check(part="job", well=False, finding=f"It ended early: {last}")
                return
            *lines, rest = (rest + piece).split(b"\n")
            yield from (Check(**json.loads(line)) for line in lines)
        yield Check(part="job", well=False, finding=f"It was not done after {seconds:g} s. Try when less runs.")
    finally:
        if job.poll() is None:
            os.killpg(job.pid, signal.SIGKILL)
        job.wait()
        job.stdout.close()

"""Goes the libraries' ways home (`ways.py`), each once in a process of its own. Knows no box.

`python -m ragbox.proof.homing kept|loose FOLDER` goes the ways and tells, a line of JSON each, what was tried: `kept`
with the switches of `ragbox/silence.py`, `loose` without them, which belongs where there is no network. `command` is
how to start it.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
import time
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path

from .. import helper, silence
from . import nowhere
from .ways import WAYS, Way

LOOSE = {"LANGSMITH_TRACING_V2": "true", "LANGSMITH_TRACING": "true", "LANGSMITH_API_KEY": "none"}
"""What somebody's environment may hold, and would have traces sent."""
BUILDERS = (
    "CI", "TF_BUILD", "GITHUB_ACTIONS", "GITLAB_CI", "CIRCLECI", "TRAVIS", "JENKINS_URL", "CODEBUILD_BUILD_ID",
    "BUILDKITE", "TEAMCITY_VERSION", "APPVEYOR", "BITBUCKET_BUILD_NUMBER",
)  # fmt: skip
"""Variables of build servers: onnxruntime 1.31 reports nothing where one is set, which an office's server has not."""
ABSENT = "absent"
"""How a way ended whose package is not installed."""
WALK_SECONDS = 30.0
LOOK_SECONDS = 0.05
_forks = multiprocessing.get_context("fork")


def command(manner: str, folder: Path) -> list[str]:
    """Return the command that goes the ways, in an environment of which none is closed; `folder` is its home."""
    without = [word for name in (*silence.SWITCHES, *BUILDERS) for word in ("-u", name)]
    given = [f"{name}={value}" for name, value in (LOOSE | {"HOME": str(folder), "HF_HOME": str(folder)}).items()]
    return ["env", *without, *given, sys.executable, "-P", "-m", "ragbox.proof.homing", manner, str(folder)]


def main() -> None:
    """Be the process."""
    loose, folder = sys.argv[1] == "loose", Path(sys.argv[2])
    silence.watch()
    if not loose:
        silence.keep()
    for heavy in ("transformers", "sentence_transformers", "gradio"):  # once, and not in each process below
        import_module(heavy)
    ways = [way for way in WAYS if way.switch or loose]
    begun = ((way, _begin(way, folder) if way.there else None) for way in ways)
    # Without switches one after the other: the kernel does not say whom it counts.
    for way, channel in begun if loose else list(begun):
        hosts, kernel, ended = channel.recv() if channel else ([], 0, ABSENT)
        helper.tell(library=way.library, deed=way.deed, switch=way.switch, hosts=hosts, kernel=kernel, ended=ended)


def _begin(way: Way, folder: Path) -> Connection:
    """Go one way in a process of its own, whose threads end with it."""
    ours, theirs = _forks.Pipe(duplex=False)
    _forks.Process(target=_walk, args=(way, folder, theirs), daemon=True).start()
    theirs.close()
    return ours


def _walk(way: Way, folder: Path, channel: Connection) -> None:
    before, ended = nowhere.counted(), []

    def go() -> None:
        try:
            way.go(folder)
            ended.append("went through")
        except (Exception, SystemExit) as error:  # without a network each library complains in its own way
            ended.append(type(error).__name__)

    known = set(silence.tried())
    walking = threading.Thread(target=go, daemon=True)
    walking.start()
    until = time.monotonic() + WALK_SECONDS
    while time.monotonic() < until and set(silence.tried()) == known and nowhere.counted() == before:
        time.sleep(LOOK_SECONDS)
        if ended:
            until = min(until, time.monotonic() + way.settles)
    channel.send((sorted(set(silence.tried()) - known), nowhere.counted() - before, "".join(ended)))
    os._exit(0)


if __name__ == "__main__":
    main()

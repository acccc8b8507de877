"""A LangChain Embeddings class as a user would name it in RAGBOX_ENCODER; quick to load, so servers start quickly."""

from __future__ import annotations

import time

from langchain_core.embeddings import Embeddings

from tests.fakes import FakeEncoder

PATH = f"{__name__}:WordEmbeddings"


class WordEmbeddings(Embeddings):
    """Hashed words as vectors of any length; `seconds` a text; `broken` fails like a server that is down."""

    def __init__(self, dimension: int = 64, broken: bool = False, seconds: float = 0) -> None:
        self._encoder, self.broken, self.seconds = FakeEncoder(dimension=dimension), broken, seconds

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        if self.broken and len(texts) > 1:
            raise ConnectionError("connection refused")
        time.sleep(self.seconds * len(texts))
        return [[3 * float(x) for x in row] for row in self._encoder.encode(texts)]

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]

"""The box as a LangChain retriever: put it into any chain in three lines.

from ragbox.langchain import RagboxRetriever
retriever = RagboxRetriever(url="http://127.0.0.1:7860", token="...", collection="contracts")
documents = retriever.invoke("How long is the notice period?")
"""

from __future__ import annotations

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import Field

from . import wire
from .client import Client
from .errors import BadInput
from .owner import Address


class RagboxRetriever(BaseRetriever):
    """Retrieves passages from a box in this process (`box`) or from a server (`url` and `token`).

    From a server it finds what the token's user may read; in this process what `user` may, or the owner if left out.
    `certificate` is a copy of the server's own (`tls/certificate.pem` in its data folder), where it has one.
    Each document's metadata has document, file, page, section, boxes, score, title and collection.
    """

    box: Any = None
    user: str = ""
    url: str = ""
    token: str = Field("", repr=False)
    certificate: str = ""
    collection: str | None = None
    k: int = 8

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:  # noqa: ARG002
        return [
            Document(page_content=hit["text"], id=hit["chunk"], metadata={k: v for k, v in hit.items() if k != "text"})
            for hit in self._hits(query)
        ]

    def _hits(self, question: str) -> list[dict[str, Any]]:
        if self.box is not None:
            auth = self.box.auth
            actor = auth.active(self.user) if self.user else auth.local()
            found = self.box.answers.search(actor, question, collection=self.collection, k=self.k)
            return [wire.hit(h) for h in found]
        if not self.url:
            raise BadInput("RagboxRetriever has neither a box nor a url. Give box=Box(...) or url= and token=.")
        with Client(Address(url=self.url, token=self.token, certificate=self.certificate)) as client:
            hits: list[dict[str, Any]] = client.search(question, collection=self.collection, k=self.k)["hits"]
        return hits

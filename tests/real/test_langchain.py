"""A LangChain user's three lines: the box as retriever in a chain, over the box itself and over its URL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from langchain_core.runnables import RunnableLambda, RunnablePassthrough

from ragbox.box import Box
from ragbox.errors import BadInput, NotSignedIn
from ragbox.langchain import RagboxRetriever
from ragbox.running import connect
from ragbox.settings import Settings
from ragbox.types import Actor
from tests.embeddings import PATH
from tests.make import drop

pytestmark = pytest.mark.slow

FILES = {
    "hr/notice.txt": "# Notice\n\nThe notice period is ninety days.\n\nWrite to anna@example.com.",
    "人事/年假.txt": "员工每年享有十五天带薪年假。",
}


def chain(retriever: RagboxRetriever) -> Any:
    def form(documents: list[Any]) -> str:
        return "\n".join(f"{d.metadata['file']} p{d.metadata['page']}: {d.page_content}" for d in documents)

    model = RunnableLambda(lambda given: f"{given['question']} -> {given['context'].splitlines()[0]}")
    return {"context": retriever | form, "question": RunnablePassthrough()} | model


def check(retriever: RagboxRetriever) -> None:
    assert "hr/notice.txt p1: " in chain(retriever).invoke("How long is the notice period?")
    assert "人事/年假.txt p1: " in chain(retriever).invoke("年假有几天？")
    found = retriever.invoke("How long is the notice period?")[0]
    assert {
        "document",
        "file",
        "page",
        "section",
        "boxes",
        "score",
        "title",
        "collection",
    } <= found.metadata.keys()
    assert found.id == found.metadata["chunk"]
    assert "text" not in found.metadata
    assert "ninety days" in found.page_content
    assert "anna" not in found.page_content  # redacted on the way out, as everywhere
    assert len(retriever.batch(["notice", "年假"])) == 2


def test_a_box_in_this_process_is_a_retriever(box: Box, tmp_path: Path) -> None:
    drop(box, tmp_path / "in", FILES)
    check(RagboxRetriever(box=box, k=2))
    assert RagboxRetriever(box=box, collection="papers", k=1).invoke("notice")[0].metadata["collection"] == "papers"
    box.auth.create_user("new", "reader")
    assert RagboxRetriever(box=box, user="new").invoke("notice") == []


def test_a_server_is_a_retriever_for_who_has_a_token(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_text(text)
    with connect(Settings(data=tmp_path / "data", encoder=PATH)) as client:
        client.create_collection("papers")
        results = list(client.ingest([(tmp_path / "in" / n, n) for n in FILES], collection="papers"))
        assert {r["status"] for r in results} == {"indexed"}
        url, token = client._address.url, client.token("admin")["token"]
        check(RagboxRetriever(url=url, token=token, k=2))
        with pytest.raises(NotSignedIn):
            RagboxRetriever(url=url, token="wrong").invoke("notice")


def test_a_retriever_of_nothing_says_what_is_missing() -> None:
    with pytest.raises(BadInput, match="neither a box nor a url"):
        RagboxRetriever().invoke("notice")


def test_an_embeddings_class_by_dotted_path_is_the_boxs_encoder(tmp_path: Path, admin: Actor) -> None:
    made = Box(Settings(data=tmp_path / "data", encoder=PATH, encoder_args={"dimension": 32}))
    made.open()
    made.load()
    drop(made, tmp_path / "in", FILES)
    assert made.library.collection("papers").encoder.startswith(f"{PATH}:32:")
    assert made.answers.search(admin, "notice period")[0].document.file == "hr/notice.txt"
    made.close()

"""What the Documents page asks of the API: uploads that are not waited for, jobs, and many documents at once."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

import web
from ingest.parsers.unseen import HOWS
from ragbox.box import Box
from ragbox.profile import FORMS, kind
from tests.doors import failure
from web.pages import documents
from web.strings_documents import DOCUMENTS

As = Callable[[str], TestClient]


def send(client: TestClient, name: str, text: bytes, collection: str = "hr") -> Any:
    form = {"collection": collection, "wait": "no"}
    return client.post("/api/documents", data=form, files=[("files", (name, text))])


def ended(client: TestClient, job: str) -> dict[str, Any]:
    until = time.monotonic() + 60
    while True:
        (found,) = [j for j in client.get("/api/jobs").json()["jobs"] if j["id"] == job]
        if found["stage"] == "end":
            return dict(found)
        assert time.monotonic() < until
        time.sleep(0.02)


def test_an_upload_that_is_not_waited_for_is_a_job_that_ends(as_: As, box: Box) -> None:
    edda = as_("edda")
    reply = send(edda, "memo.txt", b"The fair is in May.")
    assert reply.status_code == 202
    (job,) = reply.json()["jobs"]
    assert (job["file"], job["collection"], job["by"], job["size"]) == ("memo.txt", "hr", "edda", 19)
    done = ended(edda, job["id"])
    assert (done["status"], done["reason"]) == ("indexed", "")
    assert edda.get(f"/api/documents/{done['document']}").json()["added_by"] == "edda"
    bad = ended(edda, send(edda, "no.txt", b"REJECT").json()["jobs"][0]["id"])
    assert (bad["status"], "asks to be rejected" in bad["reason"]) == ("rejected", True)
    assert edda.get("/api/jobs").json()["counts"] == {"running": 0, "waiting": 0, "ended": 2}
    assert edda.delete("/api/jobs").json() == {"removed": 2}
    assert not list((box.settings.data / "uploads").iterdir())


def test_a_job_is_seen_by_readers_and_cancelled_by_writers(as_: As) -> None:
    job = send(as_("edda"), "memo.txt", b"The fair is in May.").json()["jobs"][0]["id"]
    ended(as_("rita"), job)
    assert as_("leo").get("/api/jobs").json() == {"jobs": [], "counts": {"running": 0, "waiting": 0, "ended": 0}}
    assert failure(as_("rita").delete(f"/api/jobs/{job}")) == (403, "NotPermitted")
    assert failure(as_("leo").delete(f"/api/jobs/{job}")) == (404, "NotFound")
    assert as_("edda").delete(f"/api/jobs/{job}").json()["id"] == job
    assert as_("edda").get("/api/jobs").json()["jobs"] == []


def test_documents_are_filtered_sorted_and_counted_as_far_as_one_may_read(as_: As) -> None:
    admin = as_("admin")
    send_and_wait(admin, "b.txt", "Übersicht. " * 30, "legal")
    listed = admin.get("/api/documents?sort=size&descending=true&limit=1").json()
    assert ([d["file"] for d in listed["documents"]], listed["total"]) == (["b.txt"], 3)
    assert listed["kinds"] == ["text"]
    assert admin.get("/api/documents?search=contract").json()["total"] == 1
    assert admin.get("/api/documents?collection=legal&state=rejected").json()["total"] == 0
    assert as_("rita").get("/api/documents").json()["total"] == 1
    assert failure(as_("rita").get("/api/documents?collection=legal")) == (404, "NotFound")
    assert failure(admin.get("/api/documents?sort=nothing")) == (400, "BadInput")
    id, huge = listed["documents"][0]["id"], 2**63  # what SQLite cannot count, and a pattern longer than it takes
    for path in (
        f"documents?offset={huge}", f"conversations?offset={huge}", f"documents?search={'x' * 50_001}",
        f"documents/{id}/passages?page={huge}", f"documents/{id}/passages?offset={huge}",
    ):  # fmt: skip
        assert failure(admin.get(f"/api/{path}")) == (400, "BadInput"), path[:40]


def send_and_wait(client: TestClient, name: str, text: str, collection: str = "hr") -> str:
    document: str = ended(client, send(client, name, text.encode(), collection).json()["jobs"][0]["id"])["document"]
    return document


def test_a_deleted_document_answers_nothing_and_can_be_called_back(as_: As) -> None:
    edda, question = as_("edda"), {"question": "How many days of annual leave do staff get?"}
    (document,) = edda.get("/api/documents").json()["documents"]
    assert "30 days" in edda.post("/api/ask", json=question).json()["answer"]
    gone = edda.post("/api/documents/remove", json={"documents": [document["id"]], "grace": 30}).json()
    assert gone == {"removed": [document["id"]], "grace": 30}
    assert edda.post("/api/ask", json=question).json()["refused"]
    assert edda.get("/api/documents").json()["total"] == 0
    assert failure(edda.get(f"/api/documents/{document['id']}")) == (404, "NotFound")
    back = edda.post("/api/documents/restore", json={"documents": [document["id"]]}).json()
    assert back == {"restored": [document["id"]]}
    assert "30 days" in edda.post("/api/ask", json=question).json()["answer"]
    assert edda.get("/api/documents").json()["documents"] == [document]


def test_documents_are_moved_and_read_anew(as_: As) -> None:
    admin = as_("admin")
    (document,) = admin.get("/api/documents?collection=hr").json()["documents"]
    new = admin.post("/api/documents/move", json={"documents": [document["id"]], "collection": "legal"}).json()["moved"]
    assert admin.get(f"/api/documents/{new[document['id']]}").json()["collection"] == "legal"
    missing = admin.post("/api/documents/reindex", json={"documents": [*new.values(), "none"]})
    assert failure(missing) == (404, "NotFound")
    assert admin.get("/api/jobs").json()["jobs"] == []  # all or none
    reply = admin.post("/api/documents/reindex", json={"documents": list(new.values())})
    assert reply.status_code == 202
    assert ended(admin, reply.json()["jobs"][0]["id"])["status"] == "indexed"


def test_a_collection_is_renamed_by_an_admin(as_: As) -> None:
    assert failure(as_("edda").patch("/api/collections/hr", json={"name": "people"})) == (403, "NotPermitted")
    assert as_("admin").patch("/api/collections/hr", json={"name": "people"}).json()["documents"] == 1
    assert [c["name"] for c in as_("rita").get("/api/collections").json()["collections"]] == ["people"]
    assert failure(as_("admin").patch("/api/collections/hr", json={"name": "x"})) == (404, "NotFound")


def test_readers_change_nothing(as_: As) -> None:
    rita = as_("rita")
    (document,) = rita.get("/api/documents").json()["documents"]
    some = {"documents": [document["id"]]}
    for path, body in [
        ("remove", some), ("reindex", some), ("move", some | {"collection": "hr"}),
    ]:  # fmt: skip
        assert failure(rita.post(f"/api/documents/{path}", json=body)) == (403, "NotPermitted"), path
    assert failure(send(rita, "x.txt", b"x")) == (403, "NotPermitted")
    assert failure(as_("leo").post("/api/documents/remove", json=some)) == (404, "NotFound")
    assert rita.get("/api/documents").json()["documents"] == [document]


def test_every_word_of_the_page_is_used_and_every_word_used_exists() -> None:
    code = "".join(p.read_text("utf-8") for p in (Path(web.__file__).parent / "static").glob("documents*.js"))
    code += Path(documents.__file__).read_text("utf-8")
    named = set(re.findall(r"""["'`]((?:documents|queue|older|list|act|shelf|unseen)\.[a-z.]+)["'`]""", code))
    assert named <= DOCUMENTS.keys()
    # Put together at run time: their last part stands in the script, or is a stage or an outcome of a job.
    words = set(re.findall(r"""["']([a-z.]+)["']""", code)) | {"wait", "read", "record", "indexed", "unchanged"}
    words |= {f"how.{how}" for how in HOWS}
    texts = {k.removesuffix(".one") for k in DOCUMENTS if not k.startswith("form.")}
    assert [k for k in texts if k not in named and k.partition(".")[2] not in words] == []


def test_every_kind_of_paper_has_its_chinese_which_is_understood_too() -> None:
    labels = {key.removeprefix("form."): chinese for key, (_, chinese) in DOCUMENTS.items() if key.startswith("form.")}
    assert set(labels) == {form for form, _, _ in FORMS if not re.match(r"\d", form)}  # filings have no other name
    assert {form: kind(chinese) for form, chinese in labels.items()} == {form: form for form in labels}
    assert [kind(text) for text in ("10-K", "agreement", "租赁合同")] == ["10-K", "agreement", "租赁合同"]


def test_what_a_document_is_can_be_said_and_is_read_anew(as_: As, box: Box) -> None:
    edda = as_("edda")
    document = ended(edda, send(edda, "memo.txt", b"The fair is in May.").json()["jobs"][0]["id"])["document"]
    path = f"/api/documents/{document}"
    assert edda.get(path).json()["profile"]["edited"] == []
    reply = edda.patch(path, json={"company": "Nordwind GmbH", "period": "Q3 2022"})
    assert reply.json()["document"]["profile"]["company"] == "Nordwind GmbH"
    (job,) = reply.json()["jobs"]
    assert ended(edda, job["id"])["status"] == "indexed"
    assert edda.get(path).json()["profile"]["edited"] == ["company", "period"]
    assert "Nordwind GmbH" in box.library.chunks_of(document)[0].context
    assert edda.patch(path, json={"aliases": ["NW"]}).json()["jobs"] == []
    named = edda.patch(path, json={"form": "合同"}).json()["document"]
    assert named["profile"]["form"] == "contract"
    assert failure(edda.patch(path, json={"period": "soon"})) == (400, "BadInput")
    assert edda.patch(path, json={"pages": 3}).status_code == 400
    assert failure(as_("rita").patch(path, json={"company": "C"})) == (403, "NotPermitted")
    assert failure(as_("leo").patch(path, json={"company": "C"})) == (404, "NotFound")

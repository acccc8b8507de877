"""Second doors of products of this kind: a route that forgot the check that the main route had, tried here one by one.

Numbers are those of the published records (CVE), or of the project's own thread where none was given. Each does to the
box what was done there, to a document, question or key that the main route refuses, and ends in the same refusal.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest

from tests.doors import nobody, program, upload
from tests.peers import ASKED, WORD, Peer, besieged, refused, shut, under_way

pytestmark = pytest.mark.slow
SAME = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    with besieged(tmp_path_factory.mktemp("box")) as made:
        yield made


@pytest.fixture
def legal(peer: Peer) -> str:
    """The document that leo reads, and neither rita nor edda."""
    assert peer.leo.get(f"/api/documents/{peer.ids['legal']}").status_code == 200
    return peer.ids["legal"]


def limited(peer: Peer, name: str, scope: str) -> str:
    return peer.box.auth.new_token(name, scope=scope)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


# -- files


def test_ragflow_previews_pages_of_any_document(peer: Peer, legal: str) -> None:
    """RAGFlow (infiniflow/ragflow#15267): the preview looked whether one is signed in, not whose the document is."""
    for who in (peer.rita, peer.page("rita"), peer.edda):
        for page in (1, 2, 999):
            shut(who, "GET", f"/api/documents/{{id}}/pages/{page}", legal)
    assert "There is no document" not in peer.leo.get(f"/api/documents/{legal}/pages/1").text


def test_dify_previews_the_text_of_any_file(peer: Peer, legal: str) -> None:
    """Dify (CVE-2026-41949): the first 3,000 characters of any file by its id."""
    for path in ("passages", "passages?page=1", "unseen", "hidden"):
        shut(peer.rita, "GET", f"/api/documents/{{id}}/{path}", legal)
    assert WORD in peer.leo.get(f"/api/documents/{legal}/passages").text


def test_danswer_shows_files_of_other_peoples_chats(peer: Peer, legal: str) -> None:
    """Danswer (CVE-2024-9617): the file of a chat to whoever had its id."""
    told = peer.leo.post("/api/ask", json={"question": ASKED, "conversation": "new"}).json()
    assert legal in {cited["document"] for cited in told["citations"]}
    for path in ("/api/documents/{id}", "/api/documents/{id}/original"):
        shut(peer.rita, "GET", path, legal)
    for path in ("", "/export"):
        refused(peer.rita.get(f"/api/conversations/{told['conversation']}{path}"), 404)


def test_ragflow_lets_any_valid_key_download(peer: Peer, legal: str) -> None:
    """RAGFlow (infiniflow/ragflow#14496): the download asked for a valid key for shared chats, not for whose."""
    guest, own = peer.guest, peer.ids["hr"]
    for scope in ("ask", "read", "write", "admin"):
        headers = bearer(limited(peer, "rita", scope))
        refused(guest.get(f"/api/documents/{legal}/original", headers=headers), 404)
        mine = guest.get(f"/api/documents/{own}/original", headers=headers)
        assert mine.status_code == (403 if scope == "ask" else 200)


def test_ragflow_serves_pictures_to_anybody(peer: Peer, legal: str) -> None:
    """RAGFlow (infiniflow/ragflow#14763): the route for pictures asked nobody to sign in, and gave any file."""
    for path in ("pages/1", "pages/1?width=200", "original", "passages"):
        refused(peer.guest.get(f"/api/documents/{legal}/{path}"), 401)
        refused(peer.guest.head(f"/api/documents/{legal}/{path}"), 401, 405)
    for path in ("/api/documents/images/", "/cache/pages/", "/static/", "/originals/", "/en/gradio_api/file="):
        refused(peer.guest.get(f"{path}{legal}"), 401, 404)
        refused(peer.admin.get(f"{path}{legal}"), 403, 404)


def test_open_webui_attaches_the_files_of_others(peer: Peer, legal: str) -> None:
    """Open WebUI (CVE-2026-45402): another's file put into one's own knowledge base, and read or replaced there."""
    for path in ("move", "remove", "restore", "reindex"):
        sent = {"documents": [peer.ids["hr"], legal], **({"collection": "hr"} if path == "move" else {})}
        if path != "restore":
            refused(peer.edda.post(f"/api/documents/{path}", json=sent), 404)
        else:
            assert peer.edda.post("/api/documents/restore", json={"documents": [legal]}).json()["restored"] == []
    shut(peer.edda, "PATCH", "/api/documents/{id}", legal, json={"title": "Mine"})
    assert peer.box.library.document(legal).collection == "legal"
    assert peer.edda.get(f"/api/documents/{peer.ids['hr']}").status_code == 200


def test_open_webui_deletes_what_one_may_only_read(peer: Peer, legal: str) -> None:
    """Open WebUI (CVE-2026-45671): who may see a file by a shared chat might delete it."""
    refused(peer.rita.delete(f"/api/documents/{peer.ids['hr']}"), 403)
    refused(peer.rita.post("/api/documents/remove", json={"documents": [peer.ids["hr"]]}), 403)
    shut(peer.edda, "DELETE", "/api/documents/{id}", legal)
    assert {d.id for d in peer.box.library.documents()} >= {legal, peer.ids["hr"]}


# -- retrieval


def test_open_webui_searches_any_collection_by_its_id(peer: Peer, legal: str) -> None:
    """Open WebUI (CVE-2026-45398): retrieval and writing by the raw id of a knowledge base, which its page refused."""
    id = peer.box.library.collection("legal").id
    for name in (id, "legal", f"ragbox-{id}", f"file-{legal}", "LEGAL", "legal\x00", "hr,legal"):
        for path in ("/api/search", "/api/ask"):
            reply = peer.rita.post(path, json={"question": ASKED, "collection": name})
            refused(reply, 400, 404)
            assert WORD not in reply.text
        refused(upload(peer.edda, name, [("evil.txt", b"Evil words.")]), 400, 404)
    assert peer.box.library.count(id)[0] == 1


def test_open_webui_tells_the_index_of_all_collections(peer: Peer) -> None:
    """Open WebUI (CVE-2026-44557): a collection of the names of all knowledge bases could be searched."""
    id = peer.box.library.collection("legal").id
    for name in ("knowledge-bases", "*", "collections", "%", "sqlite_master"):
        refused(peer.rita.post("/api/search", json={"question": "legal", "collection": name}), 404)
    for path in ("/api/collections", "/api/home", "/api/status", "/v1/models", "/api/documents", "/api/jobs"):
        reply = peer.rita.get(path)
        assert reply.status_code == 200
        assert "legal" not in reply.text
        assert id not in reply.text
        assert "contract.txt" not in reply.text


def test_ragflow_retrieves_for_another_product(peer: Peer, legal: str) -> None:
    """RAGFlow (infiniflow/ragflow#15027): the retrieval for Dify took any knowledge base; here the one for OpenAI."""
    said = [{"role": "user", "content": ASKED}]
    for model in ("ragbox/legal", f"ragbox/{peer.box.library.collection('legal').id}", "ragbox:-/legal"):
        for stream in (False, True):
            reply = peer.rita.post("/v1/chat/completions", json={"model": model, "messages": said, "stream": stream})
            refused(reply, 404)
        refused(peer.rita.get(f"/v1/models/{model}"), 404)
    whole = peer.rita.post("/v1/chat/completions", json={"model": "ragbox", "messages": said})
    assert WORD not in whole.text
    assert legal not in whole.text


def test_dify_answers_out_of_any_file_that_a_question_names(peer: Peer, legal: str) -> None:
    """Dify (CVE-2026-41950): the id of another's file beside a question, and the answer held its text."""
    for path in ("/api/ask", "/api/search"):
        refused(peer.rita.post(path, json={"question": ASKED, "document": legal}), 404)
        refused(peer.rita.post(path, json={"question": ASKED, "document": legal, "collection": "hr"}), 404)
    for field in ("files", "documents", "file_ids"):
        reply = peer.rita.post("/api/ask", json={"question": ASKED, field: [legal]})
        refused(reply, 400, 422)


# -- threads


def test_open_webui_continues_the_talk_of_another(peer: Peer) -> None:
    """Open WebUI (CVE-2026-45349): the id of another's chat beside a question went on with it."""
    talk = peer.leo.post("/api/ask", json={"question": ASKED, "conversation": "new"}).json()["conversation"]
    before = peer.leo.get(f"/api/conversations/{talk}").json()
    for who in (peer.rita, peer.edda, peer.admin, peer.page("rita")):
        for stream in (False, True):
            sent = {"question": "And how many weeks is that?", "conversation": talk, "stream": stream}
            reply = who.post("/api/ask", json=sent, headers=SAME)
            refused(reply, 404)
            assert WORD not in reply.text
    assert peer.leo.get(f"/api/conversations/{talk}").json() == before


def test_librechat_lets_others_listen_to_a_stream(peer: Peer) -> None:
    """LibreChat (CVE-2026-31950): who had the id of a stream could read along, whoever asked."""
    with under_way(peer, "What notice ends the contract?") as (talk, told):
        for path in (
            f"/api/conversations/{talk}", f"/api/conversations/{talk}/export", f"/api/ask/{talk}",
            f"/api/ask/stream/{talk}",
        ):  # fmt: skip
            refused(peer.rita.get(path), 400, 403, 404, 405)
        assert not told
    assert WORD in told[0]


def test_onyx_lets_others_stop_what_is_under_way(peer: Peer) -> None:
    """Onyx (CVE-2026-42276): the id of another's session was enough to stop it; here also that of a job."""
    (job,) = peer.admin.post("/api/documents/reindex", json={"documents": [peer.ids["hr"]]}).json()["jobs"]
    shut(peer.leo, "DELETE", "/api/jobs/{id}", job["id"])
    refused(peer.rita.delete(f"/api/jobs/{job['id']}"), 403, 404)
    with under_way(peer, "How many days of notice are there?") as (talk, told):
        refused(peer.rita.delete(f"/api/conversations/{talk}"), 404)
        refused(peer.rita.post(f"/api/conversations/{talk}/stop"), 404, 405)
        assert peer.page("rita").post("/logout", headers=SAME).status_code == 303
    assert WORD in told[0]
    assert peer.leo.get(f"/api/conversations/{talk}").status_code == 200


# -- keys


def test_open_webui_takes_a_limited_key_by_another_header(peer: Peer) -> None:
    """Open WebUI (CVE-2026-45339): a key for some routes alone went everywhere if it came as x-api-key."""
    token, path = limited(peer, "admin", "ask"), "/api/admin/users"
    refused(peer.guest.get(path, headers=bearer(token)), 403)
    basic = base64.b64encode(f"admin:{token}".encode()).decode()
    for headers in (
        {"X-API-Key": token}, {"Api-Key": token}, {"X-Auth-Token": token}, {"Authorization": token},
        {"Authorization": f"Basic {basic}"}, {"Authorization": f"Token {token}"}, {"Cookie": f"token={token}"},
        {"Proxy-Authorization": f"Bearer {token}"},
    ):  # fmt: skip
        for known in (path, "/api/collections"):
            refused(peer.guest.get(known, headers=headers), 401)
        refused(peer.guest.get(path, headers=bearer(token) | headers), 401, 403)
    for parameter in ("token", "api_key", "key", "access_token"):
        refused(peer.guest.get(f"{path}?{parameter}={token}"), 401)


def test_anythingllm_keeps_the_keys_of_who_is_suspended(peer: Peer) -> None:
    """AnythingLLM (CVE-2026-32717): a suspended user was out, but for the key of the browser extension."""
    peer.box.auth.create_user("sam", "editor", ["hr"])
    app = peer.rita.app
    doors = [program(app, peer.box, "sam"), peer.page("sam"), nobody(app)]  # type: ignore[arg-type]
    link, key = peer.box.auth.new_login("sam"), limited(peer, "sam", "ask")
    assert peer.admin.patch("/api/admin/users/sam", json={"disabled": True}).status_code == 200
    doors[2].headers.update(bearer(key))
    for door in doors:
        for path in ("/api/collections", "/v1/models", "/en/", f"/api/documents/{peer.ids['hr']}/original"):
            refused(door.get(path), 303, 401)
        sent = {"question": ASKED}
        refused(door.post("/api/ask", json=sent, headers=SAME), 401)
        refused(upload(door, "hr", [("sam.txt", b"Words.")]), 401, 403)
    assert nobody(app).get(f"/login?token={link}").status_code != 303  # type: ignore[arg-type]


def test_ragflow_derives_one_key_from_another(peer: Peer) -> None:
    """RAGFlow (CVE-2025-69286): from the key in a shared address that of its owner's account could be computed."""
    tokens = [limited(peer, "rita", scope) for scope in ("ask", "ask", "admin")]
    for one in tokens:
        others = [other for other in tokens if other != one]
        assert not [n for n in range(len(one) - 7) if any(one[n : n + 8] in other for other in others)]
    shown = peer.admin.get("/api/admin/tokens").json()["tokens"]
    kept = peer.box.db.read("SELECT hash FROM secrets WHERE user = 'rita'")
    for guess in (*(t["id"] for t in shown), *(t["prefix"] for t in shown), *(r["hash"] for r in kept)):
        refused(peer.guest.get("/api/collections", headers=bearer(guess)), 401)
    for scope in ("read", "admin"):
        guess = tokens[0].replace("ask", scope) + scope
        refused(peer.guest.get("/api/collections", headers=bearer(guess)), 401)


def test_flowise_believes_who_says_they_are_inside(peer: Peer) -> None:
    """Flowise (CVE-2026-30820): `x-request-from: internal` beside a user's cookie opened the routes of admins."""
    for header in ("X-Request-From", "X-Internal", "X-Forwarded-User", "X-Remote-User", "X-User-Role"):
        for value in ("internal", "admin", "127.0.0.1"):
            for path in ("users", "admin/tokens", "admin/settings", "admin/audit/export"):
                refused(peer.page("rita").get(f"/api/{path}", headers={header: value}), 403)
                refused(peer.guest.get(f"/api/{path}", headers={header: value}), 401)


def test_dify_lets_users_change_what_admins_set(peer: Peer) -> None:
    """Dify (CVE-2024-11821): a user could change an admin's chatbot, whose settings its page did not offer."""
    shelf = peer.box.library.collection("hr").id
    for method, path, sent in [
        ("PUT", "/api/admin/privacy/roles/reader", {"style": "off"}),
        ("PUT", f"/api/admin/privacy/collections/{shelf}", {"style": "off"}),
        ("POST", "/api/adapters/assign", {"collection": "hr", "key": ""}),
        ("POST", "/api/glossary", {"term": "leave", "names": ["notice"]}),
        ("POST", "/api/admin/calibrations", {"collection": "hr", "border": 0}),
        ("PUT", "/api/admin/grants", {"user": "rita", "collection": "legal", "level": "read"}),
        ("PUT", f"/api/documents/{peer.ids['hr']}/hidden", {"users": []}),
    ]:
        for who in (peer.rita, peer.edda):
            refused(who.request(method, path, json=sent), 403, 404)
    assert peer.box.auth.user("rita").collections == ("hr",)

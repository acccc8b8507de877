"""What went wrong in products of this kind, by the name of each and its published number, tried here: what is taken.

Where no number stands the fault was found in several, or published without one; numbers were compared with the CVE
records. Each attempt ends in the refusal. Second doors, one by one: `test_peers_doors.py`.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.doors import upload
from tests.peers import Peer, besieged, refused

pytestmark = pytest.mark.slow
SAME = {"Sec-Fetch-Site": "same-origin"}
UP = (
    "../../../../etc/passwd",
    "..%2f..%2f..%2fetc%2fpasswd",
    "....//....//etc/passwd",
    "/etc/passwd",
    "%2e%2e/ragbox.db",
)


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    with besieged(tmp_path_factory.mktemp("box")) as made:
        yield made


# -- files by their path


@pytest.mark.parametrize("path", UP)
def test_gradio_files_and_proxies(peer: Peer, path: str) -> None:
    """Gradio: /file, /component_server any file (CVE-2023-51449, CVE-2024-1561), /proxy any host (CVE-2024-2206)."""
    for who in (peer.guest, peer.page("admin")):
        for route in (
            "gradio_api/file=",
            "file=",
            "gradio_api/file/",
            "static/",
            "assets/",
            "gradio_api/proxy=http://127.0.0.1/",
        ):
            refused(who.get(f"/en/{route}{path}"), 401, 403, 404)
        refused(who.post("/en/gradio_api/component_server", json={"data": path}, headers=SAME), 401, 404)
        refused(who.get(f"/static/{path}"), 401, 404)


@pytest.mark.parametrize("path", UP)
def test_anythingllm_documents_are_moved_and_pictures_read_by_path(peer: Peer, path: str) -> None:
    """AnythingLLM: the database moved (CVE-2024-10513), pictures (CVE-2024-3025, CVE-2024-0550) read by `..`."""
    refused(peer.edda.post("/api/documents/move", json={"documents": [path], "collection": "hr"}))
    refused(peer.edda.post("/api/documents/move", json={"documents": [peer.ids["hr"]], "collection": path}))
    for route in ("original", "pages/1", "passages"):
        refused(peer.edda.get(f"/api/documents/{path}/{route}"))
    refused(peer.admin.delete(f"/api/documents/{path}"))
    assert (peer.root / "ragbox.db").exists()


@pytest.mark.parametrize("name", ["../../evil.txt", "/etc/cron.d/evil.txt", "..\\..\\evil.txt", "a/../../../evil.txt"])
def test_open_webui_uploads_land_where_their_name_says(peer: Peer, name: str) -> None:
    """Open WebUI: the file name of an upload was joined to a folder (CVE-2024-6707, CVE-2024-8060)."""
    before = set(peer.root.parent.rglob("*evil*"))
    (result,) = upload(peer.edda, "hr", [(name, b"Evil words.")]).json()["results"]
    assert set(peer.root.parent.rglob("*evil*")) == before
    assert not Path("/etc/cron.d/evil.txt").exists()
    assert result["status"] in ("indexed", "unchanged", "rejected")


def test_ollama_unpacks_outside_of_its_folder(peer: Peer) -> None:
    """Ollama: a digest as a path (CVE-2024-37032) and an archive's entries (CVE-2024-45436) led outside."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("../../../../tmp/ragbox-evil", "x")
        archive.writestr("adapter_config.json", "{}")
    refused(
        peer.admin.post("/api/adapters/upload", files={"file": ("a.zip", packed.getvalue())}, data={"name": "evil"})
    )
    assert not Path("/tmp/ragbox-evil").exists()
    for version in UP:
        refused(peer.admin.post(f"/api/models/x/{version}/activate"))
        refused(peer.admin.delete(f"/api/adapters/x/{version}"))


def test_librechat_deletes_by_a_path(peer: Peer) -> None:
    """LibreChat and others: what is deleted was named by a path."""
    before = sorted(p for p in peer.root.rglob("*") if p.is_file() and "originals" in p.parts)
    for path in UP:
        for route in ("conversations", "trainings", "admin/quality/runs", "admin/calibrations", "glossary", "jobs"):
            refused(peer.admin.delete(f"/api/{route}/{path}"))
    assert sorted(p for p in peer.root.rglob("*") if p.is_file() and "originals" in p.parts) == before


# -- what is another's


def test_danswer_and_anythingllm_show_what_is_anothers(peer: Peer) -> None:
    """Danswer: files (CVE-2024-9617), Open WebUI: memories changed (CVE-2024-7041), others: threads, by an id alone."""
    kept = peer.leo.post("/api/ask", json={"question": "What of notice?", "conversation": "new"}).json()
    chat, turn = kept["conversation"], kept.get("turn", "x")
    for who in (peer.rita, peer.edda, peer.admin):
        refused(who.get(f"/api/conversations/{chat}"), 404)
        refused(who.get(f"/api/conversations/{chat}/export"), 404)
        refused(who.patch(f"/api/conversations/{chat}", json={"title": "mine"}), 404)
        refused(who.delete(f"/api/conversations/{chat}"), 404)
        refused(who.post(f"/api/turns/{turn}/feedback", json={"verdict": "good"}), 404, 400)
        asked = who.post("/api/ask", json={"question": "And then?", "conversation": chat})
        refused(asked, 404)
    for route in ("", "/original", "/pages/1", "/passages"):
        refused(peer.rita.get(f"/api/documents/{peer.ids['legal']}{route}"), 404)
    found = peer.rita.post("/api/search", json={"question": "notice", "document": peer.ids["legal"]})
    assert "90 days" not in found.text


def test_privategpt_and_h2ogpt_are_wiped_and_emptied_by_anybody(peer: Peer) -> None:
    """PrivateGPT: all deleted by another site (CVE-2024-5935). AnythingLLM: exports to every user (CVE-2024-0551), to
    nobody signed in, who could end the server so (CVE-2024-22422). h2oGPT."""
    count = peer.box.library.count()
    for who, statuses in ((peer.guest, (401, 404)), (peer.rita, (403, 404, 405)), (peer.leo, (403, 404, 405))):
        refused(who.delete("/api/collections/hr"), *statuses)
        refused(who.post("/api/documents/remove", json={"documents": [peer.ids["hr"]]}), *statuses)
        refused(who.post("/api/admin/purge"), *statuses)
        refused(who.post("/api/rebuild", json={}), *statuses)
        for route in (
            "audit/export",
            "admin/settings",
            "glossary/export",
            "users",
            "admin/users",
            "doctor",
            "feedback",
        ):
            refused(who.get(f"/api/{route}"), *statuses)
    page = peer.page("admin")
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {}):
        refused(page.delete("/api/collections/hr", headers=headers), 403)
    assert peer.box.library.count() == count


def test_anythingllm_tells_its_keys_and_settings(peer: Peer) -> None:
    """AnythingLLM: /setup-complete told the keys of services to anybody (CVE-2024-6842). Others listed keys in full."""
    secret = peer.box.auth.new_token("rita")
    assert secret not in peer.admin.get("/api/admin/tokens").text
    assert secret not in peer.admin.get("/api/admin/users").text
    assert secret.encode() not in b"".join(p.read_bytes() for p in peer.root.glob("ragbox.db*"))
    for path in (
        "/setup-complete",
        "/api/setup-complete",
        "/api/config",
        "/api/v1/configs",
        "/env",
        "/.env",
        "/api/status",
    ):
        refused(peer.guest.get(path), 401)


def test_users_make_themselves_admins(peer: Peer) -> None:
    """Several: a user's own request set its role; the first to sign up was admin."""
    refused(peer.rita.patch("/api/admin/users/rita", json={"role": "admin"}), 403)
    refused(peer.rita.post("/api/users", json={"name": "eve", "role": "admin"}), 403)
    refused(peer.rita.post("/api/users/admin/login"), 403)
    refused(peer.rita.post("/api/users/admin/token", json={"days": 1}), 403)
    for path in ("/signup", "/register", "/api/auth/signup", "/api/v1/auths/signup"):
        refused(peer.guest.post(path, json={"name": "eve", "role": "admin"}), 401)

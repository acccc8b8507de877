"""What went wrong in products of this kind, by the name of each and its published number, tried here: who is believed.

Where no number stands the fault was found in several, or published without one; numbers were compared with the CVE
records. Each attempt ends in the refusal.
"""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ragbox.box import Box
from ragbox.settings import Settings
from tests.doors import nobody, program, upload
from tests.peers import Peer, besieged, refused
from web.guard import COOKIE

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    with besieged(tmp_path_factory.mktemp("box")) as made:
        yield made


# -- who one is


@pytest.mark.parametrize(
    "path", ["/API/users", "/Api/status", "//api/users", "/api//users", "/x/../api/users", "/api/users/"]
)
def test_flowise_is_asked_in_capitals(peer: Peer, path: str) -> None:
    """Flowise: the check compared paths by case, the routes did not, so /API/V1 was open (CVE-2024-31621)."""
    refused(peer.guest.get(path), 401)
    refused(peer.guest.get(path, headers={"X-Original-URL": "/healthz", "X-Forwarded-Prefix": "/login"}), 401)


def test_ragflow_and_others_ship_their_secrets(peer: Peer, tmp_path: Path) -> None:
    """RAGFlow (CVE-2024-12433: a key in the code), many: sessions signed with a known secret."""
    forged = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiIsInJvbGUiOiJhZG1pbiJ9."
    for token in (forged, "infiniflow-token4kevinhu", "secret", "sk-no-key-required", "admin", "Bearer", ""):
        refused(peer.guest.get("/api/status", headers={"Authorization": f"Bearer {token}"}), 401)
        refused(peer.guest.get("/api/status", headers={"Cookie": f"{COOKIE}={token}"}), 401)
    with_others = Box(Settings(data=tmp_path / "other"))
    with_others.open()
    elsewhere = with_others.auth.new_token("admin")
    with_others.close()
    refused(peer.guest.get("/api/status", headers={"Authorization": f"Bearer {elsewhere}"}), 401)


def test_open_webui_sessions_are_fixed_and_outlive_their_user(peer: Peer) -> None:
    """Open WebUI: a session's cookie was SameSite=Lax, not Secure, and a picture in a chat carried it off
    (CVE-2024-7053). Others: a planted cookie became the session; a removed user stayed signed in."""
    guest = nobody(peer.rita.app)  # type: ignore[arg-type]
    guest.cookies.set(COOKIE, "planted-by-somebody", domain="127.0.0.1")
    peer.box.auth.create_user("kim", "reader", ["hr"])
    assert guest.get(f"/login?token={peer.box.auth.new_login('kim')}").status_code == 303
    sessions = [cookie for cookie in guest.cookies.jar if cookie.name == COOKIE]
    assert "planted-by-somebody" not in [cookie.value for cookie in sessions[-1:]]
    kept = sessions[-1]
    assert kept.get_nonstandard_attr("SameSite").lower() == "strict"
    assert kept.has_nonstandard_attr("HttpOnly")
    kim, token = peer.page("kim"), program(peer.rita.app, peer.box, "kim")  # type: ignore[arg-type]
    peer.box.auth.remove_user("kim")
    refused(kim.get("/api/status"), 401)
    refused(token.get("/api/status"), 401)


def test_gradio_and_ollama_answer_every_origin(peer: Peer) -> None:
    """Gradio (CVE-2024-47084), Ollama, h2oGPT: any page could read replies (CORS), or use the cookie."""
    for origin in ("https://evil.example", "null", "http://localhost:3000", "http://127.0.0.1.evil.example"):
        for path in ("/api/status", "/v1/models", "/en/config"):
            reply = peer.page("admin").get(path, headers={"Origin": origin})
            assert not [name for name in reply.headers if name.startswith("access-control")]
        refused(peer.page("admin").options("/api/ask", headers={"Origin": origin}), 405)
        refused(peer.page("admin").post("/api/collections", json={"name": "x"}, headers={"Origin": origin}), 403)


def test_privategpt_sends_visitors_away(peer: Peer) -> None:
    """PrivateGPT (CVE-2024-5936) and others: an address in a parameter became a redirect."""
    for parameter in ("next", "file", "url", "redirect", "return_to"):
        for path in ("/login", "/"):
            reply = peer.guest.get(f"{path}?{parameter}=https://evil.example", headers={"Accept": "text/html"})
            assert "evil.example" not in reply.headers.get("location", "")
    assert peer.guest.get("//evil.example/%2f..", headers={"Accept": "text/html"}).headers["location"] == "/login"


# -- what is fetched, run or shown


@pytest.mark.parametrize(
    "source",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://127.0.0.1:6379/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:1/x",
    ],
)
def test_anythingllm_and_fastgpt_fetch_what_they_are_told(peer: Peer, source: str) -> None:
    """AnythingLLM (CVE-2024-0455), PrivateGPT (CVE-2024-5186), RAGFlow (CVE-2024-12450), FastGPT (CVE-2026-44285)."""
    for route in ("models", "adapters"):
        reply = peer.admin.post(f"/api/{route}", json={"source": source, "name": "x"})
        refused(reply)
        refused(peer.rita.post(f"/api/{route}", json={"source": source}), 403)
    body = {"question": "hi", "url": source}
    refused(peer.rita.post("/api/ask", json=body), 400)


class Run:
    """What unpickles to a file being written."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.path,))


def test_ragflow_and_vllm_load_models_that_are_programs(peer: Peer, tmp_path: Path) -> None:
    """RAGFlow (CVE-2024-12433), torch.load (CVE-2025-32434), trust_remote_code: a model's files were run."""
    ran, model = tmp_path / "ran", tmp_path / "model"
    model.mkdir()
    (model / "config.json").write_text('{"architectures": ["X"], "auto_map": {"AutoModelForCausalLM": "evil.X"}}')
    (model / "evil.py").write_text(f"open({str(ran)!r}, 'w')")
    for name in ("pytorch_model.bin", "adapter_model.bin", "model.safetensors", "training_args.bin"):
        (model / name).write_bytes(pickle.dumps(Run(ran)))
    peer.admin.post("/api/models", json={"source": str(model), "name": "evil"})
    refused(peer.admin.post("/api/adapters", json={"source": str(model), "name": "evil"}))
    peer.box.registry.close()
    assert not ran.exists()
    assert "evil" not in [m["name"] for m in peer.admin.get("/api/models").json()["models"]]
    files = [p for folder in ("ragbox", "ingest", "web") for p in Path(folder).rglob("*.py")]
    # The proof of silence asks for a stranger's code on purpose, to see that it does not come.
    text = "".join(p.read_text("utf-8") for p in files if p != Path("ragbox/proof/ways.py"))
    assert not re.search(r"trust_remote_code=True|pickle\.loads?\(|torch\.load\(|(?<![.\w])(eval|exec)\(", text)


def test_langflow_and_dify_run_what_is_typed(peer: Peer) -> None:
    """Langflow: a route ran code for anybody (CVE-2025-3248); PrivateGPT: eval of what a model's server replied
    (CVE-2024-4343); several: templates (SSTI)."""
    for words in ("{{7*7}}", "${7*7}", "{{ ''.__class__.__mro__ }}", "<%= 7*7 %>", "__import__('os').system('id')"):
        reply = peer.rita.post("/api/ask", json={"question": f"{words} leave"})
        assert reply.status_code == 200
        assert not re.search(r"\b49\b|uid=|<class", reply.text)
        made = peer.admin.post("/api/collections", json={"name": words})
        refused(made)
    for path in ("/api/v1/validate/code", "/api/v1/build_public_tmp", "/api/run"):
        refused(peer.guest.post(path, json={"code": "1"}), 401)
        refused(peer.admin.post(path, json={"code": "1"}), 404)


XSS = "<img src=x onerror=alert(1)><script>alert(1)</script>"


def test_open_webui_kotaemon_and_ragflow_show_markup(peer: Peer) -> None:
    """Open WebUI: what a model wrote (CVE-2024-6706), RAGFlow: a file shown (CVE-2024-12871), kotaemon: names."""
    (result,) = upload(peer.edda, "hr", [(f"{XSS}.txt", XSS.encode())]).json()["results"]
    page = peer.page("rita")
    for path in ("/en/", "/zh/documents", "/docs"):
        assert "<script>alert" not in page.get(path).text
    assert "<script>alert" not in page.get(f"/login?token={XSS}").text
    if result["status"] == "indexed":
        shown = page.get(f"/api/documents/{result['document']}/original")
        assert "attachment" in shown.headers["content-disposition"]
        assert "sandbox" in shown.headers["content-security-policy"]
        assert shown.headers["x-content-type-options"] == "nosniff"


def test_ragflow_and_langchain_take_queries_for_statements(peer: Peer) -> None:
    """RAGFlow: SQL out of what was typed (CVE-2025-27135), others: by a parameter."""
    for words in ("' OR 1=1 --", "x'; DROP TABLE documents; --", "%' UNION SELECT token FROM tokens --"):
        listed = peer.leo.get("/api/documents", params={"search": words}).json()
        assert listed["documents"] == []
        refused(peer.leo.get("/api/documents", params={"collection": words}))
        refused(peer.leo.get(f"/api/documents/{words}"))
    assert peer.box.library.count()[0] >= 2


def test_chroma_is_open_to_the_network(peer: Peer) -> None:
    """Chroma: its server has no sign-in; here none is started, nor can it be reached through the box."""
    for path in ("/api/v1/heartbeat", "/api/v2/heartbeat", "/api/v1/collections", "/api/v2/tenants"):
        refused(peer.guest.get(path), 401)
        refused(peer.admin.get(path), 404)

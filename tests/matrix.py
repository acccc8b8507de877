"""What stands behind each route of the app: which right on what. A route that is not in it nobody has thought of.

A right on "collection" or "document" is a level; "admin" and "audit" are rights on the box; "own" is what belongs to
one person; "signed" is for all who are signed in, each finds their own behind it; "browser" for them, but for no
token; "open" is for anybody. To ask is a right of all who may read, and of tokens that may nothing else.
"""

from __future__ import annotations

import re

OPEN = ("GET /healthz", "GET /readyz", "GET /login", "POST /login", "GET /login/oidc", "GET /login/oidc/back")
SIGNED = (
    "GET /", "GET /docs", "GET /openapi.json", "GET /favicon.ico", "GET /static/x", "POST /logout",
    "GET /api/status", "GET /api/collections", "GET /v1/models",
)  # fmt: skip
SIGNED_SCOPES = {
    "GET /api/home": "read", "GET /api/jobs": "read", "DELETE /api/jobs": "write", "GET /api/conversations": "read",
}  # fmt: skip
"""The same, but a token needs this scope."""
BROWSER = ("GET /password", "POST /password")
AUDIT = (
    "GET /api/admin/activity", "GET /api/admin/audit", "GET /api/admin/audit/check", "GET /api/admin/audit/export",
    "GET /api/admin/compliance", "GET /api/admin/health", "GET /api/admin/settings", "GET /en/admin", "GET /zh/admin",
)  # fmt: skip
OWN = (
    "GET /api/conversations/{conversation}", "PATCH /api/conversations/{conversation}",
    "GET /api/conversations/{conversation}/export", "POST /api/turns/{turn}/feedback",
    "DELETE /api/conversations/{conversation}",
)  # fmt: skip
COLLECTION = {
    "POST /api/ask": "ask", "POST /api/search": "ask", "POST /v1/chat/completions": "ask",
    "GET /v1/models/{model:path}": "ask", "GET /api/documents": "read", "POST /api/documents": "write",
    "GET /api/rereading": "write", "POST /api/rereading": "write", "DELETE /api/rereading": "write",
    "PATCH /api/collections/{name}": "manage", "DELETE /api/collections/{name}": "manage",
    "PUT /api/admin/privacy/collections/{collection}": "manage", "POST /api/collections": "create",
    "DELETE /api/jobs/{job}": "write",
}  # fmt: skip
DOCUMENT = {
    "GET /api/documents/{document}": "read", "GET /api/documents/{document}/original": "read",
    "GET /api/documents/{document}/pages/{page}": "read", "GET /api/documents/{document}/passages": "read",
    "GET /api/documents/{document}/unseen": "write",
    "PATCH /api/documents/{document}": "write", "POST /api/documents/reindex": "write",
    "POST /api/documents/move": "write", "POST /api/documents/remove": "write", "POST /api/documents/restore": "write",
    "GET /api/documents/{document}/hidden": "manage", "PUT /api/documents/{document}/hidden": "manage",
    "DELETE /api/documents/{document}": "write",
}  # fmt: skip
ADMIN = re.compile(
    r"\w+ /api/(adapters|models|trainings|glossary|users)(/.*)?"
    r"|\w+ /api/admin/(calibrations|grants|groups|privacy|purge|quality|rebuild|tokens|users)(/.*)?"
    r"|GET /api/doctor|GET /api/feedback|POST /api/mirrors/confirm|POST /api/rebuild"
)
GRADIO = re.compile(r"\w+ /(en|zh)/.*")
"""Gradio's own: what `web/fence.py` names is for all who are signed in, all else is not there."""


def right(route: str) -> tuple[str, str]:
    """Return what a route acts on and the right that it takes; raises KeyError for one that has no expectation."""
    for kind, known in (("document", DOCUMENT), ("collection", COLLECTION)):
        if route in known:
            return kind, known[route]
    for kind, routes, wanted in (("open", OPEN, ""), ("signed", SIGNED, "ask"), ("audit", AUDIT, "audit")):
        if route in routes:
            return kind, wanted
    if route in SIGNED_SCOPES:
        return "signed", SIGNED_SCOPES[route]
    if route in BROWSER:
        return "browser", ""
    if route in OWN:
        return "own", "read" if route.startswith("GET ") else "write"
    if ADMIN.fullmatch(route):
        return "admin", "manage"
    if GRADIO.fullmatch(route):
        return "gradio", ""
    raise KeyError(route)

"""The page /docs: every route of the API, from the OpenAPI description. Loads nothing, unlike FastAPI's own."""

from __future__ import annotations

from html import escape
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from .login import page

router = APIRouter(include_in_schema=False)


@router.get("/docs")
def docs(request: Request) -> HTMLResponse:
    """List the routes with their fields."""
    schema = request.app.openapi()
    models = schema.get("components", {}).get("schemas", {})
    body = "".join(
        f"<section><p><code>{method.upper()} {escape(path)}</code></p><p>{escape(route.get('description', ''))}</p>"
        f"{_fields(route, models)}</section>"
        for path, methods in schema["paths"].items()
        for method, route in methods.items()
    )
    lead = "<p>Send <code>Authorization: Bearer TOKEN</code>. <a href=/openapi.json>openapi.json</a></p>"
    return HTMLResponse(page(lead + body, title="API · ragbox", width="52rem"))


def _fields(route: dict[str, Any], models: dict[str, Any]) -> str:
    fields = {p["name"]: p["schema"] for p in route.get("parameters", [])}
    for content in route.get("requestBody", {}).get("content", {}).values():
        schema = content["schema"]
        fields |= models.get(schema.get("$ref", "").rpartition("/")[2], schema).get("properties", {})
    items = "".join(
        f"<li><code>{escape(name)}</code> {escape(str(field.get('description', field.get('type', ''))))}</li>"
        for name, field in fields.items()
    )
    return f"<ul>{items}</ul>" if items else ""

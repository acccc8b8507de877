"""The part of the client about who may use the box, and what they may see of it. Sends nothing itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .client_rules import Json, Rules, part


class People(Rules):
    """Calls of a client. Every method returns the API's JSON and raises the error tree's classes."""

    def users(self) -> Json:
        return self._call("GET", "/api/users")

    def remove_user(self, name: str) -> Json:
        return self._call("DELETE", f"/api/users/{part(name)}")

    def add_user(self, name: str, role: str, collections: list[str]) -> Json:
        return self._call("POST", "/api/users", json={"name": name, "role": role, "collections": collections})

    def token(self, name: str, **given: Any) -> Json:
        """Make a token; `given` are the fields of `POST /api/users/{name}/token`."""
        return self._call("POST", f"/api/users/{part(name)}/token", json=given)

    def tokens(self) -> Json:
        return self._call("GET", "/api/admin/tokens")

    def set_password(self, name: str, password: str) -> Json:
        return self._call("PUT", f"/api/users/{part(name)}/password", json={"password": password})

    def bind(self, name: str, source: str) -> Json:
        """Let the next person of a source who is called so be this user, or nobody ("")."""
        return self._call("PUT", f"/api/users/{part(name)}/source", json={"source": source})

    def login_link(self, name: str) -> Json:
        return self._call("POST", f"/api/users/{part(name)}/login")

    def groups(self) -> Json:
        return self._call("GET", "/api/admin/groups")

    def add_group(self, name: str, members: Sequence[str]) -> Json:
        return self._call("POST", "/api/admin/groups", json={"name": name, "members": list(members)})

    def change_group(self, group: str, **changed: Any) -> Json:
        """Change a group's `name` or `members`."""
        return self._call("PATCH", f"/api/admin/groups/{part(group)}", json=changed)

    def remove_group(self, group: str) -> Json:
        return self._call("DELETE", f"/api/admin/groups/{part(group)}")

    def grant(self, collection: str, level: str, *, user: str = "", group: str = "") -> Json:
        """Grant a collection to a user or a group; with the level "" take it from them."""
        body = {"collection": collection, "level": level, "user": user, "group": group}
        return self._call("PUT", "/api/admin/grants", json=body)

    def accounts(self) -> Json:
        """Return people with what an admin has to know of each."""
        return self._call("GET", "/api/admin/users")

    def hidden_from(self, document: str) -> Json:
        return self._call("GET", f"/api/documents/{part(document)}/hidden")

    def hide(self, document: str, *, users: Sequence[str], groups: Sequence[str]) -> Json:
        """Hide a document from these, and from no others."""
        body = {"users": list(users), "groups": list(groups)}
        return self._call("PUT", f"/api/documents/{part(document)}/hidden", json=body)

"""The part of the client about what an admin lays down: privacy, glossary, where to refuse. Sends nothing itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

Json = dict[str, Any]


def part(name: str) -> str:
    """Return a name as one segment of a path: `contracts?x` must not delete `contracts`."""
    return quote(name, safe="")


class Rules:
    """Calls of a client. Every method returns the API's JSON and raises the error tree's classes."""

    def _call(self, method: str, path: str, **options: Any) -> Json:
        raise NotImplementedError

    def _text(self, path: str, params: Json) -> Iterator[str]:
        raise NotImplementedError

    def check_audit(self, head: str = "") -> Json:
        """Return whether the audit trail holds; `head` is the hash of an entry that was noted."""
        return self._call("GET", "/api/admin/audit/check", params={"head": head})

    def export_audit(self, wanted: Json) -> Iterator[str]:
        """Yield the audit trail as a file, piece by piece."""
        yield from self._text("/api/admin/audit/export", wanted)

    def privacy(self) -> Json:
        return self._call("GET", "/api/admin/privacy")

    def set_role_privacy(self, role: str, style: str) -> Json:
        return self._call("PUT", f"/api/admin/privacy/roles/{part(role)}", json={"style": style})

    def set_collection_privacy(self, collection: str, style: str) -> Json:
        return self._call("PUT", f"/api/admin/privacy/collections/{part(collection)}", json={"style": style})

    def set_custom_privacy(self, custom: Json) -> Json:
        return self._call("PUT", "/api/admin/privacy/custom", json=custom)

    def try_privacy(self, text: str) -> Json:
        return self._call("POST", "/api/admin/privacy/try", json={"text": text})

    def calibrations(self) -> Json:
        return self._call("GET", "/api/admin/calibrations")

    def ask_unrefused(self, question: str, collection: str) -> Json:
        """Return an answer that quotes whatever its risk."""
        body = {"question": question, "collection": collection}
        return self._call("POST", "/api/admin/calibrations/ask", json=body)

    def calibrate(self, collection: str, asked: float, judged: list[Json], *, bases: list[str], file: str = "") -> Json:
        """Choose and keep where a collection refuses, by answers of `ask_unrefused`: `{"risk", "wrong"}` each.

        `bases` has each `basis` of these answers once.
        """
        body = {"collection": collection, "asked": asked, "judged": judged, "bases": bases, "file": file}
        return self._call("POST", "/api/admin/calibrations", json=body)

    def remove_calibration(self, collection: str) -> Json:
        return self._call("DELETE", f"/api/admin/calibrations/{part(collection)}")

    def compliance(self, language: str) -> Json:
        return self._call("GET", "/api/admin/compliance", params={"language": language})

    def purge(self) -> Json:
        return self._call("POST", "/api/admin/purge")

    def glossary(self) -> Json:
        return self._call("GET", "/api/glossary")

    def add_term(self, term: str, names: list[str]) -> Json:
        return self._call("POST", "/api/glossary", json={"term": term, "names": names})

    def change_term(self, row: int, term: str, names: list[str]) -> Json:
        return self._call("PUT", f"/api/glossary/{row}", json={"term": term, "names": names})

    def remove_term(self, row: int) -> Json:
        return self._call("DELETE", f"/api/glossary/{row}")

    def import_glossary(self, csv: str, *, replace: bool = False) -> Json:
        return self._call("POST", "/api/glossary/import", json={"csv": csv, "replace": replace})

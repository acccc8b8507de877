"""Asks every route of the API what its description allows and forbids, as an admin, an editor, a reader and nobody.

    python -m tests.bench.schema_fuzz --cases 20000 --json

Requests are made by schemathesis from the OpenAPI description. Ids that replies tell are put into the paths and
bodies of later requests, so that what was made is changed, asked and deleted. On a box of its own, with the real record
and indexes; encoder and parsers are fakes. Ends with 1 if there was an answer of 5xx.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

import hypothesis
import requests
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given
from schemathesis import Case, GenerationMode

from ragbox.box import Box
from ragbox.errors import RagboxError
from ragbox.settings import Settings
from tests.doors import BASE, CONTRACT, HANDBOOK, nobody
from tests.fakes import FakeEncoder, FakeSandbox
from tests.private import FakeFinder
from web.app import create_app

ROLES = {"admin": "admin", "edda": "editor", "rita": "reader", "": "nobody"}
"""Who asks, by the name of a user, and as what."""
KEPT = 20
"""Ids of a kind that are remembered; later ones replace them."""
LONG = ("/api/models/practice",)
"""Begins minutes of work on every processor: its refusals are asked for elsewhere."""


@dataclass
class Fuzz:
    """A box under requests; `counts` is by status, `failed` has the answers of 5xx."""

    box: Box
    app: FastAPI
    seed: int
    counts: Counter[int] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    linked: int = 0
    """Requests with an id that an earlier reply told."""

    def __post_init__(self) -> None:
        self._client = nobody(self.app, raise_server_exceptions=False)
        self._random = random.Random(self.seed)
        self._ids: dict[str, list[Any]] = defaultdict(list)
        self._tokens: dict[str, str] = {}

    def run(self, cases: int) -> None:
        """Ask as often in all, each route as often as any other by each."""
        schema = schemathesis.openapi.from_dict(self.app.openapi())
        routes = [found.ok() for found in schema.get_all_operations()]
        routes = [route for route in routes if route.path not in LONG]
        # Some routes have less to try than others: they are gone through until there are enough in all.
        while (left := cases - sum(self.counts.values())) > 0:
            self._round(routes, -(-left // (len(routes) * len(ROLES))), cases)

    def _round(self, routes: list[Any], each: int, cases: int) -> None:
        for route in sorted(routes, key=lambda route: (route.method == "delete", self._random.random())):
            for name in ROLES:
                self.furnish()
                most = min(each, cases - sum(self.counts.values()))
                for mode, share in ((GenerationMode.POSITIVE, most - most // 3), (GenerationMode.NEGATIVE, most // 3)):
                    if share > 0:
                        self._ask(route, mode, name, share)

    def furnish(self) -> None:
        """Put back what requests took away: users, their tokens, collections, documents."""
        for shelf, text in (("hr", HANDBOOK), ("legal", CONTRACT)):
            if shelf not in [c.name for c in self.box.library.collections()]:
                self.box.library.create_collection(shelf)
            if not self.box.library.documents(self.box.library.collection(shelf).id):
                path = self.box.settings.data / "paper"
                path.write_bytes(text)
                self.box.pipeline.ingest(self.box.auth.local(), path, file=f"{shelf}.txt", collection=shelf)
        for name, role in ROLES.items():
            if name and self._lost(name):
                if name != "admin":
                    self._anew(name, role)
                self._tokens[name] = self.box.auth.new_token(name)
        self._learn({"collection": "hr", "document": self.box.library.documents()[0].id, "name": "hr"})

    def _lost(self, name: str) -> bool:
        try:
            return self.box.auth.by_token(self._tokens.get(name, "")).role != ROLES[name]
        except RagboxError:
            return True

    def _anew(self, name: str, role: str) -> None:
        with suppress(RagboxError):  # removed already
            self.box.auth.remove_user(name)
        self.box.auth.create_user(name, role, ["hr"])

    def _ask(self, route: Any, mode: GenerationMode, name: str, count: int) -> None:
        left = [count]

        def once(case: Case) -> None:
            if left[0] > 0:
                left[0] -= 1
                self._send(case, name)

        quick = hypothesis.settings(
            max_examples=count, deadline=None, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        try:
            quick(
                hypothesis.seed(self._random.getrandbits(32))(given(case=route.as_strategy(generation_mode=mode))(once))
            )()
        except hypothesis.errors.Unsatisfiable:
            return  # nothing is forbidden to this route

    def _send(self, case: Case, name: str) -> None:
        for part in (case.path_parameters, case.body):
            for key in part if isinstance(part, dict) else ():
                if key in self._ids and self._random.random() < 0.5:
                    part[key] = self._random.choice(self._ids[key])
                    self.linked += 1
        try:
            asked = requests.Request(**case.as_transport_kwargs(base_url=BASE)).prepare()
        except (ValueError, TypeError, AttributeError):  # no client can send it: half a URL, a form of numbers
            self.counts[0] += 1
            return
        body = asked.body.encode() if isinstance(asked.body, str) else asked.body or b""
        ours = ("host", "authorization", "content-length")
        headers = {k: v for k, v in asked.headers.items() if k.lower() not in ours}
        if name:
            headers["Authorization"] = f"Bearer {self._tokens[name]}"
        try:
            reply = self._client.request(case.method, str(asked.url).removeprefix(BASE), content=body, headers=headers)
        except (ValueError, TypeError):
            self.counts[0] += 1
            return
        self.counts[reply.status_code] += 1
        if reply.status_code >= 500:
            self.failed.append(
                f"{reply.status_code} {name or 'nobody'}: {case.method} {asked.path_url[:200]} "
                f"{json.dumps(case.query, default=str)[:200]} {str(case.body)[:300]} -> {reply.text[:300]}"
            )
        elif reply.is_success and reply.headers.get("content-type", "").startswith("application/json"):
            self._learn(reply.json())

    def _learn(self, told: Any) -> None:
        if isinstance(told, list):
            for one in told[:5]:
                self._learn(one)
        if not isinstance(told, dict):
            return
        for key, value in told.items():
            self._learn(value)
            if isinstance(value, (str, int)) and not isinstance(value, bool) and value != "":
                known = self._ids["document" if key == "id" and "file" in told else key]
                if value not in known:
                    known.insert(0, value)
                    del known[KEPT:]


@contextmanager
def fuzzing(folder: Path, seed: int) -> Iterator[Fuzz]:
    """Yield a box to be asked at random."""
    box = Box(Settings(data=folder / "box"), encoder=FakeEncoder(), sandbox=FakeSandbox(), analyzer=FakeFinder)
    box.open()
    box.load()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of schemathesis' own parts
            yield Fuzz(box, create_app(box, pages=False), seed)
    finally:
        box.close()


def main() -> None:
    """Ask, print what came back."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    given_ = parser.parse_args()
    began = monotonic()
    with tempfile.TemporaryDirectory() as folder, fuzzing(Path(folder), given_.seed) as fuzz:
        fuzz.run(given_.cases)
    told = {
        "cases": sum(fuzz.counts.values()), "linked": fuzz.linked, "roles": list(ROLES.values()),
        "by status": {str(status): n for status, n in sorted(fuzz.counts.items())}, "failed": len(fuzz.failed),
        "seconds": round(monotonic() - began),
    }  # fmt: skip
    first = list({line.split(" {")[0]: line for line in fuzz.failed}.values())[:40]
    print(json.dumps(told | {"first": first}) if given_.json else "\n".join([*first, str(told)]))
    raise SystemExit(bool(fuzz.failed))


if __name__ == "__main__":
    main()

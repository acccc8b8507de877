"""A box with a word in each document that nobody else has, people with grants at random, and who may see which word.

What one may see is worked out here from a plain list of grants, without a word of the box's own code.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient

from ragbox.box import Box
from ragbox.settings import Settings
from tests.doors import program
from tests.fakes import FakeEncoder, FakeEngine, FakeSandbox
from tests.private import FakeFinder
from web.app import create_app

SHELVES, EACH, PEOPLE, GROUPS, HITS = 4, 4, 6, 3, 4
ROLES = ("reader", "reader", "editor", "auditor", "admin")
LEVELS = ("read", "write", "manage")


@dataclass(frozen=True)
class Paper:
    """A document: the word that it is asked for by, and the one that only its text, title and name have."""

    shelf: str
    topic: str
    canary: str
    id: str


@dataclass
class Person:
    """A user or a group, and what was given to it."""

    role: str = ""
    grants: dict[str, str] = field(default_factory=dict)
    members: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)


@dataclass
class World:
    """The box, its papers, and the same grants a second time."""

    box: Box
    app: FastAPI
    chance: random.Random
    papers: list[Paper] = field(default_factory=list)
    people: dict[str, Person] = field(default_factory=dict)
    groups: dict[str, Person] = field(default_factory=dict)
    clients: dict[str, TestClient] = field(default_factory=dict)
    talks: dict[str, list[str]] = field(default_factory=dict)

    def sees(self, name: str, paper: Paper) -> bool:
        """Tell whether somebody may see a paper."""
        person = self.people[name]
        theirs = [person, *(g for g in self.groups.values() if name in g.members)]
        granted = any(paper.shelf in p.grants or "*" in p.grants for p in theirs)
        return person.role == "admin" or (granted and not any(paper.id in p.hidden for p in theirs))

    def change(self) -> None:
        """Give, take, hide or show something, in the box and in the second list."""
        box, admin, chance = self.box, self.box.auth.local(), self.chance
        kind, table = chance.choice([("user", self.people), ("group", self.groups)])
        name = chance.choice(list(table))
        match chance.randrange(4):
            case 0:
                shelf = chance.choice(["*", *(f"shelf{n}" for n in range(SHELVES))])
                level = chance.choice(["", "", *LEVELS])
                box.access.grant(admin, shelf, level, **{kind: name})
                table[name].grants.pop(shelf, None)
                if level:
                    table[name].grants[shelf] = level
            case 1:
                paper = chance.choice(self.papers)
                table[name].hidden ^= {paper.id}
                box.access.hide(
                    admin, paper.id, users=[n for n, p in self.people.items() if paper.id in p.hidden],
                    groups=[n for n, g in self.groups.items() if paper.id in g.hidden],
                )  # fmt: skip
            case 2:
                group = chance.choice(list(self.groups))
                self.groups[group].members ^= {chance.choice(list(self.people))}
                box.access.change_group(admin, group, members=sorted(self.groups[group].members))
            case 3:
                name = chance.choice(list(self.people))
                self.people[name].role = chance.choice(ROLES)
                box.accounts.change(name, role=self.people[name].role)

    def ask(self, doors: int) -> list[str]:
        """Let somebody try some doors for something; return what was wrong."""
        name = self.chance.choice(list(self.people))
        paper = self.chance.choice(self.papers)
        client, wrong = self.clients[name], list[str]()
        seen = [p for p in self.papers if self.sees(name, p)]
        for door, look in self.chance.sample(list(DOORS.items()), doors):
            status, shown = look(self, client, name, paper)
            held = [p.canary for p in self.papers if p not in seen and p.canary in shown]
            held += [
                f"{s}canary" for s in {p.shelf for p in self.papers} - {p.shelf for p in seen} if f"{s}canary" in shown
            ]
            if held:
                wrong.append(f"{door} showed {name} ({self.people[name]}) {held}")
            if status >= 500:
                wrong.append(f"{door} failed: {shown[:200]}")
        hits = client.post("/api/search", json={"question": question(paper), "k": HITS})
        if hits.status_code == 200 and len(hits.json()["hits"]) != min(HITS, len(seen)):
            wrong.append(f"{name} found {len(hits.json()['hits'])} passages of {len(seen)} papers")
        if paper in seen and paper.canary not in hits.text:
            wrong.append(f"{name} may see {paper.topic} and does not find it")
        listed = client.get("/api/documents", params={"limit": 100}).json()
        if (listed["total"], {d["id"] for d in listed["documents"]}) != (len(seen), {p.id for p in seen}):
            wrong.append(f"{name} is listed {listed['total']} papers of {len(seen)}")
        return wrong


Look = Callable[[World, TestClient, str, Paper], tuple[int, str]]


def question(paper: Paper) -> str:
    """Return a question that one paper answers; every other one has most of its words."""
    return f"Which code does the {paper.topic} desk keep?"


def _told(reply: Any) -> tuple[int, str]:
    return reply.status_code, f"{reply.headers} {reply.text}"


def _get(path: str) -> Look:
    return lambda _, client, __, paper: _told(client.get(path.format(id=paper.id, canary=paper.canary)))


def _post(path: str, **body: Any) -> Look:
    return lambda _, client, __, paper: _told(client.post(path, json={"question": question(paper)} | body))


def _chat(world: World, client: TestClient, _: str, paper: Paper) -> tuple[int, str]:
    model = world.chance.choice(["ragbox", f"ragbox/{paper.shelf}"])
    told = {"role": "user", "content": question(paper)}
    return _told(client.post("/v1/chat/completions", json={"model": model, "messages": [told]}))


def _talk(world: World, client: TestClient, name: str, paper: Paper) -> tuple[int, str]:
    talk = world.chance.choice(["new", *world.talks[name]][-3:])
    reply = client.post("/api/ask", json={"question": question(paper), "conversation": talk})
    if reply.status_code == 200 and talk == "new":
        world.talks[name].append(reply.json()["conversation"])
    return _told(reply)


def _history(world: World, client: TestClient, name: str, paper: Paper) -> tuple[int, str]:
    parts = [client.get("/api/conversations", params={"search": "code"}).text]
    for talk in world.talks[name][-3:]:
        parts += [client.get(f"/api/conversations/{talk}{end}").text for end in ("", "/export")]
    found = client.get("/api/conversations", params={"search": paper.canary}).json()["conversations"]
    if found and not world.sees(name, paper):
        parts.append(paper.canary)  # that there is a hit tells of the word
    return 200, "\n".join(parts)


DOORS: dict[str, Look] = {
    "search": _post("/api/search", k=20),
    "ask": _post("/api/ask"),
    "stream": _post("/api/ask", stream=True),
    "chat": _chat,
    "conversation": _talk,
    "history": _history,
    "documents": _get("/api/documents?limit=100"),
    "search for a name": _get("/api/documents?search=x&sort=file"),
    "document": _get("/api/documents/{id}"),
    "passages": _get("/api/documents/{id}/passages"),
    "near": _get("/api/documents/{id}/passages?near={canary}"),
    "original": _get("/api/documents/{id}/original"),
    "page image": _get("/api/documents/{id}/pages/1"),
    "hidden from": _get("/api/documents/{id}/hidden"),
    "collections": _get("/api/collections"),
    "home": _get("/api/home"),
    "jobs": _get("/api/jobs"),
    "models": _get("/v1/models"),
    "status": _get("/api/status"),
}
"""Every way to something of a document."""


@contextmanager
def world(folder: Path, seed: int, **overrides: Any) -> Iterator[World]:
    """Open a box with papers and people; nothing is granted to any of them yet."""
    box = Box(
        Settings(data=folder / "data"), encoder=FakeEncoder(), sandbox=FakeSandbox(), analyzer=FakeFinder,
        engine=FakeEngine(), **overrides,
    )  # fmt: skip
    box.open()
    box.load()
    try:
        made = World(box, create_app(box, pages=False), random.Random(seed))
        admin = box.auth.local()
        for n in range(SHELVES * EACH):
            shelf, topic, canary = f"shelf{n % SHELVES}", f"topic{n}word", f"canary{n}x{made.chance.getrandbits(40):x}"
            if n < SHELVES:
                box.library.create_collection(shelf)
            path = folder / f"{canary}.txt"
            text = f"The {topic} desk keeps the code {canary} for the {shelf}canary house."
            path.write_text(f"# Paper {canary}\n\n{text}")
            box.privacy.set_role(admin, "reader", "off")
            done = box.pipeline.ingest(admin, path, file=path.name, collection=shelf)
            made.papers.append(Paper(shelf, topic, canary, done.document))
        for n in range(PEOPLE):
            made.people[f"user{n}"] = Person(role=ROLES[n % len(ROLES)])
            box.auth.create_user(f"user{n}", ROLES[n % len(ROLES)])
            made.clients[f"user{n}"], made.talks[f"user{n}"] = program(made.app, box, f"user{n}"), []
        for n in range(GROUPS):
            made.groups[f"group{n}"] = Person()
            box.access.create_group(admin, f"group{n}")
        yield made
    finally:
        box.close()

"""A record of papers that are told apart by what they are, and how questions steer among them."""

from __future__ import annotations

from ragbox.db import Database
from ragbox.library import Library
from ragbox.settings import Settings
from ragbox.steering import Course, Steering
from ragbox.types import Profile
from tests.make import document


class Shelf:
    def __init__(self, settings: Settings) -> None:
        self.db = Database(settings.data / "ragbox.db")
        self.db.load()
        self.library = Library(self.db)
        self.id = self.library.create_collection("papers").id
        self.steering = Steering(self.db)

    def put(self, name: str, **profile: object) -> None:
        about = Profile(**profile)  # type: ignore[arg-type]
        self.library.put(document(name, title=name, files=(f"{name}.pdf",), profile=about, sha256=name), self.id)

    def course(self, question: str) -> Course:
        return self.steering.course(question, [self.id])

    def best(self, question: str) -> set[str]:
        gains = self.course(question).gains
        return {d for d, g in gains.items() if g == max(gains.values())}

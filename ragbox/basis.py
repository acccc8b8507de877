"""What answers rest on beside question and passages: documents, model, scorer, prompts, policies, glossary.

Texts that change when one of these does: kept answers, and a gate's figures hold for one of them. Knows no answer.
"""

from __future__ import annotations

import uuid

from . import corpus
from .adapters.scorers import Scorers
from .auth import Auth
from .db import Database
from .glossary import Glossary
from .library import Library
from .llm import Llm
from .privacy import Privacy
from .prompt import VERSION


class Basis:
    """The state of one box."""

    def __init__(
        self, db: Database, auth: Auth, library: Library, privacy: Privacy, llm: Llm, scorers: Scorers,
        glossary: Glossary,
    ) -> None:  # fmt: skip
        self._db = db
        self._auth = auth
        self._library = library
        self._privacy = privacy
        self._llm = llm
        self._scorers = scorers
        self._glossary = glossary

    def answer(self) -> str:
        """Return what an answer depends on beside documents, policies and the engine's name."""
        return f"{self._llm.state.quantization} {VERSION} {self._scorers.status()[0]} {self._glossary.version}"

    def gate(self) -> str:
        """Return what the answers to the gate's questions depend on; something new while documents are coming in."""
        ids = [c.id for c in self._library.collections()]
        state = corpus.version(self._db, ids) or uuid.uuid4().hex
        policies = self._privacy.state(self._auth.local(), ids)
        model = f"{self._llm.name} {self._llm.state.quantization}"
        return f"{state} {policies} {model} {VERSION} {self._glossary.version}"

"""The one place that applies privacy: which style holds for whom over which collections, and texts under it.

A policy is set for a role or a collection; of several the strictest holds, and where none is set, the settings' style.
Knows no route and no rule of what personal data looks like.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from .auth import Auth
from .errors import BadInput, NotFound
from .judge import Finder, Judge
from .kept import Kept
from .privacy_record import COLLECTION, ROLE, Policies, PrivacyRecord
from .privacy_tally import Tally, Uncounted
from .redact.custom import Custom, CustomPattern, validated
from .redact.findings import Finding
from .redact.policy import FAILED, Style, replacer, strictest
from .redaction import Names, Redaction, replaced
from .settings import Settings
from .types import Actor, Document
from .users import check_role

ASKED_BY = frozenset({"PERSON", "ADDRESS"})
"""What questions may name: neither is a number that one could guess digit by digit."""
LISTS = 4
"""Views of the names that are kept, as people of one role with the same collections have one: some 5 MB each."""
TRIED = (Style.REDACT, Style.PSEUDONYM, Style.MASK)
"""Styles that a text is shown under when they are compared; off is the text itself."""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What is found in a text, and how the text looks under each style."""

    spans: tuple[Finding, ...]
    shown: dict[Style, str]


class Privacy:
    """The privacy of one box. `collections` are ids everywhere; None stands for any, so the strictest of all holds."""

    def __init__(
        self, settings: Settings, auth: Auth, record: PrivacyRecord, analyzer: Callable[[Custom], Finder]
    ) -> None:
        """`analyzer` makes a finder with what was added to the rules.

        Raises:
            BadInput: what the settings add to the rules is wrong.
        """
        self._default = settings.redact
        self._questions = settings.redact_questions
        self._remote = settings.remote
        self._own = validated(
            settings.redact_patterns, settings.redact_deny, settings.redact_allow, settings.redact_keep
        )
        self._auth = auth
        self._record = record
        self._judge = Judge(analyzer, lambda: self._own + self._stored())
        self._tally = Tally(record.add)
        self._names: Kept[Hashable, Names] = Kept(LISTS)
        self._set: Policies | None = None
        self._changing = threading.Lock()

    def load(self) -> None:
        """Load the rules, if any text is to be judged by them; the first such text waits for them otherwise."""
        if self._strictest() is not Style.OFF:
            self._judge.load()

    def close(self) -> None:
        """Write the counts."""
        self._tally.close()

    # -- texts ---------------------------------------------------------------------------------------------

    def style(self, actor: Actor | None, collections: Iterable[str] | None) -> Style:
        """Return the style that holds for an actor over these collections together; nobody has no role."""
        policies = self._policies()
        role = policies.roles.get(actor.role) if actor else None
        if collections is None:
            owns = [None, *policies.collections.values()]
        else:
            owns = [policies.collections.get(c) for c in collections] or [None]
        given = [[style for style in (role, own) if style] or [self._default] for own in owns]
        return strictest(style for styles in given for style in styles)

    def showing(self, actor: Actor | None, language: str = "en", *, counted: bool = True) -> Redaction:
        """Return what cleans all that an actor is shown in one go; pseudonyms are in that language."""
        tally = self._tally if counted else Uncounted()
        return Redaction(lambda held: self.style(actor, held), self._judge, tally, language)

    def clean(self, actor: Actor | None, collections: Iterable[str] | None, text: str) -> str:
        """Return a name or a message as it may be shown; what is taken out of it is not counted."""
        return self.showing(actor).clean(collections, text, counted=False)

    def again(self, actor: Actor | None, collections: Iterable[str] | None, text: str) -> str:
        """Return a text that was kept as it was shown, as it may be shown now."""
        return self.showing(actor).again(collections, text, {})

    def names(self, actor: Actor, collections: Iterable[str]) -> Names:
        """Return what gives names and titles in these collections as lists are searched and sorted by them."""
        styles = {c: self.style(actor, [c]) for c in sorted(collections)}
        off = all(style is Style.OFF for style in styles.values())
        key = ("" if off else self._judge.version, *styles.items())
        return self._names.get(key, lambda: Names(self._judge, styles))

    def learn(self, names: Iterable[str], stop: Callable[[], bool]) -> None:
        """Judge names and titles before somebody searches them: 10,000 documents have 20,000, at 0.2 ms each."""
        if self._strictest() is not Style.OFF:
            for name in names:
                if stop():
                    return
                with suppress(Exception):
                    self._judge.judged(name)

    def document(self, actor: Actor, document: Document) -> Document:
        """Return a document with its names, title and remarks as they may be shown."""
        return self.showing(actor).document(document)

    def spans(self, actor: Actor | None, collections: Iterable[str] | None, text: str) -> list[Finding]:
        """Return where personal data stands in a whole text; nothing where the style is off."""
        return [] if self.style(actor, collections) is Style.OFF else list(self._judge.judged(text))

    def state(self, actor: Actor, collections: Iterable[str]) -> str:
        """Return what changes whenever an answer over these collections would look different to the actor."""
        styles = {c: self.style(actor, [c]) for c in sorted(collections)}
        off = all(style is Style.OFF for style in styles.values())
        return " ".join(["" if off else self._judge.version, *(f"{c}:{style}" for c, style in styles.items())])

    def answered(self, actor: Actor, collections: Iterable[str]) -> None:
        """Count an answer over these collections, if nothing was to be taken out of it."""
        held = list(collections)
        if held and self.style(actor, held) is Style.OFF:
            self._tally.opened(held, actor.role)

    def sought(self, actor: Actor, collections: Iterable[str], question: str) -> str:
        """Return a question as passages are looked for and answers are written: without values that are hidden.

        Else what is found, and the yes or no of a model, would tell whether somebody has guessed a value right. Names
        and addresses stay, since people are asked about by name; "" where the question cannot be judged.
        """
        if self.style(actor, collections) is Style.OFF:
            return question
        try:
            found = self._judge.judged(question)
        except Exception:
            return ""
        return replaced(question, (f for f in found if f.entity not in ASKED_BY), lambda *_: " ").strip()

    def sent(self, question: str) -> str:
        """Return a question as the language model is sent it."""
        return self._without(question) if self._remote and self._questions in ("remote", "both") else question

    def kept(self, question: str) -> str:
        """Return a question as the history keeps it."""
        return self._without(question) if self._questions in ("history", "both") else question

    def logged(self, text: str) -> str:
        """Return a text as the log may have it, under the strictest style of all; never raises."""
        try:
            if self._judge.busy:
                return FAILED
            return text if self._strictest() is Style.OFF else self._without(text)
        except Exception:
            return FAILED

    # -- policies ------------------------------------------------------------------------------------------

    def forget(self) -> None:
        """Read the policies anew: one was changed, or went with its collection."""
        with self._changing:
            self._set = None

    def policies(self, actor: Actor) -> dict[str, Any]:
        """Return what is set, as plain JSON: policies, additions to the rules, changes, counts of the last 90 days.

        Raises:
            NotPermitted: the actor is no admin.
        """
        self._auth.require(actor, "manage", None)
        self._tally.write()
        since, policies = self._tally.since(), self._policies()
        return {
            "default": self._default, "roles": dict(policies.roles), "collections": dict(policies.collections),
            "custom": self._stored().plain(), "removed": self._record.removed(since),
            "open": self._record.opened(since), "changes": [c.plain() for c in self._record.changes()],
        }  # fmt: skip

    def set_role(self, actor: Actor, role: str, style: str) -> None:
        """Set the policy of a role, "" for none of its own.

        Raises:
            NotPermitted: the actor is no admin.
            BadInput: there is no such role or style.
        """
        self._auth.require(actor, "manage", None)
        check_role(role)
        self._change(actor, ROLE, role, style)

    def set_collection(self, actor: Actor, collection: str, style: str) -> None:
        """Set the policy of a collection (id), "" for none of its own.

        Raises:
            NotPermitted: no right to manage the collection.
            NotFound: there is no such collection for this actor.
            BadInput: there is no such style.
        """
        name = self._record.name_of(collection)
        if not name or not self._auth.decide(actor, "ask", name).allowed:
            raise NotFound(
                f"There is no collection with the id {collection!r}. `ragbox collections --json` has the ids."
            )
        self._auth.require(actor, "manage", name)
        self._change(actor, COLLECTION, collection, style)

    def set_custom(self, actor: Actor, custom: Custom) -> None:
        """Replace what was added to the rules beside the settings; it counts from the next text on.

        Raises:
            NotPermitted: the actor is no admin.
        """
        self._auth.require(actor, "manage", None)
        self._judge.exchange(self._own + custom, lambda: self._record.set_custom(actor.name, custom.plain()))

    def trial(self, actor: Actor, text: str, custom: Custom | None = None, *, least: Style = Style.OFF) -> Trial:
        """Return what is found in a text, with `custom` in place of what was added to the rules so far.

        It is shown under the styles that are as strict as `least`, the one that holds for the actor over the text.

        Raises:
            NotPermitted: the actor is no admin.
        """
        self._auth.require(actor, "manage", None)
        found = self._judge.judged(text) if custom is None else self._judge.tried(text, self._own + custom)
        styles = (style for style in TRIED if strictest((style, least)) is style)
        return Trial(spans=found, shown={style: replaced(text, found, replacer(style)) for style in styles})

    # -- inside --------------------------------------------------------------------------------------------

    def _strictest(self) -> Style:
        policies = self._policies()
        return strictest([self._default, *policies.roles.values(), *policies.collections.values()])

    def _without(self, text: str) -> str:
        return replaced(text, self._judge.judged(text), replacer(Style.REDACT))

    def _policies(self) -> Policies:
        with self._changing:
            if self._set is None:
                self._set = self._record.policies()
            return self._set

    def _stored(self) -> Custom:
        found = self._record.custom()
        patterns = (CustomPattern(**p | {"context": tuple(p["context"])}) for p in found.get("patterns", ()))
        lists = {name: tuple(found.get(name, ())) for name in ("deny", "allow", "keep")}
        return Custom(patterns=tuple(patterns), **lists)

    def _change(self, actor: Actor, kind: str, name: str, style: str) -> None:
        try:
            wanted = Style(style) if style else None
        except ValueError:
            raise BadInput(f"{style!r} is no style. Choose one of {', '.join(Style)}, or nothing.") from None
        self._record.set_policy(actor.name, kind, name, wanted)  # not under the lock: who reads need not wait for disks
        self.forget()

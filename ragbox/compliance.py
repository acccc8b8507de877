"""The compliance report: a checklist filled from the settings and the record in use. Claims nothing that is not on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from . import silence
from .box import Box
from .compliance_words import LANGUAGES, STATES, WORDS
from .errors import BadInput, Unavailable
from .hosts import is_loopback
from .redact.policy import WORDS as ENTITIES
from .sealing.memory import KINDS, kind_of
from .types import Actor

MET, OPEN, YOURS = STATES
YEARS_3 = 1096
"""Days that cover three years with a leap day."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One finding: its heading, its state (a key of STATES), its words (a key of WORDS) and what stands in them."""

    part: str
    state: str
    words: str
    figures: dict[str, Any] = field(default_factory=dict)


def lines(box: Box, actor: Actor) -> Iterator[Line]:
    """Yield the findings in the order of the report.

    Raises:
        NotPermitted: the actor may not audit the box.
    """
    box.auth.require(actor, "audit", None)
    yield from _transfer(box)
    yield from _impact(box)
    yield from _filing(box)
    yield from _retention(box)
    yield from _access(box)
    yield from _sealing(box)
    yield from _audit(box, actor)
    yield from _redaction(box)
    for gap in ("misses", "disk", "adapters", "questions"):
        yield Line(part="gaps", state=OPEN, words=f"gaps.{gap}")


def markdown(box: Box, actor: Actor, language: str, *, now: datetime | None = None) -> str:
    """Return the report in "en" or "zh".

    Raises:
        BadInput: another language.
        NotPermitted: the actor may not audit the box.
    """
    if language not in LANGUAGES:
        raise BadInput(f"There is no report in {language!r}. Choose one of: {', '.join(LANGUAGES)}.")
    column = LANGUAGES.index(language)

    def say(words: str, **figures: Any) -> str:
        given = {name: _said(value, say) for name, value in figures.items()}
        return (WORDS.get(words) or ENTITIES.get(words, (words, words)))[column].format(**given)

    found = list(lines(box, actor))
    at = (now or datetime.now(UTC)).astimezone().strftime("%Y-%m-%d %H:%M %z")
    counts = Counter(line.state for line in found)
    text = [f"# {say('title')}", say("made", at=at, version=version("ragbox"))]
    text += [say("summary", **{state: counts[state] for state in STATES})]
    part = ""
    for line in found:
        if line.part != part:
            part = line.part
            text.append(f"## {say(part)}")
        text.append(f"- **{STATES[line.state][column]}**{say('colon')}{say(line.words, **line.figures)}")
    return "\n\n".join(text) + "\n"


def _said(value: Any, say: Any) -> str:
    if isinstance(value, Days):
        return str(say("days", days=f"{value:,}") if value else say("forever"))
    if isinstance(value, Name):
        return str(say(f"name.{value}" if f"name.{value}" in WORDS else value))
    if isinstance(value, list):
        return str(say("comma")).join(_said(one, say) for one in value) or str(say("none"))
    if isinstance(value, tuple):
        return " ".join(_said(one, say) for one in value)
    return f"{value:,}" if isinstance(value, int) else str(value)


class Days(int):
    """A number of days; 0 is for ever."""


class Name(str):
    """A role, a style or a kind of personal data, which each language calls otherwise."""

    __slots__ = ()


def _transfer(box: Box) -> Iterator[Line]:
    tried, chosen = silence.tried(), box.settings
    if tried:
        yield Line(part="transfer", state=OPEN, words="transfer.tried", figures={"hosts": sorted(tried)})
    elif box.ready:
        yield Line(part="transfer", state=MET, words="transfer.silent")
    else:  # a command's own box, which has loaded nothing that could have tried
        yield Line(part="transfer", state=OPEN, words="transfer.unwatched")
    servers = [*map(_place, chosen.remote_urls), *filter(None, [chosen.langchain_model])]
    if chosen.remote:
        yield Line(part="transfer", state=YOURS, words="transfer.remote", figures={"servers": servers})
    else:
        yield Line(part="transfer", state=MET, words="transfer.local")
    if chosen.teacher_urls:
        teachers = {"servers": list(map(_place, chosen.teacher_urls))}
        yield Line(part="transfer", state=YOURS, words="transfer.teacher", figures=teachers)
    if sources := [_place(url) for url in (chosen.ldap_url, chosen.oidc_issuer) if url]:
        yield Line(part="transfer", state=YOURS, words="transfer.people", figures={"servers": sources})


def _place(url: str) -> str:
    """Return a server's address with no more of it than says where it is: a name and password may stand in the rest."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises
    except ValueError:
        return "***"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _impact(box: Box) -> Iterator[Line]:
    held = {"documents": box.library.count()[0], "collections": len(box.library.collections())}
    yield Line(part="impact", state=YOURS, words="impact.due", figures=held)
    kinds = Counter[str]()
    for row in box.privacy.policies(box.auth.local())["removed"]:
        kinds[row["entity"]] += row["count"]
    told = [(Name(kind), count) for kind, count in kinds.most_common()]
    yield Line(part="impact", state=YOURS, words="impact.kinds" if told else "impact.none", figures={"kinds": told})
    days = box.settings.audit_days
    enough = not 0 < days < YEARS_3
    yield Line(
        part="impact", state=MET if enough else OPEN, words="impact.kept" if enough else "impact.short",
        figures={"days": Days(days)},
    )  # fmt: skip


def _filing(box: Box) -> Iterator[Line]:
    users = sum(not account.disabled for account in box.accounts.all())
    heard = {"host": box.settings.host, "users": users}
    yield Line(part="filing", state=YOURS, words="filing.inside", figures=heard)
    if name := _model(box):
        yield Line(part="filing", state=YOURS, words="filing.model", figures={"model": name})
    else:
        yield Line(part="filing", state=MET, words="filing.quotes")


def _model(box: Box) -> str:
    """Return the model that writes the answers, or will as soon as it is loaded; "" where answers are quoted."""
    chosen, now = box.settings, box.llm.state
    if chosen.engine == "extractive" or (box.ready and now.state == "none"):
        return ""
    if chosen.remote:
        return chosen.remote_model or chosen.langchain_model
    if now.name or chosen.model:
        return now.name or Path(chosen.model).name
    with suppress(Unavailable):  # its folder is gone, so it cannot answer
        if active := box.store.active():
            return f"{active.name} {active.version}"
    return ""


def _retention(box: Box) -> Iterator[Line]:
    chosen = box.settings
    if chosen.history_days:
        yield Line(part="retention", state=MET, words="retention.history", figures={"n": chosen.history_days})
    else:
        yield Line(part="retention", state=OPEN, words="retention.forever")
    if chosen.unnamed_days:
        yield Line(part="retention", state=MET, words="retention.unnamed", figures={"n": chosen.unnamed_days})
    else:
        files = {"files": box.originals.unnamed()}
        yield Line(part="retention", state=OPEN, words="retention.unnamed_forever", figures=files)
    waiting = box.sweep.waiting()
    yield Line(
        part="retention", state=MET, words="retention.waits" if waiting else "retention.purged",
        figures={"hour": f"{chosen.sweep_hour:02}", "waiting": waiting},
    )  # fmt: skip


def _access(box: Box) -> Iterator[Line]:
    users = [account for account in box.accounts.all() if not account.disabled]
    roles = Counter(account.role for account in users)
    figures = {
        "roles": [(Name(role), count) for role, count in sorted(roles.items())], "tokens": len(box.accounts.tokens()),
        "hours": f"{box.settings.login_hours:g}",
    }  # fmt: skip
    yield Line(part="access", state=MET, words="access.roles", figures=figures)
    if not roles["auditor"]:
        yield Line(part="access", state=OPEN, words="access.auditor")
    if roles["admin"] > 2:
        yield Line(part="access", state=OPEN, words="access.many", figures={"admins": roles["admin"]})


def _rest(box: Box) -> Iterator[Line]:
    if not box.vault.sealed:
        yield Line(part="sealing", state=OPEN, words="sealing.rest")
        return
    yield Line(part="sealing", state=MET, words=f"sealing.{box.vault.lock.replace(' ', '_')}")
    folder = box.settings.index_folder
    memory = kind_of(folder) in KINDS
    yield Line(
        part="sealing", state=MET if memory else OPEN, words="sealing.memory" if memory else "sealing.indexes",
        figures={"folder": str(folder)},
    )  # fmt: skip


def _sealing(box: Box) -> Iterator[Line]:
    yield from _rest(box)
    figures = {"host": box.settings.host}
    if box.settings.https:
        yield Line(part="sealing", state=MET, words="sealing.tls", figures=figures)
    elif is_loopback(box.settings.host):
        yield Line(part="sealing", state=MET, words="sealing.loopback", figures=figures)
    else:
        yield Line(part="sealing", state=OPEN, words="sealing.plain", figures=figures)


def _audit(box: Box, actor: Actor) -> Iterator[Line]:
    check = box.trail.check(actor)
    figures = {
        "entries": check.entries, "head": check.head.hash[:16], "days": Days(box.settings.audit_days),
        "faults": len(check.faults),
    }  # fmt: skip
    whole = check.whole
    yield Line(
        part="audit", state=MET if whole else OPEN, words="audit.whole" if whole else "audit.broken", figures=figures
    )


def _redaction(box: Box) -> Iterator[Line]:
    found = box.privacy.policies(box.auth.local())
    names = {c.id: c.name for c in box.library.collections()}
    roles: dict[str, str] = {Name(role): style for role, style in found["roles"].items()}
    policies = roles | {names.get(id, id): style for id, style in found["collections"].items()}
    if found["default"] == "off":
        yield Line(part="redaction", state=OPEN, words="redaction.off")
    else:
        figures = {"style": Name(found["default"]), "policies": len(policies)}
        yield Line(part="redaction", state=MET, words="redaction.on", figures=figures)
    if shown := sorted(name for name, style in policies.items() if style == "off"):
        yield Line(part="redaction", state=OPEN, words="redaction.open", figures={"open": shown})

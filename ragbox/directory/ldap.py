"""Sign-in by the company's directory (LDAP): the box looks a person up, then binds as that person.

And looks people up again, to learn who has left. How it is spoken to stands in `ldap_line.py`.
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Generator, Sequence
from contextlib import suppress

from ..errors import NotPermitted, Unavailable
from ..settings import Settings
from .external import ANSWER_SECONDS, External, Turns
from .identities import Identities
from .ldap_line import GROUPS, Entry, Line, Search

UNIQUE = ("entryuuid", "objectguid", "objectsid", "nsuniqueid", "ipauniqueid", "guid")
"""Subjects, written small, that a directory itself gives, to one entry of all: of others two branches may have one."""
LONGEST = 1024
"""Most bytes of a name or password that a directory is asked about."""
TOGETHER = 20
"""People looked up again by one search: a directory without an index of the subject reads all its entries for each."""
_log = logging.getLogger(__name__)


class Ldap:
    """Verifies names and passwords by a directory; speaks to it only when asked to."""

    source = "ldap"

    def __init__(self, settings: Settings, identities: Identities, *, patience: float = ANSWER_SECONDS) -> None:
        """`patience` is how many seconds each answer of the directory may take in all."""
        self._settings = settings
        self._identities = identities
        self._line = Line(settings, patience)
        self._turns = Turns()

    @property
    def issuer(self) -> str:
        """Return who vouches for the people of this directory."""
        # The base, not the address: that of a directory changes with its machine, the people in it do not.
        return f"ldap:{_normal(self._settings.ldap_base)}"

    def verify(self, name: str, password: str) -> str | None:
        """Return the box's user whose name and password the directory knows, None if it does not.

        Raises:
            Unavailable: the directory does not answer as it should.
            BadInput: a setting of it is wrong.
        """
        with self._turns.taken():
            who = self.find(name, password)
        if who is None:
            return None
        try:
            return self._identities.admit(who, also=self.before()).name
        except NotPermitted as error:
            _log.warning("the directory knows %r, who stays out: %s", who.name, error)
            return None

    def find(self, name: str, password: str) -> External | None:
        """Return whom the directory knows by this name and password. Raises what `verify` raises."""
        # An empty password would be taken by many servers as nobody's, which succeeds (RFC 4513, 5.1.2).
        if not (_askable(name) and _askable(password)):
            return None
        # A directory passes over these: each spelling would have tries of its own (`ragbox/throttle.py`).
        if not name.isprintable() or name != " ".join(name.split()):
            return None
        settings = self._settings
        with self._line.meant(), self._line.service() as search:
            wanted = settings.ldap_filter.replace("{name}", _escaped(name))
            found = search(settings.ldap_base, wanted, self._attributes(), most=2)
            # Who is not there, or there twice, costs the same trip as who is.
            known = found[0].dn if len(found) == 1 else self._nobody()
            if not self._line.takes(known, password) or len(found) != 1:
                return None
            return self._external(search, found[0])

    def before(self) -> list[str]:
        """Return the issuers to which people are bound below another base that holds this one or lies in it.

        There are none where the subject is not one entry's of all: below another base it may be another person's.
        """
        if self._settings.ldap_subject.partition(";")[0].casefold() not in UNIQUE:  # behind it stand options
            return []
        base = _parts(self._settings.ldap_base)

        def same(issuer: str) -> bool:
            other = _parts(issuer.removeprefix("ldap:"))
            common = min(len(base), len(other))
            return base[len(base) - common :] == other[len(other) - common :]

        return [i for i in self._identities.issuers(self.source) if i != self.issuer and same(i)]

    def again(self, subjects: Sequence[str]) -> Generator[tuple[str, frozenset[str] | None], None, None]:
        """Yield these people one by one with the box's groups they are in, or None: they are not found any more.

        Raises:
            Unavailable: the directory does not answer as it should, or shows nobody at all.
            BadInput: a setting of it is wrong.
        """
        settings, seen = self._settings, False
        with self._line.meant(), self._line.service() as search:
            for start in range(0, len(subjects), TOGETHER):
                some = subjects[start : start + TOGETHER]
                wanted = "".join(_is(settings.ldap_subject, subject) for subject in some)
                entries = search(settings.ldap_base, f"(&(|{wanted}){self._anybody()})", self._attributes())
                found = {_text(value): e for e in entries for value in e.all(settings.ldap_subject)}
                if not (found or seen):
                    self._look(search)
                seen = True
                for subject in some:
                    yield subject, self._groups(search, found[subject]) if subject in found else None

    def check(self) -> str:
        """Return what there is to say of the directory, having looked something up in it.

        Raises:
            Unavailable, BadInput: as `again` does.
        """
        with self._line.meant(), self._line.service() as search:
            self._look(search)
            self._groups(search, Entry(dn=self._nobody(), values={}))
        return f"{self._settings.ldap_url} answers, below {self._settings.ldap_base!r}."

    # -- inside --------------------------------------------------------------------------------------------

    def _attributes(self) -> list[str]:
        settings = self._settings
        return [settings.ldap_name, settings.ldap_subject, settings.ldap_groups_attribute]

    def _nobody(self) -> str:
        return f"cn={secrets.token_hex(8)},{self._settings.ldap_base}"

    def _anybody(self) -> str:
        """Return the filter by which a person is found, for whatever name: which was typed is not known any more."""
        return self._settings.ldap_filter.replace("{name}", "*")

    def _look(self, search: Search) -> None:
        """Return if the directory shows people: one that has lost its entries, or hides them, has not lost its people.

        Raises:
            Unavailable: it does not.
        """
        settings = self._settings
        wanted = f"(&({settings.ldap_subject}=*){self._anybody()})"
        if not search(settings.ldap_base, wanted, (), most=1):
            raise Unavailable(
                f"The directory {settings.ldap_url} shows the box nobody below {settings.ldap_base!r} who has "
                f"{settings.ldap_subject}. Correct RAGBOX_LDAP_FILTER, or let RAGBOX_LDAP_BIND_DN read it."
            )

    def _external(self, search: Search, entry: Entry) -> External:
        settings = self._settings
        names, subjects = entry.all(settings.ldap_name), entry.all(settings.ldap_subject)
        if not names or not subjects:
            lacking = settings.ldap_subject if names else settings.ldap_name
            raise Unavailable(
                f"The directory {settings.ldap_url} shows the box no {lacking} of somebody. Correct RAGBOX_LDAP_NAME "
                "or RAGBOX_LDAP_SUBJECT, or let RAGBOX_LDAP_BIND_DN read it."
            )
        return External(
            source=self.source, issuer=self.issuer, subject=_text(subjects[0]), name=_text(names[0]),
            groups=self._groups(search, entry),
        )  # fmt: skip

    def _groups(self, search: Search, entry: Entry) -> frozenset[str]:
        """Return the box's groups of a person: those that the entry lists, and those that list the person."""
        settings = self._settings
        listed = {_normal(_text(v)) for v in entry.all(settings.ldap_groups_attribute)}
        if settings.ldap_group_base and settings.ldap_groups:
            names = entry.all(settings.ldap_name)
            values = {"dn": _escaped(entry.dn), "name": _escaped(_text(names[0]) if names else entry.dn)}
            wanted = re.sub(r"\{(dn|name)\}", lambda part: values[part[1]], settings.ldap_group_filter)
            listed |= {_normal(group.dn) for group in search(settings.ldap_group_base, wanted, (), by=GROUPS)}
        return frozenset(group for dn, group in settings.ldap_groups.items() if _normal(dn) in listed)


def _escaped(text: str) -> str:
    """Return what stands in a filter for these words and for nothing else."""
    from ldap3.utils.conv import escape_filter_chars

    return str(escape_filter_chars(text))


def _is(attribute: str, subject: str) -> str:
    """Return the filters that find who has this subject, which may stand for bytes (`_text`)."""
    meant = [_escaped(subject)]
    with suppress(ValueError):
        raw = bytes.fromhex(subject)
        if _text(raw) == subject:
            meant.append("".join(f"\\{byte:02x}" for byte in raw))
    return "".join(f"({attribute}={value})" for value in meant)


def _normal(dn: str) -> str:
    """Return an entry's name as all its writings have it."""
    return ",".join(_parts(dn))


def _parts(dn: str) -> list[str]:
    from ldap3.core.exceptions import LDAPInvalidDnError
    from ldap3.utils.dn import parse_dn

    if not dn:  # all of a directory, as Active Directory's global catalog is asked for; ldap3 takes it for no name
        return []
    try:
        return [f"{a}={v}".casefold() for a, v, _ in parse_dn(dn, strip=True)]
    except LDAPInvalidDnError:
        return [dn.casefold()]


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.hex()  # objectGUID: 16 bytes


def _askable(text: str) -> bool:
    try:
        return 0 < len(text.encode()) <= LONGEST and "\0" not in text
    except UnicodeEncodeError:  # half a character
        return False

"""Where a box's people come from beside itself: the directory and the provider that the settings name, put together."""

from __future__ import annotations

from collections.abc import Iterator

from ..audit import Audit
from ..auth import Auth
from ..db import Database
from ..errors import RagboxError
from ..settings import Settings
from ..signin import SignIn
from ..types import Actor
from .external import External
from .identities import Identities, Rules
from .ldap import Ldap
from .oidc import Oidc
from .recheck import Recheck

UNCHANGED = "Until it answers again, nobody's session, tokens or groups end or change by it."


class Directory:
    """The sources of people of one box. Constructing it calls nobody."""

    def __init__(self, settings: Settings, db: Database, auth: Auth, audit: Audit, door: SignIn) -> None:
        """`door` gets the directory's passwords beside the box's own."""
        rules = {
            "ldap": Rules(
                role=settings.ldap_role, create=settings.ldap_create, groups=frozenset(settings.ldap_groups.values())
            ),
            "oidc": Rules(
                role=settings.oidc_role, create=settings.oidc_create, groups=frozenset(settings.oidc_groups.values())
            ),
        }
        self._settings = settings
        self._db = db
        self._auth = auth
        self._passwords = door.passwords
        self._identities = Identities(db, auth, rules, audit.note)
        self._ldap = Ldap(settings, self._identities)
        self.recheck = Recheck(settings, self._ldap, self._identities)
        self.oidc = Oidc(settings)
        door.belongs = lambda name: self._identities.source(name) != ""
        if settings.ldap_url:
            door.verifiers.append(self._ldap)

    def admit(self, who: External) -> Actor:
        """Return the user that somebody is, made or bound at the first sign-in. Raises what `Identities.admit` does."""
        return self._identities.admit(who)

    def expect(self, name: str, source: str) -> None:
        """Let the next person of a source who is called so be this user, whose own password ends, as sessions do.

        Raises what `Identities.expect` does.
        """
        with self._db.write():
            self._identities.expect(name, source)
            self._auth.end_sessions(name)
            if source:
                self._passwords.remove(name)

    def sources(self) -> list[str]:
        """Return the sources that are set: "ldap", "oidc"."""
        asked = {"ldap": self._settings.ldap_url, "oidc": self._settings.oidc_issuer}
        return [source for source, address in asked.items() if address]

    def check(self) -> Iterator[tuple[str, bool, str]]:
        """Yield for each source that is set its name, whether it answers, and what there is to say."""
        if self._settings.ldap_url:
            try:
                answers, (well, again) = self._ldap.check(), self.recheck.check()
                yield "directory", well, f"{answers} {again}{'' if well else f' {UNCHANGED}'}"
            except RagboxError as error:
                yield "directory", False, f"{error} {UNCHANGED}"
        if self._settings.oidc_issuer:
            try:
                yield "provider", True, self.oidc.check()
            except RagboxError as error:
                yield "provider", False, str(error)

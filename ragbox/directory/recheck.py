"""Looks up again in the directory who can ask here, so that who has left is out within minutes. Knows no protocol.

The directory calls nobody when somebody leaves, so the box asks. One that does not answer changes nothing.
"""

from __future__ import annotations

import logging
import threading
from contextlib import closing
from datetime import UTC, datetime

from ..errors import RagboxError
from ..settings import Settings
from .identities import Identities
from .ldap import Ldap

STOP_SECONDS = 15.0
"""How long it is waited for a look to end. One trip alone may take 40 s (5 to connect, 5 for TLS, 10 each for
StartTLS, bind and search): what is later is left to the thread, a daemon, which stops at its next answer."""
_log = logging.getLogger(__name__)


class Recheck:
    """The thread that looks again; nothing runs before `start`."""

    def __init__(self, settings: Settings, ldap: Ldap, identities: Identities) -> None:
        self._minutes = settings.ldap_recheck_minutes if settings.ldap_url else 0
        self._ldap = ldap
        self._identities = identities
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._last: tuple[datetime, int, int] | None = None
        self._trouble = ""

    def start(self) -> None:
        """Look now and every so many minutes from now on, unless the settings say never."""
        if self._minutes:
            self._stop.clear()
            self._thread = threading.Thread(target=self._run, name="directory", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stop; what a look under way has found by then is left for the next."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)
            self._thread = None

    def look(self) -> None:
        """Look everybody up who has a session, a token or a link, and let their users follow what is found.

        Raises:
            Unavailable: the directory does not answer as it should, or most people are gone; then nothing has changed.
            BadInput: a setting of it is wrong.
        """
        found: dict[str, frozenset[str] | None] = {}
        began = datetime.now(UTC)
        source, issuer, also = self._ldap.source, self._ldap.issuer, self._ldap.before()
        if subjects := self._identities.asking(issuer, *also):
            with closing(self._ldap.again(subjects)) as looked:
                for subject, groups in looked:
                    if self._stop.is_set():
                        return
                    found[subject] = groups
            self._identities.settle(source, issuer, found, also=also, since=began.isoformat())
        self._last = datetime.now(UTC), len(found), sum(groups is None for groups in found.values())
        self._trouble = ""

    def check(self) -> tuple[bool, str]:
        """Return whether who can ask is looked up again as it should be, and what there is to say of it."""
        if not self._minutes:
            finding = "Nobody is looked up again (RAGBOX_LDAP_RECHECK_MINUTES=0): who leaves keeps session and tokens."
            return True, finding
        finding = f"Who can ask is looked up again every {self._minutes} minutes."
        if self._last is not None:
            at, looked, gone = self._last
            finding += f" Last at {at:%Y-%m-%d %H:%M} UTC: looked up {looked}, gone {gone}."
        if other := self._identities.elsewhere(self._ldap.source, self._ldap.issuer, *self._ldap.before()):
            finding += f" {other} are bound below another RAGBOX_LDAP_BASE and are not: bind or disable them."
            return False, finding
        return not self._trouble, f"{finding} Since then it failed: {self._trouble}" if self._trouble else finding

    def _run(self) -> None:
        while True:
            try:
                self.look()
            except RagboxError as error:
                self._trouble = str(error)
                _log.warning("nobody was looked up again, so nothing changes: %s", error)
            except Exception as error:  # a full disk: the next time
                self._trouble = f"{type(error).__name__}, see the log."
                _log.exception("who left the directory could not be recorded")
            if self._stop.wait(self._minutes * 60):
                return

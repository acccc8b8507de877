"""Sign-in by the company's directory (LDAP): the box looks a person up, then binds as that person.

By ldap3, because it is pure Python: python-ldap and bonsai are bound to OpenLDAP's C library and have to be built.
"""

from __future__ import annotations

import logging
import secrets
import warnings
from typing import Any
from urllib.parse import urlsplit

from .. import silence
from ..errors import BadInput, NotPermitted, Unavailable
from ..hosts import is_loopback
from ..settings import Settings
from .external import SECONDS, External, Turns, read_secret
from .identities import Identities

LONGEST = 1024
"""Most bytes of a name or password that a directory is asked about."""
_log = logging.getLogger(__name__)


class Ldap:
    """Verifies names and passwords by a directory; speaks to it only when asked to."""

    source = "ldap"

    def __init__(self, settings: Settings, identities: Identities) -> None:
        self._settings = settings
        self._identities = identities
        self._turns = Turns()

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
            return self._identities.admit(who).name
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
        # ldap3 2.9.1 takes these from pyasn1 by their old names, which go on to work and say that they are old.
        warnings.filterwarnings("ignore", message="(tagMap|typeMap) is deprecated", category=DeprecationWarning)
        from ldap3.core.exceptions import LDAPException

        try:
            with silence.meant():
                return self._find(name, password)
        except LDAPException as error:
            raise Unavailable(
                f"The directory {self._settings.ldap_url} does not answer as it should: {_short(error)}. "
                "Look at it, and at the settings RAGBOX_LDAP_*."
            ) from None

    def check(self) -> str:
        """Return what there is to say of the directory, having looked something up in it.

        Raises:
            Unavailable, BadInput: as `verify` does.
        """
        self.find(f"nobody-{secrets.token_hex(8)}", "x")
        return f"{self._settings.ldap_url} answers, below {self._settings.ldap_base!r}."

    # -- inside --------------------------------------------------------------------------------------------

    def _find(self, name: str, password: str) -> External | None:
        from ldap3.utils.conv import escape_filter_chars

        settings = self._settings
        service = self._open(settings.ldap_bind_dn, self._secret())
        try:
            if not _bound(service):
                raise Unavailable(
                    f"The directory {settings.ldap_url} refuses RAGBOX_LDAP_BIND_DN {settings.ldap_bind_dn!r}: "
                    f"{service.result['description']}. Correct it, or RAGBOX_LDAP_PASSWORD_FILE."
                )
            wanted = settings.ldap_filter.replace("{name}", escape_filter_chars(name))
            attributes = [settings.ldap_name, settings.ldap_subject, settings.ldap_groups_attribute]
            service.search(
                settings.ldap_base, wanted, attributes=attributes, size_limit=2, time_limit=int(SECONDS)
            )  # fmt: skip
            if service.result["result"] not in (0, 4):  # 4: more than the two that were asked for
                raise Unavailable(
                    f"The directory {settings.ldap_url} finds nothing below {settings.ldap_base!r}: "
                    f"{service.result['description']}. Correct RAGBOX_LDAP_BASE or RAGBOX_LDAP_FILTER."
                )
            found = [e for e in service.response if e["type"] == "searchResEntry" and e["dn"]]
        finally:
            service.unbind()
        # Who is not there, or there twice, costs the same trip as who is.
        known = found[0]["dn"] if len(found) == 1 else f"cn={secrets.token_hex(8)},{settings.ldap_base}"
        person = self._open(known, password)
        try:
            if not _bound(person) or len(found) != 1:
                return None
        finally:
            person.unbind()
        return self._external(found[0]["raw_attributes"])

    def _open(self, dn: str, password: str) -> Any:
        """Return a connection to the directory, encrypted, on which nobody is known yet."""
        import ldap3

        url, loopback = self._settings.ldap_url, is_loopback(urlsplit(self._settings.ldap_url).hostname or "")
        secure = url.lower().startswith("ldaps://")
        if not secure and not self._settings.ldap_starttls and not loopback:
            raise BadInput(
                f"Passwords would go to {url} as they are. Write ldaps://, or leave RAGBOX_LDAP_STARTTLS true."
            )
        server = ldap3.Server(url, tls=self._tls(), get_info=ldap3.NONE, connect_timeout=SECONDS)
        connection = ldap3.Connection(
            # Bytes go as they are; of words ldap3 2.9.1 refuses some, such as one with a tab (SASLprep).
            server, dn or None, password.encode() or None, authentication=ldap3.SIMPLE if dn else ldap3.ANONYMOUS,
            auto_bind=ldap3.AUTO_BIND_NONE, client_strategy=ldap3.SYNC, auto_referrals=False, check_names=False,
            read_only=True, receive_timeout=int(SECONDS), raise_exceptions=False,
        )  # fmt: skip
        try:
            connection.open(read_server_info=False)
            if not secure and self._settings.ldap_starttls and not connection.start_tls(read_server_info=False):
                raise Unavailable(f"The directory {url} does not encrypt (StartTLS). Write ldaps://.")
        except BaseException:
            if connection.socket:  # ldap3 leaves it open where it could not connect
                connection.socket.close()
            raise
        return connection

    def _tls(self) -> Any:
        """Return by which authorities the directory's certificate counts, and that it has to be its own."""
        import ssl

        import ldap3

        try:
            context = ssl.create_default_context(cafile=self._settings.ldap_ca)
        except (OSError, ValueError) as error:
            raise BadInput(f"{self._settings.ldap_ca} is no certificate: {error}. Correct RAGBOX_LDAP_CA.") from None

        def wrap(connection: Any, **_: Any) -> None:
            connection.socket = context.wrap_socket(connection.socket, server_hostname=connection.server.host)

        made = ldap3.Tls(validate=ssl.CERT_REQUIRED)
        # ldap3's own compares the names by a function that Python no longer has; Python's context does so itself.
        made.wrap_socket = wrap
        return made

    def _secret(self) -> str:
        path = self._settings.ldap_password_file
        if not self._settings.ldap_bind_dn:
            return ""
        if path is None:
            raise BadInput("RAGBOX_LDAP_BIND_DN has no password. Name its file by RAGBOX_LDAP_PASSWORD_FILE.")
        return read_secret(path, "RAGBOX_LDAP_PASSWORD_FILE")

    def _external(self, attributes: dict[str, list[bytes]]) -> External:
        settings = self._settings
        held = {key.lower(): values for key, values in attributes.items()}
        names, subjects = held.get(settings.ldap_name.lower()), held.get(settings.ldap_subject.lower())
        if not names or not subjects:
            lacking = settings.ldap_subject if names else settings.ldap_name
            raise Unavailable(
                f"The directory {settings.ldap_url} shows the box no {lacking} of somebody. Correct RAGBOX_LDAP_NAME "
                "or RAGBOX_LDAP_SUBJECT, or let RAGBOX_LDAP_BIND_DN read it."
            )
        listed = {_normal(_text(v)) for v in held.get(settings.ldap_groups_attribute.lower(), [])}
        groups = frozenset(group for dn, group in settings.ldap_groups.items() if _normal(dn) in listed)
        # The base, not the address: that of a directory changes with its machine, the people in it do not.
        return External(
            source=self.source, issuer=f"ldap:{_normal(settings.ldap_base)}", subject=_text(subjects[0]),
            name=_text(names[0]), groups=groups,
        )  # fmt: skip


def _bound(connection: Any) -> bool:
    connection.bind(read_server_info=False)
    return bool(connection.result["result"] == 0)


def _normal(dn: str) -> str:
    """Return an entry's name as all its writings have it."""
    from ldap3.core.exceptions import LDAPInvalidDnError
    from ldap3.utils.dn import parse_dn

    try:
        return ",".join(f"{a}={v}" for a, v, _ in parse_dn(dn, strip=True)).casefold()
    except LDAPInvalidDnError:
        return dn.casefold()


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


def _short(error: Exception) -> str:
    return str(error)[:200] or type(error).__name__

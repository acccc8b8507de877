"""The line to the company's directory (LDAP): encrypted, bound to an entry, asked for others. Knows no people.

By ldap3, because it is pure Python: python-ldap and bonsai are bound to OpenLDAP's C library and have to be built.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Protocol
from urllib.parse import urlsplit

from .. import silence
from ..errors import BadInput, Unavailable
from ..hosts import is_loopback
from ..settings import Settings
from .external import SECONDS, read_secret

PEOPLE = "RAGBOX_LDAP_BASE or RAGBOX_LDAP_FILTER"
GROUPS = "RAGBOX_LDAP_GROUP_BASE or RAGBOX_LDAP_GROUP_FILTER"
ENOUGH = 4
"""What a directory answers that has more entries than were asked for (sizeLimitExceeded)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """An entry of a directory: its name, and its values by attribute, which is written small."""

    dn: str
    values: dict[str, list[bytes]] = field(repr=False)

    def all(self, attribute: str) -> list[bytes]:
        """Return the values of an attribute, however it is written."""
        return self.values.get(attribute.lower(), [])


class Search(Protocol):
    """Asks for the entries below another that a filter finds, with these of their attributes."""

    def __call__(
        self, base: str, wanted: str, attributes: Sequence[str], *, most: int = 0, by: str = PEOPLE
    ) -> list[Entry]:  # fmt: skip
        """Return at most so many (0: all); `by` names the settings that say base and filter.

        Raises:
            Unavailable: the directory does not list them.
        """


class Line:
    """Calls one directory; holds nothing open."""

    def __init__(self, settings: Settings, patience: float) -> None:
        """`patience` is how many seconds each answer may take in all."""
        self._settings = settings
        self._patience = patience

    @contextmanager
    def meant(self) -> Iterator[None]:
        """Let this thread call the directory until the block ends.

        Raises:
            Unavailable: in place of what the library raises in the block.
        """
        # ldap3 2.9.1 takes these from pyasn1 by their old names, which go on to work and say that they are old.
        warnings.filterwarnings("ignore", message="(tagMap|typeMap) is deprecated", category=DeprecationWarning)
        from ldap3.core.exceptions import LDAPException

        try:
            with silence.meant():
                yield
        except LDAPException as error:
            raise Unavailable(
                f"The directory {self._settings.ldap_url} does not answer as it should: {_short(error)}. "
                "Look at it, and at the settings RAGBOX_LDAP_*."
            ) from None

    @contextmanager
    def service(self) -> Iterator[Search]:
        """Give what the entry sees by which the box looks people up.

        Raises:
            Unavailable: the directory does not know it.
            BadInput: a setting is wrong.
        """
        settings = self._settings
        connection = self._open(settings.ldap_bind_dn, self._secret())
        try:
            if not _bound(connection):
                raise Unavailable(
                    f"The directory {settings.ldap_url} refuses RAGBOX_LDAP_BIND_DN {settings.ldap_bind_dn!r}: "
                    f"{connection.result['description']}. Correct it, or RAGBOX_LDAP_PASSWORD_FILE."
                )

            def search(
                base: str, wanted: str, attributes: Sequence[str], *, most: int = 0, by: str = PEOPLE
            ) -> list[Entry]:  # fmt: skip
                connection.search(
                    base, wanted, attributes=list(attributes) or None, size_limit=most, time_limit=int(SECONDS)
                )  # fmt: skip
                if connection.result["result"] not in ((0, ENOUGH) if most else (0,)):
                    raise Unavailable(
                        f"The directory {settings.ldap_url} finds nothing below {base!r}: "
                        f"{connection.result['description']}. Correct {by}."
                    )
                return [
                    Entry(dn=e["dn"], values={key.lower(): held for key, held in e["raw_attributes"].items()})
                    for e in connection.response
                    if e["type"] == "searchResEntry" and e["dn"]
                ]

            yield search
        finally:
            connection.unbind()

    def takes(self, dn: str, password: str) -> bool:
        """Tell whether this is an entry's password."""
        connection = self._open(dn, password)
        try:
            return _bound(connection)
        finally:
            connection.unbind()

    # -- inside --------------------------------------------------------------------------------------------

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
            if not secure:
                connection.socket = _Hurried(connection.socket, self._patience)
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
            connection.socket.settimeout(min(SECONDS, self._patience))  # Python holds the whole of a handshake to it
            encrypted = context.wrap_socket(connection.socket, server_hostname=connection.server.host)
            connection.socket = _Hurried(encrypted, self._patience)

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


class _Hurried:
    """A socket on which each answer has to be there in a time: its own time-out begins anew with each byte."""

    def __init__(self, plain: Any, patience: float) -> None:
        """`patience` is in seconds from when the question was sent."""
        self._plain = plain
        self._patience = patience
        self._until = 0.0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._plain, name)

    def sendall(self, data: bytes) -> None:
        self._until = monotonic() + self._patience
        self._plain.settimeout(SECONDS)
        self._plain.sendall(data)

    def recv(self, size: int) -> bytes:
        """Return what is there next.

        Raises:
            TimeoutError: nothing, or all of it takes too long.
        """
        left = self._until - monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        self._plain.settimeout(min(left, SECONDS))
        return bytes(self._plain.recv(size))


def _bound(connection: Any) -> bool:
    connection.bind(read_server_info=False)
    return bool(connection.result["result"] == 0)


def _short(error: Exception) -> str:
    return str(error)[:200] or type(error).__name__

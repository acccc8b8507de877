"""A company's directory for tests: OpenLDAP's slapd as a process on this machine, with people, groups and TLS."""

from __future__ import annotations

import shutil
import socket
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from tests.ports import unused

BASE = "dc=corp,dc=example"
PEOPLE, GROUPS = f"ou=people,{BASE}", f"ou=groups,{BASE}"
ROOT, ROOT_PASSWORD = f"cn=root,{BASE}", "root of the test"
SERVICE, SERVICE_PASSWORD = f"cn=ragbox,{BASE}", "service of the test"
PASSWORDS = {"rita": "a long sentence", "edda": "another sentence", "李娜": "密码一句话也可以很长"}
STAFF, RESEARCH = f"cn=staff,{GROUPS}", f"cn=研发部,{GROUPS}"
MAPPED = {STAFF.upper().replace(",", ", "): "staff", RESEARCH: "研发"}
"""Groups as settings may write them, and the box's."""
MOST = 20
"""Entries that the directory lists at once, but for its own administrator."""
CONF = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
include /etc/ldap/schema/nis.schema
attributetype ( 1.3.6.1.4.1.4203.666.1.1 NAME 'objectGUID' EQUALITY octetStringMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 SINGLE-VALUE )
attributetype ( 1.3.6.1.4.1.4203.666.1.2 NAME 'userAccountControl' EQUALITY integerMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
objectclass ( 1.3.6.1.4.1.4203.666.1.3 NAME 'activePerson' AUXILIARY MAY ( objectGUID $ userAccountControl ) )
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
pidfile {folder}/slapd.pid
TLSCertificateFile {folder}/server.pem
TLSCertificateKeyFile {folder}/server.key
database mdb
maxsize 16777216
sizelimit {most}
suffix "{base}"
rootdn "{root}"
rootpw "{password}"
directory {folder}/data
overlay memberof
access to attrs=userPassword by anonymous auth by * none
access to * by dn.base="{service}" read by * none
"""


@dataclass(frozen=True)
class DirectoryServer:
    """A running directory: its addresses, plain and TLS, and the file of the authority behind its certificate."""

    plain: str
    secure: str
    ca: Path

    @contextmanager
    def connect(self) -> Iterator[Any]:
        """Give a connection of the directory's own administrator."""
        warnings.filterwarnings("ignore", message="(tagMap|typeMap) is deprecated", category=DeprecationWarning)
        import ldap3

        made = ldap3.Connection(self.plain, ROOT, ROOT_PASSWORD, auto_bind=True, raise_exceptions=True)
        try:
            yield made
        finally:
            made.unbind()

    def change(self, group: str, who: str, *, take: bool) -> None:
        """Put somebody into a group, or take them out."""
        with self.connect() as root:
            root.modify(group, {"member": [("MODIFY_DELETE" if take else "MODIFY_ADD", [person(who)])]})

    def settings(self, folder: Path) -> dict[str, Any]:
        """Return the settings by which a box finds its people here; the password's file is put into the folder."""
        password = folder / "password"
        password.write_text(SERVICE_PASSWORD)
        password.chmod(0o600)
        return {
            "ldap_url": self.secure, "ldap_ca": self.ca, "ldap_base": PEOPLE, "ldap_bind_dn": SERVICE,
            "ldap_password_file": password, "ldap_groups": MAPPED,
        }  # fmt: skip


def person(name: str) -> str:
    """Return the entry of somebody."""
    return f"uid={name},{PEOPLE}"


@contextmanager
def directory(folder: Path) -> Iterator[DirectoryServer]:
    """Run a directory until the block ends."""
    slapd = shutil.which("slapd", path="/usr/sbin:/usr/local/sbin:/usr/libexec:/usr/bin")
    assert slapd, "The tests of LDAP need OpenLDAP's server. Debian: sudo apt-get install slapd"
    (folder / "data").mkdir(parents=True)
    certify(folder)
    conf = CONF.format(folder=folder, base=BASE, root=ROOT, password=ROOT_PASSWORD, service=SERVICE, most=MOST)
    (folder / "slapd.conf").write_text(conf, "utf-8")
    port = unused()
    plain, secure = f"ldap://127.0.0.1:{unused()}", f"ldaps://127.0.0.1:{port}"
    command = [slapd, "-d", "0", "-f", str(folder / "slapd.conf"), "-h", f"{plain} {secure}"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            _await(process, port)
            made = DirectoryServer(plain, secure, folder / "ca.pem")
            _fill(made)
            yield made
        finally:
            process.terminate()
            try:
                process.wait(60)
            finally:
                process.kill()


def _await(process: subprocess.Popen[str], port: int) -> None:
    until = monotonic() + 60
    while monotonic() < until:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert process.poll() is None, process.stderr and process.stderr.read()
        sleep(0.05)
    raise AssertionError("slapd did not start")


def _fill(server: DirectoryServer) -> None:
    with server.connect() as root:
        root.add(BASE, ["dcObject", "organization"], {"o": "Corp", "dc": "corp"})
        for part in (PEOPLE, GROUPS):
            root.add(part, "organizationalUnit")
        root.add(SERVICE, ["applicationProcess", "simpleSecurityObject"], {"userPassword": SERVICE_PASSWORD})
        for name, password in PASSWORDS.items():
            facts = {"cn": name, "sn": name, "userPassword": password}
            root.add(person(name), "inetOrgPerson", facts)
        for group, members in ((STAFF, ("rita", "李娜")), (RESEARCH, ("李娜",))):
            root.add(group, "groupOfNames", {"member": [person(m) for m in members] + [ROOT]})


def certify(folder: Path) -> None:
    """Write an authority's certificate (ca.pem) and one that it signed for 127.0.0.1 (server.pem, server.key)."""
    from ipaddress import ip_address

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    def name(called: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, called)])

    def draft(called: str, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        made = x509.CertificateBuilder().subject_name(name(called)).issuer_name(name("Test authority"))
        made = made.public_key(key.public_key()).serial_number(x509.random_serial_number())
        made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=2))
        public = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        made = made.add_extension(public, critical=False)
        authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(root.public_key())
        return made.add_extension(authority, critical=False)

    root, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    ca = draft("Test authority", root).add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    ca = ca.add_extension(usage, critical=True)
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    server = draft("127.0.0.1", key).add_extension(names, critical=False)
    pem, none = serialization.Encoding.PEM, serialization.NoEncryption()
    (folder / "ca.pem").write_bytes(ca.sign(root, hashes.SHA256()).public_bytes(pem))
    (folder / "server.pem").write_bytes(server.sign(root, hashes.SHA256()).public_bytes(pem))
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, none)
    (folder / "server.key").write_bytes(secret)

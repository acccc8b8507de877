"""The settings of signing in by the company's own directory (LDAP) or identity provider (OpenID Connect)."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field

GivenRole = Literal["reader", "editor", "auditor"]
"""A role that a directory may give; an admin is made by an admin."""


class DirectorySettings(BaseModel):
    """Where people are known outside of the box; empty addresses switch it off."""

    ldap_url: str = Field(
        "",
        pattern=r"^(ldaps?://\S+)?$",
        description="The company's directory, ldaps://HOST or ldap://HOST; empty: people do not sign in by it.",
    )
    ldap_ca: Path | None = Field(
        None, description="File (PEM) of the authority that signed its certificate; empty: those of the system."
    )
    ldap_starttls: bool = Field(
        True, description="Encrypt an ldap:// connection by StartTLS; may be false on this machine alone."
    )
    ldap_base: str = Field("", description="Entry below which people are looked for, such as ou=people,dc=corp,dc=com.")
    ldap_filter: str = Field(
        "(uid={name})", pattern=r"\{name\}", description="How a person is found; {name} is what was typed."
    )
    ldap_bind_dn: str = Field("", description="Entry by which the box looks people up; empty: as nobody.")
    ldap_password_file: Path | None = Field(
        None, description="File with that entry's password, which nobody else may read (mode 0600)."
    )
    ldap_name: str = Field("uid", description="Attribute that becomes a user's name.")
    ldap_subject: str = Field(
        "entryUUID",
        description="Attribute by which a person is known for good, whatever the name: entryUUID, objectGUID.",
    )
    ldap_groups_attribute: str = Field("memberOf", description="Attribute that lists a person's groups.")
    ldap_groups: dict[str, str] = Field(
        default_factory=dict,
        description="Groups of the directory (JSON object, whole names) and the box's groups that they stand for.",
    )
    ldap_group_base: str = Field(
        "",
        description="Entry below which groups are looked for that list the person, where persons do not list groups.",
    )
    ldap_group_filter: str = Field(
        "(|(member={dn})(uniqueMember={dn})(memberUid={name}))",
        pattern=r"\{(dn|name)\}",
        description=(
            "How the groups of a person are found; {dn} is the person's entry, {name} the value of RAGBOX_LDAP_NAME."
        ),
    )
    ldap_recheck_minutes: int = Field(
        15, ge=0, le=1440, description="How often who can ask is looked up again, so that who left is out; 0: never."
    )
    ldap_role: GivenRole = Field("reader", description="Role of a user who is made at the first sign-in.")
    ldap_create: bool = Field(
        True, description="Make a user at the first sign-in; false: only those whom `ragbox user bind` expects."
    )
    oidc_issuer: str = Field(
        "",
        pattern=r"^(https?://\S+)?$",
        description="The company's identity provider (OpenID Connect), https://...; empty: there is none.",
    )
    oidc_client: str = Field("", description="The box's client id there.")
    oidc_secret_file: Path | None = Field(
        None, description="File with the box's client secret, which nobody else may read (mode 0600), if it has one."
    )
    oidc_ca: Path | None = Field(
        None, description="File (PEM) of the authority that signed its certificate; empty: those of the system."
    )
    oidc_name: str = Field("SSO", description="What the sign-in page calls it: Sign in with SSO.")
    oidc_url: str = Field(
        "", description="Address under which people reach the box, https://...; empty: as their browser asks."
    )
    oidc_scopes: str = Field("openid profile", description="What is asked of it; openid has to be among it.")
    oidc_claim: str = Field("preferred_username", description="Claim that becomes a user's name.")
    oidc_groups_claim: str = Field("groups", description="Claim that lists a person's groups.")
    oidc_groups: dict[str, str] = Field(
        default_factory=dict,
        description="Groups of the provider (JSON object) and the box's groups that they stand for.",
    )
    oidc_role: GivenRole = Field("reader", description="Role of a user who is made at the first sign-in.")
    oidc_create: bool = Field(
        True, description="Make a user at the first sign-in; false: only those whom `ragbox user bind` expects."
    )

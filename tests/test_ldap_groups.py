"""Groups that list their members, where persons do not list groups: searched in OpenLDAP's slapd, run by the test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ragbox.directory.ldap import Ldap
from ragbox.errors import Unavailable
from ragbox.settings import Settings
from tests.directory_server import GROUPS, PASSWORDS, PEOPLE, ROOT, DirectoryServer, directory, person

pytestmark = pytest.mark.slow
ODD = "li*n (a)"
ODD_ENTRY = f"uid={ODD},{PEOPLE}"
ALL = {"rita": PASSWORDS["rita"], "edda": PASSWORDS["edda"], ODD: "a third sentence"}
NESTED = "(member:1.2.840.113556.1.4.1941:={dn})"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DirectoryServer]:
    with directory(tmp_path_factory.mktemp("ldap") / "slapd") as made:
        with made.connect() as root:
            facts = {"cn": ODD, "sn": ODD, "userPassword": ALL[ODD]}
            root.add(ODD_ENTRY, "inetOrgPerson", facts)
            root.add(f"cn=names,{GROUPS}", "groupOfNames", {"member": [person("rita"), ODD_ENTRY]})
            root.add(f"cn=unique,{GROUPS}", "groupOfUniqueNames", {"uniqueMember": [person("rita"), ROOT]})
            root.add(f"cn=posix,{GROUPS}", "posixGroup", {"gidNumber": 7, "memberUid": ["edda", ODD]})
            # Whom a name that is not escaped would find: any group that has a member at all.
            root.add(f"cn=others,{GROUPS}", "posixGroup", {"gidNumber": 8, "memberUid": ["lin (a)", "li-n (a)"]})
        yield made


@pytest.fixture
def given(server: DirectoryServer, tmp_path: Path) -> dict[str, Any]:
    """The settings of a box whose directory has no `memberOf`: it is not asked for."""
    mapped = {f"cn={name},{GROUPS}": name for name in ("names", "unique", "posix", "others")}
    more = {"ldap_groups": mapped, "ldap_groups_attribute": "description", "ldap_group_base": GROUPS}
    return {**server.settings(tmp_path), **more}


def groups(given: dict[str, Any], name: str) -> set[str]:
    who = Ldap(Settings(**given), None).find(name, ALL[name])  # type: ignore[arg-type]
    assert who is not None
    assert who.name == name
    return set(who.groups)


def test_groups_of_each_kind_are_found_by_their_members(given: dict[str, Any]) -> None:
    assert {name: groups(given, name) for name in ALL} == {
        "rita": {"names", "unique"}, "edda": {"posix"}, ODD: {"names", "posix"},
    }  # fmt: skip


def test_without_a_base_no_group_is_searched_for(given: dict[str, Any]) -> None:
    assert groups({**given, "ldap_group_base": ""}, "rita") == set()


def test_groups_that_a_person_lists_count_beside_those_that_list_the_person(given: dict[str, Any]) -> None:
    given |= {"ldap_groups_attribute": "memberOf", "ldap_group_filter": "(memberUid={name})"}
    assert groups(given, ODD) == {"names", "posix"}


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("(member={dn})", {"names"}), ("(&(cn=u*)(uniqueMember={dn}))", {"unique"}),
        ("(member:distinguishedNameMatch:={dn})", {"names"}),
        (NESTED, set()),  # Active Directory's rule: understood on the way, known there alone
    ],
)  # fmt: skip
def test_the_filter_is_the_companys(given: dict[str, Any], wanted: str, found: set[str]) -> None:
    assert groups({**given, "ldap_group_filter": wanted}, "rita") == found


@pytest.mark.parametrize(
    "wrong", [{"ldap_group_base": "ou=none,dc=corp,dc=example"}, {"ldap_group_filter": "(member={dn}"}]
)
def test_what_is_wrong_keeps_people_out_and_is_named(given: dict[str, Any], wrong: dict[str, Any]) -> None:
    given |= wrong
    with pytest.raises(Unavailable, match=r"RAGBOX_LDAP_(GROUP_BASE|\*)"):
        groups(given, "rita")
    with pytest.raises(Unavailable, match=r"RAGBOX_LDAP_(GROUP_BASE|\*)"):
        Ldap(Settings(**given), None).check()  # type: ignore[arg-type]


def test_a_filter_that_names_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="ldap_group_filter"):
        Settings(ldap_group_filter="(cn=staff)")

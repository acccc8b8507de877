"""The error tree: what the docstring draws is what the classes are."""

from __future__ import annotations

import inspect
import re

import pytest

from ragbox import errors
from ragbox.errors import RagboxError

TREE = re.findall(r"(\w+) +(\d) +(\d{3})\b", errors.__doc__ or "")
CLASSES = {n: c for n, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, RagboxError)}


@pytest.mark.parametrize(("name", "code", "status"), TREE)
def test_each_class_has_the_exit_code_and_status_that_the_tree_shows(name: str, code: str, status: str) -> None:
    assert (CLASSES[name].exit_code, CLASSES[name].http_status) == (int(code), int(status))


def test_the_tree_shows_every_class() -> None:
    assert {name for name, _, _ in TREE} == set(CLASSES)


def test_what_fails_never_ends_with_zero_and_kinds_of_failure_differ() -> None:
    direct = [c for c in CLASSES.values() if c.__base__ is RagboxError]
    codes = [c.exit_code for c in [RagboxError, *direct]]
    assert 0 not in codes
    assert len(set(codes)) == len(codes)

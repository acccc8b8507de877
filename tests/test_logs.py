"""The log holds no personal data, and cleaning it neither fails nor goes round in circles."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator

import pytest

from ragbox import logs
from tests.private import Broken, private

Log = Callable[[], str]


@pytest.fixture
def log() -> Iterator[tuple[logging.Logger, Log]]:
    """A logger with a handler of its own, and what it wrote."""
    made, stream = logging.getLogger("tests.logs"), io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    made.addHandler(handler)
    made.propagate = False
    yield made, stream.getvalue
    made.removeHandler(handler)


def test_words_arguments_and_tracebacks_are_cleaned(log: tuple[logging.Logger, Log]) -> None:
    logger, written = log
    logs.install(private().logged, [logger.name])
    logs.install(private().logged, [logger.name])  # a second server in one process
    logger.warning("write to %s", "anna@example.com")
    try:
        raise ValueError("no anna@example.com here")
    except ValueError:
        logger.exception("call 13812345678")
    assert written().startswith("WARNING write to [EMAIL]\nERROR call [PHONE]\nTraceback")
    assert "ValueError: no [EMAIL] here" in written()
    assert "anna" not in written()
    assert len(logger.handlers[0].filters) == 1


def test_what_cannot_be_cleaned_is_not_written(log: tuple[logging.Logger, Log]) -> None:
    logger, written = log
    logs.install(private(finder=Broken).logged, [logger.name])
    logger.warning("write to %s", "anna@example.com")
    logger.warning("write to %s", "anna@example.com", "more")  # wrong arguments
    assert "anna" not in written()
    assert "REDACTED" in written()
    assert "could not be cleaned" in written()


def test_what_is_logged_while_a_line_is_cleaned_does_not_go_round(log: tuple[logging.Logger, Log]) -> None:
    logger, written = log

    def clean(text: str) -> str:
        logger.warning("judging %s", text)
        return "clean"

    logs.install(clean, [logger.name])
    logger.error("anna@example.com")
    assert "anna" not in written()
    assert written().endswith("ERROR clean\n")


def test_handlers_write_as_they_did_when_the_filter_is_removed(log: tuple[logging.Logger, Log]) -> None:
    logger, written = log
    logs.install(private().logged, [logger.name])
    logs.remove([logger.name])
    logger.warning("anna@example.com")
    assert written() == "WARNING anna@example.com\n"

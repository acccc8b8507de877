"""Keeps personal data out of the log: a filter that cleans each record before a handler writes it. Knows no rule."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable

LOGGERS = ("", "uvicorn", "uvicorn.error", "uvicorn.access")
"""The root, whose handlers write what our own code logs too, and those of uvicorn, which has handlers of its own."""
_FORMAT = logging.Formatter()
_inside = threading.local()


class Clean(logging.Filter):
    """Cleans a record, its traceback too, once however many handlers it goes through. Never raises, never recurses."""

    def __init__(self, clean: Callable[[str], str]) -> None:
        super().__init__()
        self._clean = clean

    def filter(self, record: logging.LogRecord) -> bool:
        """Let the record pass, cleaned; what is logged while another is being cleaned passes without its words."""
        if getattr(record, "cleaned", False):
            return True
        if getattr(_inside, "it", False):
            record.msg, record.args, record.exc_info = f"{record.levelname} while a log line was cleaned", None, None
            return True
        _inside.it = True
        try:
            record.msg = self._clean(record.getMessage())
            record.exc_text = self._clean(_FORMAT.formatException(record.exc_info)) if record.exc_info else ""
        except Exception:
            record.msg, record.exc_text = "a log line could not be cleaned", ""
        finally:
            _inside.it = False
        # The traceback stands in exc_text by now: with exc_info a handler could write it anew.
        record.args, record.exc_info, record.cleaned = None, None, True
        return True


def install(clean: Callable[[str], str], loggers: Iterable[str] = LOGGERS) -> None:
    """Let the handlers that these loggers have now clean what they write."""
    remove(loggers)
    for handler in _handlers(loggers):
        handler.addFilter(Clean(clean))


def remove(loggers: Iterable[str] = LOGGERS) -> None:
    """Let them write as they did."""
    for handler in _handlers(loggers):
        for old in [f for f in handler.filters if isinstance(f, Clean)]:
            handler.removeFilter(old)


def _handlers(loggers: Iterable[str]) -> set[logging.Handler]:
    return {handler for name in loggers for handler in logging.getLogger(name).handlers}

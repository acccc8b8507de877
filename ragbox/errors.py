"""The error tree. Each class has an exit code for the shell and a status for HTTP; knows nothing else of ours.

    RagboxError                 1    500
    |-- BadInput                2    400   the question, option or request is wrong
    |   `-- TooLarge            2    413
    |-- NotFound                3    404
    |-- NotPermitted            4    403
    |   `-- NotSignedIn         4    401
    |-- Conflict                5    409   the state forbids it: another owner, another encoder
    |-- Rejected                6    422   a file that cannot be read; carries the reason
    `-- Unavailable             7    503   a part is not there or not ready
        `-- Busy                7    429   too many want something; says when to try again

The message names the object, the cause and the remedy, in that order.
"""

from __future__ import annotations


class RagboxError(Exception):
    """Something failed that ragbox knows the name of."""

    exit_code = 1
    http_status = 500


class BadInput(RagboxError):
    """The request itself is wrong."""

    exit_code = 2
    http_status = 400


class TooLarge(BadInput):
    """The request is larger than the settings allow."""

    http_status = 413


class NotFound(RagboxError):
    """There is no such thing, or the actor may not know of it."""

    exit_code = 3
    http_status = 404


class NotPermitted(RagboxError):
    """The actor may not do this."""

    exit_code = 4
    http_status = 403


class NotSignedIn(NotPermitted):
    """Nobody is signed in, or the token or session is not valid (any more)."""

    http_status = 401


class Conflict(RagboxError):
    """The present state forbids it."""

    exit_code = 5
    http_status = 409


class Rejected(RagboxError):
    """A file cannot be read; the message is the reason that is shown beside it."""

    exit_code = 6
    http_status = 422


class Unavailable(RagboxError):
    """A part is missing, closed or not ready yet."""

    exit_code = 7
    http_status = 503


class Busy(Unavailable):
    """Too many ask, or too many files wait; `retry_after` is in how many seconds to try again."""

    http_status = 429

    def __init__(self, message: str, *, retry_after: int = 1) -> None:
        super().__init__(message)
        self.retry_after = retry_after

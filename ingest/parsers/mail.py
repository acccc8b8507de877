"""E-mail (.eml, .msg) to blocks: subject, who and when, the text, then each attachment as the document it is.

The message is page 1; the attachments' pages follow. An attachment that cannot be read becomes a warning.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from email import policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

from ragbox.errors import Rejected
from ragbox.types import Kind, Parsed

from ..detect import detect
from . import Options
from . import parse as parse_kind
from .blocks import block, finish, line, moved, sane_title
from .text import blocks_of, decode
from .web import html

DEEPEST = 2
"""How many messages inside messages are followed: a mail, one forwarded in it, and that one's attachments."""
MOST_ATTACHMENTS = 100
_COPY = "attachment"


@dataclass(frozen=True, kw_only=True)
class _Message:
    """What both formats come down to."""

    subject: str
    fields: Sequence[tuple[str, str]]
    plain: str
    html: str
    attachments: Sequence[tuple[str, bytes]]


def parse(path: Path, options: Options) -> Parsed:
    """Parse a message and what is attached to it.

    Raises:
        Rejected: it is damaged.
    """
    message = _outlook(path) if options.kind == "msg" else _internet(path)
    blocks = block(Kind.TITLE, message.subject, 1, 1)
    head = "\n".join(f"{name}: {text}" for name, text in message.fields if text)
    blocks += block(Kind.TEXT, head)
    body = html(message.html)[1] if message.html else []
    blocks += body if any(not one.unseen for one in body) else [*blocks_of(message.plain), *body]
    pages = 1
    warnings: list[str] = []
    for name, data in message.attachments[:MOST_ATTACHMENTS]:
        try:
            found = _attachment(name, data, options)
        except Rejected as error:
            reason = str(error)
            if reason.startswith(f"{_COPY} "):  # parsers know the copy's name at most
                reason = name + reason.removeprefix(_COPY)
            warnings.append(f"Attachment {name}: {reason}")
            continue
        except Exception as error:  # as for a file by itself: a parser's library may raise anything on a damaged one
            warnings.append(f"Attachment {name} is damaged or unusual and was left out ({type(error).__name__}).")
            continue
        blocks += block(Kind.TITLE, name, pages + 1, 1)
        blocks += [moved(one, pages=pages, levels=1) for one in found.blocks]
        warnings += [f"Attachment {name}: {warning}" for warning in found.warnings]
        pages += found.pages
    if left := len(message.attachments) - MOST_ATTACHMENTS:
        warnings += [f"{left} attachments after the first {MOST_ATTACHMENTS} were left out."] if left > 0 else []
    # Without a subject there is no title: the first attachment's would mislead.
    return replace(finish(blocks, pages=pages, warnings=warnings), title=sane_title(message.subject))


def _attachment(name: str, data: bytes, options: Options) -> Parsed:
    if options.depth >= DEEPEST:
        raise Rejected(f"It lies more than {DEEPEST} messages deep and was left out. Drop it by itself.")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / _COPY
        path.write_bytes(data)
        inner = replace(options, depth=options.depth + 1, early=None)  # its first pages are not those of the message
        return parse_kind(path, detect(path, name), inner)


def _internet(path: Path) -> _Message:
    data = path.read_bytes()
    if b"\0" in data[:1000]:  # saved as UTF-16 by an editor; no transport would carry it
        data = decode(data).encode("utf-8", "replace")
    message = BytesParser(policy=policy.default).parsebytes(data)
    assert isinstance(message, EmailMessage)
    rich, plain = _part(message, "html"), _part(message, "plain")
    return _Message(
        subject=_field(message, "Subject"),
        fields=[(name, _field(message, name)) for name in ("From", "To", "Cc", "Date")],
        plain=plain,
        html=rich,
        attachments=list(_attached(message)),
    )


def _field(message: EmailMessage, name: str) -> str:
    try:
        return line(str(message.get(name) or ""))
    except (ValueError, TypeError, AttributeError, IndexError):
        # The header parser of the standard library fails on some malformed fields (spam, mostly).
        return line(next((str(v) for k, v in message.raw_items() if k.lower() == name.lower()), ""))


def _part(message: EmailMessage, kind: str) -> str:
    try:
        part = message.get_body((kind,))
    except (KeyError, ValueError, TypeError, AttributeError):
        return ""
    return decode(_bytes(part), part.get_content_charset("") or "") if part is not None else ""


def _bytes(part: Any) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _attached(message: EmailMessage) -> Iterator[tuple[str, bytes]]:
    for number, part in enumerate(message.iter_attachments() if message.is_multipart() else (), start=1):
        if part.get_content_type() == "message/rfc822":
            enclosed = part.get_payload()
            inner = enclosed[0] if isinstance(enclosed, list) and enclosed else None
            if isinstance(inner, EmailMessage):
                yield _field(inner, "Subject") or f"message {number}", inner.as_bytes(policy=policy.SMTP)
            continue
        # A picture shown inside the text is a logo or a signature, not a document.
        if part.get_content_maintype() == "image" and (part.get("Content-ID") or not part.is_attachment()):
            continue
        if data := _bytes(part):
            yield line(part.get_filename() or "") or f"attachment {number}", data


def _outlook(path: Path) -> _Message:
    from oxmsg import Message

    try:
        message = Message.load(str(path))
        body = message.html_body or ""
        return _Message(
            subject=line(message.subject or ""),
            fields=[
                ("From", _words(message.sender)),
                ("To", "; ".join(_words(f"{r.name} <{r.email_address}>") for r in message.recipients if r.name)),
                ("Date", message.sent_date.strftime("%Y-%m-%d %H:%M %Z").strip() if message.sent_date else ""),
            ],
            plain=message.body or "",
            html=body if re.search(r"<\w+[^>]*>", body) else "",
            attachments=[
                (line(a.file_name or "") or f"attachment {n}", a.file_bytes)
                for n, a in enumerate(message.attachments, start=1)
                if a.file_bytes
            ],
        )
    except (OSError, ValueError, KeyError, IndexError, AttributeError, TypeError) as error:
        raise Rejected("The Outlook message is damaged. Open it in Outlook and save it again.") from error


def _words(field: str | None) -> str:
    """Return a header field with its encoded words (`=?UTF-8?B?...?=`) read."""
    try:
        return line(str(make_header(decode_header(field or ""))))
    except (ValueError, LookupError):
        return line(field or "")

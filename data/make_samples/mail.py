"""Writes e-mails with attachments."""

import mimetypes
import re
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path


def write(text: str, attachments: list[Path], path: Path) -> None:
    """Write an .eml file from a text that opens with its header lines."""
    head, _, body = text.partition("\n\n")
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    for line in head.splitlines():
        name, value = line.split(": ", 1)
        message[name] = value
    message.set_content(body, charset="utf-8")
    for attachment in attachments:
        kind = mimetypes.guess_type(attachment.name)[0] or "application/octet-stream"
        main, sub = kind.split("/")
        message.add_attachment(attachment.read_bytes(), maintype=main, subtype=sub, filename=attachment.name)
    message.set_boundary("=_part_" + re.sub(r"\W", "", message["Message-ID"]))
    path.write_bytes(message.as_bytes())

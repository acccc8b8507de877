"""Mail: subject, who and when, the text, and each attachment as the document it is."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

from ingest.parsers import Options, parse
from ragbox.types import Parsed


def message(subject: str = "预算 2024", body: str = "Please see the attached plan.") -> EmailMessage:
    made = EmailMessage()
    made["From"] = "Ana Li <ana@example.com>"
    made["To"] = "Bo <bo@example.com>"
    made["Date"] = "Mon, 08 Jan 2024 09:00:00 +0100"
    made["Subject"] = subject
    made.set_content(body)
    return made


def parsed(tmp_path: Path, mail: EmailMessage | bytes, depth: int = 0) -> Parsed:
    path = tmp_path / "file"
    path.write_bytes(mail if isinstance(mail, bytes) else mail.as_bytes())
    return parse(path, "eml", Options(depth=depth))


def test_the_subject_heads_who_when_and_what(tmp_path: Path) -> None:
    result = parsed(tmp_path, message())
    assert result.title == "预算 2024"
    assert [b.kind.value for b in result.blocks] == ["title", "text", "text"]
    assert result.blocks[1].text.startswith(
        "From: Ana Li <ana@example.com>\nTo: Bo <bo@example.com>\nDate: Mon, 08 Jan"
    )
    assert result.blocks[2].text == "Please see the attached plan."


def test_the_html_body_is_preferred_and_read_as_html(tmp_path: Path) -> None:
    mail = message()
    mail.add_alternative(
        "<h2>Plan</h2><table><tr><th>Q1 goal</th><th>Sum</th></tr><tr><td>a</td><td>5</td></tr></table>", "html"
    )
    assert [b.kind.value for b in parsed(tmp_path, mail).blocks] == ["title", "text", "title", "table"]


def test_attachments_follow_as_pages_of_their_own_and_bad_ones_as_warnings(tmp_path: Path) -> None:
    mail = message()
    mail.add_attachment("# Goals\n\nSell more.", subtype="markdown", filename="goals.md")
    mail.add_attachment(b"\x7fELF\0\0", maintype="application", subtype="x", filename="setup.exe")
    mail.add_attachment("name,city\nAna,Bonn\n", subtype="csv", filename="人员.csv")
    result = parsed(tmp_path, mail)
    assert [(b.text, b.page, b.level) for b in result.blocks[3:]] == [
        ("goals.md", 2, 1),
        ("Goals", 2, 2),
        ("Sell more.", 2, 0),
        ("人员.csv", 3, 1),
        ("name | city\nAna | Bonn", 3, 0),
    ]
    assert result.pages == 3
    assert [m.page for m in result.blocks[-1].marks] == [3, 3]
    (warning,) = result.warnings
    assert warning.startswith("Attachment setup.exe: setup.exe is not a document")


def test_an_attachment_that_is_refused_goes_by_its_own_name(tmp_path: Path) -> None:
    mail = message()
    mail.add_attachment(b"%PDF-1.4 attachment", maintype="application", subtype="pdf", filename="q\\1.pdf")
    (warning,) = parsed(tmp_path, mail).warnings
    assert warning.startswith("Attachment q\\1.pdf: q\\1.pdf is damaged or no PDF")


def test_an_attachment_its_parser_breaks_on_is_a_warning(tmp_path: Path) -> None:
    mail = message()
    mail.add_attachment(b"PK\x03\x04", maintype="application", subtype="x", filename="a.docx")
    (warning,) = parsed(tmp_path, mail).warnings
    assert "a.docx" in warning


def test_forwarded_messages_are_followed_to_a_bound(tmp_path: Path) -> None:
    mail = message("level 3", "the deepest")
    for level in (2, 1, 0):
        outer = message(f"level {level}", f"body {level}")
        outer.add_attachment(mail)
        mail = outer
    result = parsed(tmp_path, mail)
    texts = [b.text for b in result.blocks]
    assert "body 2" in texts
    assert "the deepest" not in texts
    assert "more than 2 messages deep" in result.warnings[0]


def test_pictures_inside_the_text_are_no_attachments(tmp_path: Path) -> None:
    mail = message()
    mail.add_attachment(b"\x89PNG\r\n\x1a\n", maintype="image", subtype="png", cid="<logo>", filename="logo.png")
    result = parsed(tmp_path, mail)
    assert (result.pages, result.warnings) == (1, ())


def test_malformed_mail_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    data = (
        b'From: =?utf-8?q?broken\r\nTo: "unclosed <x@y\r\nSubject: =?bad-charset?b?////?=\r\nDate: never\r\n'
        b'Content-Type: text/plain; charset="no-such"\r\nContent-Transfer-Encoding: base64\r\n\r\n!!not base64!!\r\n'
    )
    assert parsed(tmp_path, data).pages == 1


def test_a_chinese_body_in_its_declared_charset(tmp_path: Path) -> None:
    mail = message()
    mail.set_content("会议改到星期三下午三点。", charset="gb2312")
    assert parsed(tmp_path, mail).blocks[-1].text == "会议改到星期三下午三点。"


def test_a_mail_without_subject_has_no_title_but_its_text(tmp_path: Path) -> None:
    mail = message()
    del mail["Subject"]
    mail.add_attachment("# Attached heading", subtype="markdown", filename="a.md")
    assert parsed(tmp_path, mail).title == ""

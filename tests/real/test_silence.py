"""Ingest and ask work with every way out of the machine closed, and nothing even tries."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CLOSED = """
import json, sys
from pathlib import Path
from tests.conftest import outside
tried = []

def refuse(event, arguments):
    address = arguments[1] if event in ("socket.connect", "socket.sendto") else arguments[0]
    local = event in ("socket.connect", "socket.sendto") and not isinstance(address, tuple)
    if event in ("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"):
        if not local and outside(address):
            tried.append(repr(address))
            raise OSError("closed for the test")

sys.addaudithook(refuse)
folder = Path(sys.argv[1])

from ragbox import silence
silence.keep()
from ingest.detect import detect
from ingest.parsers import Options, parse
for path in sorted((folder / "in").iterdir()):  # the parsers in this process, where the hook sees them
    assert parse(path, detect(path, path.name), Options()).blocks, path

from ragbox.box import Box
from ragbox.settings import Settings
box = Box(Settings(data=folder / "data"))
box.open()
box.load()
actor = box.auth.local()
box.library.create_collection("papers")
found = [(path, path.name) for path in sorted((folder / "in").iterdir())]
results = {r.file: r.status.value for r in box.pipeline.ingest_all(actor, found, collection="papers")}
answers = {}
for question in json.loads(sys.argv[2]):
    *_, done = box.answers.ask(actor, question)
    answers[question] = [done.answer.text, *(c.file for c in done.answer.citations)]
counted = silence.tried()
box.close()
print(json.dumps({"tried": tried, "counted": counted, "results": results, "answers": answers}))
"""
ANSWERS = {
    "How long is the notice period?": ("ninety days", "contract.pdf"),
    "Which oil does the pump MX-220 need?": ("grade forty", "pump.docx"),
    "带薪年假有几天？": ("十五天", "leave.txt"),
}


def write(folder: Path) -> None:
    from docx import Document
    from reportlab.pdfgen.canvas import Canvas

    folder.mkdir()
    page = Canvas(str(folder / "contract.pdf"))
    page.drawString(72, 720, "The notice period is ninety days for either party.")
    page.showPage()
    page.save()
    paper = Document()
    paper.add_heading("Pumps", 1)
    paper.add_paragraph("The pump MX-220 needs oil of grade forty every month.")
    paper.save(str(folder / "pump.docx"))
    (folder / "leave.txt").write_text("员工每年享有十五天带薪年假。", encoding="utf-8")


@pytest.mark.slow
def test_a_box_answers_with_the_network_closed(tmp_path: Path) -> None:
    write(tmp_path / "in")
    command = [sys.executable, "-c", CLOSED, str(tmp_path), json.dumps(list(ANSWERS))]
    # Without a network at all where the system lets us: that closes what libraries do in C or Rust, and the parsers'
    # own processes, to which no hook reaches.
    bare = ["unshare", "--user", "--map-root-user", "--net"]
    if shutil.which("unshare") and subprocess.run([*bare, "true"], capture_output=True).returncode == 0:
        command = [*bare, *command]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["tried"] == []
    assert found["counted"] == {}
    assert found["results"] == {"contract.pdf": "indexed", "pump.docx": "indexed", "leave.txt": "indexed"}
    for question, (words, file) in ANSWERS.items():
        text, *files = found["answers"][question]
        assert words in text
        assert files[0] == file

"""Lays out CUAD's contracts as a set of `quality.py`: a text a contract, questions that name it, the clause marked.

CUAD (The Atticus Project, CC BY 4.0) asks the same 41 things of every contract, in a lawyer's form. Here each is asked
as a colleague would, of a contract called by its name and one of its firms: "Which law governs the Supply Agreement
with Hovione?". Firms take turns, so half of the questions name one that the file's name has not.
"""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

LONGEST = 20_000
"""Characters; a third of the contracts are shorter."""
EACH = 3
"""Questions a contract."""
ASKED = {
    "Governing Law": "Which law governs {}?",
    "Parties": "Who are the parties to {}?",
    "Expiration Date": "How long does {} run?",
    "Agreement Date": "What is the date of {}?",
    "Anti-Assignment": "May {} be assigned to somebody else?",
    "Cap On Liability": "How far is liability limited under {}?",
    "Renewal Term": "How is {} renewed?",
    "Termination For Convenience": "Can {} be terminated without cause?",
    "Audit Rights": "Who may audit the books under {}?",
    "Insurance": "What insurance does {} require?",
    "Minimum Commitment": "What must at least be bought or paid under {}?",
    "Exclusivity": "What exclusive rights does {} give?",
    "License Grant": "What license does {} grant?",
    "Non-Compete": "What competition does {} forbid?",
    "Notice Period To Terminate Renewal": "How much notice keeps {} from being renewed?",
    "Warranty Duration": "How long does the warranty under {} last?",
}
_FORM = re.compile(
    r"[,\s]+(?:Inc|Corp|Corporation|Company|Co|Ltd|Limited|LLC|L\.L\.C|LLP|L\.P|LP|PLC|GmbH|AG)\b\.?.*", re.I
)


def lay_out(evaldata: Path, folder: Path) -> None:
    """Write the shorter contracts, and EACH questions of each that can be named, into a folder."""
    contracts = []
    for part in sorted((evaldata / "reading").glob("cuad_visible.part*.json.gz")):
        contracts += json.loads(gzip.decompress(part.read_bytes()))["data"]
    contracts = [c for c in contracts if len(c["paragraphs"][0]["context"]) <= LONGEST]
    rows: list[dict[str, Any]] = []
    names = set[str]()
    for number, contract in enumerate(contracts):
        text, file = contract["paragraphs"][0]["context"], f"{contract['title'].strip().replace('/', '-')}.txt"
        (folder / file).write_text(text, "utf-8")
        marked = {qa["id"].rpartition("__")[2]: qa["answers"] for qa in contract["paragraphs"][0]["qas"]}
        name = _name(marked, number)
        if not name or name in names:
            continue
        names.add(name)
        clauses = [clause for clause in ASKED if marked.get(clause)]
        clauses = (clauses[number % len(clauses) :] + clauses[: number % len(clauses)])[:EACH]
        for clause in clauses:
            found = sorted((a["answer_start"], a["text"]) for a in marked[clause])
            if clause == "Parties":  # the sentence that names them all, not each name wherever it stands
                end = found[-1][0] + len(found[-1][1])
                found = [(found[0][0], text[found[0][0] : min(end, found[0][0] + 1_500)])]
            rows.append(
                {"id": f"{number}-{clause}", "question": ASKED[clause].format(f"the {name}"), "answer": "",
                 "source_docs": [file],
                 "evidence": [{"doc": file, "quote": quote, "verbatim": True} for _, quote in found]}
            )  # fmt: skip
    (folder / "questions.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")


def _name(marked: dict[str, list[dict[str, Any]]], number: int) -> str:
    """Return what a colleague would call a contract, "" where CUAD does not say its name or a firm of it."""
    firms = [a["text"] for a in sorted(marked["Parties"], key=lambda a: a["answer_start"]) if len(a["text"]) < 60]
    firms = [f for f in dict.fromkeys(_FORM.sub("", f).strip() for f in firms if _FORM.search(f)) if f]
    called = min((a["text"] for a in marked["Document Name"]), key=len, default="")
    if not firms or not 2 <= len(called.split()) <= 8:
        return ""
    return f"{' '.join(called.split()).title()} with {firms[number % len(firms)]}"

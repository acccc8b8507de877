"""Every sentence about a file or a run of questions has its Chinese, and none is left of a sentence that is gone."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.test_architecture import FILES, tree
from web.strings_reasons import REASONS

SAYING = [
    n for n in FILES
    if n.startswith("ingest.") or n in ("ragbox.names", "ragbox.mirrors", "ragbox.calibrations")
    or n.removeprefix("ragbox.evaluation.")
    in ("asking", "background", "border", "comparison", "files", "questions", "runs")
]  # fmt: skip
SENTENCE = re.compile(r"[A-Z{][^%]* [^%]* [^%]*[.}]")


def texts(name: str) -> Iterator[str]:
    """Yield what a file says, {} for what is filled in; but docstrings, and templates that are known by their kind."""
    nodes = list(ast.walk(tree(name)))
    parts = {id(v) for n in nodes if isinstance(n, ast.JoinedStr) for v in n.values}
    parts |= {id(n.value) for n in nodes if isinstance(n, ast.Expr)}
    for node in nodes:
        if id(node) in parts or not isinstance(node, ast.JoinedStr | ast.Constant):
            continue
        values = node.values if isinstance(node, ast.JoinedStr) else [node]
        found = ["{}" if isinstance(v, ast.FormattedValue) else str(ast.literal_eval(v)) for v in values]
        if not any("{" in f.replace("{}", "") for f in found):
            yield "".join(found)


SAID = {text for name in SAYING for text in texts(name)}


def test_every_sentence_about_a_file_has_its_chinese() -> None:
    sentences = {s for s in SAID if SENTENCE.fullmatch(s) and re.search(r"[a-z]{3}.*[.:]( |$)", s)}
    assert len(sentences) > 80
    assert sorted(sentences - REASONS.keys()) == []


def test_no_chinese_is_left_of_what_is_not_said_any_more() -> None:
    assert sorted(REASONS.keys() - SAID) == []


def test_what_is_filled_in_stands_in_both() -> None:
    for english, chinese in REASONS.items():
        filled = [int(n) for n in re.findall(r"\{(\d)\*?\}", chinese)]
        assert len(filled) == len(set(filled)), english
        assert set(filled) <= set(range(english.count("{}"))), english
        assert set(range(english.count("{}"))) - set(filled) <= {2}, english  # "to parse" goes without saying
        assert re.search(r"[\u3400-\u9fff]", chinese) or not re.search(r"\w", english), english

"""One run, or two side by side, as one HTML page that loads nothing: figures, calibration, differences, what failed.

Everything that comes from documents, questions or models is escaped, and there is no script.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from .comparison import Difference, compare, paired
from .words import figure, say

Json = dict[str, Any]
_GROUPS = "all", "en", "zh"
_STYLE = """
:root { color-scheme: light dark; --edge: #8884; --quiet: #888; --good: #2a7d46; --bad: #b3382c; }
body { max-width: 1120px; margin: 32px auto; padding: 0 20px;
  font: 15px/1.55 system-ui, "PingFang SC", "Microsoft YaHei", sans-serif; }
h1 { font-size: 24px; } h2 { margin-top: 40px; font-size: 18px; } h3 { margin: 0 0 4px; font-size: 15px; }
table { border-collapse: collapse; }
th, td { padding: 4px 14px 4px 0; border-bottom: 1px solid var(--edge); text-align: left; vertical-align: top; }
td.n { text-align: right; font-variant-numeric: tabular-nums; }
.quiet { color: var(--quiet); } .good { color: var(--good); } .bad { color: var(--bad); }
article { margin: 18px 0; padding: 12px 16px; border: 1px solid var(--edge); border-radius: 8px; }
.sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(320px, 1fr)); gap: 0 28px; }
dt { margin-top: 8px; color: var(--quiet); font-size: 13px; }
dd { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
""".strip()


def sheet(runs: Sequence[Json], language: str = "en") -> str:
    """Return the page.

    Args:
        runs: one kept run, or two (`ragbox/evaluation/runs.py`).
        language: "en" or "zh".

    Raises:
        BadInput: two runs share no question.
    """
    parts = [_about(runs, language), _figures(runs, language), *(_curve(run, language) for run in runs)]
    if len(runs) == 2:
        parts.append(_differences(compare(runs[0]["rows"], runs[1]["rows"]), runs, language))
    title = escape(say(language, "title"))
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body>\n<h1>{title}</h1>\n"
        + "\n".join(filter(None, [*parts, _failing(runs, language)])) + "\n</body></html>\n"
    )  # fmt: skip


def _about(runs: Sequence[Json], language: str) -> str:
    keys = "made_at", "file", "collection", "engine", "corpus", "glossary"
    rows = [[say(language, key), *(str(run.get(key) or "-") for run in runs)] for key in keys]
    settings = dict.fromkeys(name for run in runs for name in run.get("settings", {}))
    rows += [[name, *(str(run.get("settings", {}).get(name, "-")) for run in runs)] for name in settings]
    return _table([say(language, "run"), *(_name(run) for run in runs)], rows)


def _figures(runs: Sequence[Json], language: str) -> str:
    columns = [(run, group) for group in _GROUPS for run in runs if group in run["figures"]]
    heads = [f"{say(language, group)}{f' · {_name(run)}' if len(runs) > 1 else ''}" for run, group in columns]
    names = dict.fromkeys(name for run, group in columns for name in run["figures"][group])
    rows = [
        [figure(language, name), *(_number(run["figures"][group].get(name)) for run, group in columns)]
        for name in names if any(run["figures"][group].get(name) is not None for run, group in columns)
    ]  # fmt: skip
    return _section(say(language, "figures"), _table(["", *heads], rows, numbers=True))


def _curve(run: Json, language: str) -> str:
    if not run.get("curve"):
        return ""
    rows = [[_number(b["stated"]), _number(b["observed"]), str(b["count"])] for b in run["curve"]]
    heads = [say(language, key) for key in ("stated", "observed", "answers")]
    return _section(f"{say(language, 'curve')}: {_name(run)}", _table(heads, rows, numbers=True))


def _differences(found: Sequence[Difference], runs: Sequence[Json], language: str) -> str:
    rows = [
        [figure(language, d.figure), _number(d.left), _number(d.right), f"{d.difference:+.3f}{' *' if d.sure else ''}",
         f"{d.low:+.3f} … {d.high:+.3f}", str(d.questions)]
        for d in found
    ]  # fmt: skip
    heads = ["", *(_name(run) for run in runs), *(say(language, k) for k in ("difference", "interval"))]
    count = len(paired(runs[0]["rows"], runs[1]["rows"]))
    lead = f'<p class="quiet">{escape(say(language, "paired", count=count))}</p>'
    table = _table([*heads, figure(language, "questions")], rows, numbers=True)
    return _section(say(language, "differences"), lead + table)


def _failing(runs: Sequence[Json], language: str) -> str:
    if len(runs) == 1:
        shown: list[tuple[Json, ...]] = [(row,) for row in runs[0]["rows"] if row["fails"]]
    else:
        shown = [pair for pair in paired(runs[0]["rows"], runs[1]["rows"]) if any(row["fails"] for row in pair)]
    made = "\n".join(_question(rows, runs, language) for rows in shown) or f"<p>{escape(say(language, 'none'))}</p>"
    return _section(f"{say(language, 'failing')} ({len(shown)})", made)


def _question(rows: Sequence[Json], runs: Sequence[Json], language: str) -> str:
    first = rows[0]
    right = [say(language, "unanswerable")] if first["unanswerable"] else [*first["answers"], *_places(first, language)]
    sides = [
        (f"<h3>{escape(_name(run))}</h3>" if len(runs) > 1 else "") + _side(row, language)
        for run, row in zip(runs, rows, strict=True)
    ]
    return (
        f'<article><h3>{escape(first["question"])} <span class="quiet">{escape(first["id"])}</span></h3>'
        f"<dl>{_entry(say(language, 'gold'), right)}</dl>"
        f'<div class="sides">{"".join(f"<div>{side}</div>" for side in sides)}</div></article>'
    )


def _side(row: Json, language: str) -> str:
    lacking = [figure(language, name) for name in row["fails"]]
    kind, state = ("bad", "; ".join(lacking)) if lacking else ("good", say(language, "passes"))
    quotes = [
        f"{_place(q, language)}{'' if q['true'] is not False else ' (' + say(language, 'untrue') + ')'}: {q['quote']}"
        for q in row["quotes"]
    ]
    found = [_place(place, language) for place in row["found"][:5]]
    said = [row["said"], *([say(language, "withdrawn")] if row.get("withdrawn") else [])]
    return (
        f'<p class="{kind}">{escape(state)}</p><dl>'
        + _entry(say(language, "found"), found) + _entry(say(language, "said"), said)
        + _entry(say(language, "quotes"), quotes) + "</dl>"
    )  # fmt: skip


def _places(row: Json, language: str) -> list[str]:
    return [_place(place, language) for place in row["gold"]]


def _place(place: Json, language: str) -> str:
    return f"{place['file']}, {say(language, 'page', page=place['page'])}" if place["page"] else str(place["file"])


def _entry(name: str, lines: Iterable[str]) -> str:
    shown = "".join(f"<dd>{escape(line)}</dd>" for line in lines) or '<dd class="quiet">-</dd>'
    return f"<dt>{escape(name)}</dt>{shown}"


def _section(title: str, content: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{content}</section>"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: bool = False) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    number = ' class="n"' if numbers else ""
    body = "".join(
        "<tr>" + "".join(f"<td{number if at else ''}>{escape(cell)}</td>" for at, cell in enumerate(row)) + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _name(run: Json) -> str:
    return str(run.get("name") or "-")


def _number(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else str(value)

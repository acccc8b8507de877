"""Draws how a search's time grows with a collection: an SVG of p50 and p99, chunks on a logarithmic axis."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, log10

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 640, 320, 56, 44, 24
LINES = {"search_least_ms:p50": ("p50", "#2563eb"), "search_least_ms:p99": ("p99", "#dc2626")}
"""Figure -> what it is called, and its colour."""


def drawn(rows: Sequence[dict[str, float]]) -> str:
    """Return the picture."""
    least, most = log10(min(r["chunks"] for r in rows)), log10(max(r["chunks"] for r in rows))
    top = 10 ** ceil(log10(max(row[line] for row in rows for line in LINES))) or 1
    top = next(top * share for share in (0.2, 0.3, 0.5, 1.0) if all(r[n] <= top * share for r in rows for n in LINES))

    def x(chunks: float) -> float:
        return LEFT + (WIDTH - LEFT - 20) * (log10(chunks) - least) / max(most - least, 1e-9)

    def y(ms: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * ms / top

    def words(at: tuple[float, float], said: str, anchor: str = "middle", colour: str = "#374151") -> str:
        return f'<text x="{at[0]:.0f}" y="{at[1]:.0f}" text-anchor="{anchor}" fill="{colour}">{said}</text>'

    made = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        'font-size="12">', f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
    ]  # fmt: skip
    for part in range(5):
        ms = top * part / 4
        made.append(f'<path d="M{LEFT} {y(ms):.0f}H{WIDTH - 20}" stroke="#e5e7eb"/>')
        made.append(words((LEFT - 6, y(ms) + 4), f"{ms:g}", "end"))
    made += [words((x(r["chunks"]), HEIGHT - BOTTOM + 18), f"{r['chunks']:,.0f}") for r in rows]
    made += [words(((LEFT + WIDTH) / 2, HEIGHT - 6), "chunks"), words((LEFT, 14), "ms a search")]
    for number, (line, (name, colour)) in enumerate(LINES.items()):
        points = " ".join(f"{x(r['chunks']):.1f},{y(r[line]):.1f}" for r in rows)
        made.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        made += [
            f'<circle cx="{p.split(",")[0]}" cy="{p.split(",")[1]}" r="3" fill="{colour}"/>' for p in points.split()
        ]
        made.append(words((LEFT + 180 + 60 * number, 14), name, "start", colour))
    return "\n".join([*made, "</svg>", ""])

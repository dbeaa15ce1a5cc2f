"""A small line without axes, as an SVG path: cheap enough to stand on every tile."""

from __future__ import annotations

from collections.abc import Sequence

WIDTH, HEIGHT, MARGIN = 120, 28, 2
VIEW_BOX = f"0 0 {WIDTH} {HEIGHT}"


def sparkline(series: Sequence[float | None]) -> str:
    """The line of a series, one step per value; a missing value is a gap. '' for no value."""
    known = [v for v in series if v is not None]
    if not known:
        return ""
    low, high = min(known), max(known)
    step = (WIDTH - 2 * MARGIN) / max(len(series) - 1, 1)

    def height(value: float) -> float:
        share = (value - low) / (high - low) if high > low else 0.5
        return HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN)

    parts: list[str] = []
    pen_is_down = False
    for place, value in enumerate(series):
        if value is not None:
            parts.append(
                f"{'L' if pen_is_down else 'M'}{MARGIN + place * step:.1f} {height(value):.1f}"
            )
        pen_is_down = value is not None
    return "".join(parts)

"""A small line without axes, as an SVG picture: cheap enough to stand on every tile."""

from __future__ import annotations

from collections.abc import Sequence

WIDTH, HEIGHT, MARGIN = 120, 28, 2
COLOUR = "#7a858f"  # readable on white and on near-black


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
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH * 2}" height="{HEIGHT * 2}" preserveAspectRatio="none">'
        f'<path d="{"".join(parts)}" fill="none" stroke="{COLOUR}" stroke-width="1.5" '
        f'stroke-linejoin="round" stroke-linecap="round" vector-effect="non-scaling-stroke"/></svg>'
    )

"""What a row of the partners page says: health, trend and rank in words and figures."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from functools import lru_cache

from core.desk.partner_ask import BETTER, WORSE, Order
from core.desk.partners import Interval, PartnerLine
from core.partners.score_rules import NOT_ENOUGH, BandRules
from core.taxonomy import taxonomy
from core.ui.format import DASH, DAY, HOUR, MINUTE

MINUS = "−"
ORDERS: Mapping[Order, str] = {
    Order.WORST: "Worst first",
    Order.FELL: "Fell most surely",
    Order.BREACHED: "Most breached",
    Order.DUE: "Due first",
    Order.OLDEST: "Longest wait",
    Order.OPEN: "Most open cases",
    Order.TIER: "By tier",
    Order.NAME: "By name",
}
RULES: Mapping[Order, str] = {
    Order.WORST: "at risk, then watch, by the upper end of the interval; then those without a score"
    " but with breached cases; then healthy; then the others without a score",
    Order.FELL: "by the upper end of the change's interval, the surest fall first",
    Order.BREACHED: "by breached cases, then by the longest wait",
    Order.DUE: "by the next clock that is not yet missed",
    Order.OLDEST: "by when the oldest open case was received",
    Order.OPEN: "by open cases",
    Order.TIER: "by tier, the worst of each first",
    Order.NAME: "by name",
}
TRENDS: Mapping[str, tuple[str, str]] = {
    WORSE: ("Worse", "#b36b00"),
    BETTER: ("Better", "#2c965d"),
    "": ("No clear change", "#6b7580"),
}
HAND = "by hand"
WIDTH, HEIGHT, EDGE = 112, 24, 5


def bands() -> dict[str, tuple[str, str]]:
    """Label and colour of each band."""
    return {name: (term.label, term.color) for name, term in taxonomy().health_bands.items()}


def band_words(line: PartnerLine) -> list[str]:
    """The band, and whether a person set it; nothing without a score, which is told in words."""
    if line.band == NOT_ENOUGH:
        return []
    word = taxonomy().label("health_bands", line.band)
    return [word] if line.band == line.computed else [word, HAND]


def health_words(line: PartnerLine) -> str:
    """``55 (48 to 62)``, or that there are too few cases."""
    if line.health is None:
        return taxonomy().label("health_bands", NOT_ENOUGH).lower()
    return f"{line.health.value:.0f} ({line.health.low:.0f} to {line.health.high:.0f})"


def signed(points: float) -> str:
    """Points of a change with their sign: ``+3``, ``−16``."""
    whole = round(points)
    return f"{MINUS if whole < 0 else '+' if whole > 0 else ''}{abs(whole)}"


def change_words(trend: Interval | None) -> str:
    """``−16 (−24 to −8)``."""
    if trend is None:
        return DASH
    return f"{signed(trend.value)} ({signed(trend.low)} to {signed(trend.high)})"


def trend_words(trend: Interval | None) -> list[str]:
    """Worse or better only where the whole interval says so."""
    return [] if trend is None else [TRENDS[trend.side][0]] if trend.side else []


def rank_words(line: PartnerLine) -> str:
    """``3 to 9``; the head of the column says among how many."""
    if line.rank is None:
        return DASH
    low, high = line.rank
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def ago(moment: int | None, at: int) -> str:
    """How long ago in its largest unit: ``11 d ago``."""
    if moment is None:
        return DASH
    for unit, word in ((DAY, "d"), (HOUR, "h"), (MINUTE, "m")):
        if at - moment >= unit:
            return f"{(at - moment) // unit} {word} ago"
    return "now"


def interval_picture(line: PartnerLine, edges: BandRules) -> str:
    """The score and its interval on the scale of 0 to 100 with the edges of the bands; '' without."""
    if line.health is None:
        return ""
    colour = bands()[line.computed][1]
    ends = (line.health.low, line.health.value, line.health.high)
    low, value, high = (round(min(max(end, 0.0), 100.0)) for end in ends)
    return _drawn(low, value, high, colour, (edges.watch, edges.healthy))


@lru_cache(4096)
def _drawn(low: int, value: int, high: int, colour: str, edges: tuple[float, ...]) -> str:
    room, middle = WIDTH - 2 * EDGE, HEIGHT / 2

    def x(points: float) -> float:
        return round(EDGE + room * points / 100, 1)

    def line(start: float, end: float, width: float, stroke: str, opacity: float = 1) -> str:
        ends = f'x1="{x(start)}" x2="{x(end)}" y1="{middle}" y2="{middle}"'
        look = f'stroke="{stroke}" stroke-width="{width}" stroke-opacity="{opacity}"'
        return f"<line {ends} {look}/>"

    ticks = "".join(
        f'<line x1="{x(e)}" x2="{x(e)}" y1="5" y2="{HEIGHT - 5}" stroke="#8a949e"/>' for e in edges
    )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}"'
        f' viewBox="0 0 {WIDTH} {HEIGHT}">{line(0, 100, 1, "#b4bcc4")}{ticks}'
        f"{line(low, high, 9, colour, 0.45)}"
        f'<circle cx="{x(value)}" cy="{middle}" r="3.5" fill="{colour}"/></svg>'
    )
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()

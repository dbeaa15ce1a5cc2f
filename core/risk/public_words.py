"""A public figure as a person reads it: in full, with its footnote mark, bounds and ranges as such."""

from __future__ import annotations

from core.risk.public_report import Unit
from core.risk.public_series import MILLION, Figure

NOT_PUBLISHED = "not published"
PERCENT = 100


def figure_words(figure: Figure, unit: Unit) -> str:
    """``20,800,000``, ``0.04 % to 0.05 %``, ``at most 0.05 %`` or ``not published``."""
    low, high = (end_words(end, unit) for end in (figure.low, figure.high))
    if not figure.is_published:
        words = NOT_PUBLISHED
    elif figure.low is None:
        words = f"at most {high}"
    elif figure.high is None:
        words = f"at least {low}"
    else:
        words = low if low == high else f"{low} to {high}"
    return f"{words} {figure.mark}".rstrip()


def end_words(end: int | None, unit: Unit) -> str:
    """One end of a figure; four decimals of a percentage are all that there can be."""
    if end is None:
        return ""
    if unit == "pieces":
        return f"{end:,}"
    digits = f"{end * PERCENT / MILLION:.4f}".rstrip("0").rstrip(".")
    return f"{digits} %"

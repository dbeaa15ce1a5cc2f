"""How one input of health is written for a person: its name, what it counts, a value by its kind."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite

from core.partners.score_rules import Kind
from core.taxonomy import taxonomy
from core.ui.format import DASH, plural, share

# Input -> what is counted, and among what; a ratio is against what was to be expected.
COUNTED: Mapping[str, tuple[str, str]] = {
    "sla_attainment": ("met", "judged clocks"),
    "load": ("open", "expected"),
    "returns": ("came back", "resolved"),
    "overturn_rate": ("overturned", "re-reviewed"),
    "csat": ("satisfied", "rated"),
    "severe_incidents": ("P0 and P1", "expected"),
}
FEW_TIMES = 10  # from here on a decimal place says nothing


def input_label(name: str) -> str:
    """What an input is called."""
    return taxonomy().label("health_inputs", name)


def value_words(kind: Kind, value: float) -> str:
    """A value of an input: ``71 %``, ``1.4×``, ``2 gaps``; the unknown as a dash."""
    if not isfinite(value):
        return DASH
    if kind is Kind.SHARE:
        return share(value)
    if kind is Kind.KNOWN:
        return plural(round(value), "gap")
    return f"{value:.2f}×" if value < FEW_TIMES else f"{value:,.0f}×"


def number(value: float) -> str:
    """A count that may be in parts: ``17``, ``16.5``."""
    return f"{value:,.1f}".removesuffix(".0")

"""Which slices of an input's cases moved it: by channel, abuse type, market and the like."""

from __future__ import annotations

from core.access.model import Person
from core.desk.partner_health_view import HealthView, ScoreChange


def show_segments(person: Person, view: HealthView, change: ScoreChange) -> None:
    """The slices of the chosen input, each with its cases."""

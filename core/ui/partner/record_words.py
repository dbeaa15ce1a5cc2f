"""How promises are written for a person: when they are due, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from core.partners.commitment import Commitment
from core.ui.format import plural

STATE_COLOURS: Mapping[str, str] = {
    "open": "blue",
    "kept": "green",
    "broken": "orange",
    "withdrawn": "gray",
}


def due_words(one: Commitment, today: date) -> str:
    """``due Fri 2026-03-06, in 4 days``; of one that ended, whether it was late."""
    told = f"due {one.due_on:%a %Y-%m-%d}"
    if not one.is_open:
        return f"{told}, done late" if one.state == "kept" and one.was_late else told
    days = (one.due_on - today).days
    if days < 0:
        return f"{told}, {plural(-days, 'day')} over"
    return f"{told}, today" if days == 0 else f"{told}, in {plural(days, 'day')}"

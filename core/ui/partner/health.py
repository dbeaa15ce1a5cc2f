"""The health of a partner today: what it is made of, and the cases behind each part."""

from __future__ import annotations

from core.access.model import Person
from core.desk.partner import Partner
from core.ui import states


def show_health(person: Person, partner: Partner) -> None:
    """Score, contributions, change and history."""
    states.empty("Health is not worked out yet.")

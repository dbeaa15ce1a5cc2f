"""Policy gaps by the state of their response."""

from __future__ import annotations

from core.access.model import Person
from core.ui import states


def show_board(person: Person) -> None:
    """Read once, then arrange."""
    states.empty("No gap is filed.", f"{person.name} can propose one from the queue.")

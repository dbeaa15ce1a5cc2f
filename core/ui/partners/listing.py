"""All partners in scope, one row each, the worst first."""

from __future__ import annotations

from core.access.model import Person
from core.ui import states


def show_list(person: Person) -> None:
    """Read once, then arrange."""
    states.empty("No partner is in your scope yet.")

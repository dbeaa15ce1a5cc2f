"""How the health of a partner comes about, in plain words with its own numbers put in."""

from __future__ import annotations

from core.access.model import Person
from core.desk.partner import Partner
from core.ui import states


def show_formula(person: Person, partner: Partner) -> None:
    """The score step by step."""
    states.empty("Health is not worked out yet.")

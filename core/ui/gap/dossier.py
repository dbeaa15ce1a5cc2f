"""What a policy gap says: statement, states, people, dates, tasks, and what is next."""

from __future__ import annotations

from core.access.model import Person
from core.gaps.model import Gap
from core.ui import states


def show_dossier(_person: Person, gap: Gap) -> None:
    """Read once, then arrange."""
    states.empty("Nothing is written yet.", gap.ref)

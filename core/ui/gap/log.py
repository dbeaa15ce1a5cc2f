"""The decision log of a policy gap: who did what, when and why."""

from __future__ import annotations

from core.access.model import Person
from core.gaps.model import Gap
from core.ui import states


def show_log(_person: Person, gap: Gap) -> None:
    """Read once, then arrange."""
    states.empty("Nothing is decided yet.", gap.ref)

"""The cases behind a policy gap: those linked as evidence, with who, why and how strong."""

from __future__ import annotations

from core.access.model import Person
from core.gaps.model import Gap
from core.ui import states


def show_cases(_person: Person, gap: Gap) -> None:
    """Read once, then arrange."""
    states.empty("No case is linked.", gap.ref)

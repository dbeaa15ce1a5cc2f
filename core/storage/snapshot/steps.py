"""Which cases each take-over changed, so that what was held or counted can follow step by step."""

from __future__ import annotations

from collections.abc import Sequence

from core.storage.snapshot.newer import FEW_CHANGES, NEVER

MOST_STEPS = 64


class Steps:
    """The latest changes of state; what is too far back, or was too large, is not remembered."""

    def __init__(self) -> None:
        self._steps: dict[int, tuple[int, tuple[int, ...]]] = {}

    def note(self, before: int, after: int, changed: Sequence[int]) -> None:
        """Cases by which a state differs from the one before it."""
        self._steps[after] = (before, tuple(changed))
        while len(self._steps) > MOST_STEPS:
            self._steps.pop(next(iter(self._steps)))

    def forget(self) -> None:
        """Everything may have changed."""
        self._steps.clear()

    def between(self, old: int, new: int) -> list[int] | None:
        """The cases that differ between two states, if those are few and still remembered."""
        found: set[int] = set()
        while new != old:
            before, ids = self._steps.get(new, (NEVER, ()))
            if before == NEVER or before < old:
                return None
            found.update(ids)
            new = before
        return sorted(found) if len(found) <= FEW_CHANGES else None

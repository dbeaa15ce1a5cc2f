"""The order of assessed subjects on the register: by verdict, ties left as ties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.risk.framework import Outcome


@dataclass(frozen=True, slots=True)
class Place:
    """A place on the register; several subjects on one place are a tie."""

    number: int
    verdict: str
    refs: tuple[str, ...]

    @property
    def is_tie(self) -> bool:
        """True when the table does not say which comes first."""
        return len(self.refs) > 1


def places(outcomes: Mapping[str, Outcome]) -> tuple[Place, ...]:
    """Subjects by verdict, most urgent first; equal ones share a place, in the given order."""
    groups: dict[tuple[int, int], list[str]] = {}
    for ref, outcome in outcomes.items():
        groups.setdefault(outcome.order, []).append(ref)
    found, number = [], 1
    for order in sorted(groups, reverse=True):
        refs = tuple(groups[order])
        found.append(Place(number, outcomes[refs[0]].verdict, refs))
        number += len(refs)
    return tuple(found)

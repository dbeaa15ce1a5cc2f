"""What is told of a clause that people decide differently; how it is found stands in mining_people."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A clause under which people differ: what eight in ten of them would overturn of like cases."""

    clause: str
    decisions: int
    people: int
    share: float
    low_share: float  # of the people who overturn least
    high_share: float
    width_low: float  # how far these two shares lie apart at least, and at most
    width_high: float
    chance: float  # share of clauses without any difference that look like this, after all tests

"""Verdicts and how firm they are: ranges where points are unknown, changes that flip, flip shares.

Pure arithmetic on a table; the sentences made from it stand in ``framework_words``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

from core.risk.framework_model import FrameworkTable, Levels, Point


@dataclass(frozen=True, slots=True)
class VerdictRange:
    """The least and the most urgent verdict that what is known leaves open."""

    best: str
    worst: str

    @property
    def is_settled(self) -> bool:
        """True when only one verdict is left."""
        return self.best == self.worst

    @property
    def words(self) -> str:
        """``review``, or ``review to investigate`` while points are unknown."""
        return self.best if self.is_settled else f"{self.best} to {self.worst}"


@dataclass(frozen=True, slots=True)
class Change:
    """The smallest move of one known point, in one direction, that changes the verdict.

    ``steps`` counts levels, negative towards less; ``is_nearest`` holds for every change that is as
    near as the nearest, so a tie shows as a tie.
    """

    point: str
    level: str
    steps: int
    before: VerdictRange
    after: VerdictRange
    is_nearest: bool
    is_rise: bool


@dataclass(frozen=True, slots=True)
class Settling:
    """What an unknown point would make of the verdict, level by level."""

    point: str
    ranges: Mapping[str, VerdictRange]

    @property
    def matters(self) -> bool:
        """True when its levels do not all leave the same range."""
        return len(set(self.ranges.values())) > 1

    @property
    def settled_count(self) -> int:
        """How many of its levels would leave one verdict only."""
        return sum(span.is_settled for span in self.ranges.values())


@dataclass(frozen=True, slots=True)
class FlipShare:
    """Of all moves of a point by one level, how many change the verdict."""

    flip_count: int
    move_count: int

    @property
    def share(self) -> float:
        """Between 0 (the point decides nothing) and 1."""
        return self.flip_count / self.move_count


def verdict_range(table: FrameworkTable, levels: Levels) -> VerdictRange:
    """The verdicts between which the unknown points leave it; both the same when all are known."""
    ranks = [table.rank_at(steps) for steps in table.completions(levels)]
    return VerdictRange(table.verdicts[min(ranks)].key, table.verdicts[max(ranks)].key)


def completion_counts(table: FrameworkTable, levels: Levels) -> dict[str, int]:
    """How many combinations that are still open give each verdict, least verdict first."""
    counts = Counter(table.rank_at(steps) for steps in table.completions(levels))
    return {verdict.key: counts[rank] for rank, verdict in enumerate(table.verdicts)}


def flipping_changes(table: FrameworkTable, levels: Levels) -> tuple[Change, ...]:
    """For each known point and direction the nearest flip, the nearest of all first."""
    before = verdict_range(table, levels)
    found = [
        (point.key, level, steps, after)
        for point in table.points
        for sign in (-1, 1)
        for level, steps, after in _first_flip(table, levels, point, sign, before)
    ]
    least = min((abs(steps) for _, _, steps, _ in found), default=0)
    changes = [
        Change(
            key, level, steps, before, after, abs(steps) == least, _is_rise(table, before, after)
        )
        for key, level, steps, after in found
    ]
    return tuple(sorted(changes, key=lambda change: abs(change.steps)))


def _first_flip(
    table: FrameworkTable, levels: Levels, point: Point, sign: int, before: VerdictRange
) -> list[tuple[str, int, VerdictRange]]:
    known = levels.get(point.key)
    if known is None:
        return []
    start = point.keys.index(known)
    step = start + sign
    while 0 <= step < len(point.keys):
        after = verdict_range(table, {**levels, point.key: point.keys[step]})
        if after != before:
            return [(point.keys[step], step - start, after)]
        step += sign
    return []


def _is_rise(table: FrameworkTable, before: VerdictRange, after: VerdictRange) -> bool:
    ranks = table.ranks
    return (ranks[after.worst], ranks[after.best]) > (ranks[before.worst], ranks[before.best])


def settlings(table: FrameworkTable, levels: Levels) -> tuple[Settling, ...]:
    """What finding out each unknown point could do."""
    return tuple(
        Settling(
            point.key,
            {key: verdict_range(table, {**levels, point.key: key}) for key in point.keys},
        )
        for point in table.points
        if levels.get(point.key) is None
    )


def most_settling(table: FrameworkTable, levels: Levels) -> tuple[Settling, ...]:
    """The unknown points to find out first: most of their levels settle the verdict; ties together.

    None where the verdict is settled already or no single point can settle it.
    """
    if verdict_range(table, levels).is_settled:
        return ()
    found = settlings(table, levels)
    best = max((one.settled_count / len(one.ranges) for one in found), default=0.0)
    return tuple(one for one in found if best and one.settled_count / len(one.ranges) == best)


def flip_shares(table: FrameworkTable) -> dict[str, FlipShare]:
    """How much each point decides, over the whole table."""
    counts = {point.key: [0, 0] for point in table.points}
    for steps in product(*(range(len(point.levels)) for point in table.points)):
        for place, point in enumerate(table.points):
            if steps[place] + 1 < len(point.levels):
                raised = (*steps[:place], steps[place] + 1, *steps[place + 1 :])
                counts[point.key][0] += table.rank_at(raised) != table.rank_at(steps)
                counts[point.key][1] += 1
    return {key: FlipShare(flips, moves) for key, (flips, moves) in counts.items()}


def row_counts(table: FrameworkTable) -> dict[str, int]:
    """How many rows give each verdict, least verdict first."""
    return completion_counts(table, {})

"""The frozen types of a decision table: points with levels, verdicts, one verdict for each combination.

A table here is whole and checked; reading and checking stand in ``framework_files``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from itertools import product

Levels = Mapping[str, str | None]  # point -> level; None is 'not known'


class Consequence(StrEnum):
    """What a level beside the verdict asks for."""

    ASK_EVIDENCE = "ask_evidence"
    PROPOSE_GAP = "propose_gap"


@dataclass(frozen=True, slots=True)
class Level:
    """One step of a point; ``code`` stands for it in a vector."""

    key: str
    code: str
    meaning: str
    consequence: Consequence | None = None

    @property
    def words(self) -> str:
        """The level as it reads in a sentence."""
        return self.key.replace("_", " ")


@dataclass(frozen=True)
class Point:
    """Something that is judged in ordered levels, least first."""

    key: str
    code: str
    question: str
    levels: tuple[Level, ...]
    unknown: Consequence | None = None  # what it asks for while nobody knows its level

    @property
    def words(self) -> str:
        """The point as it reads in a sentence."""
        return self.key.replace("_", " ")

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Its levels' keys, least first."""
        return tuple(level.key for level in self.levels)

    def level(self, key: str) -> Level:
        """The level of that key; an unknown key is a programming error."""
        return self.levels[self.keys.index(key)]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be done, least first in its table."""

    key: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule of the written logic: at least these levels give at least this verdict."""

    verdict: str
    at_least: Mapping[str, str]
    because: str


@dataclass(frozen=True)
class FrameworkTable:
    """One version of the table; ``cells`` are ranks of verdicts, the last point changing fastest."""

    version: str
    name: str
    prefix: str
    decided_on: date
    source: str
    rationale: str
    points: tuple[Point, ...]
    beside: tuple[Point, ...]
    verdicts: tuple[Verdict, ...]
    consequences: Mapping[Consequence, str]
    logic: tuple[Reason, ...]
    top_verdict_max_share: float
    cells: tuple[int, ...]
    content_hash: str

    @cached_property
    def all_points(self) -> tuple[Point, ...]:
        """The points that decide, then those beside the verdict."""
        return (*self.points, *self.beside)

    @cached_property
    def ranks(self) -> Mapping[str, int]:
        """The place of each verdict, 0 for the least."""
        return {verdict.key: rank for rank, verdict in enumerate(self.verdicts)}

    def point(self, key: str) -> Point:
        """The point of that key; an unknown key is a programming error."""
        return next(point for point in self.all_points if point.key == key)

    def rank_at(self, steps: tuple[int, ...]) -> int:
        """The verdict's rank at one combination, given as the place of each point's level."""
        at = 0
        for point, step in zip(self.points, steps, strict=True):
            at = at * len(point.levels) + step
        return self.cells[at]

    def verdict_of(self, levels: Levels) -> str:
        """The verdict where every deciding point is known."""
        steps = tuple(point.keys.index(levels[point.key] or "") for point in self.points)
        return self.verdicts[self.rank_at(steps)].key

    def completions(self, levels: Levels) -> Iterator[tuple[int, ...]]:
        """Every combination that the known levels leave open."""
        return product(*(_open_steps(point, levels.get(point.key)) for point in self.points))


def _open_steps(point: Point, level: str | None) -> range:
    if level is None:
        return range(len(point.levels))
    step = point.keys.index(level)
    return range(step, step + 1)

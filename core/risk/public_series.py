"""Figures of the public report over its releases: which is shown, and what was restated by how much.

A figure of a newer release replaces the one before on the screen and never in storage.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.risk.public_report import area_key

MILLION = 1_000_000  # shares are whole millionths of one


@dataclass(frozen=True, slots=True)
class Figure:
    """One published figure, in pieces or in millionths of one.

    A range has two different ends, a bound only one of them, and where neither is there the report
    says that it publishes no figure. ``mark`` keeps a footnote's sign.
    """

    series: str
    platform: str
    area: str  # as published
    quarter: str
    low: int | None = None
    high: int | None = None
    mark: str = ""

    @property
    def key(self) -> FigureKey:
        """What a figure is of, whatever the release calls its area."""
        return FigureKey(self.series, self.platform, area_key(self.area), self.quarter)

    @property
    def value(self) -> int | None:
        """The figure where it is a single one."""
        return self.low if self.low == self.high else None

    @property
    def as_share(self) -> float | None:
        """A single share between 0 and 1."""
        return None if self.value is None else self.value / MILLION

    @property
    def is_published(self) -> bool:
        """False where the report says that there is no figure."""
        return self.low is not None or self.high is not None

    def is_same(self, other: Figure) -> bool:
        """True when both say the same."""
        return (self.low, self.high) == (other.low, other.high)


@dataclass(frozen=True, slots=True, order=True)
class FigureKey:
    """What a figure is of."""

    series: str
    platform: str
    area: str
    quarter: str


@dataclass(frozen=True, slots=True)
class Edition:
    """A release as far as order matters: later quarters first, then later publication, then import."""

    ref: str
    last_quarter: str
    published_on: str  # ISO date, '' where nobody said
    id: int

    @property
    def rank(self) -> tuple[str, str, int]:
        """Greater is newer."""
        return (self.last_quarter, self.published_on, self.id)


@dataclass(frozen=True, slots=True)
class Restatement:
    """A figure that a newer release gives differently."""

    before: Figure
    before_ref: str
    after: Figure
    after_ref: str

    @property
    def change_share(self) -> float | None:
        """By how much of the earlier figure; nothing where one of them is no single figure."""
        old, new = self.before.value, self.after.value
        return (new - old) / old if old and new is not None else None


@dataclass(frozen=True, slots=True)
class Told:
    """A figure as shown: of the newest release that has it, with how it came to be so."""

    figure: Figure
    ref: str
    restatements: tuple[Restatement, ...] = ()  # oldest first


def told(releases: Iterable[tuple[Edition, Sequence[Figure]]]) -> Mapping[FigureKey, Told]:
    """Every figure that any release has, as it is to be shown."""
    found: dict[FigureKey, Told] = {}
    for edition, figures in sorted(releases, key=lambda pair: pair[0].rank):
        for key, figure in by_key(figures).items():
            found[key] = _later(found.get(key), figure, edition.ref)
    return found


def by_key(figures: Iterable[Figure]) -> dict[FigureKey, Figure]:
    """The figures of one release by what they are of.

    Under two names of one area a figure stands above the remark that there is none.
    """
    found: dict[FigureKey, Figure] = {}
    for figure in figures:
        held = found.get(figure.key)
        if held is None or not held.is_published:
            found[figure.key] = figure
    return found


def _later(before: Told | None, figure: Figure, ref: str) -> Told:
    if before is None:
        return Told(figure, ref)
    if before.figure.is_same(figure):
        return Told(figure, ref, before.restatements)
    change = Restatement(before.figure, before.ref, figure, ref)
    return Told(figure, ref, (*before.restatements, change))


def share_of(part: Told | None, whole: Told | None) -> float | None:
    """One single figure as a share of another; nothing where either is missing or the whole is 0."""
    if part is None or whole is None or not whole.figure.value or part.figure.value is None:
        return None
    return part.figure.value / whole.figure.value

"""Counts one clock cell by cell over the stretches in which it ran or stood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt

    from core.sla.model import Calendar
    from tests.properties.oracle.grid import Grid

    Marks = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Deal:
    """What is promised from some instant on: a target in cells by a calendar."""

    target: int | None
    calendar: Calendar


@dataclass(frozen=True)
class Stretch:
    """Cells since..until of a round, what was promised in parts of it, and finally."""

    since: int
    until: int
    deals: tuple[tuple[int, Deal], ...]
    final: Deal


@dataclass
class Count:
    """A round as counted so far."""

    grid: Grid
    deal: Deal
    elapsed: int = 0
    fixed: int | None = None
    breached: int | None = None
    until: int = 0

    def pass_over(self, stretch: Stretch, ticks: Callable[[int, int], Marks]) -> Count:
        """Count the ticking open cells of a stretch."""
        for since, until, deal in _parts(stretch):
            self._new_deal(deal, since)
            self._cells(since, until, deal, ticks(since, until))
        self.until = stretch.until
        return self

    def _new_deal(self, deal: Deal, at: int) -> None:
        """What has elapsed stays; a new target that is used up already is due at once."""
        if deal != self.deal:
            if deal.target is None or deal.target > self.elapsed:
                self.fixed = None
            elif self.fixed is None:
                self.fixed = at
        self.deal = deal

    def _cells(self, since: int, until: int, deal: Deal, ticking: Marks) -> None:
        counted = ticking & self.grid.open(deal.calendar)[since:until]
        passed = self.elapsed + np.cumsum(counted) - counted  # elapsed when each cell begins
        if deal.target is not None:
            late = np.flatnonzero(ticking & (passed >= deal.target))
            if len(late):
                if self.fixed is None:
                    self.fixed = self._back(since + int(late[0]), deal.calendar)
                if self.breached is None:
                    self.breached = self.fixed
        self.elapsed += int(counted.sum())

    def due(self) -> int | None:
        """The earliest instant at which the target is used up if the clock ticks on."""
        if self.fixed is not None or self.deal.target is None:
            return self.fixed
        left = self.deal.target - self.elapsed
        if left == 0:
            return self._back(self.until, self.deal.calendar)
        return self.grid.after(self.deal.calendar, self.until, left)

    def _back(self, instant: int, calendar: Calendar) -> int:
        """The earliest instant that no open cell separates from this one."""
        marks = self.grid.open(calendar)
        while instant > 0 and not marks[instant - 1]:
            instant -= 1
        return instant


def _parts(stretch: Stretch) -> Iterator[tuple[int, int, Deal]]:
    """The stretch cut where the deal changes, and its last instant under the final deal."""
    starts = [max(at, stretch.since) for at, _ in stretch.deals]
    ends = [*starts[1:], stretch.until]
    for (_, deal), since, until in zip(stretch.deals, starts, ends, strict=True):
        if since < min(until, stretch.until):
            yield since, min(until, stretch.until), deal
    yield stretch.until, stretch.until, stretch.final

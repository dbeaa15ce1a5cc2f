"""The demo's cases as the scan takes them, and the weeks that its planted surges lie in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.clock import from_micros
from core.demo import DemoWorld, generate
from core.risk.finding import Condition, Slice
from core.risk.incidents import incident_codes
from core.risk.maturity import ripe_week
from core.risk.scan_rules import scan_rules
from core.risk.weeked_cases import Dimension, WeekedCases
from core.risk.weeks import week_windows
from core.sla.policies import read_book

AS_OF = datetime(2026, 11, 19, 15, 30, tzinfo=UTC)
DIMENSIONS = ("abuse_type", "channel", "market", "surface", "platform", "tier")


@dataclass(frozen=True, eq=False, slots=True)
class DemoWeeks:
    """A demo workspace by whole weeks up to the last one that has ended."""

    cases: WeekedCases
    mondays: tuple[date, ...]
    surges: tuple[tuple[int, Slice, float], ...]  # week, slice, weekly expectation

    def until(self, week: int, left_out: frozenset[int] = frozenset()) -> WeekedCases:
        """As a scan at the end of that week would have been given it."""
        part = self.cases.until(week)
        return WeekedCases(part.dimensions, part.week, part.weeks, left_out, part.incident)


def demo_weeks(cases: int, seed: int) -> DemoWeeks:
    """Make a demo world and cut it into weeks."""
    world = generate(cases, seed, AS_OF, read_book())
    frame = pd.concat([c for c, _ in world.chunks()], ignore_index=True)
    at = frame["received_at"].to_numpy(dtype=np.int64)
    last = AS_OF.date() - timedelta(days=7)
    begins = from_micros(int(at.min())).date()
    weeks = week_windows(AS_OF, "UTC", (last - begins).days // 7, running=False)
    dimensions = tuple(_dimension(frame, name) for name in DIMENSIONS)
    partner = _dimension(frame, "partner").codes
    incident = incident_codes(partner, [dimensions[0].codes], at, scan_rules())
    coded = WeekedCases(dimensions, ripe_week(weeks, at), len(weeks.mondays), incident=incident)
    return DemoWeeks(coded, weeks.mondays, _surges(world, weeks.mondays))


def _dimension(frame: pd.DataFrame, name: str) -> Dimension:
    codes, values = pd.factorize(frame[name], sort=True)
    found: npt.NDArray[np.int64] = codes.astype(np.int64)
    words = tuple(str(v) for v in values)
    if "" in words:
        found = np.where(found == words.index(""), -1, found)
    return Dimension(name, words, found)


def _surges(world: DemoWorld, mondays: tuple[date, ...]) -> tuple[tuple[int, Slice, float], ...]:
    told: object = world.truth["surges"]
    assert isinstance(told, list)
    found = []
    for surge in told:
        week = mondays.index(datetime.fromisoformat(surge["week_starts"]).date())
        slice_ = tuple(Condition(d, surge["slice"][d]) for d in DIMENSIONS if d in surge["slice"])
        found.append((week, slice_, float(surge["weekly_expected"])))
    return tuple(found)

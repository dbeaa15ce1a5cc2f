"""What a policy gap costs, counted in the snapshot over the cases behind it that a person may see.

The cases are looked up once for each state of the snapshot; everything else is counted among them,
by the same conditions that open them in the queue.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from core.cases.filter import LINKED, MATCHING, CaseFilter, Segment
from core.gaps.impact import HITS, GapWeeks, ground, hit_filter, ripe_weeks
from core.gaps.outlook import Spent
from core.risk.weeks import WeekWindows
from core.stats.arrays import Ints
from core.storage.queue_conditions import Look, conditions, where
from core.storage.queue_matches import Extent, Matches, codes_of, matches
from core.storage.snapshot import Reading
from core.storage.snapshot.evaluate import Evaluator
from core.storage.snapshot.tables import CASES

Places = npt.NDArray[np.intp]
EVERY = CaseFilter(segment=Segment.ALL)


@dataclass(frozen=True)
class CasesBehind:
    """The cases behind a gap within somebody's sight, as rows that can be asked more."""

    reading: Reading
    look: Look  # with the gap resolved
    places: Places
    rows: Evaluator

    def count(self, filter_: CaseFilter) -> int:
        """How many of them a filter of the same gap opens."""
        return int(np.count_nonzero(self.of(filter_)))

    def of(self, filter_: CaseFilter) -> npt.NDArray[np.bool_]:
        """Which of them a filter of the same gap opens."""
        gap = self.look.gap
        if gap is not None and filter_.gap.endswith(LINKED):
            gap = replace(gap, matching=None)
        elif gap is not None and filter_.gap.endswith(MATCHING):
            gap = replace(gap, linked=None)
        parts = conditions(filter_, CASES, replace(self.look, gap=gap))
        known = {"scope"} if filter_.gap.endswith((LINKED, MATCHING)) else {"scope", "gap"}
        return self.rows.mask(where(parts, but=known))

    def different(self, name: str) -> int:
        """How many known values of a dimension they have."""
        codes, values = self.codes(name)
        seen = np.bincount(codes, minlength=len(values)) > 0
        return sum(1 for at in np.flatnonzero(seen).tolist() if values[at])

    def codes(self, name: str) -> tuple[Ints, Sequence[Any]]:
        """The code of each case in a dimension, and the value of each code; a partner is its key."""
        every = Matches(self.reading.evaluator(CASES), {})
        codes, values = codes_of(self.reading, every, Extent(CASES), name)
        return np.asarray(codes)[self.places].astype(np.int64), values


@dataclass(frozen=True, slots=True)
class ValueCount:
    """Cases with one value of a dimension, how many are recent, and from how many partners."""

    value: str
    cases: int
    recent: int
    partners: int


@dataclass(frozen=True, slots=True)
class TimeSpent:
    """Working time with us: in all, of the middle case, of the tenth that took longest, the most."""

    cases: int
    total_us: int
    p50_us: float
    p90_us: float
    max_us: int


def cases_behind(reading: Reading, look: Look) -> CasesBehind:
    """The cases behind the gap of a look."""
    every = reading.evaluator(CASES)

    def find() -> Places:
        return np.flatnonzero(matches(reading, EVERY, look, Extent(CASES)).all())

    places = reading.remember(("gap places", look.sight), find)
    return CasesBehind(reading, look, places, every.chosen(places))


def dimension_counts(
    behind: CasesBehind, name: str, recent: npt.NDArray[np.bool_]
) -> tuple[ValueCount, ...]:
    """The values of a dimension among the cases, those with most cases first; '' is unknown."""
    own, values = behind.codes(name)
    counts = np.bincount(own, minlength=len(values))
    lately = np.bincount(own[recent], minlength=len(values))
    partners = partner_codes(behind)
    pairs = np.unique(np.stack([own, partners])[:, partners > 0], axis=1)
    different = np.bincount(pairs[0], minlength=len(values))
    listed = [
        ValueCount(_word(behind, name, values[at]), int(counts[at]), int(lately[at]), int(n))
        for at, n in enumerate(different.tolist())
        if counts[at]
    ]
    return tuple(sorted(listed, key=lambda one: (-one.cases, one.value)))


def _word(behind: CasesBehind, name: str, value: object) -> str:
    if name != "partner":
        return str(value)
    named = behind.reading.partners
    return named[value][0] if isinstance(value, int) and value in named else ""


def partner_codes(behind: CasesBehind) -> Ints:
    """The partner of each case, by key; 0 where it has none."""
    held = behind.rows.numbers(CASES.c.partner_id)
    return held.numbers if held.known is None else np.where(held.known, held.numbers, 0)


def time_spent(behind: CasesBehind) -> TimeSpent:
    """How long the cases stood with us."""
    took = _worked(behind.rows)
    if not len(took):
        return TimeSpent(0, 0, float("nan"), float("nan"), 0)
    p50, p90 = np.quantile(took, [0.5, 0.9]).tolist()
    return TimeSpent(len(took), int(took.sum()), p50, p90, int(took.max()))


def gap_weeks(behind: CasesBehind, windows: WeekWindows) -> GapWeeks:
    """The cases by week received, and how those of the ripe weeks went."""
    week = _week(behind.rows, windows)
    length = len(windows.mondays)
    first, end = ripe_weeks(length)
    inside = np.flatnonzero((week >= first) & (week < end))
    ripe = behind.rows.chosen(inside)
    took = _worked(ripe).astype(np.float64)
    return GapWeeks(
        mondays=windows.mondays,
        cases=_tally(week, 0, length),
        known_from=_known_from(behind, windows),
        ripe_first=first,
        ripe_end=end,
        hits={
            name: _tally(week[inside][_hits(ripe, behind.look, name)], first, end) for name in HITS
        },
        spent=Spent(
            len(took),
            float(took.mean()) if len(took) else 0.0,
            float(took.var(ddof=1)) if len(took) > 1 else 0.0,
        ),
    )


def usual_shares(reading: Reading, look: Look, windows: WeekWindows) -> Mapping[str, float]:
    """How often each kind of hit happens among all ripe cases of the sight; one half without any."""
    first, end = ripe_weeks(len(windows.mondays))
    # Fresh enough by the day: it counts for a few cases beside those of a gap.
    day = int(windows.ends[-1])

    def count() -> Mapping[str, float]:
        found = matches(reading, EVERY, replace(look, gap=None), Extent(CASES))
        if not end:
            return dict.fromkeys(HITS, 0.5)
        received = found.rows.numbers(CASES.c.received_at).numbers
        inside = (received >= windows.starts[first]) & (received < windows.ends[end - 1])
        ripe = found.rows.chosen(np.flatnonzero(found.all() & inside))
        number = len(ripe.ids)
        return {
            name: (np.count_nonzero(_hits(ripe, look, name)) + 0.5) / (number + 1) for name in HITS
        }

    key = ("usual shares", look.scope, look.granted, day)
    return reading.remember(key, count)


def _hits(rows: Evaluator, look: Look, name: str) -> npt.NDArray[np.bool_]:
    parts = conditions(hit_filter(ground(""), name), CASES, replace(look, gap=None))
    return rows.mask(where(parts, but=("scope",)))


def _week(rows: Evaluator, windows: WeekWindows) -> Ints:
    received = rows.numbers(CASES.c.received_at).numbers
    week = np.searchsorted(windows.starts, received, side="right") - 1
    return np.where(received < windows.ends[-1], week, -1)


def _tally(week: Ints, first: int, end: int) -> tuple[int, ...]:
    inside = week[(week >= first) & (week < end)] - first
    return tuple(np.bincount(inside, minlength=end - first).tolist())


def _known_from(behind: CasesBehind, windows: WeekWindows) -> int:
    """The first week that follows the first case of the desk in this sight."""

    def find() -> int:
        look = replace(behind.look, gap=None)
        found = matches(behind.reading, EVERY, look, Extent(CASES))
        received = found.rows.numbers(CASES.c.received_at).numbers[found.all()]
        earliest = int(received.min()) if len(received) else int(windows.ends[-1])
        return int(np.searchsorted(windows.starts, earliest, side="left"))

    key = ("first week", behind.look.scope, behind.look.granted, windows.mondays)
    return behind.reading.remember(key, find)


def _worked(rows: Evaluator) -> Ints:
    held = rows.numbers(CASES.c.time_us_us)
    return np.asarray(held.numbers if held.known is None else held.numbers[held.known], np.int64)

"""What a policy gap costs, counted in the snapshot over the cases behind it that a person may see.

The cases are looked up once for each state of the snapshot; everything else is counted among them,
by the same conditions that open them in the queue.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from core.cases.filter import LINKED, MATCHING, CaseFilter, Flag, Segment
from core.cases.measures import overturned_outcomes
from core.cases.windows import day_start, next_day
from core.gaps.impact import HITS, GapWeeks, ripe_weeks
from core.gaps.outlook import Spent
from core.risk.weeks import WeekWindows
from core.stats.arrays import Ints
from core.storage.queue_conditions import GapCases, Look, conditions, has_flag, in_gap, where
from core.storage.queue_matches import Extent, Matches, codes_of, matches
from core.storage.scope import either
from core.storage.snapshot import Reading
from core.storage.snapshot.evaluate import Evaluator
from core.storage.snapshot.tables import CASES

Places = npt.NDArray[np.intp]
EVERY = CaseFilter(segment=Segment.ALL)
MOST_KEPT = 256  # gaps and sights whose cases are kept from one state of the desk to the next


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
    """The cases behind the gap of a look; what changed elsewhere leaves them as they are."""

    def find() -> Ints:
        return _ids_behind(reading, look)

    def holds(known: Ints, changed: Sequence[int]) -> bool:
        return _are_same(reading, look, known, changed)

    def locate() -> Places:
        return _places(reading, reading.last("gap cases", look.sight, find, holds, MOST_KEPT))

    places = reading.remember(("gap places", look.sight), locate)
    return CasesBehind(reading, look, places, reading.evaluator(CASES).chosen(places))


def _ids_behind(reading: Reading, look: Look) -> Ints:
    """The keys of the cases behind a gap within sight."""
    gap = look.gap or GapCases()
    every, sight = reading.evaluator(CASES), _in_sight(reading, look)
    behind = np.zeros(len(sight), bool)
    if gap.matching is not None:
        behind |= every.mask(in_gap(CASES, replace(look, gap=replace(gap, linked=None))))
    if gap.linked is not None:
        behind[_places(reading, gap.linked.ids)] = True
    return every.ids[np.flatnonzero(behind & sight)]


def _are_same(reading: Reading, look: Look, known: Ints, changed: Sequence[int]) -> bool:
    """True where each changed case is behind the gap as it was."""
    ids = np.array(changed, dtype=np.int64)
    places = _places(reading, ids)
    rows = reading.evaluator(CASES).chosen(places)
    behind = rows.mask(in_gap(CASES, look)) & _in_sight(reading, look)[places]
    return {*ids[np.isin(ids, known)].tolist()} == {*rows.ids[behind].tolist()}


def _in_sight(reading: Reading, look: Look) -> npt.NDArray[np.bool_]:
    """Which of all cases a person may see."""

    def find() -> npt.NDArray[np.bool_]:
        return matches(reading, EVERY, replace(look, gap=None, found=None), Extent(CASES)).all()

    return reading.remember(("in sight", look.scope, look.granted), find)


def _places(reading: Reading, ids: Ints) -> Places:
    """Where cases stand among all rows; those that are gone are left out."""
    rows = reading.evaluator(CASES).ids

    def table() -> npt.NDArray[np.int32]:
        # Keys are given one after the other, so a place for each of them is little more than needed.
        found = np.full(int(rows.max(initial=0)) + 1, -1, np.int32)
        found[rows] = np.arange(len(rows), dtype=np.int32)
        return found

    place = reading.remember(("place of key",), table)
    known = ids[(ids >= 0) & (ids < len(place))]
    found = place[known]
    return found[found >= 0].astype(np.intp)


def dimension_counts(
    behind: CasesBehind, name: str, recent: npt.NDArray[np.bool_]
) -> tuple[ValueCount, ...]:
    """The values of a dimension among the cases, those with most cases first; '' is unknown."""
    own, values = behind.codes(name)
    counts = np.bincount(own, minlength=len(values))
    lately = np.bincount(own[recent], minlength=len(values))
    partners = partner_codes(behind)
    known = partners > 0
    # One number for each pair, so that pairs are told apart by a sort of whole numbers.
    stride = int(partners.max(initial=0)) + 1
    pairs = np.unique(own[known] * stride + partners[known])
    different = np.bincount(pairs // stride, minlength=len(values))
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


def received_between(behind: CasesBehind, first: date, last: date, zone: str) -> int:
    """How many were received on these days of a zone: what their filter opens, told quicker."""
    received = behind.rows.numbers(CASES.c.received_at).numbers
    after, until = day_start(first, zone), day_start(next_day(last), zone)
    return int(np.count_nonzero((received >= after) & (received < until)))


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
    went = _hits(ripe, behind.look)
    took = _worked(ripe).astype(np.float64)
    return GapWeeks(
        mondays=windows.mondays,
        cases=_tally(week, 0, length),
        known_from=_known_from(behind, windows),
        ripe_first=first,
        ripe_end=end,
        hits={name: _tally(week[inside][mask], first, end) for name, mask in went.items()},
        spent=Spent(
            len(took),
            float(took.mean()) if len(took) else 0.0,
            float(took.var(ddof=1)) if len(took) > 1 else 0.0,
        ),
    )


def usual_shares(reading: Reading, look: Look, windows: WeekWindows) -> Mapping[str, float]:
    """How often each kind of hit happens among all ripe cases of the sight; one half without any."""
    first, end = ripe_weeks(len(windows.mondays))
    # Fresh enough by the week: it counts for a few cases beside those of a gap.
    until = int(windows.ends[-1])

    def count() -> Mapping[str, float]:
        if not end:
            return dict.fromkeys(HITS, 0.5)
        every = reading.evaluator(CASES)
        received = every.numbers(CASES.c.received_at).numbers
        inside = (received >= windows.starts[first]) & (received < windows.ends[end - 1])
        ripe = every.chosen(np.flatnonzero(_in_sight(reading, look) & inside))
        number = len(ripe.ids)
        went = _hits(ripe, look)
        return {name: (np.count_nonzero(went[name]) + 0.5) / (number + 1) for name in HITS}

    key = ("usual shares", look.scope, look.granted, until)
    return reading.remember(key, count)


def _hits(rows: Evaluator, look: Look) -> dict[str, npt.NDArray[np.bool_]]:
    """Which rows have each kind of hit; what went wrong is the one or the other."""
    breached = rows.mask(has_flag(Flag.BREACHED, CASES, replace(look, gap=None, found=None)))
    overturned = rows.mask(either(CASES.c.outcome, overturned_outcomes()))
    return {"wrong": overturned | breached, "overturned": overturned, "breached": breached}


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
        every = behind.reading.evaluator(CASES)
        received = every.numbers(CASES.c.received_at).numbers
        seen = received[_in_sight(behind.reading, behind.look)]
        earliest = int(seen.min()) if len(seen) else int(windows.ends[-1])
        return int(np.searchsorted(windows.starts, earliest, side="left"))

    key = ("first week", behind.look.scope, behind.look.granted, windows.mondays)
    return behind.reading.remember(key, find)


def _worked(rows: Evaluator) -> Ints:
    held = rows.numbers(CASES.c.time_us_us)
    return np.asarray(held.numbers if held.known is None else held.numbers[held.known], np.int64)

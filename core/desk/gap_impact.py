"""The impact of policy gaps as one person sees it: one gap in full, and open gaps beside each other.

Everything is counted over the cases that the person may see, as the queue would show them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache

from core.access.model import Person, Scope
from core.access.rules import require
from core.cases.filter import CaseFilter
from core.cases.measures import zone_of
from core.cases.windows import day_of, day_start, last_days
from core.clock import from_micros
from core.desk.boot import Desk
from core.desk.queue import look_of
from core.desk.risk import partner_names
from core.gaps.impact import (
    FIGURES,
    HITS,
    REACH,
    FigureDefinition,
    GapWeeks,
    Outlook,
    TrendWeek,
    figure_filters,
    ground,
    hit_filter,
    outlook,
    received_in,
    recent_filter,
    trend,
)
from core.gaps.impact_rules import impact_rules
from core.gaps.model import Gap
from core.gaps.outlook import Predicted
from core.gaps.ranking import MEASURE, Place, ranked
from core.risk.weeks import WeekWindows, week_windows
from core.storage.gap_conditions import cases_behind as resolved_cases
from core.storage.gap_conditions import links_by_gap, usable_matching
from core.storage.gap_figures import (
    CasesBehind,
    TimeSpent,
    ValueCount,
    cases_behind,
    dimension_counts,
    gap_weeks,
    partner_codes,
    received_between,
    time_spent,
    usual_shares,
)
from core.storage.gap_reads import gaps_of
from core.storage.queue import with_grants
from core.storage.queue_conditions import Found, Look
from core.storage.snapshot import Reading

FEW_WEEKS, NO_FILTER = "history", "no filter"
HALF_DAY_US = 12 * 3_600_000_000


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of cases, the number that it is a part of, and what opens both."""

    definition: FigureDefinition
    count: int
    filter: CaseFilter
    of: int | None = None
    of_filter: CaseFilter | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a gap is known to reach: how many different partners and values its cases name."""

    partners: int
    values: Mapping[str, int]  # dimension -> values, the unknown one left out


@dataclass(frozen=True, slots=True)
class Behind:
    """What an outlook rests on: the cases that are old enough to know how they went."""

    cases: int
    hits: Mapping[str, int]
    filter: CaseFilter
    hit_filters: Mapping[str, CaseFilter]


@dataclass(frozen=True, slots=True)
class ImpactView:
    """What one gap costs; every count in it opens exactly its cases."""

    ref: str
    figures: Mapping[str, Figure]
    spent: TimeSpent
    reach: Reach
    by: str  # the dimension of ``values``
    values: tuple[tuple[ValueCount, CaseFilter], ...]
    partner_names: Mapping[str, str]
    trend: tuple[tuple[TrendWeek, CaseFilter], ...]
    outlook: Outlook | None
    why_no_outlook: str  # FEW_WEEKS or NO_FILTER; '' where there is one
    behind: Behind
    has_filter: bool
    is_own_only: bool  # the person sees the cases of some partners only
    version: int
    at: datetime
    zone: str
    is_refreshing: bool
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """A number of cases and what opens them."""

    count: int
    filter: CaseFilter


@dataclass(frozen=True, slots=True)
class RankedGap:
    """An open gap with its place; without one, ``why_not`` says why."""

    gap: Gap
    cases: Counted
    recent: Counted
    behind: Behind
    place: Place | None
    why_not: str


@dataclass(frozen=True, slots=True)
class RankingView:
    """Open gaps by what the next weeks are foreseen to cost; those without a forecast last."""

    gaps: tuple[RankedGap, ...]
    left_out: int  # more are open than are ranked
    is_own_only: bool
    version: int
    at: datetime
    zone: str
    is_refreshing: bool


def impact_view(
    desk: Desk, person: Person, ref: str, zone: str = "", by: str = REACH[0]
) -> ImpactView:
    """The impact of a gap; ``by`` is the dimension whose values are listed."""
    require(person, "gap.read")
    cases = ground(ref)
    zone = zone_of(cases, zone or person.zone)
    look, notices = look_of(desk, person, cases)
    with desk.snapshot.reading() as reading:
        look = with_grants(reading, look)
        counted = _impact(reading, look, ref, zone, by)
        names = partner_names(reading, look.scope) if by == "partner" else {}
        return replace(
            counted,
            partner_names=names,
            version=reading.version,
            is_refreshing=reading.is_refreshing,
            notices=notices,
        )


def ranking_view(desk: Desk, person: Person, zone: str = "") -> RankingView:
    """All open gaps, the one that is foreseen to cost most first."""
    require(person, "gap.read")
    zone = zone or person.zone
    look, _ = look_of(desk, person, CaseFilter())
    gaps, looks, left_out = _open_gaps(desk, look)
    with desk.snapshot.reading() as reading:
        granted = with_grants(reading, look).granted
        found = {
            ref: _standing(reading, ref, replace(looks[ref], granted=granted), zone) for ref in gaps
        }
        version, is_refreshing = reading.version, reading.is_refreshing
    return RankingView(
        gaps=_in_order(found, gaps),
        left_out=left_out,
        is_own_only=_is_own_only(look.scope),
        version=version,
        at=from_micros(look.at),
        zone=zone,
        is_refreshing=is_refreshing,
    )


def _open_gaps(desk: Desk, look: Look) -> tuple[dict[str, Gap], dict[str, Look], int]:
    """Open gaps by reference, the look at each one's cases, and how many more are open."""
    most = impact_rules().most_ranked
    with desk.store.read() as connection:
        every = [gap for gap in gaps_of(connection) if gap.is_open]
        gaps = {gap.ref: gap for gap in every[:most]}
        linked = links_by_gap(connection)
        looks = {
            ref: replace(
                look,
                gap=resolved_cases(
                    connection,
                    linked.get(gap.id, Found()),
                    usable_matching(gap.matching),
                    look.scope,
                    look.at,
                ),
            )
            for ref, gap in gaps.items()
        }
    return gaps, looks, len(every) - len(gaps)


def _impact(reading: Reading, look: Look, ref: str, zone: str, by: str) -> ImpactView:
    key = ("gap impact", ref, look.sight, look.at, zone, by)
    return reading.remember(key, lambda: _count(reading, look, ref, zone, by))


def _count(reading: Reading, look: Look, ref: str, zone: str, by: str) -> ImpactView:
    behind = cases_behind(reading, look)
    filters = figure_filters(ref, look.at, zone)
    windows = _windows(look.at, zone)
    weeks = gap_weeks(behind, windows)
    has_filter = look.gap is not None and look.gap.matching is not None
    found, why_not = _outlook(behind, weeks, windows, has_filter=has_filter)
    recent = behind.of(filters["recent"])
    values = dimension_counts(behind, by, recent)
    return ImpactView(
        ref=ref,
        figures=_figures(behind, filters),
        spent=time_spent(behind),
        reach=_reach(behind),
        by=by,
        values=tuple((one, filters["cases"].having(**{by: (one.value,)})) for one in values),
        partner_names={},
        trend=_trend(weeks, windows, filters["cases"], zone),
        outlook=found,
        why_no_outlook=why_not,
        behind=_behind(weeks, filters["cases"], zone),
        has_filter=has_filter,
        is_own_only=_is_own_only(look.scope),
        version=reading.version,
        at=from_micros(look.at),
        zone=zone,
        is_refreshing=reading.is_refreshing,
        notices=(),
    )


def _windows(at: int, zone: str) -> WeekWindows:
    return _until(day_of(at, zone), zone)


@lru_cache(64)
def _until(day: date, zone: str) -> WeekWindows:
    """The complete weeks before a day; making them anew costs as much as counting a gap in them."""
    noon = from_micros(day_start(day, zone) + HALF_DAY_US)
    return week_windows(noon, zone, impact_rules().history_weeks, running=False)


def _figures(behind: CasesBehind, filters: Mapping[str, CaseFilter]) -> dict[str, Figure]:
    counts = {name: behind.count(filter_) for name, filter_ in filters.items()}
    return {
        name: Figure(
            definition,
            counts[name],
            filters[name],
            counts[definition.of] if definition.of else None,
            filters[definition.of] if definition.of else None,
        )
        for name, definition in FIGURES.items()
    }


def _reach(behind: CasesBehind) -> Reach:
    partners = {*partner_codes(behind).tolist()} - {0}
    return Reach(len(partners), {name: behind.different(name) for name in REACH})


def _trend(
    weeks: GapWeeks, windows: WeekWindows, cases: CaseFilter, zone: str
) -> tuple[tuple[TrendWeek, CaseFilter], ...]:
    return tuple((one, _of_week(cases, one, zone)) for one in trend(weeks, windows))


def _of_week(cases: CaseFilter, week: TrendWeek, zone: str) -> CaseFilter:
    return received_in(cases, week.first_day, week.last_day, zone)


def _outlook(
    behind: CasesBehind, weeks: GapWeeks, windows: WeekWindows, *, has_filter: bool
) -> tuple[Outlook | None, str]:
    """Linked cases alone foresee nothing: they come when somebody links them."""
    if not has_filter:
        return None, NO_FILTER
    found = outlook(weeks, usual_shares(behind.reading, behind.look, windows))
    return found, "" if found else FEW_WEEKS


def _behind(weeks: GapWeeks, cases: CaseFilter, zone: str) -> Behind:
    ripe = weeks.ripe_filter(cases, zone)
    return Behind(
        cases=weeks.ripe_cases,
        hits={name: sum(weeks.hits[name]) for name in HITS},
        filter=ripe,
        hit_filters={name: hit_filter(ripe, name) for name in HITS},
    )


@dataclass(frozen=True, slots=True)
class _Standing:
    """One gap before it has a place, which needs all of them."""

    cases: Counted
    recent: Counted
    behind: Behind
    expected: Predicted | None
    why_not: str


def _standing(reading: Reading, ref: str, look: Look, zone: str) -> _Standing:
    key = ("gap standing", ref, look.sight, look.at, zone)
    return reading.remember(key, lambda: _stand(reading, ref, look, zone))


def _stand(reading: Reading, ref: str, look: Look, zone: str) -> _Standing:
    behind = cases_behind(reading, look)
    cases = ground(ref)
    recent = recent_filter(cases, look.at, zone)
    days = last_days(impact_rules().recent_days, look.at, zone)
    windows = _windows(look.at, zone)
    weeks = gap_weeks(behind, windows)
    has_filter = look.gap is not None and look.gap.matching is not None
    found, why_not = _outlook(behind, weeks, windows, has_filter=has_filter)
    return _Standing(
        cases=Counted(len(behind.places), cases),
        recent=Counted(received_between(behind, days[0], days[-1], zone), recent),
        behind=_behind(weeks, cases, zone),
        expected=found.hits[MEASURE] if found else None,
        why_not=why_not,
    )


def _in_order(found: Mapping[str, _Standing], gaps: Mapping[str, Gap]) -> tuple[RankedGap, ...]:
    """Those with a place by it; then the others, the one with most cases first."""
    places = {
        place.ref: place
        for place in ranked([(ref, one.expected) for ref, one in found.items() if one.expected])
    }
    others = sorted(found.keys() - places.keys(), key=lambda ref: (-found[ref].cases.count, ref))
    return tuple(
        RankedGap(
            gap=gaps[ref],
            cases=found[ref].cases,
            recent=found[ref].recent,
            behind=found[ref].behind,
            place=places.get(ref),
            why_not=found[ref].why_not,
        )
        for ref in (*places, *others)
    )


def _is_own_only(scope: Scope) -> bool:
    return scope.partner_ids is not None

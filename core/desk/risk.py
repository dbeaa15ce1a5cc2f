"""The heatmap as one person sees it: cells of one sequence number, each with the cases behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from core.access.model import Person, Scope
from core.access.rules import require
from core.cases.filter import CaseFilter, Segment, Sort
from core.cases.measures import zone_of
from core.cases.windows import day_of, day_start, next_day
from core.clock import from_micros
from core.desk.boot import Desk
from core.desk.queue import look_of
from core.risk.cell_rules import cell_rules
from core.risk.cells import Counted, Heat
from core.risk.heat_ask import (
    ALL,
    CALENDAR,
    DAY,
    DEFAULT,
    HOUR,
    TIMES,
    WEEKDAY,
    HeatmapAsk,
    Measure,
    compared_week,
    last_week,
    usable,
)
from core.risk.heat_measures import MEASURES, MeasureDefinition
from core.risk.heat_table import Stretch, counted, in_order
from core.risk.heat_values import CodedCases, ValueHeat, compare_values, value_heat
from core.risk.heatmap import Heatmap, heatmap
from core.risk.weeks import WeekWindows, week_windows, weeks_of
from core.storage.heat_counts import Ground, measured_cases, weekly_table
from core.storage.queue import with_grants
from core.storage.queue_conditions import Look
from core.storage.snapshot import Reading

# What the rows and columns of a heatmap can be, besides times.
DIMENSIONS = (
    *("abuse_type", "abuse_family", "market", "region", "language", "channel", "source_type"),
    *("surface", "platform", "partner_category", "tier", "partner", "requester_kind", "priority"),
    *("status", "owner", "outcome", "overturn_reason", "enforcement_action", "clause", "team"),
)


@dataclass(frozen=True)
class HeatmapView:
    """A heatmap with its weeks; every count in it opens exactly its cases."""

    ask: HeatmapAsk
    heat: Heat | ValueHeat
    measure: MeasureDefinition
    cases: int  # that the measure counts in the shown weeks, whether their cells are shown or not
    left_out: int
    left_out_cases: int
    before: Mapping[tuple[str, str], int] | None  # cases of each cell of the other period
    mondays: tuple[date, ...]  # first days of the shown weeks
    last_day: date
    compared: tuple[date, ...]  # first days of the weeks compared with
    last_complete: date  # Monday of the last complete week
    filter: CaseFilter  # what all cases satisfy besides the weeks
    partner_names: dict[str, str]
    version: int
    at: datetime
    zone: str
    is_refreshing: bool
    notices: tuple[str, ...]

    @property
    def judged(self) -> Mapping[str, float]:
        """Sums over all cells judged together, shown or not."""
        return self.heat.total

    def cell_filter(self, row: str = ALL, column: str = ALL) -> CaseFilter:
        """The cases of a cell; of a whole row or column where the other is ``ALL``."""
        parts: dict[str, object] = {"received_from": self.mondays[0], "received_to": self.last_day}
        for name, value in ((self.ask.rows, row), (self.ask.columns, column)):
            if value != ALL:
                parts |= self._part(name, value)
        counted = self.measure.counted(self.filter, self.mondays[0])
        return counted.but(zone=self.zone, **parts)

    def _part(self, name: str, value: str) -> dict[str, object]:
        if name == WEEKDAY:
            return {"received_weekday": int(value)}
        if name == HOUR:
            return {"received_hour": int(value)}
        if name not in CALENDAR:
            return {name: (value,)}
        first = date.fromisoformat(value)
        last = first if name == DAY else first + timedelta(days=6)
        return {"received_from": first, "received_to": min(last, self.last_day)}


@dataclass(frozen=True)
class _Plan:
    """The weeks of a table at one moment: those shown, those compared with, and all before."""

    windows: WeekWindows
    shown: Stretch
    other: Stretch | None
    last_complete: date


def heatmap_view(
    desk: Desk, person: Person, filter_: CaseFilter, ask: HeatmapAsk = DEFAULT, zone: str = ""
) -> HeatmapView:
    """Judge weeks of a filter; its own dates and state of cases do not count."""
    require(person, "risk.read")
    zone = zone_of(filter_, zone or person.zone)
    look, notices = look_of(desk, person, filter_)
    ask = usable(ask, DIMENSIONS, _last_complete(look.at, zone))
    measure = MEASURES[Measure(ask.measure)]
    filter_ = ground(filter_, ask)
    plan = _plan(ask, look.at, zone)
    with desk.snapshot.reading() as reading:
        look = with_grants(reading, look)
        place = Ground(reading, filter_, look, plan.windows, zone)
        key = ("heatmap", filter_, look_key(look, measure), ask, plan.windows.mondays, zone)
        found = reading.remember(key, lambda: _judge(place, ask, plan, measure))
        partners = partner_names(reading, look.scope)
    return HeatmapView(
        ask=ask,
        heat=found.heat,
        measure=measure,
        cases=found.cases,
        left_out=found.left_out,
        left_out_cases=found.left_out_cases,
        before=found.before,
        mondays=plan.shown.mondays,
        last_day=plan.shown.last_day,
        compared=plan.other.mondays if plan.other else (),
        last_complete=plan.last_complete,
        filter=filter_,
        partner_names=partners,
        version=reading.version,
        at=from_micros(look.at),
        zone=zone,
        is_refreshing=reading.is_refreshing,
        notices=notices,
    )


def partner_names(reading: Reading, scope: Scope) -> dict[str, str]:
    """Names by reference of the partners in a scope."""
    return {
        ref: name
        for key, (ref, name) in reading.partners.items()
        if scope.partner_ids is None or key in scope.partner_ids
    }


def ground(filter_: CaseFilter, ask: HeatmapAsk) -> CaseFilter:
    """The filter without what the heatmap itself decides: times, state, and its own dimensions."""
    times = [name for name in type(filter_).model_fields if name.endswith(("_from", "_to"))]
    times += ["received_weekday", "received_hour", "due_within", "age_over", "age_under"]
    kept = filter_.without(*times, "flags", "whose")
    own: dict[str, object] = {name: () for name in ask.axes if name not in TIMES}
    own |= dict.fromkeys(MEASURES[Measure(ask.measure)].decides, ())
    return kept.having(segment=Segment.ALL, sort=Sort.RECEIVED, **own)


def look_key(look: Look, measure: MeasureDefinition | None = None) -> tuple[object, ...]:
    """What of a look the cases of a heatmap depend on: the minute only where clocks are judged."""
    minute = look.at if measure and measure.measure is Measure.BREACH else None
    return (look.sight, minute)


def _judge(place: Ground, ask: HeatmapAsk, plan: _Plan, measure: MeasureDefinition) -> Heatmap:
    rules = cell_rules()
    if measure.kind != "count":
        return _value_map(place, ask, plan, measure)
    look = look_key(place.look, measure)
    edges = (plan.windows.mondays, plan.windows.days)
    key = (place.filter, look, edges, place.zone)
    remember = place.reading.remember
    # The same counts serve every length, end and comparison of one pair of dimensions.
    table = remember(
        ("heat table", ask.coded, *key), lambda: weekly_table(place, ask.coded, rules.most_values)
    )
    weeks = weeks_of(plan.windows, rules.expectation.rest_day_share)

    def expected(stretch: Stretch) -> Counted:
        # Weeks that were shown before are often compared with others next.
        which = (ask.rows, ask.columns, stretch.mondays, stretch.last_day)
        return remember(
            ("heat counts", which, *key),
            lambda: counted(table, ask, stretch, weeks, rules),
        )

    now = expected(plan.shown)
    then = expected(plan.other) if plan.other else None
    return heatmap(table, ask, plan.shown, (now, then), rules)


def _value_map(place: Ground, ask: HeatmapAsk, plan: _Plan, measure: MeasureDefinition) -> Heatmap:
    ordered = in_order(ask, TIMES)
    coded = measured_cases(place, ask, plan.shown, measure)
    heat = value_heat(coded, measure.kind, ordered)
    before = None
    if plan.other is not None:
        # Of the other period every cell may be needed, so none is cut from it.
        then = measured_cases(place, ask, plan.other, measure)
        then = _in_place(then, ask, plan)
        most = max(2, len(then.rows), len(then.columns))
        uncut = cell_rules().model_copy(update={"shown_values": most})
        earlier = value_heat(then, measure.kind, ordered, uncut)
        keys = zip(earlier.cells["row"], earlier.cells["column"], strict=True)
        before = dict(zip(keys, earlier.cells["observed"].tolist(), strict=True))
        heat = compare_values(heat, earlier)
    left_out = len(coded.rows) + len(coded.columns) - len(heat.rows) - len(heat.columns)
    hidden = len(coded.row) - int(heat.cells["observed"].sum())
    return Heatmap(heat, len(coded.row), left_out, hidden, before)


def _in_place(then: CodedCases, ask: HeatmapAsk, plan: _Plan) -> CodedCases:
    """Weeks and days of the other period under the names of the shown ones, place by place."""
    rows = plan.shown.names(ask.rows) if ask.rows in CALENDAR else then.rows
    columns = plan.shown.names(ask.columns) if ask.columns in CALENDAR else then.columns
    return replace(then, rows=rows, columns=columns)


def _last_complete(at: int, zone: str) -> date:
    return week_windows(from_micros(at), zone, 1, running=False).mondays[0]


def _plan(ask: HeatmapAsk, at: int, zone: str) -> _Plan:
    """Weeks long enough for the history of whatever lies furthest back."""
    rules = cell_rules()
    complete = _last_complete(at, zone)
    last = last_week(ask, complete)
    other = compared_week(ask, complete)
    latest = max(last, complete) if ask.is_running else complete
    # The longest offered length for all, and room to compare it with the weeks before, so that a
    # change of the length or a comparison counts nothing anew.
    longest = max(rules.shown_weeks)
    furthest = min(day for day in (last, other) if day is not None)
    back = max(longest, (latest - furthest).days // 7)
    count = back + longest + rules.history_weeks
    windows = week_windows(from_micros(at), zone, count, running=ask.is_running)
    today = day_of(at, zone)
    if ask.is_running:
        # Nothing is received later than now, and a filter knows whole days.
        ends = windows.ends.copy()
        ends[-1] = day_start(next_day(today), zone)
        windows = replace(windows, ends=ends)
    shown = _stretch(windows, last, ask.weeks, today)
    return _Plan(
        windows,
        shown,
        None if other is None else _stretch(windows, other, ask.weeks, today),
        complete,
    )


def _stretch(windows: WeekWindows, last: date, weeks: int, today: date) -> Stretch:
    end = windows.mondays.index(last) + 1
    return Stretch(end, windows.mondays[end - weeks : end], min(last + timedelta(days=6), today))

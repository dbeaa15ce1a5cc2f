"""The heatmap as one person sees it: cells of one sequence number, each with the cases behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.access.model import Person
from core.access.rules import require
from core.cases.filter import CaseFilter, Segment, Sort
from core.cases.measures import zone_of
from core.clock import from_micros
from core.desk.boot import Desk
from core.desk.queue import look_of
from core.risk.cell_rules import cell_rules
from core.risk.cells import Heat
from core.risk.heatmap import WEEK, Heatmap, HeatmapAsk, heatmap
from core.risk.weeked_cases import Dimension, WeekedCases
from core.risk.weeks import WeekWindows, week_windows, weeks_of
from core.storage.queue import with_grants
from core.storage.queue_conditions import Look
from core.storage.snapshot import Reading
from core.storage.weeked_cases import weeked_cases

# What the rows and columns of a heatmap can be; the columns can be weeks as well.
DIMENSIONS = (
    *("abuse_type", "abuse_family", "market", "region", "language", "channel", "source_type"),
    *("surface", "platform", "partner_category", "tier", "partner", "requester_kind", "priority"),
    *("outcome", "overturn_reason", "enforcement_action", "clause", "team"),
)
DEFAULT = HeatmapAsk("abuse_type", "market", 4)


@dataclass(frozen=True)
class HeatmapView:
    """A heatmap with its weeks; every count in it opens exactly its cases."""

    ask: HeatmapAsk
    heat: Heat
    judged: Mapping[str, float]  # sums over all cells judged together, shown or not
    left_out: int
    left_out_cases: int
    mondays: tuple[date, ...]  # first days of the shown weeks
    history_weeks: int
    filter: CaseFilter  # what all cases satisfy besides the weeks
    partner_names: dict[str, str]
    version: int
    at: datetime
    zone: str
    is_refreshing: bool
    notices: tuple[str, ...]

    def cell_filter(self, row: str = "", column: str = "", *, whole: str = "") -> CaseFilter:
        """The cases of a cell; of a whole row or column with ``whole`` naming which."""
        parts: dict[str, object] = {"received_from": self.mondays[0], "received_to": self.last_day}
        if whole != "column":
            parts[self.ask.rows] = (row,)
        if whole != "row":
            parts |= self._column(column)
        return self.filter.but(zone=self.zone, **parts)

    @property
    def last_day(self) -> date:
        """The Sunday that the shown weeks end with."""
        return self.mondays[-1] + timedelta(days=6)

    def _column(self, column: str) -> dict[str, object]:
        if self.ask.columns != WEEK:
            return {self.ask.columns: (column,)}
        monday = date.fromisoformat(column)
        return {"received_from": monday, "received_to": monday + timedelta(days=6)}


def heatmap_view(
    desk: Desk, person: Person, filter_: CaseFilter, ask: HeatmapAsk = DEFAULT, zone: str = ""
) -> HeatmapView:
    """Judge the last complete weeks of a filter; its own dates and state of cases do not count."""
    require(person, "risk.read")
    rules = cell_rules()
    ask = usable(ask)
    filter_ = ground(filter_, ask)
    look, notices = look_of(desk, person, filter_)
    zone = zone_of(filter_, zone or person.zone)
    count = rules.history_weeks + ask.weeks
    windows = week_windows(from_micros(look.at), zone, count, running=False)
    with desk.snapshot.reading() as reading:
        look = with_grants(reading, look)
        key = ("heatmap", filter_, look_key(look), ask, windows.mondays, zone)

        def judge() -> Heatmap:
            cases = _cases(reading, filter_, look, ask, windows)
            weeks = weeks_of(windows, rules.expectation.rest_day_share)
            return heatmap(cases, ask, windows.mondays, weeks, rules)

        found = reading.remember(key, judge)
        partners = dict(reading.partners.values())
    return HeatmapView(
        ask=ask,
        heat=found.heat,
        judged=found.judged,
        left_out=found.left_out,
        left_out_cases=found.left_out_cases,
        mondays=windows.mondays[-ask.weeks :],
        history_weeks=rules.history_weeks,
        filter=filter_,
        partner_names=partners,
        version=reading.version,
        at=from_micros(look.at),
        zone=zone,
        is_refreshing=reading.is_refreshing,
        notices=notices,
    )


def ground(filter_: CaseFilter, ask: HeatmapAsk) -> CaseFilter:
    """The filter without what the heatmap itself decides: dates, state, and its own dimensions."""
    dates = [name for name in type(filter_).model_fields if name.endswith(("_from", "_to"))]
    kept = filter_.without(*dates, "due_within", "age_over", "age_under", "flags", "whose")
    own = {ask.rows: (), **({ask.columns: ()} if ask.columns != WEEK else {})}
    return kept.having(segment=Segment.ALL, sort=Sort.RECEIVED, **own)


def usable(ask: HeatmapAsk) -> HeatmapAsk:
    """The ask with defaults in place of what is no dimension, no offered length, or both alike."""
    rows = ask.rows if ask.rows in DIMENSIONS else DEFAULT.rows
    columns = ask.columns if ask.columns in (*DIMENSIONS, WEEK) else DEFAULT.columns
    if rows == columns:
        columns = WEEK
    lengths = cell_rules().shown_weeks
    return HeatmapAsk(rows, columns, ask.weeks if ask.weeks in lengths else DEFAULT.weeks)


def look_key(look: Look) -> tuple[object, ...]:
    """What of a look the cases of a heatmap depend on: not the minute."""
    return (look.scope, look.granted, look.found)


def _cases(
    reading: Reading,
    filter_: CaseFilter,
    look: Look,
    ask: HeatmapAsk,
    windows: WeekWindows,
) -> WeekedCases:
    names = [ask.rows] if ask.columns == WEEK else [ask.rows, ask.columns]
    found = weeked_cases(reading, filter_, look, names, windows)
    if all(d.values for d in found.dimensions):
        return found
    # Without a case a dimension has no value; the heatmap of nothing still has a shape.
    empty = tuple(Dimension(d.name, d.values or ("",), d.codes) for d in found.dimensions)
    return WeekedCases(empty, found.week, found.weeks)

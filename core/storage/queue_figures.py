"""Tiles and charts of the queue, counted in the snapshot by the definitions of ``core.cases.measures``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from sqlalchemy import ColumnElement, case, func, literal, select, union_all

from core.cases import measures
from core.cases.filter import CaseFilter, Flag
from core.cases.model import AgeingMark, FlowMark, Tile
from core.cases.windows import day_edges, last_days, queue_windows
from core.storage.queue_conditions import (
    MINUTE_US,
    Condition,
    Look,
    conditions,
    has_flag,
    where,
)
from core.storage.snapshot import Reading
from core.storage.snapshot.tables import CASES, OPEN_CASES

# Every zone's days begin at a full quarter of an hour, so quarters can be added up to days.
QUARTER_US = 15 * MINUTE_US
P90 = 90
Whole = npt.NDArray[np.int64]
Series = tuple[float | None, ...]


@dataclass(frozen=True)
class _Replies:
    """First replies with a known FRT: when, and after how long."""

    at: Whole
    took: Whole

    def p90(self, since: int, until: int) -> tuple[float | None, int]:
        """The percentile over [since, until), and how many replies it rests on."""
        took = self.took[(self.at >= since) & (self.at < until)]
        return (float(np.percentile(took, P90)) if len(took) else None), len(took)


def tiles(reading: Reading, filter_: CaseFilter, look: Look, zone: str) -> tuple[Tile, ...]:
    """All tiles of a view."""
    days = last_days(queue_windows().spark_days, look.at, zone)
    edges = day_edges(days, zone)
    now = _open_now(reading, filter_, look)
    daily = _daily(reading, filter_, look, edges)
    replies = _replies(reading, filter_, look, edges)
    series: dict[str, Series] = {
        "open": _levels(now["open"], daily["received"], daily["ended"]),
        "breached": tuple(float(n) for n in daily["breached"]),
        "frt_p90": tuple(replies.p90(*pair)[0] for pair in pairwise(edges)),
    }
    found = []
    for tile in measures.TILES:
        opened = measures.tile_filter(tile.name, filter_, look.at, zone)
        value, n = _value(tile.name, now, look.at)
        found.append(
            Tile(
                name=tile.name,
                label=tile.label,
                definition=measures.tile_definition(tile),
                unit=tile.unit,
                value=value,
                n=n,
                filter=opened,
                series=series.get(tile.name, ()),
                series_label=tile.series_label,
            )
        )
    return (*found[:-1], _response_tile(found[-1], filter_, look, zone, replies))


def ageing(reading: Reading, filter_: CaseFilter, look: Look) -> tuple[AgeingMark, ...]:
    """Open cases by age and owner of time; pieces without a case are left out."""
    ground = measures.ageing_ground(filter_)
    buckets = queue_windows().ageing_buckets()
    youngest_first = [
        (OPEN_CASES.c.received_at > look.at - upper * MINUTE_US, position)
        for position, (_, _, upper) in enumerate(buckets)
        if upper is not None
    ]
    position = case(*youngest_first, else_=len(buckets) - 1)
    statement = (
        select(OPEN_CASES.c.owner, position.label("bucket"), func.count())
        .where(where(conditions(ground, OPEN_CASES, look)))
        .group_by(OPEN_CASES.c.owner, "bucket")
        .order_by("bucket", OPEN_CASES.c.owner)
    )
    marks = []
    for owner, place, number in reading.rows(statement):
        label, over, under = buckets[place]
        opened = measures.ageing_filter(filter_, owner, over, under)
        marks.append(AgeingMark(owner, label, place, number, opened))
    return tuple(marks)


def flow(
    reading: Reading, filter_: CaseFilter, look: Look, zone: str, days: int
) -> tuple[FlowMark, ...]:
    """Cases received and finally resolved on each of the last days, today included."""
    each = last_days(days, look.at, zone)
    edges = day_edges(each, zone)
    ground = measures.flow_ground(filter_)
    condition = where(conditions(ground, CASES, look))
    moments = {"arrivals": CASES.c.received_at, "resolutions": CASES.c.resolved_at}
    counts = _per_day(reading, condition, moments, edges)
    return tuple(
        FlowMark(day, kind, int(number), measures.flow_filter(filter_, kind, day, zone))
        for kind in ("arrivals", "resolutions")
        for day, number in zip(each, counts[kind], strict=True)
    )


def _open_now(reading: Reading, filter_: CaseFilter, look: Look) -> dict[str, int | None]:
    ground = measures.tile_ground(filter_)
    condition = where(conditions(ground, OPEN_CASES, look))
    due = conditions(CaseFilter(due_within=queue_windows().due_within_minutes), OPEN_CASES, look)[
        "due_within"
    ]
    statement = select(
        func.count(),
        _tally(has_flag(Flag.BREACHED, OPEN_CASES, look)),
        _tally(due),
        _tally(has_flag(Flag.UNASSIGNED, OPEN_CASES, look)),
        func.min(OPEN_CASES.c.received_at),
    ).where(condition)
    names = ("open", "breached", "due_soon", "unassigned", "oldest")
    return dict(zip(names, reading.rows(statement)[0], strict=True))


def _value(name: str, now: Mapping[str, int | None], at: int) -> tuple[float | None, int]:
    number = now.get(name)
    if name == "oldest":
        return (None if number is None else at - number), now["open"] or 0
    return number, number or 0


def _response_tile(
    tile: Tile, filter_: CaseFilter, look: Look, zone: str, replies: _Replies
) -> Tile:
    window = measures.response_window(look.at, zone)
    before = measures.response_window(look.at, zone, back=1)
    value, n = _p90_of(replies, window, zone)
    value_before, n_before = _p90_of(replies, before, zone)
    return Tile(
        name=tile.name,
        label=tile.label,
        definition=tile.definition,
        unit=tile.unit,
        value=value,
        n=n,
        filter=tile.filter,
        before=value_before,
        before_n=n_before,
        before_filter=measures.response_filter(filter_, *before, zone),
        series=tile.series,
        series_label=tile.series_label,
    )


def _p90_of(replies: _Replies, days: tuple[date, date], zone: str) -> tuple[float | None, int]:
    edges = day_edges(days, zone)
    return replies.p90(edges[0], edges[-1])


def _replies(reading: Reading, filter_: CaseFilter, look: Look, edges: Sequence[int]) -> _Replies:
    ground = measures.tile_ground(filter_).without("responded_from", "responded_to")
    moment, took = CASES.c.first_response_at, CASES.c.frt_us
    statement = select(moment, took).where(
        moment >= edges[0],
        moment < edges[-1],
        took.is_not(None),
        where(conditions(ground, CASES, look)),
    )
    found = reading.columns(statement)
    return _Replies(found["first_response_at"].astype(np.int64), found["frt_us"].astype(np.int64))


def _daily(
    reading: Reading, filter_: CaseFilter, look: Look, edges: Sequence[int]
) -> dict[str, Whole]:
    condition = where(conditions(measures.tile_ground(filter_), CASES, look))
    moments = {
        "received": CASES.c.received_at,
        "ended": CASES.c.ended_at,
        "breached": CASES.c.first_breached_at,
    }
    return _per_day(reading, condition, moments, edges)


def _per_day(
    reading: Reading,
    condition: Condition,
    moments: Mapping[str, ColumnElement[int]],
    edges: Sequence[int],
) -> dict[str, Whole]:
    """For each kind of moment, how many fall on each day between the edges."""
    arms = []
    for kind, moment in moments.items():
        quarter = moment.op("//")(QUARTER_US)
        arms.append(
            select(literal(kind).label("kind"), quarter.label("quarter"), func.count().label("n"))
            .where(moment >= edges[0], moment < edges[-1], condition)
            .group_by("quarter")
        )
    found = reading.columns(union_all(*arms))
    places = np.searchsorted(edges, found["quarter"].astype(np.int64) * QUARTER_US, "right") - 1
    counts = {}
    for kind in moments:
        mine = found["kind"] == kind
        weights = found["n"][mine]
        daily = np.bincount(places[mine], weights=weights, minlength=len(edges) - 1)
        counts[kind] = daily.astype(np.int64)
    return counts


def _levels(now: int | None, came: Whole, went: Whole) -> Series:
    """Open cases at the end of each day, walked back from now."""
    later = np.cumsum((came - went)[::-1])[::-1]
    ends = (now or 0) - np.append(later[1:], 0)
    return tuple(float(n) for n in ends)


def _tally(condition: Condition) -> ColumnElement[int]:
    return func.count(case((condition, 1)))

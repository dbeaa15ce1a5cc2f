"""The queue as one person sees it: rows, tiles, facets and charts of one sequence number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import pandas as pd

from core.access.model import Person, Scope
from core.access.rules import may, require, scope_of
from core.cases.filter import DIMENSIONS, CaseFilter, Sort
from core.cases.measures import SORT_RULES, zone_of
from core.cases.model import AgeingMark, Cursor, Facets, FlowMark, Tile, Viewer
from core.cases.windows import queue_windows
from core.clock import from_micros, to_micros
from core.desk.boot import Desk
from core.desk.health_history import hold_health_ready
from core.errors import BadInput, NotFound
from core.storage.cases import rows_by_ids
from core.storage.gap_conditions import NO_CASES, resolved
from core.storage.queue import at_cursor, look_at, page_ids, with_grants
from core.storage.queue_conditions import MINUTE_US, Found, Look
from core.storage.queue_counts import Counted, count_facets
from core.storage.queue_figures import ageing, flow, tiles
from core.storage.queue_matches import hold_ready
from core.storage.snapshot import Reading


@dataclass(frozen=True)
class QueueView:
    """One page of the queue with all that stands around it; everything counts the same cases."""

    rows: pd.DataFrame  # shape QUEUE_ROWS of core.storage.cases, in the order of the filter's sort
    total: int
    first: int  # position of the first row, from 1; 0 when there is none
    next: Cursor | None
    previous: Cursor | None
    tiles: tuple[Tile, ...]
    facets: Facets
    ageing: tuple[AgeingMark, ...]
    flow: tuple[FlowMark, ...]
    flow_days: int
    sort_rule: str
    version: int  # sequence number of the snapshot that everything was counted in
    at: datetime  # the minute that ages and due times were judged at
    zone: str  # the zone that days in tiles and charts belong to
    is_refreshing: bool  # a large change is being taken over in the background
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Ask:
    """What the counts of a view depend on, besides the version of the snapshot."""

    filter: CaseFilter
    look: Look
    zone: str
    flow_days: int
    facets: tuple[str, ...]


@dataclass(frozen=True)
class _Counts:
    """What surrounds the rows; the same for every page and order of one filter."""

    counted: Counted
    tiles: tuple[Tile, ...]
    ageing: tuple[AgeingMark, ...]
    flow: tuple[FlowMark, ...]


def get_ready(desk: Desk) -> None:
    """Begin to load all cases, so that whoever looks first need not wait for the whole of it."""

    def hold(reading: Reading) -> None:
        hold_ready(reading, to_micros(desk.clock.now()))
        hold_health_ready(reading)

    desk.snapshot.begin(hold)


def queue_view(  # noqa: PLR0913 -- the last three are choices of the screen
    desk: Desk,
    person: Person,
    filter_: CaseFilter,
    cursor: Cursor | None = None,
    *,
    flow_days: int = 0,
    zone: str = "",
    facets: tuple[str, ...] = tuple(DIMENSIONS),
) -> QueueView:
    """The queue for a filter; ``zone`` is the one that the person chose, else their own."""
    require(person, "queue.read")
    scope = scope_of(person)
    look, notices = look_of(desk, person, filter_)
    days = flow_days if flow_days in queue_windows().flow_days else queue_windows().flow_days[0]
    view_zone = zone_of(filter_, zone or person.zone)
    with desk.snapshot.reading() as reading:
        look = with_grants(reading, look)
        ask = _Ask(filter_, look, view_zone, days, facets)
        counts = _counts(reading, ask)
        then = at_cursor(look, desk.book, cursor)
        page = page_ids(reading, filter_, then, cursor, queue_windows().page_size)
    return QueueView(
        rows=_rows(desk, scope, page.ids, look),
        total=counts.counted.total,
        first=page.first,
        next=page.next,
        previous=page.previous,
        tiles=counts.tiles,
        facets=counts.counted.facets,
        ageing=counts.ageing,
        flow=counts.flow,
        flow_days=days,
        sort_rule=SORT_RULES[filter_.sort],
        version=reading.version,
        at=from_micros(look.at),
        zone=view_zone,
        is_refreshing=reading.is_refreshing,
        notices=notices,
    )


def _rows(desk: Desk, scope: Scope, ids: Sequence[int], look: Look) -> pd.DataFrame:
    with desk.store.read() as connection:
        return rows_by_ids(connection, scope, ids, look)


def look_of(desk: Desk, person: Person, filter_: CaseFilter) -> tuple[Look, tuple[str, ...]]:
    """The look of a person at this minute, with what text, references and gap name; and notices."""
    scope = scope_of(person)
    # A whole minute, so that turning a page does not count everything anew.
    minute = to_micros(desk.clock.now()) // MINUTE_US * MINUTE_US
    look = look_at(desk.book, scope, Viewer(person.username, person.team), minute)
    if not (filter_.names_cases or filter_.gap):
        return look, ()
    reads_gaps = may(person, "gap.read")
    try:
        with desk.store.read() as connection:
            return resolved(connection, filter_, look, reads_gaps=reads_gaps), ()
    except BadInput as problem:
        return replace(look, found=Found()), (f"{problem.message}: {problem.hint}.",)
    except NotFound as problem:
        return replace(look, gap=NO_CASES), (problem.message,)


def _counts(reading: Reading, ask: _Ask) -> _Counts:
    key = replace(ask, filter=ask.filter.but(sort=Sort.URGENCY))
    return reading.remember(key, lambda: _count(reading, ask))


def _count(reading: Reading, ask: _Ask) -> _Counts:
    return _Counts(
        count_facets(reading, ask.filter, ask.look, ask.facets),
        tiles(reading, ask.filter, ask.look, ask.zone),
        ageing(reading, ask.filter, ask.look),
        flow(reading, ask.filter, ask.look, ask.zone, ask.flow_days),
    )

"""Tiles and charts of the queue, counted in the snapshot by the definitions of ``core.cases.measures``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from sqlalchemy import ColumnElement

from core.cases import measures
from core.cases.filter import CaseFilter, Flag
from core.cases.model import AgeingMark, FlowMark, Tile
from core.cases.windows import day_edges, last_days, queue_windows
from core.storage.queue_conditions import MINUTE_US, Look, conditions, has_flag
from core.storage.queue_matches import Extent, Matches, codes_of, matches, recent
from core.storage.snapshot import Reading
from core.storage.snapshot.columns import Mask, Numbers
from core.storage.snapshot.tables import CASES, OPEN_CASES

P90_SHARE = 0.9
Whole = npt.NDArray[np.int64]
Series = tuple[float | None, ...]


@dataclass(frozen=True)
class _Replies:
    """First replies with a known FRT: when, and after how long."""

    at: Whole
    took: Whole

    def p90(self, since: int, until: int) -> tuple[float | None, int]:
        """The percentile over [since, until), and how many replies it rests on."""
        took = np.sort(self.took[(self.at >= since) & (self.at < until)])
        return _percentile(took, P90_SHARE), len(took)


def tiles(reading: Reading, filter_: CaseFilter, look: Look, zone: str) -> tuple[Tile, ...]:
    """All tiles of a view."""
    days = last_days(queue_windows().spark_days, look.at, zone)
    edges = day_edges(days, zone)
    now = _open_now(reading, filter_, look)
    daily = _daily(reading, filter_, look, edges)
    replies = _replies(reading, filter_, look)
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
    found = matches(reading, ground, look, Extent(OPEN_CASES))
    among = found.all()
    ages = look.at - found.rows.numbers(OPEN_CASES.c.received_at).numbers[among]
    # A case is in a bucket from its lower edge on, so the age at an edge belongs to the older one.
    edges = [over * MINUTE_US for _, over, _ in buckets[1:]]
    places = np.searchsorted(edges, ages, side="right")
    owners, holders = codes_of(reading, found, Extent(OPEN_CASES), "owner")
    pairs = owners[among].astype(np.int64) * len(buckets) + places
    numbers = np.bincount(pairs, minlength=len(holders) * len(buckets))
    marks = []
    for pair in np.flatnonzero(numbers).tolist():
        holder, place = holders[pair // len(buckets)], pair % len(buckets)
        label, over, under = buckets[place]
        opened = measures.ageing_filter(ground, holder, over, under)
        marks.append(AgeingMark(holder, label, place, int(numbers[pair]), opened))
    return tuple(sorted(marks, key=lambda mark: (mark.position, mark.owner)))


def flow(
    reading: Reading, filter_: CaseFilter, look: Look, zone: str, days: int
) -> tuple[FlowMark, ...]:
    """Cases received and finally resolved on each of the last days, today included."""
    each = last_days(days, look.at, zone)
    edges = day_edges(each, zone)
    ground = measures.flow_ground(filter_)
    found = matches(reading, ground, look, recent(look, days))
    moments = {"arrivals": CASES.c.received_at, "resolutions": CASES.c.resolved_at}
    counts = _per_day(found, moments, edges)
    return tuple(
        FlowMark(day, kind, int(number), measures.flow_filter(ground, kind, day, zone))
        for kind in ("arrivals", "resolutions")
        for day, number in zip(each, counts[kind], strict=True)
    )


def _open_now(reading: Reading, filter_: CaseFilter, look: Look) -> dict[str, int | None]:
    soon = CaseFilter(due_within=queue_windows().due_within_minutes)
    tallies = {
        "breached": has_flag(Flag.BREACHED, OPEN_CASES, look),
        "due_soon": conditions(soon, OPEN_CASES, look)["due_within"],
        "unassigned": has_flag(Flag.UNASSIGNED, OPEN_CASES, look),
    }
    received = OPEN_CASES.c.received_at
    ground = measures.tile_ground(filter_)
    found = matches(reading, ground, look, Extent(OPEN_CASES))
    among = found.all()
    moments = found.rows.numbers(received).numbers[among]
    counts: dict[str, int | None] = {n: found.tally(c, among) for n, c in tallies.items()}
    oldest = int(moments.min()) if len(moments) else None
    return {**counts, "open": len(moments), "oldest": oldest}


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


def _replies(reading: Reading, filter_: CaseFilter, look: Look) -> _Replies:
    ground = measures.tile_ground(filter_).without("responded_from", "responded_to")
    found = _of_spark(reading, ground, look)
    moment = found.rows.numbers(CASES.c.first_response_at)
    took = found.rows.numbers(CASES.c.frt_us)
    chosen = found.all() & _known(moment) & _known(took)
    return _Replies(moment.numbers[chosen], took.numbers[chosen])


def _daily(
    reading: Reading, filter_: CaseFilter, look: Look, edges: Sequence[int]
) -> dict[str, Whole]:
    found = _of_spark(reading, measures.tile_ground(filter_), look)
    moments = {
        "received": CASES.c.received_at,
        "ended": CASES.c.ended_at,
        "breached": CASES.c.first_breached_at,
    }
    return _per_day(found, moments, edges)


def _of_spark(reading: Reading, ground: CaseFilter, look: Look) -> Matches:
    """The cases of a filter to which something happened in the days of the small series."""
    return matches(reading, ground, look, recent(look))


def _per_day(
    found: Matches, moments: Mapping[str, ColumnElement[int]], edges: Sequence[int]
) -> dict[str, Whole]:
    """For each kind of moment, how many fall on each day between the edges."""
    among = found.all()
    counts = {}
    for kind, expression in moments.items():
        moment = found.rows.numbers(expression)
        told = moment.numbers[among & _known(moment)]
        places = np.searchsorted(edges, told, side="right")
        # Place 0 is before the first day, the last place after the last.
        counts[kind] = np.bincount(places, minlength=len(edges) + 1)[1:-1].astype(np.int64)
    return counts


def _known(numbers: Numbers) -> Mask:
    return np.ones(len(numbers.numbers), bool) if numbers.known is None else numbers.known


def _levels(now: int | None, came: Whole, went: Whole) -> Series:
    """Open cases at the end of each day, walked back from now."""
    later = np.cumsum((came - went)[::-1])[::-1]
    ends = (now or 0) - np.append(later[1:], 0)
    return tuple(float(n) for n in ends)


def _percentile(ordered: Whole, share: float) -> float | None:
    """Linear between the two nearest values; numpy's own costs ten times as much on few values."""
    if not len(ordered):
        return None
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    rest = place - below
    return float(ordered[below] * (1 - rest) + ordered[above] * rest)

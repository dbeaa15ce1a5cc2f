"""What stands open for each partner at this minute, as the queue of the same person counts it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection, and_, func, select

from core.cases.filter import CaseFilter, Flag, Segment
from core.sla.model import EventKind
from core.stats.arrays import Bools, Ints
from core.storage.engine import Dialect
from core.storage.queue_conditions import Look, has_flag
from core.storage.queue_matches import Extent, Matches, codes_of, matches
from core.storage.sets import among
from core.storage.snapshot import Reading
from core.storage.snapshot.tables import CASES, OPEN_CASES
from core.storage.tables import CaseEventRow
from core.storage.tables.base import table_of

EVENTS = table_of(CaseEventRow)
# What passes between the requester and a person of ours; automatic answers and notes do not.
CONTACTS = (EventKind.MESSAGE_IN, EventKind.REPLY, EventKind.QUESTION)
LATER_THAN_ALL = np.iinfo(np.int64).max
# How many cases of a partner are looked through for its last message: the first few have it mostly.
CASES_LOOKED_THROUGH = (3, 40)


@dataclass(frozen=True, eq=False, slots=True)
class LiveFigures:
    """One entry per partner; a moment that there is none of is ``LATER_THAN_ALL``."""

    open_count: Ints
    breached_count: Ints
    next_due_at: Ints  # of a clock that is not yet missed
    oldest_at: Ints  # when the case open longest was received


def live_figures(reading: Reading, look: Look, ids: Ints) -> LiveFigures:
    """Open cases of these partners (keys ascending) that the person may see, one pass over them."""
    found = matches(reading, CaseFilter(), look, Extent(OPEN_CASES))
    place, rows = _places(found, found.all(), ids)
    breached = found.rows.mask(has_flag(Flag.BREACHED, OPEN_CASES, look))[rows]
    received = np.asarray(found.rows.numbers(OPEN_CASES.c.received_at).numbers)[rows]
    runs = found.rows.mask(
        and_(OPEN_CASES.c.next_clock != "", OPEN_CASES.c.next_due_at >= look.at)
    )[rows]
    due = np.asarray(found.rows.numbers(OPEN_CASES.c.next_due_at).numbers)[rows]
    return LiveFigures(
        np.bincount(place, minlength=len(ids)),
        np.bincount(place[breached], minlength=len(ids)),
        _earliest(place[runs], due[runs], len(ids)),
        _earliest(place, received, len(ids)),
    )


def _places(found: Matches, chosen: Bools, ids: Ints) -> tuple[Ints, Ints]:
    """Of the chosen rows that belong to one of the partners: the partner's place, and the row."""
    partner = found.rows.numbers(OPEN_CASES.c.partner_id)
    if partner.known is not None:
        chosen = chosen & partner.known
    rows = np.flatnonzero(chosen)
    keys = np.asarray(partner.numbers)[rows]
    place = np.searchsorted(ids, keys)
    is_one = place < len(ids)
    is_one[is_one] = ids[place[is_one]] == keys[is_one]
    return place[is_one], rows[is_one]


def _earliest(place: Ints, moments: Ints, count: int) -> Ints:
    found = np.full(count, LATER_THAN_ALL, np.int64)
    np.minimum.at(found, place, moments)
    return found


def last_messages(
    reading: Reading, connection: Connection, look: Look, ids: list[int], dialect: Dialect
) -> dict[int, int]:
    """When somebody last wrote, on either side, on a case of each partner that the person may see.

    The cases with the latest events are read first: what lies in the others cannot be later than
    the last thing that happened to them.
    """
    latest = _by_last_event(reading, look, ids)
    found: dict[int, int] = {}
    done = 0
    for most in CASES_LOOKED_THROUGH:
        asked = {
            case: partner
            for partner, cases in latest.items()
            for at, case in cases[done:most]
            if found.get(partner, -1) < at
        }
        for partner, at in _messages(connection, look, asked, dialect):
            found[partner] = max(at, found.get(partner, at))
        done = most
    return found


def _messages(
    connection: Connection, look: Look, asked: dict[int, int], dialect: Dialect
) -> Iterator[tuple[int, int]]:
    """The last message of each of these cases, with the partner that it belongs to."""
    statement = (
        select(EVENTS.c.case_id, func.max(EVENTS.c.at).label("at"))
        .where(among(EVENTS.c.case_id, list(asked), dialect))
        .where(EVENTS.c.kind.in_(CONTACTS), EVENTS.c.void_batch_id.is_(None))
        .where(EVENTS.c.at <= look.at)
        .group_by(EVENTS.c.case_id)
    )
    if asked:
        yield from ((asked[row.case_id], int(row.at)) for row in connection.execute(statement))


def _by_last_event(
    reading: Reading, look: Look, ids: list[int]
) -> dict[int, list[tuple[int, int]]]:
    """Cases of each partner with the moment of their last event, the latest first."""
    extent, everything = Extent(CASES), CaseFilter(segment=Segment.ALL)
    found = matches(reading, everything, look, extent)
    codes, values = codes_of(reading, found, extent, "partner")
    is_asked = np.zeros(len(values), bool)
    is_asked[[id_ + 1 for id_ in ids if id_ + 1 < len(values)]] = True
    rows = np.flatnonzero(is_asked[codes] & found.parts["scope"])
    last = np.asarray(found.rows.numbers(CASES.c.last_event_at).numbers)[rows]
    order = np.lexsort((-last, codes[rows]))
    rows, last = rows[order], last[order]
    begins = np.searchsorted(codes[rows], np.arange(len(values) + 1))
    latest: dict[int, list[tuple[int, int]]] = {}
    for id_ in ids:
        if id_ + 1 < len(values):
            first, end = int(begins[id_ + 1]), int(begins[id_ + 2])
            chosen = slice(first, min(end, first + CASES_LOOKED_THROUGH[-1]))
            pairs = zip(last[chosen].tolist(), found.rows.ids[rows[chosen]].tolist(), strict=True)
            latest[id_] = list(pairs)
    return latest

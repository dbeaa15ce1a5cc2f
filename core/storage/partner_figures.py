"""What stands open for each partner at this minute, as the queue of the same person counts it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, and_, func, select

from core.cases.filter import CaseFilter, Flag, Segment
from core.sla.model import EventKind
from core.stats.arrays import Bools, Ints
from core.storage.engine import Dialect
from core.storage.queue_conditions import Look, conditions, has_flag
from core.storage.queue_matches import Extent, Matches, matches
from core.storage.sets import among
from core.storage.snapshot import Reading
from core.storage.snapshot.tables import CASES, OPEN_CASES
from core.storage.tables import CaseEventRow
from core.storage.tables.base import table_of

EVENTS = table_of(CaseEventRow)
# What passes between the requester and a person of ours; automatic answers and notes do not.
CONTACTS = (EventKind.MESSAGE_IN, EventKind.REPLY, EventKind.QUESTION)
LATER_THAN_ALL = np.iinfo(np.int64).max
# The latest cases of a partner in which its last contact is looked for.
CASES_LOOKED_THROUGH = 12


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

    Only the cases with the latest events are read.
    """
    found: dict[int, int] = {}
    partner_of = _latest_cases(reading, look, ids)
    statement = (
        select(EVENTS.c.case_id, func.max(EVENTS.c.at).label("at"))
        .where(among(EVENTS.c.case_id, list(partner_of), dialect))
        .where(EVENTS.c.kind.in_(CONTACTS), EVENTS.c.void_batch_id.is_(None))
        .where(EVENTS.c.at <= look.at)
        .group_by(EVENTS.c.case_id)
    )
    for row in connection.execute(statement):
        partner = partner_of[row.case_id]
        found[partner] = max(row.at, found.get(partner, row.at))
    return found


def _latest_cases(reading: Reading, look: Look, ids: list[int]) -> dict[int, int]:
    """The cases of each partner in which something happened last, with their partner."""
    latest: ColumnElement[Any] = func.row_number().over(
        partition_by=CASES.c.partner_id, order_by=CASES.c.last_event_at.desc().nulls_last()
    )
    everything = CaseFilter(segment=Segment.ALL)
    within = conditions(everything, CASES, look)["scope"]
    ranked = (
        select(CASES.c.id, CASES.c.partner_id, latest.label("place"))
        .where(CASES.c.partner_id.in_(ids), within)
        .subquery()
    )
    statement = select(ranked.c.id, ranked.c.partner_id)
    rows = reading.columns(statement.where(ranked.c.place <= CASES_LOOKED_THROUGH))
    return dict(zip(rows["id"].tolist(), rows["partner_id"].tolist(), strict=True))

"""Which cases stand on a page of the queue: their ids in order, from the snapshot, by keyset."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from sqlalchemy import ColumnElement, Connection, func, select, true

from core.access.model import Scope
from core.cases.filter import CaseFilter, Segment, Sort
from core.cases.model import Cursor, Viewer
from core.clock import from_micros
from core.sla.calendars import measure_of
from core.sla.model import SlaBook
from core.storage.clause_register import decided_under
from core.storage.queue_conditions import (
    Condition,
    Found,
    Look,
    conditions,
    finished_key,
    order_key,
    source_of,
    where,
)
from core.storage.queue_matches import Extent, matches, narrow_extent
from core.storage.scope import granted_to
from core.storage.search import find
from core.storage.snapshot import Reading
from core.storage.snapshot.tables import CASES as HELD
from core.storage.snapshot.tables import GRANTS, OPEN_CASES
from core.storage.tables import CaseRow
from core.storage.tables.base import table_of

_STORED = table_of(CaseRow)
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True)
class PageOfIds:
    """One page of the ordered list; ``first`` is the position of its first row, 0 when empty."""

    ids: tuple[int, ...]
    first: int
    next: Cursor | None
    previous: Cursor | None


def look_at(book: SlaBook, scope: Scope, viewer: Viewer, at: int) -> Look:
    """Everything that judging cases at a moment needs."""
    moment = np.array([at], dtype=np.int64)
    versions = [version for versions in book.calendars.values() for version in versions]
    worked = tuple((c.id, int(measure_of(c).worked(moment)[0])) for c in versions)
    policy = book.policy_at(from_micros(at))
    return Look(scope, viewer, at, worked, policy.at_risk_share if policy else 1.0)


def with_grants(reading: Reading, look: Look) -> Look:
    """The look with the person's granted cases of this version, so that no condition asks again."""
    if look.scope.sees_every_restricted:
        return look

    def ask() -> Found:
        rows = reading.rows(granted_to(GRANTS, look.scope))
        return Found({int(row[0]) for row in rows})

    return replace(look, granted=reading.remember(("grants", look.scope), ask))


def named(connection: Connection, filter_: CaseFilter, scope: Scope) -> Found | None:
    """Cases that the filter's text, references and clause version name; ``None`` without any.

    Whoever may not read texts finds by reference only, because a hit would tell what is in a text.
    """
    found: set[int] | None = None
    if filter_.cases:
        found = set(_by_refs(connection, filter_.cases))
    if text := filter_.text.strip():
        hits = find(connection, text) if scope.sees_text else _by_refs(connection, (text.upper(),))
        found = set(hits) if found is None else found & set(hits)
    if filter_.decided_under:
        decided = decided_under(connection, filter_.decided_under)
        found = decided if found is None else found & decided
    return None if found is None else Found(found)


def count(reading: Reading, filter_: CaseFilter, look: Look) -> int:
    """How many cases satisfy the filter."""
    extent = narrow_extent(filter_, look)
    if extent != Extent(HELD):
        return int(np.count_nonzero(matches(reading, filter_, look, extent).all()))
    cases = source_of(filter_)
    statement = select(func.count()).select_from(cases)
    return reading.number(statement.where(where(conditions(filter_, cases, look))))


def ids_of(reading: Reading, filter_: CaseFilter, look: Look) -> list[int]:
    """All cases of a filter, by id."""
    extent = narrow_extent(filter_, look)
    if extent.partners:
        found = matches(reading, filter_, look, extent)
        return sorted(found.rows.ids[found.all()].tolist())
    cases = source_of(filter_)
    statement = select(cases.c.id).where(where(conditions(filter_, cases, look)))
    return [int(i) for i in reading.columns(statement.order_by(cases.c.id))["id"]]


def page_ids(
    reading: Reading, filter_: CaseFilter, look: Look, cursor: Cursor | None, size: int
) -> PageOfIds:
    """The page that begins, or ends, at the cursor; the first page without one."""
    rows = _ordered(reading, filter_, look, cursor, size + 1)
    more, rows = len(rows) > size, rows[:size]
    if cursor is not None and cursor.backwards:
        rows.reverse()
        first = cursor.position - len(rows) if more else 0
        before, after = more, True
    else:
        first = cursor.position if cursor else 0
        before, after = first > 0, more
    if not rows:
        return PageOfIds((), 0, None, None)
    start = Cursor(look.at, rows[0][1], rows[0][0], first, backwards=True)
    end = Cursor(look.at, rows[-1][1], rows[-1][0], first + len(rows))
    ids = tuple(row[0] for row in rows)
    return PageOfIds(ids, first + 1, end if after else None, start if before else None)


def _ordered(
    reading: Reading, filter_: CaseFilter, look: Look, cursor: Cursor | None, most: int
) -> list[tuple[int, int]]:
    """The first rows beyond the cursor with their keys; backwards they come from the cursor up."""
    found: list[tuple[int, int]] = []
    stretches = _stretches(filter_, look)
    for stretch in reversed(stretches) if _is_back(cursor) else stretches:
        if len(found) < most:
            rows = _judged(reading, filter_, look, stretch)
            found += _beyond(*rows, cursor, most - len(found))
    return found


def _is_back(cursor: Cursor | None) -> bool:
    return cursor is not None and cursor.backwards


class _Stretch(NamedTuple):
    """A part of the list: its rows stand in a table, its order follows a key."""

    extent: Extent
    key: ColumnElement[int]
    condition: Condition


def _stretches(filter_: CaseFilter, look: Look) -> list[_Stretch]:
    """Parts to look through in turn: where finished cases come last, the open ones are enough."""

    def whole(extent: Extent) -> _Stretch:
        return _Stretch(extent, order_key(filter_.sort, extent.cases, look), true())

    extent = narrow_extent(filter_, look)
    if filter_.segment is not Segment.ALL or filter_.sort in {Sort.AGE, Sort.RECEIVED}:
        return [whole(extent)]
    ended = _Stretch(extent, finished_key(HELD), HELD.c.owner == "")
    return [whole(Extent(OPEN_CASES, partners=extent.partners)), ended]


def _judged(
    reading: Reading, filter_: CaseFilter, look: Look, stretch: _Stretch
) -> tuple[Whole, Whole]:
    """Ids and places of the matching rows of a part."""
    found = matches(reading, filter_, look, stretch.extent)
    rows = np.flatnonzero(found.all() & found.rows.mask(stretch.condition))
    return found.rows.ids[rows], np.asarray(found.rows.numbers(stretch.key).numbers)[rows]


def _beyond(ids: Whole, places: Whole, cursor: Cursor | None, most: int) -> list[tuple[int, int]]:
    if cursor is None:
        return _first(ids, places, None, 0, most)
    if cursor.backwards:
        # The order turned round is the same order of the negative numbers.
        return [(-i, -p) for i, p in _first(-ids, -places, -cursor.id, -cursor.key, most)]
    return _first(ids, places, cursor.id, cursor.key, most)


def _first(
    ids: Whole, places: Whole, after_id: int | None, after_place: int, most: int
) -> list[tuple[int, int]]:
    """By falling place, then rising id: the first rows, or those after a given one."""
    if after_id is not None:
        beyond = (places < after_place) | ((places == after_place) & (ids > after_id))
        ids, places = ids[beyond], places[beyond]
    if len(ids) > most:
        least = np.partition(places, len(places) - most)[len(places) - most]
        ids, places = ids[places >= least], places[places >= least]
    order = np.lexsort((ids, -places))[:most]
    return list(zip(ids[order].tolist(), places[order].tolist(), strict=True))


def _by_refs(connection: Connection, refs: tuple[str, ...]) -> list[int]:
    statement = select(_STORED.c.id).where(_STORED.c.ref.in_(refs))
    return list(connection.execute(statement).scalars())


def at_cursor(look: Look, book: SlaBook, cursor: Cursor | None) -> Look:
    """The look that a later page is ordered by: the one of the moment its list was begun at."""
    if cursor is None or cursor.at == look.at:
        return look
    begun = look_at(book, look.scope, look.viewer, cursor.at)
    return replace(begun, found=look.found, granted=look.granted, gap=look.gap)

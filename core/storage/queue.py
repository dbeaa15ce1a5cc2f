"""Which cases stand on a page of the queue: their ids in order, from the snapshot, by keyset."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from core.access.model import Scope
from core.cases.filter import CaseFilter
from core.cases.model import Cursor, Viewer
from core.clock import from_micros
from core.sla.calendars import measure_of
from core.sla.model import SlaBook
from core.storage.queue_conditions import Look, conditions, order_key, source_of, where
from core.storage.search import find
from core.storage.snapshot import Reading
from core.storage.tables import CaseRow
from core.storage.tables.base import table_of

_STORED = table_of(CaseRow)


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


def named(connection: Connection, filter_: CaseFilter, scope: Scope) -> tuple[int, ...] | None:
    """Cases that the filter's text and references name; ``None`` when it has neither.

    Whoever may not read texts finds by reference only, because a hit would tell what is in a text.
    """
    found: set[int] | None = None
    if filter_.cases:
        found = set(_by_refs(connection, filter_.cases))
    if text := filter_.text.strip():
        hits = find(connection, text) if scope.sees_text else _by_refs(connection, (text.upper(),))
        found = set(hits) if found is None else found & set(hits)
    return None if found is None else tuple(sorted(found))


def count(reading: Reading, filter_: CaseFilter, look: Look) -> int:
    """How many cases satisfy the filter."""
    cases = source_of(filter_)
    statement = select(func.count()).select_from(cases)
    return int(reading.rows(statement.where(where(conditions(filter_, cases, look))))[0][0])


def ids_of(reading: Reading, filter_: CaseFilter, look: Look) -> list[int]:
    """All cases of a filter, by id."""
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
    cases = source_of(filter_)
    key = order_key(filter_.sort, cases, look).label("place")
    keyed = select(cases.c.id, key).where(where(conditions(filter_, cases, look))).subquery()
    statement = select(keyed.c.id, keyed.c.place).limit(most)
    if cursor is None or not cursor.backwards:
        statement = statement.order_by(keyed.c.place.desc(), keyed.c.id)
    else:
        statement = statement.order_by(keyed.c.place, keyed.c.id.desc())
    if cursor is not None:
        statement = statement.where(_beyond(keyed.c.place, keyed.c.id, cursor))
    return [(int(id_), int(place)) for id_, place in reading.rows(statement)]


def _beyond(
    place: ColumnElement[int], id_: ColumnElement[int], cursor: Cursor
) -> ColumnElement[bool]:
    if cursor.backwards:
        return or_(place > cursor.key, and_(place == cursor.key, id_ < cursor.id))
    return or_(place < cursor.key, and_(place == cursor.key, id_ > cursor.id))


def _by_refs(connection: Connection, refs: tuple[str, ...]) -> list[int]:
    statement = select(_STORED.c.id).where(_STORED.c.ref.in_(refs))
    return list(connection.execute(statement).scalars())


def at_cursor(look: Look, book: SlaBook, cursor: Cursor | None) -> Look:
    """The look that a later page is ordered by: the one of the moment its list was begun at."""
    if cursor is None or cursor.at == look.at:
        return look
    begun = look_at(book, look.scope, look.viewer, cursor.at)
    return replace(begun, found=look.found)

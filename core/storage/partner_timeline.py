"""What passed between a partner and us, newest first: events of its cases, and contacts beside them.

Events stand by case and not by partner. No case has one later than its last event, so only the
cases that were last touched around a place of the list are read, however many a partner has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import starmap
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, Connection, and_, case, or_, select

from core.cases.case import OPEN_LEVEL
from core.cases.filter import CaseFilter, Segment
from core.cases.model import Cursor
from core.frames import FrameShape
from core.sla.model import EventKind
from core.stats.arrays import Ints
from core.storage.queue_conditions import Look
from core.storage.queue_matches import Extent, codes_of, matches
from core.storage.scope import is_granted_to, visible
from core.storage.sets import among
from core.storage.snapshot import Reading
from core.storage.snapshot.columns import Numbers
from core.storage.snapshot.tables import CASES as HELD
from core.storage.tables import (
    CaseEventRow,
    CaseGrantRow,
    CaseRow,
    CaseTextRow,
    PartnerAliasRow,
    PartnerContactRow,
)
from core.storage.tables.base import table_of

EVENTS, STORED = table_of(CaseEventRow), table_of(CaseRow)
GRANTS, TEXTS = table_of(CaseGrantRow), table_of(CaseTextRow)
LOGGED, ALIASES = table_of(PartnerContactRow), table_of(PartnerAliasRow)
OUTSIDE = "outside"  # written down by a person: a call, a meeting, a mail
# Which way a contact goes -> the kinds of events.
KINDS: Mapping[str, tuple[str, ...]] = {
    "in": (EventKind.RECEIVED, EventKind.MESSAGE_IN, EventKind.CSAT),
    "out": (EventKind.REPLY, EventKind.QUESTION, EventKind.AUTO_REPLY),
    "decision": (EventKind.DECISION,),
    OUTSIDE: (),
}
FIRST_CASES = 32  # read at once; twice as many each time that they were not enough
CONTACTS = FrameShape(
    name="contacts",
    grain="one contact of a partner, newest first",
    columns={
        "at": "int64",
        "direction": "str",  # a key of KINDS
        "kind": "str",  # of an event, or of a contact outside
        "value": "str",  # of a decision its outcome, of a rating its number
        "actor": "str",
        "actor_kind": "str",
        "has_text": "bool",
        "case": "str",  # reference; '' outside of a case
        "channel": "str",
        "abuse_type": "str",
        "restriction": "str",
        "title": "str",  # of the case, or what was written down; '' for who may not read texts
    },
)


@dataclass(frozen=True, slots=True)
class TimelineAsk:
    """Which contacts; nothing chosen means all."""

    directions: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    place: Cursor | None = None

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of events that are asked for."""
        return tuple(str(k) for way in self.directions or KINDS for k in KINDS.get(way, ()))

    @property
    def has_outside(self) -> bool:
        """True when contacts outside of cases are asked for; they came by no channel."""
        return not self.channels and (not self.directions or OUTSIDE in self.directions)


@dataclass(frozen=True, eq=False, slots=True)
class TimelinePage:
    """One page; ``rows`` has the shape CONTACTS, ``first`` is the place of its first row from 1."""

    rows: pd.DataFrame
    first: int
    next: Cursor | None
    previous: Cursor | None


@dataclass(frozen=True, eq=False, slots=True)
class TouchedCases:
    """The cases of a partner that a person may see, and between which moments they have events."""

    partner_id: int
    ids: Ints
    first: Ints
    last: Ints
    channels: Ints
    channel_names: tuple[str, ...]

    def channel_counts(self) -> dict[str, int]:
        """How many cases came by each channel, most first."""
        counts = np.bincount(self.channels, minlength=len(self.channel_names)).tolist()
        found = zip(self.channel_names, counts, strict=True)
        return dict(sorted(((n, c) for n, c in found if c), key=lambda pair: -pair[1]))


class _Spot(NamedTuple):
    """A place between two contacts, ordered as they are: twice the key, one more if outside."""

    at: int
    key: int

    @property
    def id(self) -> int:
        """The key of its row."""
        return self.key // 2

    @property
    def is_outside(self) -> bool:
        """True for a contact that is no event of a case."""
        return bool(self.key % 2)


def touched_cases(reading: Reading, look: Look, partner_id: int) -> TouchedCases:
    """The visible cases of a partner; held for one version of the snapshot."""

    def pick() -> TouchedCases:
        found = matches(reading, CaseFilter(segment=Segment.ALL), look, Extent(HELD))
        mine = found.rows.mask(HELD.c.partner_id == partner_id)
        rows = np.flatnonzero(found.all() & mine)
        received = np.asarray(found.rows.numbers(HELD.c.received_at).numbers)[rows]
        last = _or(found.rows.numbers(HELD.c.last_event_at), rows, received)
        # A source can tell of a reply before the case was received.
        early = found.rows.mask(HELD.c.data_fault != "")[rows]
        codes, names = codes_of(reading, found, Extent(HELD), "channel")
        return TouchedCases(
            partner_id,
            np.asarray(found.rows.ids[rows], np.int64),
            np.where(early, 0, received),
            np.maximum(last, received),
            np.asarray(codes[rows], np.int64),
            tuple(names),
        )

    return reading.remember(("touched cases", look.scope, look.granted, partner_id), pick)


def timeline_page(
    connection: Connection, look: Look, cases: TouchedCases, ask: TimelineAsk, size: int
) -> TimelinePage:
    """The page that begins, or ends, at the place asked for; the first one without a place."""
    place = ask.place
    is_back = place is not None and place.backwards
    begun = place.at if place else look.at
    start = _Spot(place.key, place.id) if place else _Spot(begun + 1, 0)
    walk = _Walk(connection, _chosen(cases, ask), ask, start, begun, is_back)
    spots = walk.spots(size + 1)
    more, spots = len(spots) > size, spots[:size]
    first = place.position if place else 0
    if is_back:
        spots.reverse()
        first = first - len(spots) if more else 0
    if not spots:
        return TimelinePage(_frame([]), 0, None, None)
    before, after = (more, True) if is_back else (first > 0, more)
    top, end = spots[0], spots[-1]
    previous = Cursor(begun, top.at, top.key, first, backwards=True) if before else None
    following = Cursor(begun, end.at, end.key, first + len(spots)) if after else None
    rows = _frame(_told(connection, look, spots))
    return TimelinePage(rows, first + 1, following, previous)


def spellings(connection: Connection, partner_id: int) -> list[str]:
    """Every way in which the name of a partner is written, by the alphabet."""
    statement = select(ALIASES.c.spelling).where(ALIASES.c.partner_id == partner_id)
    return sorted({name for name in connection.execute(statement).scalars() if name})


def _or(numbers: Numbers, rows: Ints, otherwise: Ints) -> Ints:
    found = np.asarray(numbers.numbers, np.int64)[rows]
    return found if numbers.known is None else np.where(numbers.known[rows], found, otherwise)


def _chosen(cases: TouchedCases, ask: TimelineAsk) -> TouchedCases:
    if not ask.channels:
        return cases
    wanted = [code for code, name in enumerate(cases.channel_names) if name in ask.channels]
    kept = np.isin(cases.channels, wanted)
    return replace(
        cases,
        ids=cases.ids[kept],
        first=cases.first[kept],
        last=cases.last[kept],
        channels=cases.channels[kept],
    )


@dataclass(frozen=True, slots=True)
class _Walk:
    """From one place of the list on, towards older contacts or back towards newer ones."""

    connection: Connection
    cases: TouchedCases
    ask: TimelineAsk
    start: _Spot
    begun: int  # when the list was begun; what came later is not part of it
    is_back: bool

    def spots(self, most: int) -> list[_Spot]:
        """The contacts that follow, nearest first."""
        found = self._outside(most) if self.ask.has_outside else []
        for ids, bound in self._portions() if self.ask.kinds else ():
            found += self._events(ids)
            found.sort(reverse=not self.is_back)
            # What was not read yet lies at the bound or beyond it.
            certain = [spot for spot in found if bound is None or self._is_nearer(spot.at, bound)]
            if len(certain) >= most:
                return certain[:most]
        return sorted(found, reverse=not self.is_back)[:most]

    def _is_nearer(self, at: int, bound: int) -> bool:
        return at < bound if self.is_back else at > bound

    def _portions(self) -> Iterator[tuple[list[int], int | None]]:
        """Cases by their nearest possible event, and where those of the rest begin."""
        cases, start = self.cases, self.start.at
        if self.is_back:
            there, nearest = cases.last >= start, np.maximum(cases.first, start)
        else:
            there, nearest = cases.first <= start, -np.minimum(cases.last, start)
        ids, nearest = cases.ids[there], nearest[there]
        order = np.argsort(nearest, kind="stable")
        done, size = 0, FIRST_CASES
        while done < len(order):
            part = order[done : done + size]
            done, size = done + size, size * 2
            bound = abs(int(nearest[order[done]])) if done < len(order) else None
            yield ids[part].tolist(), bound

    def _events(self, ids: Sequence[int]) -> list[_Spot]:
        statement = select(EVENTS.c.at, EVENTS.c.id * 2).where(
            among(EVENTS.c.case_id, ids, _dialect(self.connection)),
            EVENTS.c.kind.in_(self.ask.kinds),
            EVENTS.c.void_batch_id.is_(None),
            self._follows(EVENTS.c.at, EVENTS.c.id * 2),
        )
        return list(starmap(_Spot, self.connection.execute(statement)))

    def _outside(self, most: int) -> list[_Spot]:
        at, key = LOGGED.c.held_at, LOGGED.c.id * 2 + 1
        nearest = (at, key) if self.is_back else (at.desc(), key.desc())
        statement = select(at, key).where(
            LOGGED.c.partner_id == self.cases.partner_id,
            LOGGED.c.deleted_at.is_(None),
            self._follows(at, key),
        )
        rows = self.connection.execute(statement.order_by(*nearest).limit(most))
        return list(starmap(_Spot, rows))

    def _follows(self, at: ColumnElement[int], key: ColumnElement[int]) -> ColumnElement[bool]:
        start = self.start
        if self.is_back:
            beyond = or_(at > start.at, and_(at == start.at, key > start.key))
        else:
            beyond = or_(at < start.at, and_(at == start.at, key < start.key))
        return and_(at <= self.begun, beyond)


def _told(connection: Connection, look: Look, spots: Sequence[_Spot]) -> list[dict[str, Any]]:
    """The contacts of these places; the scope is asked again, whatever led to them."""
    events = _of_cases(connection, look, [spot.id for spot in spots if not spot.is_outside])
    outside = _of_partner(connection, look, [spot.id for spot in spots if spot.is_outside])
    rows = (outside if spot.is_outside else events for spot in spots)
    return [found[s.id] for s, found in zip(spots, rows, strict=True) if s.id in found]


def _of_cases(connection: Connection, look: Look, keys: Sequence[int]) -> dict[int, dict[str, Any]]:
    scope = look.scope
    columns: list[Any] = [EVENTS.c[n] for n in ("id", "at", "kind", "value", "actor", "actor_kind")]
    columns += [EVENTS.c.message_id.is_not(None).label("has_text"), STORED.c.ref.label("case")]
    columns += [STORED.c[name] for name in ("channel", "abuse_type", "restriction")]
    source = EVENTS.join(STORED, STORED.c.id == EVENTS.c.case_id)
    if scope.sees_text:
        source = source.outerjoin(TEXTS, TEXTS.c.case_id == STORED.c.id)
        shown = case((STORED.c.restriction == OPEN_LEVEL, TEXTS.c.title), else_="")
        columns.append(shown.label("title"))
    in_scope = visible(STORED, GRANTS, scope, is_granted_to(STORED, GRANTS, scope))
    statement = select(*columns).select_from(source)
    statement = statement.where(among(EVENTS.c.id, keys, _dialect(connection)), in_scope)
    return {row["id"]: dict(row) for row in connection.execute(statement).mappings()}


def _of_partner(
    connection: Connection, look: Look, keys: Sequence[int]
) -> dict[int, dict[str, Any]]:
    if not keys:
        return {}
    columns = [LOGGED.c[name] for name in ("id", "kind", "with_whom", "summary", "made_by")]
    statement = select(*columns, LOGGED.c.held_at.label("at"))
    rows = connection.execute(statement.where(LOGGED.c.id.in_(keys))).mappings()
    return {
        row["id"]: {
            "at": row["at"],
            "kind": row["kind"],
            "actor": row["made_by"],
            "actor_kind": "us",
            "title": _written(row["with_whom"], row["summary"]) if look.scope.sees_text else "",
        }
        for row in rows
    }


def _written(whom: str, summary: str) -> str:
    return f"With {whom}: {summary}" if whom else summary


def _frame(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    ways = {str(kind): way for way, kinds in KINDS.items() for kind in kinds}
    blank = {"str": "", "bool": False, "int64": 0}
    lines = [{"direction": ways.get(row["kind"], OUTSIDE), **row} for row in rows]
    columns = {
        name: [line.get(name) or blank[kind] for line in lines]
        for name, kind in CONTACTS.columns.items()
    }
    # As they come where there are rows: to name the types takes longer than to read the page.
    frame = pd.DataFrame(columns)
    return frame if lines else frame.astype(dict(CONTACTS.columns))


def _dialect(connection: Connection) -> Any:
    return connection.dialect.name

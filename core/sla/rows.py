"""The steps of many cases at once: what ``timeline`` does for one, in arrays sorted by case.

A row is an event with the stretch up to the next one; only what a clock reads is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from core.clock import MICROSECOND, from_micros, to_micros
from core.errors import Broken
from core.sla.measuring import Measures, carried, first_per, last_marked
from core.sla.model import (
    ENDED_STATUSES,
    FIRST_STATUS,
    PUBLIC_REPLIES,
    RESOLVED,
    CaseFacts,
    ClockName,
    EventKind,
    Owner,
    owner_of,
)
from core.sla.tally import NEVER, NO_TARGET
from core.sla.timeline import Terms, terms_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.sla.measuring import Codes, Marks, Micros
    from core.sla.model import SlaBook

KINDS = tuple(EventKind)
OWNERS = tuple(Owner)
ENDED = -1
BOOK_CHANGE = -1
JUDGED = (ClockName.FRT, ClockName.NRT, ClockName.UPD, ClockName.TTR)
ATTRIBUTES = {
    "priority": EventKind.PRIORITY,
    "tier": EventKind.TIER,
    "requester_kind": EventKind.REQUESTER_KIND,
    "calendar": EventKind.CALENDAR,
}
_READ = frozenset({EventKind.RECEIVED, EventKind.MESSAGE_IN, EventKind.STATUS, *PUBLIC_REPLIES})


def kind_code(*kinds: EventKind) -> list[int]:
    """The codes of event kinds in ``kind`` columns."""
    return [KINDS.index(kind) for kind in kinds]


REPLIES = kind_code(*PUBLIC_REPLIES)


def among(codes: Codes, wanted: Sequence[int], size: int = len(KINDS)) -> Marks:
    """Which codes are wanted; a table look-up, because codes are few and rows are many."""
    table = np.zeros(size + 1, dtype=np.bool_)  # the last place is for -1
    table[list(wanted)] = True
    found: Marks = table[codes]
    return found


@dataclass(frozen=True, eq=False)
class EventRows:
    """The events of a frame as codes: ``case`` is a position, ``value`` points into ``names``."""

    case: Micros
    at: Micros
    kind: Codes
    value: Codes
    facts: dict[str, Codes]
    names: Sequence[str]


@dataclass(frozen=True, eq=False)
class CaseMarks:
    """What the record of each case says about itself; moments are ``NEVER`` where unknown."""

    start: Micros
    first_response: Micros
    last_event: Micros
    early_reply: Marks
    early_end: Marks
    facts: dict[str, Codes]


@dataclass(frozen=True, eq=False)
class TermsTable:
    """The distinct terms that occur; rows point into it."""

    terms: Sequence[Terms]
    target: dict[ClockName, Micros]
    calendar: Codes
    pausing: Marks
    reopen_within: Micros
    measures: Measures


@dataclass(frozen=True, eq=False)
class CaseRows:
    """All steps of all cases, sorted by case; ``owner`` is ``ENDED`` once a case has ended."""

    count: int
    case: Micros
    since: Micros
    until: Micros
    recorded: Micros
    kind: Codes
    status: Codes
    owner: Codes
    run: Micros
    resolution: Marks
    supported: Marks
    facts: dict[str, Codes]
    names: Sequence[str]
    term: Codes
    table: TermsTable
    base: Micros
    worked: Micros
    first: Marks

    @cached_property
    def is_open(self) -> Marks:
        """True where the case is open."""
        going: Marks = self.owner != ENDED
        return going

    @cached_property
    def final(self) -> Marks:
        """True on the last row of each case."""
        return np.append(self.first[1:], True)[: len(self.first)]

    @cached_property
    def ends(self) -> Marks:
        """True on the rows with which a case ends."""
        was_open = np.append(True, self.is_open[:-1])[: len(self.first)] | self.first
        return ~self.is_open & was_open

    @cached_property
    def is_reply(self) -> Marks:
        """True where a row begins with a public human reply."""
        return among(self.kind, REPLIES)

    @cached_property
    def calendar(self) -> Codes:
        """The calendar of each row."""
        return self.table.calendar[self.term]


def read_events(cases: pd.DataFrame, events: pd.DataFrame, at: int) -> EventRows:
    """Code both frames, leaving out events after ``at``."""
    keys = cases["key"].to_numpy()
    known = np.flatnonzero(events["at"].to_numpy(dtype=np.int64) <= at)
    key = events["key"].to_numpy()[known]
    case = np.minimum(np.searchsorted(keys, key), max(len(keys) - 1, 0))
    if len(key) and not (len(keys) and bool((keys[case] == key).all())):
        raise Broken("Events of cases that are not in the frame", hint="hand over whole cases")
    kind = _kinds(events["kind"].iloc[known])
    told = np.flatnonzero(among(kind, kind_code(EventKind.STATUS, *ATTRIBUTES.values())))
    columns = [*(cases[name] for name in ATTRIBUTES), events["value"].iloc[known].iloc[told]]
    codes, names = _coded(columns)
    value = np.zeros(len(known), dtype=np.int64)
    value[told] = codes[-1]
    return EventRows(
        case=case,
        at=events["at"].to_numpy(dtype=np.int64)[known],
        kind=kind,
        value=value,
        facts=dict(zip(ATTRIBUTES, codes[:-1], strict=True)),
        names=names,
    )


def _kinds(column: pd.Series) -> Codes:
    """Positions in ``KINDS``; a kind that no clock knows reads like a note."""
    local, texts = pd.factorize(column)
    known = {str(kind): code for code, kind in enumerate(KINDS)}
    note = known[EventKind.NOTE]
    return np.array([*(known.get(str(t), note) for t in texts), note], dtype=np.int64)[local]


def _coded(columns: Sequence[pd.Series]) -> tuple[list[Codes], list[str]]:
    """Codes of several text columns into one list of names; a missing text is ''."""
    names: dict[str, int] = {"": 0, FIRST_STATUS: 1}
    found = []
    for column in columns:
        local, texts = pd.factorize(column)
        known = [names.setdefault(str(text), len(names)) for text in texts]
        found.append(np.array([*known, 0], dtype=np.int64)[local])
    return found, list(names)


def case_marks(events: EventRows, count: int) -> CaseMarks:
    """When each case began, was answered and last moved, and what cannot be right about it."""
    kind, case = events.kind, events.case
    replies = among(kind, REPLIES)
    start = _first_at(events, kind == KINDS.index(EventKind.RECEIVED), count)
    merged = np.zeros(count, dtype=np.bool_)
    merged[case[kind == KINDS.index(EventKind.MERGED_IN)]] = True
    message = _first_at(events, kind == KINDS.index(EventKind.MESSAGE_IN), count)
    earlier = merged & (message != NEVER) & (start != NEVER) & (message < start)
    start[earlier] = message[earlier]
    early = events.at < start[case]
    ended = np.array([name in ENDED_STATUSES for name in events.names])
    ends = (kind == KINDS.index(EventKind.STATUS)) & ended[events.value]
    last_event = np.full(count, NEVER, dtype=np.int64)
    last_event[case] = events.at
    return CaseMarks(
        start=start,
        first_response=_first_at(events, replies, count),
        last_event=np.where(start == NEVER, NEVER, np.maximum(last_event, start)),
        early_reply=_any(case[early & replies], count),
        early_end=_any(case[early & ends], count),
        facts=events.facts,
    )


def _first_at(events: EventRows, here: Marks, count: int) -> Micros:
    found = np.full(count, NEVER, dtype=np.int64)
    found[events.case[here][::-1]] = events.at[here][::-1]
    return found


def _any(cases: Micros, count: int) -> Marks:
    found = np.zeros(count, dtype=np.bool_)
    found[cases] = True
    return found


def lay_out(events: EventRows, marks: CaseMarks, book: SlaBook, at: int) -> CaseRows:
    """The rows of all cases that were received."""
    count = len(marks.start)
    case, since, recorded, kind, value = _kept(events, marks, book, at)
    first = np.append(True, case[1:] != case[:-1])[: len(case)]
    final = np.append(first[1:], True)[: len(case)]
    until = np.where(final, at, np.append(since[1:], at)[: len(case)])
    facts = {
        name: _attribute(case, first, value, kind == KINDS.index(change), events.facts[name])
        for name, change in ATTRIBUTES.items()
    }
    is_status = kind == KINDS.index(EventKind.STATUS)
    status = carried(np.where(is_status, value, 1), is_status | first)
    owner = _owners(events.names, status, is_status)
    run = _runs(owner != ENDED, first)
    resolved = [i for i, name in enumerate(events.names) if name == RESOLVED]
    resolving = _any(
        run[is_status & among(value, resolved, len(events.names))],
        int(run[-1]) + 1 if len(run) else 0,
    )
    term, table = _terms(facts, events.names, since, book)
    base, worked = _worked(table, term, since, until, first)
    return CaseRows(
        count=count,
        case=case,
        since=since,
        until=until,
        recorded=recorded,
        kind=kind,
        status=status,
        owner=owner,
        run=run,
        resolution=resolving[run],
        supported=_supported(kind, owner, first),
        facts=facts,
        names=events.names,
        term=term,
        table=table,
        base=base,
        worked=worked,
        first=first,
    )


def _kept(
    events: EventRows, marks: CaseMarks, book: SlaBook, at: int
) -> tuple[Micros, Micros, Micros, Codes, Codes]:
    """Rows that a clock reads, not before the start, with rows where the book changes."""
    read = kind_code(*_READ, *ATTRIBUTES.values())
    start = marks.start[events.case]
    early_reply = (events.at < start) & among(events.kind, REPLIES)
    kept = np.flatnonzero(among(events.kind, read) & (start != NEVER) & ~early_reply)
    case, recorded = events.case[kept], events.at[kept]
    since = np.maximum(recorded, start[kept])
    kind, value = events.kind[kept], events.value[kept]
    added = _book_rows(marks, book, at)
    if not len(added[0]):
        return case, since, recorded, kind, value
    case, since = np.append(case, added[0]), np.append(since, added[1])
    recorded = np.append(recorded, added[1])
    blank = np.full(len(added[0]), BOOK_CHANGE, dtype=np.int64)
    kind, value = np.append(kind, blank), np.append(value, blank * 0)
    order = np.lexsort((kind != BOOK_CHANGE, since, case))
    return case[order], since[order], recorded[order], kind[order], value[order]


def _book_rows(marks: CaseMarks, book: SlaBook, at: int) -> tuple[Micros, Micros]:
    started = marks.start != NEVER
    found = [
        (np.flatnonzero(started & (marks.start < change)), change)
        for change in (to_micros(moment) for moment in book.changes())
        if change <= at
    ]
    cases = [case for case, _ in found]
    moments = [np.full(len(case), change, dtype=np.int64) for case, change in found]
    none = np.empty(0, dtype=np.int64)
    return np.concatenate([none, *cases]), np.concatenate([none, *moments])


def _attribute(case: Micros, first: Marks, value: Codes, changes: Marks, initial: Codes) -> Codes:
    return carried(np.where(changes, value, initial[case]), changes | first)


def _owners(names: Sequence[str], status: Codes, is_status: Marks) -> Codes:
    used = np.unique(np.append(status[is_status], 1))
    owner_code = np.zeros(len(names), dtype=np.int64)
    for code in used:
        owner = owner_of(names[code])
        owner_code[code] = ENDED if owner is None else OWNERS.index(owner)
    return owner_code[status]


def _runs(is_open: Marks, first: Marks) -> Micros:
    changes = first.copy()
    changes[1:] |= is_open[1:] != is_open[:-1]
    return np.cumsum(changes) - 1


def _supported(kind: Codes, owner: Codes, first: Marks) -> Marks:
    """False where we await a requester who was asked nothing since writing or our last work."""
    us = OWNERS.index(Owner.US)
    asked = kind == KINDS.index(EventKind.QUESTION)
    takes = first.copy()
    takes[1:] |= (owner[1:] == us) & (owner[:-1] != us)
    resets = (takes | (kind == KINDS.index(EventKind.MESSAGE_IN))) & ~asked
    evidence = last_marked(asked) > last_marked(resets)
    others: Marks = owner != OWNERS.index(Owner.REQUESTER)
    return others | evidence


def _terms(
    facts: dict[str, Codes], names: Sequence[str], since: Micros, book: SlaBook
) -> tuple[Codes, TermsTable]:
    """The terms of each row; computed once per distinct combination."""
    changes = np.array([to_micros(moment) for moment in book.changes()], dtype=np.int64)
    combined = np.searchsorted(changes, since, side="right").astype(np.int64)
    for codes in facts.values():
        combined = combined * len(names) + codes
    term, distinct = pd.factorize(combined)
    where = first_per(term.astype(np.int64), len(distinct))
    found = []
    for row in where:
        held = {name: names[codes[row]] for name, codes in facts.items()}
        found.append(terms_of(CaseFacts(**held), book, from_micros(int(since[row]))))
    return term.astype(np.int64), _table(found)


def _table(terms: Sequence[Terms]) -> TermsTable:
    calendars = list(dict.fromkeys(one.calendar for one in terms))
    pausing = np.zeros((len(terms), len(OWNERS) + 1), dtype=np.bool_)  # the last is ENDED (-1)
    reopen_within = np.full(len(terms), NO_TARGET, dtype=np.int64)
    for position, one in enumerate(terms):
        if one.policy is not None:
            reopen_within[position] = one.policy.reopen_within // MICROSECOND
            for owner in one.policy.pausing_owners:
                pausing[position, OWNERS.index(owner)] = True
    return TermsTable(
        terms=terms,
        target={name: _targets(terms, name) for name in JUDGED},
        calendar=np.array([calendars.index(one.calendar) for one in terms], dtype=np.int64),
        pausing=pausing,
        reopen_within=reopen_within,
        measures=Measures(calendars),
    )


def _targets(terms: Sequence[Terms], name: ClockName) -> Micros:
    promised = [one.target(name) for one in terms]
    return np.array(
        [NO_TARGET if t is None else t // MICROSECOND for t in promised], dtype=np.int64
    )


def _worked(
    table: TermsTable, term: Codes, since: Micros, until: Micros, first: Marks
) -> tuple[Micros, Micros]:
    """The measure at the start of each row, and what it grows by within the row."""
    calendar = table.calendar[term]
    base = table.measures.worked(calendar, since)
    end = np.append(base[1:], 0)[: len(base)]
    differs = np.append(first[1:] | (calendar[1:] != calendar[:-1]), True)[: len(base)]
    rows = np.flatnonzero(differs)
    end[rows] = table.measures.worked(calendar[rows], until[rows])
    return base, end - base

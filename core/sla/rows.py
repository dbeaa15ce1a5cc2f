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
from core.sla.coded import ATTRIBUTES, KINDS, REPLIES, CaseMarks, EventRows, among, kind_code
from core.sla.measuring import Measures, carried, first_per, last_marked, marked
from core.sla.model import (
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

OWNERS = tuple(Owner)
ENDED = -1
BOOK_CHANGE = -1
JUDGED = (ClockName.FRT, ClockName.NRT, ClockName.UPD, ClockName.TTR)
_READ = frozenset({EventKind.RECEIVED, EventKind.MESSAGE_IN, EventKind.STATUS, *PUBLIC_REPLIES})


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


def lay_out(events: EventRows, marks: CaseMarks, book: SlaBook, at: int) -> CaseRows:
    """The rows of all cases that were received."""
    count = len(marks.start)
    case, since, recorded, kind, value = _kept(events, marks, book, at)
    first = np.append(True, case[1:] != case[:-1])[: len(case)]
    ends = np.append(first[1:], True)[: len(case)]
    until = np.where(ends, at, np.append(since[1:], at)[: len(case)])
    facts = {
        name: _attribute(case, first, value, kind == KINDS.index(change), events.facts[name])
        for name, change in ATTRIBUTES.items()
    }
    is_status = kind == KINDS.index(EventKind.STATUS)
    status = carried(np.where(is_status, value, 1), is_status | first)
    owner = _owners(events.names, status, is_status)
    run = _runs(owner != ENDED, first)
    resolved = [i for i, name in enumerate(events.names) if name == RESOLVED]
    resolves = is_status & among(value, resolved, len(events.names))
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
        resolution=marked(run[resolves], len(run))[run],
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

"""The events of many cases as codes, and what the record of each case says about itself.

The first of three stages: codes here, steps in ``rows``, clocks in ``verdicts``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from core.errors import Broken
from core.sla.measuring import marked
from core.sla.model import (
    ENDED_STATUSES,
    FIRST_STATUS,
    PUBLIC_REPLIES,
    REPLIES_NOT_RECORDED,
    UPDATES_NOT_RECORDED,
    EventKind,
)
from core.sla.tally import NEVER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.sla.measuring import Codes, Marks, Micros

KINDS = tuple(EventKind)
ATTRIBUTES = {
    "priority": EventKind.PRIORITY,
    "tier": EventKind.TIER,
    "requester_kind": EventKind.REQUESTER_KIND,
    "calendar": EventKind.CALENDAR,
}


# Kinds whose value a clock reads.
TOLD = (EventKind.STATUS, EventKind.ATTRIBUTE, *ATTRIBUTES.values())


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
    silent: Marks  # the source records no replies at all
    one_reply: Marks  # it records the first one at most
    facts: dict[str, Codes]


def read_events(cases: pd.DataFrame, events: pd.DataFrame, at: int) -> EventRows:
    """Code both frames, leaving out events after ``at``."""
    keys = cases["key"].to_numpy()
    known = np.flatnonzero(events["at"].to_numpy(dtype=np.int64) <= at)
    key = events["key"].to_numpy()[known]
    case = np.minimum(np.searchsorted(keys, key), max(len(keys) - 1, 0))
    if len(key) and not (len(keys) and bool((keys[case] == key).all())):
        raise Broken("Events of cases that are not in the frame", hint="hand over whole cases")
    kind = _kinds(events["kind"].iloc[known])
    told = np.flatnonzero(among(kind, kind_code(*TOLD)))
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
    silent = _admitted(events, REPLIES_NOT_RECORDED, start)
    return CaseMarks(
        start=start,
        first_response=_first_at(events, replies, count),
        last_event=np.where(start == NEVER, NEVER, np.maximum(last_event, start)),
        early_reply=marked(case[early & replies], count),
        early_end=marked(case[early & ends], count),
        silent=silent,
        one_reply=silent | _admitted(events, UPDATES_NOT_RECORDED, start),
        facts=events.facts,
    )


def _admitted(events: EventRows, what: str, start: Micros) -> Marks:
    """The cases of which the source says that it leaves this out."""
    if what not in events.names:
        return np.zeros(len(start), dtype=np.bool_)
    said = events.value == events.names.index(what)
    here = said & (events.kind == KINDS.index(EventKind.ATTRIBUTE))
    return marked(events.case[here], len(start))


def _first_at(events: EventRows, here: Marks, count: int) -> Micros:
    found = np.full(count, NEVER, dtype=np.int64)
    found[events.case[here][::-1]] = events.at[here][::-1]
    return found

"""Open policy gaps whose cases include those of a partner, as far as the reader may see them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from core.access.model import Person
from core.access.rules import may, require
from core.cases.filter import CaseFilter, Segment
from core.desk.boot import Desk
from core.desk.gap_views import GapAsk, GapLine, gap_list
from core.desk.partner import Partner, require_seen
from core.desk.queue import look_of
from core.storage.queue import count, with_grants


@dataclass(frozen=True, slots=True)
class RelatedGap:
    """An open gap with the partner's cases behind it, linked or matching."""

    line: GapLine
    count: int
    filter: CaseFilter


def related_gaps(desk: Desk, person: Person, partner: Partner) -> tuple[RelatedGap, ...]:
    """The gaps that hold cases of the partner, what is overdue first."""
    require(person, "partner.read")
    require_seen(person, partner)
    if not may(person, "gap.read"):
        return ()
    found = []
    for line in gap_list(desk, person, GapAsk()).lines:
        filter_ = CaseFilter(segment=Segment.ALL, gap=line.gap.ref, partner=(partner.ref,))
        number = _count(desk, person, filter_)
        if number:
            found.append(RelatedGap(line, number, filter_))
    return tuple(found)


def _count(desk: Desk, person: Person, filter_: CaseFilter) -> int:
    look, _ = look_of(desk, person, filter_)
    with desk.snapshot.reading() as reading:
        granted = with_grants(reading, look)
        key = ("partner gap", filter_, granted)
        return reading.remember(key, partial(count, reading, filter_, granted))

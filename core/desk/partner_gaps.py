"""Open policy gaps whose cases include those of a partner, as far as the reader may see them."""

from __future__ import annotations

from dataclasses import dataclass

from core.access.model import Person
from core.access.rules import may, require
from core.cases.filter import CaseFilter, Segment
from core.desk.boot import Desk
from core.desk.gap_views import GapAsk, GapLine, gap_list
from core.desk.partner import Partner, require_seen
from core.desk.scope_counts import count_scopes


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
    lines = gap_list(desk, person, GapAsk()).lines
    filters = [
        CaseFilter(segment=Segment.ALL, gap=line.gap.ref, partner=(partner.ref,)) for line in lines
    ]
    counts = count_scopes(desk, person, filters).counts
    found = zip(lines, counts, filters, strict=True)
    return tuple(RelatedGap(line, number, own) for line, number, own in found if number)

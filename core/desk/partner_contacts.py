"""A partner's open cases, whom each waits for, and everything that passed between us, as one person
may see it: live, in the person's own scope and restriction, as the queue counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from core.access.model import Person
from core.access.rules import may, require
from core.cases.filter import CaseFilter, Segment, Sort
from core.clock import from_micros
from core.desk.boot import Desk
from core.desk.case import case_clocks
from core.desk.partner import Partner, require_seen
from core.desk.queue import look_of
from core.desk.risk_register import RiskLine, register_view
from core.desk.scope_counts import count_scopes
from core.desk.surges import SeenFinding, surges_view
from core.errors import NotFound
from core.sla.model import CaseClocks
from core.storage.cases import rows_by_ids
from core.storage.directory import accounts
from core.storage.partner_served_figures import refs_by_ids
from core.storage.partner_timeline import (
    TimelineAsk,
    TimelinePage,
    spellings,
    timeline_page,
    touched_cases,
)
from core.storage.partner_waits import (
    Wait,
    count_breached,
    most_urgent,
    open_cases_of,
    waits_of,
)
from core.storage.queue import with_grants
from core.storage.queue_conditions import Look
from core.storage.snapshot import Reading

ROWS = 12  # open cases that are listed here; the queue has the others
PAGE = 50


@dataclass(frozen=True, slots=True)
class OwnerWait:
    """Open cases whose time one owner holds, and the longest of these waits."""

    wait: Wait
    case_ref: str  # the one that has waited longest
    filter: CaseFilter  # exactly these cases


@dataclass(frozen=True)
class OpenCases:
    """The partner's open cases; ``rows`` has the shape QUEUE_ROWS, the most urgent first."""

    rows: pd.DataFrame
    total: int
    breached: int
    filter: CaseFilter
    breached_filter: CaseFilter
    waits: tuple[OwnerWait, ...]  # the longest first


@dataclass(frozen=True)
class ContactsView:
    """Everything on the page in one sequence number of the snapshot."""

    open: OpenCases
    timeline: TimelinePage
    channels: Mapping[str, int]  # of all the partner's cases, most first
    at: datetime
    version: int
    is_refreshing: bool


@dataclass(frozen=True, slots=True)
class KnownAs:
    """Platform and handle of each account, and how else the name is written."""

    accounts: tuple[tuple[str, str], ...]
    spellings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RelatedRisk:
    """A risk of the register whose scope holds cases of the partner."""

    line: RiskLine
    count: int
    filter: CaseFilter


@dataclass(frozen=True, slots=True)
class RelatedSurge:
    """A finding of the last complete week that holds cases of the partner."""

    finding: SeenFinding
    week_on: str
    ground: CaseFilter  # what its slice narrows to, dates left out
    count: int
    filter: CaseFilter


def contacts_view(
    desk: Desk, person: Person, partner: Partner, ask: TimelineAsk | None = None
) -> ContactsView:
    """Open cases, waits and one page of the timeline; not found outside of the scope."""
    _require(person, partner)
    look, _ = look_of(desk, person, CaseFilter())
    with desk.snapshot.reading() as reading:
        look = with_grants(reading, look)
        cases = touched_cases(reading, look, partner.id)
        opened = _open_cases(desk, reading, look, partner)
        version, is_refreshing = reading.version, reading.is_refreshing
    with desk.store.read() as connection:
        page = timeline_page(connection, look, cases, ask or TimelineAsk(), PAGE)
    channels = cases.channel_counts()
    return ContactsView(opened, page, channels, from_micros(look.at), version, is_refreshing)


def clocks_of(desk: Desk, person: Person, partner: Partner, ref: str) -> CaseClocks:
    """The clocks of one of the partner's cases; a case of somebody else is not found."""
    _require(person, partner)
    case, clocks = case_clocks(desk, person, ref)
    if case.partner_id != partner.id:
        raise NotFound("Case", ref)
    return clocks


def related_risks(desk: Desk, person: Person, partner: Partner) -> tuple[RelatedRisk, ...]:
    """Open risks that the person may see and that hold cases of the partner."""
    _require(person, partner)
    if not may(person, "risk.read"):
        return ()
    lines = register_view(desk, person).lines
    chosen = [(line, of_partner(line.risk.subject.filter, partner)) for line in lines]
    held = [(line, own) for line, own in chosen if own is not None]
    counts = count_scopes(desk, person, [own for _, own in held]).counts
    found = zip(held, counts, strict=True)
    return tuple(RelatedRisk(line, number, own) for (line, own), number in found if number)


def related_surges(desk: Desk, person: Person, partner: Partner) -> tuple[RelatedSurge, ...]:
    """Findings of the last complete week that nobody dismissed and that hold cases of the partner."""
    _require(person, partner)
    if not may(person, "risk.read"):
        return ()
    view = surges_view(desk, person, CaseFilter())
    chosen = [
        (seen, of_partner(seen.sighting.mark.of(view.filter, view.zone), partner))
        for seen in view.standing
    ]
    held = [(seen, own) for seen, own in chosen if own is not None]
    counts = count_scopes(desk, person, [own for _, own in held]).counts
    return tuple(
        RelatedSurge(seen, view.week.name, _slice(own), number, own)
        for (seen, own), number in zip(held, counts, strict=True)
        if number
    )


def known_as(desk: Desk, person: Person, partner: Partner) -> KnownAs:
    """Accounts and spellings of a partner."""
    _require(person, partner)
    with desk.store.read() as connection:
        other = [name for name in spellings(connection, partner.id) if name != partner.name]
        return KnownAs(tuple(accounts(connection, partner.id)), tuple(other))


def of_partner(filter_: CaseFilter, partner: Partner) -> CaseFilter | None:
    """The partner's cases of a filter; None where the filter is about other partners only."""
    if filter_.partner and partner.ref not in filter_.partner:
        return None
    return filter_.having(partner=(partner.ref,))


def _slice(filter_: CaseFilter) -> CaseFilter:
    return filter_.without("partner", "received_from", "received_to", "zone", "segment", "sort")


def _require(person: Person, partner: Partner) -> None:
    require(person, "partner.read")
    require(person, "case.read")
    require_seen(person, partner)


def _open_cases(desk: Desk, reading: Reading, look: Look, partner: Partner) -> OpenCases:
    found = open_cases_of(reading, look, partner.id)
    ids, waits = most_urgent(found, look, ROWS), waits_of(found, look)
    with desk.store.read() as connection:
        rows = rows_by_ids(connection, look.scope, ids, look)
        refs = refs_by_ids(connection, look.scope, [wait.longest_id for wait in waits])
    chosen = CaseFilter(partner=(partner.ref,), sort=Sort.URGENCY)
    return OpenCases(
        rows=rows,
        total=len(found.ids),
        breached=count_breached(found, look),
        filter=chosen,
        breached_filter=chosen.having(segment=Segment.BREACHED),
        waits=tuple(
            OwnerWait(
                wait,
                refs.get(wait.longest_id, ""),
                chosen.having(owner=(wait.owner,), sort=Sort.AGE),
            )
            for wait in waits
        ),
    )

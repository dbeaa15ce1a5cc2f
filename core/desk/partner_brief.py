"""What a partner manager needs for a call, on one page, as one person may know it.

Restricted cases are neither listed nor in any count that is meant to be said; cases under a legal
hold are not listed. Whoever may see them is told how many there are, so as not to speak of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import pandas as pd

from core.access.model import Person
from core.access.rules import require, scope_of
from core.audit.model import Detail, Draft
from core.cases.filter import CaseFilter, Flag, Segment, Sort
from core.cases.windows import day_start
from core.clock import from_micros
from core.desk.boot import Desk
from core.desk.health_moves import Part, movers
from core.desk.partner import Partner, require_seen
from core.desk.partner_health_view import HealthView, health_view
from core.desk.partner_records import RecordView, record_view
from core.desk.queue import look_of
from core.partners.record_rules import BriefRules, record_rules
from core.storage.brief_counts import (
    TakenDecision,
    counts_by,
    lately_touched,
    taken_decisions,
)
from core.storage.cases import rows_by_ids
from core.storage.queue import count, ids_of, page_ids, with_grants
from core.storage.queue_conditions import Look
from core.storage.scope import OPEN, RESTRICTED, SEALED
from core.storage.snapshot import Reading

OTHERS = ("policy", "product", "legal", "external")  # owners of time whom we cannot hurry


@dataclass(frozen=True, slots=True)
class Counted:
    """A number of cases and the filter that opens them."""

    count: int
    filter: CaseFilter


@dataclass(frozen=True, slots=True)
class OpenNow:
    """Open cases of the level "open": how many, and the most urgent that may be spoken of."""

    open: Counted
    breached: Counted
    on_others: Counted
    on_requester: Counted
    rows: pd.DataFrame  # QUEUE_ROWS, without those under a legal hold
    oldest_us: int | None  # age of the oldest open case
    oldest_ref: str


@dataclass(frozen=True, slots=True)
class Decided:
    """Cases resolved in the last days by outcome, and the newest decisions on cases."""

    first: date
    last: date
    resolved: Counted
    outcomes: tuple[tuple[str, Counted], ...]  # the most frequent first; '' is none recorded
    newest: tuple[TakenDecision, ...]


@dataclass(frozen=True)
class PartnerBrief:
    """Everything on the page, in one sequence number but for what people wrote down."""

    partner: Partner
    health: HealthView
    slices: tuple[Part, ...]  # of the input that pulled the score down most
    open: OpenNow
    decided: Decided
    record: RecordView
    held: Counted
    restricted: Counted
    at: datetime
    version: int
    is_refreshing: bool

    @property
    def reads_text(self) -> bool:
        """False for roles whose brief leaves out what people wrote, and titles."""
        return self.record.reads_text


def partner_brief(desk: Desk, person: Person, partner: Partner) -> PartnerBrief:
    """The brief on a partner in the person's scope."""
    require(person, "partner.read")
    require(person, "report.read")
    require(person, "case.read")
    require_seen(person, partner)
    rules = record_rules().brief
    health = health_view(desk, person, partner)
    look, _ = look_of(desk, person, CaseFilter())
    with desk.snapshot.reading() as reading:
        look = with_grants(reading, look)
        found = movers(reading, health.standing.day, (partner.id,), 1)
        slices = found[0].parts if found else ()
        open_now = _open(desk, reading, look, partner, rules)
        resolved = _resolved(reading, look, partner, rules)
        everything = _of(partner, segment=Segment.ALL)
        # A decision is an event, so it is no newer than the case's last one.
        touched = lately_touched(reading, look, everything, day_start(resolved.first, "UTC"))
        held, restricted = _unspoken(reading, look, partner)
        version, is_refreshing = reading.version, reading.is_refreshing
    return PartnerBrief(
        partner=partner,
        health=health,
        slices=slices,
        open=open_now,
        decided=_decided(desk, person, touched, rules, resolved),
        record=record_view(desk, person, partner.ref),
        held=held,
        restricted=restricted,
        at=from_micros(look.at),
        version=version,
        is_refreshing=is_refreshing,
    )


def take_out(desk: Desk, person: Person, partner: Partner, how: str) -> PartnerBrief:
    """The brief as it leaves the desk, printed or as a file; that it did is recorded first."""
    brief = partner_brief(desk, person, partner)
    details: dict[str, Detail] = {"how": how, "version": brief.version}
    desk.store.record(Draft(person.username, "partner.brief", partner.ref, details))
    return brief


def _open(desk: Desk, reading: Reading, look: Look, partner: Partner, rules: BriefRules) -> OpenNow:
    chosen = _of(partner, sort=Sort.URGENCY)
    owners = counts_by(reading, look, chosen, "owner")
    others = tuple(one for one in OTHERS if one in owners)
    late = chosen.having(segment=Segment.BREACHED)
    held = set(ids_of(reading, chosen.having(flags=(Flag.LEGAL_HOLD,)), look))
    ids = page_ids(reading, chosen, look, None, rules.most_cases + len(held)).ids
    oldest = page_ids(reading, chosen.having(sort=Sort.AGE), look, None, 1 + len(held)).ids
    shown, first = _free(ids, held)[: rules.most_cases], _free(oldest, held)[:1]
    with desk.store.read() as connection:
        rows = rows_by_ids(connection, look.scope, shown, look)
        eldest = rows_by_ids(connection, look.scope, first, look)
    return OpenNow(
        open=Counted(sum(owners.values()), chosen),
        breached=Counted(count(reading, late, look), late),
        on_others=Counted(sum(owners[one] for one in others), chosen.having(owner=others)),
        on_requester=Counted(owners.get("requester", 0), chosen.having(owner=("requester",))),
        rows=rows,
        oldest_us=int(eldest["age_us"].iloc[0]) if first else None,
        oldest_ref=str(eldest["ref"].iloc[0]) if first else "",
    )


def _resolved(reading: Reading, look: Look, partner: Partner, rules: BriefRules) -> Decided:
    last = from_micros(look.at).date()
    first = last - timedelta(days=rules.decided_days - 1)
    chosen = _of(partner, segment=Segment.ALL, resolved_from=first, resolved_to=last)
    outcomes = counts_by(reading, look, chosen, "outcome")
    return Decided(
        first=first,
        last=last,
        resolved=Counted(sum(outcomes.values()), chosen),
        outcomes=tuple(
            (outcome, Counted(number, chosen.having(outcome=(outcome,))))
            for outcome, number in outcomes.items()
        ),
        newest=(),
    )


def _decided(
    desk: Desk, person: Person, touched: Sequence[int], rules: BriefRules, resolved: Decided
) -> Decided:
    since, most = day_start(resolved.first, "UTC"), rules.most_decisions
    with desk.store.read() as connection:
        newest = taken_decisions(connection, scope_of(person), touched, since, most)
    return replace(resolved, newest=newest)


def _unspoken(reading: Reading, look: Look, partner: Partner) -> tuple[Counted, Counted]:
    """Cases under a legal hold, and restricted ones, as far as the person may see them."""
    held = _of(partner, segment=Segment.ALL, flags=(Flag.LEGAL_HOLD,))
    closed = _of(partner, segment=Segment.ALL, restriction=(RESTRICTED, SEALED))
    return (
        Counted(count(reading, held, look), held),
        Counted(count(reading, closed, look), closed),
    )


def _of(partner: Partner, **parts: object) -> CaseFilter:
    return CaseFilter(partner=(partner.ref,), restriction=(OPEN,)).having(zone="UTC", **parts)


def _free(ids: Sequence[int], held: set[int]) -> list[int]:
    return [case_id for case_id in ids if case_id not in held]

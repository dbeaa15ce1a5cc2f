"""Gaps as one person sees them: the list, and one with its evidence, tasks and log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.access.model import Person, Scope
from core.access.rules import may, require, scope_of
from core.desk.boot import Desk
from core.desk.gap_writes import PROPOSE, READ, WRITE
from core.errors import NotFound, Refused
from core.gaps.limits import gap_limits
from core.gaps.model import Gap, GapEntry, GapEvidence, GapTask
from core.gaps.overdue import Due, Overdue, dues, overdue
from core.gaps.rules import LEAD, why_not_change, why_not_edit, why_not_undo
from core.gaps.workflow import Move, moves_from
from core.storage.gap_reads import (
    entries_of,
    evidence_of,
    gap_by_ref,
    gaps_of,
    gaps_of_case,
    link_counts,
    open_tasks,
    tasks_of,
    without_hidden,
)
from core.taxonomy import taxonomy

Codes = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GapAsk:
    """What a list of gaps is narrowed to: all parts, and within one part any of its values."""

    response: Codes = ()
    implementation: Codes = ()
    gap_type: Codes = ()
    kind: Codes = ()  # policy, enforcement or process
    severity: Codes = ()
    area: Codes = ()
    clause: Codes = ()
    owner: Codes = ()
    is_overdue: bool = False
    is_mine: bool = False  # owned, proposed, or with a task of the person who asks
    with_closed: bool = False


@dataclass(frozen=True, slots=True)
class GapLine:
    """One gap in a list."""

    gap: Gap
    linked: int  # cases that the person may see
    tasks: tuple[GapTask, ...]  # what is left to do
    overdue: tuple[Overdue, ...]
    next: Due | None  # what is due next, late or not

    @property
    def days_late(self) -> int:
        """How long the oldest of what is late has been so; 0 when nothing is."""
        return self.overdue[0].days if self.overdue else 0


@dataclass(frozen=True, slots=True)
class GapList:
    """The gaps of an ask: late ones first, then by severity, then the newest."""

    lines: tuple[GapLine, ...]
    matching: int  # how many there are, should more be found than are listed
    total: int  # without the ask
    late: tuple[GapLine, ...]  # of all gaps: what is late and the person answers for
    owners: Codes
    clauses: Codes
    can_propose: bool
    can_write: bool
    today: date  # UTC
    at: datetime


@dataclass(frozen=True, slots=True)
class Offer:
    """An act that is open to a gap, and why this person may not do it."""

    move: Move
    why_not: Refused | None


@dataclass(frozen=True, slots=True)
class GapDossier:
    """One gap as a person may read it."""

    gap: Gap  # without its matching filter where it names what the person may not know
    is_matching_hidden: bool
    evidence: tuple[GapEvidence, ...]  # cases in scope, the link made last first
    tasks: tuple[GapTask, ...]
    log: tuple[GapEntry, ...]  # newest first
    shipping: GapEntry | None  # what was said when it was shipped last
    proof: GapEntry | None  # what was said when it was verified or set aside last
    offers: tuple[Offer, ...]
    overdue: tuple[Overdue, ...]
    next: Due | None
    undoable: frozenset[int]  # lines of the log that the person can take back
    why_not_edit: Refused | None
    can_propose: bool  # and so link cases and add notes
    can_write: bool
    reads_text: bool
    today: date  # UTC
    at: datetime


def gap_list(desk: Desk, person: Person, ask: GapAsk) -> GapList:
    """The gaps that satisfy an ask."""
    require(person, READ)
    now = desk.clock.now()
    lines = _lines(desk, scope_of(person), now)
    found = [line for line in lines if _satisfies(line, ask, person.username)]
    return GapList(
        lines=tuple(found[: gap_limits().most_listed]),
        matching=len(found),
        total=len(lines),
        late=_late_for(lines, person),
        owners=tuple(sorted({line.gap.owner for line in lines} - {""})),
        clauses=tuple(sorted({clause for line in lines for clause in line.gap.clauses})),
        can_propose=may(person, PROPOSE),
        can_write=may(person, WRITE),
        today=now.date(),
        at=now,
    )


def gap_dossier(desk: Desk, person: Person, ref: str) -> GapDossier:
    """One gap by its reference; an unknown one is refused."""
    require(person, READ)
    now, scope = desk.clock.now(), scope_of(person)
    with desk.store.read() as connection:
        gap = gap_by_ref(connection, ref)
        if gap is None:
            raise NotFound("Gap", ref)
        (shown,) = without_hidden(connection, scope, [gap])
        evidence = evidence_of(connection, scope, gap.id)
        tasks = tasks_of(connection, gap.id)
        log = entries_of(connection, scope, gap.id)
    may_write, may_propose = may(person, WRITE), may(person, PROPOSE)
    due = dues(gap, tasks)
    return GapDossier(
        gap=shown,
        is_matching_hidden=shown.matching != gap.matching,
        evidence=evidence,
        tasks=tasks,
        log=log,
        shipping=_last(log, "ship"),
        proof=_last(log, "verify", "claim"),
        offers=_offers(gap, person, may_write=may_write),
        overdue=overdue(gap, now, tasks),
        next=due[0] if due else None,
        undoable=_undoable(log, person, now, may_write=may_write) if may_propose else frozenset(),
        why_not_edit=_why_not_edit(gap, person, may_write=may_write, may_propose=may_propose),
        can_propose=may_propose,
        can_write=may_write,
        reads_text=scope.sees_text,
        today=now.date(),
        at=now,
    )


def gaps_with_case(desk: Desk, person: Person, case_ref: str) -> tuple[Gap, ...]:
    """The gaps that a case is linked to; none for those who do not read gaps."""
    if not may(person, READ):
        return ()
    with desk.store.read() as connection:
        found = gaps_of_case(connection, scope_of(person), case_ref)
        return without_hidden(connection, scope_of(person), found)


def _lines(desk: Desk, scope: Scope, now: datetime) -> list[GapLine]:
    with desk.store.read() as connection:
        gaps = without_hidden(connection, scope, gaps_of(connection))
        tasks, counts = open_tasks(connection), link_counts(connection, scope)
    lines = [_line(gap, counts.get(gap.id, 0), tasks.get(gap.id, ()), now) for gap in gaps]
    severities = taxonomy().gap_severities
    # Sorting keeps what is equal as it was: the gap proposed last first.
    lines.sort(key=lambda line: -int(severities[line.gap.severity]["rank"]))
    lines.sort(key=lambda line: -line.days_late)
    lines.sort(key=lambda line: not line.gap.is_open)
    return lines


def _line(gap: Gap, linked: int, tasks: tuple[GapTask, ...], now: datetime) -> GapLine:
    due = dues(gap, tasks)
    return GapLine(gap, linked, tasks, overdue(gap, now, tasks), due[0] if due else None)


def _satisfies(line: GapLine, ask: GapAsk, username: str) -> bool:
    gap = line.gap
    held: Mapping[str, Codes] = {
        "response": (gap.response,),
        "implementation": (gap.implementation,),
        "gap_type": (gap.gap_type,),
        "kind": (gap.kind,),
        "severity": (gap.severity,),
        "area": gap.abuse_types,
        "clause": gap.clauses,
        "owner": (gap.owner,),
    }
    for name, values in held.items():
        wanted = getattr(ask, name)
        if wanted and not set(wanted) & set(values):
            return False
    if ask.is_overdue and not line.overdue:
        return False
    if ask.is_mine and not _concerns(line, username):
        return False
    return gap.is_open or ask.with_closed or bool(ask.response or ask.implementation)


def _concerns(line: GapLine, username: str) -> bool:
    people = {line.gap.owner, line.gap.proposed_by, *(task.owner for task in line.tasks)}
    return username in people


def _late_for(lines: Sequence[GapLine], person: Person) -> tuple[GapLine, ...]:
    """What is late: all of it for a lead, of others what they own or have a task of."""
    is_lead = person.role == LEAD
    return tuple(
        line
        for line in lines
        if line.overdue
        and (is_lead or person.username in {line.gap.owner, *(t.owner for t in line.tasks)})
    )


def _offers(gap: Gap, person: Person, *, may_write: bool) -> tuple[Offer, ...]:
    if not may_write:
        return ()
    return tuple(Offer(move, _not_a_lead(move, person)) for move in moves_from(gap.states))


def _not_a_lead(move: Move, person: Person) -> Refused | None:
    if "lead" not in move.needs or person.role == LEAD:
        return None
    return Refused(f"'{move.label}' is for a team lead.", hint="Ask one, with your reason.")


def _why_not_edit(
    gap: Gap, person: Person, *, may_write: bool, may_propose: bool
) -> Refused | None:
    if not may_propose:
        return Refused("Your role does not change gaps.")
    return why_not_edit(gap, person.username, may_write=may_write) or why_not_change(gap)


def _undoable(
    log: Sequence[GapEntry], person: Person, now: datetime, *, may_write: bool
) -> frozenset[int]:
    def can(entry: GapEntry) -> bool:
        since: timedelta = now - entry.at
        return why_not_undo(entry, person.username, since, may_write=may_write) is None

    return frozenset(entry.id for entry in log if can(entry))


def _last(log: Sequence[GapEntry], *acts: str) -> GapEntry | None:
    return next((entry for entry in log if entry.act in acts), None)

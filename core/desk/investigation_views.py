"""Investigations as one person sees them: the list, and one with its cases, texts and timeline."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

import pandas as pd

from core.access.model import Person, Scope
from core.access.permissions import role_may
from core.access.rules import may, require, scope_of
from core.cases.filter import CaseFilter
from core.cases.model import Viewer
from core.clock import from_micros, to_micros
from core.desk.assessments import AssessmentLine, newest_over
from core.desk.boot import Desk
from core.desk.queue import look_of
from core.desk.risk import partner_names
from core.risk.investigation import (
    Entry,
    Finding,
    Hypothesis,
    Investigation,
    investigation_limits,
)
from core.risk.investigation_rules import moves, shows_outcome
from core.risk.investigation_words import entry_words
from core.storage import people
from core.storage.cases import rows_by_ids
from core.storage.engine import Write
from core.storage.gap_conditions import resolved
from core.storage.investigation_lists import (
    InvestigationLine,
    investigation_lines,
    investigations_with,
    people_on,
)
from core.storage.investigation_reads import (
    entries_of,
    filter_of,
    filters_shown,
    investigation_by_ref,
    pins_of,
    reader_of,
    texts_of,
)
from core.storage.queue import count, look_at, with_grants

# Cases that everybody in the team may see: what a count of the past may be made from.
COMMON = Scope(
    username="",
    role="",
    partner_ids=None,
    sees_cases=True,
    sees_text=True,
    sees_sealed=False,
    sees_every_restricted=False,
)


@dataclass(frozen=True)
class InvestigationList:
    """Investigations that the person may open, and who is on any of them."""

    lines: tuple[InvestigationLine, ...]
    people: tuple[str, ...]
    can_write: bool
    at: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class CountedFilter:
    """A list of cases with as many as the person finds there now, and how many there were."""

    filter: CaseFilter
    count: int
    count_then: int | None = None


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding with what it rests on, as far as the person may see it."""

    finding: Finding
    cases: tuple[str, ...]
    lists: tuple[CountedFilter, ...]
    urls: tuple[str, ...]


@dataclass(frozen=True)
class InvestigationView:
    """One investigation; every count in it opens exactly its cases."""

    facts: Investigation
    scope: CountedFilter | None  # None: it names what the person may not know
    assessed: AssessmentLine | None  # the last time that what has this scope was
    cases: pd.DataFrame  # shape QUEUE_ROWS of core.storage.cases, the newest pin first
    findings: tuple[FindingView, ...]
    hypotheses: tuple[Hypothesis, ...]
    timeline: tuple[Entry, ...]
    texts: dict[int, str]  # of shown findings and hypotheses, to be quoted
    moves: tuple[str, ...]  # statuses that it can be given
    can_write: bool
    reads_text: bool
    is_partial: bool  # shown to a person who is held to partners and not on it: only what is theirs
    partner_names: dict[str, str]
    version: int  # of the snapshot that was counted
    at: datetime
    zone: str
    is_refreshing: bool
    notices: tuple[str, ...] = ()


def investigation_list(
    desk: Desk, person: Person, statuses: Sequence[str] = (), who: str = "", zone: str = ""
) -> InvestigationList:
    """The list: those that go on first, one's own before others', then the newest."""
    require(person, "risk.read")
    scope = scope_of(person)
    most = investigation_limits().most_listed
    with desk.store.read() as connection:
        lines = investigation_lines(connection, scope, statuses, who, most)
        found = people_on(connection, scope)
    can_write = may(person, "risk.write")
    return InvestigationList(lines, found, can_write, desk.clock.now(), zone or person.zone)


def investigation_view(desk: Desk, person: Person, ref: str, zone: str = "") -> InvestigationView:
    """One investigation by its reference; unknown and out of scope are refused in the same words."""
    require(person, "risk.read")
    scope = scope_of(person)
    look, notices = look_of(desk, person, CaseFilter())
    with desk.store.read() as connection:
        facts = investigation_by_ref(connection, scope, ref)
        pins = pins_of(connection, scope, facts.id)
        findings, hypotheses = texts_of(connection, scope, facts)
        shown = _texts(findings, hypotheses)
        timeline = entries_of(connection, scope, facts.id, shown)
        cases = rows_by_ids(connection, scope, [pin.case_id for pin in pins], look)
        shown_scope = filters_shown(connection, scope, [facts.scope])
    counted = _counted(desk, person, {*shown_scope, *_lists(findings)})
    scope_now = counted.of(facts.scope)
    return InvestigationView(
        facts=facts if scope_now else replace(facts, scope=CaseFilter()),
        scope=scope_now,
        assessed=newest_over(desk, person, facts.scope) if scope_now else None,
        cases=cases,
        findings=tuple(_finding_view(found, counted, scope) for found in findings),
        hypotheses=hypotheses,
        timeline=timeline,
        texts=shown,
        moves=moves(facts.status),
        can_write=may(person, "risk.write"),
        reads_text=scope.sees_text,
        is_partial=not shows_outcome(replace(reader_of(scope), reads_text=True), facts.people),
        partner_names=counted.partner_names,
        version=counted.version,
        at=from_micros(look.at),
        zone=zone or person.zone,
        is_refreshing=counted.is_refreshing,
        notices=(*notices, *counted.notices),
    )


def foreseen(desk: Desk, person: Person, filter_: CaseFilter) -> CountedFilter:
    """A scope that somebody is about to ask about, with its cases."""
    require(person, "risk.read")
    found = _counted(desk, person, {filter_}).of(filter_)
    return found or CountedFilter(filter_, 0)


def investigations_of_case(desk: Desk, person: Person, ref: str) -> tuple[InvestigationLine, ...]:
    """Investigations that a case is pinned to; none for those who do not read risk views."""
    if not may(person, "risk.read"):
        return ()
    with desk.store.read() as connection:
        return investigations_with(connection, scope_of(person), ref)


def people_to_add(desk: Desk, person: Person) -> dict[str, str]:
    """Who can be put on an investigation: username to name."""
    require(person, "risk.write")
    with desk.store.read() as connection:
        found = people.users(connection)
    return {u.username: u.name for u in found if u.is_active and role_may(u.role, "risk.read")}


def counted_then(desk: Desk, filter_: CaseFilter) -> int:
    """How many cases without restriction a list has now, to be told to everybody later."""
    at = to_micros(desk.clock.now())
    look = look_at(desk.book, COMMON, Viewer("", ""), at)
    with desk.store.read() as connection:
        look = resolved(connection, filter_, look, reads_gaps=True)
    with desk.snapshot.reading() as reading:
        return count(reading, filter_, with_grants(reading, look))


def changes_since(
    write: Write, person: Person, found: Investigation, version: int
) -> tuple[str, ...]:
    """What others did after a version, in words, oldest first, as far as the person may see it."""
    scope = scope_of(person)
    findings, hypotheses = texts_of(write.connection, scope, found)
    texts = _texts(findings, hypotheses)
    entries = entries_of(write.connection, scope, found.id, texts, after=version)
    return tuple(f"{entry.by} {entry_words(entry, texts)}" for entry in reversed(entries))


def _texts(findings: Sequence[Finding], hypotheses: Sequence[Hypothesis]) -> dict[int, str]:
    """The texts that a reader is shown, by the key of their item."""
    texts = {found.id: found.text for found in findings}
    return texts | {one.id: one.text for one in hypotheses}


@dataclass(frozen=True)
class _Counted:
    """Filters with their counts, all of one sequence number."""

    counts: Mapping[CaseFilter, int]
    partner_names: dict[str, str]
    version: int
    is_refreshing: bool
    notices: tuple[str, ...]

    def of(self, filter_: CaseFilter, count_then: int | None = None) -> CountedFilter | None:
        """A filter with its count; None where it is not shown."""
        if filter_ not in self.counts:
            return None
        return CountedFilter(filter_, self.counts[filter_], count_then)


def _counted(desk: Desk, person: Person, filters: Collection[CaseFilter]) -> _Counted:
    looks = {filter_: look_of(desk, person, filter_) for filter_ in filters}
    counts = {}
    with desk.snapshot.reading() as reading:
        for filter_, (look, _) in looks.items():
            granted = with_grants(reading, look)
            key = ("investigation", filter_, granted)
            counts[filter_] = reading.remember(key, partial(count, reading, filter_, granted))
        named = {ref for filter_ in looks for ref in filter_.partner}
        known = partner_names(reading, scope_of(person))
        partners = {ref: name for ref, name in known.items() if ref in named}
    notices = tuple(dict.fromkeys(note for _, notes in looks.values() for note in notes))
    return _Counted(counts, partners, reading.version, reading.is_refreshing, notices)


def _lists(findings: Sequence[Finding]) -> list[CaseFilter]:
    links = [link for found in findings for link in found.links if link.kind == "filter"]
    return [filter_of(link) for link in links]


def _finding_view(found: Finding, counted: _Counted, scope: Scope) -> FindingView:
    filters = [link for link in found.links if link.kind == "filter"]
    # A count of then is made over all partners, so it is not for those who are held to some.
    then = [None if scope.partner_ids is not None else link.count_then for link in filters]
    lists = [counted.of(filter_of(link), n) for link, n in zip(filters, then, strict=True)]
    return FindingView(
        finding=replace(found, links=()),
        cases=tuple(link.value for link in found.links if link.kind == "case"),
        lists=tuple(one for one in lists if one is not None),
        urls=tuple(link.value for link in found.links if link.kind == "url"),
    )

"""Opens and changes investigations; each act is checked against what the person saw, and recorded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from core.access.model import Person
from core.access.permissions import role_may
from core.access.rules import require, scope_of
from core.audit.model import Detail, Draft
from core.cases.filter import CaseFilter
from core.desk.boot import Desk
from core.desk.investigation_views import changes_since, counted_then
from core.errors import BadInput, Conflict, NotFound, Refused
from core.risk.investigation import (
    Evidence,
    EvidenceLink,
    Hypothesis,
    Investigation,
    investigation_limits,
)
from core.risk.investigation_rules import (
    absolute,
    usable_refs,
    usable_url,
    why_not_change,
    why_not_judge,
    why_not_move,
)
from core.storage import investigations as rows
from core.storage import people
from core.storage.engine import Write
from core.storage.investigation_reads import (
    case_ids_in_scope,
    finding_count,
    investigation_by_ref,
    pins_of,
    texts_of,
)
from core.storage.investigations import FINDING, HYPOTHESIS, NewInvestigation, Touch
from core.taxonomy import taxonomy
from core.written import usable_text

FIRST_STATUS, FIRST_STATE = "open", "open"


@dataclass(frozen=True, slots=True)
class Seen:
    """The investigation as the person saw it; what changed since then is not written over."""

    ref: str
    version: int


@dataclass(frozen=True, slots=True)
class _Change:
    """One open write on an investigation that the person may see."""

    write: Write
    found: Investigation
    person: Person

    def done(self, act: Touch, **facts: object) -> None:
        """Put the act into the timeline and the facts into the row."""
        rows.touch(self.write, self.found.id, self.found.version, act, **facts)

    def tell(self, **details: Detail) -> None:
        """Add codes, references and counts to the entry of the record."""
        self.write.details |= details


def open_investigation(
    desk: Desk, person: Person, question: str, scope: CaseFilter, cases: Sequence[str] = ()
) -> str:
    """Ask a question about some cases; the person leads. Gives the reference."""
    require(person, "risk.write")
    question = usable_text(question, "question", investigation_limits().longest_question)
    scope = absolute(scope, person.username, person.team)
    refs = usable_refs(cases)
    with desk.store.write(Draft(person.username, "investigation.open", "")) as write:
        new = NewInvestigation(question, scope, person.username, person.username, FIRST_STATUS)
        key, write.subject = rows.add_investigation(write, new)
        if refs:
            pinned = rows.pin_cases(write, key, _ids(write, person, refs))
            rows.touch(write, key, 1, Touch("pinned", case_ids=pinned))
            write.details["cases"] = list(refs)
        return write.subject


def set_question(desk: Desk, person: Person, seen: Seen, question: str) -> None:
    """Ask it in other words."""
    question = usable_text(question, "question", investigation_limits().longest_question)
    with _changing(desk, person, seen, "investigation.rename") as change:
        change.done(Touch("question"), question=question)


def set_scope(desk: Desk, person: Person, seen: Seen, scope: CaseFilter) -> None:
    """Look at other cases."""
    scope = absolute(scope, person.username, person.team)
    with _changing(desk, person, seen, "investigation.set_scope") as change:
        change.done(Touch("scope"), scope=rows.scope_text(scope))


def pin(desk: Desk, person: Person, seen: Seen, cases: Sequence[str]) -> int:
    """Pin cases by reference, all or none; gives how many were not pinned before."""
    refs = _some(usable_refs(cases))
    with _changing(desk, person, seen, "investigation.pin") as change:
        ids = _ids(change.write, person, refs)
        held = len(pins_of(change.write.connection, scope_of(person), change.found.id))
        if held + len(ids) > investigation_limits().most_pins:
            raise Refused(f"At most {investigation_limits().most_pins:,} cases can be pinned.")
        new = rows.pin_cases(change.write, change.found.id, ids)
        change.tell(cases=list(refs))
        if new:
            change.done(Touch("pinned", case_ids=new))
        return len(new)


def unpin(desk: Desk, person: Person, seen: Seen, cases: Sequence[str]) -> int:
    """Take pins back; gives how many there were."""
    refs = _some(usable_refs(cases))
    with _changing(desk, person, seen, "investigation.unpin") as change:
        gone = rows.unpin_cases(change.write, change.found.id, _ids(change.write, person, refs))
        change.tell(cases=list(refs))
        if gone:
            change.done(Touch("unpinned", case_ids=gone))
        return len(gone)


def add_finding(desk: Desk, person: Person, seen: Seen, text: str, evidence: Evidence) -> int:
    """Say what was found and what it rests on; gives its key."""
    require(person, "risk.write")
    text = usable_text(text, "finding", investigation_limits().longest_text)
    links = _links(desk, person, evidence)
    with _changing(desk, person, seen, "investigation.add_finding") as change:
        item = rows.add_item(change.write, change.found.id, FINDING, text)
        _link(change, item, links)
        change.done(Touch("finding_added", item_id=item))
        return item


def edit_finding(
    desk: Desk, person: Person, seen: Seen, item: int, text: str, evidence: Evidence
) -> None:
    """Say a finding anew; lists that it rested on before keep the count of then."""
    require(person, "risk.write")
    text = usable_text(text, "finding", investigation_limits().longest_text)
    links = _links(desk, person, evidence)
    with _changing(desk, person, seen, "investigation.edit_finding") as change:
        findings, _ = texts_of(change.write.connection, scope_of(person), change.found)
        before = next((f for f in findings if f.id == item), None)
        if before is None:
            raise NotFound("Finding", "of this investigation")
        then = {link.value: link.count_then for link in before.links if link.kind == "filter"}
        kept = [
            EvidenceLink(n.kind, n.value, then.get(n.value, n.count_then))
            if n.kind == "filter"
            else n
            for n in links
        ]
        rows.change_item(change.write, item, body=text, erased_at=None)
        _link(change, item, kept)
        change.done(Touch("finding_changed", item_id=item))


def add_hypothesis(desk: Desk, person: Person, seen: Seen, text: str) -> int:
    """Say what the answer might be; gives its key."""
    text = usable_text(text, "hypothesis", investigation_limits().longest_text)
    with _changing(desk, person, seen, "investigation.add_hypothesis") as change:
        item = rows.add_item(change.write, change.found.id, HYPOTHESIS, text, FIRST_STATE)
        change.done(Touch("hypothesis_added", item_id=item))
        return item


def judge_hypothesis(
    desk: Desk, person: Person, seen: Seen, item: int, state: str, reason: str = ""
) -> None:
    """Keep or drop a hypothesis with a reason, or take that back and leave it open again."""
    if reason:
        reason = usable_text(reason, "reason", investigation_limits().longest_text)
    with _changing(desk, person, seen, "investigation.judge_hypothesis") as change:
        before = _hypothesis(change, item)
        refusal = why_not_judge(before.state, state, reason)
        if refusal:
            raise refusal
        rows.change_item(change.write, item, state=state, reason=reason)
        change.tell(state=state)
        change.done(Touch("hypothesis_judged", state, item_id=item))


def add_person(desk: Desk, person: Person, seen: Seen, username: str) -> None:
    """Put somebody on it who may read risk views."""
    with _changing(desk, person, seen, "investigation.add_person") as change:
        _known(change, username)
        if username in change.found.people:
            raise Refused(f"{username} is on it already.")
        rows.add_member(change.write, change.found.id, username)
        change.tell(person=username)
        change.done(Touch("person_added", username))


def remove_person(desk: Desk, person: Person, seen: Seen, username: str) -> None:
    """Take somebody off it; the lead hands over first."""
    with _changing(desk, person, seen, "investigation.remove_person") as change:
        if username == change.found.lead:
            raise Refused(f"{username} leads it.", hint="Name another lead first.")
        if username not in change.found.members:
            raise Refused(f"{username} is not on it.")
        rows.remove_member(change.write, change.found.id, username)
        change.tell(person=username)
        change.done(Touch("person_removed", username))


def set_lead(desk: Desk, person: Person, seen: Seen, username: str) -> None:
    """Name another lead; the one before stays on it."""
    with _changing(desk, person, seen, "investigation.set_lead") as change:
        _known(change, username)
        if username == change.found.lead:
            raise Refused(f"{username} leads it already.")
        rows.remove_member(change.write, change.found.id, username)
        if change.found.lead:
            rows.add_member(change.write, change.found.id, change.found.lead)
        change.tell(person=username)
        change.done(Touch("lead", username), lead=username)


def move(desk: Desk, person: Person, seen: Seen, status: str, outcome: str = "") -> None:
    """Give it another status; an end needs an outcome, which stays when it is opened again."""
    if outcome:
        outcome = usable_text(outcome, "outcome", investigation_limits().longest_text)
    with _changing(desk, person, seen, "investigation.move", when_ended=True) as change:
        findings = finding_count(change.write.connection, change.found.id)
        refusal = why_not_move(change.found, status, outcome, findings)
        if refusal:
            raise refusal
        facts: dict[str, object] = {"status": status, "ended_at": None}
        if not taxonomy().investigation_statuses[status].is_set("is_open"):
            facts |= {"ended_at": change.write.at, "outcome": outcome, "erased_at": None}
        change.tell(status=status)
        change.done(Touch("status", status), **facts)


@contextmanager
def _changing(
    desk: Desk, person: Person, seen: Seen, act: str, *, when_ended: bool = False
) -> Iterator[_Change]:
    """One write on an investigation: the right, the scope, the version, then whether it goes on."""
    require(person, "risk.write")
    with desk.store.write(Draft(person.username, act, seen.ref)) as write:
        found = investigation_by_ref(write.connection, scope_of(person), seen.ref)
        if found.version != seen.version:
            raise _conflict(write, person, found, seen.version)
        refusal = None if when_ended else why_not_change(found)
        if refusal:
            raise refusal
        yield _Change(write, found, person)


def _conflict(write: Write, person: Person, found: Investigation, version: int) -> Conflict:
    told = changes_since(write, person, found, version)
    what = "; ".join(told) or "something that you may not see"
    return Conflict(
        f"{found.ref} was changed while you looked at it: {what}.",
        hint="Nothing of yours was saved or lost. Look at the change, then save again.",
    )


def _ids(write: Write, person: Person, refs: Sequence[str]) -> list[int]:
    found = case_ids_in_scope(write.connection, scope_of(person), refs)
    missing = [ref for ref in refs if ref not in found]
    if missing:
        raise NotFound("Case", ", ".join(missing))
    return [found[ref] for ref in refs]


def _some(refs: tuple[str, ...]) -> tuple[str, ...]:
    if not refs:
        raise BadInput("No case is named.", at="cases", hint="such as E-000012, E-000040")
    return refs


def _links(desk: Desk, person: Person, evidence: Evidence) -> list[EvidenceLink]:
    """What a finding rests on, as it is kept: references, filters with their count of now, URLs."""
    links = [EvidenceLink("case", ref) for ref in usable_refs(evidence.cases)]
    for given in dict.fromkeys(evidence.lists):
        filter_ = absolute(given, person.username, person.team)
        counted = counted_then(desk, filter_)
        links.append(EvidenceLink("filter", rows.scope_text(filter_), counted))
    links += [EvidenceLink("url", usable_url(url)) for url in dict.fromkeys(evidence.urls)]
    most = investigation_limits().most_links
    if len(links) > most:
        raise BadInput(f"{len(links)} links are named.", at="evidence", hint=f"at most {most}")
    return links


def _link(change: _Change, item: int, links: Sequence[EvidenceLink]) -> None:
    refs = [link.value for link in links if link.kind == "case"]
    ids = dict(zip(refs, _ids(change.write, change.person, refs), strict=True))
    rows.set_links(change.write, item, links, ids)
    change.tell(item=item, cases=list(refs), links=len(links))


def _hypothesis(change: _Change, item: int) -> Hypothesis:
    _, found = texts_of(change.write.connection, scope_of(change.person), change.found)
    for hypothesis in found:
        if hypothesis.id == item:
            return hypothesis
    raise NotFound("Hypothesis", "of this investigation")


def _known(change: _Change, username: str) -> None:
    user = people.user_named(change.write.connection, username)
    if user is None or not user.is_active or not role_may(user.role, "risk.read"):
        raise NotFound("Person", username)

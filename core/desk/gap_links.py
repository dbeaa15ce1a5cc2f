"""Links cases to gaps as evidence, one by one or in bulk, and takes that back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from core.access.model import Person
from core.access.rules import require, scope_of
from core.cases.filter import CaseFilter
from core.clock import from_micros
from core.desk.boot import Desk
from core.desk.gap_writes import PROPOSE, GapChange, adding
from core.desk.queue import look_of
from core.errors import BadInput, NotFound
from core.gaps.limits import gap_limits
from core.gaps.model import GapEvidence
from core.gaps.rules import (
    usable_code,
    usable_refs,
    why_not_link,
    why_not_so_many,
    why_not_undo,
    why_not_unlink,
)
from core.storage import gaps as rows
from core.storage.engine import Write
from core.storage.gap_reads import entry_by_id, evidence_of, gap_by_ref, linked_cases, refs_in_scope
from core.storage.gaps import Line
from core.storage.investigation_reads import case_ids_in_scope
from core.storage.queue import count, ids_of, with_grants
from core.written import usable_text

Cases = Sequence[str] | CaseFilter


@dataclass(frozen=True, slots=True)
class Linkable:
    """What linking a list would do: how many cases it has, and how many are linked already."""

    cases: int
    linked: int
    most: int

    @property
    def new(self) -> int:
        """How many would be linked."""
        return self.cases - self.linked

    @property
    def is_too_many(self) -> bool:
        """True when one act does not link so many."""
        return self.cases > self.most


@dataclass(frozen=True, slots=True)
class Why:
    """How much the cases say about the gap, and why."""

    strength: str
    reason: str


def linkable(desk: Desk, person: Person, ref: str, filter_: CaseFilter) -> Linkable:
    """What linking the cases of a filter that the person may see would do."""
    require(person, PROPOSE)
    most = gap_limits().most_linked_at_once
    with desk.store.read() as connection:
        gap = gap_by_ref(connection, ref)
        if gap is None:
            raise NotFound("Gap", ref)
        held = set(linked_cases(connection, gap.id))
    look, _ = look_of(desk, person, filter_)
    with desk.snapshot.reading() as reading:
        look = with_grants(reading, look)
        number = count(reading, filter_, look)
        ids = ids_of(reading, filter_, look) if number <= most else []
    return Linkable(number, len(held.intersection(ids)), most)


def link_cases(
    desk: Desk, person: Person, ref: str, cases: Cases, strength: str, reason: str
) -> int:
    """Link cases by reference (all or none) or those of a filter; gives how many are new."""
    require(person, PROPOSE)
    why = usable_why(strength, reason)
    named = _named(desk, person, cases)
    with adding(desk, person, "gap.link", ref) as change:
        return add_links(change, keys_of(change.write, person, named), why)


def unlink_cases(desk: Desk, person: Person, ref: str, cases: Sequence[str]) -> int:
    """Take links away; gives how many there were."""
    require(person, PROPOSE)
    refs = some(usable_refs(cases))
    with adding(desk, person, "gap.unlink", ref) as change:
        keys = keys_of(change.write, person, refs)
        held = rows.linked_among(change.write, change.gap.id, list(keys.values()))
        _require_own(change, held)
        change.tell(cases=[case for case, key in keys.items() if key in held])
        if held:
            entry = change.log(Line("unlinked"))
            rows.unlink(change.write, change.gap.id, entry, sorted(held))
        return len(held)


def undo_link(desk: Desk, person: Person, ref: str, entry: int) -> int:
    """Take back linking or unlinking, a line of the log; gives how many cases that concerns."""
    with adding(desk, person, "gap.undo_link", ref) as change:
        line = entry_by_id(change.write.connection, scope_of(person), change.gap.id, entry)
        since = timedelta() if line is None else from_micros(change.write.at) - line.at
        refusal = why_not_undo(line, person.username, since, may_write=change.may_write)
        if refusal or line is None:
            raise refusal or NotFound("Entry", str(entry))
        ids = rows.cases_of_entry(change.write, entry)
        held = rows.linked_among(change.write, change.gap.id, ids)
        chosen = sorted(held if line.act == "linked" else set(ids) - held)
        if line.act == "linked":
            made = change.log(Line("unlinked"))
            rows.unlink(change.write, change.gap.id, made, chosen)
            rows.mark_undone(change.write, made)
        else:
            rows.link_again(change.write, change.gap.id, entry, chosen)
        rows.mark_undone(change.write, entry)
        change.tell(entry=entry, number=len(chosen))
        return len(chosen)


def usable_why(strength: str, reason: str) -> Why:
    """Why cases are linked, as it is kept."""
    return Why(
        usable_code("evidence_strengths", strength, "strength"),
        usable_text(reason, "reason", gap_limits().longest_text),
    )


def named_cases(desk: Desk, person: Person, cases: Cases) -> tuple[str, ...] | list[int]:
    """References as they were typed, or the keys of the cases of a filter."""
    if not isinstance(cases, CaseFilter):
        return usable_refs(cases)
    look, notices = look_of(desk, person, cases)
    if notices:
        raise BadInput(notices[0], at="filter", hint="search for something else")
    with desk.snapshot.reading() as reading:
        look = with_grants(reading, look)
        refusal = why_not_so_many(count(reading, cases, look))
        if refusal:
            raise refusal
        return ids_of(reading, cases, look)


def _named(desk: Desk, person: Person, cases: Cases) -> tuple[str, ...] | list[int]:
    found = named_cases(desk, person, cases)
    return found if isinstance(found, list) else some(found)


def some(refs: tuple[str, ...]) -> tuple[str, ...]:
    """References of which there is at least one."""
    if not refs:
        raise BadInput("No case is named.", at="cases", hint="such as E-000012, E-000040")
    return refs


def keys_of(write: Write, person: Person, named: tuple[str, ...] | list[int]) -> dict[str, int]:
    """Reference and key of the cases, as far as the scope contains them now.

    A reference that it does not contain is refused; a case of a filter that left it is left out.
    """
    if isinstance(named, list):
        return refs_in_scope(write.connection, scope_of(person), named, write.dialect)
    found = case_ids_in_scope(write.connection, scope_of(person), named)
    missing = [ref for ref in named if ref not in found]
    if missing:
        raise NotFound("Case", ", ".join(missing))
    return {ref: found[ref] for ref in named}


def add_links(change: GapChange, keys: dict[str, int], why: Why) -> int:
    """Link those that are not linked yet; gives how many."""
    held = rows.linked_among(change.write, change.gap.id, list(keys.values()))
    new = {ref: key for ref, key in keys.items() if key not in held}
    refusal = why_not_link(len(linked_cases(change.write.connection, change.gap.id)), len(new))
    if refusal:
        raise refusal
    change.tell(cases=list(new), strength=why.strength)
    if new:
        entry = change.log(Line("linked", why.strength))
        rows.link(change.write, change.gap.id, entry, _evidence(change, new, why))
    return len(new)


def _evidence(change: GapChange, new: dict[str, int], why: Why) -> list[GapEvidence]:
    at, by = from_micros(change.write.at), change.person.username
    return [GapEvidence(key, ref, why.strength, why.reason, by, at) for ref, key in new.items()]


def _require_own(change: GapChange, held: frozenset[int]) -> None:
    evidence = evidence_of(change.write.connection, scope_of(change.person), change.gap.id)
    mine = change.person.username
    others = sum(one.case_id in held and one.linked_by != mine for one in evidence)
    refusal = why_not_unlink(others, may_write=change.may_write)
    if refusal:
        raise refusal

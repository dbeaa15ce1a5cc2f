"""All commands on gaps: proposes and edits them; links, moves and tasks stand in their own files."""

from __future__ import annotations

from dataclasses import replace

from core.access.model import Person
from core.access.rules import require
from core.audit.model import Draft
from core.cases.filter import CaseFilter
from core.desk.boot import Desk
from core.desk.gap_links import (
    Cases,
    Linkable,
    add_links,
    keys_of,
    link_cases,
    linkable,
    named_cases,
    undo_link,
    unlink_cases,
    usable_why,
)
from core.desk.gap_moves import (
    claim,
    end_without_change,
    move,
    reopen,
    respond,
    ship,
    start,
    verify,
)
from core.desk.gap_tasks import NewTask, add_task, finish_task, note, reopen_task
from core.desk.gap_writes import PROPOSE, GapChange, Seen, changing, require_known
from core.errors import Broken, Refused
from core.gaps.limits import gap_limits
from core.gaps.model import Gap, Given, NewGap
from core.gaps.rules import usable_gap, usable_matching, why_not_change, why_not_edit
from core.gaps.workflow import first_states
from core.storage import gaps as rows
from core.storage.gap_reads import gap_by_ref
from core.storage.gaps import Line

__all__ = [
    "Cases",
    "Given",
    "Linkable",
    "NewGap",
    "NewTask",
    "Seen",
    "add_task",
    "claim",
    "edit_gap",
    "end_without_change",
    "finish_task",
    "link_cases",
    "linkable",
    "move",
    "note",
    "propose_gap",
    "reopen",
    "reopen_task",
    "respond",
    "set_matching",
    "ship",
    "start",
    "undo_link",
    "unlink_cases",
    "verify",
]


def propose_gap(
    desk: Desk,
    person: Person,
    new: NewGap,
    cases: Cases = (),
    strength: str = "",
    reason: str = "",
) -> str:
    """Put a gap forward, with cases that show it; gives its reference."""
    require(person, PROPOSE)
    new = usable_gap(new, person.username, person.team)
    why = usable_why(strength or gap_limits().usual_strength, reason or new.title)
    why = replace(why, reason=reason.strip())
    named = named_cases(desk, person, cases)
    with desk.store.write(Draft(person.username, "gap.propose", "")) as write:
        require_known(write, new)
        _, write.subject = rows.add_gap(write, new, first_states())
        gap = gap_by_ref(write.connection, write.subject)
        if gap is None:
            raise Broken(f"{write.subject} is not there after it was added.")
        write.details |= {"type": new.gap_type, "severity": new.severity}
        keys = keys_of(write, person, named)
        if keys:
            add_links(GapChange(write, gap, person), keys, why)
        return gap.ref


def edit_gap(desk: Desk, person: Person, seen: Seen, new: NewGap) -> None:
    """Say the facts of a gap anew; which cases it matches is kept unless it is said too."""
    require(person, PROPOSE)
    new = usable_gap(new, person.username, person.team)
    with changing(desk, person, "gap.edit", seen, PROPOSE) as change:
        _require_open_and_own(change)
        if new.matching is None:
            new = replace(new, matching=change.gap.matching)
        named = _changed(change.gap, new)
        if not named:
            raise Refused("Nothing is changed by that.", hint="Change something, then save.")
        require_known(change.write, _only_new(change.gap, new))
        change.tell(changed=named)
        change.done(Line("edited", " ".join(named)), **rows.facts_of(new), erased_at=None)


def set_matching(desk: Desk, person: Person, seen: Seen, matching: CaseFilter | None) -> None:
    """Say which cases the gap is about, linked or not; none: only linked ones."""
    require(person, PROPOSE)
    filter_ = usable_matching(matching, person.username, person.team)
    with changing(desk, person, "gap.set_matching", seen, PROPOSE) as change:
        _require_open_and_own(change)
        change.done(Line("matching"), matching=rows.filter_text(filter_))


def _require_open_and_own(change: GapChange) -> None:
    gap, who = change.gap, change.person.username
    refusal = why_not_edit(gap, who, may_write=change.may_write) or why_not_change(gap)
    if refusal:
        raise refusal


def _changed(gap: Gap, new: NewGap) -> list[str]:
    """The names of the facts that are said differently."""
    names = NewGap.__slots__
    return [name for name in names if getattr(gap, name) != getattr(new, name)]


def _only_new(gap: Gap, new: NewGap) -> NewGap:
    """What is said now and was not before: what stood already may have gone out of use."""
    clauses = tuple(one for one in new.clauses if one not in gap.clauses)
    return replace(new, clauses=clauses, owner="" if new.owner == gap.owner else new.owner)

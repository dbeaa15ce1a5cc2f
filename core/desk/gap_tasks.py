"""Tasks of a gap, and notes in its log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.access.model import Person
from core.access.rules import require
from core.desk.boot import Desk
from core.desk.gap_writes import PROPOSE, GapChange, adding, require_worker
from core.errors import NotFound
from core.gaps.limits import gap_limits
from core.gaps.model import GapTask
from core.gaps.rules import (
    usable_link,
    why_not_change,
    why_not_edit,
    why_not_finish,
    why_not_one_more_task,
)
from core.storage import gaps as rows
from core.storage.gap_reads import tasks_of
from core.storage.gaps import Line
from core.written import usable_text


@dataclass(frozen=True, slots=True)
class NewTask:
    """A step that somebody is asked for."""

    text: str
    owner: str = ""
    due_on: date | None = None


def add_task(desk: Desk, person: Person, ref: str, new: NewTask) -> int:
    """Add a step towards the change; gives its key."""
    require(person, PROPOSE)
    text = usable_text(new.text, "task", gap_limits().longest_text)
    with adding(desk, person, "gap.add_task", ref) as change:
        _require_own(change)
        refusal = why_not_one_more_task(len(tasks_of(change.write.connection, change.gap.id)))
        if refusal:
            raise refusal
        if new.owner:
            require_worker(change.write, new.owner, "owner")
        due = new.due_on.isoformat() if new.due_on else ""
        facts = {"body": text, "owner": new.owner, "due_on": due}
        key = rows.add_task(change.write, change.gap.id, facts)
        change.log(Line("task_added", str(key)))
        change.tell(task=key, owner=new.owner)
        return key


def finish_task(desk: Desk, person: Person, ref: str, task: int) -> None:
    """Say that a step is done."""
    with adding(desk, person, "gap.finish_task", ref) as change:
        found = _task(change, task)
        refusal = why_not_finish(change.gap, found, person.username, may_write=change.may_write)
        if refusal:
            raise refusal
        rows.change_task(change.write, task, done_at=change.write.at, done_by=person.username)
        change.log(Line("task_done", str(task)))
        change.tell(task=task)


def reopen_task(desk: Desk, person: Person, ref: str, task: int) -> None:
    """Say that a step is not done after all."""
    with adding(desk, person, "gap.reopen_task", ref) as change:
        _require_own(change)
        if _task(change, task).done_at is None:
            raise NotFound("Finished task", str(task))
        rows.change_task(change.write, task, done_at=None, done_by="")
        change.log(Line("task_reopened", str(task)))
        change.tell(task=task)


def note(desk: Desk, person: Person, ref: str, text: str, link: str = "") -> None:
    """Put a comment into the decision log."""
    require(person, PROPOSE)
    text, link = usable_text(text, "note", gap_limits().longest_text), usable_link(link)
    with adding(desk, person, "gap.note", ref) as change:
        change.log(Line("noted", reason=text, link=link))


def _task(change: GapChange, task: int) -> GapTask:
    for found in tasks_of(change.write.connection, change.gap.id):
        if found.id == task:
            return found
    raise NotFound("Task", str(task))


def _require_own(change: GapChange) -> None:
    gap, who = change.gap, change.person.username
    refusal = why_not_edit(gap, who, may_write=change.may_write) or why_not_change(gap)
    if refusal:
        raise refusal

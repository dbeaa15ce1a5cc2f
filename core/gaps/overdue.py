"""What is due on a gap and what is overdue: the rules are data, the moment is an argument. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Literal

from pydantic import BaseModel, ConfigDict

from core.gaps.model import Gap, GapTask
from core.reference import read_reference
from core.settings import REFERENCE_DIR

Kind = Literal["response", "plan", "target", "review", "verification", "task"]


class OverdueRules(BaseModel):
    """The rules, with source and date."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    date: date
    response_days: dict[str, int]  # by severity
    plan_days: int
    verification_days: int
    unanswered: frozenset[str]
    accepted: frozenset[str]
    unfinished: frozenset[str]
    unverified: frozenset[str]
    kinds: dict[Kind, str]


@cache
def overdue_rules() -> OverdueRules:
    """The rules of this desk, read at the first call."""
    return read_reference(REFERENCE_DIR / "gap_overdue.yaml", OverdueRules)


@dataclass(frozen=True, slots=True)
class Due:
    """Something that is to be done by the end of a day of UTC."""

    kind: Kind
    on: date
    task_id: int | None = None

    @property
    def words(self) -> str:
        """What is said when it is late."""
        return overdue_rules().kinds[self.kind]


@dataclass(frozen=True, slots=True)
class Overdue:
    """Something that was to be done by a day that is over."""

    due: Due
    days: int  # since that day

    @property
    def words(self) -> str:
        """What is late, as people read it."""
        return self.due.words


def dues(gap: Gap, tasks: Sequence[GapTask] = ()) -> tuple[Due, ...]:
    """All that is to be done on an open gap, what is due first before the others."""
    if not gap.is_open:
        return ()
    return tuple(sorted(_dues(gap, tasks), key=lambda due: due.on))


def overdue(gap: Gap, at: datetime, tasks: Sequence[GapTask] = ()) -> tuple[Overdue, ...]:
    """What is late at a moment, the longest first; of tasks, only those that are given."""
    today = at.date()
    return tuple(Overdue(due, (today - due.on).days) for due in dues(gap, tasks) if due.on < today)


def _dues(gap: Gap, tasks: Sequence[GapTask]) -> Iterator[Due]:
    rules = overdue_rules()
    if gap.response in rules.unanswered:
        since = gap.proposed_at if gap.responded_at is None else gap.response_at
        yield Due("response", _after(since, rules.response_days[gap.severity]))
    if gap.implementation in rules.unfinished and gap.response in rules.accepted:
        if gap.target_on is None:
            since = max(gap.response_at, gap.implementation_at)
            yield Due("plan", _after(since, rules.plan_days))
        else:
            yield Due("target", gap.target_on)
    if gap.implementation in rules.unverified:
        since = gap.shipped_at or gap.implementation_at
        yield Due("verification", _after(since, rules.verification_days))
    if gap.review_on:
        yield Due("review", gap.review_on)
    for task in tasks:
        if task.due_on and task.done_at is None:
            yield Due("task", task.due_on, task.id)


def _after(since: datetime, days: int) -> date:
    return (since + timedelta(days=days)).date()

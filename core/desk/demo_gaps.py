"""Policy gaps of the demo workspace, told through the same rules as gaps of people, in the past."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from core.access.model import Person
from core.audit.model import Draft
from core.cases.filter import CaseFilter, Segment
from core.clock import to_micros
from core.desk.boot import OPERATOR, Desk
from core.desk.gap_links import Why, add_links, keys_of
from core.desk.gap_moves import make_move
from core.desk.gap_writes import GapChange
from core.errors import Broken
from core.gaps.model import Given, NewGap
from core.gaps.rules import usable_gap
from core.gaps.workflow import first_states, moves
from core.reference import read_reference
from core.settings import REFERENCE_DIR
from core.storage import gaps as rows
from core.storage.engine import Write
from core.storage.gap_reads import gap_by_ref
from core.storage.gaps import Line
from core.storage.investigation_lists import refs_received
from core.storage.people import user_named

GAPS_FILE = REFERENCE_DIR / "demo" / "gaps.yaml"
ANCHOR = "closed_gap"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Cases(_Strict):
    values: dict[str, str]
    days_ago: tuple[int, int]
    most: int
    by: str
    strength: str
    reason: str


class _Act(_Strict):
    act: str
    by: str
    days_ago: int
    reason: str = ""
    link: str = ""
    day_ago: int | None = None  # the day that the act asks for


class _Task(_Strict):
    text: str
    owner: str
    due_ago: int
    done_by: str = ""
    done_ago: int = 0


class _Gap(_Strict):
    title: str
    statement: str
    gap_type: str
    severity: str
    areas: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    owner: str = ""
    sponsor_team: str = ""
    stakeholders: tuple[str, ...] = ()
    filter: dict[str, str] = {}
    since: str = Field(default="", alias="from")
    target_days_ago: int | None = None
    cases: _Cases | None = None
    acts: tuple[_Act, ...]
    tasks: tuple[_Task, ...] = ()


class _Gaps(_Strict):
    gaps: tuple[_Gap, ...]


def add_gaps(desk: Desk, truth: Mapping[str, Any]) -> int:
    """File the gaps as of the days on which they are said to have been; gives how many."""
    told = read_reference(GAPS_FILE, _Gaps).gaps
    closed = next(gap["closed_at"] for gap in truth["policy_gaps"] if gap["state"] == "closed")
    days = {ANCHOR: datetime.fromisoformat(closed), "": datetime.fromisoformat(truth["as_of"])}
    draft = Draft(OPERATOR.username, "demo.create", "policy gaps", {"gaps": len(told)})
    with desk.store.write(draft) as write:
        for one in told:
            _Story(write, one, days[one.since]).tell()
    return len(told)


@dataclass(frozen=True, slots=True)
class _Story:
    """One gap being filed; every act of it is a write at its own moment and by its own person."""

    write: Write
    gap: _Gap
    anchor: datetime

    def tell(self) -> None:
        """The first act proposes it, evidence and tasks come with that, the others follow."""
        proposed, *others = self.gap.acts
        write = self._at(proposed.days_ago, proposed.by)
        new = usable_gap(self._new(), proposed.by, "")
        _, ref = rows.add_gap(write, new, first_states())
        if self.gap.cases:
            self._link(ref, self.gap.cases, proposed.days_ago)
        for task in self.gap.tasks:
            self._add_task(ref, task, proposed.days_ago)
        for act in others:
            self._act(ref, act)

    def _act(self, ref: str, act: _Act) -> None:
        change = self._change(ref, act.days_ago, act.by)
        if act.act not in moves():
            change.log(Line("noted", reason=act.reason, link=act.link))
            return
        day = act.day_ago
        if "shipped_on" in moves()[act.act].needs:
            day = act.days_ago
        said = Given(act.reason, act.link, None if day is None else self._day(day))
        make_move(change, [act.act], said)

    def _link(self, ref: str, cases: _Cases, days_ago: int) -> None:
        since, until = (to_micros(self._moment(days)) for days in cases.days_ago)
        found = refs_received(self.write.connection, cases.values, since, until, cases.most)
        change = self._change(ref, days_ago, cases.by)
        keys = keys_of(change.write, change.person, found)
        if keys:
            add_links(change, keys, Why(cases.strength, cases.reason))

    def _add_task(self, ref: str, task: _Task, days_ago: int) -> None:
        change = self._change(ref, days_ago, self.gap.owner)
        due = self._day(task.due_ago).isoformat()
        facts = {"body": task.text, "owner": task.owner, "due_on": due}
        key = rows.add_task(change.write, change.gap.id, facts)
        change.log(Line("task_added", str(key)))
        if task.done_by:
            done = self._change(ref, task.done_ago, task.done_by)
            rows.change_task(done.write, key, done_at=done.write.at, done_by=task.done_by)
            done.log(Line("task_done", str(key)))

    def _new(self) -> NewGap:
        told = self.gap
        days = told.target_days_ago
        return NewGap(
            title=told.title,
            statement=told.statement,
            gap_type=told.gap_type,
            severity=told.severity,
            abuse_types=told.areas,
            clauses=told.clauses,
            matching=_matching(told.filter),
            owner=told.owner,
            sponsor_team=told.sponsor_team,
            stakeholders=told.stakeholders,
            target_on=None if days is None else self._day(days),
        )

    def _change(self, ref: str, days_ago: int, by: str) -> GapChange:
        write = self._at(days_ago, by)
        gap, user = gap_by_ref(write.connection, ref), user_named(write.connection, by)
        if gap is None or user is None:
            raise Broken(f"{ref} or {by} is missing from the demo workspace.")
        person = Person(by, user.name, user.role, partner_ids=user.partner_ids)
        return GapChange(write, gap, person)

    def _at(self, days_ago: int, by: str) -> Write:
        """The open write as if it were made then; what it tells is not part of the record."""
        draft = replace(self.write.draft, actor=by)
        at = to_micros(self._moment(days_ago))
        return replace(self.write, at=at, draft=draft, details={})

    def _moment(self, days_ago: int) -> datetime:
        return self.anchor - timedelta(days=days_ago)

    def _day(self, days_ago: int) -> date:
        return self._moment(days_ago).date()


def _matching(parts: Mapping[str, str]) -> CaseFilter | None:
    if not parts:
        return None
    return CaseFilter.from_params({"segment": Segment.ALL.value, **parts})[0]

"""A partner's own conduct: violations that stand by month, action and abuse type. No input of health."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from core.access.model import Person
from core.access.rules import require
from core.cases.filter import CaseFilter, Segment, Sort
from core.cases.windows import day_start, next_day
from core.clock import from_micros
from core.desk.boot import Desk
from core.desk.partner import Partner, require_seen
from core.desk.queue import look_of
from core.partners.conduct import (
    ConductRules,
    conduct_rules,
    last_months,
    month_end,
    violations,
)
from core.partners.health_day import today_of
from core.storage.partner_conduct_figures import Violations, count_violations
from core.storage.partner_served_figures import open_level_cases
from core.storage.scope import OPEN

UTC = "UTC"


@dataclass(frozen=True, slots=True)
class ActionMark:
    """Violations of one month that left an action of one group in place."""

    month: date
    group: str
    count: int
    filter: CaseFilter


@dataclass(frozen=True, slots=True)
class TypeLine:
    """Violations of one abuse type, and when the last of them was received."""

    abuse_type: str
    count: int
    last_at: datetime
    filter: CaseFilter


@dataclass(frozen=True)
class ConductView:
    """Everything on the page; every count opens its cases."""

    marks: tuple[ActionMark, ...]
    actions: tuple[tuple[str, int, CaseFilter], ...]  # over all months, most first
    repeated: tuple[TypeLine, ...]  # most first
    total: int
    filter: CaseFilter
    months: tuple[date, ...]
    rules: ConductRules


def conduct_view(desk: Desk, person: Person, partner: Partner) -> ConductView:
    """Violations of the last months; not found outside of the scope."""
    require(person, "partner.read")
    require_seen(person, partner)
    rules = conduct_rules()
    look, _ = look_of(desk, person, CaseFilter())
    months = last_months(today_of(look.at), rules.months)
    every = violations(
        CaseFilter(
            segment=Segment.ALL,
            sort=Sort.RECEIVED,
            partner=(partner.ref,),
            restriction=(OPEN,),
            received_from=months[0],
            received_to=month_end(months[-1]),
            zone=UTC,
        ),
        rules,
    )
    edges = [day_start(month, UTC) for month in months]
    edges.append(day_start(next_day(month_end(months[-1])), UTC))
    with desk.snapshot.reading() as reading:
        found = count_violations(open_level_cases(reading, partner.id), look, every, edges)
    return ConductView(
        marks=_marks(found, every, months, rules),
        actions=_actions(found, every),
        repeated=tuple(
            TypeLine(kind, count, from_micros(last), every.having(abuse_type=(kind,)))
            for kind, (count, last) in sorted(found.by_type.items(), key=lambda one: -one[1][0])
            if count >= rules.repeated_from
        ),
        total=found.total,
        filter=every,
        months=months,
        rules=rules,
    )


def _marks(
    found: Violations, every: CaseFilter, months: tuple[date, ...], rules: ConductRules
) -> tuple[ActionMark, ...]:
    sums: Counter[tuple[int, str]] = Counter()
    for (place, action), count in found.by_month.items():
        sums[place, rules.group_of[action]] += count
    marks = []
    for (place, group), count in sorted(sums.items()):
        actions = tuple(a for a, own in rules.group_of.items() if own == group)
        opened = every.having(
            received_from=months[place],
            received_to=month_end(months[place]),
            enforcement_action=actions,
        )
        marks.append(ActionMark(months[place], group, count, opened))
    return tuple(marks)


def _actions(found: Violations, every: CaseFilter) -> tuple[tuple[str, int, CaseFilter], ...]:
    sums: Counter[str] = Counter()
    for (_, action), count in found.by_month.items():
        sums[action] += count
    return tuple((a, n, every.having(enforcement_action=(a,))) for a, n in sums.most_common())

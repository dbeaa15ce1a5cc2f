"""What counts as a partner's own conduct: violations that stand, apart from the service it gets. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.cases.filter import CaseFilter
from core.reference import read_reference
from core.settings import REFERENCE_DIR
from core.taxonomy import taxonomy

CONDUCT_FILE = REFERENCE_DIR / "partner_conduct.yaml"


class ActionGroup(BaseModel):
    """Actions that are drawn as one; without a list, those of the group of that name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
    color: str
    actions: tuple[str, ...] = ()


class ConductRules(BaseModel):
    """Which cases are violations, and how far back they are shown, with source and date."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    date: date
    outcomes: tuple[str, ...] = Field(min_length=1)
    other_families: tuple[str, ...]
    months: int = Field(ge=1)
    repeated_from: int = Field(ge=2)
    groups: Mapping[str, ActionGroup]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if set(self.group_of) != set(standing_actions()):
            raise ValueError("every action that can stand belongs to a group")
        return self

    @cached_property
    def group_of(self) -> Mapping[str, str]:
        """The group of each action; one that a group names belongs to no other."""
        named = {a: name for name, group in self.groups.items() for a in group.actions}
        actions = taxonomy().enforcement_actions
        by_list = {a: actions[a]["group"] for a in standing_actions()}
        known = {a: name for a, name in by_list.items() if name in self.groups}
        return {**known, **named}

    @property
    def families(self) -> tuple[str, ...]:
        """Families of abuse types with rules that can be broken."""
        return tuple(f for f in taxonomy().abuse_families if f not in self.other_families)


@cache
def conduct_rules(path: Path = CONDUCT_FILE) -> ConductRules:
    """The rules of this desk, read at the first call."""
    return read_reference(path, ConductRules)


def standing_actions() -> tuple[str, ...]:
    """Actions that leave something in place; reversals and none at all do not."""
    actions = taxonomy().enforcement_actions
    return tuple(v for v, term in actions.items() if v != "none" and not term.is_set("reversal"))


def violations(ground: CaseFilter, rules: ConductRules) -> CaseFilter:
    """The cases of a filter in which a violation stands."""
    return ground.having(
        outcome=rules.outcomes,
        abuse_family=rules.families,
        enforcement_action=standing_actions(),
    )


def last_months(day: date, count: int) -> tuple[date, ...]:
    """The first days of the months up to the one of a day, oldest first."""
    found = [day.replace(day=1)]
    while len(found) < count:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return tuple(reversed(found))


def month_end(first: date) -> date:
    """The last day of the month that begins on a day."""
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)

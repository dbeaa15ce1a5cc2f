"""Which update asks whom to confirm it and by when, as data; and what a post may say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache

from pydantic import BaseModel, ConfigDict, Field, field_validator

from core.access.permissions import role_may
from core.errors import BadInput
from core.reference import read_reference
from core.settings import REFERENCE_DIR
from core.taxonomy import taxonomy

ACKNOWLEDGE = "policy.acknowledge"
ONE_DAY = timedelta(days=1)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Fits(_Strict):
    """What an update has to be for a line to fit; what is not said fits all."""

    kinds: tuple[str, ...] = ()
    importances: tuple[str, ...] = ()
    abuse_types: tuple[str, ...] = ()

    @field_validator("kinds", "importances", "abuse_types")
    @classmethod
    def _known(cls, values: tuple[str, ...], about: object) -> tuple[str, ...]:
        lists = {"kinds": "policy_update_kinds", "importances": "policy_importances"}
        name = lists.get(getattr(about, "field_name", ""), "abuse_types")
        unknown = set(values) - set(taxonomy().terms(name))
        if unknown:
            msg = f"no value of {name}: {', '.join(sorted(unknown))}"
            raise ValueError(msg)
        return values

    def fits(self, kind: str, importance: str, abuse_types: tuple[str, ...]) -> bool:
        """True when every condition of the line holds."""
        return (
            (not self.kinds or kind in self.kinds)
            and (not self.importances or importance in self.importances)
            and (not self.abuse_types or bool(set(self.abuse_types) & set(abuse_types)))
        )


class _Asked(_Fits):
    roles: tuple[str, ...]

    @field_validator("roles")
    @classmethod
    def _may_confirm(cls, roles: tuple[str, ...]) -> tuple[str, ...]:
        wrong = [role for role in roles if not role_may(role, ACKNOWLEDGE)]
        if wrong:
            msg = f"may not acknowledge: {', '.join(wrong)}"
            raise ValueError(msg)
        return roles


class _Importance(_Fits):
    importance: str


class LookAgain(_Strict):
    """Which cases decided under an older version a new one makes worth another look."""

    days: int = Field(gt=0)
    outcomes: tuple[str, ...]


class FeedRules(_Strict):
    """The rules of the feed, with the lines in their order."""

    source: str
    date: date
    longest_title: int
    longest_text: int
    most_clauses: int
    most_listed: int
    furthest_days: int
    asks_for_days: int
    due_days: Mapping[str, int]
    remind_again_hours: int
    kept_as: str
    acknowledge: tuple[_Asked, ...]
    clause_importance: tuple[_Importance, ...]
    document_importance: Mapping[str, str]
    look_again: LookAgain

    def asked_roles(
        self, kind: str, importance: str, abuse_types: tuple[str, ...]
    ) -> tuple[str, ...]:
        """Roles that have to confirm an update."""
        if importance not in self.due_days:
            return ()
        lines = (line for line in self.acknowledge if line.fits(kind, importance, abuse_types))
        return next((line.roles for line in lines), ())

    def importance_of_clause(self, abuse_type: str) -> str:
        """How much a version of a clause matters that nobody weighed."""
        kind, areas = "clause_version", (abuse_type,)
        lines = (line for line in self.clause_importance if line.fits(kind, "", areas))
        return next(line.importance for line in lines)

    def due_at(self, importance: str, announced_at: datetime) -> datetime | None:
        """The end of the day until which it is to be confirmed; None where nobody has to."""
        days = self.due_days.get(importance)
        if days is None:
            return None
        day = announced_at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return day + (days + 1) * ONE_DAY

    @property
    def remind_again(self) -> timedelta:
        """How long after a reminder the same person can be reminded again."""
        return timedelta(hours=self.remind_again_hours)

    @property
    def asks_for(self) -> timedelta:
        """How long after it was announced an update waits for confirmations."""
        return timedelta(days=self.asks_for_days)


@cache
def feed_rules() -> FeedRules:
    """The rules of the reference data, read at the first call."""
    return read_reference(REFERENCE_DIR / "policy_feed.yaml", FeedRules)


def roles_that_may_confirm() -> tuple[str, ...]:
    """Roles that a post can ask, in the order of the list."""
    return tuple(role for role in taxonomy().roles if role_may(role, ACKNOWLEDGE))


def usable_value(value: str, terms: str, what: str) -> str:
    """A value of a list."""
    if value not in taxonomy().terms(terms):
        raise BadInput(f"{value!r} is no {what}.", at=what, hint="choose one of the list")
    return value


def usable_start(on: date, today: date, rules: FeedRules) -> date:
    """The day that something takes effect: today or later, but not beyond the furthest one."""
    if on < today:
        raise BadInput(
            f"{on} is past.",
            at="effective from",
            hint="a version begins today or later: what was decided stays under the older one",
        )
    if on > today + rules.furthest_days * ONE_DAY:
        hint = f"at most {rules.furthest_days} days from today"
        raise BadInput(f"{on} is too far away.", at="effective from", hint=hint)
    return on


def next_version(last: str) -> str:
    """The name of the version after another: ``2.0`` after ``1.0`` and after ``1.3``."""
    whole = last.split(".", maxsplit=1)[0]
    return f"{int(whole) + 1}.0" if whole.isdigit() else f"{last}+1"

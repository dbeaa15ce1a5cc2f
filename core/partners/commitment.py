"""What we promised a partner: its course as a table of moves, and when it is overdue. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.clock import to_micros
from core.errors import BadInput, Refused
from core.partners.score_rules import DAY_US
from core.taxonomy import taxonomy

FIRST_STATE = "open"


@dataclass(frozen=True, slots=True)
class Commitment:
    """One promise; ``due_on`` is a UTC day and belongs to it to its end."""

    id: int
    version: int
    text: str  # '' where the reader may not read texts, or it was erased
    due_on: date
    owner: str  # username
    state: str
    reason: str  # what was said when it ended, under the same rule as the text
    made_by: str
    made_at: datetime
    ended_at: datetime | None
    is_erased: bool

    @property
    def is_open(self) -> bool:
        """True while it is neither kept, broken nor withdrawn."""
        return taxonomy().commitment_states[self.state].is_set("is_open")

    def is_overdue(self, today: date) -> bool:
        """True from the day after the one that it was due on, while it is open."""
        return self.is_open and today > self.due_on

    @property
    def due_at(self) -> int:
        """The end of the day that it is due on, in microseconds."""
        return (self.due_on - date(1970, 1, 1)).days * DAY_US + DAY_US

    @property
    def was_late(self) -> bool:
        """True when it ended as kept, but after its day."""
        return self.ended_at is not None and to_micros(self.ended_at) >= self.due_at


def moves(state: str) -> tuple[str, ...]:
    """The states that a promise may be given from this one."""
    return tuple(taxonomy().commitment_states[state]["moves"].split())


def why_not_move(state: str, to: str, reason: str) -> Refused | None:
    """Why a promise cannot be given this state: not from here, or not without a reason."""
    terms = taxonomy().commitment_states
    if to not in moves(state):
        allowed = " or ".join(terms[one].label.lower() for one in moves(state))
        return Refused(
            f"A commitment that is {terms[state].label.lower()} does not become "
            f"{terms[to].label.lower() if to in terms else to}.",
            hint=f"It can become {allowed}.",
        )
    if terms[to].is_set("asks_reason") and not reason.strip():
        word = terms[to].label.lower()
        return Refused(f"A commitment is not {word} without a reason.", hint="Say why.")
    return None


def why_not_change(commitment: Commitment) -> Refused | None:
    """An ended promise stands as it was made, until somebody opens it again."""
    if commitment.is_open:
        return None
    word = taxonomy().label("commitment_states", commitment.state).lower()
    return Refused(
        f"This commitment is {word} and is not changed any more.", hint="Open it again first."
    )


def usable_due(due_on: date, today: date, furthest_days: int) -> date:
    """A day that something can still be promised for."""
    if due_on < today:
        raise BadInput(f"{due_on} is past.", at="due date", hint="choose today or a later day")
    if due_on > today + timedelta(days=furthest_days):
        latest = today + timedelta(days=furthest_days)
        raise BadInput(f"{due_on} is too far away.", at="due date", hint=f"at latest {latest}")
    return due_on


def in_order(commitments: Iterable[Commitment]) -> tuple[Commitment, ...]:
    """Open ones first, what is due first before the others; then the ended, newest first."""
    found = list(commitments)
    due = sorted((one for one in found if one.is_open), key=lambda one: (one.due_on, one.id))
    ended = [one for one in found if not one.is_open]
    ended.sort(key=lambda one: (one.ended_at or one.made_at, one.id), reverse=True)
    return (*due, *ended)

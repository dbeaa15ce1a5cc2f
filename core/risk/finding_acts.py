"""What a person can do about a finding: dismiss it with a reason, or confirm it as a surge."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from core.errors import Conflict, Refused

LONGEST_REASON = 500
KEY_LENGTH = 16


class Act(StrEnum):
    """The verdict of a person on a finding."""

    DISMISS = "dismiss"
    CONFIRM = "confirm"


@dataclass(frozen=True, slots=True)
class FindingPlace:
    """Which finding: the same in every time zone, for everybody whose reads reach as far."""

    week_on: date
    slice: Mapping[str, str]
    ground: Mapping[str, object]  # the filter without dates and zone, as parameters
    scope: str

    @property
    def key(self) -> str:
        """A short name that stays the same."""
        told = [self.week_on.isoformat(), dict(self.slice), dict(self.ground), self.scope]
        text = json.dumps(told, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:KEY_LENGTH]


@dataclass(frozen=True, slots=True)
class FindingAct:
    """What somebody did about a finding and has not taken back."""

    id: int
    key: str
    week_on: date
    act: Act
    reason: str
    by: str
    at: datetime


def why_not_act(act: Act, reason: str, standing: FindingAct | None) -> Refused | None:
    """Why this cannot be done about a finding now; None when it can."""
    if standing is not None:
        done = "dismissed" if standing.act is Act.DISMISS else "confirmed as a surge"
        return Conflict(
            f"This finding was {done} by {standing.by} before.", hint="Take that back first."
        )
    if act is Act.DISMISS and not reason.strip():
        return Refused("A dismissal needs a reason.", hint="Say why this is no surge.")
    if len(reason) > LONGEST_REASON:
        return Refused("The reason is too long.", hint=f"Use at most {LONGEST_REASON} characters.")
    return None

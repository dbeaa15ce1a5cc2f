"""One round of one clock: how it accumulates, when it is due, when it is breached.

A round keeps what has elapsed in the measure then in force; new terms measure only the rest.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from core.sla.model import Cycle, Verdict

if TYPE_CHECKING:
    from datetime import datetime

    from core.sla.model import ClockName
    from core.sla.timeline import Step, Terms


@dataclass(slots=True)
class Round:
    """A running round; ``advance`` it over each step that belongs to it, then ``stop`` it.

    ``fixed`` is a due time that no later pause moves: the round ran past it, or new terms found
    their target used up and made it due at the moment of the change.
    """

    name: ClockName
    number: int
    started_at: datetime
    terms: Terms
    elapsed: timedelta = timedelta()
    breached_at: datetime | None = None
    breached_under: str = ""
    ticking: bool = False
    pauses: list[tuple[datetime, datetime]] = field(default_factory=list)
    fixed: datetime | None = None
    ended_at: datetime | None = None
    untaken: Terms | None = None

    def advance(self, step: Step, *, ticking: bool) -> None:
        """Let the step pass: it counts if ``ticking``, else it is a pause.

        Changes at one instant are one change, so terms without duration only count at an end.
        """
        self.ticking, self.ended_at = ticking, step.until
        if step.until == step.at:
            self.untaken = step.terms
            return
        self._take_terms(step.terms, step.at)
        if not ticking:
            self._pause(step)
            return
        due = self.due_from(step.at)
        if due is not None and step.until > due:
            self.fixed = due
            if self.breached_at is None:
                self.breached_at = due
                self.breached_under = self.policy_version
        self.elapsed += step.terms.worked(step.at, step.until)

    @property
    def target(self) -> timedelta | None:
        """The target now in force."""
        return self.terms.target(self.name)

    @property
    def policy_version(self) -> str:
        """The version now in force."""
        return self.terms.policy.id if self.terms.policy else ""

    @property
    def due_at(self) -> datetime | None:
        """Due if it ticks on from where it stands."""
        return self.due_from(self.ended_at or self.started_at)

    def due_from(self, moment: datetime) -> datetime | None:
        """Due if it ticks from ``moment`` on; an instant already run past does not move."""
        target = self.target
        if self.fixed is not None or target is None:
            return self.fixed
        return self.terms.due(moment, target - self.elapsed)

    def verdict(self, *, counts: bool) -> Verdict:
        """The verdict of a stopped round; one that does not count can only be breached."""
        if self.breached_at is not None:
            return Verdict.BREACHED
        return Verdict.MET if counts and self.target is not None else Verdict.NONE

    @property
    def live_verdict(self) -> Verdict:
        """The verdict of a round that goes on."""
        if self.breached_at is not None:
            return Verdict.BREACHED
        if self.target is None:
            return Verdict.NONE
        return Verdict.RUNNING if self.ticking else Verdict.PAUSED

    def cycle(self, stopped_at: datetime | None, *, counts: bool) -> Cycle:
        """What is kept of the round, as it stands now."""
        self.settle()
        return Cycle(
            number=self.number,
            verdict=self.live_verdict if stopped_at is None else self.verdict(counts=counts),
            started_at=self.started_at,
            stopped_at=stopped_at,
            due_at=self.due_at if self.ticking or stopped_at else self.fixed,
            elapsed=self.elapsed,
            target=self.target,
            policy_version=self.breached_under or self.policy_version,
            breached_at=self.breached_at,
            pauses=tuple(self.pauses),
            counts=counts,
        )

    def settle(self) -> None:
        """Take the terms of the instant at which the round ends or stands."""
        if self.untaken is not None and self.ended_at is not None:
            self._take_terms(self.untaken, self.ended_at)

    def _take_terms(self, terms: Terms, at: datetime) -> None:
        """New terms: the elapsed stays, the rest is measured anew, used up means due now."""
        before, self.terms, self.untaken = self.terms, terms, None
        old, new = before.target(self.name), terms.target(self.name)
        if old == new and before.calendar == terms.calendar:
            return
        if new is None or new > self.elapsed:
            self.fixed = None
        elif self.fixed is None:
            self.fixed = at

    def _pause(self, step: Step) -> None:
        if self.pauses and self.pauses[-1][1] == step.at:
            self.pauses[-1] = (self.pauses[-1][0], step.until)
        else:
            self.pauses.append((step.at, step.until))

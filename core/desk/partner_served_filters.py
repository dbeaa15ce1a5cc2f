"""Which cases each figure of a partner's service counts, as filters that open exactly these cases.

A share that is an input of health has the cases of that input, those of fewer days where fewer are
chosen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from core.cases.filter import CaseFilter, Flag, Segment, Sort
from core.cases.measures import csat_ground
from core.desk.health_book import InputCases, health_cases
from core.partners.health_day import HealthDay
from core.partners.score_rules import DAY_US
from core.storage.partner_peers import PeerAsk
from core.storage.partner_served_figures import ShareAsk
from core.storage.scope import OPEN

WINDOWS = (28, 90)
CLOCKS = ("frt", "nrt", "upd", "ttr")
RETURNS, OVERTURNS, CSAT = "returns", "overturn_rate", "csat"
UTC = "UTC"


@dataclass(frozen=True, slots=True)
class Days:
    """The first and the last day of UTC that a figure looks at."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class ServiceFilters:
    """The filters of all figures of one partner, or of everybody when it names none."""

    ref: str
    day: HealthDay
    days: int

    @property
    def ground(self) -> CaseFilter:
        """What all figures share."""
        partner = (self.ref,) if self.ref else ()
        return CaseFilter(
            segment=Segment.ALL, partner=partner, restriction=(OPEN,), sort=Sort.RECEIVED, zone=UTC
        )

    @property
    def window(self) -> Days:
        """The chosen days up to today."""
        return Days(self.day.day - timedelta(days=self.days - 1), self.day.day)

    def of_input(self, name: str) -> Days:
        """The days of an input of health, the chosen ones where those are fewer.

        ``returns`` go by the first resolution, which no list is narrowed to, so they keep theirs.
        """
        own = self.day.rules.inputs[name]
        length = own.window_days if name == RETURNS else min(self.days, own.window_days)
        last = self.day.day - timedelta(days=own.maturity_days)
        return Days(last - timedelta(days=length - 1), last)

    def input_cases(self, name: str, moment: str) -> CaseFilter:
        """The cases of an input, those of fewer days where fewer are chosen."""
        chosen = self._of_health(name).of
        if self.days >= self.day.rules.inputs[name].window_days or name == RETURNS:
            return chosen
        return chosen.having(**{f"{moment}_from": self.of_input(name).first})

    def shares(self) -> tuple[ShareAsk, ...]:
        """Clocks kept, cases that came back, decisions reversed."""
        return (
            *(self._clock(name) for name in CLOCKS),
            self._input(RETURNS, "resolved", is_wanted=False),
            self._input(OVERTURNS, "resolved", is_wanted=False),
        )

    def days_of(self, name: str) -> Days:
        """The days that a share looks at."""
        return self.of_input(name) if name in {RETURNS, OVERTURNS, CSAT} else self.window

    def csat(self) -> ShareAsk:
        """Ratings given, and those that are good."""
        return self._input(CSAT, "resolved", is_wanted=True)

    def csat_asked(self) -> CaseFilter:
        """The cases that a rating could be given for."""
        days = self.of_input(CSAT)
        asked = csat_ground(self.ground, days.first, days.last, UTC)
        return asked.having(sort=Sort.RECEIVED)

    def replies(self) -> CaseFilter:
        """Cases whose first reply fell into the window."""
        return self.ground.having(responded_from=self.window.first, responded_to=self.window.last)

    def unanswered(self) -> CaseFilter:
        """Open cases that still wait for their first reply, whenever they were received."""
        return self.ground.having(segment=Segment.OPEN, flags=(Flag.NO_FIRST_REPLY,))

    def resolutions(self) -> CaseFilter:
        """Cases received in the window that have, or will have, a time to resolution."""
        return self.input_cases("ttr_p90", "received")

    def resolved(self) -> CaseFilter:
        """Cases finally resolved in the window."""
        return self.ground.having(resolved_from=self.window.first, resolved_to=self.window.last)

    def peers(self) -> PeerAsk:
        """What is compared with peers."""
        inputs = self.day.rules.inputs.values()
        longest = max(self.days, *(one.window_days + one.maturity_days for one in inputs))
        return PeerAsk(
            (*self.shares(), self.csat()),
            self.replies(),
            self.resolutions(),
            self.day.end - longest * DAY_US,
        )

    def _clock(self, name: str) -> ShareAsk:
        if name == "frt" and self.days == self.day.rules.inputs["sla_attainment"].window_days:
            return self._input("sla_attainment", "received", is_wanted=True, called=name)
        part, days = f"sla_{name}", self.window
        received = self.ground.having(received_from=days.first, received_to=days.last)
        of = received.having(**{part: ("met", "breached")})
        return ShareAsk(name, of, received.having(**{part: ("met",)}), is_wanted=True)

    def _input(self, name: str, moment: str, *, is_wanted: bool, called: str = "") -> ShareAsk:
        of, hits = self.input_cases(name, moment), self._of_health(name).hits
        named = of.health if hits is None else hits.health
        return ShareAsk(called or name, of, of.having(health=named), is_wanted)

    def _of_health(self, name: str) -> InputCases:
        found = health_cases(self.ref, name, self.day.day, self.day.rules)
        if found is None:
            msg = f"{name} counts no cases"
            raise LookupError(msg)
        return found

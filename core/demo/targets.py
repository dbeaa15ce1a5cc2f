"""Targets and working hours of each case as arrays, so that a whole chunk is timed at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from core.clock import MICROSECOND, to_micros
from core.demo.attributes import Attributes
from core.demo.draw import Ints
from core.demo.setting import Lists, Setting
from core.sla.calendars import CalendarMeasure, measure_of, standard_day
from core.sla.model import ALWAYS_OPEN_KEY, Calendar, ClockName, PolicyVersion, SlaBook, Target

NO_TARGET = -1
CLOCKS = (ClockName.FRT, ClockName.NRT, ClockName.UPD, ClockName.TTR)


@dataclass(frozen=True, eq=False)
class ServiceBook:
    """The SLA book as look-up tables."""

    policies_from: Ints
    targets: Ints  # policy x priority x kind x tier x calendar version x clock
    always_open: Ints  # policy x priority, 1 where it counts around the clock
    versions: tuple[Calendar, ...]
    versions_of: tuple[tuple[int, ...], ...]  # by calendar
    versions_from: tuple[Ints, ...]
    around_the_clock: int  # the version that is always open


def make_service(book: SlaBook, lists: Lists) -> ServiceBook:
    """Write out every target in microseconds for every calendar version."""
    versions: list[Calendar] = []
    versions_of = []
    for key in lists.calendars:
        versions_of.append(tuple(range(len(versions), len(versions) + len(book.calendars[key]))))
        versions.extend(book.calendars[key])
    policies = book.policies
    return ServiceBook(
        policies_from=np.array([to_micros(p.effective_from) for p in policies], dtype=np.int64),
        targets=np.array([_targets(p, lists, versions) for p in policies], dtype=np.int64),
        always_open=np.array(
            [[p in policy.always_open_priorities for p in lists.priorities] for policy in policies],
            dtype=np.int64,
        ),
        versions=tuple(versions),
        versions_of=tuple(versions_of),
        versions_from=tuple(
            np.array([to_micros(versions[v].effective_from) for v in of], dtype=np.int64)
            for of in versions_of
        ),
        around_the_clock=versions_of[lists.calendars.index(ALWAYS_OPEN_KEY)][0],
    )


def _targets(policy: PolicyVersion, lists: Lists, versions: list[Calendar]) -> Ints:
    found = np.full(
        (len(lists.priorities), len(lists.kinds), len(lists.tiers), len(versions), len(CLOCKS)),
        NO_TARGET,
        dtype=np.int64,
    )
    for p, priority in enumerate(lists.priorities):
        for k, kind in enumerate(lists.kinds):
            for t, tier in enumerate(lists.tiers):
                targets = policy.targets_for(priority, kind, tier)
                for c, clock in enumerate(CLOCKS):
                    found[p, k, t, :, c] = _micros(targets.of(clock), versions)
    return found


def _micros(target: Target | None, versions: list[Calendar]) -> list[int]:
    if target is None:
        return [NO_TARGET] * len(versions)
    if target.exact is not None:
        return [target.exact // MICROSECOND] * len(versions)
    return [target.days * standard_day(v) // MICROSECOND for v in versions]


@dataclass(frozen=True, eq=False)
class Hours:
    """The working-time measure of each case of a chunk, and its four targets."""

    measures: tuple[tuple[CalendarMeasure, Ints], ...]  # with the cases that it holds for
    targets: Ints  # case x clock

    def worked(self, at: Ints) -> Ints:
        """Working time of each case's calendar at its moment."""
        found = np.zeros_like(at)
        for measure, cases in self.measures:
            found[cases] = measure.worked(at[cases])
        return found

    def moment(self, worked: Ints) -> Ints:
        """The earliest moment at which each amount is reached."""
        found = np.zeros_like(worked)
        for measure, cases in self.measures:
            found[cases] = measure.moment(worked[cases])
        return found

    def target(self, clock: ClockName) -> Ints:
        """Target of a clock, ``NO_TARGET`` where nothing is promised."""
        found: Ints = self.targets[:, CLOCKS.index(clock)]
        return found


def hours_of(book: ServiceBook, setting: Setting, cases: Attributes) -> Hours:
    """The measure and targets in force when each case was received."""
    calendar = setting.market_calendar[cases.market]
    policy = np.maximum(np.searchsorted(book.policies_from, cases.received, side="right") - 1, 0)
    version = np.zeros_like(calendar)
    for key, of in enumerate(book.versions_of):
        mine = np.flatnonzero(calendar == key)
        at = np.searchsorted(book.versions_from[key], cases.received[mine], side="right") - 1
        version[mine] = np.array(of, dtype=np.int64)[np.maximum(at, 0)]
    version[book.always_open[policy, cases.priority] == 1] = book.around_the_clock
    targets = book.targets[policy, cases.priority, cases.kind, cases.tier, version]
    return Hours(tuple(_measures(book, version)), targets)


def _measures(book: ServiceBook, version: Ints) -> Iterator[tuple[CalendarMeasure, Ints]]:
    for number in np.unique(version):
        yield measure_of(book.versions[int(number)]), np.flatnonzero(version == number)

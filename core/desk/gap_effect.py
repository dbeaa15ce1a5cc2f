"""What a gap's change did, judged over the cases that the person may see, as the queue shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from core.access.model import Person
from core.access.rules import require
from core.cases.filter import CaseFilter
from core.cases.windows import day_edges, day_of
from core.clock import from_micros
from core.desk.boot import Desk
from core.desk.queue import look_of
from core.gaps.effect import judge, without_facts
from core.gaps.effect_facts import Doubt, Effect, Verdict
from core.gaps.effect_ground import MOMENT, EffectGround, ground_of
from core.gaps.effect_periods import DailyCounts, Periods, in_periods
from core.gaps.effect_rules import EffectRules, MeasureName, effect_rules
from core.gaps.model import Gap
from core.storage.effect_counts import first_and_last, per_day, per_value_and_day
from core.storage.gap_reads import gaps_of
from core.storage.queue import with_grants
from core.storage.queue_conditions import Look
from core.storage.reference import clauses
from core.storage.snapshot import Reading


@dataclass(frozen=True, slots=True)
class AlsoThen:
    """Something else that changed while the effect was measured."""

    on: date
    kind: str  # clause_version, gap
    ref: str  # the clause or the gap
    words: str  # the version or the title


@dataclass(frozen=True, eq=False, slots=True)
class EffectView:
    """The effect of a gap's change; every count in it opens exactly its cases."""

    gap: Gap
    effect: Effect
    measure: MeasureName
    shipped_on: date | None
    periods: Periods | None
    ground: EffectGround | None
    also: tuple[AlsoThen, ...]
    is_own_only: bool  # the person sees the cases of some partners only
    version: int
    at: datetime
    zone: str
    is_refreshing: bool
    notices: tuple[str, ...]

    @property
    def verdict(self) -> Verdict:
        """What can be said."""
        return self.effect.verdict

    @property
    def interval(self) -> float:
        """How sure the intervals are."""
        return effect_rules().interval

    def counted(self, side: int) -> tuple[int, CaseFilter]:
        """What is counted before (0) or after (1), and the cases."""
        periods, ground = self._both
        number = periods.facts.sums(periods.facts.counts)[side]
        return number, self._on_side(ground.counted(ground.changed), side)

    def base(self, side: int) -> tuple[int, CaseFilter]:
        """What it is a share of, before or after, and the cases."""
        periods, ground = self._both
        number = periods.facts.sums(periods.facts.base)[side]
        return number, self._on_side(ground.base(ground.changed), side)

    def unit(self, value: str, side: int) -> CaseFilter:
        """The counted cases of a unit of the comparison, before or after."""
        _, ground = self._both
        return self._on_side(ground.counted(ground.unit(value)), side)

    def period(self, place: int) -> CaseFilter:
        """The cases that one period's share is a share of, or its counted cases."""
        periods, ground = self._both
        wanted = ground.base if periods.facts.share else ground.counted
        first, last = periods.day(place), periods.day(place + 1) - timedelta(days=1)
        return ground.within(wanted(ground.changed), first, last, self.zone)

    @property
    def _both(self) -> tuple[Periods, EffectGround]:
        assert self.periods is not None  # noqa: S101 -- who asks has seen that there are some
        assert self.ground is not None  # noqa: S101 -- nor are there any without a ground
        return self.periods, self.ground

    def _on_side(self, filter_: CaseFilter, side: int) -> CaseFilter:
        periods, ground = self._both
        change = periods.day(periods.facts.begin)
        days = (
            (periods.first, change - timedelta(days=1)) if side == 0 else (change, periods.last_day)
        )
        return ground.within(filter_, *days, self.zone)


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where and when to count."""

    ground: EffectGround
    shipped_on: date
    proposed_on: date


def effect_of(
    desk: Desk, person: Person, gap: Gap, zone: str = "", measure: MeasureName | None = None
) -> EffectView:
    """Judge the effect of a gap's last shipped change; ``gap`` as the person may read it."""
    require(person, "gap.read")
    rules, zone = effect_rules(), zone or person.zone
    measure = measure or rules.measure_of(gap.gap_type)
    with desk.store.read() as connection:
        every = gaps_of(connection)
    foreign = {c for one in every if one.ref != gap.ref for c in one.clauses}
    ground = ground_of(gap, measure, sorted(foreign - {*gap.clauses}))
    look, notices = look_of(desk, person, ground.changed if ground else CaseFilter())
    shipped = None if gap.shipped_at is None else gap.shipped_at.date()
    with desk.snapshot.reading() as reading:
        look = with_grants(reading, look)
        if ground is None or shipped is None:
            effect = without_facts(Doubt.NOT_SHIPPED if ground else Doubt.NO_CASES_NAMED)
            periods = None
        else:
            plan = _Plan(ground, shipped, gap.proposed_at.date())
            key = ("gap effect", plan, look.sight, day_of(look.at, zone), zone)
            periods, effect = reading.remember(key, lambda: _judge(reading, look, plan, zone))
        version, is_refreshing = reading.version, reading.is_refreshing
    return EffectView(
        gap=gap,
        effect=effect,
        measure=measure,
        shipped_on=shipped,
        periods=periods,
        ground=ground,
        also=_also_then(desk, gap, every, periods) if periods else (),
        is_own_only=look.scope.partner_ids is not None,
        version=version,
        at=from_micros(look.at),
        zone=zone,
        is_refreshing=is_refreshing,
        notices=notices,
    )


def _judge(reading: Reading, look: Look, plan: _Plan, zone: str) -> tuple[Periods | None, Effect]:
    rules = effect_rules()
    daily = _daily(reading, look, plan, zone, rules)
    if daily is None:
        return None, without_facts(Doubt.FEW_COUNTED)
    periods = in_periods(daily, plan.shipped_on, plan.proposed_on, rules)
    return periods, judge(periods.facts, rules)


def _daily(
    reading: Reading, look: Look, plan: _Plan, zone: str, rules: EffectRules
) -> DailyCounts | None:
    """Complete days for which there are cases, not further from the change than is looked at."""
    held = first_and_last(reading, look)
    if held is None:
        return None
    reach = timedelta(days=rules.periods.most_days)
    first = max(day_of(held[0], zone) + timedelta(days=1), plan.shipped_on - reach)
    yesterday = day_of(look.at, zone) - timedelta(days=1)
    # Where cases have stopped coming, the days since say nothing.
    last = min(yesterday, day_of(held[1], zone), plan.shipped_on + reach - timedelta(days=1))
    if not first < plan.shipped_on <= last:
        # Nothing on one side: what there is on the other still says how many periods it holds.
        first, last = min(first, plan.shipped_on), max(last, plan.shipped_on)
    days = tuple(first + timedelta(days=n) for n in range((last - first).days + 1))
    return _counted(reading, look, plan.ground, days, zone)


def _counted(
    reading: Reading, look: Look, ground: EffectGround, days: Sequence[date], zone: str
) -> DailyCounts:
    edges, moment = day_edges(tuple(days), zone), f"{MOMENT[ground.measure]}_at"
    counts = per_day(reading, ground.counted(ground.changed), look, moment, edges)
    base = per_day(reading, ground.base(ground.changed), look, moment, edges)
    found = DailyCounts(
        first=days[0],
        counts=counts,
        base=base,
        share=ground.measure == "overturns",
        names=(),
        unit_counts=counts[None, :][:0],
        unit_base=base[None, :][:0],
    )
    if ground.others is None:
        return found
    tables = [
        per_value_and_day(reading, filter_, look, moment, edges, ground.dimension, ground.excluded)
        for filter_ in (ground.counted(ground.others), _unit_base(ground))
    ]
    names = tables[1].values if found.share else tables[0].values
    unit_base = tables[1].of(names) if found.share else base[None, :].repeat(len(names), axis=0)
    return replace(found, names=names, unit_counts=tables[0].of(names), unit_base=unit_base)


def _unit_base(ground: EffectGround) -> CaseFilter:
    assert ground.others is not None  # noqa: S101 -- asked for only where there are some
    return ground.base(ground.others) if ground.measure == "overturns" else ground.others


def _also_then(
    desk: Desk, gap: Gap, every: Sequence[Gap], periods: Periods
) -> tuple[AlsoThen, ...]:
    """New versions of the gap's clauses, and other gaps of them shipped, between the first and
    the last day.
    """
    with desk.store.read() as connection:
        versions = [one for key in gap.clauses for one in clauses(connection, key=key)]
    found = [
        AlsoThen(v.effective_from.date(), "clause_version", v.key, v.version) for v in versions
    ]
    found += [
        AlsoThen(one.shipped_at.date(), "gap", one.ref, one.title)
        for one in every
        if one.shipped_at and one.ref != gap.ref and _is_near(one, gap)
    ]
    inside = [one for one in found if periods.first <= one.on <= periods.last_day]
    return tuple(sorted(inside, key=lambda one: one.on))


def _is_near(one: Gap, other: Gap) -> bool:
    return bool({*one.clauses} & {*other.clauses} or {*one.abuse_types} & {*other.abuse_types})

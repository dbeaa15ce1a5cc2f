"""Which cases the effect of a gap's change is counted in, and which others stand beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from core.cases.filter import DATES, CaseFilter, Segment
from core.cases.measures import overturned_filter, reviewed_filter
from core.gaps.effect_rules import MeasureName
from core.gaps.matching import is_narrow, lasting
from core.gaps.model import Gap

# What is decided when a case ends, or passes on the way there: it would choose cases by the effect.
DECIDED = (
    *("outcome", "overturn_reason", "enforcement_action", "flags", "status", "owner", "next_clock"),
    *("sla_frt", "sla_nrt", "sla_upd", "sla_ttr", "received_weekday", "received_hour", "cases"),
)
# The dimension that units are values of -> what would keep every other unit out.
UNIT_DIMENSIONS: Mapping[str, tuple[str, ...]] = {
    "clause": ("clause", "abuse_type", "abuse_family"),
    "market": ("market", "region"),
}
MOMENT: Mapping[MeasureName, str] = {"overturns": "resolved", "cases": "received"}


@dataclass(frozen=True, slots=True)
class EffectGround:
    """The changed cases, the dimension and filter of the others (None: there are none), and what
    is counted of both.
    """

    measure: MeasureName
    changed: CaseFilter
    dimension: str = ""
    others: CaseFilter | None = None
    excluded: tuple[str, ...] = ()  # values that no unit may have

    def counted(self, filter_: CaseFilter) -> CaseFilter:
        """The cases that are counted."""
        return overturned_filter(filter_) if self.measure == "overturns" else filter_

    def base(self, filter_: CaseFilter) -> CaseFilter:
        """The cases that they are a share of."""
        if self.measure == "overturns":
            return reviewed_filter(filter_)
        return CaseFilter(segment=Segment.ALL)

    def unit(self, value: str) -> CaseFilter:
        """The cases of one unit of the comparison."""
        assert self.others is not None  # noqa: S101 -- without others nobody has a unit
        return self.others.having(**{self.dimension: (value,)})

    def within(self, filter_: CaseFilter, first: date, last: date, zone: str) -> CaseFilter:
        """Cases of a filter that fall on some days."""
        name = MOMENT[self.measure]
        days = {f"{name}_from": first, f"{name}_to": last}
        return filter_.having(**days, zone=zone)


def ground_of(
    gap: Gap, measure: MeasureName, clauses_of_gaps: Iterable[str] = ()
) -> EffectGround | None:
    """Where the effect of a gap is counted; None where it names neither clauses nor a filter.

    ``clauses_of_gaps`` belong to other gaps: clauses with a trouble of their own compare badly.
    """
    changed = _changed(gap)
    if changed is None:
        return None
    for dimension, tied in UNIT_DIMENSIONS.items():
        own = changed.values(dimension)
        if own and "" not in own:
            others = changed.without(*tied)
            foreign = clauses_of_gaps if dimension == "clause" else ()
            excluded = tuple(dict.fromkeys(("", *own, *foreign)))
            return EffectGround(measure, changed, dimension, others, excluded)
    return EffectGround(measure, changed)


def _changed(gap: Gap) -> CaseFilter | None:
    """The matching filter without what is decided later, else the clauses."""
    if gap.matching is not None:
        kept = lasting(gap.matching.having(gap="")).without(*DECIDED, *DATES, "zone")
        if is_narrow(kept):
            return kept
    if not gap.clauses:
        return None
    return CaseFilter(segment=Segment.ALL, clause=gap.clauses)

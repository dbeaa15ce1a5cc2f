"""The measures of the heatmap: what each is called, what it is a measure of, which cases count.

This is their only home; storage reads the cases of their filters, pages show their words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from core.cases.filter import CaseFilter
from core.cases.measures import (
    OVERTURN_SHARE,
    overturned_filter,
    reviewed_filter,
)
from core.risk.heat_ask import Measure

Kind = Literal["count", "share", "p90", "mean"]


def _all_cases(filter_: CaseFilter, _first: date) -> CaseFilter:
    return filter_


def _judged(filter_: CaseFilter, _first: date) -> CaseFilter:
    return filter_.having(sla_ttr=("met", "breached"))


def _breached(filter_: CaseFilter) -> CaseFilter:
    return filter_.having(sla_ttr=("breached",))


def _reviewed(filter_: CaseFilter, _first: date) -> CaseFilter:
    return reviewed_filter(filter_)


def _resolved(filter_: CaseFilter, first: date) -> CaseFilter:
    # No case is resolved before it is received, so this asks for any known resolution.
    return filter_.having(resolved_from=first)


@dataclass(frozen=True, slots=True)
class MeasureDefinition:
    """A measure in words, and the cases that it is a measure of.

    ``counted`` gives the filter of its n from that of all cases and the first shown day; ``hits``
    that of a share's numerator. ``decides`` are parts of the filter that are its own.
    """

    measure: Measure
    label: str
    definition: str
    kind: Kind
    n_label: str
    counted: Callable[[CaseFilter, date], CaseFilter]
    hits: Callable[[CaseFilter], CaseFilter] | None = None
    decides: tuple[str, ...] = ()


MEASURES: dict[Measure, MeasureDefinition] = {
    found.measure: found
    for found in (
        MeasureDefinition(
            Measure.CASES,
            "Cases against expected",
            "Cases received ÷ expected from the same cells' past weeks: level, trend, season.",
            "count",
            "cases",
            _all_cases,
        ),
        MeasureDefinition(
            Measure.BREACH,
            "Breach share",
            "Breached ÷ (met + breached) of the total resolution clock; what still runs in time is "
            "in neither.",
            "share",
            "judged clocks",
            _judged,
            _breached,
            ("sla_ttr",),
        ),
        MeasureDefinition(
            Measure.OVERTURN,
            "Overturn share",
            OVERTURN_SHARE,
            "share",
            "re-reviewed",
            _reviewed,
            overturned_filter,
            ("outcome",),
        ),
        MeasureDefinition(
            Measure.TTR,
            "TTR p90",
            "90th percentile of working time from received to final resolution, of resolved cases.",
            "p90",
            "resolved",
            _resolved,
        ),
        MeasureDefinition(
            Measure.SEVERITY,
            "Severity-weighted risk",
            "Mean harm weight of the priorities of the cases received; times n it is the harm "
            "that a cell holds.",
            "mean",
            "cases",
            _all_cases,
        ),
    )
}

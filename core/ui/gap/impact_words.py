"""How the impact of a policy gap is written: counts, hours, forecasts, and why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from math import isnan

from core.desk.gap_impact import FEW_WEEKS, NO_FILTER, Figure, ImpactView
from core.gaps.impact import REACH, SPENT
from core.gaps.impact_rules import impact_rules
from core.gaps.outlook import Predicted
from core.risk.weeks import DAYS_PER_WEEK
from core.storage.gap_figures import TimeSpent
from core.ui import words
from core.ui.format import DASH, HOUR, plural, share, worked

FEW_HOURS = 10  # fewer are told with their minutes
# What has no room on a tile.
SHORT: Mapping[str, str] = {"wrong": "Went wrong"}
# The tiles, in their order; linked and matching cases stand above them.
TILES = ("cases", "recent", "open", "wrong", "breached", "overturned", "reopened")
NAMES: Mapping[str, str] = {
    "tier": "tier",
    "market": "market",
    "platform": "platform",
    "surface": "surface",
    "language": "language",
    "abuse_type": "abuse type",
}
WHY_NOT: Mapping[str, str] = {
    FEW_WEEKS: "The desk has too few weeks of cases to foresee anything.",
    NO_FILTER: "Only linked cases are known, and those come when somebody links them. Say with a "
    "filter which cases the gap is about, and the next weeks can be foreseen.",
}


def label(figure: Figure) -> str:
    """What a figure is called."""
    return figure.definition.label.format(days=impact_rules().recent_days)


def definition(figure: Figure) -> str:
    """What a figure counts."""
    return figure.definition.definition.format(days=impact_rules().recent_days)


def part(figure: Figure) -> str:
    """A figure as a part of another: ``12 % of 340``."""
    if figure.of is None:
        return ""
    if not figure.of:
        return f"of none {'re-reviewed' if figure.definition.of == 'reviewed' else ''}".strip()
    told = "re-reviewed" if figure.definition.of == "reviewed" else ""
    return f"{share(figure.count / figure.of)} of {figure.of:,} {told}".strip()


def told(figure: Figure) -> dict[str, object]:
    """A figure as a tile."""
    return {
        "name": figure.definition.name,
        "label": SHORT.get(figure.definition.name, label(figure)),
        "value": f"{figure.count:,}",
        "change": "",
        "note": part(figure),
        "line": "",
        "line_label": "",
        "opens": f"Open {plural(figure.count, 'case')}: {label(figure)}",
        "help": definition(figure),
        "is_chosen": False,
    }


def spent_tile(spent: TimeSpent) -> dict[str, object]:
    """Working time as a tile that opens all cases."""
    return {
        "name": "spent",
        "label": "Working time",
        "value": hours(spent.total_us) if spent.cases else DASH,
        "change": "",
        "note": f"p50 {hours(spent.p50_us)} · p90 {hours(spent.p90_us)} · max {hours(spent.max_us)}"
        if spent.cases
        else "",
        "line": "",
        "line_label": "",
        "opens": f"Open {plural(spent.cases, 'case')}: working time with us",
        "help": f"{SPENT} From {plural(spent.cases, 'case')}.",
        "is_chosen": False,
    }


def hours(us: float) -> str:
    """Working time: ``1,204 h``, and with minutes where it is short."""
    if isnan(us):
        return DASH
    return worked(us) if us < FEW_HOURS * HOUR else f"{us / HOUR:,.0f} h"


def counted(predicted: Predicted) -> str:
    """A count that is foreseen; with a decimal place where that says something."""
    mean = predicted.mean
    return f"{mean:.1f}" if mean < FEW_HOURS else f"{mean:,.0f}"


def between(predicted: Predicted) -> str:
    """The ends of a foreseen count."""
    return f"{predicted.low:,.0f} to {predicted.high:,.0f}"


def reach_words(view: ImpactView) -> str:
    """How far the cases reach, as far as they say it; nobody knows how many people were reached."""
    several = [plural(view.reach.partners, "partner")]
    several += [plural(view.reach.values[name], NAMES[name]) for name in REACH if name != "tier"]
    return ", ".join(several)


def outlook_words(view: ImpactView) -> str:
    """What the forecast is and what it rests on."""
    days = impact_rules().outlook.weeks * DAYS_PER_WEEK
    ripe = view.behind.filter
    return (
        f"What {days} more days bring if nothing changes: 8 of 10 such forecasts hold what comes. "
        f"Cases from complete weeks, of which recent ones count most; what goes wrong and the time "
        f"from those received {ripe.received_from:%d %b %Y} to {ripe.received_to:%d %b %Y}, which "
        f"are old enough to know."
    )


def value_words(dimension: str, value: str, names: Mapping[str, str]) -> str:
    """A value of the table of reach."""
    return words.value_label(dimension, value, {dimension: names})

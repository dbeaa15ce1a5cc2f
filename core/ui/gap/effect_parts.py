"""The parts of the effect page: before and after, the series, dates without a change, others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core.charts.gap_effect import EffectMark, EffectPoint, effect_chart, effects_chart
from core.desk.gap_effect import EffectView
from core.gaps.effect_facts import UnitChange
from core.gaps.effect_rules import effect_rules
from core.gaps.effect_words import COUNTED, UNITS, day_words
from core.stats.interrupted_series import Ratio
from core.ui.case_link import go_to_queue, open_gap
from core.ui.charts import chart_head, show, table_behind
from core.ui.format import DASH, share
from core.ui.tables import Act, click_list

OWN = "this change"


def sides_table(view: EffectView) -> None:
    """Counts before and after; a click on one opens its cases."""
    counted, of = COUNTED[view.measure]
    sides = [(view.counted(side), view.base(side)) for side in (0, 1)]

    def opens(part: int) -> Any:
        return lambda row: go_to_queue(sides[row][part][1])

    shown = pd.DataFrame(
        {
            "when": ["Before", "After"],
            "counted": [f"{side[0][0]:,}" for side in sides],
            "of": [f"{side[1][0]:,}" for side in sides],
            "share": [
                share(side[0][0] / side[1][0], digits=1) if side[1][0] else DASH for side in sides
            ],
        }
    )
    told = "Click to open these cases in the queue"
    acts = {
        "counted": Act(counted.capitalize(), opens(0), 130, told, "right"),
        "of": Act(of.capitalize(), opens(1), 130, told, "right"),
    }
    columns = {
        "when": st.column_config.TextColumn("", width=90),
        "share": st.column_config.TextColumn("Share", width=90, alignment="right"),
    }
    alt = f"Cases {counted} of {of} before and after the change"
    click_list(shown, "effect-sides", alt, acts, columns)


def series(view: EffectView) -> None:
    """Every period; a click on a point opens its cases."""
    assert view.shipped_on is not None  # noqa: S101 -- without a day there is no series
    points = _points(view)
    is_share = view.measure == "overturns"
    title = "Overturned of re-reviewed" if is_share else "Cases"
    drawing = effect_chart(points, view.shipped_on, title, is_share=is_share)
    note = "a point is a period and opens its cases; the band is what would be without the change"
    with chart_head("Before and after", note):
        table_behind(drawing, "effect-series-table")
    show(drawing, "effect-series", lambda picked: _open_period(view, picked))


def dates_tried(view: EffectView) -> None:
    """What the same method says of dates on which nothing was changed."""
    effect, periods = view.effect, view.periods
    assert periods is not None  # noqa: S101 -- shown only where there is a series
    assert effect.headline is not None  # noqa: S101 -- and a fit of it
    marks = [_mark(day_words(periods.day(p.begin)), p.ratio) for p in effect.placebos]
    own = day_words(periods.day(periods.facts.begin))
    drawing = effects_chart([*marks, _mark(own, effect.headline, is_own=True)], "Date")
    note = "the same method on earlier dates should find nothing; orange: the day of the change"
    with chart_head("Dates on which nothing was changed", note):
        table_behind(drawing, "effect-dates-table")
    if not marks:
        st.caption("There is too little before the change to try other dates.")
        return
    show(drawing, "effect-dates")


def comparison(view: EffectView) -> None:
    """How others changed at the same date; a click opens the cases since then."""
    effect = view.effect
    assert effect.headline is not None  # noqa: S101 -- shown only where there is a series
    units = UNITS.get(view.ground.dimension if view.ground else "", "units")
    if not effect.unit_changes:
        with chart_head(
            "Nothing to compare with", "no unchanged clauses or markets with enough cases"
        ):
            pass
        st.caption("The change is held against its own history only.")
        return
    chosen = most_moved(effect.unit_changes, effect_rules().comparison.shown_units)
    marks = [_mark(one.name, one.ratio) for one in chosen]
    marks.append(_mark(OWN, effect.headline, is_own=True))
    marks.sort(key=lambda mark: mark.ratio)
    drawing = effects_chart(marks, units.capitalize()[:-1])
    left = len(effect.unit_changes) - len(chosen)
    rest = f"the {len(chosen)} that moved most of {len(effect.unit_changes)}" if left else "all"
    with chart_head(f"Unchanged {units} at the same date", f"{rest}; a dot opens its cases since"):
        table_behind(drawing, "effect-units-table")
    show(drawing, "effect-units", lambda picked: _open_unit(view, picked))


def also_table(view: EffectView) -> None:
    """What else changed between the first and the last day."""
    if not view.also:
        st.markdown("- No new version of its clauses and no other gap near it fell into this time.")
        return
    st.markdown("- Also changed in this time, and part of the number if it matters:")
    rows = pd.DataFrame(
        {
            "what": [one.ref for one in view.also],
            "on": [day_words(one.on) for one in view.also],
            "told": [
                f"version {one.words} of the clause" if one.kind == "clause_version" else one.words
                for one in view.also
            ],
        }
    )

    def open_one(row: int) -> None:
        if view.also[row].kind == "gap":
            open_gap(view.also[row].ref)

    text = st.column_config.TextColumn
    acts = {"what": Act("What", open_one, 90, "Click a gap to open it")}
    columns = {"on": text("From", width=110), "told": text("", width=420)}
    click_list(
        rows, "effect-also", f"{len(view.also)} changes at the time", acts, columns, highest=216
    )


def most_moved(changes: tuple[UnitChange, ...], most: int) -> list[UnitChange]:
    """Those whose change is clearest either way."""
    return sorted(changes, key=lambda one: -abs(_clearness(one.ratio)))[:most]


def _clearness(ratio: Ratio) -> float:
    return float(np.log(ratio.ratio) / np.log(ratio.high / ratio.low))


def _points(view: EffectView) -> list[EffectPoint]:
    periods, expected = view.periods, view.effect.expected
    assert periods is not None  # noqa: S101 -- shown only where there is a series
    assert expected is not None  # noqa: S101 -- and a fit of it
    facts = periods.facts
    over = facts.base if facts.share else np.ones_like(facts.base)
    with np.errstate(divide="ignore", invalid="ignore"):
        drawn = [
            np.where(facts.base > 0, one / over, np.nan)
            for one in (
                facts.counts,
                expected.fitted,
                expected.without,
                expected.low,
                expected.high,
            )
        ]
    if facts.share:
        drawn = [np.minimum(one, 1.0) for one in drawn]
    columns = zip(*(one.tolist() for one in drawn), strict=True)
    return [
        EffectPoint(
            place,
            periods.day(place),
            place >= facts.begin,
            int(facts.counts[place]),
            int(facts.base[place]),
            *values,
        )
        for place, values in enumerate(columns)
    ]


def _mark(name: str, ratio: Ratio, *, is_own: bool = False) -> EffectMark:
    return EffectMark(name, ratio.ratio, ratio.low, ratio.high, is_own)


def _open_period(view: EffectView, picked: Mapping[str, Any]) -> None:
    go_to_queue(view.period(int(picked["place"])))


def _open_unit(view: EffectView, picked: Mapping[str, Any]) -> None:
    name = str(picked["name"])
    go_to_queue(view.counted(1)[1] if name == OWN else view.unit(name, 1))

"""A partner's health over the last months, week by week, and what happened meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import streamlit as st

from core.access.model import Person
from core.charts.health_history import BandRange, Happening, ScorePoint, history_chart
from core.desk.partner_health_view import HealthView
from core.desk.partner_history import (
    BAND,
    COMMITMENT,
    CONTACT,
    ENDED,
    NOTE,
    TIER,
    Event,
    WeekOfHealth,
    history_view,
)
from core.partners.score_rules import BANDS, HealthRules
from core.taxonomy import taxonomy
from core.ui.charts import chart_head, show, table_behind
from core.ui.format import escape
from core.ui.partner.change_days import take_since
from core.ui.partner.health_words import band_label
from core.ui.state import the_desk

HIGHEST = 100.0
MOST_LISTED = 10


def show_history(person: Person, view: HealthView) -> None:
    """A point per week; a click on one compares it with the last day of the comparison above."""
    with st.spinner("Counting the weeks before"):  # all partners' weeks, at the first visit of all
        history = history_view(the_desk(), person, view.partner)
    marked = [Happening(one.day, told(one)) for one in history.events]
    points = [_point(week) for week in history.weeks]
    drawing = history_chart(points, bands_of(view.standing.rules), marked)
    events = "; dashed: hover for what happened" if marked else ""
    note = f"a point is the end of a week, shaded its interval{events}; a click compares"
    with st.container(border=True, gap="xsmall", key="health-history"):
        with chart_head(f"History, {len(points)} weeks", note):
            table_behind(drawing, "history-table")
        show(drawing, "history", _compare)
        if marked:
            st.caption(escape(listed(marked)))


def bands_of(rules: HealthRules) -> tuple[BandRange, ...]:
    """The stretches of the scale, from bad to good."""
    lows = [float(low) for low in rules.bands.lower_edges()]
    highs = [*lows[1:], HIGHEST]
    colours = taxonomy().health_bands
    return tuple(
        BandRange(band_label(band), colours[band].color, low, high)
        for band, low, high in zip(BANDS, lows, highs, strict=True)
    )


def listed(marked: Sequence[Happening]) -> str:
    """What happened in words, the newest first; the oldest of many are left to the chart."""
    latest = list(reversed(marked))[:MOST_LISTED]
    words = "; ".join(f"{one.day:%d %b} {one.told}" for one in latest)
    rest = len(marked) - len(latest)
    return f"What happened: {words}{f'; {rest} earlier' if rest else ''}."


def told(event: Event) -> str:
    """An event in words."""
    label = taxonomy().label
    return {
        TIER: f"Tier {event.value}",
        BAND: f"Band by hand: {band_label(event.value)}",
        COMMITMENT: "Something was promised",
        ENDED: f"A promise ended: {label('commitment_states', event.value).lower()}",
        CONTACT: label("contact_kinds", event.value),
        NOTE: "A note",
    }[event.kind]


def _point(week: WeekOfHealth) -> ScorePoint:
    label = band_label(week.band)
    return ScorePoint(week.day, week.score, week.low, week.high, label, week.effective)


def _compare(picked: Mapping[str, Any]) -> None:
    text = str(picked.get("day", ""))
    try:
        take_since(date.fromisoformat(text))
    except ValueError:
        return

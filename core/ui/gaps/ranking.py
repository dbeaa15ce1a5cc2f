"""Open gaps by what the next weeks are foreseen to cost, with how sure each place is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from core.access.model import Person
from core.cases.filter import CaseFilter
from core.charts.gap_places import GapMark, places_chart
from core.desk.gap_impact import RankedGap, RankingView, ranking_view
from core.gaps.impact_rules import impact_rules
from core.gaps.ranking import MEASURE, Place
from core.risk.weeks import DAYS_PER_WEEK
from core.taxonomy import taxonomy
from core.ui import states
from core.ui.case_link import go_to_queue, open_gap
from core.ui.charts import chart_head, show, table_behind
from core.ui.format import plural
from core.ui.gap.gap_words import NOBODY, colours, title_of
from core.ui.gap.impact_words import WHY_NOT, between, counted
from core.ui.heads import copy_link, page_head
from core.ui.state import the_desk, the_zone
from core.ui.tables import Act, click_list

HIGHEST = 900
MOST_NAMED = 2
OPENS = "Click to open exactly these cases in the queue"
TEXT = st.column_config.TextColumn


def show_ranking(person: Person) -> None:
    """Read once, then arrange."""
    view = ranking_view(the_desk(), person, the_zone(person))
    head = page_head(
        "Policy gaps", view.at, view.zone, view.version, is_refreshing=view.is_refreshing
    )
    with head:
        copy_link("gaps")
    if not view.gaps:
        states.empty("No gap is open.", "What is filed and not closed is ranked here.")
        return
    placed = [(one, one.place) for one in view.gaps if one.place is not None]
    others = [one for one in view.gaps if one.place is None]
    if placed:
        _ranked(view, placed)
    if others:
        _others(others)
    if view.left_out:
        st.caption(f"{plural(view.left_out, 'older gap')} not ranked.")


def _days() -> int:
    return impact_rules().outlook.weeks * DAYS_PER_WEEK


def _ranked(view: RankingView, placed: Sequence[tuple[RankedGap, Place]]) -> None:
    marks = [
        GapMark(one.gap.ref, place.expected.mean, place.expected.low, place.expected.high)
        for one, place in placed[: impact_rules().most_listed]
    ]
    drawing = places_chart(marks, _days())
    with chart_head("What another month of delay costs", _note(view)):
        table_behind(drawing, "gap-places-table")
    show(drawing, "gap-places", _open)
    _table(placed)


def _note(view: RankingView) -> str:
    whose = "Your partners' cases only" if view.is_own_only else "Cases that you may see"
    drawn = impact_rules().most_listed
    more = f" The first {drawn} are drawn." if len(view.gaps) > drawn else ""
    return (
        f"Cases that the next {_days()} days are foreseen to bring and that end overturned or "
        "breached, if nothing changes; a bar holds what comes 8 of 10 times. A case counts for "
        f"every gap that it shows. {whose}.{more}"
    )


def _open(picked: Mapping[str, Any]) -> None:
    if ref := str(picked.get("ref") or ""):
        open_gap(ref, view="impact")


def _table(placed: Sequence[tuple[RankedGap, Place]]) -> None:
    gaps = [one for one, _ in placed]
    facts = _facts(gaps)
    rows = pd.DataFrame(
        {
            "place": [place_words(place) for _, place in placed],
            **{name: facts.pop(name) for name in ("ref", "title")},
            "expected": [counted(place.expected) for _, place in placed],
            "between": [between(place.expected) for _, place in placed],
            "tie": [tie_words(place) for _, place in placed],
            "wrong": [f"{one.behind.hits[MEASURE]:,}" for one in gaps],
            "of": [f"of {one.behind.cases:,}" for one in gaps],
            **facts,
        }
    )
    acts = _acts(gaps) | {
        "wrong": _cases("Wrong so far", [one.behind.hit_filters[MEASURE] for one in gaps], 92),
        "of": _cases("Of cases", [one.behind.filter for one in gaps], 78),
    }
    columns = {
        "place": TEXT(
            "Place",
            width=64,
            help="Where the gap stands 8 of 10 times, given how unsure each forecast is",
        ),
        "tie": TEXT(
            "Tied with",
            width=176,
            help="Gaps that may as well cost more as less: the order among them says nothing",
        ),
        **_columns(),
        "expected": TEXT(f"Next {_days()} days", alignment="right", width=88),
        "between": TEXT("8 of 10 times", alignment="right", width=92),
    }
    alt = f"{plural(len(gaps), 'open gap')}, what is foreseen to cost most first"
    click_list(rows, "gap-ranking", alt, acts, columns, highest=HIGHEST)


def place_words(place: Place) -> str:
    """``1``, or ``2–5`` where it cannot be said more exactly."""
    if place.first == place.last:
        return f"{place.first}"
    return f"{place.first}–{place.last}"


def tie_words(place: Place) -> str:
    """From which gaps it cannot be told: ``G-0002, G-0005 and 3 more``."""
    named = ", ".join(place.alike[:MOST_NAMED])
    more = len(place.alike) - MOST_NAMED
    return f"{named} and {more} more" if more > 0 else named


def _others(others: Sequence[RankedGap]) -> None:
    st.markdown("**Without a place**")
    rows = pd.DataFrame(
        {**_facts(others), "why": [WHY_NOT[one.why_not].partition(".")[0] for one in others]}
    )
    columns = {**_columns(), "why": TEXT("Why", width=420)}
    alt = f"{plural(len(others), 'open gap')} without a forecast"
    click_list(rows, "gap-unranked", alt, _acts(others), columns, highest=HIGHEST)


def _facts(gaps: Sequence[RankedGap]) -> dict[str, list[Any]]:
    label = taxonomy().label
    return {
        "ref": [one.gap.ref for one in gaps],
        "title": [title_of(one.gap) for one in gaps],
        "severity": [[label("gap_severities", one.gap.severity)] for one in gaps],
        "response": [[label("gap_responses", one.gap.response)] for one in gaps],
        "owner": [one.gap.owner or NOBODY for one in gaps],
        "cases": [f"{one.cases.count:,}" for one in gaps],
        "recent": [f"{one.recent.count:,}" for one in gaps],
    }


def _columns() -> dict[str, Any]:
    def listed(label: str, terms: str, width: int) -> Any:
        labels, colors = colours(terms)
        return st.column_config.MultiselectColumn(label, options=labels, color=colors, width=width)

    return {
        "title": TEXT("What goes wrong", width=230),
        "severity": listed("Severity", "gap_severities", 82),
        "response": listed("Response", "gap_responses", 122),
        "owner": TEXT("Owner", width=100),
    }


def _acts(gaps: Sequence[RankedGap]) -> dict[str, Act]:
    def opened(row: int) -> None:
        open_gap(gaps[row].gap.ref, view="impact")

    days = impact_rules().recent_days
    return {
        "ref": Act("Gap", opened, 64, "Click to open what the gap costs"),
        "cases": _cases("Cases", [one.cases.filter for one in gaps], 64),
        "recent": _cases(f"Last {days} d", [one.recent.filter for one in gaps], 74),
    }


def _cases(words: str, filters: Sequence[CaseFilter], width: int) -> Act:
    def run(row: int) -> None:
        go_to_queue(filters[row])

    return Act(words, run, width, OPENS, "right")

"""The rows of the partners page as a list to click: a partner, its open and its breached cases."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from core.cases.filter import Segment, Sort
from core.clock import to_micros
from core.desk.partners import PartnerLine, PartnersView
from core.taxonomy import taxonomy
from core.ui.case_link import go_to_queue, open_partner
from core.ui.format import DASH, duration, plural
from core.ui.partners import partner_words as words
from core.ui.tables import Act, click_list

HIGHEST = 1_560  # fifty rows without a second bar to scroll
NOBODY = "nobody"


def partner_table(view: PartnersView) -> None:
    """A name opens the partner, a count exactly the cases that it counts."""
    lines = view.lines

    def partner(row: int) -> None:
        open_partner(lines[row].ref)

    def cases(segment: Segment, row: int) -> None:
        go_to_queue(lines[row].cases(segment))

    def next_due(row: int) -> None:
        go_to_queue(lines[row].cases(sort=Sort.DUE))

    def oldest(row: int) -> None:
        go_to_queue(lines[row].cases(sort=Sort.AGE))

    yours = "that you may see; click to open them in the queue"
    acts = {
        "partner": Act("Partner", partner, 160, "Click to open the partner", pinned=True),
        "open": Act("Open", partial(cases, Segment.OPEN), 52, f"Open cases {yours}", "right"),
        "breached": Act(
            "Breached",
            partial(cases, Segment.BREACHED),
            76,
            f"Breached open cases {yours}",
            "right",
        ),
        "due": Act(
            "Next due", next_due, 78, "The next clock that is not yet missed; click: cases", "right"
        ),
        "oldest": Act(
            "Oldest wait", oldest, 84, "Since the oldest open case was received; click", "right"
        ),
    }
    told = f"{plural(len(lines), 'partner')}: {words.ORDERS[view.ask.order]}"
    click_list(readable(view), "partner-list", told, acts, _columns(view), highest=HIGHEST)


def readable(view: PartnersView) -> pd.DataFrame:
    """Rows as a person reads them."""
    lines, at = view.lines, to_micros(view.at)
    return pd.DataFrame(
        {
            "partner": [line.name for line in lines],
            "tier": [line.tier or DASH for line in lines],
            "band": [words.band_words(line) for line in lines],
            "picture": [words.interval_picture(line, view.rules.bands) for line in lines],
            "health": [words.health_words(line) for line in lines],
            "trend": [words.trend_words(line.trend) for line in lines],
            "change": [words.change_words(line.trend) for line in lines],
            "breached": [_counted(line.breached_count) for line in lines],
            "open": [_counted(line.open_count) for line in lines],
            "due": [_until(line, at) for line in lines],
            "oldest": [_since(line.oldest_at, at) for line in lines],
            "contact": [words.ago(line.contact_at, at) for line in lines],
            "rank": [words.rank_words(line) for line in lines],
            "manager": [managers(line) for line in lines],
            "category": [_label("partner_categories", line.category) for line in lines],
            "market": [_label("markets", line.market) for line in lines],
            "ref": [line.ref for line in lines],
        }
    )


def managers(line: PartnerLine) -> str:
    """Who serves the partner now."""
    told = (f"{who.name} (cover)" if who.is_cover else who.name for who in line.managers)
    return ", ".join(told) or NOBODY


def _counted(number: int) -> str:
    # A dash, so that the eye finds the rows that have some.
    return f"{number:,}" if number else DASH


def _until(line: PartnerLine, at: int) -> str:
    return DASH if line.next_due_at is None else duration(line.next_due_at - at)


def _since(moment: int | None, at: int) -> str:
    return DASH if moment is None else duration(at - moment)


def _label(terms: str, value: str) -> str:
    return taxonomy().label(terms, value) or DASH


def _columns(view: PartnersView) -> dict[str, Any]:
    column = st.column_config
    return {
        **_health_columns(view),
        "tier": column.TextColumn("Tier", width=40),
        "rank": column.TextColumn(
            f"Rank of {view.ranked:,}",
            help=f"1 is the worst; {100 * view.rules.interval:.0f} % interval among the"
            f" {plural(view.ranked, 'partner')} in your scope that have a score",
            alignment="right",
            width=70,
        ),
        "contact": column.TextColumn(
            "Last contact",
            help="A message of either side on a case that you may see, or a logged contact",
            alignment="right",
            width=80,
        ),
        "manager": column.TextColumn("Partner manager", width=150),
        "category": column.TextColumn("Category", width=130),
        "market": column.TextColumn("Market", width=110),
        "ref": column.TextColumn("Reference", width=80),
    }


def _health_columns(view: PartnersView) -> dict[str, Any]:
    """Band, score and trend; colour comes with a word."""
    column = st.column_config
    edges, share = view.rules.bands, f"{100 * view.rules.interval:.0f} %"
    labels = [*words.bands().values(), (words.HAND, "#6b7580")]
    scale = f"0 to 100; marks at {edges.watch:.0f} (watch) and {edges.healthy:.0f} (healthy)"
    days = view.rules.trend_days
    return {
        "band": column.MultiselectColumn(
            "Band", options=[x for x, _ in labels], color=[x for _, x in labels], width=78
        ),
        "picture": column.ImageColumn(
            "0 to 100", help=f"Score with its {share} interval on a scale of {scale}", width=84
        ),
        "health": column.TextColumn(
            "Health",
            help=f"Score with its {share} interval; counted over cases that are not restricted",
            alignment="right",
            width=118,
        ),
        "trend": column.MultiselectColumn(
            "Trend",
            help=f"Called worse or better only where the {share} interval of the change says so",
            options=[x for x, _ in words.TRENDS.values()],
            color=[x for _, x in words.TRENDS.values()],
            width=66,
        ),
        "change": column.TextColumn(
            f"{days} days",
            help=f"Points against {view.before:%a %Y-%m-%d} with the {share} interval",
            alignment="right",
            width=124,
        ),
    }

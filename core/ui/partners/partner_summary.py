"""How the partners of a list stand, as tiles that count partners: a click filters the list by it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.cases.filter import Segment
from core.desk.partner_ask import BETTER, WORSE
from core.desk.partners import PartnersView
from core.partners.score_rules import BANDS
from core.taxonomy import taxonomy
from core.ui.case_link import go_to_queue
from core.ui.format import plural
from core.ui.partners.partner_address import change, toggle
from core.ui.partners.partner_words import TRENDS
from core.ui.tables import STATES
from core.ui.tiles import draw

KEY = "partner-tiles"
ORDER = ("at_risk", "watch", "healthy", "not_enough_data")
BREACHED = "breached"


def summary(view: PartnersView) -> None:
    """Bands, falls and breaches, each as a number of partners."""
    acts: dict[str, Callable[[], None]] = {band: _chooser("band", band) for band in ORDER}
    acts |= {WORSE: _chooser("trend", WORSE), BETTER: _chooser("trend", BETTER)}
    acts[BREACHED] = lambda: change(breached=not view.ask.breached)

    def take() -> None:
        name = st.session_state[KEY].get("open")
        if name in acts:
            acts[name]()

    with st.container(key="partner-summary"):
        draw([*_bands(view), *_trends(view), _breached(view)], KEY, take)


def _chooser(part: str, value: str) -> Callable[[], None]:
    return lambda: toggle(part, value)


def _bands(view: PartnersView) -> list[dict[str, object]]:
    counts, terms, edges = view.counts["band"], taxonomy().health_bands, view.rules.bands
    least = f"{view.rules.least_effective_n:.0f}"
    told = {
        "at_risk": f"below {edges.watch:.0f}",
        "watch": f"{edges.watch:.0f} to {edges.healthy:.0f}",
        "healthy": f"{edges.healthy:.0f} or more",
        "not_enough_data": f"under {least} cases",
    }
    return [
        _tile(
            band,
            terms[band].label,
            counts.get(band, 0),
            (told[band], f"Score {told[band]}" if band in BANDS else told[band]),
            terms[band].color,
            is_chosen=view.ask.band == (band,),
        )
        for band in ORDER
    ]


def _trends(view: PartnersView) -> list[dict[str, object]]:
    share = f"{100 * view.rules.interval:.0f} %"
    note = f"since {view.before:%d %b}"
    whole = f"Against {view.before:%a %Y-%m-%d}, where the whole {share} interval says so"
    return [
        _tile(
            trend,
            f"Got {trend}",
            view.counts["trend"][trend],
            (note, whole),
            TRENDS[trend][1],
            is_chosen=view.ask.trend == (trend,),
        )
        for trend in (WORSE, BETTER)
    ]


def _breached(view: PartnersView) -> dict[str, object]:
    notes = ("open now", "At least one of its open cases is breached")
    colour = STATES[BREACHED][1]
    return _tile(BREACHED, "Breached", view.breached, notes, colour, is_chosen=view.ask.breached)


def _tile(
    name: str, label: str, n: int, notes: tuple[str, str], colour: str, *, is_chosen: bool
) -> dict[str, object]:
    short, long = notes
    again = "Click to show all again." if is_chosen else "Click to show only these."
    return {
        "name": name,
        "label": label,
        "value": f"{n:,}",
        "change": "",
        "note": short,
        "line": "",
        "line_label": "",
        "opens": f"Show {plural(n, 'partner')}: {label}",
        "help": f"{label}: {plural(n, 'partner')}. {long}. {again}",
        "mark": colour,
        "is_chosen": is_chosen,
    }


def cases_line(view: PartnersView) -> None:
    """Open and breached cases of the listed partners; they open where one filter can name them."""
    cases = view.cases
    if cases is None or not view.open_count:
        return
    for segment, count in (
        (Segment.OPEN, view.open_count),
        (Segment.BREACHED, view.breached_count),
    ):
        st.button(
            f"{count:,} {segment.value}{' cases' if segment is Segment.OPEN else ''}",
            type="tertiary",
            key=f"partners-{segment.value}",
            help="Their cases that you may see; click to open them in the queue",
            on_click=go_to_queue,
            args=(cases.but(segment=segment),),
        )

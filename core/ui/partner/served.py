"""The service that we give a partner over a window: kept in time, how long, whose wait, come back,
reversed, rated; each figure opens its cases. The partner's own conduct stands apart, below.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from core.access.model import Person
from core.cases.filter import CaseFilter
from core.charts.waiting import waiting_chart
from core.desk.partner import Partner
from core.desk.partner_served import (
    CsatFigure,
    OwnedTime,
    ServiceView,
    ShareFigure,
    TailFigure,
    service_view,
)
from core.desk.partner_served_filters import WINDOWS, Days
from core.storage.partner_peers import REPLIES
from core.taxonomy import taxonomy
from core.ui import states
from core.ui.address import choose_number, read_number
from core.ui.case_link import go_to_queue, open_case
from core.ui.charts import show
from core.ui.format import DASH, duration, exact, plural, share, worked
from core.ui.heads import copy_link
from core.ui.partner.conduct import show_conduct
from core.ui.partner.peers import beside_words, mixed_words
from core.ui.state import the_desk, the_zone
from core.ui.tables import Act, click_list
from core.ui.views import switch

DAYS = "days"  # in the address
ONE_IN_A_HUNDRED = 0.01  # a smaller share needs a decimal place
TITLES = {
    "returns": "Reopened",
    "overturn_rate": "Overturned",
    "reply_tail": "First reply",
    "resolution_tail": "Total resolution",
}
HELP = {
    "frt": "Met ÷ (met + breached), of cases received in these days whose clock has a verdict.",
    "returns": "Reopened ÷ resolved. Who writes again without a reopening is not in it.",
    "overturn_rate": "Earlier decisions reversed, wholly or in part ÷ those looked at again.",
}
PEERS_HELP = (
    "At equal mix of abuse types and priorities, over the same days. A difference is told only "
    "where chance makes one as large in fewer than one of ten cases; nothing is told where too few "
    "peers stand behind it."
)
TAILS_HELP = (
    "First reply in working time, over the replies of these days. Total resolution by the wall "
    "clock, waits included, over the cases received in these days; open ones count with the time "
    "they have taken so far (Kaplan-Meier). Waiting: open cases without a first reply, and those "
    "of n that are not resolved."
)
TEXT = st.column_config.TextColumn


def show_service(person: Person, partner: Partner) -> None:
    """Read once, then arrange: the service, and apart from it the partner's own conduct."""
    days, unusable = read_number(DAYS, WINDOWS)
    view = service_view(the_desk(), person, partner, days)
    _head(view, the_zone(person, partner.zone))
    for notice in unusable:
        st.warning(notice, icon=":material/info:")
    with st.container(border=True, gap="xsmall", key="partner-service"):
        st.markdown("### The service that we give")
        _shares(view)
        _tails(view)
        _owners(view)
        _csat(view.csat, view.level)
    show_conduct(person, partner)


def _head(view: ServiceView, zone: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        words = {days: f"{days} days" for days in WINDOWS}
        switch(
            "service-days",
            "Window",
            view.days,
            words,
            lambda days: choose_number(DAYS, days, WINDOWS),
        )
        state = "new data on the way · " if view.is_refreshing else ""
        st.caption(
            f"{state}As of {exact(view.at, zone)} · data {view.version:,}. Cases open to the whole "
            f"desk, in days of UTC; intervals are {share(view.level)}.",
            width="stretch",
        )
        copy_link()


def _shares(view: ServiceView) -> None:
    figures = view.shares
    rows = pd.DataFrame(
        {
            "figure": [_title(one) for one in figures],
            "share": [share(one.share, unknown=DASH) for one in figures],
            "interval": [_interval(one) for one in figures],
            "hits": [f"{one.count.hits:,}" for one in figures],
            "of": [f"{one.count.of:,}" for one in figures],
            "beside": [beside_words(one.ask.name, one.beside) for one in figures],
            "mixed": [mixed_words(one.beside) for one in figures],
            "days": [days_words(one.days) for one in figures],
        }
    )
    click_list(
        rows,
        "service-shares",
        "Clocks kept, cases reopened and decisions overturned, with the number of cases",
        {
            "hits": _cases("Yes", [one.ask.hits for one in figures], 60),
            "of": _cases("of n", [one.ask.of for one in figures], 60),
        },
        {
            "figure": TEXT("In time, come back, reversed", width=210, help=" ".join(HELP.values())),
            "share": TEXT("Share", alignment="right", width=64),
            "interval": TEXT("Interval", alignment="right", width=88),
            **_common(),
        },
    )


def _tails(view: ServiceView) -> None:
    figures = view.tails
    rows = pd.DataFrame(
        {
            "figure": [TITLES[one.name] for one in figures],
            "median": [_took(one, one.tail.median_us) for one in figures],
            "p90": [_took(one, one.tail.p90_us) for one in figures],
            "interval": [_tail_interval(one) for one in figures],
            "longest": [_took(one, _longest(one)) for one in figures],
            "case": [one.longest_ref for one in figures],
            "of": [f"{one.tail.n:,}" for one in figures],
            "open": [f"{one.waiting:,}" for one in figures],
            "beside": [beside_words(one.name, one.beside) for one in figures],
            "days": [days_words(one.days) for one in figures],
        }
    )
    click_list(
        rows,
        "service-tails",
        "How long first replies and resolutions take: median, p90 and the longest",
        {
            "case": _one_case([one.longest_ref for one in figures], "The case that took longest"),
            "of": _cases("n", [one.filter for one in figures], 56),
            "open": _cases("waiting", [one.waiting_filter for one in figures], 66),
        },
        {
            "figure": TEXT("How long", width=116, help=TAILS_HELP),
            "median": TEXT("Median", alignment="right", width=78),
            "p90": TEXT("p90", alignment="right", width=84),
            "interval": TEXT("p90 interval", alignment="right", width=136),
            "longest": TEXT("Longest", alignment="right", width=78),
            **_common(),
        },
    )


def _owners(view: ServiceView) -> None:
    owned = view.owned
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("**Whom the time went to** :gray[· of cases resolved in the window]")
        st.button(
            plural(view.resolved_count, "case"),
            key="service-resolved",
            icon=":material/inbox:",
            on_click=go_to_queue,
            args=(view.resolved,),
        )
    if not owned:
        states.empty("No case of this partner was resolved in the window.")
        return
    left, right = st.columns(2, gap="small")
    with left, st.container(key="service-owners-chart"):
        lengths = [duration(one.time.total_us) for one in owned]
        show(waiting_chart(owned, lengths), key="service-owners")
    with right:
        _owner_table(owned)


def _owner_table(owned: Sequence[OwnedTime]) -> None:
    rows = pd.DataFrame(
        {
            "owner": [taxonomy().label("owners_of_time", one.time.owner) for one in owned],
            "share": [share(one.share, digits=int(one.share < ONE_IN_A_HUNDRED)) for one in owned],
            "total": [duration(one.time.total_us) for one in owned],
            "count": [f"{one.time.count:,}" for one in owned],
            "p90": [duration(one.time.p90_us) for one in owned],
            "longest": [duration(one.time.longest.took_us) for one in owned],
            "case": [one.longest_ref for one in owned],
        }
    )
    refs = [one.longest_ref for one in owned]
    click_list(
        rows,
        "service-owner-table",
        "Time of finished cases by owner",
        {"case": _one_case(refs, "The case that waited longest for them")},
        {
            "owner": TEXT("Owner", width=96),
            "share": TEXT("Share", alignment="right", width=56),
            "total": TEXT("In all", alignment="right", width=76),
            "count": TEXT("Cases", help="That they held any time of", alignment="right", width=56),
            "p90": TEXT("p90", help="Of those cases", alignment="right", width=80),
            "longest": TEXT("Longest", alignment="right", width=80),
        },
    )


def _csat(figure: CsatFigure, level: float) -> None:
    found = figure.csat
    st.markdown(
        "**How it was rated** :gray[· CSAT of cases resolved " + days_words(figure.days) + "]"
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for key, number, words, filter_ in (
            ("resolved", found.resolved, "resolved", figure.resolved),
            ("answered", found.answered, "rated", figure.answered),
            ("satisfied", found.satisfied, "satisfied", figure.satisfied),
        ):
            st.button(
                f"{number:,} {words}",
                key=f"csat-{key}",
                on_click=go_to_queue,
                args=(filter_,),
                disabled=not number,
            )
    st.markdown(csat_words(figure, level))
    beside = beside_words("csat", figure.beside)
    if beside:
        st.caption(f"Beside its peers: {beside}.")


def csat_words(figure: CsatFigure, level: float) -> str:
    """The satisfied share, how many answered, and what the silent could make of it."""
    found = figure.csat
    if not found.resolved:
        return "No case was resolved in these days, so nobody could be asked."
    if not found.answered:
        cases = plural(found.resolved, "case")
        return f"{cases} resolved and none rated, so the share of satisfied is unknown."
    return (
        f"**{share(found.satisfied_share)}** of those who answered are satisfied "
        f"({share(level)} interval {share(figure.low)} to {share(figure.high)}). "
        f"{share(found.response_share)} answered; {plural(found.silent, 'case')} stayed silent. "
        f"If all of these were dissatisfied it would be {share(found.least_share)}, "
        f"if all were satisfied {share(found.most_share)}."
    )


def days_words(days: Days) -> str:
    """``24 Aug to 21 Nov``."""
    return f"{days.first:%d %b} to {days.last:%d %b}"


def _title(figure: ShareFigure) -> str:
    name = figure.ask.name
    return TITLES.get(name) or f"{taxonomy().clocks[name].label} in time"


def _interval(figure: ShareFigure) -> str:
    if not figure.count.of:
        return DASH
    return f"{share(figure.low)} – {share(figure.high)}"


def _took(figure: TailFigure, us: float) -> str:
    if math.isnan(us):
        return DASH
    if math.isinf(us):
        return "not reached"
    return worked(us) if figure.name == REPLIES else duration(us)


def _tail_interval(figure: TailFigure) -> str:
    low, high = figure.tail.p90_low_us, figure.tail.p90_high_us
    if math.isnan(low):
        return DASH
    if math.isinf(low):
        # More than one in ten have not ended, so where the tenth begins is not known yet.
        return f"{share(figure.tail.open_count / figure.tail.n)} still open"
    if math.isinf(high):
        return f"over {_took(figure, low)}"
    return f"{_took(figure, low)} – {_took(figure, high)}"


def _longest(figure: TailFigure) -> float:
    return figure.tail.longest.took_us if figure.tail.longest else math.nan


def _cases(label: str, filters: Sequence[CaseFilter], width: int) -> Act:
    def run(row: int) -> None:
        go_to_queue(filters[row])

    return Act(label, run, width, "Click to open exactly these cases in the queue", "right")


def _one_case(refs: Sequence[str], words: str) -> Act:
    def run(row: int) -> None:
        if refs[row]:
            open_case(refs[row])

    return Act("of", run, 82, f"{words}; click to open it")


def _common() -> dict[str, Any]:
    return {
        "beside": TEXT("Beside its peers", width=280, help=PEERS_HELP),
        "mixed": TEXT(
            "Misses",
            width=110,
            help="Misses or slow cases, against those that its own mix of cases would have at the "
            "rate of its peers",
        ),
        "days": TEXT("Days", width=116),
    }

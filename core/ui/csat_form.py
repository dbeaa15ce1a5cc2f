"""The rating of a resolved case: how it was rated, and the form that records or corrects it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from core.access.model import Person
from core.cases.case import Case
from core.cases.csat import csat_scale
from core.desk.csat import may_rate, record_csat
from core.errors import BadInput
from core.ui.drawer import FIELD, Form, chosen, open_form, opened_form, show_form
from core.ui.state import the_desk

RATE = "csat"


def csat_panel(case: Case, person: Person, at: datetime, zone: str) -> None:
    """The rating with the way to record one, for those who may; nothing while the case is open."""
    if case.is_open:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="case-csat"):
        st.markdown(f"**CSAT** {rating_words(case.csat)}", width="content")
        if may_rate(person, case):
            words = "Record a rating" if case.csat is None else "Correct"
            st.button(
                words,
                icon=":material/sentiment_satisfied:",
                type="tertiary",
                key="rate",
                on_click=_open,
                args=(case, at, zone),
            )
    if opened_form(case.ref) == RATE and may_rate(person, case):
        show_form(case.ref, _form(case, person, at, zone))


def rating_words(rating: int | None) -> str:
    """``4 of 5, satisfied``; the unknown as such."""
    scale = csat_scale()
    if rating is None:
        return "no rating recorded"
    label = scale.labels.get(rating, "").lower()
    return f"{rating} of {scale.highest}{f', {label}' if label else ''}"


def _open(case: Case, at: datetime, zone: str) -> None:
    now = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None, second=0, microsecond=0)
    fields = {"day": now.date(), "time": now.time(), "rating": case.csat}
    open_form(case.ref, RATE, **fields)


def _form(case: Case, person: Person, at: datetime, zone: str) -> Form:
    scale = csat_scale()
    today = at.astimezone(ZoneInfo(zone)).date()

    def fields() -> None:
        st.caption(
            "How the requester rated the service in this case. No clock depends on it; an earlier "
            "rating stays in the timeline."
        )
        st.segmented_control(
            "Rating",
            list(scale.steps),
            key=FIELD + "rating",
            format_func=lambda step: f"{step} · {scale.labels.get(step, '')}".rstrip(" ·"),
        )
        with st.container(horizontal=True):
            st.date_input("Given on", key=FIELD + "day", max_value=today)
            st.time_input(f"At ({zone})", key=FIELD + "time", step=timedelta(minutes=5))

    def act() -> str:
        rating = chosen("rating")
        if not isinstance(rating, int):
            raise BadInput("No rating is chosen.", at="rating", hint="choose one of the steps")
        record_csat(the_desk(), person, case.ref, case.version, rating, _given(zone))
        return f"{case.ref} is rated {rating_words(rating)}."

    return Form("CSAT", fields, act)


def _given(zone: str) -> datetime:
    day, clock = chosen("day"), chosen("time")
    if not isinstance(day, date) or not isinstance(clock, time):
        raise BadInput("No day and time are chosen.", at="when given", hint="choose both")
    return datetime.combine(day, clock, tzinfo=ZoneInfo(zone)).astimezone(UTC)

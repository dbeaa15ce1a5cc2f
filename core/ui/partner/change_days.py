"""Which two days are compared, and whose segments are shown: kept in the address."""

from __future__ import annotations

from datetime import date, timedelta

import streamlit as st

from core.clock import to_micros
from core.desk.health_book import today_of
from core.desk.partner_health_view import compared_days
from core.partners.score_rules import HealthRules
from core.ui.address import seed
from core.ui.state import the_desk

SINCE, UNTIL, INPUT, BY = "since", "until", "input", "by"  # in the address
FURTHEST = timedelta(days=3 * 366)  # back from today that can be chosen


def read_days(rules: HealthRules) -> tuple[tuple[date, date], list[str]]:
    """The two days, and a sentence for each that could not be used."""
    since, bad_since = _read(SINCE)
    until, bad_until = _read(UNTIL)
    days = compared_days(the_desk().clock.now(), rules, since, until)
    told = [*bad_since, *bad_until]
    if (since and since != days[0]) or (until and until != days[1]):
        told.append(f"Compared are {days[0]} and {days[1]}: the days asked for do not follow.")
    return days, told


def choose_days(days: tuple[date, date]) -> None:
    """Two date inputs side by side."""
    today = _today()
    for key, label, day in zip(
        (SINCE, UNTIL), ("From the end of", "to the end of"), days, strict=True
    ):
        seed(f"health-{key}", day)
        st.date_input(
            label,
            key=f"health-{key}",
            min_value=today - FURTHEST,
            max_value=today,
            width=150,
            on_change=_take,
            args=(key,),
        )


def take_since(day: date) -> None:
    """Compare from another day on."""
    if day < _today():
        st.query_params[SINCE] = day.isoformat()


def _take(key: str) -> None:
    day = st.session_state[f"health-{key}"]
    if isinstance(day, date) and not (key == UNTIL and day == _today()):
        st.query_params[key] = day.isoformat()
    else:
        st.query_params.pop(key, None)


def _read(key: str) -> tuple[date | None, list[str]]:
    text = st.query_params.get(key, "")
    if not text:
        return None, []
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None, [f"{text[:40]!r} is no day; it was left out."]
    if not _today() - FURTHEST <= day <= _today():
        return None, [f"{day} is out of reach; it was left out."]
    return day, []


def _today() -> date:
    return today_of(to_micros(the_desk().clock.now()))

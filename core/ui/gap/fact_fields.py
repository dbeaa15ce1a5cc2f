"""The fields of a gap's own facts, for one that is proposed and one that is edited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date

import streamlit as st

from core.desk.gap_choices import GapChoices
from core.gaps.limits import gap_limits
from core.gaps.model import Gap, NewGap
from core.taxonomy import taxonomy

SEPARATE = ("matching",)  # said in the queue, not in a field


def values_of(gap: Gap | NewGap) -> dict[str, object]:
    """The facts as the fields begin with them."""
    named = [field.name for field in fields(NewGap) if field.name not in SEPARATE]
    values = {name: getattr(gap, name) for name in named}
    return {n: list(v) if isinstance(v, tuple) else v for n, v in values.items()}


def typed_gap(prefix: str) -> NewGap:
    """The facts as they stand in the fields."""

    def text(name: str) -> str:
        return str(st.session_state.get(prefix + name) or "")

    def several(name: str) -> tuple[str, ...]:
        return tuple(st.session_state.get(prefix + name) or ())

    def day(name: str) -> date | None:
        found = st.session_state.get(prefix + name)
        return found if isinstance(found, date) else None

    return NewGap(
        title=text("title"),
        statement=text("statement"),
        gap_type=text("gap_type"),
        severity=text("severity"),
        abuse_types=several("abuse_types"),
        clauses=several("clauses"),
        owner=text("owner"),
        sponsor_team=text("sponsor_team"),
        stakeholders=several("stakeholders"),
        target_on=day("target_on"),
        review_on=day("review_on"),
    )


def fact_fields(prefix: str, choices: GapChoices) -> None:
    """What it is, then where it belongs, then who and when."""
    limits = gap_limits()
    st.text_input(
        "Title",
        key=prefix + "title",
        max_chars=limits.longest_title,
        placeholder="Reports on a crime are removed as praise of it",
    )
    st.text_area(
        "What goes wrong, and what it takes to end it",
        key=prefix + "statement",
        max_chars=limits.longest_statement,
        height=110,
        help="Write about the rule and the practice; leave names of people out",
    )
    _kind(prefix)
    _where(prefix, choices)
    _who(prefix, choices)
    _when(prefix)


def _kind(prefix: str) -> None:
    left, right = st.columns(2)
    with left:
        _pick(prefix, "gap_type", "Type", "gap_types")
    with right:
        _pick(prefix, "severity", "Severity", "gap_severities")


def _where(prefix: str, choices: GapChoices) -> None:
    left, right = st.columns(2)
    areas, clauses = list(taxonomy().abuse_types), dict(choices.clauses)
    with left:
        st.multiselect(
            "Policy areas",
            _with(areas, _held(prefix, "abuse_types")),
            key=prefix + "abuse_types",
            format_func=lambda value: taxonomy().label("abuse_types", value),
            max_selections=gap_limits().most_areas,
        )
    with right:
        st.multiselect(
            "Clauses",
            _with(list(clauses), _held(prefix, "clauses")),
            key=prefix + "clauses",
            format_func=lambda key: f"{key} {clauses.get(key, '')}".strip(),
            max_selections=gap_limits().most_clauses,
        )


def _who(prefix: str, choices: GapChoices) -> None:
    left, right = st.columns(2)
    with left:
        owner = str(st.session_state.get(prefix + "owner") or "")
        st.selectbox(
            "Owner",
            _with(["", *choices.workers], [owner]),
            key=prefix + "owner",
            format_func=lambda username: _named(username, choices.workers),
        )
    with right:
        team = str(st.session_state.get(prefix + "sponsor_team") or "")
        st.selectbox(
            "Sponsor team",
            _with(["", *choices.teams], [team]),
            key=prefix + "sponsor_team",
            format_func=lambda name: name or "Not said",
            accept_new_options=True,
            help="The team that can change the rule, the tool or the practice; type a new one",
        )
    st.multiselect(
        "Stakeholders",
        _held(prefix, "stakeholders"),
        key=prefix + "stakeholders",
        accept_new_options=True,
        max_selections=gap_limits().most_stakeholders,
        placeholder="Type a name",
        help="Teams that have to know or agree",
    )


def _when(prefix: str) -> None:
    left, right = st.columns(2)
    for column, name, label in (
        (left, "target_on", "To be shipped by"),
        (right, "review_on", "To be looked at again on"),
    ):
        with column:
            st.date_input(label, value=None, key=prefix + name, format="YYYY-MM-DD")


def _pick(prefix: str, name: str, label: str, terms: str) -> None:
    st.selectbox(
        label,
        list(taxonomy().terms(terms)),
        index=None,
        key=prefix + name,
        format_func=lambda value: taxonomy().label(terms, value),
        placeholder="Choose",
    )


def _named(username: str, workers: Mapping[str, str]) -> str:
    # With the username: two people can have one name, and a choice is told by its words.
    return f"{workers.get(username, username)} ({username})" if username else "Nobody yet"


def _held(prefix: str, name: str) -> list[str]:
    return list(st.session_state.get(prefix + name) or ())


def _with(offered: Sequence[str], held: Sequence[str]) -> list[str]:
    """What stands in a field already may have gone out of use; it can stay."""
    return [*offered, *(value for value in held if value not in offered)]

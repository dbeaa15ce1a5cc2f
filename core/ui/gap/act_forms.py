"""The forms of the acts that move a gap on: each asks for what the table of moves says it needs."""

from __future__ import annotations

from datetime import date

import streamlit as st

from core.access.model import Person
from core.desk.gap_moves import move
from core.desk.gap_writes import Seen
from core.gaps.limits import gap_limits
from core.gaps.model import Gap, Given
from core.gaps.workflow import LISTS, Axis, Move
from core.taxonomy import taxonomy
from core.ui.drawer import FIELD, Form, chosen, typed
from core.ui.gap.effect_verdict import show_verdict
from core.ui.state import the_desk, the_zone

ACT = "act"  # the name of the form begins with it
AXES: dict[Axis, str] = {"response": "Response", "implementation": "Implementation"}
DAYS = ("review_on", "shipped_on")


def act_form(person: Person, gap: Gap, made: Move) -> Form:
    """The form of one act: what it changes, then what it asks for."""

    def fields() -> None:
        st.markdown(change_words(gap, made))
        if "effect" in made.needs:
            show_verdict(person, gap)
        _asked(made)

    def act() -> str:
        seen, zone = Seen(gap.ref, gap.version), the_zone(person)
        move(the_desk(), person, seen, [made.act], _given(), zone)
        state = taxonomy().label(LISTS[made.axis], made.to).lower()
        return f"{gap.ref}: {made.axis} is {state} now."

    return Form(f"{made.label}: {gap.ref}", fields, act, made.label)


def change_words(gap: Gap, made: Move) -> str:
    """What the act changes, as Markdown, before it is done."""
    label, terms = taxonomy().label, LISTS[made.axis]
    before, after = label(terms, gap.states.on(made.axis)), label(terms, made.to)
    told = f"{AXES[made.axis]}: **{before}** → **{after}**."
    closes, was_closed = made.after(gap.states).is_closed, gap.states.is_closed
    if closes and not was_closed:
        return f"{told} This closes the gap; it can be opened again with a reason."
    return f"{told} This opens the gap again." if was_closed and not closes else told


def _asked(made: Move) -> None:
    for need, words in {**made.needs, **made.may}.items():
        label = words if need in made.needs else f"{words} (optional)"
        if need == "reason":
            st.text_area(
                label, key=FIELD + "reason", height=100, max_chars=gap_limits().longest_text
            )
        elif need == "link":
            st.text_input(label, key=FIELD + "link", placeholder="https://…")
        elif need in DAYS:
            st.date_input(label, value=None, key=FIELD + "day", format="YYYY-MM-DD")


def _given() -> Given:
    day = chosen("day")
    return Given(typed("reason"), typed("link"), day if isinstance(day, date) else None)

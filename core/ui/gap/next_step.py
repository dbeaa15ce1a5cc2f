"""What has to be done next about a gap, by whom and until when."""

from __future__ import annotations

from datetime import date

import streamlit as st

from core.desk.gap_views import GapDossier
from core.gaps.model import Gap
from core.gaps.overdue import Due
from core.ui.format import escape

# What is due -> what has to be done.
DUTIES = {
    "response": "answer it: accept, decline or defer, with a reason",
    "plan": "name the day by which the change ships",
    "target": "ship the change, or move the target day with a reason",
    "review": "look at it again",
    "verification": "verify it with a proof and its measured effect",
    "task": "finish the task",
}
NOBODY = "An owner has to be named, who has to"


def next_step(view: GapDossier) -> None:
    """One line: who has to do what until when; red with its word when it is late."""
    if not view.gap.is_open:
        st.markdown(f":material/check_circle: {escape(_ended(view.gap))}")
        return
    if view.next is None:
        st.markdown(":material/arrow_forward: Nothing is due.")
        return
    told = escape(step_words(view, view.next))
    if view.overdue:
        st.markdown(f":red[:material/alarm:] **Overdue.** {told}")
    else:
        st.markdown(f":material/arrow_forward: **Next.** {told}")


def step_words(view: GapDossier, due: Due) -> str:
    """``lead has to answer it … until 2026-12-01 (in 8 days).``"""
    duty = DUTIES[due.kind]
    owner = view.gap.owner
    if due.kind == "task":
        task = next((one for one in view.tasks if one.id == due.task_id), None)
        if task is not None:
            owner = task.owner or owner
            duty = f"finish: {task.text}" if task.text else duty
    who = f"{owner} has to" if owner else NOBODY
    return f"{who} {duty} until {due.on:%Y-%m-%d} ({days_words(due.on, view.today)})."


def days_words(day: date, today: date) -> str:
    """How far a day lies from today, in words."""
    left = (day - today).days
    if left == 0:
        return "today"
    number = abs(left)
    days = f"{number:,} day{'' if number == 1 else 's'}"
    return f"in {days}" if left > 0 else f"{days} late"


def _ended(gap: Gap) -> str:
    day = f"{gap.closed_at:%Y-%m-%d}" if gap.closed_at else ""
    if gap.implementation == "verified_closed":
        return f"Closed {day}: the change is proved and its effect was measured."
    if gap.response == "declined":
        return f"Closed {day}: it was declined; the reason stands in the log."
    return f"Closed {day} without the change; the reason stands in the log."

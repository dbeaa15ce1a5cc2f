"""One investigation: question, status, people and outcome on top, then what it rests on."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.access.model import Person
from core.desk import investigations as commands
from core.desk.investigation_views import InvestigationView, investigation_view
from core.desk.investigations import Seen
from core.settings import PROJECT_ROOT
from core.taxonomy import taxonomy
from core.ui.case_lists import list_of_cases
from core.ui.drawer import open_form
from core.ui.flash import attempt, tell
from core.ui.format import escape, exact
from core.ui.heads import copy_link
from core.ui.investigation.forms import show_open_form
from core.ui.investigation.panels import cases, findings, hypotheses, timeline
from core.ui.investigation.verdict import verdict
from core.ui.state import the_desk, the_zone

PAGE = PROJECT_ROOT / "pages" / "investigation.py"
COLOURS = {"open": "blue", "in_progress": "violet", "concluded": "green", "dropped": "gray"}
# Status to go to -> words and icon of the button; an end asks for the outcome first.
MOVES = {
    "in_progress": ("Begin work", ":material/play_circle:"),
    "concluded": ("Conclude", ":material/task_alt:"),
    "dropped": ("Drop", ":material/cancel:"),
}
REOPEN = ("Reopen", ":material/replay:")


def show_dossier(person: Person, ref: str) -> None:
    """Read once, then arrange."""
    view = investigation_view(the_desk(), person, ref, the_zone(person))
    with st.container(gap="xsmall", key="inv-top"):
        with st.container(key="related-investigations"):
            st.page_link(PAGE, label="All investigations", icon=":material/arrow_back:")
        tell()
        head(view)
        about(view)
        if view.can_write:
            acts(view, person)
    for notice in view.notices:
        st.warning(notice, icon=":material/info:")
    left, right = st.columns([3, 2], gap="medium")
    with left:
        findings(view)
        hypotheses(view, person)
    with right, st.container(key="inv-around"):
        verdict(view)
        scope(view)
        st.markdown("### Timeline")
        timeline(view)
    cases(view)
    show_open_form(view, person)


def head(view: InvestigationView) -> None:
    """Reference, status, as of when, and the link to exactly this."""
    facts, term = view.facts, taxonomy().investigation_statuses[view.facts.status]
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="inv-head"):
        badge = f":{COLOURS[facts.status]}-badge[:material/{term['icon']}: {term.label}]"
        st.markdown(f"**{facts.ref}** {badge}", width="stretch")
        state = "new data on the way · " if view.is_refreshing else ""
        st.caption(
            f"{state}as of {exact(view.at, view.zone)} · data {view.version:,}",
            width="content",
            help="When cases were counted, and the number of the last change in the counts",
        )
        copy_link()


def about(view: InvestigationView) -> None:
    """The question, who is on it, and what came of it."""
    facts = view.facts
    st.markdown(f"# {escape(facts.question) if facts.question else '(erased)'}")
    told = [
        f"led by {facts.lead or 'nobody'}",
        f"with {', '.join(facts.members)}" if facts.members else "",
        f"opened {exact(facts.opened_at, view.zone)} by {facts.opened_by}",
        f"ended {exact(facts.ended_at, view.zone)}" if facts.ended_at else "",
    ]
    st.caption(escape(" · ".join(part for part in told if part)))
    if facts.outcome:
        with st.container(border=True, gap="xxsmall", key="inv-outcome"):
            earlier = " before it was reopened" if facts.is_open else ""
            st.markdown(f"**Outcome{earlier}**")
            st.text(facts.outcome)


def acts(view: InvestigationView, person: Person) -> None:
    """Where it can go from here, and changing what it is about."""
    facts = view.facts
    with st.container(horizontal=True, gap="xsmall", key="inv-acts"):
        for status in view.moves:
            words, icon = MOVES[status] if facts.is_open else REOPEN
            if taxonomy().investigation_statuses[status].is_set("is_open"):
                act = partial(begin, view, person, status)
            else:
                act = partial(open_form, facts.ref, f"move:{status}", outcome=facts.outcome)
            st.button(words, icon=icon, key=f"move-{status}", on_click=act)
        if facts.is_open:
            ask = partial(open_form, facts.ref, "question", question=facts.question)
            st.button("Question", icon=":material/edit:", key="edit-question", on_click=ask)
            st.button(
                "People",
                icon=":material/group:",
                key="edit-people",
                on_click=open_form,
                args=(facts.ref, "people"),
            )


def begin(view: InvestigationView, person: Person, status: str) -> None:
    """Begin to work on it, or open it again."""
    facts = view.facts

    def act() -> str:
        commands.move(the_desk(), person, Seen(facts.ref, facts.version), status)
        return f"{facts.ref} is in progress."

    attempt(act)


def scope(view: InvestigationView) -> None:
    """Which cases it asks about, how many these are now, and the way to them."""
    with st.container(border=True, gap="xsmall", key="inv-scope"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown("**Scope**", width="stretch")
            if view.can_write and view.facts.is_open:
                st.button(
                    "Change",
                    type="tertiary",
                    key="edit-scope",
                    on_click=open_form,
                    args=(view.facts.ref, "scope"),
                )
        if view.scope is None:
            st.caption("The scope names something that your role does not see.")
        else:
            list_of_cases(view.scope, view.partner_names, "scope-to-queue", is_scope=True)

"""What a policy gap says: statement, states, people, dates, tasks, evidence, and what was decided."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.access.model import Person
from core.desk.gap_views import GapDossier
from core.gaps.model import Gap, GapEntry
from core.taxonomy import taxonomy
from core.ui.format import DASH, escape, exact
from core.ui.gap.acts import act_buttons
from core.ui.gap.cases import strength_words, ways_in
from core.ui.gap.forms import open_edit
from core.ui.gap.gap_words import area_words
from core.ui.gap.head import the_dossier
from core.ui.gap.log import entries, note_button
from core.ui.gap.tasks import tasks
from core.ui.gap.tracks import tracks
from core.ui.state import the_zone
from core.ui.views import VIEW

LAST_ENTRIES = 5


def show_dossier(person: Person, _gap: Gap) -> None:
    """Read once, then arrange: what it is and what can be done, then what surrounds it."""
    view = the_dossier(person)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _statement(view)
        with st.container(border=True, gap="small", key="gap-states"):
            tracks(view, the_zone(person))
            act_buttons(person, view)
        _proof(person, view)
        tasks(person, view)
    with right, st.container(key="gap-around"):
        _facts(person, view)
        _evidence(person, view)
        _log(person, view)


def _statement(view: GapDossier) -> None:
    with st.container(border=True, gap="xsmall", key="gap-statement"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown("**What goes wrong**", width="stretch")
            refusal = view.why_not_edit
            st.button(
                "Edit",
                icon=":material/edit:",
                type="tertiary",
                key="gap-edit",
                disabled=refusal is not None,
                help=f"{refusal.message} {refusal.hint}" if refusal else "Change the facts",
                on_click=open_edit,
                args=(view,),
            )
        # Plain text: what somebody wrote must not become a link or markup.
        st.text("The text was erased." if view.gap.is_erased else view.gap.statement)


def _proof(person: Person, view: GapDossier) -> None:
    """What was said when it was shipped, and what proves it."""
    for title, entry in (("What was shipped", view.shipping), ("The proof", view.proof)):
        if entry is not None:
            _told(person, title, entry, view.gap)


def _told(person: Person, title: str, entry: GapEntry, gap: Gap) -> None:
    with st.container(border=True, gap="xxsmall", key=f"gap-{entry.act}"):
        since = (
            f" · in force since {gap.shipped_at:%Y-%m-%d}"
            if entry.act == "ship" and gap.shipped_at
            else ""
        )
        when = f"{escape(entry.by)}, {exact(entry.at, the_zone(person))}{since}"
        st.markdown(f"**{title}** :small[:gray[{when}]]")
        st.text("The text was erased." if entry.is_erased else entry.reason)
        if entry.link:
            st.link_button(
                entry.link[:80], entry.link, type="tertiary", icon=":material/open_in_new:"
            )


def _facts(person: Person, view: GapDossier) -> None:
    gap, label, zone = view.gap, taxonomy().label, the_zone(person)
    rows = [
        ("Type", label("gap_types", gap.gap_type)),
        ("Severity", label("gap_severities", gap.severity)),
        ("Policy areas", area_words(gap)),
        ("Clauses", ", ".join(gap.clauses)),
        ("Owner", gap.owner),
        ("Sponsor team", gap.sponsor_team),
        ("Stakeholders", ", ".join(gap.stakeholders)),
        ("Target day", f"{gap.target_on:%Y-%m-%d}" if gap.target_on else ""),
        ("To be looked at", f"{gap.review_on:%Y-%m-%d}" if gap.review_on else ""),
        ("Proposed", f"{exact(gap.proposed_at, zone)} by {gap.proposed_by}"),
        ("First answer", exact(gap.responded_at, zone) if gap.responded_at else ""),
        ("In force since", f"{gap.shipped_at:%Y-%m-%d}" if gap.shipped_at else ""),
        ("Closed", exact(gap.closed_at, zone) if gap.closed_at else ""),
    ]
    frame = pd.DataFrame([(name, escape(value) or DASH) for name, value in rows])
    st.table(frame, border="horizontal", hide_index=True, hide_header=True)


def _evidence(person: Person, view: GapDossier) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("### Cases", width="stretch")
        _to_view("cases", "All evidence")
    ways_in(person, view)
    if view.evidence:
        st.caption(f"Evidence: {strength_words(view)}")


def _log(person: Person, view: GapDossier) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("### Decision log", width="stretch")
        note_button(view)
        if len(view.log) > LAST_ENTRIES:
            _to_view("log", f"All {len(view.log):,}")
    entries(person, view, view.log[:LAST_ENTRIES])


def _to_view(view: str, words: str) -> None:
    st.button(words, type="tertiary", key=f"to-{view}", on_click=_show, args=(view,))


def _show(view: str) -> None:
    st.query_params[VIEW] = view

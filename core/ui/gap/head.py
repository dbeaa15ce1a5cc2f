"""The top of a gap's page: what it is, how it stands, what is next, and who has to do it."""

from __future__ import annotations

import streamlit as st

from core.access.model import Person
from core.desk.gap_views import GapDossier, gap_dossier
from core.taxonomy import taxonomy
from core.ui.case_link import GAPS_PAGE, way_back
from core.ui.flash import tell
from core.ui.format import DASH, escape, exact
from core.ui.gap.gap_words import (
    KINDS,
    area_words,
    implementation_badge,
    late_words,
    overdue_badge,
    response_badge,
    severity_badge,
    title_of,
)
from core.ui.gap.next_step import next_step
from core.ui.heads import copy_link
from core.ui.state import the_desk, the_zone

REF = "gap"  # in the address


def the_dossier(person: Person) -> GapDossier:
    """The gap that the address names, as the person may read it."""
    return gap_dossier(the_desk(), person, st.query_params.get(REF, ""))


def show_head(person: Person, view: GapDossier) -> None:
    """Reference, states and title, then the next step."""
    gap = view.gap
    with st.container(gap="xsmall", key="gap-top"):
        with st.container(key="related-gaps"):
            way_back("All policy gaps", GAPS_PAGE)
        tell()
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{gap.ref}** {_badges(view)}", width="stretch")
            st.caption(f"as of {exact(view.at, the_zone(person))}", width="content")
            copy_link("gap")
        st.markdown(f"# {escape(title_of(gap))}")
        st.caption(escape(" · ".join(_facts(view))))
        next_step(view)


def _badges(view: GapDossier) -> str:
    gap = view.gap
    late = [overdue_badge(late_words(one)) for one in view.overdue[:1]]
    return " ".join(
        [
            severity_badge(gap.severity),
            response_badge(gap.response),
            implementation_badge(gap.implementation),
            *late,
        ]
    )


def _facts(view: GapDossier) -> list[str]:
    gap = view.gap
    return [
        taxonomy().label("gap_types", gap.gap_type),
        KINDS.get(gap.kind, gap.kind),
        area_words(gap) or f"policy area {DASH}",
        ", ".join(gap.clauses) or f"clause {DASH}",
        f"owner {gap.owner or 'nobody'}",
        f"sponsor {gap.sponsor_team or DASH}",
    ]

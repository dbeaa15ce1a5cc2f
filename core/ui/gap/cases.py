"""The cases behind a policy gap: those linked as evidence, with who, why and how strong."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pandas as pd
import streamlit as st

from core.access.model import Person
from core.cases.filter import LINKED, MATCHING, CaseFilter, Segment
from core.desk.gap_views import GapDossier
from core.desk.scope_counts import count_scopes
from core.gaps.model import Gap
from core.taxonomy import taxonomy
from core.ui import states
from core.ui.case_link import go_to_queue, open_case
from core.ui.case_lists import filter_words
from core.ui.drawer import open_form
from core.ui.format import DASH, exact, plural
from core.ui.gap.forms import UNLINK, open_about
from core.ui.gap.gap_words import colours
from core.ui.gap.head import the_dossier
from core.ui.state import the_desk, the_zone
from core.ui.tables import Act, click_list

HIGHEST = 620


def show_cases(person: Person, _gap: Gap) -> None:
    """How many there are of which sort, then the evidence one by one."""
    view = the_dossier(person)
    ways_in(person, view)
    refusal = view.why_not_edit
    st.button(
        "Change which cases it is about",
        icon=":material/edit:",
        type="tertiary",
        key="gap-about",
        disabled=refusal is not None or view.is_matching_hidden,
        help=f"{refusal.message} {refusal.hint}" if refusal else None,
        on_click=open_about,
        args=(view,),
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"### Evidence :gray[{len(view.evidence):,}]", width="stretch")
        if view.can_propose and view.evidence:
            st.button(
                "Take links back",
                type="tertiary",
                key="ask-unlink",
                on_click=open_form,
                args=(view.gap.ref, UNLINK),
            )
    if not view.evidence:
        states.empty(
            "No case that you may see is linked.",
            "Link cases in the queue: one page of rows, or all that fit a filter.",
        )
        return
    st.caption(f"{strength_words(view)}; the newest link first")
    _table(person, view)


def ways_in(person: Person, view: GapDossier) -> None:
    """Linked, matching, and both together, each with its number and the way to exactly these."""
    ref = view.gap.ref
    sorts: dict[str, tuple[str, str]] = {"linked": ("linked", f"{ref}{LINKED}")}
    if view.gap.matching is not None or view.is_matching_hidden:
        sorts["matching"] = ("matching", f"{ref}{MATCHING}")
        sorts["all"] = ("linked or matching", ref)
    filters = [CaseFilter(segment=Segment.ALL, gap=part) for _, part in sorts.values()]
    counted = count_scopes(the_desk(), person, filters)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="gap-ways"):
        for (key, (words, _)), filter_, number in zip(
            sorts.items(), filters, counted.counts, strict=True
        ):
            st.button(
                f"{number:,} {words}",
                icon=":material/inbox:",
                key=f"gap-to-{key}",
                help=f"{plural(number, 'case')} that you may see; click to open them in the queue",
                disabled=not number,
                on_click=go_to_queue,
                args=(filter_,),
            )
        as_of = exact(counted.at, the_zone(person))
        st.caption(f"as of {as_of} · data {counted.version:,}", width="content")
    _matching(view)


def _matching(view: GapDossier) -> None:
    if view.is_matching_hidden:
        st.caption("Which cases match it names something that your role does not see.")
    elif view.gap.matching is not None:
        # Plain text: a filter can carry what somebody searched for.
        st.text(f"Matching: {filter_words(view.gap.matching, {})}")
    else:
        st.caption("The gap is about its linked cases only.")


def strength_words(view: GapDossier) -> str:
    """``12 strong, 3 supporting``."""
    found = Counter(one.strength for one in view.evidence)
    order = sorted(found, key=lambda s: -int(taxonomy().evidence_strengths[s]["rank"]))
    label = taxonomy().label
    return ", ".join(f"{found[s]:,} {label('evidence_strengths', s).lower()}" for s in order)


def _table(person: Person, view: GapDossier) -> None:
    refs = [one.case_ref for one in view.evidence]
    zone, label = the_zone(person), taxonomy().label
    rows = pd.DataFrame(
        {
            "case": refs,
            "strength": [[label("evidence_strengths", one.strength)] for one in view.evidence],
            "reason": [one.reason or DASH for one in view.evidence],
            "by": [one.linked_by for one in view.evidence],
            "at": [exact(one.linked_at, zone) for one in view.evidence],
        }
    )
    opened = Act(
        "Case",
        lambda row: open_case(refs[row]),
        84,
        "Click a reference to open the case",
        pinned=True,
    )
    alt = f"{plural(len(refs), 'linked case')}, the newest link first"
    click_list(rows, "gap-evidence", alt, {"case": opened}, _columns(), highest=HIGHEST)


def _columns() -> dict[str, Any]:
    column = st.column_config
    labels, colors = colours("evidence_strengths")
    return {
        "strength": column.MultiselectColumn("Strength", options=labels, color=colors, width=100),
        "reason": column.TextColumn("Why it shows the gap", width=440),
        "by": column.TextColumn("Linked by", width=110),
        "at": column.TextColumn("Linked", width=160),
    }

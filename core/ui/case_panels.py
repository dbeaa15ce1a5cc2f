"""The parts of the case page beside clocks and timeline: head, facts, partner, decisions, related."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd
import streamlit as st

from core.cases.case import Case, Decision, PartnerPanel, RelatedCase
from core.cases.filter import CaseFilter, Segment
from core.risk.investigation_words import excerpt
from core.settings import PROJECT_ROOT
from core.sla.timeline import END_BEFORE_RECEIVED, NO_RECEIVED, REPLY_BEFORE_RECEIVED
from core.storage.investigation_lists import InvestigationLine
from core.taxonomy import taxonomy
from core.ui.case_link import QUEUE_PAGE, link_to_case
from core.ui.clock_strip import Zones
from core.ui.format import DASH, count, day, escape, plural

INVESTIGATION_PAGE = PROJECT_ROOT / "pages" / "investigation.py"
FAULTS = {
    NO_RECEIVED: "when it was received is not known",
    REPLY_BEFORE_RECEIVED: "the first reply stands before the request was received",
    END_BEFORE_RECEIVED: "the resolution stands before the request was received",
}
# Of an open case these are not unknown but still to come.
LATER = frozenset({"outcome", "overturn_reason", "enforcement_action"})
PRIORITY_COLOURS = {"P0": "red", "P1": "orange"}
FACTS = (
    ("Source", "source", ""),
    ("Reference there", "external_id", ""),
    ("Channel", "channel", "channels"),
    ("Source type", "source_type", "source_types"),
    ("Requester", "requester_kind", "requester_kinds"),
    ("Platform", "platform", "platforms"),
    ("Surface", "surface", "surfaces"),
    ("Abuse type", "abuse_type", "abuse_types"),
    ("Clause", "clause", ""),
    ("Market", "market", "markets"),
    ("Language", "language", "languages"),
    ("Tier", "tier", "tiers"),
    ("Team", "team", ""),
    ("Assignee", "assignee", ""),
    ("Outcome", "outcome", "outcomes"),
    ("Overturn reason", "overturn_reason", "overturn_reasons"),
    ("Enforcement", "enforcement_action", "enforcement_actions"),
    ("Calendar", "calendar", ""),
)


def head(case: Case, as_of: str, *, can_reveal: bool) -> None:
    """Reference, title as plain text, and what a person has to know at once, as badges."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="case-head"):
        st.markdown(f"# {case.ref}", width="content")
        told = [f":{colour}-badge[{icon} {escape(words)}]" for words, colour, icon in badges(case)]
        st.markdown(" ".join(told), width="stretch")
        st.caption(f"as of {as_of}", width="content", help="When ages and clocks were judged")
    if case.title:
        st.text(case.title)
    else:
        st.caption(no_title(case, can_reveal=can_reveal))


def no_title(case: Case, *, can_reveal: bool) -> str:
    """Why there is no title to see."""
    if case.is_erased:
        return "The personal text of this case was erased."
    if not case.has_text:
        return "This case has no title."
    if can_reveal:
        return "The title of a restricted case is shown when you ask for it, below."
    return "Your role does not read titles, summaries and messages."


def badges(case: Case) -> Iterator[tuple[str, str, str]]:
    """Word, colour and icon of each badge."""
    lists = taxonomy()
    if case.priority:
        colour = PRIORITY_COLOURS.get(case.priority, "gray")
        yield lists.label("priorities", case.priority), colour, ":material/flag:"
    status = lists.statuses.get(case.status)
    if status:
        yield status.label, "blue" if case.is_open else "gray", f":material/{status['icon']}:"
    if case.is_open:
        owner = lists.label("owners_of_time", case.owner)
        yield f"Time owned by: {owner.lower()}", "gray", ":material/schedule:"
    if case.is_restricted:
        yield lists.label("restriction_levels", case.restriction), "violet", ":material/lock:"
    if case.legal_hold:
        yield "Legal hold", "violet", ":material/gavel:"
    if case.data_fault:
        told = FAULTS.get(case.data_fault, case.data_fault.replace("_", " "))
        yield f"Data fault: {told}", "orange", ":material/report:"
    if case.reopen_count:
        yield f"Reopened {case.reopen_count} ×", "gray", ":material/replay:"


def facts(case: Case, zones: Zones) -> None:
    """What is known of the case; the unknown is a dash."""
    rows = [("Received", zones.told(case.received_at))]
    for label, name, terms in FACTS:
        value = str(getattr(case, name))
        if value or not (case.is_open and name in LATER):
            rows.append((label, taxonomy().label(terms, value) if terms and value else value))
    if case.csat is not None or not case.is_open:
        rows.append(("CSAT", count(case.csat, unknown="")))
    _table(rows)


def partner(panel: PartnerPanel, zones: Zones) -> None:
    """Who the case is raised for, and their other open cases as a way into the queue."""
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**{escape(panel.name)}**")
        accounts = ", ".join(
            f"{taxonomy().label('platforms', platform)} {handle}"
            for platform, handle in panel.accounts
        )
        _table(
            [
                ("Category", taxonomy().label("partner_categories", panel.category)),
                ("Tier", taxonomy().label("tiers", panel.tier)),
                ("Market", taxonomy().label("markets", panel.market)),
                ("Accounts", accounts),
                ("Their time", zones.partner),
            ]
        )
        theirs = CaseFilter(partner=(panel.ref,))
        _queue_link(plural(panel.open_count, "open case"), theirs)
        if panel.breached_count:
            breached = theirs.but(segment=Segment.BREACHED)
            _queue_link(f"{panel.breached_count:,} of them breached", breached)
        elif panel.open_count:
            st.caption("None of them breached")


def decisions(taken: Sequence[Decision], zone: str) -> None:
    """Decisions with the clause version that each rests on."""
    for decision in taken:
        with st.container(border=True, gap="xxsmall"):
            st.markdown(f"**{taxonomy().label('outcomes', decision.outcome) or DASH}**")
            clause = f"{decision.clause} {decision.clause_version}".strip()
            parts = [
                f"{day(decision.at, zone)} by {decision.by or 'somebody'}",
                f"clause {clause}" if clause else "no clause named",
                taxonomy().label("overturn_reasons", decision.overturn_reason),
                taxonomy().label("enforcement_actions", decision.enforcement_action),
                f"confidence {decision.confidence}" if decision.confidence else "",
            ]
            st.caption(escape(" · ".join(p for p in parts if p)))


def related(found: Sequence[RelatedCase]) -> None:
    """Other cases, each with the reason why it is shown."""
    if not found:
        st.caption("No other case shares an entity or is open at the same partner.")
    for other in found:
        with st.container(gap=None, key=f"related-{other.ref}"):
            status = taxonomy().label("statuses", other.status)
            title = f" · {other.title}" if other.title else ""
            link_to_case(
                other.ref, f"{other.ref} · {other.priority} · {status}{escape(title[:70])}"
            )
            # Plain text: an address in it must not become a link to the content in dispute.
            st.text(other.reason)


def investigations(found: Sequence[InvestigationLine]) -> None:
    """Investigations that the case is pinned to."""
    for one in found:
        status = taxonomy().label("investigation_statuses", one.status).lower()
        st.page_link(
            INVESTIGATION_PAGE,
            label=escape(f"In investigation {one.ref}, {status}: {excerpt(one.question)}"),
            icon=":material/travel_explore:",
            query_params={"investigation": one.ref},
        )


def _queue_link(label: str, case_filter: CaseFilter) -> None:
    st.page_link(
        QUEUE_PAGE,
        label=label,
        icon=":material/arrow_forward:",
        query_params=case_filter.to_params(),
    )


def _table(rows: Sequence[tuple[str, str]]) -> None:
    frame = pd.DataFrame([(label, escape(value) or DASH) for label, value in rows])
    st.table(frame, border="horizontal", hide_index=True, hide_header=True)

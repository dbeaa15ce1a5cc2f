"""Going to a case, partner or gap and back: the way back carries the list that one came from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import streamlit as st

from core.cases.filter import CaseFilter
from core.settings import PROJECT_ROOT
from core.ui.address import query, read_params

BACK = "back"
BACK_TO = "from"  # the page of the list, where it is not the queue
# Pages with lists of cases that a person comes back to.
LISTS: Mapping[str, str] = {
    "risk": "the risk page",
    "investigation": "the investigation",
    "partners": "the partners",
    "partner": "the partner",
    "gaps": "the policy gaps",
    "gap": "the policy gap",
    "policy": "the policy updates",
}
CASE_PAGE = PROJECT_ROOT / "pages" / "case.py"
QUEUE_PAGE = PROJECT_ROOT / "pages" / "queue.py"
PARTNER_PAGE = PROJECT_ROOT / "pages" / "partner.py"
GAPS_PAGE = PROJECT_ROOT / "pages" / "gaps.py"
GAP_PAGE = PROJECT_ROOT / "pages" / "gap.py"


def open_case(ref: str) -> None:
    """Open a case from a list; in a callback, so the page is left when the run goes on."""
    st.session_state["open-case"] = (ref, _way_back_from_here())


def open_partner(ref: str, **also: str) -> None:
    """Open a partner, at a view if one is named; in a callback, like ``open_case``."""
    st.session_state["open-partner"] = {"partner": ref, **also, **_way_back_from_here()}


def open_gap(ref: str, **also: str) -> None:
    """Open a policy gap, at a view if one is named; in a callback, like ``open_case``."""
    st.session_state["open-gap"] = {"gap": ref, **also, **_way_back_from_here()}


def go_to_gaps(params: Mapping[str, str | list[str]]) -> None:
    """Open the page of policy gaps at an address; in a callback, like ``open_case``."""
    st.session_state["open-gaps"] = dict(params)


def go_to_queue(case_filter: CaseFilter) -> None:
    """Open the queue with a filter; in a callback, like ``open_case``."""
    st.session_state["open-queue"] = case_filter.to_params()


def go_to_opened() -> None:
    """Leave for what was just opened, if anything; called where a run may still leave."""
    params = st.session_state.pop("open-queue", None)
    if params is not None:
        st.switch_page(QUEUE_PAGE, query_params=params)
    partner = st.session_state.pop("open-partner", None)
    if partner is not None:
        st.switch_page(PARTNER_PAGE, query_params=partner)
    gap = st.session_state.pop("open-gap", None)
    if gap is not None:
        st.switch_page(GAP_PAGE, query_params=gap)
    gaps = st.session_state.pop("open-gaps", None)
    if gaps is not None:
        st.switch_page(GAPS_PAGE, query_params=gaps)
    opened = st.session_state.pop("open-case", None)
    if opened:
        ref, back = opened
        st.switch_page(CASE_PAGE, query_params={"case": ref, **back})


def link_to_case(ref: str, label: str) -> None:
    """A link to another case that keeps the way back to the list."""
    kept = {name: st.query_params[name] for name in (BACK, BACK_TO) if name in st.query_params}
    st.page_link(CASE_PAGE, label=label, query_params={"case": ref, **kept})


def link_from_list(ref: str) -> None:
    """A link to a case whose way back leads here."""
    params = {"case": ref, **_way_back_from_here()}
    st.page_link(CASE_PAGE, label=ref, query_params=params, width="content")


def way_back(label: str = "To the queue", target: Path = QUEUE_PAGE) -> None:
    """The way back to the list with all its filters, and to the one given where there was none."""
    params = parse_qs(st.query_params.get(BACK, ""))
    page = st.query_params.get(BACK_TO, "")
    if page in LISTS:
        label, target = f"Back to {LISTS[page]}", PROJECT_ROOT / "pages" / f"{page}.py"
    elif params:
        label, target = "Back to the list", QUEUE_PAGE
    st.page_link(target, label=label, icon=":material/arrow_back:", query_params=params or None)


def _way_back_from_here() -> dict[str, str]:
    """Parameters that lead back to this very view."""
    back = query(read_params())
    page = urlsplit(st.context.url or "").path.rstrip("/").rsplit("/", 1)[-1]
    return {**({BACK: back} if back else {}), **({BACK_TO: page} if page in LISTS else {})}

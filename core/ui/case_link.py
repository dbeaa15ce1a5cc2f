"""Going to a case and back: the way back carries the list that the person came from."""

from __future__ import annotations

from urllib.parse import parse_qs

import streamlit as st

from core.cases.filter import CaseFilter
from core.settings import PROJECT_ROOT
from core.ui.address import query, read_params

BACK = "back"
CASE_PAGE = PROJECT_ROOT / "pages" / "case.py"
QUEUE_PAGE = PROJECT_ROOT / "pages" / "queue.py"


def open_case(ref: str) -> None:
    """Open a case from a list; in a callback, so the page is left when the run goes on."""
    st.session_state["open-case"] = (ref, query(read_params()))


def go_to_queue(case_filter: CaseFilter) -> None:
    """Open the queue with a filter; in a callback, like ``open_case``."""
    st.session_state["open-queue"] = case_filter.to_params()


def go_to_opened() -> None:
    """Leave for what was just opened, if anything; called where a run may still leave."""
    params = st.session_state.pop("open-queue", None)
    if params is not None:
        st.switch_page(QUEUE_PAGE, query_params=params)
    opened = st.session_state.pop("open-case", None)
    if opened:
        ref, back = opened
        st.switch_page(CASE_PAGE, query_params={"case": ref, **({BACK: back} if back else {})})


def link_to_case(ref: str, label: str) -> None:
    """A link to another case that keeps the way back to the list."""
    back = st.query_params.get(BACK, "")
    params = {"case": ref, **({BACK: back} if back else {})}
    st.page_link(CASE_PAGE, label=label, query_params=params)


def way_back() -> None:
    """The way back to the list with all its filters, and to the queue where there was none."""
    params = parse_qs(st.query_params.get(BACK, ""))
    label = "Back to the list" if params else "To the queue"
    st.page_link(QUEUE_PAGE, label=label, icon=":material/arrow_back:", query_params=params or None)

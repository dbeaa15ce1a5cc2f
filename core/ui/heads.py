"""The top of a page and of a list: what it is, as of when, its link, and the place in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import streamlit as st

from core.cases.model import Cursor
from core.ui.address import query, read_params, turn
from core.ui.format import exact, plural, span


@contextmanager
def page_head(
    title: str, at: datetime, zone: str, version: int, *, is_refreshing: bool = False
) -> Iterator[None]:
    """Title, data as of, and what the block adds at the right end."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
        st.markdown(f"# {title}", width="stretch")
        state = "new data on the way · " if is_refreshing else ""
        st.caption(
            f"{state}as of {exact(at, zone)} · data {version:,}",
            width="content",
            help="When ages and due times were judged, and the number of the last change in it",
        )
        yield


def copy_link(what: str = "cases") -> None:
    """The address of exactly this view, ready to be copied."""
    inside = st.popover("Link", icon=":material/link:", key="copy-link", on_change="rerun")
    if inside.open:
        with inside:
            params = query(read_params())
            st.caption(f"Shows the same {what} to everybody with the same rights.")
            st.code(f"{st.context.url or ''}{'?' if params else ''}{params}", language=None)


@contextmanager
def pager(
    first: int, shown: int, total: int, previous: Cursor | None, following: Cursor | None
) -> Iterator[None]:
    """What the block adds at the left, then which rows these are and the ways on and back."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", wrap=False):
        yield
        st.caption(span(first, first + shown - 1, total), width="content")
        _turn("page-previous", ":material/chevron_left:", "Previous page", previous)
        _turn("page-next", ":material/chevron_right:", "Next page", following)


def _turn(key: str, icon: str, words: str, to: Cursor | None) -> None:
    # The words are for those who hear the page; a rule of the style sheet leaves the icon alone.
    st.button(
        words,
        icon=icon,
        key=key,
        help=words,
        disabled=to is None,
        on_click=turn,
        args=(to,),
    )


def export_button(read: Callable[[], str], total: int) -> None:
    """The cases of this view as a file; asked for, checked and recorded when it is clicked."""
    st.download_button(
        "Export",
        data=lambda: read().encode("utf-8-sig"),
        file_name="cases.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        key="export",
        help=f"{plural(total, 'case')} as CSV; the export is recorded in the audit",
    )

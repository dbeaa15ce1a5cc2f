"""The one page for a call with a partner: on the screen, on paper, and as a file that stands alone."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import streamlit as st

from core.access.model import Person
from core.desk.partner import Partner
from core.desk.partner_brief import partner_brief, take_out
from core.reports.document import Column, Document, Line, Piece, Section, Strong
from core.reports.html import html_file, path_of
from core.ui.format import escape
from core.ui.partner.brief_words import brief_document
from core.ui.state import asked_later, the_desk, the_zone

STYLE = Path(__file__).with_name("brief.css")
PRINT = "brief-print"

_print_button = st.components.v2.component(
    "desk-print",
    html='<button type="button" class="desk-print">Print</button>',
    js=Path(__file__).with_name("print.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def show_brief(person: Person, partner: Partner) -> None:
    """Read once, then arrange as a sheet of two columns."""
    st.html(STYLE)
    zone = the_zone(person, partner.zone)
    brief = partner_brief(the_desk(), person, partner)
    document = brief_document(brief, person.username, zone)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="brief-acts"):
        st.caption(
            "One page for a call. Every number opens its cases; the printed page and the file are "
            "recorded in the audit.",
            width="stretch",
        )
        _print_button(
            key=PRINT, on_printed_change=partial(_printed, person, partner), width="content"
        )
        _download(partner, zone)
    with st.container(border=True, gap="small", key="brief"):
        _sheet(document)


def _sheet(document: Document) -> None:
    st.markdown(f"# {escape(document.title)}")
    st.caption(escape(document.about))
    left, right = st.columns([3, 2], gap="medium")
    for column, inside in ((Column.LEFT, left), (Column.RIGHT, right)):
        with inside:
            for section in document.of(column):
                with st.container(gap=None, key=f"brief-{section.key}"):
                    st.markdown(markdown(section))
    for words in document.foot:
        st.caption(escape(words))


def markdown(section: Section) -> str:
    """A section as a heading with a list."""
    lines = "\n".join(f"- {_line(line)}" for line in section.lines)
    return f"### {escape(section.title)}\n{lines}"


def _line(line: Line) -> str:
    return "".join(_piece(piece) for piece in line)


def _piece(piece: Piece) -> str:
    if isinstance(piece, str):
        return escape(piece)
    if isinstance(piece, Strong):
        return f"**{escape(piece.words)}**"
    return f"[{escape(piece.words)}](/{path_of(piece)})"


def _printed(person: Person, partner: Partner) -> None:
    take_out(the_desk(), person, partner, "print")


def _download(partner: Partner, zone: str) -> None:
    asked, desk, address = asked_later(), the_desk(), _address()

    def file() -> bytes:
        person = asked()
        brief = take_out(desk, person, partner, "file")
        return html_file(brief_document(brief, person.username, zone), address).encode()

    st.download_button(
        "Download",
        data=file,
        file_name=f"brief-{partner.ref}.html",
        mime="text/html",
        icon=":material/download:",
        on_click="ignore",
        key="brief-file",
        help="One file that opens without the desk; its links lead back here",
    )


def _address() -> str:
    """Where the desk stands, for links that leave it."""
    return (st.context.url or "").split("?")[0].rstrip("/").rpartition("/")[0]

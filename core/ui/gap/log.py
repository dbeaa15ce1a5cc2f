"""The decision log of a policy gap: who did what, when and why; linking can be taken back here."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.access.model import Person
from core.desk.gap_links import undo_link
from core.desk.gap_views import GapDossier
from core.gaps.model import Gap, GapEntry
from core.gaps.words import entry_words
from core.ui.drawer import open_form
from core.ui.flash import attempt
from core.ui.format import escape, exact, plural, relative
from core.ui.gap.forms import NOTE
from core.ui.gap.head import the_dossier
from core.ui.state import the_desk, the_zone

SHOWN_FIRST = 40
ERASED = "The text was erased."


def show_log(person: Person, _gap: Gap) -> None:
    """All of it, the newest first."""
    view = the_dossier(person)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        number = plural(len(view.log), "entry", "entries")
        st.caption(f"{number}, the newest first", width="stretch")
        note_button(view)
    entries(person, view, view.log[:SHOWN_FIRST])
    older = view.log[SHOWN_FIRST:]
    if older:
        inside = st.expander(
            plural(len(older), "older entry", "older entries"), key="log-older", on_change="rerun"
        )
        if inside.open:
            with inside:
                entries(person, view, older)


def note_button(view: GapDossier) -> None:
    """Adds a note; not there for those who only read."""
    if view.can_propose:
        st.button(
            "Add a note",
            icon=":material/note_add:",
            key="log-note",
            on_click=open_form,
            args=(view.gap.ref, NOTE),
        )


def entries(person: Person, view: GapDossier, shown: Sequence[GapEntry]) -> None:
    """Lines of the log, each with its reason and its link."""
    zone = the_zone(person)
    for entry in shown:
        with st.container(gap=None, key=f"log-{entry.id}"):
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                gone = " :gray-badge[:material/undo: Taken back]" if entry.is_undone else ""
                when = f"{relative(entry.at, view.at)} · {exact(entry.at, zone)}"
                told = f"**{escape(entry.by)}** {escape(entry_words(entry))}"
                st.markdown(f"{told}{gone} :small[:gray[{escape(when)}]]", width="stretch")
                if entry.id in view.undoable:
                    _undo_button(person, view, entry)
            _said(entry)


def _said(entry: GapEntry) -> None:
    if entry.is_erased:
        st.caption(ERASED)
    # Plain text: what somebody wrote must not become markup.
    if entry.reason:
        st.text(entry.reason)
    if entry.link:
        st.link_button(entry.link[:80], entry.link, type="tertiary", icon=":material/open_in_new:")


def _undo_button(person: Person, view: GapDossier, entry: GapEntry) -> None:
    st.button(
        "Undo",
        icon=":material/undo:",
        type="tertiary",
        key=f"log-undo-{entry.id}",
        help="Take this back; it can be done for a few minutes",
        on_click=_undo,
        args=(person, view.gap.ref, entry.id),
    )


def _undo(person: Person, ref: str, entry: int) -> None:
    def act() -> str:
        return f"Taken back for {plural(undo_link(the_desk(), person, ref, entry), 'case')}."

    attempt(act)

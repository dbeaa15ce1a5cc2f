"""Linking cases to a policy gap, or proposing one from them: what it will do first, then doing it."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.access.model import Person
from core.access.rules import may
from core.cases.filter import CaseFilter
from core.desk.gap_choices import gaps_to_link, last_link
from core.desk.gaps import Linkable, link_cases, linkable, undo_link
from core.errors import Refused
from core.gaps.limits import gap_limits
from core.taxonomy import taxonomy
from core.ui.case_link import go_to_gaps
from core.ui.format import plural
from core.ui.partners.undoable import Undo, attempt_undoable
from core.ui.state import the_desk

NEW = "new"  # in the address of the page of gaps: the title of a gap to propose
LABEL, ICON = "Link to a gap", ":material/add_link:"


def link_popover(person: Person, key: str, cases: CaseFilter) -> None:
    """A button that opens the form over some cases; not there for those who may not link."""
    if not may(person, "gap.propose"):
        return
    inside = st.popover(LABEL, icon=ICON, key=f"{key}-link", on_change="rerun")
    if inside.open:
        with inside:
            link_form(person, key, {"": cases})


def link_form(person: Person, key: str, sources: Mapping[str, CaseFilter]) -> None:
    """Which gap, which cases, how much they say and why; ``sources`` are cases by their words."""
    cases = _which(key, sources)
    titles = {gap.ref: gap.title for gap in gaps_to_link(the_desk(), person)}
    ref = st.selectbox(
        "Gap",
        list(titles),
        index=None,
        key=f"{key}-gap",
        format_func=lambda ref: f"{ref} {titles.get(ref, '')}".strip(),
        placeholder="Choose an open gap" if titles else "No gap is open",
    )
    left, right = st.columns([1, 2])
    with left:
        strengths = list(taxonomy().evidence_strengths)
        st.selectbox(
            "Strength",
            strengths,
            index=strengths.index(gap_limits().usual_strength),
            key=f"{key}-strength",
            format_func=lambda value: taxonomy().label("evidence_strengths", value),
            help="How much these cases say about the gap",
        )
    with right:
        st.text_input(
            "Why these cases show it",
            key=f"{key}-reason",
            max_chars=gap_limits().longest_text,
            placeholder="The appeal named the missing exception",
        )
    found = linkable(the_desk(), person, ref, cases) if ref else None
    st.markdown(preview(found) if found else ":small[Choose a gap to see what this links.]")
    _buttons(person, key, cases, found)


def preview(found: Linkable) -> str:
    """What linking would do, in words."""
    if found.is_too_many:
        return (
            f":material/block: {plural(found.cases, 'case')}: at most {found.most:,} are linked "
            "at once. Narrow the list, or let the gap match it."
        )
    already = {0: "", 1: ", 1 is already linked"}.get(
        found.linked, f", {found.linked:,} are already linked"
    )
    return f":material/info: Links {plural(found.new, 'case')}{already}."


def _which(key: str, sources: Mapping[str, CaseFilter]) -> CaseFilter:
    """The cases that are meant, where there is a choice."""
    if len(sources) == 1:
        return next(iter(sources.values()))
    labels = list(sources)
    chosen = st.radio("Cases", range(len(labels)), format_func=labels.__getitem__, key=f"{key}-of")
    return sources[labels[chosen or 0]]


def _buttons(person: Person, key: str, cases: CaseFilter, found: Linkable | None) -> None:
    ready = found is not None and not found.is_too_many and found.new > 0
    with st.container(horizontal=True, gap="small"):
        st.button(
            f"Link {plural(found.new, 'case')}" if found and ready else "Link",
            type="primary",
            key=f"{key}-link-yes",
            disabled=not ready,
            on_click=_link,
            args=(person, key, cases),
        )
        st.button(
            "Propose a new gap",
            icon=":material/add:",
            type="tertiary",
            key=f"{key}-propose",
            help="With these cases as its evidence, or as what it is about",
            on_click=go_to_gaps,
            args=({NEW: "", **cases.to_params()},),
        )


def _link(person: Person, key: str, cases: CaseFilter) -> None:
    ref = str(st.session_state[f"{key}-gap"] or "")
    strength, reason = (str(st.session_state[f"{key}-{part}"]) for part in ("strength", "reason"))

    def act() -> tuple[str, Undo]:
        number = link_cases(the_desk(), person, ref, cases, strength, reason)
        if not number:
            raise Refused("All of them are linked already.")
        entry = last_link(the_desk(), person, ref)

        def undo() -> str:
            gone = undo_link(the_desk(), person, ref, entry)
            return f"{plural(gone, 'link')} to {ref} taken back."

        st.session_state[f"{key}-link"] = False
        return f"{plural(number, 'case')} linked to {ref}.", undo

    attempt_undoable(act)

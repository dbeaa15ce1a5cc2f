"""Linking cases to a policy gap, or proposing one from them: what it will do first, then doing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
from core.ui.state import the_desk
from core.ui.undoable import Undo, attempt_undoable

NEW = "new"  # in the address of the page of gaps: the title of a gap to propose
LABEL, ICON = "Link to a gap", ":material/add_link:"


@dataclass(frozen=True, slots=True)
class Source:
    """Cases that can be linked, and what they are called; the words stay, the number may change."""

    words: str
    number: int
    cases: CaseFilter


def link_popover(person: Person, key: str, cases: CaseFilter) -> None:
    """A button that opens the form over some cases; not there for those who may not link."""
    if not may(person, "gap.propose"):
        return
    inside = st.popover(LABEL, icon=ICON, key=f"{key}-link", on_change="rerun")
    if inside.open:
        with inside:
            link_form(person, key, cases)


def which_cases(key: str, sources: Sequence[Source]) -> CaseFilter:
    """The cases that are meant; the first unless another is chosen.

    The numbers stand beside the words and not in them: a choice is told by its words, and one
    whose words change is lost.
    """
    if len(sources) == 1:
        (only,) = sources
        st.caption(f"{only.words}: {only.number:,}. Tick rows to link only these.")
        return only.cases
    chosen = st.radio(
        "Cases",
        range(len(sources)),
        format_func=lambda place: sources[place].words,
        captions=[f"{source.number:,}" for source in sources],
        key=f"{key}-of",
        horizontal=True,
        label_visibility="collapsed",
    )
    return sources[chosen or 0].cases


def link_form(person: Person, key: str, cases: CaseFilter, *, is_wide: bool = False) -> None:
    """Which gap, how much the cases say about it and why."""
    if is_wide:
        gap, strength, reason = st.columns([4, 2, 4])
    else:
        gap = st.container()
        strength, reason = st.columns([1, 2])
    with gap:
        ref = _gap(person, key)
    with strength:
        _strength(key)
    with reason:
        st.text_input(
            "Why these cases show it",
            key=f"{key}-reason",
            max_chars=gap_limits().longest_text,
            placeholder="The appeal named the missing exception",
        )
    found = linkable(the_desk(), person, ref, cases) if ref else None
    with st.container(horizontal=is_wide, vertical_alignment="center", gap="small"):
        told = preview(found) if found else ":small[Choose a gap to see what this links.]"
        st.markdown(told, width="content" if is_wide else "stretch")
        _buttons(person, key, cases, found)


def _gap(person: Person, key: str) -> str:
    titles = {gap.ref: gap.title for gap in gaps_to_link(the_desk(), person)}
    chosen = st.selectbox(
        "Gap",
        list(titles),
        index=None,
        key=f"{key}-gap",
        format_func=lambda ref: f"{ref} {titles.get(ref, '')}".strip(),
        placeholder="Choose an open gap" if titles else "No gap is open",
    )
    return chosen or ""


def _strength(key: str) -> None:
    strengths = list(taxonomy().evidence_strengths)
    st.selectbox(
        "Strength",
        strengths,
        index=strengths.index(gap_limits().usual_strength),
        key=f"{key}-strength",
        format_func=lambda value: taxonomy().label("evidence_strengths", value),
        help="How much these cases say about the gap",
    )


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

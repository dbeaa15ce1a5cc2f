"""A change of a published document: what was taken away and what is new, section by section."""

from __future__ import annotations

import streamlit as st

from core.policy.model import Edit, Passage, PolicyVersion, SectionChange
from core.ui.format import escape, plural
from core.ui.policy.policy_words import LEGEND, day_of, runs_words

EDITS = {
    Edit.ADDED: "new section",
    Edit.REMOVED: "section taken away",
    Edit.CHANGED: "changed",
    Edit.MOVED: "moved",
    Edit.SAME: "as before",
}
MOST_SECTIONS = 12  # the rest is folded


def document_change(version: PolicyVersion) -> None:
    """Every section that differs, in the order of the document."""
    if version.also_on:
        told = "; ".join(
            f"{one.service} {one.document}, {day_of(one.at)}" for one in version.also_on
        )
        st.caption(escape(f"The same change also on: {told}"))
    if version.taken_back_at:
        st.warning(f"It was taken back on {day_of(version.taken_back_at)}.", icon=":material/undo:")
    st.caption(
        f"{plural(version.words_added, 'word')} new, {version.words_removed:,} taken away in "
        f"{plural(len(version.sections), 'section')}. {LEGEND}"
    )
    for number, section in enumerate(version.sections[:MOST_SECTIONS]):
        with st.container(border=True, gap="xsmall", key=f"section-{number}"):
            _section(section)
    rest = version.sections[MOST_SECTIONS:]
    if rest:
        with st.expander(f"{len(rest):,} more sections"):
            for section in rest:
                _section(section)


def _section(section: SectionChange) -> None:
    path = " › ".join(section.path) or "Before the first heading"
    st.markdown(f"**{escape(path)}** :gray[{EDITS[section.edit]}]")
    if section.was:
        st.caption(escape(f"It stood under: {' › '.join(section.was)}"))
    for passage in section.passages:
        st.markdown(_passage(passage))


def _passage(passage: Passage) -> str:
    return runs_words(passage.runs)

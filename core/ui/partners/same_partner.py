"""Partners that are probably one, with the reason, and what can be done about each pair."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.access.model import Person
from core.clock import from_micros
from core.desk.partner_merges import MergeAsk, merge_partners, undo_merge
from core.desk.spelling_proposals import Proposal, Proposals, dismiss_pair, propose_pair
from core.partners.directory_rules import directory_limits, shown
from core.storage.partner_directory import DirectoryEntry
from core.ui import states
from core.ui.case_link import open_partner
from core.ui.flash import attempt
from core.ui.format import escape, exact, plural
from core.ui.state import the_desk
from core.ui.undoable import Step, Undo, attempt_there_and_back, attempt_undoable


def show_same(person: Person, view: Proposals, zone: str) -> None:
    """The surest first; what somebody has said differs is folded away below."""
    if not view.proposals:
        states.empty(
            "No two partners look like one.",
            "Names and spellings are compared after every change, import or file.",
        )
    most = directory_limits().most_listed
    for proposal in view.proposals[:most]:
        _pair(person, proposal, may_write=view.may_write)
    if len(view.proposals) > most:
        st.caption(f"{len(view.proposals) - most:,} more come up when some of these are settled.")
    if view.dismissed:
        with st.expander(f"{plural(len(view.dismissed), 'pair')} that somebody said differ"):
            for one, other, dismissal in view.dismissed:
                with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                    st.text(f"{_named(one)}  ≠  {_named(other)}", width="stretch")
                    told = f"{dismissal.by} · {exact(from_micros(dismissal.at), zone)}"
                    st.caption(escape(told), width="content")
                    if view.may_write:
                        st.button(
                            "Propose again",
                            type="tertiary",
                            key=f"again-{one.ref}-{other.ref}",
                            on_click=partial(_again, person, one.ref, other.ref),
                        )


def _pair(person: Person, proposal: Proposal, *, may_write: bool) -> None:
    kept, gone = proposal.kept, proposal.gone
    with st.container(border=True, gap="xsmall", key=f"same-{gone.ref}-{kept.ref}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            words = proposal.likeness.words
            st.markdown(f":blue-badge[{escape(words[:1].upper() + words[1:])}]", width="stretch")
            if may_write:
                _acts(person, proposal)
        left, right = st.columns(2)
        with left:
            _side("Would go", gone, proposal.gone_cases)
        with right:
            _side("Would stay", kept, proposal.kept_cases)


def _side(words: str, entry: DirectoryEntry, cases: int) -> None:
    facts = entry.facts
    st.markdown(f"**{escape(facts.name)}** :gray[{entry.ref} · {words.lower()}]")
    parts = (
        facts.tier,
        shown("category", facts.category),
        shown("market", facts.market),
        plural(cases, "case"),
    )
    st.caption(escape(" · ".join(part for part in parts if part)))


def _acts(person: Person, proposal: Proposal) -> None:
    kept, gone = proposal.kept, proposal.gone
    key = f"{gone.ref}-{kept.ref}"
    if proposal.is_only_a_spelling:
        st.button(
            "Take as a spelling",
            icon=":material/spellcheck:",
            key=f"take-{key}",
            help=f"{gone.facts.name} has no case: its name leads to {kept.facts.name} from now on",
            on_click=partial(_take, person, proposal),
        )
    st.button(
        "See what would merge",
        icon=":material/merge:",
        key=f"merge-{key}",
        on_click=partial(open_partner, gone.ref, view="details", merge=kept.ref),
    )
    st.button(
        "They differ",
        icon=":material/close:",
        key=f"differ-{key}",
        help="They are not proposed again; you can take that back below",
        on_click=partial(_differ, person, gone.ref, kept.ref),
    )


def _take(person: Person, proposal: Proposal) -> None:
    desk, kept, gone = the_desk(), proposal.kept, proposal.gone

    def act() -> tuple[str, Undo]:
        ask = MergeAsk(gone.ref, kept.ref, gone.version, kept.version)
        merged = merge_partners(desk, person, ask)

        def undo() -> str:
            undo_merge(desk, person, merged.id)
            return f"{gone.facts.name} is a partner of its own again."

        return f"{gone.facts.name} is a spelling of {kept.facts.name} now.", undo

    attempt_undoable(act)


def _differ(person: Person, ref: str, other: str) -> None:
    desk, words = the_desk(), f"{ref} and {other} are"
    attempt_there_and_back(
        Step(partial(dismiss_pair, desk, person, ref, other), f"{words} not proposed again."),
        Step(partial(propose_pair, desk, person, ref, other), f"{words} proposed again."),
    )


def _again(person: Person, ref: str, other: str) -> None:
    def act() -> str:
        propose_pair(the_desk(), person, ref, other)
        return f"{ref} and {other} are proposed again."

    attempt(act)


def _named(entry: DirectoryEntry) -> str:
    return f"{entry.facts.name} ({entry.ref})"

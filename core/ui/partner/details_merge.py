"""Merging a partner into another: choose, look at what would move, do it; and the way back."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.access.model import Person
from core.clock import from_micros
from core.desk.directory import Details, directory_view
from core.desk.partner_merges import (
    MergeAsk,
    MergePreview,
    TakenApart,
    merge_partners,
    merge_preview,
    undo_merge,
    undo_preview,
)
from core.errors import Refused
from core.partners.directory_rules import directory_limits, shown
from core.storage.partner_directory import DirectoryEntry
from core.ui import states
from core.ui.case_link import link_from_list
from core.ui.flash import attempt
from core.ui.format import escape, exact, plural
from core.ui.state import the_desk
from core.ui.undoable import Undo, attempt_undoable

MERGE, UNMERGE = "merge", "unmerge"  # in the address: the partner to keep, the merge to take back
MOST_FOUND = 8
# Table -> one and several of what it holds.
WHAT = {
    "cases": ("case that you may see", "cases that you may see"),
    "partner_aliases": ("spelling", "spellings"),
    "partner_accounts": ("account", "accounts"),
    "user_partners": ("partner manager", "partner managers"),
    "partner_covers": ("cover", "covers"),
    "partner_notes": ("note", "notes"),
    "partner_commitments": ("commitment", "commitments"),
    "partner_contacts": ("logged contact", "logged contacts"),
    "partner_bands": ("band set by hand", "bands set by hand"),
}


def merge_ask(person: Person, view: Details) -> bool:
    """Show the merge, or its undo, that the address asks about; false when it asks about none."""
    into, merge = st.query_params.get(MERGE, ""), st.query_params.get(UNMERGE, "")
    if not view.may_write or not (into or merge):
        return False
    try:
        if into:
            _preview(person, merge_preview(the_desk(), person, view.entry.ref, into))
        else:
            merge_id = int(merge) if merge.isdigit() else 0
            _undo_preview(person, undo_preview(the_desk(), person, merge_id), merge_id)
    except Refused as refusal:
        states.refused(refusal)
        _leave_button("Back to the details")
    return True


def show_merges(person: Person, view: Details, zone: str) -> None:
    """Who came to this partner, and the way for this one to go to another."""
    if not view.merges and not view.may_write:
        return
    with st.container(border=True, gap="xsmall"):
        st.markdown("**Merged**")
        if not view.merges:
            st.caption("No other partner was merged into this one.")
        for merge, other in view.merges:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.text(f"{other.facts.name} ({other.ref})", width="stretch")
                if view.may_write:
                    st.button(
                        "Take back",
                        icon=":material/call_split:",
                        type="tertiary",
                        key=f"unmerge-{merge.id}",
                        on_click=partial(_go_to, UNMERGE, str(merge.id)),
                    )
            told = exact(from_micros(merge.merged_at), zone)
            st.caption(f"came {told}, by {escape(merge.merged_by)}")
        if view.may_write and view.why_not_manage is None:
            _choose(person, view)


def _choose(person: Person, view: Details) -> None:
    inside = st.popover(
        "Merge into another", icon=":material/merge:", key="merge-choose", on_change="rerun"
    )
    if not inside.open:
        return
    with inside:
        st.caption("When this is the same partner as another one, its cases belong there.")
        text = st.text_input("Name, spelling or reference of the partner to keep", key="merge-find")
        if not text.strip():
            return
        seen = directory_view(the_desk(), person, text, most=MOST_FOUND + 1)
        found = [line for line in seen.lines if line.entry.id != view.entry.id]
        if not found:
            st.caption("No other partner is found by this.")
        for line in found[:MOST_FOUND]:
            st.button(
                f"{escape(line.entry.facts.name)} ({line.entry.ref})",
                type="tertiary",
                key=f"merge-into-{line.entry.ref}",
                on_click=partial(_go_to, MERGE, line.entry.ref),
            )
        if seen.found > MOST_FOUND + 1:
            st.caption("There are more; type more of the name.")


def _preview(person: Person, preview: MergePreview) -> None:
    gone, kept = preview.gone, preview.kept
    st.markdown(f"### Merge {escape(gone.facts.name)} into {escape(kept.facts.name)}?")
    left, right = st.columns(2)
    with left:
        _card("Goes; its reference leads on", gone)
    with right:
        _card("Stays as it is", kept)
    with st.container(border=True, gap="xsmall", key="merge-moves"):
        st.markdown("**What moves**")
        for words in _moving(preview):
            st.markdown(f"- {escape(words)}")
        st.caption(
            "Cases keep their tier, clocks and history. Restricted cases that you may not see move "
            "along. The tiers of the past stay with the partner that had them."
        )
        if preview.gaining:
            names = ", ".join(served.name for served in preview.gaining)
            st.caption(f":material/visibility: {escape(names)} will see the partner that stays.")
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Merge",
            type="primary",
            icon=":material/merge:",
            key="merge-do",
            on_click=partial(_merge, person, preview),
        )
        st.button(
            "Other way round",
            icon=":material/swap_horiz:",
            key="merge-swap",
            on_click=partial(_swap, gone.ref, kept.ref),
        )
        _leave_button("Leave them apart")
    st.caption("You can take this back on the page of the partner that stays, at any time.")


def _moving(preview: MergePreview) -> list[str]:
    told = []
    for table, number in preview.counts.items():
        one, many = WHAT.get(table, (f"row of {table}", f"rows of {table}"))
        if number or table == "cases":
            told.append(f"{number:,} {one if number == 1 else many}")
    return told


def _card(words: str, entry: DirectoryEntry) -> None:
    with st.container(border=True, gap="xsmall"):
        st.caption(words)
        st.markdown(f"**{escape(entry.facts.name)}** :gray[{entry.ref}]")
        values = entry.facts.values()
        names = ("tier", "category", "market", "language")
        st.caption(escape(" · ".join(shown(name, values[name]) for name in names)))


def _undo_preview(person: Person, would: TakenApart, merge_id: int) -> None:
    gone, kept, apart = would.gone, would.kept, would.apart
    st.markdown(f"### Take {escape(gone.facts.name)} out of {escape(kept.facts.name)} again?")
    with st.container(border=True, gap="xsmall"):
        back = plural(apart.back, "case")
        st.markdown(f"- {back} that you may see, with spellings, accounts and managers, go back")
        st.markdown("- cases that came in since the merge stay where they are")
        _cases("changed since the merge; they go back as they are now", apart.changed)
        _cases("are of another partner by now; they stay there", apart.elsewhere)
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Take the merge back",
            type="primary",
            icon=":material/call_split:",
            key="unmerge-do",
            on_click=partial(_take_back, person, merge_id),
        )
        _leave_button("Leave them merged")


def _cases(words: str, refs: tuple[str, ...]) -> None:
    if not refs:
        return
    st.markdown(f"- {plural(len(refs), 'case')} {words}:")
    most = directory_limits().most_listed
    with st.container(horizontal=True, gap="small", key=f"related-{len(refs)}-{words[:3]}"):
        for ref in refs[:most]:
            link_from_list(ref)
    if len(refs) > most:
        st.caption(f"and {len(refs) - most:,} more")


def _leave_button(words: str) -> None:
    st.button(words, key="merge-leave", on_click=_leave)


def _merge(person: Person, preview: MergePreview) -> None:
    desk, gone, kept = the_desk(), preview.gone, preview.kept

    def act() -> tuple[str, Undo]:
        ask = MergeAsk(gone.ref, kept.ref, gone.version, kept.version)
        merged = merge_partners(desk, person, ask)
        _leave()
        st.query_params["partner"] = kept.ref

        def undo() -> str:
            done = undo_merge(desk, person, merged.id)
            return _taken_back(done)

        return f"{gone.facts.name} is part of {kept.facts.name} now.", undo

    attempt_undoable(act)


def _take_back(person: Person, merge_id: int) -> None:
    def act() -> str:
        done = undo_merge(the_desk(), person, merge_id)
        _leave()
        return _taken_back(done)

    attempt(act)


def _taken_back(done: TakenApart) -> str:
    told = f"{done.gone.facts.name} ({done.gone.ref}) is a partner of its own again."
    for refs, words in (
        (done.apart.changed, "changed since the merge, they went back as they are"),
        (done.apart.elsewhere, "of another partner by now, they stayed there"),
    ):
        if refs:
            some = ", ".join(refs[:MOST_FOUND]) + (" …" if len(refs) > MOST_FOUND else "")
            told += f" {plural(len(refs), 'case')} {words}: {some}."
    return told


def _go_to(name: str, value: str) -> None:
    _leave()
    st.query_params[name] = value


def _leave() -> None:
    for name in (MERGE, UNMERGE):
        st.query_params.pop(name, None)


def _swap(gone: str, kept: str) -> None:
    st.query_params["partner"] = kept
    st.query_params[MERGE] = gone

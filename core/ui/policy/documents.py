"""Published documents: which are kept, the versions of one with the noise folded, and new ones."""

from __future__ import annotations

from collections import Counter

import pandas as pd
import streamlit as st

from core.access.model import Person
from core.access.rules import may
from core.desk.policy_documents import list_policy_documents
from core.desk.policy_history import DocumentHistory, document_history, document_name
from core.policy.model import PolicyVersion
from core.policy.words import kind_words, reason_words
from core.storage.policy_documents import PolicyDocument
from core.ui import states
from core.ui.flash import tell
from core.ui.format import DASH, escape, plural
from core.ui.heads import copy_link
from core.ui.policy.document_imports import show_imports
from core.ui.policy.policy_address import DOCUMENT, VIEW, go, open_update
from core.ui.policy.policy_words import areas_words, day_of
from core.ui.state import the_desk, the_zone
from core.ui.tables import Act, click_list


def show_documents(person: Person) -> None:
    """One document, or all of them with their imports, as the address says."""
    name = st.query_params.get(DOCUMENT, "")
    if name:
        show_document(person, name)
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="policy-head"):
        st.markdown("# Published documents", width="stretch")
        copy_link("documents")
    tell()
    found = list_policy_documents(the_desk(), person)
    if found:
        listing(found)
    else:
        hint = "Bring versions in below." if may(person, "policy.write") else FIRST_STEP
        states.empty("No published document is kept here.", hint)
    show_imports(person, the_zone(person))


FIRST_STEP = "A policy liaison brings versions in; what changed stands in the feed then."


def listing(found: tuple[PolicyDocument, ...]) -> None:
    """One row each; a click on the name shows its versions."""

    def read(row: int) -> None:
        name = document_name(found[row].service, found[row].name)
        go(**{VIEW: "documents", DOCUMENT: name})

    rows = pd.DataFrame(
        {
            "Document": [one.name for one in found],
            "Service": [one.service for one in found],
            "Versions": [one.versions for one in found],
            "Changes": [one.changes for one in found],
            "First": [day_of(one.first_at) for one in found],
            "Last": [day_of(one.last_at) for one in found],
        }
    )
    text, number = st.column_config.TextColumn, st.column_config.NumberColumn
    columns = {
        "Service": text(width=160),
        "Versions": number(width=80, help="Fetched versions, noise included"),
        "Changes": number(width=80, help="Versions that say something else than before"),
        "First": text(width=96),
        "Last": text(width=96),
    }
    opened = Act("Document", read, 260, "Click to see its versions", pinned=True)
    alt = f"{plural(len(found), 'document')} by service"
    click_list(rows, "policy-documents", alt, {"Document": opened}, columns)


def show_document(person: Person, name: str) -> None:
    """Read once, then arrange: changes first, then what is none with the reason."""
    view = document_history(the_desk(), person, name)
    st.button(
        "All documents",
        icon=":material/arrow_back:",
        type="tertiary",
        key="back-to-documents",
        on_click=back,
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="policy-head"):
        st.markdown(f"# {escape(view.service)}: {escape(view.document)}", width="stretch")
        copy_link("document")
    st.caption(told(view))
    if view.changes:
        changes(view.changes)
    else:
        states.empty("No change so far.", "Every version says what the first one says.")
    if view.folded:
        folded(view.folded)


def back() -> None:
    """Leave a document for the list of them."""
    go(**{VIEW: "documents"})


def told(view: DocumentHistory) -> str:
    """How many of each kind were fetched."""
    kinds = Counter(one.kind.value for one in (*view.changes, *view.folded))
    parts = (f"{number:,} {kind_words(kind).lower()}" for kind, number in kinds.items())
    fetched = plural(len(view.changes) + len(view.folded), "version")
    return f"{fetched} fetched: {', '.join(parts)}. The days are those of fetching."


def changes(found: tuple[PolicyVersion, ...]) -> None:
    """Every change; a click reads it."""

    def read(row: int) -> None:
        open_update(found[row].key)

    rows = pd.DataFrame(
        {
            "Fetched": [day_of(one.at) for one in found],
            "Sections": ["; ".join(" › ".join(s.path[-2:]) for s in one.sections) for one in found],
            "New": [one.words_added for one in found],
            "Gone": [one.words_removed for one in found],
            "Areas": [areas_words(one.abuse_types) or DASH for one in found],
            "Also on": [", ".join(o.service for o in one.also_on) or DASH for one in found],
            "Taken back": [day_of(one.taken_back_at) for one in found],
        }
    )
    text, number = st.column_config.TextColumn, st.column_config.NumberColumn
    columns = {
        "Sections": text(width=380),
        "New": number(width=60, help="Words that are new"),
        "Gone": number(width=60, help="Words that were taken away"),
        "Areas": text(width=200),
        "Also on": text(width=120),
        "Taken back": text(width=96),
    }
    opened = Act("Fetched", read, 96, "Click to read the change", pinned=True)
    click_list(rows, "policy-changes", plural(len(found), "change"), {"Fetched": opened}, columns)


def folded(found: tuple[PolicyVersion, ...]) -> None:
    """What the feed does not show, each with the reason."""
    with st.expander(f"{plural(len(found), 'version')} that the feed does not show"):
        rows = pd.DataFrame(
            {
                "Fetched": [day_of(one.at) for one in found],
                "What": [kind_words(one.kind.value) for one in found],
                "Why": [reason_words(one.reason) if one.reason else DASH for one in found],
                "Name": [one.name for one in found],
            }
        )
        st.dataframe(rows, hide_index=True, key="policy-folded", alt="Versions without a change")

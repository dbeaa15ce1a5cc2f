"""Bringing versions of published documents in, and the imports so far."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd
import streamlit as st

from core.access.model import Person
from core.access.rules import may
from core.desk import policy_documents as commands
from core.desk.policy_documents import PolicyImportResult
from core.errors import BadInput, Refused
from core.policy.words import reason_words
from core.storage.policy_documents import PolicyCount, PolicyImport
from core.ui import brought_in, importing, states, uploads
from core.ui.brought_in import TakingBack
from core.ui.format import exact, plural
from core.ui.state import asked_later, the_desk
from core.ui.tables import Act, click_list

TYPES = ["zip", "tar", "gz", "tgz"]
IMPORT = "import"  # in the address
DONE = "policy-import-done"
COMMAND = "python -m core policy import PATH"


def show_imports(person: Person, zone: str) -> None:
    """A new import for those who may bring one in, then the history."""
    if may(person, "policy.write"):
        with st.container(border=True, key="new-document-import"):
            _new(person)
    _history(person, zone)


def _new(person: Person) -> None:
    """Upload, name it, bring it in."""
    st.markdown("**Bring versions in**")
    st.caption(
        "An archive of dated texts, such as 2026-03-14_terms.md, or of an Open Terms Archive "
        f"repository. A folder or repository on the machine: `{COMMAND}`. The same again changes "
        "nothing."
    )
    local_dir = the_desk().settings.local_dir
    path = uploads.uploaded("Archive", TYPES, local_dir, "policy-file")
    done: tuple[Path, PolicyImportResult] | None = st.session_state.get(DONE)
    if path is None:
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        service = st.text_input("Service", key="policy-service", placeholder="as it is named")
        document = st.text_input("Document", key="policy-document", placeholder="as it is named")
        wants = st.button("Bring it in", type="primary", key="policy-bring")
    if wants:
        try:
            result = _bring(person, path, service, document)
        except (BadInput, Refused) as refusal:
            states.refused(refusal)
            return
        st.session_state[DONE] = (path, result)
        st.rerun()  # the lists above know of it then
    if done and done[0] == path:
        _told(done[1])


def _bring(person: Person, path: Path, service: str, document: str) -> PolicyImportResult:
    move, away = importing.progress_bar()
    try:
        return commands.import_policy(
            the_desk(), person, path, service=service, document=document, progress=move
        )
    finally:
        away()


def _told(result: PolicyImportResult) -> None:
    words = f"{result.ref} is in." if result.ref else "Nothing in it was new."
    st.success(f"{words} {count_words(result.count)}", icon=":material/check_circle:")
    for note in result.notes:
        st.text(note)


def count_words(count: PolicyCount) -> str:
    """Every version accounted for: read = all the others together."""
    return (
        f"{plural(count.read, 'version')} read = {count.first:,} first + {count.change:,} changes + "
        f"{count.noise:,} without a change + {count.revert:,} gone back + {count.duplicate:,} "
        f"duplicates + {count.rejected:,} rejected + {count.known:,} known before."
    )


def _history(person: Person, zone: str) -> None:
    found = commands.list_policy_imports(the_desk(), person)
    if not found:
        return
    st.markdown("### Imports so far")
    _listing(found, zone)
    asked = st.query_params.get(IMPORT)
    chosen = next((one for one in found if one.ref == asked), None)
    if chosen is None:
        st.caption("Click an import to see its counts and what it refused.")
        return
    with st.container(border=True, gap="small", key="policy-import-chosen"):
        st.text(f"{chosen.ref} · {chosen.file_name}")
        st.caption(count_words(chosen.count))
        _acts(person, chosen)


def _listing(found: tuple[PolicyImport, ...], zone: str) -> None:
    def choose(row: int) -> None:
        st.query_params[IMPORT] = found[row].ref

    rows = pd.DataFrame(
        {
            "Import": [one.ref for one in found],
            "State": ["In force" if one.undone_at is None else "Taken back" for one in found],
            "From": [one.file_name for one in found],
            "Read": [one.count.read for one in found],
            "Changes": [one.count.change for one in found],
            "Rejected": [one.count.rejected for one in found],
            "Imported": [exact(one.imported_at, zone) for one in found],
            "By": [one.by for one in found],
        }
    )
    text, number = st.column_config.TextColumn, st.column_config.NumberColumn
    columns = {
        "State": text(width=84),
        "From": text(width=240),
        "Read": number(width=70),
        "Changes": number(width=70),
        "Rejected": number(width=70),
        "Imported": text(width=160),
        "By": text(width=90),
    }
    opened = Act("Import", choose, 78, "Click to see its counts", pinned=True)
    alt = f"{plural(len(found), 'import')}, the last first"
    click_list(rows, "policy-imports", alt, {"Import": opened}, columns)


def _acts(person: Person, chosen: PolicyImport) -> None:
    taking_back = TakingBack(
        key="policy-import-undo",
        words=f"Take {chosen.ref} back",
        title="Take an import back",
        changes=f"The versions of {chosen.ref} go, and those after them are compared anew. Who "
        "confirmed a change of it has confirmed it again when it is brought in again.",
        yes="Take it back",
        act=partial(_undo, person, chosen.ref),
    )
    can_undo = chosen.undone_at is None and may(person, "policy.write")
    refused = partial(_refused, asked_later(), chosen.ref)
    brought_in.acts(chosen.ref, chosen.count.rejected, refused, taking_back if can_undo else None)


def _refused(asks: Callable[[], Person], ref: str) -> pd.DataFrame:
    found = commands.policy_import_rejects(the_desk(), asks(), ref)
    return pd.DataFrame(
        {
            "name": [one.name for one in found],
            "reason": [reason_words(one.reason) for one in found],
            "hint": [one.hint for one in found],
        }
    )


def _undo(person: Person, ref: str) -> str:
    gone = commands.undo_policy_import(the_desk(), person, ref)
    return f"{ref}: {plural(gone, 'version')} taken back."

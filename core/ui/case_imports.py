"""Imports of cases on the Data page: bring a file in, see what every import did, take one back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd
import streamlit as st

from core.access.model import Person
from core.access.rules import may
from core.desk import imports
from core.desk.imports import ImportResult
from core.errors import BadInput, Refused
from core.intake.mapping_files import parse_mapping
from core.storage.imports import Batch
from core.ui import brought_in, import_history, importing, states, uploads
from core.ui.brought_in import TakingBack
from core.ui.case_link import QUEUE_PAGE
from core.ui.format import plural
from core.ui.state import asked_later, the_desk, the_zone

SEEN = "import-preview"
TYPES = ["csv", "tsv", "txt", "xlsx", "json", "jsonl", "ndjson", "parquet", "gz", "zip"]


def show_imports(person: Person) -> None:
    """A new import for those who may, then the history."""
    if may(person, "import.run"):
        with st.container(border=True, key="new-import"):
            new_import(person)
    st.markdown("### Imports so far")
    history(person)


def new_import(person: Person) -> None:
    """Upload, look, map, try, bring in: each step appears when the one before is done."""
    st.markdown("**Bring in a file**")
    words = "CSV, XLSX, JSON, JSON Lines or Parquet, also .gz and .zip"
    path = uploads.uploaded(words, TYPES, the_desk().settings.local_dir)
    if path is None:
        return
    try:
        seen = uploads.read_once(SEEN, path, partial(imports.preview, the_desk(), person, path))
        importing.look(seen, path.name)
        text = importing.settle_mapping(seen, path)
        run(person, path, text, importing.still_asked(seen))
    except (BadInput, Refused) as refusal:
        states.refused(refusal)


def run(person: Person, path: Path, text: str, asked: int) -> None:
    """Try it without writing, then bring it in; an edit of the mapping asks for another try."""
    tried = st.session_state.get("import-tried")
    result: ImportResult | None = tried[1] if tried and tried[0] == (path, text) else None
    wants_try, wants_all = importing.buttons(result, asked)
    if wants_try:
        result = bring(person, path, text, dry_run=True)
        st.session_state["import-tried"] = ((path, text), result)
        st.rerun()
    if wants_all:
        result = bring(person, path, text, dry_run=False)
        st.session_state["import-tried"] = ((path, text), result)
        st.rerun()
    if result and not result.dry_run:
        st.success(f"{result.batch} is in.", icon=":material/check_circle:")
        st.page_link(QUEUE_PAGE, label="To the queue", icon=":material/arrow_forward:")
    if result:
        importing.outcome(result)


def bring(person: Person, path: Path, text: str, *, dry_run: bool) -> ImportResult:
    """The whole file or nothing, with its progress."""
    mapping = parse_mapping(text)
    move, away = importing.progress_bar()
    try:
        return imports.run_import(the_desk(), person, path, mapping, dry_run=dry_run, progress=move)
    finally:
        away()


def history(person: Person) -> None:
    """Every import; a ticked one shows its rejected rows and can be taken back."""
    batches = imports.history(the_desk(), person)
    if not batches:
        states.empty(
            "Nothing was imported yet.",
            import_history.first_step(can_import=may(person, "import.run")),
        )
        return
    zone = the_zone(person)
    chosen = import_history.listing(batches, zone, the_desk().clock.now())
    if chosen is None:
        may_undo = " or to take it back" if may(person, "import.undo") else ""
        st.caption(f"Tick an import to see its counts and rejected rows{may_undo}.")
        return
    with st.container(border=True, gap="small", key="import-chosen"):
        import_history.told(chosen, zone)
        acts(person, chosen)


def acts(person: Person, chosen: Batch) -> None:
    """What can be done with one import."""
    taking_back = TakingBack(
        key="undo",
        words=f"Undo {chosen.ref}",
        title="Take an import back",
        changes=import_history.what_undo_changes(chosen),
        yes="Undo it",
        act=partial(undo, person, chosen.ref),
    )
    can_undo = chosen.status == "done" and may(person, "import.undo")
    rejects = partial(refused_rows, asked_later(), chosen.ref)
    brought_in.acts(chosen.ref, chosen.count.rejected, rejects, taking_back if can_undo else None)


def refused_rows(asks: Callable[[], Person], ref: str) -> pd.DataFrame:
    """The rejected rows of an import; who asks is asked for again."""
    return imports.rejects(the_desk(), asks(), ref)


def undo(person: Person, ref: str) -> str:
    """Take the import back and say what was kept."""
    st.session_state.pop("import-tried", None)
    done = imports.undo(the_desk(), person, ref)
    kept = f" Kept because changed since: {', '.join(done.kept[:20])}." if done.kept else ""
    return f"{ref}: {plural(done.removed, 'case')} removed, {done.restored:,} restored.{kept}"

"""The directory as a file: taken out with a click, brought in after a look at every line."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from core.access.model import Person
from core.access.rules import why_not
from core.desk.directory_csv import (
    DirectoryPlan,
    export_directory,
    import_directory,
    preview_directory,
)
from core.desk.directory_plan import PlannedLine
from core.errors import BadInput, Refused
from core.partners.directory_lines import COLUMNS
from core.partners.directory_rules import LABELS, directory_limits
from core.ui import states
from core.ui.flash import attempt
from core.ui.format import DASH, plural
from core.ui.state import asked_later, the_desk

UPLOAD, TURN = "directory-upload", "directory-upload-turn"
PLAN = "directory-plan"
COLOURS = {
    "created": ("Created", "#2e7d4f"),
    "changed": ("Changed", "#2f72dc"),
    "unchanged": ("Unchanged", "#6b7580"),
    "rejected": ("Rejected", "#c5362c"),
}


def export_button(person: Person, total: int) -> None:
    """Every partner in scope as a file; asked for, checked and recorded when it is clicked."""
    if why_not(person, "case.export") or not total:
        return
    desk, who = the_desk(), asked_later()
    st.download_button(
        "Export",
        data=lambda: export_directory(desk, who()).text.encode("utf-8-sig"),
        file_name="partners.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        key="directory-export",
        help=f"{plural(total, 'partner')} as CSV; the export is recorded in the audit",
    )


def show_file(person: Person) -> None:
    """Choose a file, look at what it would do, bring it in."""
    refusal = why_not(person, "partner.write")
    if refusal:
        states.refused(refusal)
        return
    st.caption(
        f"CSV in UTF-8 with any of these columns: {', '.join(COLUMNS)}. A line names a partner by "
        "its ref, or by its name. An empty cell leaves what stands, a dash (-) empties it. Several "
        "values of a cell are parted by |. An exported file brought in again changes nothing."
    )
    upload = st.file_uploader(
        "File", type=["csv", "txt"], key=f"{UPLOAD}-{st.session_state.get(TURN, 0)}"
    )
    if upload is None:
        return
    content, name = upload.getvalue(), upload.name
    try:
        plan = _plan(person, upload.file_id, content, name)
    except (BadInput, Refused) as refusal:
        states.refused(refusal)
        return
    _told(plan)
    _go(person, plan, content)
    _lines(plan)


def _plan(person: Person, file_id: str, content: bytes, name: str) -> DirectoryPlan:
    """What the file would do, read once for each upload and state of the store."""
    asked = (file_id, the_desk().store.seq(), person)
    known = st.session_state.get(PLAN)
    if known and known[0] == asked:
        seen: DirectoryPlan = known[1]
        return seen
    with st.spinner("Looking at every line …"):
        plan = preview_directory(the_desk(), person, content, name)
    st.session_state[PLAN] = (asked, plan)
    return plan


def _told(plan: DirectoryPlan) -> None:
    with st.container(horizontal=True, gap="small", key="directory-counts"):
        for state, number in plan.counts.items():
            st.metric(COLOURS[state][0], f"{number:,}", border=True, width=150)


def _go(person: Person, plan: DirectoryPlan, content: bytes) -> None:
    doing = plan.counts["created"] + plan.counts["changed"]
    if plan.is_idle:
        st.caption("There is nothing to bring in: no line would change anything.")
        return
    rejected = plan.counts["rejected"]
    words = f"Bring in {plural(doing, 'line')}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            words,
            type="primary",
            icon=":material/upload:",
            key="directory-import",
            on_click=partial(_bring_in, person, plan, content),
        )
        if rejected:
            told = f"{plural(rejected, 'line')} will be left out for the reason beside each."
            st.caption(told)


def _lines(plan: DirectoryPlan) -> None:
    most = directory_limits().most_listed
    order = {"rejected": 0, "created": 1, "changed": 2, "unchanged": 3}
    lines = sorted(plan.lines, key=lambda line: (order[line.state], line.number))[: 4 * most]
    st.dataframe(
        _readable(lines),
        key="directory-lines",
        hide_index=True,
        row_height=30,
        height=min(620, 30 * (len(lines) + 1) + 6),
        alt=f"What {plural(len(lines), 'line')} of the file would do",
        column_config={
            "line": st.column_config.NumberColumn("Line", width=50),
            "state": st.column_config.MultiselectColumn(
                "Becomes",
                options=[words for words, _ in COLOURS.values()],
                color=[colour for _, colour in COLOURS.values()],
                width=94,
            ),
            "ref": st.column_config.TextColumn("Ref", width=70),
            "name": st.column_config.TextColumn("Partner", width=200),
            "what": st.column_config.TextColumn("What changes, or why not", width=460),
            "hint": st.column_config.TextColumn("What helps", width=330),
        },
    )
    if len(lines) < len(plan.lines):
        st.caption(f"The first {len(lines):,} of {len(plan.lines):,} lines, rejected ones first.")


def _readable(lines: list[PlannedLine]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "line": [line.number for line in lines],
            "state": [[COLOURS[line.state][0]] for line in lines],
            "ref": [line.ref or DASH for line in lines],
            "name": [line.name or DASH for line in lines],
            "what": [_what(line) for line in lines],
            "hint": [line.fault.hint if line.fault else "" for line in lines],
        }
    )


def _what(line: PlannedLine) -> str:
    if line.fault:
        at = line.fault.at.rpartition(", ")[2] if isinstance(line.fault, BadInput) else ""
        return f"{at}: {line.fault.message}" if at else line.fault.message
    if line.state == "created":
        return "; ".join(f"{_label(name)} {after}" for name, _, after in line.changes if after)
    parts = (
        f"{_label(name)} {before or DASH} → {after or DASH}" for name, before, after in line.changes
    )
    return "; ".join(parts) or DASH


def _label(name: str) -> str:
    return LABELS.get(name, name).lower()


def _bring_in(person: Person, plan: DirectoryPlan, content: bytes) -> None:
    def act() -> str:
        done = import_directory(the_desk(), person, content, plan.file_name, plan.mark).counts
        # Another key empties the field, so that the file is not offered twice.
        st.session_state[TURN] = st.session_state.get(TURN, 0) + 1
        return (
            f"{plural(done['created'], 'partner')} added, {done['changed']:,} changed, "
            f"{done['unchanged']:,} unchanged, {done['rejected']:,} lines rejected."
        )

    attempt(act)

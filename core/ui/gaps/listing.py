"""All policy gaps as a table: what is overdue first, then by severity."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from core.access.model import Person
from core.desk.gap_views import GapLine, GapList, gap_list
from core.taxonomy import taxonomy
from core.ui import states
from core.ui.case_link import go_to_queue, open_gap
from core.ui.format import plural, relative
from core.ui.gap.gap_words import (
    NOBODY,
    area_words,
    colours,
    linked_filter,
    next_words,
    title_of,
    when_words,
)
from core.ui.gaps.gap_address import clear, is_narrowed, read_ask
from core.ui.gaps.top import top
from core.ui.state import the_desk
from core.ui.tables import Act, click_list

HIGHEST = 900
LATE, IN_TIME = "#c5362c", "#6b7580"  # the words say it, too


def show_list(person: Person) -> None:
    """Read once, then arrange."""
    ask, ignored = read_ask()
    view = gap_list(the_desk(), person, ask)
    top(person, view, ask, ignored)
    if not view.lines:
        nothing(view, is_narrow=is_narrowed(ask))
        return
    st.caption(count_words(view))
    _table(view)


def nothing(view: GapList, *, is_narrow: bool) -> None:
    """Why there is no gap to see, and what would bring one."""
    if is_narrow:
        states.empty("No gap satisfies all of this.", "Take a filter out.")
        st.button("Clear all filters", key="gaps-clear-empty", on_click=clear)
    elif view.total:
        states.empty("No gap is open.", "Closed ones are shown with the switch above.")
    elif view.can_propose:
        hint = "Propose one here, from the queue, or take a candidate that decisions point to."
        states.empty("No gap is filed.", hint)
    else:
        states.empty("No gap is filed.", "An analyst or a policy liaison proposes one.")


def count_words(view: GapList) -> str:
    """How many gaps these are, and their order."""
    late = sum(bool(line.overdue) for line in view.lines)
    told = [plural(view.matching, "gap"), f"{late:,} overdue" if late else "none overdue"]
    if len(view.lines) < view.matching:
        told.append(f"the first {len(view.lines):,} are listed")
    return f"{' · '.join(told)} · the longest overdue first, then by severity; days are of UTC"


def _table(view: GapList) -> None:
    lines = view.lines

    def opened(row: int) -> None:
        open_gap(lines[row].gap.ref)

    def cases(row: int) -> None:
        go_to_queue(linked_filter(lines[row].gap.ref))

    counted = "Linked cases that you may see; click to open them in the queue"
    acts = {
        "ref": Act("Gap", opened, 64, "Click to open the gap", pinned=True),
        "cases": Act("Cases", cases, 56, counted, "right"),
    }
    alt = f"{plural(len(lines), 'gap')}, the longest overdue first"
    click_list(readable(view), "gaps", alt, acts, _columns(view), highest=HIGHEST)


def readable(view: GapList) -> pd.DataFrame:
    """Lines as a person reads them."""
    lines, label = view.lines, taxonomy().label
    return pd.DataFrame(
        {
            "ref": [line.gap.ref for line in lines],
            "title": [title_of(line.gap) for line in lines],
            "due": [[when_words(line, view.today)] for line in lines],
            "next": [next_words(line) for line in lines],
            "severity": [[label("gap_severities", line.gap.severity)] for line in lines],
            "response": [[label("gap_responses", line.gap.response)] for line in lines],
            "done": [[label("gap_implementations", line.gap.implementation)] for line in lines],
            "owner": [line.gap.owner or NOBODY for line in lines],
            "cases": [f"{line.linked:,}" for line in lines],
            "type": [label("gap_types", line.gap.gap_type) for line in lines],
            "clause": [", ".join(line.gap.clauses) for line in lines],
            "area": [area_words(line.gap) for line in lines],
            "target": [_day(line) for line in lines],
            "age": [relative(line.gap.proposed_at, view.at) for line in lines],
        }
    )


def _day(line: GapLine) -> str:
    return f"{line.gap.target_on:%Y-%m-%d}" if line.gap.target_on else ""


def _columns(view: GapList) -> dict[str, Any]:
    column = st.column_config

    def listed(label: str, terms: str, width: int) -> Any:
        labels, colors = colours(terms)
        return column.MultiselectColumn(label, options=labels, color=colors, width=width)

    due = {when_words(line, view.today): LATE if line.overdue else IN_TIME for line in view.lines}
    return {
        "title": column.TextColumn("What goes wrong", width=356),
        "due": column.MultiselectColumn(
            "Due",
            help="The end of the day, UTC, until which the next step is to be done",
            options=list(due),
            color=list(due.values()),
            width=84,
        ),
        "next": column.TextColumn("Next step", width=128),
        "severity": listed("Severity", "gap_severities", 82),
        "response": listed("Response", "gap_responses", 122),
        "done": listed("Implementation", "gap_implementations", 142),
        "owner": column.TextColumn("Owner", width=84),
        "type": column.TextColumn("Type", width=118),
        "clause": column.TextColumn("Clauses", width=90),
        "area": column.TextColumn("Policy areas", width=150),
        "target": column.TextColumn("Target day", width=88),
        "age": column.TextColumn("Proposed", width=96),
    }

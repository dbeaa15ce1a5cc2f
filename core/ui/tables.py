"""Lists whose cells are clicked, and the one of cases: each row in words, the clock due next first."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal

import pandas as pd
import streamlit as st

from core.cases.case import OPEN_LEVEL
from core.clock import to_micros
from core.taxonomy import taxonomy
from core.ui.format import DASH, countdown, duration, micros

ROW_HEIGHT = 30
HEIGHT = 470
FEW_TIMES = 9.95  # from here on a decimal place says nothing
EDGE = 6  # the head is a little higher than a row
# Colour comes with a word in every cell.
STATES: Mapping[str, tuple[str, str]] = {
    "breached": ("Breached", "#c5362c"),
    "at_risk": ("At risk", "#b36b00"),
    "running": ("On time", "#6b7580"),
    "paused": ("Paused", "#6b7580"),
    "none": ("No clock", "#6b7580"),
    "ended": ("Finished", "#6b7580"),
}
READ = (
    *("ref", "state", "owner", "next_clock", "next_due_at", "share_used", "priority", "title"),
    *("restriction", "partner_name", "tier", "abuse_type", "channel", "market", "status"),
    *("assignee", "age_us"),
)
LISTS: Mapping[str, str] = {
    "status": "statuses",
    "channel": "channels",
    "abuse_type": "abuse_types",
    "market": "markets",
    "owner": "owners_of_time",
}


@dataclass(frozen=True, slots=True)
class Act:
    """What stands above a column that is clicked, and what a click does; ``run`` takes the row."""

    label: str
    run: Callable[[int], None]
    width: int
    help: str
    alignment: Literal["left", "right"] = "left"
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Ticks:
    """Rows that a person has ticked, by reference, and what hears of another choice of rows."""

    refs: frozenset[str]
    keep: Callable[[Sequence[int]], None]


def click_list(
    rows: pd.DataFrame,
    key: str,
    alt: str,
    acts: Mapping[str, Act],
    columns: Mapping[str, Any],
    *,
    highest: int = HEIGHT,
    **ticking: Any,
) -> None:
    """A list as high as its rows; ``acts`` are by the columns of ``rows`` whose cells are clicked.

    ``ticking`` goes on to the table; it lets rows be chosen.
    """
    st.dataframe(
        rows,
        key=key,
        **ticking,
        hide_index=True,
        height=min(highest, ROW_HEIGHT * (len(rows) + 1) + EDGE),
        row_height=ROW_HEIGHT,
        alt=alt,
        column_config={
            **columns,
            **{name: _clicked(act, f"{key}-{name}") for name, act in acts.items()},
        },
    )


def _clicked(act: Act, key: str) -> Any:
    return st.column_config.ButtonColumn(
        act.label,
        type="tertiary",
        alignment=act.alignment,
        width=act.width,
        pinned=act.pinned,
        key=key,
        on_click=lambda: act.run(st.session_state[key]["row"]),
        help=act.help,
    )


def case_table(
    rows: pd.DataFrame,
    at: datetime,
    key: str,
    on_open: Callable[[str], None],
    ticks: Ticks | None = None,
) -> None:
    """Rows of the queue; a click on a reference opens that case, and rows can be ticked."""
    refs = list(rows["ref"])
    ticking: dict[str, Any] = {}
    if ticks:
        # Other rows are another list: a tick belongs to a case and never to a place in the list.
        key = f"{key}-{hash(tuple(refs))}"
        ticking = _ticking(refs, key, ticks)
    opened = Act(
        "Case",
        lambda row: on_open(refs[row]),
        78,
        "Click a reference to open the case",
        pinned=True,
    )
    alt = f"{len(rows)} cases in the chosen order"
    shown = readable(rows, to_micros(at))
    click_list(shown, key, alt, {"case": opened}, _columns(), **ticking)


def _ticking(refs: Sequence[str], key: str, ticks: Ticks) -> dict[str, Any]:
    """What a table needs to let rows be ticked, those that are ticked from the beginning."""
    held = [row for row, ref in enumerate(refs) if ref in ticks.refs]
    return {
        "on_select": lambda: ticks.keep(st.session_state[key]["selection"]["rows"]),
        "selection_mode": "multi-row",
        "selection_default": {"selection": {"rows": held}},
    }


def readable(rows: pd.DataFrame, at: int) -> pd.DataFrame:
    """Rows as a person reads them; the title is left out where the person may read none."""
    # Plain lists: a frame this short takes longer to ask for a cell than to show it.
    cells = {name: rows[name].tolist() for name in READ}
    states = [
        state if owner else "ended"
        for state, owner in zip(cells["state"], cells["owner"], strict=True)
    ]
    shown: dict[str, Any] = {
        "case": cells["ref"],
        "state": [[STATES[s][0]] for s in states],
        "due": [
            due_words(*due, at)
            for due in zip(states, cells["next_clock"], cells["next_due_at"], strict=True)
        ],
        "bar": [min(100 * share, 100.0) for share in cells["share_used"]],
        "used": [used_words(share) for share in cells["share_used"]],
        "priority": cells["priority"],
        "status": _labels(cells["status"], LISTS["status"]),
        "owner": _labels(cells["owner"], LISTS["owner"]),
        "assignee": [a or "nobody" for a in cells["assignee"]],
        "age": [duration(age) for age in cells["age_us"]],
        "partner": [
            _partner(*named) for named in zip(cells["partner_name"], cells["tier"], strict=True)
        ],
        "abuse_type": _labels(cells["abuse_type"], LISTS["abuse_type"]),
    }
    if any(cells["title"]):
        shown["title"] = [
            title or _unread(level)
            for title, level in zip(cells["title"], cells["restriction"], strict=True)
        ]
    for column in ("channel", "market"):
        shown[column] = _labels(cells[column], LISTS[column])
    return pd.DataFrame(shown)


def due_words(state: str, clock: str, due_at: int | None, at: int) -> str:
    """The clock that is due next with the time left or over: ``FRT 25 m left``."""
    if state == "paused":
        return "paused"
    if not clock or micros(due_at) is None:
        return DASH
    return f"{taxonomy().clocks[clock]['short']} {countdown(due_at, at)}"


def used_words(share: float) -> str:
    """How much of its target a clock has used: ``45 %``, past due as a multiple: ``136×``."""
    if math.isnan(share):
        return DASH
    if share < 1:
        return f"{int(100 * share)} %"
    return f"{share:.1f}×" if share < FEW_TIMES else f"{share:,.0f}×"


def _unread(level: str) -> str:
    """Why a title does not stand in the row: it is read on the case page, on the record."""
    if level == OPEN_LEVEL:
        return DASH
    return f"{taxonomy().label('restriction_levels', level)}: open the case to read it"


def _partner(name: str, tier: str) -> str:
    if not name:
        return DASH
    return f"{tier} · {name}" if tier else name


def _labels(values: list[str], terms: str) -> list[str]:
    labels = {v: taxonomy().label(terms, v) or DASH for v in set(values)}
    return [labels[v] for v in values]


@cache
def _columns() -> dict[str, Any]:
    column = st.column_config
    return {
        "state": column.MultiselectColumn(
            "Clock",
            options=[label for label, _ in STATES.values()],
            color=[colour for _, colour in STATES.values()],
            width=84,
        ),
        "due": column.TextColumn("Due next", alignment="right", width=132),
        "bar": column.ProgressColumn(
            "Target",
            help="Share of the target that the clock due next has used; full when it is used up",
            min_value=0,
            max_value=100,
            format=" ",
            width=50,
        ),
        "used": column.TextColumn(
            "used", help="The same share in figures; 3× is as long as three targets", width=50
        ),
        "priority": column.TextColumn("Prio", width=40),
        "status": column.TextColumn("Status", width=128),
        "owner": column.TextColumn("Time owner", help="Whose turn it is now", width=80),
        "assignee": column.TextColumn("Assignee", width=108),
        "age": column.TextColumn("Age", alignment="right", width=72),
        "partner": column.TextColumn("Tier · partner", width=132),
        "abuse_type": column.TextColumn("Type", width=128),
        "title": column.TextColumn("Title", width=300),
        "channel": column.TextColumn("Channel", width=150),
        "market": column.TextColumn("Market", width=110),
    }

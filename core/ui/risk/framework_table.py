"""The decision table as a person reads it: every row, its words, its checks, what decides how much."""

from __future__ import annotations

from functools import lru_cache
from itertools import product

import pandas as pd
import streamlit as st

from core.risk.framework_files import Inspection, inspect_table
from core.risk.framework_model import FrameworkTable, Point
from core.risk.framework_ranges import flip_shares, row_counts
from core.risk.framework_vector import HASH_LENGTH
from core.ui.format import count, escape, share
from core.ui.risk.framework_marks import icon_of


def show(table: FrameworkTable) -> None:
    """The rows, what can be said about all of them, and the words."""
    with st.container(border=True, gap="xsmall"):
        _rows(table)
    verdicts, checks = st.columns(2, gap="small")
    with verdicts, st.container(border=True, gap="xsmall", height="stretch"):
        _verdicts(table)
    with checks, st.container(border=True, gap="xsmall", height="stretch"):
        _checks(table)
    with st.container(border=True, gap="xsmall"):
        _words(table)


def _rows(table: FrameworkTable) -> None:
    first, second, inside, across = table.points
    st.markdown(f"**The table: {count(len(table.cells))} rows**")
    st.caption(
        f"Rows {first.words} and {second.words}, columns {across.words}; in a cell, one verdict "
        f"for all, or one each for {inside.words} {' → '.join(x.words for x in inside.levels)}."
    )
    places = list(product(range(len(first.levels)), range(len(second.levels))))
    columns = {
        level.words: [_cell(table, row, number, inside) for row in places]
        for number, level in enumerate(across.levels)
    }
    frame = pd.DataFrame(
        {
            first.words.capitalize(): [first.levels[a].words for a, _ in places],
            second.words.capitalize(): [second.levels[b].words for _, b in places],
            **columns,
        }
    )
    st.dataframe(
        frame,
        hide_index=True,
        height="content",
        row_height=28,
        key="framework-rows",
        alt=f"Every row of {table.name} {table.version} with its verdict",
        column_config={
            first.words.capitalize(): st.column_config.TextColumn(width=74),
            second.words.capitalize(): st.column_config.TextColumn(width=88),
        },
    )


def _cell(table: FrameworkTable, row: tuple[int, int], last: int, inside: Point) -> str:
    ranks = [table.rank_at((*row, step, last)) for step in range(len(inside.levels))]
    words = [table.verdicts[rank].key for rank in ranks]
    return words[0] if len(set(words)) == 1 else " → ".join(words)


def _verdicts(table: FrameworkTable) -> None:
    st.markdown("**Verdicts**")
    total = len(table.cells)
    for rank, (key, rows) in enumerate(row_counts(table).items()):
        meaning = table.verdicts[rank].meaning
        st.markdown(
            f"{icon_of(rank)} **{key}** · {count(rows)} of {count(total)} rows "
            f"({share(rows / total)})  \n{escape(meaning)}"
        )
    _flips(table)


def _checks(table: FrameworkTable) -> None:
    found = _inspected(table.version, table.content_hash)
    good = sum(check.holds for check in found.checks)
    st.markdown(f"**Checks: {good} of {len(found.checks)} hold**")
    for check in found.checks:
        icon = ":material/check_circle:" if check.holds else ":material/error:"
        faults = f" · {len(check.faults)} faults" if check.faults else ""
        st.markdown(f"{icon} {escape(check.claim)} · {count(check.count)} looked at{faults}")
        for fault in check.faults[:3]:
            st.caption(escape(f"{fault.at}: {fault.message}"))
    st.caption(
        f"Version {table.version}, decided on {table.decided_on}, content "
        f"`{table.content_hash[:HASH_LENGTH]}`. A published version is never edited."
    )


def _flips(table: FrameworkTable) -> None:
    flips = flip_shares(table)
    st.markdown("**How often a point decides**")
    st.dataframe(
        pd.DataFrame(
            {
                "Point": [table.point(key).words for key in flips],
                "Flips": [f"{one.flip_count} of {one.move_count}" for one in flips.values()],
                "Share": [share(one.share) for one in flips.values()],
            }
        ),
        hide_index=True,
        height="content",
        row_height=28,
        key="framework-flips",
        alt="Of all moves of a point by one level, how many change the verdict",
        column_config={
            "Flips": st.column_config.TextColumn(
                help="Of all moves of the point by one level, how many change the verdict",
                alignment="right",
            ),
            "Share": st.column_config.TextColumn(alignment="right"),
        },
    )


@lru_cache(maxsize=4)
def _inspected(version: str, _content_hash: str) -> Inspection:
    """The checks of the version in use, run once per process: its rows are held as long."""
    return inspect_table(version)


def _words(table: FrameworkTable) -> None:
    st.markdown("**What the words mean**")
    columns = st.columns(2, gap="medium")
    for number, point in enumerate(table.all_points):
        with columns[number % 2]:
            is_beside = point in table.beside
            note = " (beside the verdict)" if is_beside else ""
            st.markdown(f"**{point.words.capitalize()}**{note}: {escape(point.question)}")
            lines = (f"- {x.words} `{x.code}`: {escape(x.meaning)}" for x in point.levels)
            st.markdown("\n".join(lines))
    st.caption(escape(table.rationale))
    st.caption(escape(f"Source: {table.source}"))

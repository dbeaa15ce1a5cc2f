"""The steps of an import on the screen: look at the file, settle the mapping, try it, bring it in."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from zoneinfo import available_timezones

import pandas as pd
import streamlit as st

from core.desk.imports import ImportPreview, ImportResult
from core.intake.mapping import UNDECIDED
from core.intake.mapping_files import READY_DIR, read_mapping, ready_names
from core.ui.address import seed
from core.ui.format import plural
from core.ui.mapping_text import (
    Question,
    answered,
    becomes,
    doubts,
    open_questions,
    with_zone,
    zone_of,
)
from core.ui.rows_told import refused_rows, row_tiles

TEXT = "import-mapping"
ZONE = "import-zone"
PROPOSAL = "proposal"
ROWS_AT_ONCE = 5
COLUMNS_AT_ONCE = 12
MANUAL = "docs/mapping.md"
CODES = {
    "%d": "day",
    "%m": "month",
    "%Y": "year",
    "%y": "year",
    "%H": "hour",
    "%I": "hour",
    "%M": "minute",
    "%S": "second",
    "%f": "fraction",
    "%p": "am/pm",
    "%b": "month name",
    "%B": "month name",
    "%z": "zone",
}
Progress = Callable[[float, str], None]


def look(seen: ImportPreview, name: str) -> None:
    """What the file is and its first rows."""
    found = seen.found
    ways = [found.format.upper(), found.container, found.encoding, found.sheet]
    st.caption(
        f"{plural(len(seen.columns), 'column')} · {' · '.join(w for w in ways if w)} · "
        f"first {plural(len(seen.rows), 'row')} with their line"
    )
    st.dataframe(
        seen.rows,
        height="content" if len(seen.rows) <= ROWS_AT_ONCE else 210,
        key="import-rows",
        alt=f"First rows of {name}",
    )
    told = [
        f"'{c}' reads {plain_form(form)}" for c, form in seen.moments.items() if form != UNDECIDED
    ]
    if told:
        st.text(f"Dates and times: {'; '.join(told)}.")


def settle_mapping(seen: ImportPreview, path: Path) -> str:
    """Choose a ready mapping or the proposal, answer its questions, edit it; gives its text."""
    start = seen.fits or PROPOSAL
    if st.session_state.get("import-file") != str(path):
        st.session_state["import-file"] = str(path)
        st.session_state["import-from"] = start
        st.session_state[TEXT] = _text_of(start, seen)
    st.selectbox(
        "Mapping",
        [PROPOSAL, *ready_names()],
        format_func=lambda n: _name_of(n, seen.fits),
        key="import-from",
        on_change=_restart,
        args=(seen,),
        width=420,
    )
    for number, question in enumerate(open_questions(st.session_state[TEXT], seen.columns)):
        _ask(number, question)
    for doubt in doubts(st.session_state[TEXT]):
        # As plain text: the doubt quotes the file.
        with st.container(horizontal=True, gap="xsmall", wrap=False):
            st.markdown(":orange[:material/help:]", width="content")
            st.text(doubt, width="stretch")
    _ask_zone()
    with st.expander("What each column becomes", expanded=False, key="import-columns-open"):
        _columns_told(seen)
    with st.expander("Mapping in full, to be edited", expanded=False, key="import-mapping-open"):
        st.caption(f"YAML; what it may say stands in {MANUAL}.")
        st.text_area("Mapping (YAML)", key=TEXT, height=420, label_visibility="collapsed")
    return str(st.session_state[TEXT])


def _ask_zone() -> None:
    zone = zone_of(st.session_state[TEXT])
    if not zone:
        return
    seed(ZONE, zone)
    st.selectbox(
        "Time zone of times that state none",
        sorted({zone, *available_timezones()}),
        key=ZONE,
        on_change=_choose_zone,
        width=420,
    )


def _choose_zone() -> None:
    st.session_state[TEXT] = with_zone(st.session_state[TEXT], st.session_state[ZONE])


def still_asked(seen: ImportPreview) -> int:
    """How many questions wait for their answer; until then nothing can be tried."""
    return len(open_questions(st.session_state[TEXT], seen.columns))


def _columns_told(seen: ImportPreview) -> None:
    told = becomes(st.session_state[TEXT], seen.columns)
    st.dataframe(
        pd.DataFrame({"Column of the file": list(told), "Becomes": list(told.values())}),
        hide_index=True,
        height="content" if len(told) <= COLUMNS_AT_ONCE else 360,
        key="import-columns",
        alt="Each column of the file and what it becomes",
    )


def plain_form(text: str) -> str:
    """Codes of a date form as words: ``%d/%m/%Y`` becomes day/month/year."""
    if text == "iso":
        return "year-month-day"
    for code, word in CODES.items():
        text = text.replace(code, word)
    return text


def _name_of(name: str, fits: str) -> str:
    if name == PROPOSAL:
        return "Proposed from this file"
    told = str(read_mapping(name).about or name)
    return f"{told} – fits this file" if name == fits else told


def _text_of(name: str, seen: ImportPreview) -> str:
    if name == PROPOSAL:
        return seen.suggestion
    return (READY_DIR / f"{name}.yaml").read_text(encoding="utf-8")


def _restart(seen: ImportPreview) -> None:
    st.session_state[TEXT] = _text_of(st.session_state["import-from"], seen)


def _ask(number: int, question: Question) -> None:
    with st.container(border=True, key=f"import-question-{number}", gap="xsmall"):
        # As plain text: the question quotes the file.
        st.text(plain_form(question.words))
        if question.kind == "confirm":
            st.button(
                "Yes, that is right",
                key=f"import-yes-{number}",
                on_click=partial(_answer, question, ""),
            )
            return
        key = f"import-answer-{number}-{question.words}"
        seed(key, None)
        st.selectbox(
            "Answer",
            question.options,
            index=None,
            format_func=plain_form,
            key=key,
            placeholder="Choose",
            label_visibility="collapsed",
            width=320,
            on_change=lambda: _answer(question, st.session_state[key]),
        )


def _answer(question: Question, answer: str) -> None:
    if answer or question.kind == "confirm":
        st.session_state[TEXT] = answered(st.session_state[TEXT], question, answer)


def buttons(result: ImportResult | None, asked: int) -> tuple[bool, bool]:
    """Try it and bring it in, in this order; gives which of the two was clicked."""
    if asked:
        words = "the question" if asked == 1 else f"the {asked} questions"
        st.caption(f"Answer {words} above, then try the file in a dry run.")
    with st.container(horizontal=True, gap="small"):
        wants_try = st.button(
            "Dry run",
            icon=":material/science:",
            disabled=asked > 0,
            help="Checks every row and writes nothing",
            key="dry-run",
        )
        wants_all = st.button(
            f"Import {plural(result.count.read - result.count.rejected, 'row')}"
            if result and result.dry_run
            else "Import",
            type="primary",
            icon=":material/upload:",
            disabled=not (result and result.dry_run),
            help="After a dry run",
            key="commit",
        )
    return wants_try, wants_all


def outcome(result: ImportResult) -> None:
    """Every row accounted for, what it came to in cases, and the rows that were refused."""
    rows = result.count
    cells = {
        "Read": rows.read,
        "Accepted": rows.accepted,
        "Updated": rows.updated,
        "Unchanged": rows.unchanged,
        "Rejected": rows.rejected,
    }
    row_tiles(cells)
    would = "would be " if result.dry_run else ""
    st.caption(
        "Rows read = accepted + updated + unchanged + rejected. "
        f"{plural(rows.cases_created, 'case')} {would}created, "
        f"{plural(rows.cases_updated, 'case')} {would}updated."
    )
    for note in result.notes:
        st.text(note)
    refused_rows(result.rejects, rows.rejected, "import-rejects")


def progress_bar() -> tuple[Progress, Callable[[], object]]:
    """A bar that an import moves, and the way to take it away."""
    bar = st.progress(0.0, text="Starting …")
    return (lambda share, what: _move(bar, share, what)), bar.empty


def _move(bar: st.delta_generator.DeltaGenerator, share: float, what: str) -> None:
    bar.progress(min(max(share, 0.0), 1.0), text=what)

"""The heatmap as a file: its data, or its picture; asked for, checked and recorded when clicked."""

from __future__ import annotations

import textwrap
from functools import partial

import streamlit as st

from core.access.model import Person
from core.access.rules import why_not
from core.cases.filter import CaseFilter
from core.charts.heat_picture import heat_svg
from core.desk.heat_export import Form, heatmap_csv, take_heatmap
from core.desk.risk import HeatmapView
from core.ui.risk.heat_drawing import drawn, scale_of
from core.ui.risk.heat_words import legend, title
from core.ui.state import the_desk

LINE = 110
MIMES: dict[Form, str] = {"csv": "text/csv", "svg": "image/svg+xml"}
NAMES: dict[Form, str] = {"csv": "Data (CSV)", "svg": "Picture (SVG)"}


def downloads(person: Person, case_filter: CaseFilter, view: HeatmapView) -> None:
    """One button for each form, for those who may take cases out."""
    if why_not(person, "case.export"):
        return
    inside = st.popover("Download", type="tertiary", key="heat-downloads", on_change="rerun")
    if not inside.open:
        return
    with inside:
        st.caption("Each download is recorded in the audit.")
        for form, name in NAMES.items():
            st.download_button(
                name,
                data=partial(_file, person, case_filter, view, form),
                file_name=f"heatmap-{view.ask.rows}-{view.ask.columns}.{form}",
                mime=MIMES[form],
                icon=":material/download:",
                on_click="ignore",
                key=f"heat-{form}",
            )


def _file(person: Person, case_filter: CaseFilter, shown: HeatmapView, form: Form) -> bytes:
    view = take_heatmap(the_desk(), person, case_filter, shown.ask, shown.zone, form)
    if form == "csv":
        return heatmap_csv(view).encode("utf-8-sig")
    notes = textwrap.wrap(legend(view), LINE)
    return heat_svg(drawn(view), scale_of(view), title(view), notes).encode()

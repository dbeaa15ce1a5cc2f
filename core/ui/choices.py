"""What stands inside the popovers of the filter: values with live counts, flags, lengths, dates.

No click may be lost while counts change. Streamlit tells a box and a button by its key, but a
choice out of a list by its label; so short lists are boxes, and a label that the browser chose
before its count changed is looked up by its name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from core.cases.filter import DATES, DIMENSIONS, CaseFilter, Flag
from core.cases.model import Facets, FacetValue
from core.taxonomy import taxonomy
from core.ui import words
from core.ui.address import change, clicked_filter, seed
from core.ui.format import duration, escape

FIRST_LINE = ("priority", "status", "owner", "abuse_type", "channel", "market", "partner")
DATES_AND_FLAGS = "Flags and dates"
REST: Mapping[str, tuple[str, ...]] = {
    DATES_AND_FLAGS: (),
    "Who": ("assignee", "team", "requester_kind", "tier", "partner_category"),
    "What": ("abuse_family", "clause", "platform", "surface", "source_type"),
    "Where": ("region", "language", "calendar", "restriction"),
    "Clocks": ("next_clock", "sla_frt", "sla_nrt", "sla_upd", "sla_ttr"),
    "Decision": ("outcome", "overturn_reason", "enforcement_action"),
}
TAB = "rest-tab"
MOST_BOXES = 18  # more values than these are looked up by typing
# Offered lengths in minutes; any other length can stand in the address.
DUE_CHOICES = (30, 60, 120, 240, 480, 1440)
AGE_CHOICES = (240, 1440, 4320, 10080, 20160, 43200)
BETWEEN = " · "  # a value and the number of its cases


def choice(
    dimension: str, case_filter: CaseFilter, facets: Facets, *, in_row: bool = False
) -> None:
    """Several values of one dimension, each with the cases it would show."""
    found = {f.value: f for f in facets.dimensions.get(dimension, ())}
    chosen = case_filter.values(dimension)
    options = _options(dimension, found, chosen)
    title = words.DIMENSION_LABELS[dimension]
    if not options:
        st.caption(f"{title}: no case has a value here.")
        return
    labels = {v: _label(dimension, v, found.get(v)) for v in options}
    if len(options) > MOST_BOXES:
        _search(dimension, labels, chosen)
        return
    st.markdown(f"**{title}**")
    boxes(dimension, labels, chosen, in_row=in_row)


def boxes(
    part: str, labels: Mapping[str, str], chosen: Sequence[str], *, in_row: bool = False
) -> None:
    """One box for each value of a part of the filter."""
    with st.container(key=f"filter-{part}", horizontal=in_row, gap="xsmall"):
        for value, label in labels.items():
            key = f"filter-{part}-{value}"
            seed(key, value in chosen)
            st.checkbox(
                escape(label), value in chosen, key=key, on_change=_tick, args=(part, value, key)
            )


def rest(case_filter: CaseFilter, facets: Facets, zone: str) -> None:
    """Everything that has no place on the line, one tab at a time."""
    for title, tab in zip(REST, st.tabs(list(REST), key=TAB, on_change="rerun"), strict=True):
        if not tab.open:
            continue
        with tab:
            if title == DATES_AND_FLAGS:
                _flags(case_filter, facets)
                _lengths(case_filter)
                _dates(case_filter, zone)
            for dimension in REST[title]:
                choice(dimension, case_filter, facets, in_row=True)


def value_of(text: str, labels: Mapping[str, str]) -> str | None:
    """The value that a label means, also one whose count has changed since it was shown."""
    names = {label.rpartition(BETWEEN)[0]: value for value, label in labels.items()}
    return text if text in labels else names.get(text.rpartition(BETWEEN)[0])


def _label(dimension: str, value: str, facet: FacetValue | None) -> str:
    name = facet.label if facet and facet.label else words.value_label(dimension, value)
    return f"{name}{BETWEEN}{facet.count if facet else 0:,}"


def _search(dimension: str, labels: Mapping[str, str], chosen: Sequence[str]) -> None:
    key = f"filter-{dimension}"
    picked = [v for v in labels if v in chosen]
    seed(key, picked)
    st.multiselect(
        words.DIMENSION_LABELS[dimension],
        list(labels),
        picked,
        format_func=lambda value: labels.get(value, value),
        key=key,
        placeholder=f"Choose among {len(labels)} values",
        on_change=_take_many,
        args=(dimension, key, labels),
    )


def _options(dimension: str, found: Mapping[str, FacetValue], chosen: tuple[str, ...]) -> list[str]:
    """Values with cases and chosen ones: in the order of the list, or by number of cases."""
    present = {v for v, facet in found.items() if facet.count} | set(chosen)
    source = DIMENSIONS[dimension]
    if source and len(present) <= MOST_BOXES:
        order = [*taxonomy().terms(source), ""]
        return [v for v in order if v in present]
    return sorted(present, key=lambda v: (-found[v].count if v in found else 0, v))


def _flags(case_filter: CaseFilter, facets: Facets) -> None:
    st.markdown("**Only cases that are**", help="A case must have every flag that is chosen")
    labels = {f: f"{words.FLAG_LABELS[f]}{BETWEEN}{facets.flags.get(f, 0):,}" for f in Flag}
    boxes("flags", {f.value: label for f, label in labels.items()}, case_filter.flags, in_row=True)


def _lengths(case_filter: CaseFilter) -> None:
    columns = st.columns(len(words.MINUTE_LABELS))
    for column, (part, label) in zip(columns, words.MINUTE_LABELS.items(), strict=True):
        chosen = getattr(case_filter, part)
        offered = DUE_CHOICES if part == "due_within" else AGE_CHOICES
        seed(f"filter-{part}", chosen)
        column.selectbox(
            label,
            sorted({*offered, *([] if chosen is None else [chosen])}),
            index=None,
            format_func=lambda minutes: duration(minutes * words.MINUTE),
            key=f"filter-{part}",
            placeholder="any",
            on_change=_take_length,
            args=(part, f"filter-{part}"),
        )


def _dates(case_filter: CaseFilter, zone: str) -> None:
    zone = case_filter.zone if case_filter.has_dates else zone
    columns = st.columns(2)
    for position, part in enumerate(DATES):
        seed(f"filter-{part}", getattr(case_filter, part))
        columns[position % 2].date_input(
            words.DATE_LABELS[part],
            value=None,
            key=f"filter-{part}",
            format="YYYY-MM-DD",
            on_change=_take_date,
            args=(part, f"filter-{part}", zone),
        )
    st.caption(f"Both days belong to the range; days of {zone}.")


def _tick(part: str, value: str, key: str) -> None:
    """Put one value into a part of the filter or take it out; the others stay as they are."""
    chosen = [v for v in getattr(clicked_filter(), part) if v != value]
    change(**{part: tuple([*chosen, value] if st.session_state[key] else chosen)})


def _take_many(part: str, key: str, labels: Mapping[str, str]) -> None:
    """Bring the values of a long list into the address."""
    found = (value_of(text, labels) for text in st.session_state[key])
    chosen = tuple(dict.fromkeys(v for v in found if v is not None))
    if set(chosen) != set(clicked_filter().values(part)):  # else only a count has changed
        change(**{part: chosen})


def _take_length(part: str, key: str) -> None:
    """Bring a length in minutes, or none, into the address."""
    change(**{part: st.session_state[key]})


def _take_date(part: str, key: str, zone: str) -> None:
    """Bring a day into the address, and the zone that it is a day of."""
    change(**{part: st.session_state[key], "zone": zone})

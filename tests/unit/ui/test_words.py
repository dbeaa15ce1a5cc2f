"""Every part of the filter has a name on the screen, and chips say what they narrow to."""

from __future__ import annotations

from datetime import date

from core.cases.filter import DATES, DIMENSIONS, MINUTES, CaseFilter, Flag, Segment, Sort, Whose
from core.cases.model import Facets, FacetValue
from core.ui import choices, filters, words
from core.ui.style import STYLE


def test_every_part_of_the_filter_has_a_label() -> None:
    assert set(words.DIMENSION_LABELS) == set(DIMENSIONS)
    assert set(words.SEGMENT_LABELS) == set(Segment)
    assert set(words.SORT_LABELS) == set(Sort)
    assert set(words.FLAG_LABELS) == set(Flag)
    assert set(words.WHOSE_LABELS) == set(Whose)
    assert set(words.DATE_LABELS) == {*DATES, "health_on"}
    assert set(words.MINUTE_LABELS) == set(MINUTES)


def test_every_dimension_can_be_chosen_somewhere_and_only_once() -> None:
    offered = [*choices.FIRST_LINE, *(d for group in choices.REST.values() for d in group)]
    assert sorted(offered) == sorted(DIMENSIONS)


def test_a_chip_says_what_its_part_narrows_to() -> None:
    chosen = CaseFilter(
        priority=("P0", "P1"),
        market=("NA", ""),
        flags=(Flag.UNASSIGNED,),
        due_within=125,
        received_from=date(2026, 3, 1),
        zone="Europe/Berlin",
        cases=("E-000001", "E-000002"),
    )
    labels = {part: words.chip_label(chosen, part) for part in words.chip_parts(chosen)}
    assert labels == {
        "priority": "Priority: P0 imminent harm, P1 severe",
        "market": "Market: Namibia, – unknown",
        "flags": "Unassigned",
        "due_within": "Due within: 2 h 05 m",
        "received_from": "Received from: 2026-03-01 (Europe/Berlin)",
        "cases": "2 named cases",
    }


def test_segment_sort_and_text_need_no_chip_because_their_widgets_show_them() -> None:
    shown = CaseFilter(segment=Segment.ALL, sort=Sort.AGE, text="page")
    assert words.chip_parts(shown) == []


def test_long_lists_are_told_as_their_number_and_references_by_name() -> None:
    facets = Facets({"partner": (FacetValue("P-0001", 3, "Nordlicht"),)}, {}, {})
    names = words.names_of(facets)
    one = CaseFilter(partner=("P-0001",))
    many = CaseFilter(channel=("chat", "phone", "regulator", "press_office"))
    assert words.chip_label(one, "partner", names) == "Partner: Nordlicht"
    assert words.chip_label(many, "channel") == "Channel: 4 values"


def test_a_label_means_its_value_also_when_its_count_has_changed_since() -> None:
    labels = {"DE": "Germany · 1,240", "FR": "France · 7", "": "– unknown · 2"}
    assert choices.value_of("DE", labels) == "DE"
    assert choices.value_of("Germany · 1,234", labels) == "DE"
    assert choices.value_of("– unknown · 3", labels) == ""
    assert choices.value_of("Spain · 1", labels) is None


def test_the_style_sheet_marks_the_popover_of_every_active_part() -> None:
    rules = STYLE.read_text(encoding="utf-8")
    for part in (*choices.FIRST_LINE, "rest"):
        assert f".st-key-pop-{part} button" in rules
    for dimension in choices.FIRST_LINE:
        assert f":has(.st-key-{filters.chip_key(dimension)})" in rules
    assert filters.chip_key("tier") == "chip-rest-tier"
    assert filters.chip_key("whose") == "chip-whose"


def test_a_chip_says_which_cases_an_input_of_health_counts() -> None:
    chosen = CaseFilter(health="csat.hits", health_on=date(2026, 3, 1), zone="Europe/Berlin")
    assert words.chip_label(chosen, "health") == "CSAT: satisfied"
    assert words.chip_label(chosen, "health_on") == "Health of: 2026-03-01 (UTC)"
    assert words.chip_label(CaseFilter(health="csat"), "health") == "CSAT: rated"
    assert words.health_label("open_gaps") == "Unresolved gaps: counted"
    back, ignored = CaseFilter.from_params(chosen.to_params())
    assert (back.health, back.health_on, ignored) == ("csat.hits", date(2026, 3, 1), [])
    _, ignored = CaseFilter.from_params({"health": "mood"})
    assert ignored

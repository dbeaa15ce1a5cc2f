"""A mapping says exactly what is wrong with it, and reads texts as they stand."""

from __future__ import annotations

import pytest

from core.errors import BadInput
from core.intake.mapping import Mapping
from core.intake.mapping_files import (
    check_columns,
    fitting,
    parse_mapping,
    read_mapping,
    ready_names,
)
from tests.support.exports import CFPB_COLUMNS, TICKET_MAPPING


@pytest.mark.parametrize("name", ready_names())
def test_the_ready_mappings_are_usable(name: str) -> None:
    assert read_mapping(name).name == name


def test_the_template_is_usable_once_its_questions_are_answered() -> None:
    with pytest.raises(BadInput, match="questions"):
        parse_mapping(read_template())


def read_template() -> str:
    from core.intake.mapping_files import READY_DIR  # noqa: PLC0415

    return (READY_DIR / "template.yaml").read_text(encoding="utf-8")


def test_words_that_yaml_would_turn_into_something_else_stay_words() -> None:
    text = TICKET_MAPPING + "null_marks: [No, NA, null, 1]\n"
    assert parse_mapping(text).null_marks == ("No", "NA", "null", "1")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("shape: case_per_row", "shape: event_log"), "events.at"),
        (("received_at: opened\n", ""), "received_at"),
        (("high: P1", "high: P9"), "'P9' is not in the list"),
        (("solved: resolved,", "solved: done,"), "'done' is not a status"),
        (("moments: {first", "moments: {frst"), "moments.frst_response: unknown meaning"),
        (("  title: subject", "  titel: subject"), "fields.titel: no such field"),
        (('["%d.%m.%Y %H:%M"]', "ask"), "say how opened is written"),
        (("{column: id}", "{column: id, hash_of: [id]}"), "either one column or"),
        (
            ("channel: {constant: partner_email}", "channel: {column: a, constant: b}"),
            "exactly one",
        ),
        (("name: tickets", "nmae: tickets"), "nmae"),
        (("name: tickets", "name: tickets\nquestions: [Which]"), "questions: Which"),
    ],
)
def test_a_faulty_mapping_is_refused_with_the_place(change: tuple[str, str], told: str) -> None:
    text = TICKET_MAPPING.replace(*change)
    assert text != TICKET_MAPPING
    with pytest.raises(BadInput) as refusal:
        parse_mapping(text, at="map.yaml")
    assert told in refusal.value.message
    assert refusal.value.at == "map.yaml"


def test_text_that_is_no_yaml_names_the_line() -> None:
    with pytest.raises(BadInput) as refusal:
        parse_mapping("name: a\nfields: [\n", at="map.yaml")
    assert refusal.value.at.startswith("map.yaml, line")


def test_a_missing_column_names_the_one_that_looks_alike() -> None:
    with pytest.raises(BadInput, match=r"'prio' .*perhaps 'Prio'"):
        check_columns(tickets(), ("id", "opened", "answered", "solved", "state", "Prio"), "f.csv")


def tickets() -> Mapping:
    return parse_mapping(TICKET_MAPPING)


def test_a_ready_mapping_is_recognised_by_the_columns_of_a_file() -> None:
    assert fitting(tuple(CFPB_COLUMNS.split(","))) == "cfpb"
    assert fitting(("id", "name")) == ""


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(BadInput) as refusal:
        read_mapping("nowhere.yaml")
    assert "servicenow" in refusal.value.hint

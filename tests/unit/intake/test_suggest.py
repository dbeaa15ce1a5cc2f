"""A proposal fits the file it was made from, says how sure it is, and asks what the file cannot tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import BadInput
from core.intake.mapping import FileRule, Mapping
from core.intake.mapping_files import parse_mapping
from core.intake.proposal import as_yaml, quoted
from core.intake.suggest import meaning_of, propose
from core.intake.tables import open_table
from core.settings import Settings
from tests.support.exports import (
    CFPB_COLUMNS,
    CFPB_ROWS,
    HELPDESK_COLUMNS,
    HELPDESK_ROWS,
    SERVICENOW_COLUMNS,
    SERVICENOW_ROWS,
    as_csv,
    write,
)


def proposed(folder: Path, text: str) -> str:
    path = write(folder, "export.csv", text)
    with open_table(path, FileRule(), Settings(local_dir=folder)) as table:
        return as_yaml(propose(table))


def mapping_of(folder: Path, text: str) -> Mapping:
    return parse_mapping(proposed(folder, text))


def test_an_update_log_is_recognised(tmp_path: Path) -> None:
    text = as_csv(SERVICENOW_COLUMNS, SERVICENOW_ROWS).replace(",5/3/2016", ",25/3/2016")
    mapping = mapping_of(tmp_path, text)
    assert mapping.shape == "event_log"
    assert mapping.identity.column == "number"
    assert mapping.null_marks == ("", "?")
    assert mapping.times.of("sys_updated_at") == ("%d/%m/%Y %H:%M",)
    assert mapping.moments == {"resolved": "resolved_at", "closed": "closed_at"}
    assert mapping.status is not None
    assert mapping.status.values["Awaiting User Info"] == "awaiting_requester"
    assert mapping.fields["priority"].values["2 - High"] == "P1"


def test_an_activity_log_is_recognised(tmp_path: Path) -> None:
    mapping = mapping_of(tmp_path, as_csv(HELPDESK_COLUMNS, HELPDESK_ROWS))
    assert mapping.shape == "event_log"
    assert mapping.identity.column == "case:concept:name"
    assert mapping.events is not None
    assert mapping.events.at == "time:timestamp"
    assert mapping.events.activities is not None
    assert mapping.events.activities.values["Resolve ticket"] == ("resolved",)


def test_a_question_tells_what_other_columns_say(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"resolved_at.*other columns are day first"):
        mapping_of(tmp_path, as_csv(SERVICENOW_COLUMNS, SERVICENOW_ROWS))


def test_a_file_without_an_id_is_asked_about(tmp_path: Path) -> None:
    text = proposed(tmp_path, as_csv(CFPB_COLUMNS, CFPB_ROWS))
    assert "--mapping cfpb" in text
    with pytest.raises(BadInput, match="No column identifies a case"):
        parse_mapping(text)


def test_an_undecidable_order_is_asked_about_and_stops_the_import(tmp_path: Path) -> None:
    text = proposed(tmp_path, "id,created_at\n1,3/4/2024\n2,5/6/2024\n")
    with pytest.raises(BadInput) as refusal:
        parse_mapping(text)
    assert "Is '3/4/2024' in column 'created_at' %d/%m/%Y or %m/%d/%Y?" in refusal.value.message
    assert "say how created_at is written" in refusal.value.message


def test_one_value_beyond_twelve_settles_the_order(tmp_path: Path) -> None:
    mapping = mapping_of(tmp_path, "id,created_at\n1,3/4/2024\n2,5/16/2024\n")
    assert mapping.times.of("created_at") == ("%m/%d/%Y",)


def test_a_doubtful_encoding_becomes_a_question(tmp_path: Path) -> None:
    path = write(tmp_path, "f.csv", "id,created_at,name\n1,2024-01-01,Łódź\n".encode("cp1250"))
    rule = FileRule(encoding="guess")
    with open_table(path, rule, Settings(local_dir=tmp_path)) as table:
        text = as_yaml(propose(table))
    with pytest.raises(BadInput, match="Is the text cp"):
        parse_mapping(text)


def test_seconds_since_1970_are_moments_where_the_name_says_so(tmp_path: Path) -> None:
    mapping = mapping_of(tmp_path, "id,created_at\n1700000001,1709288100\n1700000002,1709288101\n")
    assert mapping.times.of("created_at") == ("epoch_s",)
    assert mapping.identity.column == "id"


def test_every_choice_carries_its_confidence(tmp_path: Path) -> None:
    text = proposed(tmp_path, "id,created_at,severity\n1,2024-01-01,High\n2,2024-01-02,Odd\n")
    assert "received_at: created_at  # confidence 0.9" in text
    assert 'Odd: ""  # DOUBT: meaning not known' in text


def test_meanings_are_found_by_value_label_and_usual_words() -> None:
    assert meaning_of("status", "Waiting for customer") == "awaiting_requester"
    assert meaning_of("status", "In Progress") == "in_progress"
    assert meaning_of("priority", "urgent") == "P1"
    assert meaning_of("market", "Namibia") == "NA"
    assert meaning_of("market", "Atlantis") == ""


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain", "plain"),
        ("no", '"no"'),
        ("", '""'),
        ("a: b", '"a: b"'),
        ("é", '"é"'),
        ("1", '"1"'),
    ],
)
def test_texts_are_quoted_where_yaml_would_misread_them(text: str, written: str) -> None:
    assert quoted(text) == written

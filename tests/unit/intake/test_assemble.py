"""Small imitations of real exports become the cases and events that the sources mean."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.intake.mapping import Mapping
from core.intake.mapping_files import parse_mapping, read_mapping
from core.intake.pipeline import open_intake
from core.intake.staging import Staging
from core.settings import Settings
from tests.support.exports import (
    CFPB_COLUMNS,
    CFPB_ROWS,
    HELPDESK_COLUMNS,
    HELPDESK_ROWS,
    SERVICENOW_COLUMNS,
    SERVICENOW_ROWS,
    TICKET_COLUMNS,
    TICKET_MAPPING,
    TICKET_ROWS,
    as_csv,
    at,
    write,
)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SERVICENOW = as_csv(SERVICENOW_COLUMNS, SERVICENOW_ROWS)


@dataclass(frozen=True, slots=True)
class Taken:
    """All that came out of one file."""

    cases: pd.DataFrame
    events: pd.DataFrame
    read: int
    copies: int
    rejects: pd.DataFrame
    notes: tuple[str, ...]
    entities: pd.DataFrame

    def case(self, external_id: str) -> pd.Series:
        return self.cases[self.cases["external_id"] == external_id].iloc[0]

    def told(self, external_id: str, *kinds: str) -> list[tuple[str, str, str]]:
        """Moment, value and field of the events of a case."""
        key = self.case(external_id)["key"]
        chosen = self.events[(self.events["key"] == key) & self.events["kind"].isin(kinds)]
        moments = pd.to_datetime(chosen["at"], unit="us").dt.strftime("%m-%d %H:%M")
        return list(zip(moments, chosen["value"], chosen["field"], strict=True))


def take(folder: Path, text: str, mapping: Mapping) -> Taken:
    path = write(folder, "export.csv", text)
    with open_intake(
        path, mapping, Settings(local_dir=folder), NOW, calendar_of=lambda _: "24x7"
    ) as intake:
        intake.read_rows()
        chunks = list(intake.chunks())
        cases = pd.concat([c.cases for c in chunks]).reset_index(drop=True)
        events = pd.concat([c.events for c in chunks]).reset_index(drop=True)
        things = pd.concat([c.entities for c in chunks]).reset_index(drop=True)
        told = (intake.read, intake.copies, intake.rejects.frame(), intake.notes())
        return Taken(cases, events, *told, things)


def test_states_of_a_log_become_changes_with_reopenings(tmp_path: Path) -> None:
    taken = take(tmp_path, SERVICENOW, read_mapping("servicenow"))
    assert taken.told("INC1", "status") == [
        ("03-01 09:05", "new", ""),
        ("03-01 10:00", "in_progress", ""),
        ("03-02 11:00", "resolved", ""),
        ("03-03 08:00", "reopened", ""),
        ("03-03 08:00", "in_progress", ""),
        ("03-05 10:00", "resolved", ""),  # as stated, not 09:30 when the row was written
        ("03-09 12:00", "closed", ""),
    ]


def test_a_resolution_without_a_moment_stays_unknown(tmp_path: Path) -> None:
    taken = take(tmp_path, SERVICENOW, read_mapping("servicenow"))
    assert [value for _, value, _ in taken.told("INC2", "status")] == [
        "in_progress",
        "awaiting_requester",
        "closed",
    ]
    assert ("03-15 07:00", "resolved", "incident_state") in taken.told("INC2", "attribute")


def test_changes_of_a_case_are_events_and_its_last_row_is_its_own(tmp_path: Path) -> None:
    taken = take(tmp_path, SERVICENOW, read_mapping("servicenow"))
    case = taken.case("INC1")
    assert (case["first_priority"], case["priority"]) == ("P2", "P1")
    assert taken.told("INC1", "priority") == [("03-03 08:00", "P1", "")]
    assert taken.told("INC1", "assigned") == [
        ("03-01 10:00", "Ann B", ""),
        ("03-03 08:00", "Cid D", ""),
    ]
    assert taken.told("INC1", "transferred") == [("03-03 08:00", "Group B", "")]
    assert ("03-03 08:00", "Cat 2", "category") in taken.told("INC1", "attribute")
    assert taken.case("INC2")["assignee"] == ""
    attributes = json.loads(case["attributes"])
    assert attributes["made_sla"] == "false"
    assert attributes["reassignment_count"] == "1"
    assert attributes["times read in"] == "UTC"


def test_activities_become_replies_and_states(tmp_path: Path) -> None:
    text = as_csv(HELPDESK_COLUMNS, HELPDESK_ROWS)
    taken = take(tmp_path, text, read_mapping("helpdesk"))
    assert (taken.read, taken.copies) == (9, 1)
    assert taken.case("Case 1")["received_at"] == at("2012-01-02 08:00")
    assert taken.told("Case 1", "reply") == [("01-02 09:00", "", "")]
    assert [(m, v) for m, v, _ in taken.told("Case 1", "status")] == [
        ("01-02 09:00", "in_progress"),
        ("01-02 09:00", "awaiting_requester"),
        ("01-03 08:00", "resolved"),
        ("01-20 10:00", "closed"),
    ]
    assert ("02-02 08:30", "VERIFIED", "concept:name") in taken.told("Case 2", "attribute")


def test_rows_without_an_id_are_told_apart_by_a_hash(tmp_path: Path) -> None:
    taken = take(tmp_path, as_csv(CFPB_COLUMNS, CFPB_ROWS), read_mapping("cfpb"))
    assert (taken.read, taken.copies, len(taken.cases)) == (3, 1, 2)
    assert any("taken as copies" in n for n in taken.notes)
    assert any("before they were received" in n for n in taken.notes)
    first = taken.cases.iloc[0]
    assert first["partner"] == "Example Bank"
    assert json.loads(first["attributes"])["ZIP code"] == "06106"
    assert taken.told(first["external_id"], "status")[-1][1:] == ("closed", "undated")


def test_repeated_rows_may_be_cases_of_their_own(tmp_path: Path) -> None:
    mapping = read_mapping("cfpb")
    distinct = mapping.identity.model_copy(update={"repeats": "distinct"})
    taken = take(
        tmp_path, as_csv(CFPB_COLUMNS, CFPB_ROWS), mapping.model_copy(update={"identity": distinct})
    )
    assert (taken.copies, len(taken.cases)) == (0, 3)
    first, second = taken.cases["external_id"].iloc[:2]
    assert second == f"{first}-2"


def test_a_row_per_case_reads_moments_in_the_zone_of_the_source(tmp_path: Path) -> None:
    taken = take(tmp_path, as_csv(TICKET_COLUMNS, TICKET_ROWS), parse_mapping(TICKET_MAPPING))
    assert taken.case("T1")["received_at"] == at("2026-02-01 08:00")
    assert taken.told("T1", "reply", "status") == [
        ("02-01 09:00", "", ""),
        ("02-02 08:00", "resolved", ""),
    ]
    assert taken.case("T2")["market"] == "NA"
    assert taken.told("T2", "status") == [("02-03 08:00", "in_progress", "undated")]
    assert taken.told("T3", "status") == [("02-04 08:00", "closed", "undated")]
    assert taken.case("T1")["line"] == 2


def test_the_hash_of_a_case_follows_its_content_and_not_its_line(tmp_path: Path) -> None:
    mapping = parse_mapping(TICKET_MAPPING)
    hashes = [
        take(tmp_path, as_csv(TICKET_COLUMNS, rows), mapping).cases.set_index("external_id")[
            "content_hash"
        ]
        for rows in (
            TICKET_ROWS,
            tuple(reversed(TICKET_ROWS)),
            (TICKET_ROWS[0].replace("gone", "back"),),
        )
    ]
    assert hashes[0].sort_index().equals(hashes[1].sort_index())
    assert hashes[0]["T1"] != hashes[2]["T1"]


@pytest.mark.parametrize(("wins", "title"), [("first", "Page gone"), ("last", "Page back")])
def test_the_stated_row_wins_where_rows_disagree(tmp_path: Path, wins: str, title: str) -> None:
    rows = (TICKET_ROWS[0], TICKET_ROWS[0].replace("gone", "back"))
    mapping = parse_mapping(TICKET_MAPPING + f"wins: {wins}\n")
    taken = take(tmp_path, as_csv(TICKET_COLUMNS, rows), mapping)
    assert taken.cases["title"].tolist() == [title]
    assert any("1 cases stand on several rows that differ" in n for n in taken.notes)


def test_faulty_rows_are_told_with_line_field_value_reason_and_hint(tmp_path: Path) -> None:
    rows = (
        TICKET_ROWS[0],
        "T2,31.02.2026 09:00,,,gone,low,DE,a",
        ",01.02.2026 09:00,,,open,low,DE,b",
        "T4,01.02.1926 09:00,,,open,low,DE,c",
        "T5,,,,open,low,DE,d",
        "T6,01.02.2026 09:00,,,open,low,Atlantis,e",
    )
    taken = take(tmp_path, as_csv(TICKET_COLUMNS, rows), parse_mapping(TICKET_MAPPING))
    told = taken.rejects
    assert told["line"].tolist() == [3, 4, 5, 6, 7]
    assert told["field"].tolist() == ["opened", "id", "opened", "opened", "country"]
    assert told["value"].tolist() == ["31.02.2026 09:00", "", "01.02.1926 09:00", "", "Atlantis"]
    assert "Also state 'gone'" in told["reason"].iloc[0]
    assert told["hint"].str.len().min() > 0
    assert taken.read == len(rows) == len(taken.cases) + len(told)


LOG_MAPPING = """\
name: log
source: log
shape: event_log
identity: {column: case}
times: {format: iso}
moments: {resolved: solved}
events:
  at: at
  text: body
  final: [closed]
  activities:
    column: what
    values:
      asked: [question, awaiting_requester]
      wrote: message_in
      came back: in_progress
      solved: resolved
      shut: closed
      noise: ignore
      ack: auto_reply
    otherwise: reject
entities:
  - {kind: url, column: links, separator: " "}
"""
LOG_COLUMNS = "case,at,what,body,solved,links"


def test_a_log_tells_what_was_said_and_by_whom(tmp_path: Path) -> None:
    rows = (
        "A,2024-01-01 10:00,asked,Which page?,,",
        "A,2024-01-01 10:00,ack,We have it,,",
        "A,2024-01-01 12:00,wrote,This one,,",
        "A,2024-01-01 12:30,noise,,,",
        "A,2024-01-01 13:00,danced,,,",
        "A,2024-01-02 10:00,came back,,,https://b.example https://a.example",
    )
    taken = take(tmp_path, as_csv(LOG_COLUMNS, rows), parse_mapping(LOG_MAPPING))
    told = taken.events[["kind", "value", "text", "actor_kind"]].to_numpy().tolist()
    assert told == [
        ["received", "", "", "requester"],
        ["question", "", "Which page?", "us"],
        ["status", "awaiting_requester", "", "us"],
        ["auto_reply", "", "We have it", "system"],
        ["message_in", "", "This one", "requester"],
        ["status", "in_progress", "", "us"],
    ]
    assert taken.rejects["value"].tolist() == ["danced"]
    assert taken.entities["value"].tolist() == ["https://a.example", "https://b.example"]


def test_an_end_that_only_a_column_tells_is_an_event_too(tmp_path: Path) -> None:
    rows = (
        "A,2024-01-01 10:00,came back,,2024-01-03 10:00,",
        "B,2024-01-01 10:00,solved,,,",
        "C,2024-01-01 10:00,came back,,2024-01-02 10:00,",
        "C,2024-01-01 11:00,solved,,2024-01-02 10:00,",
    )
    taken = take(tmp_path, as_csv(LOG_COLUMNS, rows), parse_mapping(LOG_MAPPING))
    assert taken.told("A", "status") == [
        ("01-01 10:00", "in_progress", ""),
        ("01-03 10:00", "resolved", ""),
    ]
    # The log says that B ended; its source does not say when.
    assert taken.told("B", "status") == [("01-01 10:00", "resolved", "undated")]
    assert taken.told("C", "status")[-1] == ("01-02 10:00", "resolved", "")


def test_a_final_state_is_not_left_again(tmp_path: Path) -> None:
    rows = (
        "A,2024-01-01 10:00,came back,,,",
        "A,2024-01-01 11:00,shut,,,",
        "A,2024-01-01 12:00,came back,,,",
        "A,2024-01-01 13:00,shut,,,",
    )
    mapping = parse_mapping(LOG_MAPPING.replace("moments: {resolved: solved}\n", ""))
    taken = take(tmp_path, as_csv(LOG_COLUMNS, rows), mapping)
    assert [v for _, v, _ in taken.told("A", "status")] == ["in_progress", "closed"]
    assert [v for _, v, _ in taken.told("A", "attribute")] == ["in_progress", "closed"]


def test_rows_of_a_case_may_stand_anywhere_in_the_file(tmp_path: Path) -> None:
    mapping = parse_mapping(LOG_MAPPING)
    rows = tuple(
        f"{case},2024-01-01 {hour:02d}:00,{what},,,"
        for case in "ABCDE"
        for hour, what in ((9, "came back"), (10, "asked"), (11, "wrote"))
    )
    ordered = take(tmp_path, as_csv(LOG_COLUMNS, rows), mapping)
    shuffled = take(tmp_path, as_csv(LOG_COLUMNS, rows[::-1]), mapping)
    assert ordered.cases["external_id"].tolist() == list("ABCDE")
    assert shuffled.cases["external_id"].tolist() == list("EDCBA")
    hashes = [t.cases.set_index("external_id")["content_hash"] for t in (ordered, shuffled)]
    assert hashes[0].sort_index().equals(hashes[1].sort_index())


@given(st.lists(st.integers(0, 200), min_size=1, max_size=60), st.integers(1, 7))
@settings(max_examples=60, deadline=None)
def test_cases_are_numbered_as_the_file_first_names_them(cases: list[int], size: int) -> None:
    first = list(dict.fromkeys(cases))
    with Staging(Path(tempfile.gettempdir())) as staging:
        for start in range(0, len(cases), size):
            ids = [f"C{c}" for c in cases[start : start + size]]
            rows = list(range(start, start + len(ids)))
            staging.add(pa.table({"id": ids, "row": rows}))
        [part] = staging.parts()
    numbers = dict(zip(part["id"].to_pylist(), part["case"].to_pylist(), strict=True))
    assert numbers == {f"C{c}": n for n, c in enumerate(first)}
    assert part["row"].to_pylist() == list(range(len(cases)))
    assert staging.case_count == len(first)

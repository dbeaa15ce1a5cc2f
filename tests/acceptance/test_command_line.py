"""The command line as a script sees it: exit codes, one JSON object, words on standard error."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.program import CommandLine

DONE, BAD_INPUT, WITH_REJECTS = 0, 2, 3
MAPPING = """
name: desk-list
source: desk-list
shape: case_per_row
identity: {column: id}
times: {zone: UTC}
received_at: received
fields:
  title: subject
"""


@pytest.fixture
def a_list(tmp_path: Path) -> Path:
    """Three rows of a list, one of them without a usable date."""
    file = tmp_path / "list.csv"
    file.write_text(
        "id,received,subject\n"
        "1,2026-03-02T09:00:00Z,A page is gone\n"
        "2,someday,Another\n"
        "3,2026-03-03T10:00:00Z,A third\n",
        encoding="utf-8",
    )
    return file


def test_a_demo_is_made_once_and_refused_the_second_time(command_line: CommandLine) -> None:
    first = command_line.run("demo", "--cases", "100", "--seed", "3", "--json")
    second = command_line.run("demo", "--cases", "100")

    assert (first.returncode, json.loads(first.stdout)["cases"]) == (DONE, 100)
    assert second.returncode == BAD_INPUT
    assert "not empty" in second.stderr


def test_a_demo_needs_a_partner_of_each_category(command_line: CommandLine) -> None:
    done = command_line.run("demo", "--cases", "100", "--partners", "3")
    assert done.returncode == 2
    assert "--partners" in done.stderr


def test_the_doctor_and_the_audit_find_a_new_store_sound(command_line: CommandLine) -> None:
    doctor = command_line.run("doctor", "--json")
    audit = command_line.run("audit", "verify", "--json")

    assert doctor.returncode == DONE
    assert all(finding["ok"] for finding in json.loads(doctor.stdout))
    assert json.loads(audit.stdout)["ok"]


def test_a_backup_fills_an_empty_store(command_line: CommandLine, tmp_path: Path) -> None:
    command_line.run("demo", "--cases", "100")
    copy = tmp_path / "copy.tar.gz"
    elsewhere = CommandLine(tmp_path / "elsewhere")

    written = command_line.run("backup", copy)
    restored = elsewhere.run("restore", copy)
    exported = [
        each.run("export", "cases", "--format", "csv") for each in (command_line, elsewhere)
    ]

    assert (written.returncode, restored.returncode) == (DONE, DONE)
    assert exported[0].stdout == exported[1].stdout
    assert len(exported[0].stdout.splitlines()) == 101


def test_rejected_rows_have_an_exit_code_of_their_own(
    command_line: CommandLine, a_list: Path, tmp_path: Path
) -> None:
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(MAPPING, encoding="utf-8")

    done = command_line.run("import", a_list, "--mapping", mapping, "--json")

    counts = json.loads(done.stdout)
    assert done.returncode == WITH_REJECTS
    assert {"batch", "read", "accepted", "updated", "unchanged", "rejected"} <= counts.keys()
    assert (counts["read"], counts["accepted"], counts["rejected"]) == (3, 2, 1)


def test_a_file_that_is_not_there_is_named(command_line: CommandLine, tmp_path: Path) -> None:
    done = command_line.run("import", tmp_path / "nothing.csv", "--suggest")

    assert done.returncode == BAD_INPUT
    assert "nothing.csv" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_person_is_added_with_a_password_from_standard_input(command_line: CommandLine) -> None:
    added = command_line.run(
        "users", "add", "ines", "--role", "analyst", "--password-stdin", stdin="quiet-lantern-42\n"
    )
    listed = command_line.run("users", "list")

    assert (added.returncode, listed.returncode) == (DONE, DONE)
    assert "ines" in listed.stdout
    assert "quiet-lantern-42" not in added.stdout + added.stderr

"""The directory as a file at the command line: in, out, and in again without a change."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.program import CommandLine

DONE, BAD_INPUT, WITH_REJECTS = 0, 2, 3
THREE = "name,category,tier,spellings\nKleine Welle,podcaster,T3,KW\nNord,,T9,\n=Süd,,T2,\n"


def test_a_file_comes_in_and_goes_out_and_nothing_changes_the_second_time(
    command_line: CommandLine, tmp_path: Path
) -> None:
    file, out = tmp_path / "in.csv", tmp_path / "out.csv"
    file.write_text(THREE, encoding="utf-8")
    dry = command_line.run("partners", "import", file, "--dry-run", "--json")
    assert dry.returncode == WITH_REJECTS
    told = json.loads(dry.stdout)
    assert (told["created"], told["rejected"], told["dry_run"]) == (2, 1, True)
    assert told["rejects"][0]["at"] == "in.csv, line 3, tier"
    done = command_line.run("partners", "import", file)
    assert done.returncode == WITH_REJECTS
    assert "2 created" in done.stdout
    assert "line 3, tier: There is no tier 'T9'." in done.stderr
    assert command_line.run("partners", "export", "--out", out).returncode == DONE
    assert "'=Süd" in out.read_text(encoding="utf-8")
    again = command_line.run("partners", "import", out, "--json")
    assert again.returncode == DONE
    assert json.loads(again.stdout)["unchanged"] == 2


def test_a_file_that_is_no_directory_is_unusable_input(
    command_line: CommandLine, tmp_path: Path
) -> None:
    file = tmp_path / "in.csv"
    file.write_text("colour\nred\n", encoding="utf-8")
    refused = command_line.run("partners", "import", file)
    assert refused.returncode == BAD_INPUT
    assert "in.csv, line 1" in refused.stderr
    assert command_line.run("partners", "import", tmp_path / "none.csv").returncode == BAD_INPUT

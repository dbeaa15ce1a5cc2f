"""What the command line says of policy documents, to a person and to a script."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from core.cli import policy
from core.cli.frame import DONE, DONE_WITH_REJECTS, Commands
from core.desk.boot import Desk
from tests.support.policy_versions import VERSIONS, write_versions

pytestmark = pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)


def run(desk: Desk, *words: str) -> int:
    parser = argparse.ArgumentParser()
    commands: Commands = parser.add_subparsers()
    policy.add_commands(commands)
    arguments = parser.parse_args(["policy", *words])
    return int(arguments.run(arguments, lambda: desk))


def test_a_person_reads_what_became_of_each_version(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_versions(tmp_path / "in", {**VERSIONS, "notes.csv": "a,b"})
    assert run(desk, "import", str(path)) == DONE_WITH_REJECTS
    said = capsys.readouterr().out
    assert "7 versions read = 1 first + 1 changes + 1 noise + 2 reverts + 1 duplicates" in said
    assert "2026-01-09.md: Cut off (if the next version is as short, both are taken)" in said
    assert "Passed over as no version of a document: Facebook/House Rules/notes.csv." in said
    assert run(desk, "import", str(path)) == DONE
    assert "nothing new, so nothing was written" in capsys.readouterr().out


def test_documents_and_imports_are_listed_and_taken_back(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(desk, "list") == DONE
    assert "No version yet" in capsys.readouterr().out
    run(desk, "import", str(write_versions(tmp_path / "in")), "--json")
    capsys.readouterr()
    run(desk, "list")
    said = capsys.readouterr().out
    assert "Facebook · House Rules: 7 versions, 1 changes, 2026-01-05 to 2026-01-11" in said
    assert "in force" in said
    run(desk, "list", "--json")
    assert json.loads(capsys.readouterr().out)["imports"][0]["count"]["read"] == 7
    assert run(desk, "undo", "PD-0001", "--json") == DONE
    assert json.loads(capsys.readouterr().out) == {"import": "PD-0001", "versions": 7}
    run(desk, "list")
    assert "taken back" in capsys.readouterr().out

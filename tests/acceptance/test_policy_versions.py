"""198 fetched versions of one platform's rules: each is accounted for, and as read by eye.

``policy_versions_checked.csv`` holds 40 of them, drawn with seed 20261122 from a first run's classes
(21 of its changes, 6 of its picture addresses, 4 duplicates, 9 of its other noise). Each verdict was
written from the difference of the two texts, before it was compared with what the desk says.
"""

from __future__ import annotations

import csv
import json
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

import pytest

from core.clock import FixedClock
from core.desk.boot import OPERATOR, Desk, open_desk
from core.desk.policy_documents import PolicyImportResult, import_policy
from core.policy.model import Kind, PolicyVersion
from core.settings import Settings
from core.storage.policy_documents import PolicyCount, policy_changes
from tests.support.policy_versions import RULES, write_versions
from tests.support.program import CommandLine

ARCHIVE = "facebook_community_guidelines_pga_versions.tar.xz"
CHECKED = Path(__file__).with_name("policy_versions_checked.csv")
LONGEST_SECONDS = 60
AFTER_ALL = datetime(2026, 11, 22, tzinfo=UTC)
Imported: TypeAlias = tuple[Desk, PolicyImportResult, list[tuple[float, str]], float]


@pytest.fixture(scope="module")
def imported(examples: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Imported]:
    """A desk with all versions in it, what the import said, and how long it took."""
    desk = open_desk(Settings(local_dir=tmp_path_factory.mktemp("versions")), FixedClock(AFTER_ALL))
    steps: list[tuple[float, str]] = []
    start = time.process_time()  # of this process: others may be busy beside it
    result = import_policy(
        desk, OPERATOR, examples / ARCHIVE, progress=lambda share, what: steps.append((share, what))
    )
    yield desk, result, steps, time.process_time() - start
    desk.store.close()


def told(desk: Desk) -> list[PolicyVersion]:
    with desk.store.read() as connection:
        return list(reversed(policy_changes(connection, kinds=Kind)))


@pytest.mark.fixtures
def test_every_version_is_accounted_for(imported: Imported) -> None:
    desk, result, _, _ = imported
    assert result.count == PolicyCount(read=198, first=1, change=71, noise=114, duplicate=12)
    assert Counter(v.kind.value for v in told(desk)) == Counter(
        first=1, change=71, noise=114, duplicate=12
    )
    assert all(v.reason for v in told(desk) if v.kind in (Kind.NOISE, Kind.DUPLICATE))
    assert all(v.importance and v.sections for v in told(desk) if v.kind is Kind.CHANGE)


@pytest.mark.fixtures
def test_the_verdicts_are_those_of_forty_versions_read_by_eye(imported: Imported) -> None:
    by_name = {version.name: version.kind.value for version in told(imported[0])}
    with CHECKED.open(encoding="utf-8", newline="") as file:
        checked = list(csv.DictReader(file))
    assert len({row["file"] for row in checked}) == 40
    wrong = {r["file"]: by_name[r["file"]] for r in checked if by_name[r["file"]] != r["verdict"]}
    assert wrong == {}


@pytest.mark.fixtures
def test_the_import_is_fast_and_says_how_far_it_is(imported: Imported) -> None:
    _, _, steps, seconds = imported
    shares = [share for share, _ in steps]
    assert seconds <= LONGEST_SECONDS
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(set(shares)) > 198


@pytest.mark.fixtures
def test_an_age_that_was_raised_and_a_tool_that_was_banned_are_not_little(
    imported: Imported,
) -> None:
    found = {version.name: version for version in told(imported[0])}
    age, tool = found["2025-11-26_57e91880.md"], found["2023-07-28_eb1c5ec4.md"]
    assert (age.importance, age.because) == ("medium", ("numbers",))
    assert (tool.importance, tool.abuse_types) == ("medium", ("restricted_goods",))


def test_the_command_line_counts_versions_and_says_what_was_rejected(
    command_line: CommandLine, tmp_path: Path
) -> None:
    path = write_versions(tmp_path / "in", {"2026-01-05.md": RULES, "2026-01-06.md": ""})
    run = command_line.run("policy", "import", path, "--service", "Threads", "--json")
    assert run.returncode == 3, run.stderr
    said = json.loads(run.stdout)
    assert (said["import"], said["read"], said["first"], said["rejected"]) == ("PD-0001", 2, 1, 1)
    assert said["documents"] == ["Threads/House Rules"]
    assert said["rejects"][0]["reason"] == "empty"

"""Tables and assessments for the tests of the framework, built in a few words."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from core.risk.framework import Assessment, Evidence, Judgement, assess
from core.risk.framework_checks import Draft, RowLine
from core.risk.framework_files import FRAMEWORK_DIR, inspect_table
from core.risk.framework_model import Consequence, FrameworkTable, Level, Point, Verdict

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
# The rows of the deployer's tree in CERT/CC's Stakeholder-Specific Vulnerability Categorization
# (github.com/CERTCC/SSVC, deployer patch application priority 1.0.0), written as one line for each
# first three points, one column for each level of human impact, verdicts by their first letter.
SSVC_FILE = Path(__file__).parent / "tables" / "ssvc_deployer.csv"
SSVC_VERDICTS = {"D": "defer", "S": "scheduled", "O": "out_of_cycle", "I": "immediate"}
SSVC_LEVELS = {
    "exploitation": ("none", "poc", "active"),
    "exposure": ("small", "controlled", "open"),
    "automatable": ("no", "yes"),
    "human_impact": ("low", "medium", "high", "very_high"),
}


def a_point(key: str, levels: tuple[str, ...]) -> Point:
    """A point whose levels' codes are letters in order."""
    steps = (Level(level, "ABCDEFGH"[n], level) for n, level in enumerate(levels))
    return Point(key, key[:4].upper(), f"{key}?", tuple(steps))


def a_draft(
    rows: Mapping[tuple[str, ...], str], levels: Mapping[str, tuple[str, ...]], *verdicts: str
) -> Draft:
    """A draft with its rows from line 2 on, in the given order."""
    lines = [RowLine(n, key, verdict) for n, (key, verdict) in enumerate(rows.items(), 2)]
    points = tuple(a_point(key, values) for key, values in levels.items())
    return Draft("table.csv", points, verdicts, tuple(lines))


def a_table(draft: Draft) -> FrameworkTable:
    """The table of a draft that is known to be good."""
    order = {line.levels: line.verdict for line in draft.lines}
    cells = sorted(
        (tuple(p.keys.index(x) for p, x in zip(draft.points, levels, strict=True)), verdict)
        for levels, verdict in order.items()
    )
    return FrameworkTable(
        version="1.0",
        name="Example",
        prefix="EX",
        decided_on=date(2026, 1, 1),
        source="test",
        rationale="test",
        points=draft.points,
        beside=(),
        verdicts=tuple(Verdict(key, key) for key in draft.verdicts),
        consequences=dict.fromkeys(Consequence, "do"),
        logic=draft.logic,
        top_verdict_max_share=1.0,
        cells=tuple(draft.verdicts.index(verdict) for _, verdict in cells),
        content_hash="0" * 64,
    )


def ssvc_draft() -> Draft:
    """The public table of 72 rows that checks the engine."""
    with SSVC_FILE.open(encoding="utf-8", newline="") as file:
        rows: dict[tuple[str, ...], str] = {
            (line["exploitation"], line["exposure"], line["automatable"], impact): SSVC_VERDICTS[
                line[impact]
            ]
            for line in csv.DictReader(file)
            for impact in SSVC_LEVELS["human_impact"]
        }
    return a_draft(rows, SSVC_LEVELS, *SSVC_VERDICTS.values())


def evidence(text: str = "seen in the cases", source: str = "/queue?risk=1") -> Evidence:
    """A piece of evidence."""
    return Evidence(text, source, "analyst", NOW)


def judgements(**levels: str | None) -> dict[str, Judgement]:
    """Levels with evidence; None stays unknown and has none."""
    return {key: Judgement(x, (evidence(),) if x else ()) for key, x in levels.items()}


def an_assessment(table: FrameworkTable, **levels: str | None) -> Assessment:
    """An assessment of these levels; points not named are unknown."""
    return assess(table, "surge-1", judgements(**levels), by="lead", at=NOW)


def copied_versions(folder: Path) -> Path:
    """The framework's files in a folder where a test may spoil them; nothing is published there."""
    shutil.copytree(FRAMEWORK_DIR, folder, dirs_exist_ok=True)
    (folder / "published.csv").write_text("version,sha256,published_on\n", encoding="utf-8")
    return folder


def publish(folder: Path, version: str) -> str:
    """Publish a version as it stands now; its hash."""
    content_hash = inspect_table(version, folder).content_hash
    with (folder / "published.csv").open("a", encoding="utf-8") as file:
        file.write(f"{version},{content_hash},2026-03-01\n")
    return content_hash

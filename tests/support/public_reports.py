"""Small releases of the public report, written as they are published, for tests that import them."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

HEAD = ("app", "policy_area", "metric", "period", "value")
AREA = "Hate Speech"
# One area on one platform over four quarters, as an earlier and a later release tell it.
EARLIER = (
    ("Facebook", AREA, "Content Actioned", "2025Q1", "3,400,000"),
    ("Facebook", AREA, "Content Actioned", "2025Q2", "3,000,000"),
    ("Facebook", AREA, "Content Appealed", "2025Q1", "400,000"),
    ("Facebook", AREA, "Content Appealed", "2025Q2", "N/A"),
    ("Facebook", AREA, "Content Restored with appeal", "2025Q1", "84,000"),
    ("Facebook", AREA, "Proactive rate", "2025Q1", "95.60%"),
)
LATER = (
    ("Facebook", "Hateful Conduct", "Content Actioned", "2025Q1", "3,500,000"),
    ("Facebook", "Hateful Conduct", "Content Actioned", "2025Q2", "3,000,000"),
    ("Facebook", "Hateful Conduct", "Content Actioned", "2025Q3", "1,200,000"),
    ("Facebook", "Hateful Conduct", "Content Appealed", "2025Q1", "N/A"),
    ("Facebook", "Hateful Conduct", "Content Appealed", "2025Q2", "300,000"),
    ("Facebook", "Hateful Conduct", "Content Restored with appeal", "2025Q1", "84,000"),
    ("Facebook", "Squirrel Fraud", "Content Actioned", "2025Q3", "12"),
)
Rows = Iterable[tuple[str, ...]]


def write_report(path: Path, rows: Rows, head: tuple[str, ...] = HEAD) -> Path:
    """A release as a CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([head, *rows])
    return path


def both_releases(folder: Path) -> tuple[Path, Path]:
    """The earlier and the later release."""
    return (
        write_report(folder / "earlier.csv", EARLIER),
        write_report(folder / "later.csv", LATER),
    )

"""Runs every bench, or those that are named, and ends with one table; 1 when a bar is missed."""

from __future__ import annotations

import os
import platform
import sys

from tests.bench.report import Report
from tests.support.parts import run_parts


def main(wanted: list[str]) -> int:
    """Run, print the table, and judge."""
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores", flush=True)
    report = Report()
    broken = run_parts("bench", wanted, report)
    print(f"\n{report.table()}\n")
    for name in broken:
        print(f"broken: {name}")
    for name in report.failed:
        print(f"over the bar: {name}")
    return int(bool(broken or report.failed))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

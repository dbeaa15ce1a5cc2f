"""Runs every long proof, or those that are named; 1 when a claim fails or a proof breaks."""

from __future__ import annotations

import sys

from tests.prove.report import Report
from tests.support.parts import run_parts


def main(wanted: list[str]) -> int:
    """Run, repeat every verdict in one list, and judge."""
    report = Report()
    broken = run_parts("prove", wanted, report)
    print("\n" + "\n".join(proof.line() for proof in report.proofs))
    for name in broken:
        print(f"broken: {name}")
    return int(bool(broken or report.failed))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

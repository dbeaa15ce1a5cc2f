"""A demo workspace of full size for the parts of the bench that look at the app itself."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.report import Report, stopwatch
from tests.support.app import make_demo

CASES = int(os.environ.get("BENCH_CASES", "1000000"))
READY_MADE = os.environ.get("BENCH_DEMO", "")  # a local folder with a demo, to save making one


@contextmanager
def demo_folder(report: Report) -> Iterator[Path]:
    """The local folder of a demo with ``BENCH_CASES`` cases, or of the one that is ready made."""
    with tempfile.TemporaryDirectory() as own:
        folder = Path(READY_MADE or own)
        if not READY_MADE:
            with stopwatch() as making:
                make_demo(folder, CASES)
            report.note(f"a demo of {CASES:,} cases took {making.seconds:,.0f} s to make")
        yield folder

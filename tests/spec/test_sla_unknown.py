"""What a source leaves out: its clocks are unknown, never late."""

from __future__ import annotations

import pytest

from core.sla.model import ClockName, Verdict
from tests.spec.sla_table import told

FRT, NRT, UPD, TTR = ClockName.FRT, ClockName.NRT, ClockName.UPD, ClockName.TTR


@pytest.mark.parametrize(
    ("left_out", "unknown"),
    [
        ("replies_not_recorded", {FRT, NRT, UPD}),
        ("updates_not_recorded", {NRT, UPD}),
    ],
)
def test_what_a_source_does_not_record_is_unknown_and_not_late(
    left_out: str, unknown: set[ClockName]
) -> None:
    story = f"""
        Mon 2026-01-12 09:00 received
        Mon 2026-01-12 09:00 attribute {left_out}
        Mon 2026-01-12 09:30 message_in
        Thu 2026-01-22 09:00 status resolved
    """
    found = told(story, "Fri 2026-01-23 09:00")
    assert {n for n, c in found.clocks.items() if "no record" in c.reason} == unknown
    assert all(found.clocks[name].verdict is Verdict.NONE for name in unknown)
    assert found.clocks[TTR].verdict is Verdict.BREACHED

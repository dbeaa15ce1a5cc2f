"""The clocks of generated cases against single minutes and seconds, at the size of every run."""

from __future__ import annotations

import pytest

from tests.properties.prove_sla import Outcome, run
from tests.properties.sla_cases import MINUTES, SECONDS

SEED = 20_261


@pytest.fixture(scope="module")
def by_minutes() -> Outcome:
    """3,000 cases in six books."""
    return run(SEED, 3_000, MINUTES, per_book=500, rule_every=4)


def test_rule_arrays_and_single_minutes_agree_on_every_case(by_minutes: Outcome) -> None:
    assert by_minutes.cases == 3_000
    assert by_minutes.faults == []


def test_rule_arrays_and_single_seconds_agree_on_every_case() -> None:
    assert run(SEED, 60, SECONDS, per_book=60, rule_every=1).faults == []


def test_the_generated_cases_meet_every_situation(by_minutes: Outcome) -> None:
    wanted = {"reopened", "unsupported pause"}
    wanted |= {f"fault {f}" for f in ("no_received", "first_reply_before_received")}
    wanted |= {f"ttr {v}" for v in ("met", "breached", "running", "paused", "none")}
    wanted |= {f"upd {v}" for v in ("met", "breached", "running", "paused", "none")}
    wanted |= {f"{c} {v}" for c in ("frt", "nrt") for v in ("met", "breached", "running", "none")}
    wanted |= {
        f"event {k}" for k in ("priority", "tier", "calendar", "requester_kind", "merged_in")
    }
    assert wanted <= set(by_minutes.seen)

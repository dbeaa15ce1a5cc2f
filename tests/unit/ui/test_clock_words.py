"""What a clock says on the case page, from the state that the SLA room gives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from core.sla.model import CaseClocks, ClockName, ClockState, Cycle, Owner, Verdict
from core.ui.clock_strip import Zones, clock_lines, earlier, headline, owner_words, verdict_of

AT = datetime(2026, 3, 30, 12, 0, tzinfo=UTC)
ZONES = Zones("UTC", "Asia/Tokyo")


def a_case(state: ClockState) -> CaseClocks:
    return CaseClocks(
        at=AT,
        clocks={state.name: state},
        base=None,
        parts={Owner.US: timedelta(hours=2), Owner.REQUESTER: timedelta(hours=3)},
        wall=timedelta(hours=5),
        requester_wait=timedelta(hours=5),
        segments=(),
        owner=Owner.REQUESTER,
        owner_since_at=AT - timedelta(hours=3),
        unsupported_pause=False,
        faults=(),
        reopen_count=0,
        status="awaiting_requester",
        priority="P2",
        tier="T1",
        calendar_version="",
        policy_version="",
        received_at=AT - timedelta(hours=5),
        first_response_at=None,
        first_resolved_at=None,
        resolved_at=None,
        closed_at=None,
    )


def told(state: ClockState) -> list[str]:
    return clock_lines(state, a_case(state), ZONES)


def test_a_running_clock_says_when_it_is_due_in_both_zones() -> None:
    state = ClockState(
        ClockName.FRT,
        Verdict.RUNNING,
        due_at=AT + timedelta(minutes=25),
        elapsed=timedelta(hours=3, minutes=35),
        target=timedelta(hours=4),
        ticking=True,
    )
    assert headline(state, a_case(state)) == "25 m left"
    assert told(state) == [
        "due 2026-03-30 12:25 UTC",
        "partner's 21:25 JST",
        "3 h 35 m of 4 h 00 m working time used",
    ]


def test_a_paused_clock_says_since_when_and_whom_it_waits_for() -> None:
    lines = told(ClockState(ClockName.TTR, Verdict.PAUSED, due_at=AT))
    assert lines[:2] == ["waits for requester", "since 2026-03-30 09:00 UTC"]


def test_a_breach_keeps_its_moment_after_the_clock_has_stopped() -> None:
    state = ClockState(ClockName.FRT, Verdict.BREACHED, breached_at=AT, stopped_at=AT)
    assert told(state) == ["breached 2026-03-30 12:00 UTC", "ended 2026-03-30 12:00 UTC"]


def test_the_partner_is_told_the_day_again_where_it_differs() -> None:
    late = datetime(2026, 3, 30, 20, 0, tzinfo=UTC)
    assert ZONES.told(AT) == "2026-03-30 12:00 UTC · partner's 21:00 JST"
    assert ZONES.told(late) == "2026-03-30 20:00 UTC · partner's 2026-03-31 05:00 JST"


def test_time_left_after_a_breached_round_is_told_as_of_this_round() -> None:
    state = ClockState(
        ClockName.UPD, Verdict.BREACHED, due_at=AT + timedelta(minutes=8), ticking=True
    )
    assert headline(state, a_case(state)) == "8 m left in this round"


def test_a_clock_that_measures_nothing_has_no_headline_but_its_reason() -> None:
    state = ClockState(ClockName.NRT, Verdict.NONE, reason="no message waited for an answer")
    assert headline(state, a_case(state)) == ""
    assert told(state) == ["no message waited for an answer"]


def test_a_clock_that_used_much_of_its_target_is_at_risk() -> None:
    running = ClockState(ClockName.FRT, Verdict.RUNNING, share_used=0.8, ticking=True)
    assert verdict_of(running, 0.75) == "at_risk"
    assert verdict_of(running, 0.9) == "running"


def test_the_sums_of_the_owners_are_told_with_the_whole() -> None:
    words = owner_words(a_case(ClockState(ClockName.FRT, Verdict.NONE)))
    assert words == "Open for 5 h 00 m in all: Us 2 h 00 m · Requester 3 h 00 m"


def test_earlier_rounds_are_counted_by_verdict() -> None:
    round_ = Cycle(1, Verdict.MET, AT, AT, AT, timedelta(0), None, "v1", None)
    state = ClockState(ClockName.UPD, Verdict.MET, cycles=(round_, round_))
    assert earlier(state) == "2 earlier rounds: 2 met"

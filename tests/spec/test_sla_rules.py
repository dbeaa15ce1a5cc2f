"""The rules of the SLA clocks as small stories that a person can check with a wall calendar."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.sla.model import Calendar, ClockName, Owner, Verdict
from tests.spec.sla_table import (
    BERLIN,
    HOUR,
    OFFICE_WEEK,
    a_book,
    a_policy,
    moment,
    told,
)

FRT, NRT, UPD = ClockName.FRT, ClockName.NRT, ClockName.UPD
TTR_FIRST, TTR = ClockName.TTR_FIRST, ClockName.TTR


def test_an_automatic_acknowledgement_is_no_first_reply() -> None:
    story = """
        Mon 2026-01-12 09:00 received
        Mon 2026-01-12 09:01 auto_reply
        Mon 2026-01-12 11:00 reply
    """
    frt = told(story, "Tue 2026-01-13 09:00").clocks[FRT]
    assert (frt.verdict, frt.elapsed) == (Verdict.MET, 2 * HOUR)


@pytest.mark.parametrize(
    ("reply", "verdict"),
    [
        ("Mon 2026-01-12 13:00", Verdict.MET),
        ("Mon 2026-01-12 13:01", Verdict.BREACHED),
    ],
)
def test_a_reply_exactly_at_the_due_instant_is_met(reply: str, verdict: Verdict) -> None:
    story = f"Mon 2026-01-12 09:00 received\n{reply} reply"
    frt = told(story, "Fri 2026-01-16 09:00").clocks[FRT]
    assert (frt.verdict, frt.due_at) == (verdict, moment("2026-01-12 13:00"))


def test_a_reply_after_a_due_time_on_a_closing_edge_is_late_though_nobody_worked() -> None:
    story = """
        Fri 2026-01-16 13:00 received
        Sat 2026-01-17 12:00 reply
    """
    frt = told(story, "Mon 2026-01-19 09:00").clocks[FRT]
    assert frt.due_at == moment("2026-01-16 17:00")
    assert (frt.verdict, frt.elapsed) == (Verdict.BREACHED, 4 * HOUR)


def test_the_next_reply_clock_runs_from_the_oldest_unanswered_message() -> None:
    story = """
        Mon 2026-01-12 09:00 received
        Mon 2026-01-12 10:00 reply
        Mon 2026-01-12 11:00 message_in
        Mon 2026-01-12 14:00 message_in
        Tue 2026-01-13 10:00 reply
        Tue 2026-01-13 12:00 message_in
    """
    nrt = told(story, "Tue 2026-01-13 13:00").clocks[NRT]
    assert [(c.verdict, c.elapsed) for c in nrt.cycles] == [(Verdict.MET, 7 * HOUR)]
    assert (nrt.verdict, nrt.elapsed) == (Verdict.RUNNING, 1 * HOUR)


def test_the_next_reply_clock_does_not_run_on_after_resolution() -> None:
    story = """
        Mon 2026-01-12 09:00 received
        Mon 2026-01-12 10:00 message_in
        Mon 2026-01-12 12:00 status resolved
        Tue 2026-01-13 12:00 message_in
    """
    nrt = told(story, "Fri 2026-01-30 12:00").clocks[NRT]
    assert (nrt.verdict, nrt.elapsed, nrt.ticking) == (Verdict.MET, 2 * HOUR, False)


def test_a_message_to_a_resolved_case_waits_from_its_reopening() -> None:
    story = """
        Mon 2026-01-12 09:00 received
        Mon 2026-01-12 12:00 status resolved
        Tue 2026-01-13 09:00 message_in
        Tue 2026-01-13 11:00 status reopened
    """
    nrt = told(story, "Tue 2026-01-13 12:00").clocks[NRT]
    assert (nrt.started_at, nrt.elapsed) == (moment("2026-01-13 11:00"), HOUR)


def test_the_update_clock_stands_while_we_await_the_requester_and_runs_while_policy_decides() -> (
    None
):
    story = """
        Mon 2026-01-12 09:00 received
        Mon 2026-01-12 10:00 question
        Mon 2026-01-12 10:00 status awaiting_requester
        Tue 2026-01-13 10:00 status awaiting_policy
    """
    upd = told(story, "Tue 2026-01-13 13:00").clocks[UPD]
    assert (upd.verdict, upd.elapsed) == (Verdict.RUNNING, 3 * HOUR)
    assert told(story, "Mon 2026-01-12 13:00").clocks[UPD].verdict is Verdict.PAUSED


def test_only_a_wait_on_the_requester_pauses_the_resolution() -> None:
    story = """
        Mon 2026-01-12 09:00 received
        Mon 2026-01-12 11:00 question
        Mon 2026-01-12 11:00 status awaiting_requester
        Wed 2026-01-14 11:00 status awaiting_policy
        Wed 2026-01-14 13:00 status resolved
    """
    ttr = told(story, "Fri 2026-01-16 09:00").clocks[TTR]
    assert (ttr.verdict, ttr.elapsed) == (Verdict.MET, 4 * HOUR)
    assert ttr.pauses == ((moment("2026-01-12 11:00"), moment("2026-01-14 11:00")),)


def test_a_policy_may_name_further_owners_whose_waits_pause_the_resolution() -> None:
    story = """
        Mon 2026-01-12 09:00 received
        Mon 2026-01-12 10:00 status awaiting_external
    """
    pausing = frozenset({Owner.REQUESTER, Owner.EXTERNAL})
    book = a_book(a_policy(pausing=pausing))
    assert told(story, "Tue 2026-01-13 10:00", book=book).clocks[TTR].verdict is Verdict.PAUSED
    assert told(story, "Tue 2026-01-13 10:00").clocks[TTR].verdict is Verdict.RUNNING


def test_every_second_has_one_owner_and_only_our_time_splits_by_the_calendar() -> None:
    story = """
        Fri 2026-01-16 16:00 received
        Mon 2026-01-19 10:00 question
        Mon 2026-01-19 10:00 status awaiting_requester
        Tue 2026-01-20 10:00 status resolved
        Wed 2026-01-21 10:00 status reopened
        Wed 2026-01-21 12:00 status awaiting_legal
        Thu 2026-01-22 12:00 status resolved
    """
    told_now = told(story, "Fri 2026-01-30 09:00")
    kept = {owner: length / HOUR for owner, length in told_now.parts.items() if length}
    assert kept == {
        Owner.US: 4,
        Owner.OUT_OF_HOURS: 64,
        Owner.REQUESTER: 24,
        Owner.LEGAL: 24,
    }
    assert told_now.wall == 116 * HOUR
    assert told_now.requester_wait == 140 * HOUR
    assert sum((s.ended_at - s.started_at for s in told_now.segments), timedelta()) == told_now.wall


@pytest.mark.parametrize(
    ("before", "unsupported"),
    [
        ("Mon 2026-01-12 10:00 question", False),
        ("Mon 2026-01-12 10:00 reply", True),
        ("Mon 2026-01-12 10:00 question\nMon 2026-01-12 10:30 message_in", True),
    ],
)
def test_a_pause_without_a_question_since_the_last_message_is_flagged_but_pauses(
    before: str, unsupported: bool
) -> None:
    story = (
        f"Mon 2026-01-12 09:00 received\n{before}\nMon 2026-01-12 11:00 status awaiting_requester"
    )
    now = told(story, "Mon 2026-01-12 12:00")
    assert now.clocks[TTR].verdict is Verdict.PAUSED
    assert now.unsupported_pause is unsupported
    assert now.segments[-1].supported is not unsupported


def test_a_question_backs_one_wait_and_not_the_next() -> None:
    story = """
        Mon 2026-01-12 09:00 received
        Mon 2026-01-12 10:00 question
        Mon 2026-01-12 10:00 status awaiting_requester
        Tue 2026-01-13 10:00 status in_progress
        Tue 2026-01-13 11:00 status awaiting_requester
    """
    assert not told(story, "Tue 2026-01-13 10:30").unsupported_pause
    assert told(story, "Tue 2026-01-13 12:00").unsupported_pause


def test_a_higher_priority_keeps_what_has_elapsed_and_measures_the_rest_around_the_clock() -> None:
    story = """
        Fri 2026-01-16 14:00 received
        Fri 2026-01-16 16:00 priority P1
    """
    book = a_book(a_policy(P2="4 h / 8 h / 1 d / 3 d", P1="4 h / 8 h / 1 d / 24 h"))
    ttr = told(story, "Sat 2026-01-17 02:00", book=book).clocks[TTR]
    assert (ttr.elapsed, ttr.due_at) == (12 * HOUR, moment("2026-01-17 14:00"))


def test_a_target_that_a_change_finds_used_up_is_due_at_the_change() -> None:
    story = """
        Mon 2026-01-12 09:00 received
        Mon 2026-01-12 12:00 priority P1
        Mon 2026-01-12 12:00 reply
    """
    book = a_book(a_policy(P2="4 h / 8 h / 1 d / 3 d", P1="1 h / 2 h / 4 h / 24 h"))
    frt = told(story, "Tue 2026-01-13 09:00", book=book).clocks[FRT]
    assert (frt.verdict, frt.due_at) == (Verdict.MET, moment("2026-01-12 12:00"))
    late = told(story.replace("12:00 reply", "12:01 reply"), "Tue 2026-01-13 09:00", book=book)
    assert late.clocks[FRT].verdict is Verdict.BREACHED


def test_a_breach_stays_with_its_version_when_the_target_grows() -> None:
    story = """
        Mon 2026-01-12 09:00 received
        Mon 2026-01-12 15:00 priority P3
        Mon 2026-01-12 16:00 reply
    """
    later = a_policy(
        "v2", moment("2026-01-12 14:30"), P2="4 h / 8 h / 1 d / 3 d", P3="9 d / – / – / –"
    )
    book = a_book(a_policy("v1"), later)
    frt = told(story, "Tue 2026-01-13 09:00", book=book).clocks[FRT]
    assert (frt.verdict, frt.policy_version) == (Verdict.BREACHED, "v1")
    assert frt.breached_at == moment("2026-01-12 13:00")


def test_a_new_policy_version_does_not_touch_a_closed_cycle() -> None:
    story = """
        Mon 2026-01-12 09:00 received
        Mon 2026-01-12 12:00 reply
        Tue 2026-01-13 12:00 status resolved
    """
    strict = a_policy("v2", moment("2026-01-14 00:00"), P2="1 h / 1 h / 1 h / 1 h")
    for book in (a_book(), a_book(a_policy("v1"), strict)):
        now = told(story, "Fri 2026-01-30 09:00", book=book)
        assert {now.clocks[FRT].verdict, now.clocks[TTR].verdict} == {Verdict.MET}
        assert now.clocks[TTR].policy_version == "v1"


def test_a_calendar_edit_reaches_live_targets_for_the_rest_only() -> None:
    longer = Calendar(
        "office", "Europe/Berlin", moment("2026-01-13 00:00"),
        tuple(OFFICE_WEEK[0].__class__(day, 8 * HOUR, 20 * HOUR) for day in range(5)),
    )  # fmt: skip
    story = "Mon 2026-01-12 13:00 received"
    book = a_book(a_policy(P2="8 h / 8 h / 8 h / 8 h"), calendars=(longer,))
    assert told(story, "Mon 2026-01-12 18:00", book=book).clocks[FRT].due_at == moment(
        "2026-01-13 13:00"
    )
    assert told(story, "Tue 2026-01-13 08:00", book=book).clocks[FRT].due_at == moment(
        "2026-01-13 12:00"
    )


def test_a_reopened_case_goes_on_without_the_time_it_was_resolved() -> None:
    story = """
        Mon 2026-01-12 09:00 received
        Mon 2026-01-12 12:00 status resolved
        Thu 2026-01-15 09:00 status reopened
        Thu 2026-01-15 11:00 status resolved
    """
    now = told(story, "Fri 2026-01-16 09:00")
    assert (now.clocks[TTR_FIRST].elapsed, now.clocks[TTR].elapsed) == (3 * HOUR, 5 * HOUR)
    assert [(c.number, c.verdict) for c in now.clocks[TTR].cycles] == [(1, Verdict.MET)]
    assert now.reopen_count == 1


def test_a_case_reopened_too_late_is_timed_like_its_own_follow_up() -> None:
    story = """
        Mon 2026-01-12 09:00 received
        Mon 2026-01-12 12:00 status resolved
        Mon 2026-02-02 09:00 status reopened
        Mon 2026-02-02 10:00 status resolved
    """
    ttr = told(story, "Fri 2026-02-06 09:00").clocks[TTR]
    assert (ttr.elapsed, ttr.cycles[0].elapsed) == (1 * HOUR, 3 * HOUR)


def test_a_merged_case_keeps_the_earliest_message_of_its_requester() -> None:
    story = """
        Mon 2026-01-12 09:00 message_in
        Mon 2026-01-12 11:00 received
        Mon 2026-01-12 12:00 merged_in
        Mon 2026-01-12 12:00 reply
    """
    now = told(story, "Fri 2026-01-16 09:00")
    assert now.received_at == moment("2026-01-12 09:00")
    assert now.clocks[FRT].elapsed == 3 * HOUR


@pytest.mark.parametrize("end", ["closed", "merged", "cancelled"])
def test_an_end_without_a_resolution_gives_no_time_and_no_verdict(end: str) -> None:
    story = f"Mon 2026-01-12 09:00 received\nMon 2026-01-12 12:00 status {end}"
    now = told(story, "Fri 2026-01-30 09:00")
    assert {state.verdict for state in now.clocks.values()} == {Verdict.NONE}
    assert now.clocks[TTR].elapsed is None
    late = told(
        story.replace("2026-01-12 12:00", "2026-01-20 12:00").replace(
            "Mon 2026-01-20", "Tue 2026-01-20"
        ),
        "Fri 2026-01-30 09:00",
    )
    assert late.clocks[TTR].verdict is Verdict.BREACHED


def test_a_resolution_without_any_reply_leaves_the_first_reply_unknown() -> None:
    story = """
        Mon 2026-01-12 09:00 received
        Mon 2026-01-12 12:00 status resolved
    """
    now = told(story, "Fri 2026-01-30 09:00")
    assert (now.clocks[FRT].verdict, now.clocks[FRT].elapsed) == (Verdict.NONE, None)
    assert now.clocks[TTR].verdict is Verdict.MET


def test_a_first_reply_before_the_receipt_is_a_fault_that_is_shown() -> None:
    story = """
        Mon 2026-01-12 08:00 reply
        Mon 2026-01-12 09:00 received
    """
    now = told(story, "Mon 2026-01-12 10:00")
    assert now.faults == ("first_reply_before_received",)
    assert now.clocks[FRT].verdict is Verdict.NONE
    assert now.first_response_at == moment("2026-01-12 08:00")


@pytest.mark.parametrize(
    ("calendar", "due"),
    [
        ("office", "Tue 2026-01-13 11:00"),
        ("lunch", "Tue 2026-01-13 11:00"),
        ("24x7", "Tue 2026-01-13 11:00"),
        ("night", "Tue 2026-01-13 06:00"),
    ],
)
def test_a_day_is_the_working_time_of_one_standard_day(calendar: str, due: str) -> None:
    book = a_book(a_policy(P2="1 d / 1 d / 1 d / 1 d"))
    now = told(
        "Mon 2026-01-12 11:00 received", "Mon 2026-01-12 12:00", book=book, calendar=calendar
    )
    assert now.clocks[TTR].due_at == moment(due)


def test_the_share_of_the_target_that_is_used_counts_working_time() -> None:
    now = told("Fri 2026-01-16 15:00 received", "Mon 2026-01-19 10:00")
    assert now.clocks[FRT].share_used == pytest.approx(0.75)


@pytest.mark.parametrize(
    ("reopened", "elapsed"),
    [
        ("Mon 2026-01-26 12:00", 4 * HOUR),
        ("Mon 2026-01-26 12:01", 1 * HOUR),
    ],
)
def test_a_reopening_on_the_last_day_allowed_still_goes_on(
    reopened: str, elapsed: timedelta
) -> None:
    later = moment(reopened) + HOUR
    story = f"""
        Mon 2026-01-12 09:00 received
        Mon 2026-01-12 12:00 status resolved
        {reopened} status reopened
    """
    ttr = told(story, f"{later.astimezone(BERLIN):%Y-%m-%d %H:%M}").clocks[TTR]
    assert ttr.elapsed == elapsed


def test_changes_at_one_instant_are_one_change() -> None:
    story = """
        Mon 2026-01-12 09:00 received
        Mon 2026-01-12 14:00 priority P3
        Mon 2026-01-12 14:00 priority P1
    """
    book = a_book(a_policy(P2="4 h / – / – / –", P3="9 d / – / – / –", P1="1 h / – / – / –"))
    frt = told(story, "Mon 2026-01-12 16:00", book=book).clocks[FRT]
    assert (frt.due_at, frt.breached_at) == (moment("2026-01-12 13:00"), moment("2026-01-12 13:00"))


def test_a_missed_due_time_does_not_move_with_a_later_pause() -> None:
    story = """
        Mon 2026-01-12 09:00 received
        Fri 2026-01-16 09:00 status awaiting_requester
        Mon 2026-01-19 12:00 status in_progress
    """
    ttr = told(story, "Mon 2026-01-19 15:00").clocks[TTR]
    assert (ttr.verdict, ttr.due_at) == (Verdict.BREACHED, moment("2026-01-14 17:00"))


def test_what_came_later_does_not_change_what_was_known_then() -> None:
    story = """
        Mon 2026-01-12 09:00 received
        Tue 2026-01-13 10:00 status resolved
    """
    then = told(story, "Mon 2026-01-12 17:00").clocks[TTR]
    assert (then.verdict, then.elapsed) == (Verdict.RUNNING, 8 * HOUR)

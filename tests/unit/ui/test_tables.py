"""Rows of the queue in words: state, clock, partner, and nothing where nothing is known."""

from __future__ import annotations

import pandas as pd

from core.ui.tables import due_words, readable, used_words

AT = 1_800_000_000_000_000
HOUR = 3_600_000_000


def rows(**columns: object) -> pd.DataFrame:
    one: dict[str, object] = {
        "ref": "E-000001",
        "state": "at_risk",
        "next_clock": "frt",
        "next_due_at": AT + HOUR // 2,
        "share_used": 0.8,
        "priority": "P1",
        "title": "A page is gone",
        "restriction": "open",
        "partner_name": "Nordlicht",
        "tier": "T1",
        "abuse_type": "access_loss",
        "channel": "partner_email",
        "market": "NA",
        "status": "in_progress",
        "owner": "us",
        "assignee": "",
        "age_us": 50 * HOUR,
    }
    return pd.DataFrame([{**one, **columns}])


def test_a_row_reads_as_a_person_would_say_it() -> None:
    shown = readable(rows(), AT).iloc[0]
    assert shown["state"] == ["At risk"]
    assert shown["due"] == "FRT 30 m left"
    assert shown["partner"] == "T1 · Nordlicht"
    assert shown["market"] == "Namibia"
    assert shown["assignee"] == "nobody"
    assert shown["age"] == "2 d 02 h"


def test_a_clock_past_due_says_by_how_much_and_a_paused_one_that_it_stands() -> None:
    assert due_words("breached", "ttr", AT - HOUR, AT) == "TTR 1 h 00 m over"
    assert due_words("paused", "ttr", AT - HOUR, AT) == "paused"
    assert due_words("none", "", None, AT) == "–"


def test_a_role_without_text_has_no_title_column() -> None:
    assert "title" not in readable(rows(title=""), AT)


def test_a_restricted_case_says_where_its_title_is_read() -> None:
    both = pd.concat([rows(), rows(title="", restriction="restricted")], ignore_index=True)
    assert list(readable(both, AT)["title"]) == [
        "A page is gone",
        "Restricted: open the case to read it",
    ]


def test_a_case_without_partner_or_type_shows_a_dash() -> None:
    shown = readable(rows(partner_name="", abuse_type=""), AT).iloc[0]
    assert (shown["partner"], shown["abuse_type"]) == ("–", "–")


def test_a_finished_case_says_so_and_has_no_countdown() -> None:
    shown = readable(rows(owner="", state="none", next_clock="", next_due_at=pd.NA), AT).iloc[0]
    assert (shown["state"], shown["due"], shown["owner"]) == (["Finished"], "–", "–")


def test_the_share_of_a_target_is_a_percentage_until_it_is_used_up_and_then_a_multiple() -> None:
    told = [used_words(share) for share in (0.0, 0.45, 0.999, 1.0, 1.44, 9.96, 136.49, 1234.0)]
    assert told == ["0 %", "45 %", "99 %", "1.0×", "1.4×", "10×", "136×", "1,234×"]
    assert used_words(float("nan")) == "–"


def test_the_bar_of_a_clock_past_due_is_full_and_no_longer() -> None:
    assert readable(rows(share_used=136.5), AT).iloc[0]["bar"] == 100
    assert readable(rows(share_used=0.45), AT).iloc[0]["bar"] == 45


def test_what_a_lead_asks_first_stands_before_the_title() -> None:
    columns = list(readable(rows(), AT))
    asked = ["case", "state", "due", "priority", "status", "owner", "assignee", "age", "partner"]
    assert [c for c in columns if c in asked] == asked
    assert max(map(columns.index, asked)) < columns.index("title")

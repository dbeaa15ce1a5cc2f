"""The audit chain: one text for one meaning, and every change shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.audit.chain import GENESIS, canonical, next_entry, verify
from core.audit.model import Draft, Entry

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def a_chain(length: int) -> list[Entry]:
    entries: list[Entry] = []
    previous = GENESIS
    for number in range(1, length + 1):
        draft = Draft("ana", "case.read", f"E-{number:06d}", {"n": number})
        entries.append(next_entry(draft, number, AT, previous))
        previous = entries[-1].hash
    return entries


def test_canonical_text_does_not_depend_on_order_or_on_how_letters_are_composed() -> None:
    composed, decomposed = "caf\u00e9", "cafe\u0301"
    assert canonical({"b": 1, "a": composed}) == canonical({"a": decomposed, "b": 1})
    assert canonical({"b": [1, 2.5, None, True], "a": "é"}) == '{"a":"é","b":[1,2.5,null,true]}'


def test_canonical_text_refuses_what_json_cannot_say() -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical({"a": float("nan")})


def test_an_untouched_chain_holds() -> None:
    entries = a_chain(5)
    found = verify(entries, 5, entries[-1].hash)
    assert found.holds
    assert found.count == 5


def test_an_empty_chain_holds() -> None:
    assert verify([], 0, "").holds


@pytest.mark.parametrize(
    "change",
    [
        {"actor": "eve"},
        {"act": "case.close"},
        {"subject": "E-000009"},
        {"details": {"n": 4}},
        {"at": AT.replace(hour=10)},
        {"hash": "0" * 64},
        {"previous_hash": "0" * 64},
    ],
)
def test_any_change_of_an_entry_is_found_at_that_entry(change: dict[str, object]) -> None:
    entries = a_chain(5)
    last = entries[-1].hash
    entries[2] = replace(entries[2], **change)  # type: ignore[arg-type]  # one field at a time
    found = verify(entries, 5, last)
    assert found.broken_id == 3


def test_a_missing_entry_is_found() -> None:
    entries = a_chain(5)
    assert verify(entries[:2] + entries[3:], 5, entries[-1].hash).broken_id == 3


def test_a_cut_off_end_is_found() -> None:
    entries = a_chain(5)
    assert verify(entries[:4], 5, entries[-1].hash).broken_id == 5

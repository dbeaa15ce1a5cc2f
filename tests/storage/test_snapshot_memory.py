"""What the snapshot remembers, and until when."""

from __future__ import annotations

from collections.abc import Sequence

from core.storage.snapshot.memory import Memory


class Counting:
    """Gives a new number each time it is asked to count."""

    def __init__(self) -> None:
        self.number = 0

    def __call__(self) -> int:
        self.number += 1
        return self.number


def nothing_changed(_old: int) -> Sequence[int]:
    return ()


def unknown(_old: int) -> None:
    return None


def test_a_result_is_remembered_for_its_state_only() -> None:
    memory, count = Memory(), Counting()
    assert [memory.remember(state, "key", count) for state in (1, 1, 2)] == [1, 1, 2]


def test_a_lasting_result_holds_as_long_as_it_says() -> None:
    memory, count = Memory(), Counting()

    def ask(state: int, *, holds: bool) -> int:
        return memory.last(state, ("kind", "key"), count, lambda _, __: holds, nothing_changed, 2)

    assert ask(1, holds=False) == 1
    assert ask(1, holds=False) == 1, "of the same state it is not asked"
    assert ask(2, holds=True) == 1
    assert ask(3, holds=False) == 2
    assert memory.at_hand(3, ("kind", "key")) == (2, True)
    assert memory.at_hand(4, ("kind", "key")) == (2, False)


def test_it_is_counted_anew_where_nobody_knows_what_changed() -> None:
    memory, count = Memory(), Counting()
    for state, number in ((1, 1), (2, 2)):
        found = memory.last(state, ("kind", "key"), count, lambda _, __: True, unknown, 2)
        assert found == number


def test_who_reads_an_older_state_counts_for_themselves() -> None:
    memory, count = Memory(), Counting()
    for state in (5, 4):
        memory.last(state, ("kind", "key"), count, lambda _, __: True, nothing_changed, 2)
    assert memory.at_hand(5, ("kind", "key")) == (1, True)


def test_only_the_latest_of_a_kind_are_kept() -> None:
    memory, count = Memory(), Counting()
    for key in "abc":
        memory.last(1, ("kind", key), count, lambda _, __: True, nothing_changed, 2)
    assert memory.at_hand(1, ("kind", "a")) is None
    assert memory.at_hand(1, ("kind", "c")) == (3, True)
    memory.clear()
    assert memory.at_hand(1, ("kind", "c")) is None

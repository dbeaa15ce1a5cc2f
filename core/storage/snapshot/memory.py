"""Remembers what was counted: for one state of the cases, or for as long as they leave it as it is."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

T = TypeVar("T")
MOST_REMEMBERED = 256  # results of counting, a few kilobytes each
ChangedSince = Callable[[int], Sequence[int] | None]


@dataclass(slots=True)
class _Shelf:
    """Lasting results of one kind, the one used last at the end; only one is counted at a time."""

    held: OrderedDict[Hashable, tuple[int, Any]] = field(default_factory=OrderedDict)
    lock: threading.RLock = field(default_factory=threading.RLock)


class Memory:
    """Results by state of the cases and key; many threads may ask."""

    def __init__(self) -> None:
        self._of_state: dict[int, dict[Hashable, object]] = {}
        self._shelves: dict[str, _Shelf] = {}
        self._lock = threading.Lock()

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._of_state.clear()
            self._shelves.clear()

    def remember(self, state: int, key: Hashable, count: Callable[[], T]) -> T:
        """What was counted before for this state and key, else counted now."""
        known = self._of_state.get(state, {}).get(key)
        if known is not None:
            return cast("T", known)
        found = count()
        with self._lock:
            for old in sorted(self._of_state)[:-1]:
                if old < state:  # readers of the state before last are through
                    del self._of_state[old]
            of_state = self._of_state.setdefault(state, {})
            while len(of_state) >= MOST_REMEMBERED:
                of_state.pop(next(iter(of_state)))
            of_state[key] = found
        return found

    def last(
        self,
        state: int,
        place: tuple[str, Hashable],
        count: Callable[[], T],
        holds: Callable[[T, Sequence[int]], bool],
        changed_since: ChangedSince,
        most: int,
    ) -> T:
        """What was counted for a kind and key in an earlier state, if it still holds.

        ``holds`` is asked with the cases that changed; where those are not known it is counted
        anew. ``most`` results of the kind are kept, those used last.
        """
        kind, key = place
        with self._lock:
            shelf = self._shelves.setdefault(kind, _Shelf())
        with shelf.lock:
            old, known = shelf.held.get(key, (state, None))
            if known is not None and old == state:
                shelf.held.move_to_end(key)
                return cast("T", known)
            if old > state:  # somebody has read a later state meanwhile
                return count()
            changed = None if known is None else changed_since(old)
            is_same = changed is not None and holds(cast("T", known), changed)
            found = cast("T", known) if is_same else count()
            shelf.held[key] = (state, found)
            shelf.held.move_to_end(key)
            while len(shelf.held) > most:
                shelf.held.popitem(last=False)
            return found

    def at_hand(self, state: int, place: tuple[str, Hashable]) -> tuple[object, bool] | None:
        """The last result of a kind and key, and whether it is of this state; None without one."""
        kind, key = place
        shelf = self._shelves.get(kind)
        found = None if shelf is None else shelf.held.get(key)
        return None if found is None else (found[1], found[0] == state)

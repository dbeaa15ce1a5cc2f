"""One consistent look at the snapshot: everything that it counts belongs to one number."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Executable, Table

from core.storage.snapshot.dialect import columns_of, rendered, run
from core.storage.snapshot.evaluate import Evaluator
from core.storage.snapshot.roster import Roster
from core.storage.snapshot.tables import OPEN_CASES, QUEUE_COLUMNS, RECENT_COLUMNS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from core.storage.snapshot.dialect import Columns
    from core.storage.snapshot.snapshot import Snapshot

T = TypeVar("T")


@dataclass(frozen=True)
class Reading:
    """One consistent look at the snapshot."""

    snapshot: Snapshot
    cursor: DuckDBPyConnection
    version: int
    at: int  # when that version was taken over
    is_refreshing: bool
    state: int  # the last version in which a case or a partner changed: what counts depend on

    def evaluator(self, table: Table, since: int | None = None) -> Evaluator:
        """Arrays of a table that can work out expressions; ``since`` takes recent cases only."""
        columns = self.snapshot.column_set(self, table, since)
        if table is OPEN_CASES:
            columns.fetch(self.cursor, QUEUE_COLUMNS)
        else:
            columns.fetch(self.cursor, RECENT_COLUMNS if since is not None else ())
        return Evaluator(columns, self.cursor)

    def holds(self, table: Table) -> bool:
        """True when the arrays of the whole table are at hand, and counting in them is quickest."""
        return self.snapshot.column_set(self, table, None).has(QUEUE_COLUMNS)

    @property
    def partners(self) -> Mapping[int, tuple[str, str]]:
        """Reference and name of each partner."""
        return self.snapshot.partners

    def remember(self, key: Hashable, count: Callable[[], T]) -> T:
        """What was counted before for the key while cases are as they are, else counted now."""
        return self.snapshot.memory.remember(self.state, key, count)

    def last(
        self,
        kind: str,
        key: Hashable,
        count: Callable[[], T],
        holds: Callable[[T, Sequence[int]], bool],
        most: int,
    ) -> T:
        """The last result of a kind and key while it holds in spite of the changed cases.

        The latest ``most`` results of the kind are kept.
        """
        since = partial(self.snapshot.changed_between, new=self.state)
        return self.snapshot.memory.last(self.state, (kind, key), count, holds, since, most)

    def at_hand(self, kind: str, key: Hashable) -> tuple[object, bool] | None:
        """The last result of a kind and key, and whether it is of this state; None without one."""
        return self.snapshot.memory.at_hand(self.state, (kind, key))

    @property
    def roster(self) -> Roster:
        """All partners side by side."""
        return self.snapshot.roster

    def columns(self, statement: Executable) -> Columns:
        """The result as one array per column."""
        return columns_of(self.cursor, statement)

    def number(self, statement: Executable) -> int:
        """The one number that a statement asks for; the same question is asked once per version."""
        text, values = rendered(statement)
        found = tuple(tuple(v) if isinstance(v, list) else v for v in values)

        def count() -> int:
            return int(self.cursor.execute(text, values).fetchall()[0][0])

        return self.remember((text, found), count)

    def rows(self, statement: Executable) -> list[tuple[Any, ...]]:
        """The result as tuples."""
        return run(self.cursor, statement).fetchall()

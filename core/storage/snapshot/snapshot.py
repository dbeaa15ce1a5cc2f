"""The in-memory copy of all cases that counts are made in, kept in step with the store of record.

A reading is one transaction: everything that it counts belongs to one sequence number.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

import duckdb
from sqlalchemy import Connection, Executable, Table

from core.clock import to_micros
from core.sla.model import SlaBook
from core.storage.engine import Store
from core.storage.snapshot import keep, load
from core.storage.snapshot.codes import Codes, create_tables, no_codes, widen
from core.storage.snapshot.columns import ColumnSet
from core.storage.snapshot.dialect import columns_of, rendered, run
from core.storage.snapshot.errands import Errand, beside
from core.storage.snapshot.evaluate import Evaluator
from core.storage.snapshot.gap_links import GapLinks, newest_gap_links
from core.storage.snapshot.memory import Memory
from core.storage.snapshot.newer import NEVER, enter_newer
from core.storage.snapshot.roster import Roster, roster_of
from core.storage.snapshot.steps import Steps
from core.storage.snapshot.tables import OPEN_CASES, QUEUE_COLUMNS, RECENT_COLUMNS, is_recent

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from core.storage.snapshot.dialect import Columns

# Below so many cases reading the store is as quick as reading a kept file.
WORTH_KEEPING = 50_000
# A change of more cases than this is taken over in the background; below it, readers wait for it.
MOST_WHILE_WAITING = 20_000
MOST_SETS = 5  # all, open, and the recent cases of a few lengths or days
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
        since = partial(self.snapshot.steps.between, new=self.state)
        return self.snapshot.memory.last(self.state, (kind, key), count, holds, since, most)

    def at_hand(self, kind: str, key: Hashable) -> tuple[object, bool] | None:
        """The last result of a kind and key, and whether it is of this state; None without one."""
        return self.snapshot.memory.at_hand(self.state, (kind, key))

    @property
    def roster(self) -> Roster:
        """All partners side by side."""
        return self.snapshot.roster

    @property
    def gap_links(self) -> GapLinks:
        """The cases that are linked to gaps."""
        return self.snapshot.gap_links

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


class Snapshot:
    """All cases without their texts, in memory, for one process."""

    def __init__(
        self,
        store: Store,
        book: SlaBook,
        *,
        folder: Path | None = None,
        most_while_waiting: int = MOST_WHILE_WAITING,
        worth_keeping: int = WORTH_KEEPING,
    ) -> None:
        self.store = store
        self.book = book
        self._folder = folder
        self._most_while_waiting = most_while_waiting
        self._worth_keeping = worth_keeping
        self.version = NEVER
        self._database = duckdb.connect(":memory:")
        self._cursors: SimpleQueue[DuckDBPyConnection] = SimpleQueue()
        self._lock = threading.Lock()
        self._background: threading.Thread | None = None
        self._hold_ready: Callable[[Reading], None] = _nothing
        self._is_ready = False  # what is held ready is of a version that arrays can follow from
        self.is_refreshing = False  # a large change is being taken over in the background
        self._keeping: threading.Thread | None = None
        self._sets: dict[Hashable, tuple[int, ColumnSet | None]] = {}
        self.steps = Steps()
        self.memory = Memory()
        self.errand = Errand()
        self._sets_lock = threading.Lock()
        self._state = NEVER
        self._codes = no_codes()
        self._partner_rows: load.Partners = ()
        self.partners: Mapping[int, tuple[str, str]] = {}
        self.roster = roster_of(())
        self.gap_links = GapLinks()
        self._page = threading.local()
        self._prepare()

    def close(self) -> None:
        """Forget everything."""
        self._wait_for_background()
        self.errand.wait()
        self.wait_until_kept()
        self._database.close()

    def in_background(self, job: Callable[[Reading], None]) -> None:
        """Count something beside the readers, one thing at a time."""

        def read() -> None:
            with self.reading() as reading:
                job(reading)

        self.errand.begin(read)

    @contextmanager
    def page(self) -> Iterator[None]:
        """What this thread reads meanwhile is one sequence: whatever reads does not catch up again."""
        with self.reading() as reading:
            self._page.reading = reading
            try:
                yield
            finally:
                self._page.reading = None

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """Catch up, then read within one transaction; within a page it is that of the page."""
        of_page: Reading | None = getattr(self._page, "reading", None)
        if of_page is not None:
            yield of_page
            return
        self.catch_up()
        cursor = self._take_cursor()
        try:
            cursor.execute("BEGIN TRANSACTION")
            seq, at, state = cursor.execute("SELECT seq, taken_at, state FROM mark").fetchall()[0]
            if seq != self.version:
                with self._lock:  # the take-over has committed and is about to say so
                    pass
            yield Reading(self, cursor, seq, at, self.is_refreshing, state)
        finally:
            cursor.execute("ROLLBACK")
            self._cursors.put(cursor)

    def column_set(self, reading: Reading, table: Table, since: int | None) -> ColumnSet:
        """The arrays of a table at the reading's state; others are let go or brought along."""
        place = (table.name, since)
        with self._sets_lock:
            version, kept = self._sets.pop(place, (NEVER, None))
            if kept is None or version != reading.state:
                kept = self._brought_along(kept, version, reading)
            kept = kept or ColumnSet(
                table, self._codes.values, None if since is None else is_recent(table, since)
            )
            self._sets[place] = (reading.state, kept)
            while len(self._sets) > MOST_SETS:
                self._sets.pop(next(iter(self._sets)))
            return kept

    def _brought_along(
        self, kept: ColumnSet | None, version: int, reading: Reading
    ) -> ColumnSet | None:
        changed = self.steps.between(version, reading.state)
        if kept is None or changed is None:
            return None
        return kept.follow(reading.cursor, changed, self._codes.values)

    def _remember_step(self, seq: int, changed: Sequence[int] | None) -> None:
        with self._sets_lock:
            if self.version == NEVER or changed is None:
                self.steps.forget()
                self._is_ready = False
            else:
                self.steps.note(self._state, seq, changed)

    def begin(self, hold_ready: Callable[[Reading], None]) -> None:
        """Start to take over all there is; ``hold_ready`` is called with each version so taken.

        Whoever reads meanwhile waits for the cases, but not for what is held ready.
        """
        self._hold_ready = hold_ready
        self._start_background()

    def catch_up(self, *, wait: bool = False) -> int:
        """Take over what changed and give the version; a large change only starts, unless waited for."""
        if not self.is_refreshing and self.store.seq() == self.version:
            return self.version
        if wait:
            self._wait_for_background()
        if wait or self.version == NEVER:
            self._take_over()
        elif not self.is_refreshing:
            if self._is_large():
                self._start_background()
            else:
                self._take_over()
        if self._hold_ready is not _nothing and not self._is_ready:
            self._start_background()
        return self.version

    def _is_large(self) -> bool:
        with self.store.read() as connection:
            return load.count_newer(connection, self.version) > self._most_while_waiting

    def _start_background(self) -> None:
        with self._lock:
            if not self.is_refreshing:
                self.is_refreshing = True
                self._background = beside(self._refresh, "snapshot refresh failed")

    def _refresh(self) -> None:
        try:
            self._take_over()
        finally:
            self.is_refreshing = False
        self._is_ready = True
        with self.reading() as reading:
            self._hold_ready(reading)

    def _wait_for_background(self) -> None:
        thread = self._background
        if thread is not None:
            thread.join()

    def _prepare(self) -> None:
        cursor = self._database.cursor()
        create_tables(cursor, self._codes)
        cursor.execute(
            "CREATE TABLE partners "
            "(id BIGINT, ref VARCHAR, name VARCHAR, category VARCHAR, lead_id BIGINT)"
        )
        cursor.execute("CREATE TABLE grants (case_id BIGINT, kind VARCHAR, name VARCHAR)")
        cursor.execute("CREATE TABLE mark (seq BIGINT, taken_at BIGINT, state BIGINT)")
        cursor.execute("INSERT INTO mark VALUES ($1, 0, $1)", [NEVER])
        load.create_lists(cursor)
        self._codes = widen(cursor, self._codes, load.derived_values())

    def _take_over(self) -> None:
        with self._lock, self.store.read() as connection:
            seq = load.newest_seq(connection)
            if seq == self.version:
                return
            cursor = self._take_cursor()
            cursor.execute("BEGIN TRANSACTION")
            try:
                self._apply(cursor, connection, seq)
            except BaseException:
                cursor.execute("ROLLBACK")
                raise
            finally:
                self._cursors.put(cursor)

    def _apply(self, cursor: DuckDBPyConnection, connection: Connection, seq: int) -> None:
        # A smaller number than ours means that the store was replaced, so we begin again.
        known = self.version if self.version <= seq else NEVER
        codes, old = self._codes, self._partner_rows
        if known == NEVER:
            cursor.execute("DELETE FROM cases")
            known, codes, old = self._from_file(cursor, connection, codes, old)
        partners = load.all_partners(connection)
        codes = load.take_partners(cursor, codes, old, partners)
        entered = enter_newer(cursor, connection, known, codes)
        load.take_grants(cursor, connection, known if known == self.version else NEVER)
        gap_links = newest_gap_links(connection, self.gap_links)
        is_same = partners == self._partner_rows and gap_links.says_as(self.gap_links)
        is_step = known == self.version and (is_same or not load.moved_partners(old, partners))
        # Most writes change no case: a sign-in, an edit of a text. Whatever was counted stays.
        state = self._state if is_step and is_same and entered.changed == () else seq
        if state == seq:
            self._remember_step(seq, entered.changed if is_step else None)
        at = to_micros(self.store.clock.now())
        cursor.execute("UPDATE mark SET seq = $1, taken_at = $2, state = $3", [seq, at, state])
        cursor.execute("COMMIT")
        if seq < self.version:  # another store may reach the numbers of this one with other cases
            self.memory.clear()
        if partners != self._partner_rows:
            self.partners = {row[0]: (row[1], row[2]) for row in partners}
            self.roster = roster_of(partners)
        self._state, self.gap_links = state, gap_links
        self._codes, self._partner_rows, self.version = entered.codes, partners, seq
        if entered.count >= self._worth_keeping and self._folder is not None:
            self._keep(seq, keep.lineage(connection))

    def _from_file(
        self,
        cursor: DuckDBPyConnection,
        connection: Connection,
        codes: Codes,
        partners: load.Partners,
    ) -> tuple[int, Codes, load.Partners]:
        mark = keep.kept_mark(connection, self._folder) if self._folder else None
        if mark is None or self._folder is None:
            return NEVER, codes, partners
        codes = widen(cursor, codes, mark.values)
        keep.take_rows(cursor, self._folder)
        load.open_again(cursor)
        # Those of the file are the old ones of the take-over, which replaces them only if they differ.
        load.put_partners(cursor, mark.partners)
        # Categories were worked out with the partners of then.
        return mark.seq, codes, mark.partners

    def _keep(self, seq: int, entry: tuple[int, str]) -> None:
        """Write the file beside the readers; a failure costs only the next start some time."""
        codes, partners, folder = self._codes, self._partner_rows, self._folder

        def write() -> None:
            cursor = self._database.cursor()
            cursor.execute("BEGIN TRANSACTION")
            held = cursor.execute("SELECT seq FROM mark").fetchall()[0][0]
            if folder is not None and held == seq:
                keep.keep(cursor, folder, seq=seq, entry=entry, codes=codes, partners=partners)

        self._keeping = beside(write, "snapshot not kept")

    def wait_until_kept(self) -> None:
        """Return when no file is being written."""
        if self._keeping is not None:
            self._keeping.join()

    def _take_cursor(self) -> DuckDBPyConnection:
        try:
            return self._cursors.get_nowait()
        except Empty:
            return self._database.cursor()


def _nothing(_reading: Reading) -> None:
    """Nobody asked for anything to be held ready."""

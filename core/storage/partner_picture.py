"""The whole directory as it stands, read once after each change of it and shared by all.

It knows no scope: whoever shows something of it asks for what is ``within`` one.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import Connection

from core.access.model import Scope
from core.partners.directory_rules import directory_limits
from core.partners.spellings import Likeness, Spelling, likenesses
from core.storage import partner_directory as rows
from core.storage.engine import Store
from core.storage.fold import fold
from core.storage.partner_directory import Account, DirectoryEntry, Known

EVERYWHERE = Scope("", "", None, True, False, False, False)
MOST_KEPT = 4  # stores; a process has one, tests have several


@dataclass(frozen=True, slots=True)
class PictureLine:
    """One partner with what it is found by."""

    entry: DirectoryEntry
    spellings: tuple[Known, ...]
    others: tuple[str, ...]  # spellings besides the name
    accounts: tuple[Account, ...]
    words: str  # folded: reference, name, spellings and handles

    def has(self, wanted: str) -> bool:
        """True when a folded text is part of what the partner is found by."""
        return wanted in self.words


@dataclass(frozen=True)
class Picture:
    """Every partner that is not merged into another, by name."""

    lines: tuple[PictureLine, ...]

    def within(self, scope: Scope) -> tuple[PictureLine, ...]:
        """The partners that a scope has."""
        if scope.partner_ids is None:
            return self.lines
        return tuple(line for line in self.lines if line.entry.id in scope.partner_ids)

    @cached_property
    def alike(self) -> tuple[Likeness, ...]:
        """Pairs that are probably one partner, worked out when somebody asks first."""
        every = [
            Spelling(line.entry.id, known.spelling or known.folded, line.entry.facts.market)
            for line in self.lines
            for known in line.spellings
        ]
        return likenesses(every, directory_limits().spellings)


_kept: dict[str, tuple[tuple[int, ...], Picture]] = {}
_lock = threading.Lock()


def picture_of(store: Store, connection: Connection) -> Picture:
    """The directory as a read sees it."""
    mark = rows.directory_mark(connection)
    with _lock:
        known = _kept.get(store.url)
        if known and known[0] == mark:
            return known[1]
        picture = _read(connection)
        _kept.pop(store.url, None)
        _kept[store.url] = (mark, picture)
        while len(_kept) > MOST_KEPT:
            _kept.pop(next(iter(_kept)))
        return picture


def _read(connection: Connection) -> Picture:
    found = rows.entries(connection, EVERYWHERE)
    ids = [entry.id for entry in found]
    spellings, accounts = rows.spellings_of(connection, ids), rows.accounts_of(connection, ids)
    return Picture(tuple(_line(e, spellings.get(e.id, ()), accounts.get(e.id, ())) for e in found))


def _line(
    entry: DirectoryEntry, spellings: tuple[Known, ...], accounts: tuple[Account, ...]
) -> PictureLine:
    own = fold(entry.facts.name)
    others = tuple(k.spelling or k.folded for k in spellings if k.folded != own)
    parts = [fold(entry.ref), own, *(k.folded for k in spellings)]
    parts += [fold(account.handle) for account in accounts]
    return PictureLine(entry, spellings, others, accounts, "\n".join(parts))

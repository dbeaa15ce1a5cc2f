"""Reads the directory as a picture that a file is compared with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from core.access.model import Scope
from core.partners.directory_lines import Line
from core.storage import partner_directory as rows
from core.storage import people
from core.storage.directory import merged_refs
from core.storage.partner_assignments import own_managers
from core.storage.partner_directory import Account, DirectoryEntry, Known
from core.storage.people import User


@dataclass(frozen=True, slots=True)
class Book:
    """The directory as one person may see it, and whom every spelling of the file leads to."""

    entries: Mapping[str, DirectoryEntry]  # by reference
    spellings: Mapping[int, Sequence[Known]]
    accounts: Mapping[int, Sequence[Account]]
    managers: Mapping[int, frozenset[str]]
    holders: Mapping[str, int]  # also of partners that the person may not see
    users: Mapping[str, User]
    merged: Mapping[str, str]  # reference of a merged partner -> of the one that it leads to


def book_of(connection: Connection, scope: Scope, lines: Iterable[Line]) -> Book:
    """The directory at one moment, and whom the names and spellings of some lines lead to."""
    found = rows.entries(connection, scope)
    by_id = {entry.id: entry for entry in found}
    ids = list(by_id)
    written = [entry.facts.name for entry in found]
    for line in lines:
        written += [line.text("name") or "", *(line.values("spellings") or ())]
    spellings = rows.spellings_of(connection, ids)
    return Book(
        entries={entry.ref: entry for entry in found},
        spellings=spellings,
        accounts=rows.accounts_of(connection, ids),
        managers=own_managers(connection, ids),
        holders=rows.holders_of(connection, written)
        | {known.folded: key for key, held in spellings.items() for known in held},
        merged={
            ref: by_id[lead].ref for ref, lead in merged_refs(connection).items() if lead in by_id
        },
        users={user.username: user for user in people.users(connection)},
    )

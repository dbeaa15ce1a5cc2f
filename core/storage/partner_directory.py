"""Rows of the directory of partners: facts with a version, spellings, accounts and tiers over time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, insert, select, update

from core.access.model import Scope
from core.errors import Conflict, NotFound
from core.partners.directory_rules import FIELDS, Facts
from core.storage.bulk import take_ids
from core.storage.directory import ACCOUNTS, ALIASES, PARTNERS, lead_id
from core.storage.engine import Write
from core.storage.fold import fold
from core.storage.sets import among
from core.storage.tables import PartnerTierRow
from core.storage.tables.base import table_of

TIERS = table_of(PartnerTierRow)
_COLUMNS = ("id", "ref", "version", "merged_into_id", "created_at", "changed_by", "changed_at")


@dataclass(frozen=True, slots=True)
class DirectoryEntry:
    """A partner as the directory has it; every change of it or of what belongs to it is a version."""

    id: int
    ref: str
    facts: Facts
    version: int
    merged_into_id: int | None
    created_at: int
    changed_by: str
    changed_at: int | None


@dataclass(frozen=True, slots=True)
class Known:
    """A spelling that leads to a partner."""

    id: int
    partner_id: int
    folded: str
    spelling: str


@dataclass(frozen=True, slots=True)
class Account:
    """An account of a partner on a platform."""

    id: int
    partner_id: int
    platform: str
    handle: str


@dataclass(frozen=True, slots=True)
class TierSince:
    """A tier and the moment that it counts from; ``set_by`` is empty for the first."""

    tier: str
    from_at: int
    set_by: str
    set_at: int


def entries(connection: Connection, scope: Scope) -> list[DirectoryEntry]:
    """Every partner inside the scope that is not merged into another, by name."""
    statement = _visible(scope).where(PARTNERS.c.merged_into_id.is_(None))
    rows = connection.execute(statement.order_by(PARTNERS.c.name, PARTNERS.c.id))
    return [_entry(row) for row in rows]


def directory_mark(connection: Connection) -> tuple[int, ...]:
    """Numbers of which one differs after every change of the directory; quicker than reading it."""
    partners = select(
        *(func.count(), func.max(PARTNERS.c.id), func.max(PARTNERS.c.created_at)),
        func.sum(PARTNERS.c.version),
    )
    rest = [select(func.count(), func.max(table.c.id)) for table in (ALIASES, ACCOUNTS)]
    return tuple(
        int(number or 0)
        for statement in (partners, *rest)
        for number in connection.execute(statement).one()
    )


def entry(connection: Connection, scope: Scope, ref: str) -> DirectoryEntry:
    """One partner, for a merged one that which it leads to; unknown and out of scope look the same."""
    statement = _visible(scope).where(PARTNERS.c.id == lead_id(connection, ref))
    row = connection.execute(statement).one_or_none()
    if row is None:
        raise NotFound("Partner", ref)
    return _entry(row)


def named_entries(connection: Connection, ids: Collection[int]) -> dict[int, DirectoryEntry]:
    """Partners by key, merged ones too; whoever shows one has checked the scope."""
    columns = [PARTNERS.c[name] for name in (*_COLUMNS, *FIELDS)]
    rows = connection.execute(select(*columns).where(_one_of(connection, PARTNERS.c.id, ids)))
    return {row[0]: _entry(row) for row in rows}


def add_entry(write: Write, facts: Facts) -> DirectoryEntry:
    """Add a partner that no spelling leads to yet; its name is its first spelling."""
    key = take_ids(write, PARTNERS, 1)
    write.connection.execute(
        insert(PARTNERS).values(
            id=key, ref=f"P-{key:04d}", created_at=write.at, **_changed(write), **facts.values()
        )
    )
    add_spelling(write, key, facts.name)
    return named_entries(write.connection, [key])[key]


def change_facts(write: Write, before: DirectoryEntry, facts: Facts) -> None:
    """Put other facts in the place of those of one version; a newer version is a conflict."""
    found = write.connection.execute(
        update(PARTNERS)
        .where(PARTNERS.c.id == before.id, PARTNERS.c.version == before.version)
        .values(**facts.values(), **_changed(write), version=before.version + 1)
    )
    if found.rowcount != 1:
        raise Conflict("Somebody changed this partner first.", hint="Look at it again.")


def next_version(write: Write, partner_id: int) -> None:
    """Note that something that belongs to a partner was changed."""
    write.connection.execute(
        update(PARTNERS)
        .where(PARTNERS.c.id == partner_id)
        .values(version=PARTNERS.c.version + 1, **_changed(write))
    )


def holder_of(connection: Connection, spelling: str) -> int | None:
    """The partner that a spelling leads to, of whatever scope; None when it is free."""
    statement = select(ALIASES.c.partner_id).where(ALIASES.c.folded == fold(spelling))
    return connection.execute(statement).scalar_one_or_none()


def holders_of(connection: Connection, spellings: Collection[str]) -> dict[str, int]:
    """The partners that spellings lead to, by the folded spelling; free ones are absent."""
    folded = sorted({fold(spelling) for spelling in spellings})
    statement = select(ALIASES.c.folded, ALIASES.c.partner_id)
    rows = connection.execute(statement.where(_one_of(connection, ALIASES.c.folded, folded)))
    return {row.folded: row.partner_id for row in rows}


def spellings_of(
    connection: Connection, partner_ids: Collection[int]
) -> dict[int, tuple[Known, ...]]:
    """Every spelling of each partner, its name among them, in order of the alphabet."""
    statement = (
        select(ALIASES.c.id, ALIASES.c.partner_id, ALIASES.c.folded, ALIASES.c.spelling)
        .where(_one_of(connection, ALIASES.c.partner_id, partner_ids))
        .order_by(ALIASES.c.folded)
    )
    found: dict[int, list[Known]] = {}
    for row in connection.execute(statement):
        found.setdefault(row[1], []).append(Known(*row))
    return {key: tuple(held) for key, held in found.items()}


def accounts_of(
    connection: Connection, partner_ids: Collection[int]
) -> dict[int, tuple[Account, ...]]:
    """Every account of each partner by platform and handle."""
    statement = (
        select(ACCOUNTS.c.id, ACCOUNTS.c.partner_id, ACCOUNTS.c.platform, ACCOUNTS.c.handle)
        .where(_one_of(connection, ACCOUNTS.c.partner_id, partner_ids))
        .order_by(ACCOUNTS.c.platform, ACCOUNTS.c.handle)
    )
    found: dict[int, list[Account]] = {}
    for row in connection.execute(statement):
        found.setdefault(row[1], []).append(Account(*row))
    return {key: tuple(held) for key, held in found.items()}


def add_spelling(write: Write, partner_id: int, spelling: str) -> int:
    """Let a spelling that is free lead to a partner; gives its key."""
    key = take_ids(write, ALIASES, 1)
    write.connection.execute(
        insert(ALIASES).values(
            id=key, partner_id=partner_id, folded=fold(spelling), spelling=spelling
        )
    )
    return key


def remove_spelling(write: Write, spelling_id: int) -> None:
    """Let a spelling lead nowhere."""
    write.connection.execute(delete(ALIASES).where(ALIASES.c.id == spelling_id))


def add_account(write: Write, partner_id: int, platform: str, handle: str) -> int:
    """Note an account that the partner does not have yet; gives its key."""
    key = take_ids(write, ACCOUNTS, 1)
    write.connection.execute(
        insert(ACCOUNTS).values(id=key, partner_id=partner_id, platform=platform, handle=handle)
    )
    return key


def remove_account(write: Write, account_id: int) -> None:
    """Take an account off its partner."""
    write.connection.execute(delete(ACCOUNTS).where(ACCOUNTS.c.id == account_id))


def tier_history(connection: Connection, partner_id: int) -> tuple[TierSince, ...]:
    """The tiers of a partner, the first one first; empty when nobody ever changed it."""
    statement = select(*(TIERS.c[name] for name in ("tier", "from_at", "set_by", "set_at")))
    statement = statement.where(TIERS.c.partner_id == partner_id)
    rows = connection.execute(statement.order_by(TIERS.c.from_at, TIERS.c.id))
    return tuple(TierSince(**row._asdict()) for row in rows)


def add_tier(write: Write, before: DirectoryEntry, tier: str, from_at: int) -> None:
    """Note another tier with the moment that it counts from, the first time also the one before."""
    history = tier_history(write.connection, before.id)
    if not history:
        # A tier that counts from before the partner was known here was its first.
        begun = min(before.created_at, from_at)
        _insert_tier(write, before.id, TierSince(before.facts.tier, begun, "", write.at))
    _insert_tier(write, before.id, TierSince(tier, from_at, write.draft.actor, write.at))


def _insert_tier(write: Write, partner_id: int, since: TierSince) -> None:
    write.connection.execute(
        insert(TIERS).values(
            partner_id=partner_id,
            tier=since.tier,
            from_at=since.from_at,
            set_by=since.set_by,
            set_at=since.set_at,
        )
    )


def _visible(scope: Scope) -> Select[Any]:
    statement = select(*(PARTNERS.c[name] for name in (*_COLUMNS, *FIELDS)))
    if scope.partner_ids is not None:
        statement = statement.where(PARTNERS.c.id.in_(sorted(scope.partner_ids)))
    return statement


def _entry(row: Row[Any]) -> DirectoryEntry:
    key, ref, version, merged_into_id, created_at, changed_by, changed_at, *facts = tuple(row)
    return DirectoryEntry(
        key, ref, Facts(*facts), version, merged_into_id, created_at, changed_by, changed_at
    )


def _changed(write: Write) -> dict[str, object]:
    return {"changed_by": write.draft.actor, "changed_at": write.at}


def _one_of(connection: Connection, column: Any, values: Collection[Any]) -> Any:
    is_sqlite = connection.dialect.name == "sqlite"
    return among(column, sorted(values), "sqlite" if is_sqlite else "postgresql")

"""Partners with their accounts and spellings: adding them, finding them by any name, reading them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from itertools import repeat
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Row, select

from core.access.model import Scope
from core.errors import NotFound
from core.storage.bulk import Columns, insert_columns, take_ids
from core.storage.engine import Write
from core.storage.fold import fold
from core.storage.sets import among
from core.storage.tables import (
    PartnerAccountRow,
    PartnerAliasRow,
    PartnerRow,
    UserPartnerRow,
    UserRow,
)
from core.storage.tables.base import table_of

__all__ = [
    "Partner",
    "accounts",
    "add_partners",
    "fold",
    "lead_id",
    "lead_ids",
    "merged_refs",
    "partner",
    "partners",
    "resolve_partners",
    "tiers",
]

PARTNERS = table_of(PartnerRow)
ALIASES = table_of(PartnerAliasRow)
ACCOUNTS = table_of(PartnerAccountRow)

UNMANAGED = "T4"  # the tier of a partner that nobody has classed
TRAITS = ("category", "tier", "market", "language", "zone")
_LEAD = select(PARTNERS.c.id, PARTNERS.c.merged_into_id)


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner as a page shows it."""

    id: int
    ref: str
    name: str
    category: str
    tier: str
    market: str
    language: str
    zone: str
    is_active: bool


def add_partners(
    write: Write,
    lines: pd.DataFrame,
    aliases: pd.DataFrame | None = None,
    accounts: pd.DataFrame | None = None,
    batch_id: int | None = None,
) -> dict[str, int]:
    """Add partners (PARTNER_LINES, ALIAS_LINES, ACCOUNT_LINES); gives their keys by folded name.

    A partner that is known by its name is kept as it stands, and gains what is new about it.
    """
    by_name = _known(write, [fold(name) for name in lines["name"]])
    fresh = lines[[fold(name) not in by_name for name in lines["name"]]]
    fresh = fresh[~fresh["name"].map(fold).duplicated()]
    by_name |= _insert(write, fresh, batch_id)
    if aliases is not None and len(aliases):
        _add_aliases(write, aliases, by_name)
    if accounts is not None and len(accounts):
        _add_accounts(write, accounts, by_name)
    if "manager" in lines.columns:
        _add_managers(write, lines, by_name)
    return by_name


def resolve_partners(
    write: Write,
    names: pd.Series[str],
    defaults: Mapping[str, Mapping[str, str]] | None = None,
    batch_id: int | None = None,
) -> pd.Series[int]:
    """The key for each name or alias (``<NA>`` for ''), creating partners that nobody knows.

    ``defaults`` holds traits (category, tier, market, …) for a new partner by its folded name.
    """
    spelled = pd.Series(names.unique())
    spelled = spelled[spelled != ""]
    folded = {str(name): fold(str(name)) for name in spelled}
    known = _known(write, sorted(set(folded.values())))
    unknown = {f: name for name, f in reversed(folded.items()) if f not in known and f}
    if unknown:
        known |= _insert(write, _new_lines(unknown, defaults or {}), batch_id)
    keys = {name: known[f] for name, f in folded.items() if f}
    return names.map(keys).astype("Int64")


def tiers(write: Write, keys: list[int]) -> dict[int, str]:
    """The tier of each of these partners."""
    rows = write.connection.execute(
        select(PARTNERS.c.id, PARTNERS.c.tier).where(among(PARTNERS.c.id, keys, write.dialect))
    )
    return {row.id: row.tier for row in rows}


def partners(connection: Connection, scope: Scope) -> list[Partner]:
    """All partners inside the scope, by name; one that was merged into another is none."""
    statement = (
        _visible(scope)
        .where(PARTNERS.c.merged_into_id.is_(None))
        .order_by(PARTNERS.c.name, PARTNERS.c.id)
    )
    return [_partner(row) for row in connection.execute(statement)]


def partner(connection: Connection, scope: Scope, ref: str) -> Partner:
    """One partner, for a merged one that which it was merged into.

    Unknown and out of scope look the same.
    """
    statement = _visible(scope).where(PARTNERS.c.id == lead_id(connection, ref))
    row = connection.execute(statement).one_or_none()
    if row is None:
        raise NotFound("Partner", ref)
    return _partner(row)


def lead_id(connection: Connection, ref: str) -> int | None:
    """The key of the partner that a reference leads to, through all merges; None when unknown."""
    found, ahead = None, PARTNERS.c.ref == ref
    while row := connection.execute(_LEAD.where(ahead)).one_or_none():
        found, ahead = row.id, PARTNERS.c.id == row.merged_into_id
    return found


def lead_ids(connection: Connection) -> dict[int, int]:
    """For every merged partner the one that it leads to, through all merges."""
    rows = connection.execute(_LEAD.where(PARTNERS.c.merged_into_id.is_not(None)))
    ahead = {row.id: row.merged_into_id for row in rows}
    return {start: _end(ahead, start) for start in ahead}


def _end(ahead: Mapping[int, int], start: int) -> int:
    """Where a way of steps ends."""
    end = start
    while end in ahead:
        end = ahead[end]
    return end


def merged_refs(connection: Connection) -> dict[str, int]:
    """For the reference of every merged partner the key of the one that it leads to."""
    leads = lead_ids(connection)
    rows = connection.execute(select(PARTNERS.c.id, PARTNERS.c.ref).where(PARTNERS.c.id.in_(leads)))
    return {row.ref: leads[row.id] for row in rows}


def accounts(connection: Connection, partner_id: int) -> list[tuple[str, str]]:
    """Platform and handle of each account of a partner that the caller may see."""
    rows = connection.execute(
        select(ACCOUNTS.c.platform, ACCOUNTS.c.handle)
        .where(ACCOUNTS.c.partner_id == partner_id)
        .order_by(ACCOUNTS.c.platform, ACCOUNTS.c.handle)
    )
    return [(row.platform, row.handle) for row in rows]


def _visible(scope: Scope) -> Any:
    statement = select(*(PARTNERS.c[each.name] for each in fields(Partner)))
    if scope.partner_ids is not None:
        statement = statement.where(PARTNERS.c.id.in_(sorted(scope.partner_ids)))
    return statement


def _partner(row: Row[Any]) -> Partner:
    return Partner(**row._asdict())


def _known(write: Write, folded: list[str]) -> dict[str, int]:
    rows = write.connection.execute(
        select(ALIASES.c.folded, ALIASES.c.partner_id).where(
            among(ALIASES.c.folded, folded, write.dialect)
        )
    )
    return {row.folded: row.partner_id for row in rows}


def _new_lines(unknown: Mapping[str, str], traits: Mapping[str, Mapping[str, str]]) -> pd.DataFrame:
    lines = [
        {"name": name.strip()} | {t: traits.get(folded, {}).get(t, "") for t in TRAITS}
        for folded, name in unknown.items()
    ]
    return pd.DataFrame(lines, columns=["name", *TRAITS])


def _insert(write: Write, lines: pd.DataFrame, batch_id: int | None) -> dict[str, int]:
    if lines.empty:
        return {}
    first = take_ids(write, PARTNERS, len(lines))
    keys = list(range(first, first + len(lines)))
    columns: Columns = {
        "id": keys,
        "ref": [f"P-{key:04d}" for key in keys],
        "name": lines["name"].tolist(),
        "category": lines["category"].tolist(),
        "tier": [tier or UNMANAGED for tier in lines["tier"]],
        "market": lines["market"].tolist(),
        "language": lines["language"].tolist(),
        "zone": lines["zone"].tolist(),
        "is_active": repeat(True),
        "created_at": repeat(write.at),
        "batch_id": repeat(batch_id),
    }
    insert_columns(write, PARTNERS, columns)
    by_name = {fold(name): key for name, key in zip(lines["name"], keys, strict=True)}
    _insert_aliases(write, by_name, dict(zip(by_name, lines["name"], strict=True)))
    return by_name


def _insert_aliases(write: Write, keys: Mapping[str, int], spelled: Mapping[str, str]) -> None:
    first = take_ids(write, ALIASES, len(keys))
    columns = {
        "id": range(first, first + len(keys)),
        "partner_id": keys.values(),
        "folded": keys.keys(),
        "spelling": [spelled[folded] for folded in keys],
    }
    insert_columns(write, ALIASES, columns)


def _add_aliases(write: Write, aliases: pd.DataFrame, by_name: Mapping[str, int]) -> None:
    wanted = {
        fold(alias): (by_name[fold(name)], alias)
        for name, alias in zip(aliases["partner"], aliases["alias"], strict=True)
        if fold(alias) and fold(name) in by_name
    }
    taken = _known(write, sorted(wanted))
    fresh = {folded: pair for folded, pair in wanted.items() if folded not in taken}
    if fresh:
        keys = {folded: key for folded, (key, _) in fresh.items()}
        _insert_aliases(write, keys, {folded: alias for folded, (_, alias) in fresh.items()})


def _add_accounts(write: Write, accounts: pd.DataFrame, by_name: Mapping[str, int]) -> None:
    triples = zip(accounts["partner"], accounts["platform"], accounts["handle"], strict=True)
    wanted = {(by_name[fold(n)], p, h) for n, p, h in triples if fold(n) in by_name}
    held = {
        (row.partner_id, row.platform, row.handle)
        for row in write.connection.execute(
            select(ACCOUNTS).where(
                among(ACCOUNTS.c.partner_id, sorted({k for k, _, _ in wanted}), write.dialect)
            )
        )
    }
    fresh = sorted(wanted - held)
    if fresh:
        first = take_ids(write, ACCOUNTS, len(fresh))
        names = ("partner_id", "platform", "handle")
        columns = dict(zip(names, zip(*fresh, strict=True), strict=True))
        insert_columns(write, ACCOUNTS, {"id": range(first, first + len(fresh)), **columns})


def _add_managers(write: Write, lines: pd.DataFrame, by_name: Mapping[str, int]) -> None:
    users = {
        row.username: row.id
        for row in write.connection.execute(select(UserRow.username, UserRow.id))
    }
    pairs = {
        (users[manager], by_name[fold(name)])
        for name, manager in zip(lines["name"], lines["manager"], strict=True)
        if manager in users
    }
    links = table_of(UserPartnerRow)
    held = {(r.user_id, r.partner_id) for r in write.connection.execute(select(links))}
    fresh = sorted(pairs - held)
    if fresh:
        user_ids, partner_ids = zip(*fresh, strict=True)
        insert_columns(write, links, {"user_id": user_ids, "partner_id": partner_ids})

"""Who the partners are, as arrays for a list of thousands: traits, and whom a text names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, select

from core.access.model import Scope
from core.stats.arrays import Bools, Ints
from core.storage.fold import fold
from core.storage.tables import PartnerAliasRow, PartnerRow, UserPartnerRow, UserRow
from core.storage.tables.base import table_of

PARTNERS, ALIASES = table_of(PartnerRow), table_of(PartnerAliasRow)
USERS, SERVED = table_of(UserRow), table_of(UserPartnerRow)
Words = npt.NDArray[np.object_]


@dataclass(frozen=True, eq=False, slots=True)
class PartnerRoll:
    """Partners of one scope, keys ascending, one entry each in every array."""

    ids: Ints
    refs: Words
    names: Words
    tier: Words
    category: Words
    market: Words
    is_active: Bools
    name_order: Ints  # the place of each among all when they stand by name


def partner_roll(connection: Connection, scope: Scope) -> PartnerRoll:
    """All partners inside the scope; those no longer served are marked, merged ones left out."""
    names = ("id", "ref", "name", "tier", "category", "market", "is_active")
    statement = (
        select(*(PARTNERS.c[name] for name in names))
        .where(PARTNERS.c.merged_into_id.is_(None))
        .order_by(PARTNERS.c.id)
    )
    if scope.partner_ids is not None:
        statement = statement.where(PARTNERS.c.id.in_(sorted(scope.partner_ids)))
    rows = [tuple(row) for row in connection.execute(statement)]
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    refs, named, tier, category, market = (np.array(each, object) for each in columns[1:6])
    return PartnerRoll(
        np.array(columns[0], np.int64),
        *(refs, named, tier, category, market),
        np.array(columns[6], bool),
        _order([fold(name) for name in columns[2]]),
    )


def _order(words: list[str]) -> Ints:
    order = np.argsort(np.array(words, str), kind="stable")
    place = np.empty(len(words), np.int64)
    place[order] = np.arange(len(words))
    return place


def partners_named(connection: Connection, text: str) -> set[int]:
    """Partners whose reference is the text, or one of whose spellings contains it.

    Not yet held to a scope: whoever asks keeps what stands in their roll.
    """
    ref = select(PARTNERS.c.id).where(PARTNERS.c.ref == text.strip().upper())
    found = set(connection.execute(ref).scalars())
    if folded := fold(text):
        spelled = ALIASES.c.folded.contains(folded, autoescape=True)
        found |= set(connection.execute(select(ALIASES.c.partner_id).where(spelled)).scalars())
    return found

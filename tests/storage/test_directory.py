"""Partners are known by every spelling, made once, and read inside a person's scope."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from sqlalchemy import insert

from core.access.model import Scope
from core.audit.model import Draft
from core.cases.lines import ACCOUNT_LINES, ALIAS_LINES, PARTNER_LINES
from core.errors import NotFound
from core.storage.bulk import plain
from core.storage.directory import (
    accounts,
    add_partners,
    fold,
    partner,
    partners,
    resolve_partners,
)
from core.storage.engine import Store
from core.storage.tables import UserPartnerRow, UserRow
from tests.storage.builders import Door, frame

DRAFT = Draft("ana", "partner.add", "partners")
ALL = Scope(
    username="ana",
    role="team_lead",
    partner_ids=None,
    sees_cases=True,
    sees_text=True,
    sees_sealed=False,
    sees_every_restricted=True,
)
TWO = [
    {"name": "Nordlicht Zeitung", "category": "news_publisher", "tier": "T1", "market": "DE"},
    {"name": "Liga Azul", "category": "sports_league", "market": "BR", "manager": "pia"},
]


def fill(store: Store) -> dict[str, int]:
    aliases = [{"partner": "Liga Azul", "alias": "LIGA-AZUL"}]
    handles = [{"partner": "liga azul", "platform": "instagram", "handle": "@liga"}]
    with store.write(DRAFT) as write:
        write.connection.execute(insert(UserRow).values(username="pia", created_at=write.at))
        return add_partners(
            write,
            frame(PARTNER_LINES, TWO),
            frame(ALIAS_LINES, aliases),
            frame(ACCOUNT_LINES, handles * 2),
        )


def resolve(store: Store, *names: str) -> list[int | None]:
    with store.write(DRAFT) as write:
        keys = resolve_partners(write, pd.Series(names, dtype="str"))
    return plain(keys)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("  Nordlicht   Zeitung ", "nordlicht zeitung"),
        ("ＬＩＧＡ", "liga"),
        ("Straße", "STRASSE"),
        ("Cafe\u0301", "CAFÉ"),
    ],
)
def test_spellings_of_one_name_fold_into_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_partners_come_with_accounts_aliases_and_managers(store: Store) -> None:
    keys = fill(store)
    assert keys == {"nordlicht zeitung": 1, "liga azul": 2}
    with store.read() as connection:
        found = partners(connection, ALL)
        assert accounts(connection, 2) == [("instagram", "@liga")]
    assert [(p.ref, p.name, p.tier, p.market) for p in found] == [
        ("P-0002", "Liga Azul", "T4", "BR"),
        ("P-0001", "Nordlicht Zeitung", "T1", "DE"),
    ]
    assert [(r.user_id, r.partner_id) for r in Door(store).rows(UserPartnerRow)] == [(1, 2)]


def test_adding_the_same_partners_again_adds_nothing(store: Store) -> None:
    fill(store)
    with store.write(DRAFT) as write:
        assert add_partners(write, frame(PARTNER_LINES, TWO)) == {
            "nordlicht zeitung": 1,
            "liga azul": 2,
        }
    with store.read() as connection:
        assert len(partners(connection, ALL)) == 2


def test_names_resolve_by_any_spelling_and_unknown_ones_are_made(store: Store) -> None:
    fill(store)
    assert resolve(store, "liga-azul", "", "NEW  One", "new one", "Liga Azul") == [2, None, 3, 3, 2]
    assert resolve(store, "New One") == [3]
    with store.read() as connection:
        assert partner(connection, ALL, "P-0003").name == "NEW  One"


def test_a_partner_out_of_scope_looks_like_an_unknown_one(store: Store) -> None:
    fill(store)
    own = replace(ALL, role="partner_manager", partner_ids=frozenset({2}))
    with store.read() as connection:
        assert [p.ref for p in partners(connection, own)] == ["P-0002"]
        assert partner(connection, own, "P-0002").id == 2
        for ref in ("P-0001", "P-9999"):
            with pytest.raises(NotFound):
                partner(connection, own, ref)

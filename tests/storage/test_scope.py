"""Every read, for every role, partner scope and restriction level: only what the rules allow leaves.

What a person may see is worked out here a second time, in plain Python from the rules in words.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import insert

from core.access.model import Person
from core.access.rules import scope_of
from core.cases.filter import CaseFilter
from core.cases.model import Viewer
from core.clock import FixedClock
from core.desk.boot import OPERATOR, Desk, open_desk
from core.desk.case import case_view, reveal
from core.desk.export import export_cases
from core.desk.queue import queue_view
from core.errors import NotFound, Refused
from core.settings import Settings
from core.storage.cases import rows_by_ids
from core.storage.queue import ids_of, look_at, page_ids
from core.storage.tables import CaseEntityRow, EntityRow
from core.taxonomy import taxonomy
from tests.support.rows import (
    DRAFT,
    NOW,
    a_case,
    a_partner,
    grant,
    store_cases,
    store_partners,
    take_back,
)
from tests.support.stores import BOTH_STORES, MONDAY_MORNING

PARTNERS = (None, 1, 2)
LEVELS = ("open", "restricted", "sealed")
GRANTS = ("nobody", "person", "role", "another")
EVERYTHING = CaseFilter(segment="all")


@dataclass(frozen=True)
class Kept:
    """One case as the rules see it; ids count up in the order of the product."""

    id: int
    partner: int | None
    level: str
    granted: str

    @property
    def ref(self) -> str:
        return f"E-{self.id:06d}"


CASES = [
    Kept(number, partner, level, granted)
    for number, (partner, level, granted) in enumerate(product(PARTNERS, LEVELS, GRANTS), start=1)
]
EVERY_ROLE = [*taxonomy().roles, "a role that nobody has"]
PERSONS = [
    *(Person("ana", "Ana", role) for role in EVERY_ROLE if role != "partner_manager"),
    *(
        Person("ana", "Ana", "partner_manager", partner_ids=frozenset(ids))
        for ids in ((), (1,), (1, 2), (9,))
    ),
    OPERATOR,
]


def allowed(case: Kept, person: Person) -> bool:
    """The rules in words: who sees cases, of which partners, at which level."""
    if person.is_operator:
        return True
    if person.role in {"admin", "a role that nobody has"}:
        return False
    if person.role == "partner_manager" and case.partner not in person.partner_ids:
        return False
    if case.level == "open" or person.role == "auditor":
        return True
    return case.level == "restricted" and case.granted in {"person", "role"}


def name_of(person: Person) -> str:
    ids = "+".join(map(str, sorted(person.partner_ids)))
    return "operator" if person.is_operator else f"{person.role}:{ids}".rstrip(":")


@pytest.fixture(scope="module", params=BOTH_STORES)
def kept(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desk]:
    """All cases in one store; a role's grant is given to every role, 'another' to somebody else."""
    folder: Path = tmp_path_factory.mktemp("kept")
    url = f"sqlite:///{folder / 'desk.db'}"
    server = request.getfixturevalue("postgres") if request.param == "postgres" else None
    database = server.create() if server else ""
    address = Settings(database_url=server.url(database) if server else url, local_dir=folder)
    desk = open_desk(address, FixedClock(MONDAY_MORNING))
    store_partners(desk.store, a_partner(1), a_partner(2))
    store_cases(
        desk.store,
        *(a_case(c.id, partner_id=c.partner, restriction=c.level) for c in CASES),
    )
    for case in CASES:
        if case.granted == "person":
            grant(desk.store, case.id, "person", "ana")
        if case.granted == "role":
            for role in EVERY_ROLE:
                grant(desk.store, case.id, "role", role)
        if case.granted == "another":
            grant(desk.store, case.id, "person", "bo")
            grant(desk.store, case.id, "role", "ana")  # a role named like the person is no grant
            grant(desk.store, case.id, "person", "analyst")
    with desk.store.write(DRAFT) as write:
        write.connection.execute(insert(EntityRow).values(id=1, kind="url", value="x"))
        links = [{"case_id": case.id, "entity_id": 1} for case in CASES]
        write.connection.execute(insert(CaseEntityRow), links)
    yield desk
    desk.store.close()
    if server:
        server.drop(database)


def seen_by(person: Person) -> set[str]:
    return {case.ref for case in CASES if allowed(case, person)}


def may(act: Callable[[], object]) -> bool:
    try:
        act()
    except Refused:
        return False
    return True


each_person = pytest.mark.parametrize("person", PERSONS, ids=name_of)


@each_person
def test_the_snapshot_gives_ids_in_scope_only(kept: Desk, person: Person) -> None:
    scope = scope_of(person)
    look = look_at(kept.book, scope, Viewer(person.username, person.team), NOW)
    with kept.snapshot.reading() as reading:
        found = {f"E-{i:06d}" for i in ids_of(reading, EVERYTHING, look)}
        page = page_ids(reading, EVERYTHING, look, None, 200).ids
    assert found == seen_by(person)
    assert {f"E-{i:06d}" for i in page} == seen_by(person)


@each_person
def test_rows_asked_for_by_id_are_held_to_the_scope_again(kept: Desk, person: Person) -> None:
    scope = scope_of(person)
    look = look_at(kept.book, scope, Viewer(person.username, person.team), NOW)
    with kept.store.read() as connection:
        rows = rows_by_ids(connection, scope, [case.id for case in CASES], look)
    assert set(rows["ref"]) == seen_by(person)
    titled = set(rows.loc[rows["title"] != "", "ref"])
    open_to_all = {case.ref for case in CASES if case.level == "open"}
    assert titled == (seen_by(person) & open_to_all if scope.sees_text else set())


@each_person
def test_the_queue_shows_and_counts_what_is_in_scope(kept: Desk, person: Person) -> None:
    if not may(lambda: queue_view(kept, person, EVERYTHING)):
        assert seen_by(person) == set()
        return
    view = queue_view(kept, person, EVERYTHING)
    number = len(seen_by(person))
    assert set(view.rows["ref"]) == seen_by(person)
    assert {view.total, view.facets.segments["all"], view.tiles[0].n} == {number}
    for values in view.facets.dimensions.values():
        assert sum(value.count for value in values) == number
    assert view.facets.flags["unassigned"] == number
    assert sum(mark.count for mark in view.ageing) == number
    assert sum(mark.count for mark in view.flow) == number
    assert view.tiles[0].series[-1] == number
    named = {value.value for value in view.facets.dimensions["partner"] if value.value}
    assert named == {f"P-000{c.partner}" for c in CASES if c.partner and c.ref in seen_by(person)}


@each_person
def test_naming_a_case_does_not_open_it(kept: Desk, person: Person) -> None:
    chosen = CaseFilter(segment="all", cases=tuple(case.ref for case in CASES))
    for narrowed in (chosen, *(chosen.but(restriction=(level,)) for level in LEVELS)):
        if not may(partial(queue_view, kept, person, narrowed)):
            continue
        rows = queue_view(kept, person, narrowed).rows
        levels = set(narrowed.restriction) or set(LEVELS)
        expected = {c.ref for c in CASES if c.level in levels} & seen_by(person)
        assert set(rows["ref"]) == expected


@each_person
def test_each_case_opens_for_whom_it_is_meant(kept: Desk, person: Person) -> None:
    opened = {case.ref for case in CASES if may(partial(case_view, kept, person, case.ref))}
    assert opened == seen_by(person)
    revealed = {
        case.ref for case in CASES if may(partial(reveal, kept, person, case.ref, "summary"))
    }
    assert revealed == (seen_by(person) if scope_of(person).sees_text else set())


@each_person
def test_neighbours_and_partner_counts_are_in_scope(kept: Desk, person: Person) -> None:
    for case in (c for c in CASES if allowed(c, person)):
        view = case_view(kept, person, case.ref)
        near = {one.ref for one in view.related}
        assert near <= seen_by(person) - {case.ref}
        if len(seen_by(person)) <= 20:
            assert near == seen_by(person) - {case.ref}
        if view.partner:
            theirs = {c.ref for c in CASES if c.partner == case.partner} & seen_by(person)
            assert view.partner.open_count == len(theirs)


@each_person
def test_an_export_holds_what_is_in_scope(kept: Desk, person: Person) -> None:
    try:
        export = export_cases(kept, person, EVERYTHING, "csv")
    except Refused:
        assert person.role in {"viewer", "admin", "a role that nobody has"}
        return
    lines = csv.DictReader(io.StringIO("".join(export.portions)))
    assert {line["ref"] for line in lines} == seen_by(person)
    assert export.count == len(seen_by(person))


def test_a_grant_that_is_taken_back_closes_the_case_at_once(kept: Desk) -> None:
    person = Person("zoe", "Zoe", "analyst", team="")
    case = next(c for c in CASES if c.level == "restricted" and c.granted == "nobody")
    with pytest.raises(NotFound):
        case_view(kept, person, case.ref)
    grant(kept.store, case.id, "person", "zoe")
    assert case_view(kept, person, case.ref).case.ref == case.ref
    assert case.ref in set(queue_view(kept, person, EVERYTHING).rows["ref"])
    assert case.ref not in set(
        queue_view(kept, replace(person, username="yan"), EVERYTHING).rows["ref"]
    )
    take_back(kept.store, case.id, "person", "zoe")
    with pytest.raises(NotFound):
        case_view(kept, person, case.ref)
    assert case.ref not in set(queue_view(kept, person, EVERYTHING).rows["ref"])

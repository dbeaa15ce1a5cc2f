"""Every way a partner manager could reach a partner of somebody else: none shows, counts or names it.

One row per path. What comes back holds no name and no reference of others, its counts are those of
plain SQL over own cases, and a refusal has the words of what does not exist.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from core.clock import FixedClock
from core.desk import directory, partner_merges, partner_records, spelling_proposals
from core.desk.assessments import subject_for
from core.desk.boot import open_desk
from core.desk.case import case_view, reveal
from core.desk.csat import record_csat
from core.desk.directory_csv import preview_directory
from core.desk.investigation_views import (
    investigation_list,
    investigation_view,
)
from core.desk.partner import open_partner
from core.desk.partner_ask import PartnerAsk
from core.desk.partner_contacts import (
    clocks_of,
)
from core.desk.partner_cover import CoverAsk, change_managers, cover_partner
from core.desk.partner_funnel import MEASURES, funnel_view
from core.desk.partner_health_view import health_view
from core.desk.partner_movers import movers_view
from core.desk.partner_served import service_view
from core.desk.partners import partners_view
from core.desk.queue import queue_view
from core.desk.risk import heatmap_view
from core.desk.risk_register import register_view, risk_history, subject_view
from core.desk.surges import surges_view
from core.errors import DeskError
from core.partners.directory_rules import Facts
from core.risk.subjects import Asked
from core.settings import Settings
from tests.support.scope_asks import ALL, HEAT, OTHERS, TODAY, Path, World
from tests.support.scope_paths import PATHS
from tests.support.stores import BOTH_STORES, MONDAY_MORNING
from tests.support.two_scopes import (
    ABSENT_CASE,
    ABSENT_REF,
    LEAD,
    OWN,
    OWN_CASE,
    OWN_REF,
    STRANGE_CASE,
    STRANGE_REF,
    STRANGER,
    count_own,
    fill_two_scopes,
    hidden_refs,
    told,
    told_refs,
)


@pytest.fixture(scope="module", params=BOTH_STORES)
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """One world for all rows, on each store."""
    folder = tmp_path_factory.mktemp("scopes")
    server = request.getfixturevalue("postgres") if request.param == "postgres" else None
    database = server.create() if server else ""
    url = server.url(database) if server else f"sqlite:///{folder / 'desk.db'}"
    desk = open_desk(Settings(database_url=url, local_dir=folder), FixedClock(MONDAY_MORNING))
    pat = fill_two_scopes(desk)
    # Somebody who sees everything looked first: what is kept for them must not come to the other.
    for look in (queue_view, surges_view, partial(heatmap_view, ask=HEAT)):
        look(desk, LEAD, ALL)
    partners_view(desk, LEAD, PartnerAsk())
    movers_view(desk, LEAD, PartnerAsk())
    yield World(desk, pat, frozenset(hidden_refs(desk, pat)))
    desk.snapshot.close()
    desk.store.close()
    if server:
        server.drop(database)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: f"{path.kind}: {path.asks}")
def test_nothing_of_others_comes_back_and_counts_are_own(world: World, path: Path) -> None:
    found = path.look(world)
    words = "\n".join(told(found))
    assert not [name for name in OTHERS if name in words and name not in path.typed]
    assert STRANGER in path.typed or STRANGER.lower() not in words.lower()
    assert told_refs(words) & world.hidden <= path.typed
    assert len(told_refs(words) - path.typed) >= path.least
    where = path.where if isinstance(path.where, str) else path.where(found)
    expected = count_own(world.desk, where)
    assert set(path.counts(found)) <= {expected}


def test_values_to_filter_by_are_those_of_own_cases_with_their_numbers(world: World) -> None:
    view = queue_view(world.desk, world.pat, ALL)
    partners = {value.value: value.count for value in view.facets.dimensions["partner"]}
    assert partners == {f"P-{key:04d}": count_own(world.desk, f"partner_id = {key}") for key in OWN}
    ranked = partners_view(world.desk, world.pat, PartnerAsk(size=100))
    assert ranked.in_scope == ranked.total == len(OWN)
    assert max(line.rank[1] for line in ranked.lines if line.rank) <= ranked.ranked <= len(OWN)
    assert all(sum(values.values()) <= len(OWN) for values in ranked.counts.values())


def test_nothing_tells_a_partner_manager_how_many_partners_there_are(world: World) -> None:
    others = service_view(world.desk, world.pat, world.own()).shares
    known = service_view(world.desk, LEAD, world.own()).shares
    assert {one.beside.peers for one in others if one.beside} == {None}
    assert all(one.beside.peers for one in known if one.beside)
    for person, is_told in ((LEAD, True), (world.pat, False)):
        lines = health_view(world.desk, person, world.own()).lines
        usual = [line.explained.usual for line in lines if line.explained.usual]
        assert usual
        assert all((one.partners is not None) == is_told for one in usual if one.is_shown)
        funnel = funnel_view(world.desk, person, PartnerAsk(), MEASURES[0])
        assert (funnel.learnt_from is not None) == is_told


FACTS = Facts("House of somebody", tier="T2")


def _line(ref: str) -> bytes:
    return f"ref,name\n{ref},New name\n".encode()


def _fault(w: World, ref: str) -> None:
    fault = preview_directory(w.desk, w.pat, _line(ref), "partners.csv").lines[0].fault
    assert fault is not None
    raise fault


def _cover(w: World, ref: str) -> object:
    ask = CoverAsk("bo", TODAY, TODAY + timedelta(days=3))
    return cover_partner(w.desk, w.pat, ref, ask)


def _subject(w: World, ref: str, **parts: object) -> object:
    return subject_for(w.desk, w.pat, "case_group", "x", "Some cases", ALL.but(**parts))


def _new_contact() -> partner_records.NewContact:
    return partner_records.NewContact("call", MONDAY_MORNING, "Ann", "Talked.")


records = partner_records
SEEN = 1
# What is asked of a reference of a partner.
OF_PARTNERS: dict[str, Callable[[World, str], object]] = {
    "page": lambda w, ref: open_partner(w.desk, w.pat, ref),
    "record": lambda w, ref: records.record_view(w.desk, w.pat, ref),
    "details": lambda w, ref: directory.details_view(w.desk, w.pat, ref),
    "owners of a promise": lambda w, ref: records.possible_owners(w.desk, w.pat, ref),
    "note": lambda w, ref: records.add_note(w.desk, w.pat, ref, "Words."),
    "contact": lambda w, ref: records.log_contact(w.desk, w.pat, ref, _new_contact()),
    "promise": lambda w, ref: records.promise(w.desk, w.pat, ref, "Words.", TODAY, "pat"),
    "band": lambda w, ref: records.set_band(
        w.desk, w.pat, ref, "watch", "Why.", MONDAY_MORNING + timedelta(days=3)
    ),
    "end of a band": lambda w, ref: records.end_band(w.desk, w.pat, ref),
    "edit": lambda w, ref: directory.edit_partner(
        w.desk, w.pat, directory.Edit(ref, 1, FACTS, replace(FACTS, tier="T1"))
    ),
    "spelling": lambda w, ref: directory.add_spelling(w.desk, w.pat, ref, "Somebody"),
    "account": lambda w, ref: directory.add_account(w.desk, w.pat, ref, "facebook", "somebody"),
    "managers": lambda w, ref: change_managers(w.desk, w.pat, ref, add=("pat",)),
    "cover": _cover,
    "merge from": lambda w, ref: partner_merges.merge_preview(w.desk, w.pat, ref, OWN_REF),
    "merge into": lambda w, ref: partner_merges.merge_preview(w.desk, w.pat, OWN_REF, ref),
    "differ": lambda w, ref: spelling_proposals.dismiss_pair(w.desk, w.pat, OWN_REF, ref),
    "line of a file": _fault,
    "assess it": lambda w, ref: subject_for(w.desk, w.pat, "partner", ref, "", ALL),
    "assess its cases": lambda w, ref: _subject(w, ref, partner=(ref,)),
    "its assessments": lambda w, ref: subject_view(w.desk, w.pat, Asked("partner", ref, "", ALL)),
}
OF_CASES: dict[str, Callable[[World, str], object]] = {
    "page": lambda w, ref: case_view(w.desk, w.pat, ref),
    "clocks beside an own partner": lambda w, ref: clocks_of(w.desk, w.pat, w.own(), ref),
    "title": lambda w, ref: reveal(w.desk, w.pat, ref, "title"),
    "rating": lambda w, ref: record_csat(w.desk, w.pat, ref, SEEN, 5),
    "assess it": lambda w, ref: _subject(w, ref, cases=(ref,)),
}
# Risks are counted up in the order of their titles, investigations in that of their scopes.
OF_RISKS = ("R-0003", "R-0004", "R-0005", "R-0006")


def _words(act: Callable[[], object]) -> tuple[str, str, str]:
    with pytest.raises(DeskError) as refused:
        act()
    return type(refused.value).__name__, refused.value.message, refused.value.hint


@pytest.mark.parametrize("name", OF_PARTNERS)
def test_another_partner_is_refused_in_the_words_of_none(world: World, name: str) -> None:
    kind, *of_other = _words(lambda: OF_PARTNERS[name](world, STRANGE_REF))
    other_kind, *of_none = _words(lambda: OF_PARTNERS[name](world, ABSENT_REF))
    assert kind == other_kind
    assert [part.replace(STRANGE_REF, ABSENT_REF) for part in of_other] == of_none
    assert STRANGER not in "".join(of_other)


@pytest.mark.parametrize("name", OF_CASES)
def test_another_partners_case_is_refused_in_the_words_of_none(world: World, name: str) -> None:
    kind, *of_other = _words(lambda: OF_CASES[name](world, STRANGE_CASE))
    other_kind, *of_none = _words(lambda: OF_CASES[name](world, ABSENT_CASE))
    assert (kind, other_kind) == ("NotFound", "NotFound")
    assert [part.replace(STRANGE_CASE, ABSENT_CASE) for part in of_other] == of_none


@pytest.mark.parametrize("ref", OF_RISKS)
def test_a_risk_of_others_is_refused_in_the_words_of_none(world: World, ref: str) -> None:
    assert ref not in {line.risk.ref for line in register_view(world.desk, world.pat).lines}
    found = [_words(partial(risk_history, world.desk, world.pat, r))[1] for r in (ref, "R-0999")]
    assert found[0].replace(ref, "R-0999") == found[1]


def test_an_investigation_shows_own_cases_and_no_scope_that_names_others(world: World) -> None:
    for line in investigation_list(world.desk, world.pat).lines:
        view = investigation_view(world.desk, world.pat, line.ref)
        words = "\n".join(told(view))
        assert STRANGER not in words
        assert not told_refs(words) & world.hidden
        assert list(view.cases["ref"]) == [OWN_CASE]
    hidden = [
        _words(partial(investigation_view, world.desk, world.pat, ref))
        for ref in ("I-0007", "I-0099")
    ]
    assert hidden[0][1].replace("I-0007", "I-0099") == hidden[1][1]
